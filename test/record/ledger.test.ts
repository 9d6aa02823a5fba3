import type { IExecuteFunctions } from 'n8n-workflow';

import { openLedger } from '../../transport/record/ledger';
import { outcomeNames, type Outcome, type OutcomeName } from '../../transport/model/outcome';

const CANCELLED: Outcome = { outcome: 'cancelled', reason: 'Not sent.', attempts: 0 };

/** An outcome of this name, as little as there is to it. */
const ended = (outcome: OutcomeName): Outcome => ({ outcome, reason: 'Why.' });

/** What the ledger asks n8n for: the same execute data means the same run. */
const runOf = (executeData: object, retryOnFail = true): IExecuteFunctions =>
	({
		getNode: () => ({ retryOnFail }),
		getExecuteData: () => executeData,
	}) as unknown as IExecuteFunctions;

it('closes with one outcome per item, in input order, the rest as told', () => {
	const ledger = openLedger(runOf({}), true);
	ledger.record(2, ended('rejected'));
	ledger.record(0, { outcome: 'delivered', id: 'a' });
	expect(ledger.close(4, CANCELLED)).toEqual([
		{ outcome: 'delivered', id: 'a' },
		CANCELLED,
		ended('rejected'),
		CANCELLED,
	]);
});

it('has what was recorded', () => {
	const ledger = openLedger(runOf({}), true);
	ledger.record(1, ended('invalid'));
	expect([0, 1, 2].map((item) => ledger.has(item))).toEqual([false, true, false]);
});

const keptWhen = (outcome: Outcome['outcome'], deduplicates: boolean): boolean => {
	const executeData = {};
	openLedger(runOf(executeData), deduplicates).record(0, ended(outcome));
	return openLedger(runOf(executeData), deduplicates).has(0);
};

it.each([
	[true, ['delivered', 'rejected', 'duplicate', 'queued']],
	[false, ['delivered', 'rejected', 'unknown', 'duplicate', 'queued']],
])(
	'a repeat of the run leaves alone what is settled, where repeats are harmless: %p',
	(deduplicates, settled) => {
		expect(outcomeNames.filter((name) => keptWhen(name, deduplicates))).toEqual(settled);
	},
);

it('a repeat of the run keeps the whole outcome of the first', () => {
	const executeData = {};
	const first: Outcome = { outcome: 'delivered', id: 'a', httpStatus: 204, attempts: 2 };
	openLedger(runOf(executeData), true).record(0, first);
	expect(openLedger(runOf(executeData), true).close(1, CANCELLED)).toEqual([first]);
});

it('a repeat of the run keeps the doubt of the first until a better outcome is found', () => {
	const executeData = {};
	openLedger(runOf(executeData), true).record(0, ended('unknown'));
	for (const call of [2, 3]) {
		const ledger = openLedger(runOf(executeData), true);
		expect([call, ledger.has(0), ledger.isDoubtful(0)]).toEqual([call, false, true]);
		// not begun: it is no more certain than before
		expect(ledger.close(1, CANCELLED)).toEqual([ended('unknown')]);
	}
	openLedger(runOf(executeData), true).record(0, { outcome: 'delivered' });
	const last = openLedger(runOf(executeData), true);
	expect([last.has(0), last.isDoubtful(0)]).toEqual([true, false]);
});

it('another run knows nothing of this one', () => {
	openLedger(runOf({}), true).record(0, { outcome: 'delivered' });
	expect(openLedger(runOf({}), true).has(0)).toBe(false);
});

it('without Retry On Fail every call has an account of its own', () => {
	const executeData = {};
	openLedger(runOf(executeData, false), true).record(0, { outcome: 'delivered' });
	expect(openLedger(runOf(executeData, false), true).has(0)).toBe(false);
});
