import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { openFile } from '../files/open';
import { readTable } from '../files/readTable';
import { FileTrouble, type Row, type Table } from '../files/row';
import { Undelivered } from '../files/undelivered';
import { createEventIdReader } from '../input/eventId';
import { validEvents } from '../input/events';
import { readFileField, readFileSettings, type FileSettings } from '../input/fileSettings';
import { isInQueueMode } from '../input/queueMode';
import { createReader } from '../input/mappingMode';
import { noteEvent } from '../input/notes';
import { contextOfRows, missingColumn, refuseWhatRowsLack } from '../input/rows';
import { createSchema } from '../input/schema';
import { readDeliveryRecord, readPreviewOnly } from '../input/settings';
import { createValidator } from '../input/validate';
import type { PlannedEvent } from '../model/event';
import type { Notes } from '../model/notes';
import { isSuccess, type Failure, type Outcome } from '../model/outcome';
import { worthOf } from '../record/content';
import { fileNumberingOf } from '../record/contentCounts';
import { openRecord, placeOfRun } from '../record/openRecord';
import type { RecordedRun } from '../record/recordedRun';
import type { FileProblem, FileResult, ShownRow } from '../report/fileResult';
import { Tally, type Worth } from '../report/tally';
import { tellHeld, tellInvalid, tellRefusal } from '../report/words';
import { messageOf, show } from '../text/show';
import {
	openChannel,
	outcomeWithId,
	sendAll,
	showAll,
	toBeTold,
	type Channel,
	type Task,
} from './channel';

/** Rows that are read and checked together; their expressions are evaluated in one call. */
const WINDOW_ROWS = 200;
/**
 * Events after which all that were taken are on their way, and what others have of them is waited
 * for: so many are held at most, also where none can be sent yet.
 */
const SLICE_EVENTS = 10_000;
/** Rows that a preview shows of each file. */
const PREVIEW_ROWS = 100;
/** n8n's log says this often how far a file is, in ms. */
const PROGRESS_MS = 10_000;

/** What the files of a run share. */
interface Setup {
	readonly channel: Channel;
	readonly notes: Notes;
	readonly settings: FileSettings;
	readonly isPreview: boolean;
	/** Where the record is; `off` for a preview. */
	readonly place: ReturnType<typeof readDeliveryRecord>;
	readonly numberOf: (digest: string) => number;
}

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
	const { context } = task;
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
				? { ...nothingOf(`item ${itemIndex}`), problem: refused }
				: await new FileRun(setup, itemIndex).run());
		results.push(result);
		const { problem, tally } = result;
		// the next file would end the same way
		if (problem?.outcome === 'unauthorized') refused = problem;
		// read once more, its rows are known again only where the record has them
		const isKnownAgain = setup.place !== 'off' && notes.unidentified === unidentifiedBefore;
		if (!problem || (!isKnownAgain && tally.rows > 0)) ended.set(itemIndex, result);
	}
	return results;
}

