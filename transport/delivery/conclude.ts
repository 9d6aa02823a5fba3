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
 * @param mayBeAccepted whether any of its tries was unclear, in a larger batch too: then only an
 * acceptance could have made it certain, since every refusal may be the answer to the repeat
 */
export function conclude({ kind }: Refusal, mayBeAccepted: boolean): FailureName {
	return mayBeAccepted ? 'unknown' : outcomeByVerdict[kind];
}

/** The outcome of an event that was not sent since the run ended. */
export function outcomeOfHalt(halt: Halt): FailureName {
	switch (halt.kind) {
		case 'stopped':
			return 'cancelled';
		case 'silence':
		case 'serverErrors':
		case 'record':
		case 'behind':
			return 'failed';
		case 'lost':
			return 'unknown';
		case 'throttled':
		case 'paused':
			return 'throttled';
		case 'refusal':
			return halt.verdict.kind === 'unauthorized' ? 'unauthorized' : 'throttled';
	}
}
