import type { IDataObject } from 'n8n-workflow';

import { isInQueueMode } from '../input/queueMode';
import { readQueueLimits, readQueuePlace } from '../input/queueSettings';
import type { Ending } from '../model/ending';
import { JsonNumber, type Json, type PlannedEvent, type WireEvent } from '../model/event';
import { isSuccess, type Failure, type Outcome } from '../model/outcome';
import { fromContent } from '../record/content';
import { openStore } from '../record/openStore';
import { QueuedRun, queuedEnd, staysQueued } from '../record/queuedRun';
import type { EndedEvent, QueueReport } from '../report/queueReport';
import {
	tellAgain,
	tellDoubt,
	tellLeftBehind,
	tellRefusal,
	tellTooOld,
	tellUnreadable,
} from '../report/words';
import type { Store, TakenEvent, Waiting } from '../store/store';
import {
	openChannel,
	outcomeWithId,
	sendAll,
	toBeTold,
	type Channel,
	type RequestGuard,
	type Task,
} from './channel';
import { LaneOrder } from './laneOrder';
import { Rounds } from './rounds';

/** Most events that are held at once, taken and not yet ended. */
export const WINDOW = 2_000;
/** So many are taken at once at first, so that runs that begin together share a short queue. */
const FIRST_TAKE = 64;
const MAX_TAKE = 500;

/** What waits is tried again by the next run, so this one need not be patient. */
const PATIENCE = { maxSilenceMs: 5_000, maxThrottledMs: 30_000, maxServerErrorsMs: 5_000 };

/** What may still be taken, for all accounts together. */
interface Budget {
	left: number;
}

/** An event that was taken from the queue. */
interface Queued {
	readonly planned: PlannedEvent;
	readonly taken: TakenEvent;
	readonly lanes: readonly string[];
	readonly line: Line;
}

/** One operation on its way to the provider. */
interface Line {
	readonly operation: string;
	readonly channel: Channel;
	readonly rounds: Rounds;
	readonly underWay: Map<PlannedEvent, Queued>;
	/** Whether it still sends. */
	isOpen: boolean;
}

/**
 * The way of what waits in the queue to the provider: of all operations for which the node's
 * credential serves.
 *
 * @param operations their names
 * @throws {RunRefused} where a setting or the credential cannot be used
 */
export async function sendQueued(
	task: Omit<Task, 'operation'>,
	operations: readonly string[],
): Promise<QueueReport> {
	const { context, redact } = task;
	const { maxEvents, maxAge } = readQueueLimits(context);
	const patience = { ...PATIENCE, ...task.patience };
	const channels = await Promise.all(
		operations.map((operation) => openChannel({ ...task, patience, operation })),
	);
	const budget = { left: maxEvents };
	const place = readQueuePlace(context);
	const store = await openStore(context, place);
	const runs = [...Map.groupBy(channels, ({ account }) => account).values()].map(
		(own) => new AccountRun(own, budget, maxAge, store),
	);
	for (const run of runs) await run.send();
	const counts = await Promise.all(runs.map((run) => run.countWaiting()));
	const failure = runs.map((run) => run.failure).find((one) => one !== undefined);
	return {
		ended: runs.flatMap(({ ended }) => ended),
		...(counts.every((count) => count !== undefined) && { waiting: sumOf(counts) }),
		tried: runs.reduce((sum, { tried }) => sum + tried, 0),
		...(budget.left === 0 && { maxEvents }),
		isRecordApart: place === 'thisInstance' && isInQueueMode(),
		reasons: [...new Set(runs.flatMap(({ reasons }) => [...reasons]))].map(redact),
		...(failure && { failure: { ...failure, reason: redact(failure.reason) } }),
	};
}

function sumOf(counts: readonly Waiting[]): Waiting {
	const sum = (of: keyof Waiting) => counts.reduce((total, count) => total + count[of], 0);
	return { events: sum('events'), taken: sum('taken') };
}

/** An event's values as JSON has them: numbers that keep their digits are text. */
function valuesOf(event: WireEvent): Record<string, Json> {
	const values = Object.entries(event).flatMap(([key, value]): [string, Json][] =>
		value === undefined ? [] : [[key, value instanceof JsonNumber ? value.digits : value]],
	);
	return Object.fromEntries(values);
}

/** One run through the queue of an account. */
class AccountRun {
	readonly ended: EndedEvent[] = [];
	/** Events that were sent, and stay. */
	tried = 0;
	/** Why events that were to be sent still wait. */
	readonly reasons = new Set<string>();
	/** Why the run itself failed, if so. */
	failure: Failure | undefined;

