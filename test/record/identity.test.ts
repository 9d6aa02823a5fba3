import fc from 'fast-check';

import { JsonNumber, type WireEvent } from '../../transport/model/event';
import { accountOf } from '../../transport/credential/account';
import { createIdentify, type Identifying } from '../../transport/record/identity';
import { numberingOf } from '../../transport/record/numbering';

const scope = {
	provider: 'provider',
	operation: 'purchase',
	account: accountOf('https://a', ['s']),
};
const byTime: Identifying = { idKeys: [], timeKeys: ['at', 'clickedAt'] };
const byId: Identifying = { idKeys: ['click', 'code'], timeKeys: ['at'] };

/** Identifies for one node run of an execution of its own. */
const identifyBy = (identifying: Identifying, of = scope) =>
	createIdentify(of, identifying, numberingOf({ context: {}, runIndex: 0, nodeRun: {} }));

const dated = { user: 'u', at: '2026-01-01' };

describe('what identifies an event', () => {
	it('is the ID that the user gives it, whatever it holds', () => {
		const identify = identifyBy(byId);
		const event = { click: 'c', code: '1', ...dated };
		expect(identify(event, 0, 'mine')).toBe(identify({ user: 'v' }, 1, 'mine'));
		expect(identify(event, 0, 'mine')).not.toBe(identify(event, 0, 'yours'));
		expect(identify(event, 0, 'mine')).not.toBe(identify(event, 0));
		expect(identify(event, 0, '')).toBe(identify(event, 0));
	});

	it('is else the provider’s own ID, which may have several parts', () => {
		const identify = identifyBy(byId);
		const event = { click: 'c', code: '1' };
		expect(identify({ ...event, amount: '1' }, 0)).toBe(identify({ ...event, amount: '2' }, 1));
		expect(identify(event, 0)).not.toBe(identify({ ...event, code: '2' }, 0));
		expect(identify({ click: 'a', code: 'bc' }, 0)).not.toBe(
			identify({ click: 'ab', code: 'c' }, 0),
		);
	});

	it('is else its whole content, where that holds a time', () => {
		const identify = identifyBy(byId);
		const event = { click: 'c', ...dated };
		expect(identify(event, 0)).toBe(identifyBy(byTime)(event, 0));
		for (const other of [{ user: 'v' }, { at: '2026-01-02' }, { more: 1 }]) {
			expect(identifyBy(byTime)({ ...dated, ...other }, 0)).not.toBe(identifyBy(byTime)(dated, 0));
		}
		expect(identifyBy(byTime)({ user: 'u', clickedAt: '2026-01-01' }, 0)).toHaveLength(32);
	});

	it('is else nothing', () => {
		expect(identifyBy(byTime)({ user: 'u' }, 0)).toBeUndefined();
		expect(identifyBy({ idKeys: [], timeKeys: [] })(dated, 0)).toBeUndefined();
		expect(identifyBy(byId)({ click: 'c' }, 0)).toBeUndefined();
	});

	it('belongs to a provider, an operation and an account', () => {
		const others = [
			{ ...scope, provider: 'another' },
			{ ...scope, operation: 'refund' },
			{ ...scope, account: accountOf('https://a', ['t']) },
			{ ...scope, account: accountOf('https://b', ['s']) },
		];
		const found = [scope, ...others].map((of) => identifyBy(byTime, of)(dated, 0));
		expect(new Set(found).size).toBe(found.length);
	});

	it('has 16 bytes, and shows nothing of the event', () => {
		expect(identifyBy(byTime)(dated, 0)).toMatch(/^[0-9a-f]{32}$/);
	});
});

it('the order in which values were given makes no other event, nor does a value that is absent', () => {
	const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean());
	const value = fc.oneof(
		scalar,
		fc.dictionary(fc.string(), scalar, { maxKeys: 4 }),
		fc.integer().map((digits) => new JsonNumber(String(digits))),
	);
	fc.assert(
		fc.property(fc.dictionary(fc.string(), value, { maxKeys: 6 }), (given) => {
			const event: WireEvent = { ...given, at: '2026-01-01' };
			const turned: WireEvent = Object.fromEntries([
				['absent', undefined],
				...Object.entries(event).reverse(),
			]);
			expect(identifyBy(byTime)(turned, 0)).toBe(identifyBy(byTime)(event, 0));
		}),
	);
});

type Context = Record<string, unknown>;

describe('equal contents of one execution', () => {
	/** Of the runs of a node, one for each table. */
	const identities = (context: Context, ...tables: readonly (readonly WireEvent[])[]) =>
		tables.map((table, runIndex) => {
			const numberOf = numberingOf({ context, runIndex, nodeRun: {} });
			const identify = createIdentify(scope, byTime, numberOf);
			return table.map((event, itemIndex) => identify(event, itemIndex));
		});
	const other = { ...dated, user: 'v' };

	it('are events of their own, and the same table again is the same ones', () => {
		const [first = []] = identities({}, [dated, other, dated, dated]);
		expect(new Set(first).size).toBe(4);
		const [again] = identities({}, [dated, other, dated, dated]);
		expect(again).toEqual(first);
	});

	it('are events of their own also where a loop runs the node again', () => {
		const [first = []] = identities({}, [dated, dated, dated]);
		expect(identities({}, [dated], [dated], [dated]).flat()).toEqual(first);
	});

	it('keep their numbers where n8n resumes a loop in another process', () => {
		const context: Context = {};
		const [, second] = identities(context, [dated, other], [dated, dated]);
		const saved = JSON.parse(JSON.stringify(context)) as Context;
		const numberOf = numberingOf({ context: saved, runIndex: 1, nodeRun: {} });
		const identify = createIdentify(scope, byTime, numberOf);
		expect([0, 1].map((item) => identify(dated, item))).toEqual(second);
	});

	it('keep their numbers where the whole execution is run again with what was saved', () => {
		const context: Context = {};
		const first = identities(context, [dated, other], [dated, dated]);
		expect(identities(context, [dated, other], [dated, dated])).toEqual(first);
	});

	it('keep their numbers in the tries of Retry On Fail', () => {
		const [context, nodeRun] = [{}, {}];
		const tryOnce = (items: readonly number[]) => {
			const identify = createIdentify(
				scope,
				byTime,
				numberingOf({ context, runIndex: 0, nodeRun }),
			);
			return items.map((itemIndex) => identify(dated, itemIndex));
		};
		const first = tryOnce([0, 1, 2]);
		// what is settled is passed over
		expect(tryOnce([1, 2])).toEqual(first.slice(1));
		expect(new Set([...first, ...tryOnce([3])]).size).toBe(4);
	});

	it('have one identity where an ID is given: then they are one event', () => {
		const identify = identifyBy(byId);
		const event = { click: 'c', code: '1' };
		expect(identify(event, 0)).toBe(identify(event, 1));
		expect(identify(event, 0, 'mine')).toBe(identify(event, 1, 'mine'));
	});
});
