import type { INodeExecutionData } from 'n8n-workflow';

import { openFile } from '../files/open';
import { readTable } from '../files/readTable';
import { FileTrouble, type Row, type Table } from '../files/row';
import { Undelivered } from '../files/undelivered';
import { createEventIdReader } from '../input/eventId';
import { validEvents } from '../input/events';
import { readFileField, type FileSettings } from '../input/fileSettings';
import { createReader } from '../input/mappingMode';
import { noteEvent } from '../input/notes';
import { contextOfRows, missingColumn } from '../input/rows';
import { createSchema } from '../input/schema';
import type { readDeliveryRecord } from '../input/settings';
import { createValidator } from '../input/validate';
import type { PlannedEvent } from '../model/event';
import type { Notes } from '../model/notes';
import type { Failure, Outcome } from '../model/outcome';
import { worthOf } from '../record/content';
import { openRecord } from '../record/openRecord';
import type { RecordedRun } from '../record/recordedRun';
import type { FileProblem, FileResult, ShownRow } from '../report/fileResult';
import { tellHeld, tellInvalid, tellRefusal } from '../report/words';
import { messageOf, show } from '../text/show';
import { outcomeWithId, sendAll, showAll, toBeTold, type Channel } from './channel';
import { FileAccount } from './fileAccount';
import { RowWindows } from './rowWindows';

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
export interface Setup {
	readonly channel: Channel;
	readonly notes: Notes;
	readonly settings: FileSettings;
	readonly isPreview: boolean;
	/** Where the record is; `off` for a preview. */
	readonly place: ReturnType<typeof readDeliveryRecord>;
	readonly numberOf: (digest: string) => number;
}

/** The way of one file. */
export class FileRun {
	private readonly startedAt = performance.now();
	private readonly account: FileAccount;
	private undelivered: Undelivered | undefined;
	private rows: RowWindows | undefined;