	private readonly run: QueuedRun;
	private readonly lines: ReadonlyMap<string, Line>;
	private readonly order = new LaneOrder();
	/** Taken, and not handed over: an event of another operation is before them in their lane. */
	private pending: Queued[] = [];
	private wake: () => void = () => undefined;

	constructor(
		channels: readonly Channel[],
		private readonly budget: Budget,
		private readonly maxAge: number,
		private readonly store: Store,
	) {
		this.lines = new Map(
			channels.map((channel) => {
				const { operation } = channel.task;
				const line = {
					operation,
					channel,
					rounds: new Rounds(),
					underWay: new Map(),
					isOpen: true,
				};
				return [operation, line];
			}),
		);
		this.run = new QueuedRun(store, {
			...this.account,
			operation: '',
			execution: this.channel.task.context.getExecutionId(),
			keepDays: this.channel.settings.recordDays,
			mayRepeat: false,
		});
	}

	/** Never fails. */
	async send(): Promise<void> {
		const lines = [...this.lines.values()];
		const sending = lines.map((line) => this.sendLine(line));
		try {
			await this.takeAll();
		} catch (error) {
			this.fail(error);
		}
		for (const { rounds } of lines) rounds.close();
		await Promise.all(sending);
		await this.run.finish().catch((error: unknown) => {
			this.fail(error);
		});
	}

	/** @returns `undefined` where the record does not say */
	async countWaiting(): Promise<Waiting | undefined> {
		return await this.store.countQueued(this.account).catch(() => undefined);
	}

	/** Takes events and hands them over, until there are no more, or nothing more is to be sent. */
	private async takeAll(): Promise<void> {
		const repeatable = [...this.lines.values()]
			.filter(({ channel }) => channel.mayRepeat)
			.map(({ operation }) => operation);
		let size = FIRST_TAKE;
		for (let isOver = false; ;) {
			this.handOver();
			if (this.isStopped) return;
			const room = Math.min(size, WINDOW - this.held, this.budget.left);
			if (!isOver && (room === size || (room > 0 && room === this.budget.left))) {
				const taken = await this.run.take({ maxEvents: room, repeatable });
				this.budget.left -= taken.length;
				isOver = taken.length === 0;
				for (const event of taken) this.accept(event);
				size = Math.min(MAX_TAKE, size * 2);
			} else if (this.held === 0) {
				return;
			} else {
				await new Promise<void>((resolve) => {
					this.wake = resolve;
				});
			}
		}
	}

	/** An event that was taken waits for its turn, or ends at once. */
	private accept(taken: TakenEvent): void {
		const { operation, queuedAt, execution, doubt } = taken;
		const line = this.lines.get(operation);
		if (line === undefined) {
			this.reasons.add(`This version of the node does not know the operation ${operation}.`);
			this.run.giveBack(taken.key);
			return;
		}
		const { channel } = line;
		const { form, speaker, operation: definition } = channel;
		const stored = fromContent(taken.content);
		if (stored === undefined) {
			this.run.drop(taken.key);
			this.tell(taken, tellUnreadable());
			return;
		}
		const { event, path, eventId } = stored;
		const planned: PlannedEvent = {
			itemIndex: 0,
			key: taken.key,
			event,
			encoded: { ...form.encode(event), path },
			...(eventId !== undefined && { eventId }),
			...(doubt !== undefined && { mayBeAccepted: true }),
		};
		const told = (outcome: Outcome) =>
			toBeTold(outcomeWithId(channel, planned, outcome), channel.task.redact);
		if (taken.kind === 'unknown') {
			const left = tellLeftBehind(doubt ?? { at: queuedAt, execution }, speaker);
			this.tell(taken, told(left), { channel, event });
		} else if (queuedAt + this.maxAge * 3_600 < Date.now() / 1000) {
			this.run.drop(taken.key);
			const past = { at: queuedAt, execution };
			const tooOld = tellTooOld(past, this.maxAge, doubt !== undefined);
			this.tell(taken, told(tooOld), { channel, event });
		} else {
			this.pending.push({ planned, taken, lanes: definition.lane?.of(event) ?? [], line });
		}
	}

