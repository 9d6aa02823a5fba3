import type { Halt } from '../model/ending';
import type { FailureName } from '../model/outcome';
import type { Refusal } from '../model/verdict';

/** How an event ends on which no more tries are spent. */
const outcomeByVerdict: Readonly<Record<Refusal['kind'], FailureName>> = {
	rejected: 'rejected',
	broken: 'rejected',
	unauthorized: 'unauthorized',
	throttled: 'throttled',
	notTaken: 'failed',
	unclear: 'unknown',
};

/**
 * The outcome of an event after its last try.
 *
 * @param mayBeAccepted whether any of its tries was unclear: then only an acceptance could have
 * made it certain, since even a later refusal may be the answer to a repeat
 */
export function conclude({ kind }: Refusal, mayBeAccepted: boolean): FailureName {
	// what an event holds is refused however often it is sent: that makes an unclear try certain too
	return mayBeAccepted && kind !== 'broken' ? 'unknown' : outcomeByVerdict[kind];
}

/** The outcome of an event that was not sent since the run ended. */
export function outcomeOfHalt(halt: Halt): FailureName {
	if (halt.kind === 'stopped') return 'cancelled';
	if (halt.kind === 'silence') return 'failed';
	return halt.verdict.kind === 'unauthorized' ? 'unauthorized' : 'throttled';
}
