import { NodeOperationError, type INode } from 'n8n-workflow';

import { isSuccess, type Failure, type Outcome } from '../model/outcome';
import { countOf } from '../text/show';
import { countByOutcome } from './count';
import { inTurns } from './inTurns';
import type { RunName } from './runName';

/** Reasons told in a summary, and items named with each; the others are counted. */
const TOLD = 5;

/**
 * The error of a node that stops on error: how many of how many, the first reasons with their
 * items, what to do.
 */
export async function toError(
	node: INode,
	outcomes: readonly Outcome[],
	remarks: readonly string[],
	{ displayName }: RunName,
): Promise<NodeOperationError> {
	const failed: Failure[] = [];
	const byReason = new Map<string, number[]>();
	await inTurns(outcomes, (outcome, item) => {
		if (isSuccess(outcome)) return;
		failed.push(outcome);
		const why = `${outcome.outcome}: ${outcome.reason}`;
		const items = byReason.get(why);
		if (items) items.push(item);
		else byReason.set(why, [item]);
	});
	const reasons = [...byReason]
		.slice(0, TOLD)
		.map(([reason, items]) => `${nameItems(items)}: ${reason}`);
	const untold = byReason.size - reasons.length;
	const description = [
		...reasons,
		...(untold > 0 ? [`… and ${countOf(untold, 'more reason')}.`] : []),
		tellOthers(outcomes),
		'To handle undelivered events in the workflow, set On Error to "Continue (using error output)" in the node settings.',
		...remarks,
	].join('\n');

	const summary = `${displayName}: ${failed.length} of ${countOf(outcomes.length, 'event')} not delivered (${countByOutcome(failed)})`;
	return new NodeOperationError(node, summary, {
		description,
		itemIndex: outcomes.findIndex((outcome) => !isSuccess(outcome)),
		level: 'warning',
	});
}

/** What became of the events that are not among the failed ones. */
function tellOthers(outcomes: readonly Outcome[]): string {
	const has = (name: Outcome['outcome']) => outcomes.some(({ outcome }) => outcome === name);
	if (has('duplicate')) {
		return has('delivered')
			? 'All other events were delivered, now or before.'
			: 'All other events were delivered before.';
	}
	if (has('delivered')) return 'All other events were delivered.';
	return has('unknown') ? 'No event is known to be delivered.' : 'Nothing was delivered.';
}

/** `Item 3`, `Items 3, 4, 5`, `Items 3, 4, 5, 6, 7 and 12 more`. */
function nameItems(items: readonly number[]): string {
	const named = items.slice(0, TOLD).join(', ');
	const more = items.length > TOLD ? ` and ${items.length - TOLD} more` : '';
	return `Item${items.length > 1 ? 's' : ''} ${named}${more}`;
}
