import fc from 'fast-check';

import { planBatches, type BatchLimits } from '../../transport/request/batches';
import type { Batch, PlannedEvent } from '../../transport/model/event';
import type { WireEvent } from '../../transport/model/event';
import { createRequestForm } from '../../transport/request/formRequest';

type Lane = string | undefined;

/** What an event differs in from others. */
interface Given {
	readonly lane?: Lane;
	readonly app?: string;
	readonly note?: string;
}

const field = (key: string, place: 'query' | 'body') => ({
	key,
	label: key,
	place,
	parameter: key,
	isRequired: false,
});

/** Requests as they would go out: the app in the query, the rest in the body. */
const form = createRequestForm(
	{
		method: 'POST',
		path: [{ text: '/one' }],
		constants: {},
		fields: [field('app', 'query'), field('lane', 'body'), field('note', 'body')],
	},
	{
		baseUrl: new URL('https://provider.example'),
		placement: { query: {}, headers: {} },
		maskedBaseUrl: new URL('https://provider.example'),
		maskedPlacement: { query: {}, headers: {} },
	},
	{ batch: { path: '/many', maxEvents: Infinity, maxBytes: Infinity } },
);

const laneOf = ({ lane }: WireEvent): Lane => (typeof lane === 'string' ? lane : undefined);

const lanesOf = (event: WireEvent): readonly string[] => {
	const lane = laneOf(event);
	return lane === undefined ? [] : [lane];
};

function* eventsOf(given: Iterable<Given>): Generator<PlannedEvent> {
	let itemIndex = 0;
	for (const { lane, app, note } of given) {
		const event = { lane, app, note };
		yield { itemIndex: itemIndex++, event, encoded: form.encode(event) };
	}
}

async function* later<T>(values: Iterable<T>): AsyncGenerator<T> {
	for (const value of values) yield await Promise.resolve(value);
}

const batchesOf = async (
	events: Iterable<PlannedEvent>,
	limits: Partial<BatchLimits>,
): Promise<Batch[]> =>
	await Array.fromAsync(
		planBatches(later(events), { maxEvents: Infinity, maxBytes: Infinity, ...limits }, lanesOf),
	);

const indexes = (batches: readonly Batch[]): number[] =>
	batches.flatMap(({ events }) => events.map(({ itemIndex }) => itemIndex));

/** Bytes of the body that goes out. */
const bytesOf = (batch: Pick<Batch, 'events'>): number =>
	Buffer.byteLength(form.build(batch).body ?? '');

/** Events of one lane and one query may share a request. */
const groupOf = ({ event, encoded }: PlannedEvent): string =>
	JSON.stringify([laneOf(event), encoded.query]);

function groupsIn(batches: readonly Batch[]): Map<string | undefined, Batch[]> {
	return Map.groupBy(batches, ({ events: [first] }) => first && groupOf(first));
}

const someLane = fc.constantFrom<Lane[]>('a', 'b', 'c', undefined);
const someLanes = fc
	.array(someLane, { maxLength: 60 })
	.map((lanes) => lanes.map((lane): Given => ({ lane })));
const someSize = fc.integer({ min: 1, max: 8 });

/** Events of some lanes, apps and lengths, and limits that each of them alone is within. */
const somePlan = fc
	.record({
		given: fc.array(
			fc.record({
				lane: fc.constantFrom<Lane[]>('a', 'b', undefined),
				app: fc.constantFrom('1', '2'),
				note: fc.oneof(
					fc.string({ unit: 'binary', maxLength: 12 }),
					fc.string({ unit: fc.constantFrom('n', 'ß', '雪', '🦄', '"'), maxLength: 40 }),
				),
			}),
			{ maxLength: 50 },
		),
		maxEvents: someSize,
		maxBytes: fc.integer({ min: 30, max: 400 }),
	})
	.map(({ given, maxEvents, maxBytes }) => {
		const events = [...eventsOf(given)].filter(({ encoded }) => encoded.bytes <= maxBytes);
		return { events, maxEvents, maxBytes };
	});

