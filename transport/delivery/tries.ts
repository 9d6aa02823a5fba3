import type { Reply } from '../model/answer';
import type { Ending, Halt, NotAccepted } from '../model/ending';
import type { Batch } from '../model/event';
import type { Refusal } from '../model/verdict';
import type { Access } from './access';
import type { Brake } from './brake';
import { conclude, outcomeOfHalt } from './conclude';
import type { Delivery } from './delivery';
import type { DrySpell } from './drySpell';
import { isFinal, readAnswer, type Reading } from './readAnswer';
import type { ServerErrors } from './serverErrors';

/** What the batches of one run share. */
export interface Run {
	readonly delivery: Delivery;
	readonly brake: Brake;
	readonly access: Access;
	/** Without any answer. */
	readonly silence: DrySpell;
	/** Refused for rate, without a request that is taken. */
	readonly throttling: DrySpell;
	/** Answered with server errors alone. */
	readonly serverErrors: ServerErrors;
}

/** What has become of events as part of larger batches. */
export interface Past {
	/** Requests that they were part of. */
	readonly attempts: number;
	/** Whether one of those may have been accepted. */
	readonly mayBeAccepted: boolean;
}

/** A batch of many was refused because of an event in it; what became of its events so far. */
export interface HoldsBroken extends Past {
	readonly kind: 'holdsBroken';
}

/** Tries a batch until its fate is certain, its tries are used up, or the run is ended. */
export async function untilCertain(
	batch: Batch,
	past: Past,
	run: Run,
): Promise<Ending | HoldsBroken> {
	const { delivery, brake, access } = run;
	const { settings, patience, deduplicates, pace } = delivery;
	const repeatsUnclear = deduplicates || settings.retryUnknown;
	const haltOf = (): Halt | undefined =>
		brake.halt ?? access.haltOf(batch) ?? delivery.haltOf?.(batch);
	let { mayBeAccepted } = past;
	let mayRepeat = true;
	let last: NotAccepted | undefined;

	for (let tries = 1; ; tries++) {
		const turn =
			haltOf() === undefined ? await pace.acquire(brake.signal, delivery.room) : undefined;
		if (turn !== undefined && haltOf() === undefined) await begin(batch, run);
		const found = haltOf();
		if (turn === undefined || found !== undefined) {
			turn?.end('neutral');
			const halt = found ?? { kind: 'stopped' };
			const outcome = mayBeAccepted ? 'unknown' : outcomeOfHalt(halt);
			return last === undefined
				? { kind: 'notSent', outcome, halt, attempts: past.attempts }
				: { ...last, outcome, wasCutShort: true };
		}

		const attempts = past.attempts + tries;
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
			if (!mayBeAccepted) delivery.holdBack?.(batch);
			return { kind: 'holdsBroken', attempts, mayBeAccepted };
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
		// ended before it was sent: its tries are not used up, the run is over
		const wasCutOff = brake.cutOff.aborted && verdict.kind === 'notTaken';
		const isLast = isFinal(verdict) || pauseMs > patience.maxPauseMs || tries > settings.maxRetries;
		if (!mayRepeat || (isLast && !wasCutOff)) return last;

		if (!mayBeAccepted) delivery.holdBack?.(batch);
		const backoff = Math.min(patience.maxBackoffMs, patience.firstBackoffMs * 2 ** (tries - 1));
		await brake.rest(pauseMs > 0 ? pauseMs : Math.random() * backoff);
	}
}

/** Where the batch must not be sent, nothing more of the run must. */
async function begin(batch: Batch, { delivery, brake }: Run): Promise<void> {
	const halt = await delivery.begin?.(batch);
	if (halt !== undefined) brake.pull(halt);
}

/** One request, and what its answer means for the whole run. */
async function tryOnce(
	batch: Batch,
	startedAt: number,
	run: Run,
): Promise<Reading & { reply?: Reply }> {
	const { delivery, brake, access, silence, throttling, serverErrors } = run;
	const { exchange, judge, settings, patience, pace } = delivery;
	const answer = await exchange(batch, brake.cutOff);
	const reading = readAnswer(answer, judge);
	const { verdict, pauseMs, sign } = reading;
	if (answer.kind === 'noReply') {
		const ms = silence.goOn(startedAt);
		if (ms > settings.timeout + patience.maxSilenceMs) {
			brake.pull({ kind: 'silence', ms, reason: answer.reason });
		}
		return reading;
	}
	silence.end();
	if (sign === 'good') throttling.end();
	if (sign === 'good' || answer.status < 500) serverErrors.end();
	if (verdict.kind === 'delivered') {
		access.accepted(batch);
		return { ...reading, reply: answer };
	}
	if (sign === 'throttled') {
		// what another run has sent meanwhile may have been taken
		const ms = Math.min(throttling.goOn(startedAt), pace.msSinceTaken());
		if (ms > patience.maxThrottledMs) {
			brake.pull({ kind: 'throttled', ms, reason: verdict.reason, httpStatus: answer.status });
		}
	}
	if (pauseMs > patience.maxPauseMs) {
		const refusal = { ...verdict, waitMs: pauseMs };
		brake.pull({ kind: 'refusal', verdict: refusal });
		pace.pause(pauseMs);
		return { ...reading, verdict: refusal, reply: answer };
	}
	pace.pause(pauseMs);
	// a 503 is a refusal for rate
	if (answer.status >= 500 && sign === 'neutral') {
		const ms = serverErrors.goOn(batch, startedAt);
		if (ms !== undefined && ms > patience.maxServerErrorsMs) {
			brake.pull({ kind: 'serverErrors', ms, reason: verdict.reason });
		} else if (ms !== undefined) {
			// keeps its turn meanwhile: what a provider in trouble is asked often ends in doubt
			await brake.rest(patience.firstBackoffMs);
		}
	}
	return {
		...reading,
		verdict: verdict.kind === 'unauthorized' ? whoseRefusal(batch, verdict, run) : verdict,
		reply: answer,
	};
}

/** A refused credential ends the run, or its part of it; a refused event is the event's alone. */
function whoseRefusal(batch: Batch, verdict: Refusal, { delivery, brake, access }: Run): Refusal {
	const halt = access.refused(batch, verdict);
	if (halt === undefined) return { ...verdict, kind: 'broken' };
	if (delivery.partOf === undefined) brake.pull(halt);
	return verdict;
}
