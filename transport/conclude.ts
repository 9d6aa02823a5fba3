import type { Outcome, OutcomeName } from './outcome';
import type { Refusal } from './provider';

/** How an event ends on which no more tries are spent. */
const outcomeOf: Readonly<Record<Refusal['kind'], OutcomeName>> = {
	rejected: 'rejected',
	broken: 'rejected',
	unauthorized: 'unauthorized',
	throttled: 'throttled',
	notTaken: 'failed',
	unclear: 'unknown',
};

/**
 * The outcome of an event after its last try, in a sentence that says what to do.
 *
 * @param mayBeAccepted whether any of its tries was unclear: then only an acceptance could have
 * made it certain, since even a later refusal may be the answer to a repeat
 */
export function conclude(
	verdict: Refusal,
	mayBeAccepted: boolean,
	attempts: number,
	{ displayName, repeatIsHarmless }: { displayName: string; repeatIsHarmless: boolean },
): Outcome {
	// what an event holds is refused however often it is sent: that makes an unclear try certain too
	const outcome = mayBeAccepted && verdict.kind !== 'broken' ? 'unknown' : outcomeOf[verdict.kind];
	const what = `${displayName} ${verdict.reason.replace(/[.\s]+$/, '')}`;
	const tries = attempts > 1 ? ` (${attempts} tries)` : '';
	const usualAdvice = {
		rejected: 'Correct the event: sent again unchanged, it would be refused again.',
		unauthorized: 'Check the credential.',
		throttled: 'Set a lower Requests per Second in the options, or run it again later.',
		failed: 'It was not accepted: run it again when the provider can be reached.',
		unknown: repeatIsHarmless
			? `It may have been accepted. Sending it again is safe: ${displayName} removes duplicates.`
			: `It may have been accepted. Check with ${displayName} before you send it again.`,
	}[outcome as 'rejected' | 'unauthorized' | 'throttled' | 'failed' | 'unknown'];
	return { outcome, reason: `${what}${tries}. ${verdict.advice ?? usualAdvice}` };
}
