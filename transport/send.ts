import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { conclude } from './conclude';
import type { NoReply, Reply } from './http';
import { judgeNoReply, parseBody, retryAfter } from './judge';
import { CANCELLED, type Outcome } from './outcome';
import { Pace } from './pace';
import type { Batch } from './plan';
import type { Verdict } from './provider';
import type { Settings } from './settings';

/** What sending needs to know of the provider and of the run. */
export interface Delivery {
	/** The provider's name, for sentences. */
	readonly displayName: string;
	/** Sends a batch once and waits for the answer. */
	readonly exchange: (batch: Batch) => Promise<Reply | NoReply>;
	readonly judge: (reply: Reply) => Verdict;
	/** Whether the provider removes duplicates, so that an unclear try may be repeated. */
	readonly repeatIsHarmless: boolean;
	/** Called exactly once for every batch that was taken from the plan. */
	readonly settle: (batch: Batch, outcome: Outcome) => void;
	/** Aborts when the execution is stopped. */
	readonly cancelSignal?: AbortSignal;
	readonly settings: Settings;
}

/** Most batches that wait for their lane, their turn, their answer or their next try. */
const WINDOW = 1_000;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 20_000;
/** Asked to wait longer than this, a run ends instead. */
const LONGEST_PAUSE_MS = 120_000;

/**
 * Sends batches as fast as the provider takes them, each until its fate is certain or its tries
 * are used up.
 *
 * @returns how the events end that were not taken from the plan, when sending was halted
 */
export async function send(
	batches: AsyncIterable<Batch>,
	delivery: Delivery,
): Promise<Outcome | undefined> {
	const run = new Run(delivery);
	const stop = () => {
		run.halt(CANCELLED);
	};
	if (delivery.cancelSignal?.aborted) stop();
	delivery.cancelSignal?.addEventListener('abort', stop);
	try {
		for await (const batch of batches) {
			run.begin(batch);
			await run.underWayBelow(WINDOW);
			if (run.halted) break;
		}
		await run.underWayBelow(1);
	} finally {
		delivery.cancelSignal?.removeEventListener('abort', stop);
	}
	return run.halted;
}

/** What the batches of one run share. */
class Run {
	/** Why sending ended early: the outcome of whatever was not sent by then. */
	halted: Outcome | undefined;

	private readonly pace: Pace;
	private readonly halting = new AbortController();
	private readonly lanes = new Map<string, Promise<void>>();
	private underWay = 0;
	private wake = () => {};

	constructor(private readonly delivery: Delivery) {
		this.pace = new Pace(delivery.settings.maxConcurrency, delivery.settings.requestsPerSecond);
		setMaxListeners(0, this.halting.signal);
	}

	/** Ends the run: whatever waits is let go and sends nothing. The first reason counts. */
	halt(outcome: Outcome): void {
		this.halted ??= outcome;
		this.halting.abort();
		this.pace.open();
	}

	begin(batch: Batch): void {
		this.underWay++;
		void this.inLane(batch.lane, () => this.deliver(batch)).then(() => {
			this.underWay--;
			this.wake();
		});
	}

	/** Resolves when fewer than so many batches are under way. */
	async underWayBelow(bound: number): Promise<void> {
		while (this.underWay >= bound) {
			await new Promise<void>((resolve) => {
				this.wake = resolve;
			});
		}
	}

	/** Runs the work after all earlier work of its lane. */
	private inLane(lane: string | undefined, work: () => Promise<void>): Promise<void> {
		if (lane === undefined) return work();
		const tail = (this.lanes.get(lane) ?? Promise.resolve()).then(work).then(() => {
			if (this.lanes.get(lane) === tail) this.lanes.delete(lane);
		});
		this.lanes.set(lane, tail);
		return tail;
	}

	private async deliver(batch: Batch): Promise<void> {
		this.delivery.settle(
			batch,
			await this.untilCertain(batch).catch((error: unknown): Outcome => {
				// a defect of ours, yet the event is accounted for
				const reason = `Unexpected error (${String(error)}). Check with ${this.delivery.displayName} whether the event arrived.`;
				return { outcome: 'unknown', reason };
			}),
		);
	}

	/** Tries a batch until its fate is certain, its tries are used up, or the run is halted. */
	private async untilCertain(batch: Batch): Promise<Outcome> {
		const { delivery } = this;
		let mayBeAccepted = false;
		let last: Outcome = { outcome: 'cancelled', attempts: 0 };

		for (let attempts = 1; ; attempts++) {
			if (!this.halted) await this.pace.turn();
			if (this.halted) return mayBeAccepted ? last : { ...this.halted, attempts: attempts - 1 };

			const { verdict, reply, pause } = await this.tryOnce(batch);
			const facts = { attempts, httpStatus: reply?.status };
			if (verdict.kind === 'delivered') {
				const { verdict: word, reason } = verdict;
				return {
					outcome: 'delivered',
					...facts,
					verdict: word,
					reason,
					response: reply && parseBody(reply),
				};
			}
			mayBeAccepted ||= verdict.kind === 'unclear';
			last = { ...conclude(verdict, mayBeAccepted, attempts, delivery), ...facts };

			if (verdict.kind === 'unauthorized' || pause > LONGEST_PAUSE_MS) this.halt(notSent(last));
			const isFinal = verdict.kind === 'rejected' || verdict.kind === 'unauthorized';
			const mayRepeat = !mayBeAccepted || delivery.repeatIsHarmless;
			if (isFinal || !mayRepeat || attempts > delivery.settings.maxRetries) return last;

			const backoff = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempts - 1));
			await this.rest(pause || Math.random() * backoff);
		}
	}

	/** One request and what its answer means, for the batch and for the pace. */
	private async tryOnce(batch: Batch): Promise<{ verdict: Verdict; reply?: Reply; pause: number }> {
		const startedAt = performance.now();
		const answer = await this.delivery.exchange(batch);
		const reply = 'status' in answer ? answer : undefined;
		const verdict = 'status' in answer ? this.delivery.judge(answer) : judgeNoReply(answer);

		const delivered = verdict.kind === 'delivered';
		const pause = (!delivered && reply && retryAfter(reply)) || 0;
		const strained =
			verdict.kind === 'throttled' ||
			reply?.status === 503 ||
			('timedOut' in answer && answer.timedOut);
		this.pace.pause(pause);
		this.pace.done(strained ? 'strained' : delivered ? 'good' : 'neutral', startedAt);
		return { verdict, reply, pause };
	}

	/** Waits, unless the run is halted. */
	private async rest(ms: number): Promise<void> {
		await sleep(ms, undefined, { signal: this.halting.signal }).catch(() => undefined);
	}
}

/** How the events end that were not sent, because of how this one ended. */
function notSent({ outcome, reason = '' }: Outcome): Outcome {
	return {
		outcome,
		reason: `Not sent, after an earlier event of this run: ${reason}`,
		attempts: 0,
	};
}
