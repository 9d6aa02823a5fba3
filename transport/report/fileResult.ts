import {
	NodeOperationError,
	type IBinaryData,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type NodeExecutionHint,
} from 'n8n-workflow';

import type { FailureName, Outcome } from '../model/outcome';
import { countOf } from '../text/show';
import { linesOf } from './html';
import type { RunName } from './runName';
import type { Tally } from './tally';

/** How a file ended. */
export interface FileResult {
	/** As the file is called. */
	readonly file: string;
	readonly tally: Tally;
	readonly seconds: number;
	/** Its rows that were not delivered. */
	readonly undelivered?: IBinaryData;
	/** How its first rows would be sent, where nothing was. */
	readonly preview?: readonly ShownRow[];
	/** Why the node ends in an error for it, if so. */
	readonly problem?: FileProblem;
	/** What else is to be told, in sentences. */
	readonly remarks: readonly string[];
}

/** A row that was not sent, by wish. */
export interface ShownRow {
	readonly row: number;
	readonly outcome: Outcome;
}

/** A file that cannot be read to its end, a setting or a credential that cannot be used. */
export interface FileProblem {
	readonly outcome: FailureName;
	/** A whole sentence, with the file. */
	readonly reason: string;
	readonly row?: number;
}

/**
 * The output item of a file, as the Contract says.
 *
 * @param hasErrorOutput whether a file with a problem leaves by the error output
 */
export function toFileItem(
	result: FileResult,
	item: number,
	{ displayName: provider, operation }: RunName,
	hasErrorOutput: boolean,
): INodeExecutionData {
	const { file, tally, seconds, undelivered, preview, problem } = result;
	const account: IDataObject = {
		source: 'file',
		file,
		rows: tally.rows,
		outcomes: tally.outcomes,
		amounts: tally.amounts,
		seconds,
	};
	const pairedItem = { item };
	const binary = undelivered && { undelivered };
	if (problem) {
		const { outcome, reason, row } = problem;
		const place = row === undefined ? {} : { row };
		const details = { provider, operation, outcome, ...place, ...account };
		const json = { error: reason, details };
		// no other key beside these two: then n8n sends it to the error output
		const whole = hasErrorOutput ? json : { provider, operation, outcome, ...account, ...json };
		return { json: whole, ...(binary && { binary }), pairedItem };
	}
	const shown = preview && { preview: preview.map(toShown) };
	return {
		json: { provider, operation, ...account, ...shown },
		...(binary && { binary }),
		pairedItem,
	};
}

function toShown({ row, outcome }: ShownRow): IDataObject {
	const { outcome: name, reason } = outcome;
	const request = 'request' in outcome ? outcome.request : undefined;
	return {
		row,
		outcome: name,
		...(reason !== undefined && { reason }),
		...(request !== undefined && { request: { ...request } }),
	};
}

/** The one hint that sums all files up. */
export function toFilesHint(
	results: readonly FileResult[],
	remarks: readonly string[],
	{ displayName }: RunName,
): NodeExecutionHint {
	const isAll = results.every(({ tally, problem }) => tally.undelivered === 0 && !problem);
	const summaries = results.map((result) => `${displayName}: ${tellFile(result)}`);
	return {
		message: [...summaries, ...remarks].join(' '),
		type: isAll ? 'info' : 'warning',
		location: 'outputPane',
	};
}

/** What became of a file, with the first reason where there is none for the whole. */
function tellFile(result: FileResult): string {
	const { tally, problem, undelivered } = result;
	const [first] = problem ? [] : tally.firstReasons;
	return joined(
		accountOf(result),
		problem?.reason,
		undelivered &&
			'Those not delivered are in the binary field undelivered, with row, outcome and reason.',
		first && `Row ${first.row}: ${first.reason}`,
		...result.remarks,
	);
}

/** The same where there is no output, and so no binary field. */
function tellFileOfError(result: FileResult): string[] {
	const { file, tally, problem, remarks } = result;
	const others = tally.withOtherReasons;
	return [
		joined(accountOf(result), problem?.reason, ...remarks),
		...tally.firstReasons.map(({ row, reason }) => `${file}, row ${row}: ${reason}`),
		...(others > 0
			? [
					`${file}: ${countOf(others, 'more row')} ${others === 1 ? 'has another reason' : 'have other reasons'}.`,
				]
			: []),
	];
}

/** `day.csv: 1000000 rows: 999997 delivered, 3 invalid.` */
function accountOf({ file, tally }: FileResult): string {
	const counts = tally.rows === 0 ? '' : `: ${tally.inWords}`;
	return `${file}: ${countOf(tally.rows, 'row')}${counts}.`;
}

function joined(...sentences: (string | undefined)[]): string {
	return sentences.filter(Boolean).join(' ');
}

/** The error of a node that stops on error: which file, what of it was delivered, what to do. */
export function toFilesError(
	node: INode,
	results: readonly FileResult[],
	remarks: readonly string[],
	{ displayName }: RunName,
): NodeOperationError {
	const failed = results.flatMap(({ problem }, item) => (problem ? [{ problem, item }] : []));
	const [first] = failed;
	const description = [
		...results.flatMap(tellFileOfError),
		'Run it again when that is set right: what was delivered is not sent twice. To keep the rows that were not delivered, set On Error to "Continue" in the node settings.',
		...remarks,
	];
	return new NodeOperationError(node, `${displayName}: ${first?.problem.reason ?? ''}`, {
		description: linesOf(description),
		itemIndex: first?.item,
		level: 'warning',
	});
}