describe('by lanes and numbers', () => {
	it('loses no event and doubles none', async () => {
		await fc.assert(
			fc.asyncProperty(someLanes, someSize, async (given, maxEvents) => {
				const batches = await batchesOf(eventsOf(given), { maxEvents });
				expect(indexes(batches).sort((a, b) => a - b)).toEqual([...given.keys()]);
			}),
		);
	});

	it('keeps the input order of each lane, across its batches too', async () => {
		await fc.assert(
			fc.asyncProperty(someLanes, someSize, async (given, maxEvents) => {
				const batches = await batchesOf(eventsOf(given), { maxEvents });
				for (const lane of new Set(given.map((event) => event.lane))) {
					expect(indexes(batches.filter((batch) => batch.lanes[0] === lane))).toEqual(
						[...given.keys()].filter((index) => given[index]?.lane === lane),
					);
				}
			}),
		);
	});

	it('never mixes two lanes in one batch', async () => {
		await fc.assert(
			fc.asyncProperty(someLanes, someSize, async (given, maxEvents) => {
				for (const { lanes, events } of await batchesOf(eventsOf(given), { maxEvents })) {
					expect(new Set(events.map(({ event }) => laneOf(event)))).toEqual(new Set([lanes[0]]));
				}
			}),
		);
	});

	it('fills each batch before it begins the next of the lane, and never overfills one', async () => {
		await fc.assert(
			fc.asyncProperty(someLanes, someSize, async (given, maxEvents) => {
				const batches = await batchesOf(eventsOf(given), { maxEvents });
				for (const lane of new Set(given.map((event) => event.lane))) {
					const events = given.filter((other) => other.lane === lane).length;
					const sizes = batches
						.filter((batch) => batch.lanes[0] === lane)
						.map((batch) => batch.events.length);
					const rest = events % maxEvents;
					expect(sizes).toEqual([
						...Array.from({ length: Math.floor(events / maxEvents) }, () => maxEvents),
						...(rest > 0 ? [rest] : []),
					]);
				}
			}),
		);
	});

	it('without lanes the batches together are the input in its order', async () => {
		await fc.assert(
			fc.asyncProperty(fc.nat(60), someSize, async (count, maxEvents) => {
				const events = [...eventsOf(Array.from({ length: count }, () => ({})))];
				const batches = await Array.fromAsync(
					planBatches(later(events), { maxEvents, maxBytes: Infinity }),
				);
				expect(batches.flatMap((batch) => batch.events)).toEqual(events);
				expect(batches.every(({ lanes }) => lanes.length === 0)).toBe(true);
			}),
		);
	});

	it('gives a full batch away before it reads on', async () => {
		let read = 0;
		function* endless(): Generator<Given> {
			for (;;) {
				read++;
				yield {};
			}
		}
		const limits = { maxEvents: 3, maxBytes: Infinity };
		const first = await planBatches(later(eventsOf(endless())), limits).next();
		expect(first.done ? [] : indexes([first.value])).toEqual([0, 1, 2]);
		expect(read).toBe(3);
	});

	it('gives each event away at once where a request holds one', async () => {
		let read = 0;
		function* endless(): Generator<Given> {
			for (;;) {
				read++;
				yield {};
			}
		}
		const limits = { maxEvents: 1, maxBytes: Infinity };
		const first = await planBatches(later(eventsOf(endless())), limits).next();
		expect(first.done ? [] : indexes([first.value])).toEqual([0]);
		expect(read).toBe(1);
	});
});

