import type { NodeExecutionHint } from 'n8n-workflow';

import { isSuccess, type Outcome } from '../model/outcome';
import { countOf } from '../text/show';
import { countByOutcome } from './count';
import type { RunName } from './runName';

/** The one hint that sums a run up. */
export function toHint(
	outcomes: readonly Outcome[],
	remarks: readonly string[],
	{ displayName }: RunName,
): NodeExecutionHint {
	const done = outcomes.filter(isSuccess).length;
	const summary = `${displayName}: ${countOf(outcomes.length, 'event')}: ${countByOutcome(outcomes)}.`;
	const sentences = [summary, ...remarks];
	return {
		message: sentences.join(' '),
		type: done === outcomes.length ? 'info' : 'warning',
		location: 'outputPane',
	};
}