	constructor(
		private readonly setup: Setup,
		private readonly itemIndex: number,
		private name: string,
	) {
		const { isPreview, channel } = setup;
		const write: Pick<Undelivered, 'add'> = {
			add: (...row) => this.undelivered?.add(...row),
		};
		this.account = new FileAccount(isPreview ? undefined : write, channel.task.redact);
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
			problem = await this.deliver(this.rowsOf(table));
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

	private rowsOf(table: Table): RowWindows {
		const { isPreview, channel } = this.setup;
		const max = isPreview ? PREVIEW_ROWS : Infinity;
		this.rows = new RowWindows(table, max, channel.cancelSignal);
		return this.rows;
	}

	/** @returns why the node ends in an error, if so */
	private async deliver(rows: RowWindows): Promise<FileProblem | undefined> {
		const { channel, notes, isPreview } = this.setup;
		const record = await this.openRecord();
		const events = this.eventsOf(rows);
		const passage = {
			rounds: this.rounds(events, record),
			onEnd: (planned: PlannedEvent, outcome: Outcome) => {
				this.settle(planned, outcome);
			},
			record,
		};
		let refusal: FileProblem | undefined;
		const refuse = (error: unknown) => {
			refusal ??= this.tellProblem(error);
			return toBeTold(tellRefusal(error), channel.task.redact);
		};
		const rest = await (isPreview ? showAll : sendAll)(channel, passage).catch(refuse);
		if (isUnauthorized(rest)) {
			refusal ??= { outcome: rest.outcome, reason: `${this.name}: ${rest.reason}` };
			// as many rows as the file may have would end the same way
			rows.close();
		}
		// what is not sent any more is read and checked all the same: it is counted, and so is its worth
		await this.endAll(events, rest).catch(refuse);
		this.account.endAll(rest);
		await record?.finish().catch((error: unknown) => {
			notes.recordFailure = messageOf(error);
		});
		return refusal ?? (rows.trouble && this.tellProblem(rows.trouble));
	}

	private async endAll(events: AsyncGenerator<PlannedEvent, void>, outcome: Outcome) {
		for await (const planned of events) this.account.end(planned.itemIndex, outcome);
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

	private async *eventsOf(read: RowWindows): AsyncGenerator<PlannedEvent, void> {
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
		for await (const window of read.windows()) {
			this.account.begin(window);
			const rows = this.withoutFlawed(window);
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
					this.account.end(numberOf(index), toBeTold(tellInvalid(problems), task.redact));
				},
				cancelSignal,
			});
			for await (const planned of events) {
				const itemIndex = numberOf(planned.itemIndex);
				this.account.value(itemIndex, worthOf(planned.event, operation.money));
				yield { ...planned, itemIndex };
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
			this.account.end(number, toBeTold({ outcome: 'invalid', reason: flaw, attempts: 0 }, redact));
			return false;
		});
	}

	private settle(planned: PlannedEvent, outcome: Outcome): void {
		const told = outcomeWithId(this.setup.channel, planned, outcome);
		this.account.end(planned.itemIndex, told);
	}

	private async toResult(
		table: Table | undefined,
		problem: FileProblem | undefined,
	): Promise<FileResult> {
		const { channel, isPreview } = this.setup;
		const { tally, shown } = this.account;
		const undelivered = await this.undelivered?.end();
		const lost = this.undelivered?.failure;
		const unread = this.tellUnread();
		const remarks = [
			...(table?.remarks ?? []),
			...(lost === undefined ? [] : [`The rows not delivered could not be written down: ${lost}.`]),
			...(channel.cancelSignal?.aborted ? ['The execution was stopped.'] : []),
			...(unread === undefined || problem ? [] : [unread]),
		];
		const byRow = (a: ShownRow, b: ShownRow) => a.row - b.row;
		return {
			file: this.name,
			tally,
			seconds: Math.round(performance.now() - this.startedAt) / 1000,
			...(undelivered && { undelivered }),
			...(isPreview && { preview: shown.sort(byRow) }),
			...(problem && {
				problem: { ...problem, reason: [problem.reason, unread].filter(Boolean).join(' ') },
			}),
			remarks: remarks.map((remark) => channel.task.redact(remark)),
		};
	}

	/** What is to be told where not all of the file was read. */
	private tellUnread(): string | undefined {
		const { account, rows, setup } = this;
		if (rows === undefined || rows.isAtEnd || account.tally.rows === 0) return undefined;
		return setup.isPreview && account.tally.rows === PREVIEW_ROWS
			? `The preview shows the first ${PREVIEW_ROWS} rows of the file.`
			: `Nothing was read after row ${rows.last}. Run the whole file again.`;
	}

	private tellProblem(error: unknown): FileProblem {
		const { redact } = this.setup.channel.task;
		const { outcome, reason } = toBeTold(tellRefusal(error), redact) as Failure;
		if (!(error instanceof FileTrouble)) return { outcome, reason };
		const { last = 0 } = this.rows ?? {};
		const row = error.row ?? (last === 0 ? undefined : last + 1);
		const place = row === undefined ? this.name : `${this.name}, row ${row}`;
		const { rows, inWords } = this.account.tally;
		const before = rows === 0 ? '' : ` Before it: ${inWords}.`;
		return {
			outcome: 'failed',
			reason: redact(`${place}: the file ${error.message}${before}`),
			...(row !== undefined && { row }),
		};
	}

	private progress(): string {
		const { rows, undelivered } = this.account.tally;
		const perSecond = Math.round((rows * 1000) / (performance.now() - this.startedAt));
		const { displayName } = this.setup.channel.speaker;
		return `${displayName}: ${this.name}: ${rows} rows, ${perSecond} a second, ${undelivered} not delivered so far`;
	}
}

function isUnauthorized(outcome: Outcome): outcome is Failure {
	return outcome.outcome === 'unauthorized';
}