describe('by lanes, queries, numbers and bytes', () => {
	it('loses no event and doubles none', async () => {
		await fc.assert(
			fc.asyncProperty(somePlan, async ({ events, ...limits }) => {
				const planned = indexes(await batchesOf(events, limits));
				expect(planned.sort((a, b) => a - b)).toEqual(events.map(({ itemIndex }) => itemIndex));
			}),
		);
	});

	it('never puts more than the most events into a batch, and never none', async () => {
		await fc.assert(
			fc.asyncProperty(somePlan, async ({ events, ...limits }) => {
				for (const batch of await batchesOf(events, limits)) {
					expect(batch.events.length).toBeGreaterThan(0);
					expect(batch.events.length).toBeLessThanOrEqual(limits.maxEvents);
				}
			}),
		);
	});

	it('never makes a body of more than the most bytes', async () => {
		await fc.assert(
			fc.asyncProperty(somePlan, async ({ events, ...limits }) => {
				for (const batch of await batchesOf(events, limits)) {
					expect(bytesOf(batch)).toBeLessThanOrEqual(limits.maxBytes);
				}
			}),
			{ numRuns: 500 },
		);
	});

	it('closes a batch only when it is full or the next event of its group would not fit', async () => {
		await fc.assert(
			fc.asyncProperty(somePlan, async ({ events, ...limits }) => {
				for (const batches of groupsIn(await batchesOf(events, limits)).values()) {
					for (const [index, { events: closed }] of batches.entries()) {
						const next = batches[index + 1]?.events[0];
						if (next === undefined || closed.length === limits.maxEvents) continue;
						expect(bytesOf({ events: [...closed, next] })).toBeGreaterThan(limits.maxBytes);
					}
				}
			}),
			{ numRuns: 500 },
		);
	});

	it('keeps the input order of each lane and query', async () => {
		await fc.assert(
			fc.asyncProperty(somePlan, async ({ events, ...limits }) => {
				for (const [group, batches] of groupsIn(await batchesOf(events, limits))) {
					const wanted = events.filter((event) => groupOf(event) === group);
					expect(indexes(batches)).toEqual(wanted.map(({ itemIndex }) => itemIndex));
				}
			}),
		);
	});

	it('never mixes two queries or two lanes in one batch', async () => {
		await fc.assert(
			fc.asyncProperty(somePlan, async ({ events, ...limits }) => {
				for (const batch of await batchesOf(events, limits)) {
					expect(new Set(batch.events.map(groupOf)).size).toBe(1);
					expect(batch.events.every(({ event }) => laneOf(event) === batch.lanes[0])).toBe(true);
				}
			}),
		);
	});

	it('fills a body to the very last byte', async () => {
		const events = [...eventsOf(Array.from({ length: 6 }, () => ({ note: 'ß' })))];
		const maxBytes = bytesOf({ events: events.slice(0, 3) });
		const sizes = (batches: readonly Batch[]) => batches.map((batch) => batch.events.length);
		expect(sizes(await batchesOf(events, { maxBytes }))).toEqual([3, 3]);
		expect(sizes(await batchesOf(events, { maxBytes: maxBytes - 1 }))).toEqual([2, 2, 2]);
	});

	it('an event that leaves no room for another goes alone', async () => {
		const events = [...eventsOf([{ note: 'n' }, { note: 'n'.repeat(50) }, { note: 'n' }])];
		const maxBytes = events[1]?.encoded.bytes ?? 0;
		const batches = await batchesOf(events, { maxBytes });
		expect(batches.map((batch) => indexes([batch]))).toEqual([[0], [1], [2]]);
	});
});

it('events that may have been accepted before share no request with those that were not', async () => {
	const doubtful = [true, false, true, false, true];
	const events = [...eventsOf(doubtful.map(() => ({ app: '1' })))].map((planned) =>
		doubtful[planned.itemIndex] ? { ...planned, mayBeAccepted: true } : planned,
	);
	const batches = await batchesOf(events, { maxEvents: 20 });
	expect(
		batches.map((batch) => [batch.mayBeAccepted ?? false, indexes([batch])] as const).sort(),
	).toEqual([
		[false, [1, 3]],
		[true, [0, 2, 4]],
	]);
});
