import { validEvents, type EventSource } from '../../transport/events';
import type { Ledger } from '../../transport/ledger';
import type { Outcome } from '../../transport/outcome';
import type { PlannedEvent } from '../../transport/plan';
import type { WireEvent } from '../../transport/provider';
import { describeProblem } from '../../transport/validate';

afterEach(() => {
	jest.restoreAllMocks();
});

/** A source of items, and what becomes of them: items in `unreadable` and `invalid` fail there. */
function sourceOf({
	items = 5,
	unreadable = [] as readonly number[],
	invalid = [] as readonly number[],
	recorded = [] as readonly number[],
	cancelSignal = undefined as AbortSignal | undefined,
}) {
	const outcomes = new Map<number, Outcome>(
		recorded.map((item): [number, Outcome] => [item, { outcome: 'delivered' }]),
	);
	const ledger: Ledger = {
		has: (item) => outcomes.has(item),
		record: (item, outcome) => outcomes.set(item, outcome),
		close: () => [],
	};
	const read: number[] = [];
	const noted: WireEvent[] = [];
	const problem = (key: string, rule: string) => describeProblem({ key, label: 'Value' }, rule);
	const source: EventSource = {
		items,
		read: (item) => {
			read.push(item);
			return unreadable.includes(item)
				? { ok: false, problems: [problem('value', 'could not be read')] }
				: { ok: true, value: { item } };
		},
		validate: ({ item }) =>
			invalid.includes(Number(item))
				? { ok: false, problems: [problem('a', 'is required'), problem('b', 'must be text')] }
				: { ok: true, value: { number: Number(item) } },
		noteValid: (event) => noted.push(event),
		ledger,
		cancelSignal,
	};
	return { source, outcomes, read, noted };
}

const itemsOf = async (source: EventSource): Promise<number[]> =>
	(await Array.fromAsync(validEvents(source))).map(({ itemIndex }) => itemIndex);

it('gives the event of every item, in input order', async () => {
	const { source, outcomes } = sourceOf({ items: 3 });
	expect(await Array.fromAsync(validEvents(source))).toEqual<PlannedEvent[]>([
		{ itemIndex: 0, event: { number: 0 } },
		{ itemIndex: 1, event: { number: 1 } },
		{ itemIndex: 2, event: { number: 2 } },
	]);
	expect(outcomes.size).toBe(0);
});

it('passes over what the ledger has, unread', async () => {
	const { source, read } = sourceOf({ recorded: [0, 3] });
	expect(await itemsOf(source)).toEqual([1, 2, 4]);
	expect(read).toEqual([1, 2, 4]);
});

it('records an invalid item with every broken rule, and goes on', async () => {
	const { source, outcomes } = sourceOf({ invalid: [1] });
	expect(await itemsOf(source)).toEqual([0, 2, 3, 4]);
	expect([...outcomes]).toEqual([
		[
			1,
			{
				outcome: 'invalid',
				reason: 'Value (a) is required; Value (b) must be text.',
				fields: [
					{ field: 'a', rule: 'is required', sentence: 'Value (a) is required' },
					{ field: 'b', rule: 'must be text', sentence: 'Value (b) must be text' },
				],
				attempts: 0,
			},
		],
	]);
});

it('records an item that cannot be read, and goes on', async () => {
	const { source, outcomes } = sourceOf({ unreadable: [4] });
	expect(await itemsOf(source)).toEqual([0, 1, 2, 3]);
	expect(outcomes.get(4)).toMatchObject({
		outcome: 'invalid',
		reason: 'Value (value) could not be read.',
		attempts: 0,
	});
});

it('tells of every valid event, and of no other', async () => {
	const { source, noted } = sourceOf({ unreadable: [0], invalid: [1], recorded: [2] });
	await itemsOf(source);
	expect(noted).toEqual([{ number: 3 }, { number: 4 }]);
});

it('reads no faster than its events are taken', async () => {
	const { source, read } = sourceOf({});
	const events = validEvents(source);
	await events.next();
	await events.next();
	expect(read).toEqual([0, 1]);
});

it('reads nothing when the execution is stopped already', async () => {
	const { source, read } = sourceOf({ cancelSignal: AbortSignal.abort() });
	expect(await itemsOf(source)).toEqual([]);
	expect(read).toEqual([]);
});

it('ends when the execution is stopped, and records nothing for what it left', async () => {
	const stop = new AbortController();
	const { source, read, outcomes } = sourceOf({ cancelSignal: stop.signal });
	const taken: number[] = [];
	for await (const { itemIndex } of validEvents(source)) {
		taken.push(itemIndex);
		if (itemIndex === 1) stop.abort();
	}
	expect(taken).toEqual([0, 1]);
	expect(read).toEqual([0, 1]);
	expect(outcomes.size).toBe(0);
});

it.each([
	['gives way to the network after 10 ms', 11, true],
	['does not give way before', 0, false],
])('%s, even where every item is invalid', async (_, msPerItem, gaveWay) => {
	let now = 0;
	jest.spyOn(performance, 'now').mockImplementation(() => (now += msPerItem));
	let networkHadItsTurn = false;
	setImmediate(() => {
		networkHadItsTurn = true;
	});
	const { source } = sourceOf({ items: 3, invalid: [0, 1, 2] });
	await itemsOf(source);
	expect(networkHadItsTurn).toBe(gaveWay);
});
