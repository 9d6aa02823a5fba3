import type { IExecuteFunctions } from 'n8n-workflow';

import type { Redact } from '../credential/redact';
import { nameOfFile } from '../files/open';
import { readFileField, readFileSettings } from '../input/fileSettings';
import { isInQueueMode } from '../input/queueMode';
import { refuseWhatRowsLack } from '../input/rows';
import { readDeliveryRecord, readPreviewOnly } from '../input/settings';
import type { Notes } from '../model/notes';
import type { Failure } from '../model/outcome';
import { fileNumberingOf } from '../record/contentCounts';
import { placeOfRun } from '../record/openRecord';
import type { FileProblem, FileResult } from '../report/fileResult';
import { Tally } from '../report/tally';
import { openChannel, type Task } from './channel';
import { FileRun, type Setup } from './file';

/**
 * The way of files to the provider: each input item has one, and each of its rows is an event. Files
 * are read one after the other, and no more of one is in memory than is under way.
 *
 * @returns how each file ended, in the order of the input items
 * @throws {RunRefused} where a setting or the credential cannot be used
 */
export async function deliverFiles(
	task: Task,
	items: number,
	notes: Notes,
): Promise<readonly FileResult[]> {
	const { context, redact } = task;
	const channel = await openChannel(task);
	refuseWhatRowsLack(context, channel.fields);
	const isPreview = readPreviewOnly(context);
	const place = isPreview ? 'off' : readDeliveryRecord(context);
	notes.isRecordApart = place === 'thisInstance' && isInQueueMode();
	const { context: ofNode, runIndex } = placeOfRun(context);
	const setup: Setup = {
		channel,
		notes,
		settings: readFileSettings(context),
		isPreview,
		place,
		numberOf: fileNumberingOf(ofNode, runIndex),
	};
	const ended = endedBefore(context);
	const results: FileResult[] = [];
	let refused: FileProblem | undefined;
	for (let itemIndex = 0; itemIndex < items; itemIndex++) {
		const unidentifiedBefore = notes.unidentified;
		const result =
			ended.get(itemIndex) ??
			(refused
				? { ...nothingOf(nameOf(context, itemIndex, redact)), problem: refused }
				: await new FileRun(setup, itemIndex, nameOf(context, itemIndex, redact)).run());
		results.push(result);
		const { problem, tally } = result;
		// the next file would end the same way
		if (problem?.outcome === 'unauthorized') {
			refused ??= {
				...problem,
				reason: `Not read, since an earlier file ended so: ${problem.reason}`,
			};
		}
		// read once more, its rows are known again only where the record has them
		const isKnownAgain = setup.place !== 'off' && notes.unidentified === unidentifiedBefore;
		if (!problem || (!isKnownAgain && tally.rows > 0)) ended.set(itemIndex, result);
	}
	return results;
}

/** How a file ends that a problem of the whole run leaves unread. */
export function refusedFiles(
	context: IExecuteFunctions,
	items: number,
	{ outcome, reason }: Failure,
	redact: Redact,
): FileResult[] {
	return Array.from({ length: items }, (_, itemIndex) => ({
		...nothingOf(nameOf(context, itemIndex, redact)),
		problem: { outcome, reason },
	}));
}

/** The file of an item, or the item where it has none. */
function nameOf(context: IExecuteFunctions, itemIndex: number, redact: Redact): string {
	try {
		return redact(nameOfFile(context, itemIndex, readFileField(context, itemIndex)));
	} catch {
		return `item ${itemIndex}`;
	}
}

function nothingOf(file: string): FileResult {
	return { file, tally: new Tally(), seconds: 0, remarks: [] };
}

/** Files that an earlier try of n8n's Retry On Fail has ended: they must not be sent again. */
const endedFiles = new WeakMap<object, Map<number, FileResult>>();

function endedBefore(context: IExecuteFunctions): Map<number, FileResult> {
	const run = context.getExecuteData();
	const ended = endedFiles.get(run) ?? new Map<number, FileResult>();
	if (context.getNode().retryOnFail) endedFiles.set(run, ended);
	return ended;
}