/** How a file ends that a problem of the whole run leaves unread. */
export function refusedFiles(items: number, { outcome, reason }: Failure): FileResult[] {
	return Array.from({ length: items }, (_, itemIndex) => ({
		...nothingOf(`item ${itemIndex}`),
		problem: { outcome, reason },
	}));
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

/** The way of one file. */
class FileRun {
	private readonly startedAt = performance.now();
	private readonly tally = new Tally();
	private readonly shown: ShownRow[] = [];
	/**
	 * Rows that have no outcome yet, by their numbers. Each is let go at its end: tables that the map has outgrown keep
	 * their entries until V8 collects everything.
	 */
	private readonly underWay = new Map<number, { row?: Row }>();
	/** Number of the last row that was read. */
	private last = 0;
	private trouble: FileTrouble | undefined;
	private undelivered: Undelivered | undefined;
	private name: string;

	constructor(
		private readonly setup: Setup,
		private readonly itemIndex: number,
	) {
		this.name = `item ${itemIndex}`;
	}

	async run(): Promise<FileResult> {
		const { channel } = this.setup;
		const { context } = channel.task;
		const progress = setInterval(() => {
			context.logger.info(this.progress());
		}, PROGRESS_MS).unref();
		let table: Table | undefined;
		let problem: FileProblem | undefined;
		try {
			table = await this.open();
			problem = await this.deliver(table);
		} catch (error) {
			problem = this.tellProblem(error);
		} finally {
			clearInterval(progress);
			await table?.rows.return();
		}
		return await this.toResult(table, problem);
	}

	/** @throws {FileTrouble | RunRefused} */
	private async open(): Promise<Table> {
		const { channel, settings } = this.setup;
		const { context, redact } = channel.task;
		const field = readFileField(context, this.itemIndex);
		const file = await openFile(context, this.itemIndex, field, channel.cancelSignal);
		this.name = redact(file.name);
		const table = await readTable(file.bytes, settings);
		const { stringify } = await import('../vendor/csvStringify');
		const { hasHeader } = table;
		const columns = redact(table.columns);
		this.undelivered = new Undelivered(context, this.name, { columns, hasHeader }, stringify);
		if (table.hasHeader) this.last = 1;
		const missing = table.hasHeader
			? missingColumn(context, channel.fields, table.columns)
			: undefined;
		if (missing) {
			await table.rows.return();
			const { field: lacking, column } = missing;
			throw new FileTrouble(
				`has no column ${show(column)}, which ${lacking.label} is mapped to. Its header has: ${show(redact(table.columns).join(', '), 300)}.`,
				1,
			);
		}
		return table;
	}

	/** @returns why the node ends in an error, if so */
	private async deliver(table: Table): Promise<FileProblem | undefined> {
		const { channel, notes, isPreview } = this.setup;
		const { cancelSignal, task } = channel;
		const windows = this.windowsOf(table);
		const record = await this.openRecord();
		const passage = {
			rounds: this.rounds(this.eventsOf(windows), record),
			onEnd: (planned: PlannedEvent, outcome: Outcome) => {
				this.settle(planned, outcome);
			},
			record,
		};
		let refusal: FileProblem | undefined;
		const rest = await (isPreview ? showAll(channel, passage) : sendAll(channel, passage)).catch(
			(error: unknown) => {
				refusal = this.tellProblem(error);
				return toBeTold(tellRefusal(error), task.redact);
			},
		);
		if (rest.outcome === 'unauthorized' && !isSuccess(rest)) {
			refusal ??= { outcome: rest.outcome, reason: `${this.name}: ${rest.reason}` };
		}
		for (const number of [...this.underWay.keys()]) this.end(number, rest);
		// why nothing more was sent is each further row's outcome
		if (refusal === undefined && !cancelSignal?.aborted) {
			for await (const rows of windows) {
				for (const { number } of this.withoutFlawed(rows)) this.end(number, rest);
				await this.undelivered?.hasRoom();
			}
		}
		await record?.finish().catch((error: unknown) => {
			notes.recordFailure = messageOf(error);
		});
		return refusal ?? (this.trouble && this.tellProblem(this.trouble));
	}

	private async openRecord(): Promise<RecordedRun | undefined> {
		const { channel, notes, place, numberOf } = this.setup;
		const { task, operation, settings, speaker, mayRepeat, cancelSignal } = channel;
		const { context, provider, redact } = task;
		if (place === 'off') return undefined;
		return await openRecord(
			context,
			place,
			operation,
			{
				provider: provider.name,
				operation: task.operation,
				account: channel.account,
				execution: context.getExecutionId(),
				keepDays: settings.recordDays,
				mayRepeat,
			},
			{
				onHeld: (planned, held) => {
					this.settle(planned, toBeTold(tellHeld(held, speaker), redact));
				},
				onUnidentified: () => {
					notes.unidentified++;
				},
				batchSize: settings.batchSize,
				waitMs: settings.timeout,
				cancelSignal,
			},
			numberOf,
		);
	}

	/** Rows in the order of the file, until it ends or cannot be read on. */
	private async *windowsOf({ rows: read }: Table): AsyncGenerator<Row[], void> {
		const { cancelSignal } = this.setup.channel;
		const most = this.setup.isPreview ? PREVIEW_ROWS : Infinity;
		let given = 0;
		let waiting: Row[] = [];
		const take = (count: number) => {
			const rows = waiting.slice(0, Math.min(count, most - given));
			waiting = waiting.slice(count);
			given += rows.length;
			this.last = rows.at(-1)?.number ?? this.last;
			for (const row of rows) this.underWay.set(row.number, { row });
			return rows;
		};
		try {
			for await (const rows of read) {
				waiting.push(...rows);
				while (waiting.length >= WINDOW_ROWS) {
					if (cancelSignal?.aborted || given >= most) return;
					yield take(WINDOW_ROWS);
				}
			}
		} catch (error) {
			this.trouble = error instanceof FileTrouble ? error : new FileTrouble(messageOf(error));
		}
		if (!cancelSignal?.aborted && waiting.length > 0 && given < most) yield take(WINDOW_ROWS);
	}

	private async *eventsOf(
		windows: AsyncGenerator<Row[], void>,
	): AsyncGenerator<PlannedEvent, void> {
		const { channel, notes } = this.setup;
		const { task, operation, fields, form, maxBytes, cancelSignal } = channel;
		const items: INodeExecutionData[] = [];
		const context = contextOfRows(task.context, items);
		const validate = createValidator(createSchema(operation, fields), fields, task.redact);
		let readers: Awaited<ReturnType<typeof createReaders>> | undefined;
		const createReaders = async () => ({
			read: await createReader(context, items, fields, operation, notes.ignoredColumns),
			readEventId: await createEventIdReader(context, items),
		});
		// not by for await, which would close them: whoever sends may end before the file does
		for (let next = await windows.next(); !next.done; next = await windows.next()) {
			const rows = this.withoutFlawed(next.value);
			items.splice(0, items.length, ...rows.map(({ json }) => ({ json })));
			readers ??= await createReaders();
			const numberOf = (index: number) => rows[index]?.number ?? 0;
			const events = validEvents({
				...readers,
				fields,
				items: rows.length,
				isDone: () => false,
				isDoubtful: () => false,
				validate,
				encode: (event) => form.encode(event),
				maxBytes,
				onValid: (event) => {
					noteEvent(notes, event, operation, fields);
				},
				onInvalid: (index, problems) => {
					this.end(numberOf(index), toBeTold(tellInvalid(problems), task.redact));
				},
				cancelSignal,
			});
			for await (const planned of events) {
				yield { ...planned, itemIndex: numberOf(planned.itemIndex) };
			}
			await this.undelivered?.hasRoom();
		}
	}

	/** Slices of the events, each to its end: so no more are held than are in one. */
	private async *rounds(
		events: AsyncGenerator<PlannedEvent, void>,
		record: RecordedRun | undefined,
	) {
		const state = { isOver: false };
		const slice = async function* (): AsyncGenerator<PlannedEvent, void> {
			for (let taken = 0; taken < SLICE_EVENTS; taken++) {
				const next = await events.next();
				if (next.done) {
					state.isOver = true;
					return;
				}
				yield next.value;
			}
		};
		while (!state.isOver) {
			if (record) yield* record.rounds(slice());
			else yield slice();
			// whoever stopped takes no more of them
			if (this.setup.channel.cancelSignal?.aborted) return;
		}
	}

	/** Rows that cannot be events end here. */
	private withoutFlawed(rows: readonly Row[]): Row[] {
		return rows.filter(({ number, flaw }) => {
			if (flaw === undefined) return true;
			const { redact } = this.setup.channel.task;
			this.end(number, toBeTold({ outcome: 'invalid', reason: flaw, attempts: 0 }, redact));
			return false;
		});
	}

	private settle(planned: PlannedEvent, outcome: Outcome): void {
		const { channel } = this.setup;
		const told = outcomeWithId(channel, planned, outcome);
		this.end(planned.itemIndex, told, worthOf(planned.event, channel.operation.money));
	}

	/** A row has its outcome: once, whatever else is told of it. */
	private end(number: number, outcome: Outcome, worth: Worth = {}): void {
		const held = this.underWay.get(number);
		const row = held?.row;
		if (row === undefined) return;
		delete held?.row;
		this.underWay.delete(number);
		this.tally.add(number, outcome, worth);
		if (this.setup.isPreview) this.shown.push({ row: number, outcome });
		else if (!isSuccess(outcome)) {
			// the secret may be among the columns
			const { json, cells } = this.setup.channel.task.redact(row);
			this.undelivered?.add({ number, json, cells }, outcome.outcome, outcome.reason);
		}
	}

	private async toResult(
		table: Table | undefined,
		problem: FileProblem | undefined,
	): Promise<FileResult> {
		const { channel, isPreview } = this.setup;
		const undelivered = await this.undelivered?.end();
		const lost = this.undelivered?.failure;
		const remarks = [
			...(table?.remarks ?? []),
			...(lost === undefined ? [] : [`The rows not delivered could not be written down: ${lost}.`]),
			...(channel.cancelSignal?.aborted
				? [`The execution was stopped: rows after row ${this.last} were not read.`]
				: []),
		];
		const byRow = (a: ShownRow, b: ShownRow) => a.row - b.row;
		return {
			file: this.name,
			tally: this.tally,
			seconds: Math.round(performance.now() - this.startedAt) / 1000,
			...(undelivered && { undelivered }),
			...(isPreview && { preview: this.shown.sort(byRow) }),
			...(problem && { problem }),
			remarks: remarks.map((remark) => channel.task.redact(remark)),
		};
	}

	private tellProblem(error: unknown): FileProblem {
		const { redact } = this.setup.channel.task;
		const { outcome, reason } = toBeTold(tellRefusal(error), redact) as Failure;
		if (!(error instanceof FileTrouble)) return { outcome, reason };
		const row = error.row ?? (this.last === 0 ? undefined : this.last + 1);
		const place = row === undefined ? this.name : `${this.name}, row ${row}`;
		const { rows, inWords } = this.tally;
		const before = rows === 0 ? '' : ` Before it: ${inWords}.`;
		return {
			outcome: 'failed',
			reason: redact(`${place}: the file ${error.message}${before}`),
			...(row !== undefined && { row }),
		};
	}

	private progress(): string {
		const { rows, undelivered } = this.tally;
		const perSecond = Math.round((rows * 1000) / (performance.now() - this.startedAt));
		const { displayName } = this.setup.channel.speaker;
		return `${displayName}: ${this.name}: ${rows} rows, ${perSecond} a second, ${undelivered} not delivered so far`;
	}
}
