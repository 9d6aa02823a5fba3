import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { conclude } from './conclude';
import type { NoReply, Reply } from './http';
import { judgeNoReply, parseBody, retryAfter } from './judge';
import { CANCELLED, type Outcome } from './outcome';
import { Pace, type Sign } from './pace';
import type { Batch } from './plan';
import type { Refusal, Verdict } from './provider';
import type { Settings } from './settings';

/** What sending needs to know of the provider and of the run. */
export interface Delivery {
	/** The provider's name, for sentences. */
	readonly displayName: string;
	/** What a lane stands for, where batches have one: `device`. */
	readonly laneName?: string;
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

/**
 * Most batches that wait for their lane, their turn, their answer or their next try: with lanes,
 * enough to find many of them in a table that is sorted by lane; without, to keep all connections
 * busy beside those that wait.
 */
const WINDOW_WITH_LANES = 1_000;
const WINDOW_PER_REQUEST = 2;
const FIRST_BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 20_000;
/** Without any answer for longer than this and a request's timeout, a run ends. */
const LONGEST_SILENCE_MS = 60_000;
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
	const { laneName, settings } = delivery;
	const window =
		laneName === undefined ? WINDOW_PER_REQUEST * settings.maxConcurrency : WINDOW_WITH_LANES;
	try {
		for await (const batch of batches) {
			run.begin(batch);
			await run.underWayBelow(window);
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
	/** Lanes whose last batch may or may not have been accepted. */
	private readonly uncertainLanes = new Set<string>();
	private underWay = 0;
	/** Start of the first request since the last answer that got none. */
	private silentSince: number | undefined;
	private wake: () => void = () => undefined;

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
		void this.inLanes(batch.lanes, async () => {
			await this.deliver(batch, 0);
		}).then(() => {
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

	/** Runs the work after all earlier work of its lanes. */
	private inLanes(lanes: readonly string[], work: () => Promise<void>): Promise<void> {
		if (lanes.length === 0) return work();
		const tail = Promise.all(lanes.map(async (lane) => await this.lanes.get(lane)))
			.then(work)
			.then(() => {
				for (const lane of lanes) {
					if (this.lanes.get(lane) === tail) this.lanes.delete(lane);
				}
			});
		for (const lane of lanes) this.lanes.set(lane, tail);
		return tail;
	}

	/**
	 * @param earlier requests that the batch's events were part of before
	 * @returns whether all of the batch was delivered
	 */
	private async deliver(batch: Batch, earlier: number): Promise<boolean> {
		const ending = await this.untilCertain(batch, earlier).catch((error: unknown): Outcome => {
			// a defect of ours, yet the event is accounted for
			const reason = `Unexpected error (${String(error)}). Check with ${this.delivery.displayName} whether the event arrived.`;
			return { outcome: 'unknown', reason };
		});
		if ('holdsBroken' in ending) {
			await this.deliverHalves(batch, ending.attempts);
			return false;
		}
		this.delivery.settle(batch, this.inView(batch.lanes, ending));
		return ending.outcome === 'delivered';
	}

	/** The outcome, with a remark where the order it was sent in has become uncertain. */
	private inView(lanes: readonly string[], outcome: Outcome): Outcome {
		if (outcome.attempts === 0) return outcome;
		const wasUncertain = lanes.some((lane) => this.uncertainLanes.has(lane));
		for (const lane of lanes) {
			if (outcome.outcome === 'unknown') this.uncertainLanes.add(lane);
			else this.uncertainLanes.delete(lane);
		}
		if (!wasUncertain) return outcome;
		const { laneName = 'lane' } = this.delivery;
		const remark = `The event before it of the same ${laneName} ended as unknown: it may be missing before this one.`;
		return { ...outcome, reason: joined(outcome.reason, remark) };
	}

	/**
	 * Delivers a batch that was refused for a broken event, in halves until those stand alone. When
	 * the first half is delivered, the broken event is in the second, which is not tried whole: with
	 * k broken events among n that makes at most 2k·log2(n) + 1 further requests.
	 */
	private async deliverHalves({ events, lanes }: Batch, earlier: number): Promise<void> {
		const middle = Math.floor(events.length / 2);
		const first = { events: events.slice(0, middle), lanes };
		const second = { events: events.slice(middle), lanes };
		const firstIsDelivered = await this.deliver(first, earlier);
		if (firstIsDelivered && second.events.length > 1) await this.deliverHalves(second, earlier);
		else await this.deliver(second, earlier);
	}

	/** Tries a batch until its fate is certain, its tries are used up, or the run is halted. */
	private async untilCertain(batch: Batch, earlier: number): Promise<Outcome | Refused> {
		const { delivery } = this;
		const repeatsUnclear = delivery.repeatIsHarmless || delivery.settings.retryUnknown;
		let mayBeAccepted = false;
		let mayRepeat = true;
		let last: Outcome | undefined;

		for (let tries = 1; ; tries++) {
			if (!this.halted) await this.pace.turn();
			if (this.halted) return notTriedAgain(this.halted, last, earlier);

			const { verdict, reply, pause } = await this.tryOnce(batch);
			const attempts = earlier + tries;
			const facts = { attempts, httpStatus: reply?.status };
			if (verdict.kind === 'delivered') {
				const { verdict: word } = verdict;
				const response = reply && parseBody(reply);
				const isDoubtful = mayBeAccepted && !delivery.repeatIsHarmless;
				const doubt = `An earlier try was unclear: if ${delivery.displayName} took that one too, the event counts twice.`;
				const reason = joined(verdict.reason, isDoubtful ? doubt : undefined);
				return { outcome: 'delivered', ...facts, verdict: word, reason, response };
			}
			if (verdict.kind === 'broken' && batch.events.length > 1) {
				return { holdsBroken: true, attempts };
			}
			if (verdict.kind === 'unclear') {
				mayBeAccepted = true;
				mayRepeat &&= repeatsUnclear || verdict.asksForRepeat === true;
			}
			last = { ...conclude(verdict, mayBeAccepted, tries, delivery), ...facts };

			const isFinal = finalKinds.has(verdict.kind) || pause > LONGEST_PAUSE_MS;
			if (isFinal || !mayRepeat || tries > delivery.settings.maxRetries) return last;

			const backoff = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (tries - 1));
			await this.rest(pause > 0 ? pause : Math.random() * backoff);
		}
	}

	/** One request and what its answer means, for the batch and for the pace. */
	private async tryOnce(batch: Batch): Promise<{ verdict: Verdict; reply?: Reply; pause: number }> {
		const startedAt = performance.now();
		let sign: Sign = 'neutral';
		try {
			const answer = await this.delivery.exchange(batch);
			if (!('status' in answer)) {
				if (answer.timedOut) sign = 'slow';
				this.noteSilence(startedAt, answer);
				return { verdict: judgeNoReply(answer), pause: 0 };
			}
			this.silentSince = undefined;
			const verdict = this.delivery.judge(answer);
			if (verdict.kind === 'delivered') {
				sign = 'good';
				return { verdict, reply: answer, pause: 0 };
			}
			if (verdict.kind === 'throttled' || answer.status === 503) sign = 'throttled';
			// the provider is well: it is the event that it refuses
			else if (verdict.kind === 'rejected' || verdict.kind === 'broken') sign = 'good';
			const pause = finalKinds.has(verdict.kind) ? 0 : (retryAfter(answer) ?? 0);
			this.pace.pause(Math.min(pause, LONGEST_PAUSE_MS));
			if (verdict.kind === 'unauthorized' || pause > LONGEST_PAUSE_MS) {
				this.halt(notSent(verdict, this.delivery));
			}
			return { verdict, reply: answer, pause };
		} finally {
			// last, since it lets the next request go
			this.pace.done(sign, startedAt);
		}
	}

	/** Halts the run when the provider has not answered anything for too long. */
	private noteSilence(startedAt: number, { reason }: NoReply): void {
		this.silentSince ??= startedAt;
		const { settings, displayName } = this.delivery;
		const silence = performance.now() - this.silentSince;
		if (silence <= settings.timeout + LONGEST_SILENCE_MS) return;
		const seconds = Math.round(silence / 1000);
		this.halt({
			outcome: 'failed',
			reason: `Not sent: ${displayName} has answered nothing for ${seconds} s (it ${reason}). Run it again when the provider can be reached.`,
			attempts: 0,
		});
	}

	/** Waits, unless the run is halted. */
	private async rest(ms: number): Promise<void> {
		await sleep(ms, undefined, { signal: this.halting.signal }).catch(() => undefined);
	}
}

/** Sentences one after the other, `undefined` where there are none. */
function joined(...sentences: (string | undefined)[]): string | undefined {
	return sentences.filter((sentence) => sentence !== undefined).join(' ') || undefined;
}

/** What no further try would change. */
const finalKinds: ReadonlySet<Verdict['kind']> = new Set(['rejected', 'broken', 'unauthorized']);

/** A batch of many was refused, because of an event in it that breaks a rule. */
interface Refused {
	readonly holdsBroken: true;
	readonly attempts: number;
}

/** How the events end that were not sent, because of the answer to an earlier one. */
function notSent({ kind, reason }: Refusal, { displayName }: Delivery): Outcome {
	const answer = `Not sent: ${displayName} ${reason}, to an earlier event.`;
	return kind === 'unauthorized'
		? { outcome: 'unauthorized', reason: `${answer} Check the credential.`, attempts: 0 }
		: { outcome: 'throttled', reason: `${answer} Run it again later.`, attempts: 0 };
}

/** How a batch ends that was waiting when the run was halted. */
function notTriedAgain(halted: Outcome, last: Outcome | undefined, earlier: number): Outcome {
	if (last !== undefined) {
		const outcome = last.outcome === 'unknown' ? 'unknown' : halted.outcome;
		return { ...last, outcome, reason: `${last.reason ?? ''} The run ended before the next try.` };
	}
	if (earlier === 0) return halted;
	const reason = `Refused together with a broken event, and not tried without it: ${halted.reason ?? ''}`;
	return { ...halted, reason, attempts: earlier };
}
