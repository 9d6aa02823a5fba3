import type { Ending, Halt } from '../model/ending';
import type { Batch } from '../model/event';
import type { EventEnd, Owner, Store, StoreRun, TakenEvent, Taking } from '../store/store';
import { forgetInPassing } from './forgetInPassing';
import { keysOf, Marks } from './marks';

/** The way of queued events through the record: one run that takes them, of all operations of an account. */
export class QueuedRun {
	private readonly run: StoreRun;
	private readonly marks: Marks;

	constructor(
		private readonly store: Store,
		owner: Owner,
	) {
		this.run = store.begin(owner);
		this.marks = new Marks(this.run);
	}

	/**
	 * The next events, oldest first; none when the run has seen the whole queue.
	 *
	 * @throws {RecordFailure}
	 */
	take(asked: Taking): Promise<TakenEvent[]> {
		return this.run.take(asked);
	}

	/** Durable, before a request leaves. */
	begin(batch: Batch) {
		return this.marks.begin(batch);
	}

	holdBack(batch: Batch): void {
		this.marks.holdBack(batch);
	}

	/** How the events of a batch ended, as `queuedEnd` has it. */
	end({ events }: Batch, outcome: EventEnd['outcome']): void {
		this.marks.end(keysOf(events), outcome);
	}

	/** Takes an event out of the queue that is not to be sent any more. */
	drop(key: string): void {
		this.marks.end([key], 'none');
	}

	/** Puts an event back in its place that was not tried. */
	giveBack(key: string): void {
		this.marks.end([key], 'queued');
	}

	/** Why nothing more may leave, if so: the record could not be written. */
	get failure(): Halt | undefined {
		return this.marks.failure;
	}

	/**
	 * Ends the run when nothing is under way any more: what it has not ended is in its place in the queue.
	 *
	 * @throws {RecordFailure} where ends could not be written
	 */
	async finish(): Promise<void> {
		await this.run.finish();
		void forgetInPassing(this.store);
	}
}

/**
 * What becomes of an event of the queue. It stays (`queued`, `doubtful`), so that a later run tries it
 * again, where it was not sent, was certainly not accepted for a reason that is not its own, or may
 * have been accepted and a repeat does no harm.
 */
export function queuedEnd(
	ending: Ending,
	{ mayRepeat }: Pick<Owner, 'mayRepeat'>,
): EventEnd['outcome'] {
	if (ending.kind === 'notSent' && ending.attempts === 0) return 'queued';
	const { outcome } = ending;
	if (STAYING.has(outcome)) return 'queued';
	if (outcome === 'unknown') return mayRepeat && !isFinal(ending) ? 'doubtful' : 'unknown';
	return outcome === 'delivered' ? outcome : 'none';
}

/** Whether that keeps it in the queue. */
export function staysQueued(end: EventEnd['outcome']): boolean {
	return end === 'queued' || end === 'doubtful';
}

const STAYING: ReadonlySet<Ending['outcome']> = new Set([
	'throttled',
	'failed',
	'unauthorized',
	'cancelled',
]);

/** Whether a further try would end the same way: the event itself was refused, or broke our code. */
function isFinal(ending: Ending): boolean {
	if (ending.kind !== 'notAccepted') return ending.kind === 'defect';
	return ending.verdict.kind === 'rejected' || ending.verdict.kind === 'broken';
}
