import type { IExecuteFunctions } from 'n8n-workflow';

import type { Outcome, OutcomeName } from '../model/outcome';

/** The account of one node run: which item ended how. */
export interface Ledger {
	/** Whether the item's outcome is settled. */
	has(itemIndex: number): boolean;
	/** Whether an earlier call has sent the item's event, which may have been accepted then. */
	isDoubtful(itemIndex: number): boolean;
	record(itemIndex: number, outcome: Outcome): void;
	/** The outcome of every item, in input order; `rest` for those that have none. */
	close(items: number, rest: Outcome): Outcome[];
}

const accounts = new WeakMap<object, Map<number, Outcome>>();

/**
 * Opens the account of the current node run. n8n's Retry On Fail calls the whole node again with
 * the same execute data, which belongs to this one run: what an earlier call settled is still in
 * the account and is not sent again. n8n drops the execute data after the run, and the account
 * with it.
 */
export function openLedger(context: IExecuteFunctions, mayRepeatUnknown: boolean): Ledger {
	const account = context.getNode().retryOnFail
		? accountOf(context.getExecuteData())
		: new Map<number, Outcome>();
	// their outcome stands until a better one is found: doubt ends with an acceptance alone
	const doubtful = new Set<number>();
	for (const [itemIndex, outcome] of account) {
		if (isSettled(outcome, mayRepeatUnknown)) continue;
		if (outcome.outcome === 'unknown') doubtful.add(itemIndex);
		else account.delete(itemIndex);
	}
	return {
		has: (itemIndex) => account.has(itemIndex) && !doubtful.has(itemIndex),
		isDoubtful: (itemIndex) => doubtful.has(itemIndex),
		record: (itemIndex, outcome) => account.set(itemIndex, outcome),
		close: (items, rest) => Array.from({ length: items }, (_, item) => account.get(item) ?? rest),
	};
}

function accountOf(run: object): Map<number, Outcome> {
	const account = accounts.get(run) ?? new Map<number, Outcome>();
	accounts.set(run, account);
	return account;
}

const SETTLED: ReadonlySet<OutcomeName> = new Set(['delivered', 'duplicate', 'queued', 'rejected']);

/**
 * Whether a later call must leave the event alone: it is delivered, now or before, stored, refused for good, or may have
 * been accepted by a provider that would count it twice.
 */
function isSettled({ outcome }: Outcome, mayRepeatUnknown: boolean): boolean {
	if (outcome === 'unknown') return !mayRepeatUnknown;
	return SETTLED.has(outcome);
}
