import type { Ending, Halt } from '../model/ending';
import type { Batch } from '../model/event';
import type { Owner, Store, StoreRun, TakenEvent, Taking } from '../store/store';
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

	/** How the events of a batch ended: out of the queue, or back in their places. */
	end({ events }: Batch, ending: Ending): void {
		this.marks.end(keysOf(events), staysQueued(ending) ? 'queued' : keptOf(ending));
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
 * Whether an event stays in the queue, so that a later run tries it again: it was not sent, or was
 * certainly not accepted for a reason that is not its own.
 */
export function staysQueued(ending: Ending): boolean {
	if (ending.kind === 'notSent' && ending.attempts === 0) return true;
	return STAYING.has(ending.outcome);
}

const STAYING: ReadonlySet<Ending['outcome']> = new Set([
	'throttled',
	'failed',
	'unauthorized',
	'cancelled',
]);

function keptOf({ outcome }: Ending) {
	return outcome === 'delivered' || outcome === 'unknown' ? outcome : 'none';
}
