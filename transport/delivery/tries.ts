import type { Reply } from '../model/answer';
import type { Ending, NotAccepted } from '../model/ending';
import type { Batch } from '../model/event';
import type { Pace } from '../pace/pace';
import type { Brake } from './brake';
import { conclude, outcomeOfHalt } from './conclude';
import type { Delivery } from './delivery';
import { isFinal, readAnswer, type Reading } from './readAnswer';
import type { Silence } from './silence';

/** What the batches of one run share. */
export interface Run {
	readonly delivery: Delivery;
	readonly pace: Pace;
	readonly brake: Brake;
	readonly silence: Silence;
}

/** A batch of many was refused, because of an event in it that breaks a rule. */
export interface HoldsBroken {
	readonly kind: 'holdsBroken';
	/** Requests that its events were part of. */
	readonly attempts: number;
}

/**
 * Tries a batch until its fate is certain, its tries are used up, or the run is ended.
 *
 * @param earlier requests that the batch's events were part of before
 */
export async function untilCertain(
	batch: Batch,
	earlier: number,
	run: Run,
): Promise<Ending | HoldsBroken> {
	const { delivery, pace, brake } = run;
	const { settings, patience, deduplicates } = delivery;
	const repeatsUnclear = deduplicates || settings.retryUnknown;
	let mayBeAccepted = false;
	let mayRepeat = true;
	let last: NotAccepted | undefined;

	for (let tries = 1; ; tries++) {
		const turn = await pace.acquire(brake.signal);
		if (turn === undefined || brake.halt !== undefined) {
			turn?.end('neutral');
			const halt = brake.halt ?? { kind: 'stopped' };
			const outcome = mayBeAccepted ? 'unknown' : outcomeOfHalt(halt);
			return last === undefined
				? { kind: 'notSent', outcome, halt, attempts: earlier }
				: { ...last, outcome, wasCutShort: true };
		}

		const attempts = earlier + tries;
		let sign: Reading['sign'] = 'neutral';
		let reading: Reading & { reply?: Reply };
		try {
			reading = await tryOnce(batch, turn.startedAt, run);
			({ sign } = reading);
		} finally {
			// last, since it lets the next request go
			turn.end(sign);
		}
		const { verdict, reply, pauseMs } = reading;

		if (verdict.kind === 'delivered') {
			const mayCountTwice = mayBeAccepted && !deduplicates;
			return { kind: 'accepted', outcome: 'delivered', verdict, reply, attempts, mayCountTwice };
		}
		if (verdict.kind === 'broken' && batch.events.length > 1) {
			return { kind: 'holdsBroken', attempts };
		}
		if (verdict.kind === 'unclear') {
			mayBeAccepted = true;
			mayRepeat &&= repeatsUnclear || verdict.asksForRepeat === true;
		}
		last = {
			kind: 'notAccepted',
			outcome: conclude(verdict, mayBeAccepted),
			verdict,
			httpStatus: reply?.status,
			attempts,
			tries,
			wasCutShort: false,
		};
		const isLast = isFinal(verdict) || pauseMs > patience.maxPauseMs;
		if (isLast || !mayRepeat || tries > settings.maxRetries) return last;

		const backoff = Math.min(patience.maxBackoffMs, patience.firstBackoffMs * 2 ** (tries - 1));
		await brake.rest(pauseMs > 0 ? pauseMs : Math.random() * backoff);
	}
}

/** One request, and what its answer means for the whole run. */
async function tryOnce(
	batch: Batch,
	startedAt: number,
	{ delivery, pace, brake, silence }: Run,
): Promise<Reading & { reply?: Reply }> {
	const { exchange, judge, settings, patience } = delivery;
	const answer = await exchange(batch);
	const reading = readAnswer(answer, judge);
	if (answer.kind === 'noReply') {
		const ms = silence.missed(startedAt);
		if (ms > settings.timeout + patience.maxSilenceMs) {
			brake.pull({ kind: 'silence', ms, reason: answer.reason });
		}
		return reading;
	}
	silence.heard();
	const { verdict, pauseMs } = reading;
	if (verdict.kind !== 'delivered') {
		pace.pause(Math.min(pauseMs, patience.maxPauseMs));
		if (verdict.kind === 'unauthorized' || pauseMs > patience.maxPauseMs) {
			brake.pull({ kind: 'refusal', verdict });
		}
	}
	return { ...reading, reply: answer };
}