	/** Hands each operation what may go now. */
	private handOver(): void {
		const ready = new Map<Line, PlannedEvent[]>();
		const blocked = new Set<string>();
		this.pending = this.pending.filter((queued) => {
			const { lanes, line, planned } = queued;
			if (!line.isOpen || this.order.isClosed(lanes)) {
				this.leave(queued);
				return false;
			}
			if (lanes.some((lane) => blocked.has(lane)) || !this.order.mayGo(lanes, line.operation)) {
				for (const lane of lanes) blocked.add(lane);
				return true;
			}
			this.order.begin(lanes, line.operation);
			line.underWay.set(planned, queued);
			const round = ready.get(line);
			if (round) round.push(planned);
			else ready.set(line, [planned]);
			return false;
		});
		for (const [{ rounds }, events] of ready) rounds.add(events);
	}

	private async sendLine(line: Line): Promise<void> {
		const guard: RequestGuard = {
			begin: (batch) => this.run.begin(batch),
			holdBack: (batch) => {
				this.run.holdBack(batch);
			},
			end: (batch, ending) => {
				this.run.end(batch, queuedEnd(ending, line.channel));
			},
			haltOf: ({ lanes }) => (this.order.isClosed(lanes) ? { kind: 'behind' } : undefined),
		};
		const passage = {
			rounds: line.rounds,
			onEnd: (planned: PlannedEvent, outcome: Outcome, ending?: Ending) => {
				this.settle(line, planned, outcome, ending);
			},
			record: guard,
		};
		try {
			const rest = await sendAll(line.channel, passage);
			// where nothing ended it early, it has no rest that could be cancelled
			if (rest.outcome !== 'cancelled') this.note(rest);
		} catch (error) {
			this.fail(error);
		}
		line.isOpen = false;
		for (const queued of line.underWay.values()) {
			this.order.end(queued.lanes);
			this.leave(queued);
		}
		line.underWay.clear();
		this.wake();
	}

	private settle(line: Line, planned: PlannedEvent, outcome: Outcome, ending?: Ending): void {
		const queued = line.underWay.get(planned);
		if (queued === undefined) return;
		line.underWay.delete(planned);
		this.order.end(queued.lanes);
		const { channel } = line;
		if (ending !== undefined && staysQueued(queuedEnd(ending, channel))) {
			this.order.close(queued.lanes);
			if (ending.kind !== 'defect' && ending.attempts > 0) this.tried++;
			if (ending.kind === 'notAccepted' && ending.outcome === 'unknown') {
				this.note(toBeTold(tellDoubt(ending, channel.speaker), channel.task.redact));
			} else if (ending.kind !== 'notSent') this.note(outcome);
		} else {
			const { event } = planned;
			this.tell(queued.taken, outcomeWithId(channel, planned, outcome), { channel, event });
		}
		this.wake();
	}

	/** An event that was not tried waits for a later run, and does not count. */
	private leave({ taken, lanes }: Queued): void {
		this.order.close(lanes);
		this.budget.left++;
		this.run.giveBack(taken.key);
	}

	private tell(
		{ operation, queuedAt, execution }: TakenEvent,
		outcome: Outcome,
		known?: { readonly channel: Channel; readonly event: WireEvent },
	): void {
		const left = { operation, outcome, queuedAt, execution };
		if (known === undefined || isSuccess(outcome)) {
			this.ended.push(left);
			return;
		}
		const { speaker, task } = known.channel;
		const values = task.redact(valuesOf(known.event)) as IDataObject;
		this.ended.push({ ...left, again: { values, advice: tellAgain(outcome, speaker) } });
	}

	/** Why something waits. A refused credential and a broken record do not mend by themselves. */
	private note(outcome: Outcome): void {
		if (isSuccess(outcome)) return;
		const isFailure = outcome.outcome === 'unauthorized' || this.run.failure !== undefined;
		if (isFailure) this.failure ??= { ...outcome, id: undefined };
		else this.reasons.add(outcome.reason);
	}

	private fail(error: unknown): void {
		this.failure ??= tellRefusal(error);
	}

	/** Events that were taken and have not ended. */
	private get held(): number {
		const underWay = [...this.lines.values()].map((line) => line.underWay.size);
		return underWay.reduce((sum, size) => sum + size, this.pending.length);
	}

	private get isStopped(): boolean {
		const lines = [...this.lines.values()];
		return this.channel.cancelSignal?.aborted === true || lines.every(({ isOpen }) => !isOpen);
	}

	private get channel(): Channel {
		const [line] = this.lines.values();
		if (line === undefined) throw new Error('an account has an operation at least');
		return line.channel;
	}

	private get account() {
		const { account, task } = this.channel;
		return { provider: task.provider.name, account };
	}
}
