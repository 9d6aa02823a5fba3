import { validEvents, type EventSource } from '../../transport/input/events';
import { tellInvalid } from '../../transport/report/words';
import type { Failure, Outcome } from '../../transport/model/outcome';
import type { PlannedEvent } from '../../transport/model/event';
import type { WireEvent } from '../../transport/model/event';
import type { EncodedEvent } from '../../transport/model/event';
import { describeProblem } from '../../transport/input/problem';

afterEach(() => {
	jest.restoreAllMocks();
});

const fields = ['id', 'note', 'a', 'b', 'c', 'map', 'list', 'total', 'number'].map((key) => ({
	key,
	label: key,
	place: 'body' as const,
	parameter: key,
	isRequired: false,
}));

/** A source of items, and what becomes of them: items in `unreadable` and `invalid` fail there. */
function sourceOf({
	items = 5,
	unreadable = [] as readonly number[],
	invalid = [] as readonly number[],
	recorded = [] as readonly number[],
	doubtful = [] as readonly number[],
	cancelSignal = undefined as AbortSignal | undefined,
	make = (number: number): WireEvent => ({ number }),
	maxBytes = Infinity,
}) {
	const outcomes = new Map<number, Outcome>(
		recorded.map((item): [number, Outcome] => [item, { outcome: 'delivered' }]),
	);
	const read: number[] = [];
	const noted: WireEvent[] = [];
	const problem = (key: string, rule: string) => describeProblem({ key, label: 'Value' }, rule);
	const source: EventSource = {
		fields,
		items,
		read: (item) => {
			read.push(item);
			return unreadable.includes(item)
				? { ok: false, problems: [problem('value', 'could not be read')] }
				: { ok: true, value: { item } };
		},
		readEventId: () => ({ ok: true, value: undefined }),
		validate: ({ item }) =>
			invalid.includes(Number(item))
				? { ok: false, problems: [problem('a', 'is required'), problem('b', 'must be text')] }
				: { ok: true, value: make(Number(item)) },
		encode,
		maxBytes,
		onValid: (event) => noted.push(event),
		isDone: (item) => outcomes.has(item),
		isDoubtful: (item) => doubtful.includes(item),
		onInvalid: (item, problems) => outcomes.set(item, tellInvalid(problems)),
		cancelSignal,
	};
	return { source, outcomes, read, noted };
}

/** As the one operation of these tests encodes an event: all of it in the body. */
const encode = (event: WireEvent): EncodedEvent => {
	const body = JSON.stringify(event);
	return { path: '/one', query: 'app=1', body, bytes: Buffer.byteLength(body) };
};

const itemsOf = async (source: EventSource): Promise<number[]> =>
	(await Array.fromAsync(validEvents(source))).map(({ itemIndex }) => itemIndex);

it('gives the event of every item, in input order', async () => {
	const { source, outcomes } = sourceOf({ items: 3 });
	expect(await Array.fromAsync(validEvents(source))).toEqual<PlannedEvent[]>([
		{ itemIndex: 0, event: { number: 0 }, encoded: encode({ number: 0 }) },
		{ itemIndex: 1, event: { number: 1 }, encoded: encode({ number: 1 }) },
		{ itemIndex: 2, event: { number: 2 }, encoded: encode({ number: 2 }) },
	]);
	expect(outcomes.size).toBe(0);
});

it('passes over what the ledger has, unread', async () => {
	const { source, read } = sourceOf({ recorded: [0, 3] });
	expect(await itemsOf(source)).toEqual([1, 2, 4]);
	expect(read).toEqual([1, 2, 4]);
});

it('says of an event whether it may have been accepted before', async () => {
	const { source } = sourceOf({ items: 3, doubtful: [1] });
	const events = await Array.fromAsync(validEvents(source));
	expect(events.map(({ mayBeAccepted = false }) => mayBeAccepted)).toEqual([false, true, false]);
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

describe('an event alone over the bytes of a request', () => {
	/** `{"id":"7","note":"…"}`, so many bytes in all. */
	const bytesLong = (bytes: number): WireEvent => ({ id: '7', note: 'n'.repeat(bytes - 20) });

	it('is invalid, names its longest field, and does not stop the others', async () => {
		const { source, outcomes, noted } = sourceOf({
			items: 3,
			maxBytes: 100,
			make: (item) => (item === 1 ? bytesLong(101) : { id: '8' }),
		});
		expect(await itemsOf(source)).toEqual([0, 2]);
		expect(noted).toEqual([{ id: '8' }, { id: '8' }]);
		const rule = 'must be shorter: the event has 101 bytes as it would be sent, 100 are accepted';
		expect([...outcomes]).toEqual([
			[
				1,
				{
					outcome: 'invalid',
					reason: `note ${rule}.`,
					fields: [{ field: 'note', rule, sentence: `note ${rule}` }],
					attempts: 0,
				},
			],
		]);
	});

	it('is one by a single byte, and none at the limit', async () => {
		const limit = { items: 1, maxBytes: 100 };
		expect(await itemsOf(sourceOf({ ...limit, make: () => bytesLong(100) }).source)).toEqual([0]);
		expect(await itemsOf(sourceOf({ ...limit, make: () => bytesLong(101) }).source)).toEqual([]);
	});

	it('is measured in bytes, not in characters', async () => {
		const { source, outcomes } = sourceOf({
			items: 1,
			maxBytes: 100,
			make: () => ({ note: '雪'.repeat(40) }),
		});
		expect(await itemsOf(source)).toEqual([]);
		expect((outcomes.get(0) as Failure | undefined)?.fields?.[0]?.rule).toContain('has 131 bytes');
	});

	it.each<[string, WireEvent, string]>([
		['text', { a: 'x'.repeat(90), b: 'y'.repeat(91) }, 'b'],
		['names and values', { a: 'x'.repeat(90), map: { one: 'y'.repeat(90), two: 'z' } }, 'map'],
		['one beside absent ones', { a: undefined, b: 'y'.repeat(120), c: undefined }, 'b'],
		['one of fewer characters and more bytes', { a: 'x'.repeat(90), b: '雪'.repeat(60) }, 'b'],
	])('names its longest field: %s', async (_, event, field) => {
		const { source, outcomes } = sourceOf({ items: 1, maxBytes: 100, make: () => event });
		await itemsOf(source);
		expect(
			(outcomes.get(0) as Failure | undefined)?.fields?.map((problem) => problem.field),
		).toEqual([field]);
	});
});

it('an event that cannot be encoded is invalid, and does not stop the others', async () => {
	const { source, outcomes } = sourceOf({ items: 3 });
	const broken: EventSource = {
		...source,
		encode: (event) => {
			if (event.number === 1) throw new Error('no form');
			return encode(event);
		},
	};
	expect(await itemsOf(broken)).toEqual([0, 2]);
	expect(outcomes.get(1)).toMatchObject({
		outcome: 'invalid',
		reason: 'The event could not be checked: no form.',
		attempts: 0,
	});
});
