import fc from 'fast-check';

import { plan, type Batch, type PlannedEvent } from '../../transport/plan';

type Lane = string | undefined;

const laneOf = ({ lane }: PlannedEvent['event']): Lane =>
	typeof lane === 'string' ? lane : undefined;

function* eventsIn(lanes: Iterable<Lane>): Generator<PlannedEvent> {
	let itemIndex = 0;
	for (const lane of lanes) yield { itemIndex: itemIndex++, event: { lane } };
}

async function* later<T>(values: Iterable<T>): AsyncGenerator<T> {
	for (const value of values) yield await Promise.resolve(value);
}

const batchesOf = async (lanes: readonly Lane[], mostEvents: number): Promise<Batch[]> =>
	await Array.fromAsync(plan(later(eventsIn(lanes)), mostEvents, laneOf));

const indexes = (batches: readonly Batch[]): number[] =>
	batches.flatMap(({ events }) => events.map(({ itemIndex }) => itemIndex));

const someLanes = fc.array(fc.constantFrom<Lane[]>('a', 'b', 'c', undefined), { maxLength: 60 });
const someSize = fc.integer({ min: 1, max: 8 });

it('loses no event and doubles none', async () => {
	await fc.assert(
		fc.asyncProperty(someLanes, someSize, async (lanes, mostEvents) => {
			const sorted = indexes(await batchesOf(lanes, mostEvents)).sort((a, b) => a - b);
			expect(sorted).toEqual([...lanes.keys()]);
		}),
	);
});

it('keeps the input order of each lane, across its batches too', async () => {
	await fc.assert(
		fc.asyncProperty(someLanes, someSize, async (lanes, mostEvents) => {
			const batches = await batchesOf(lanes, mostEvents);
			for (const lane of new Set(lanes)) {
				expect(indexes(batches.filter((batch) => batch.lane === lane))).toEqual(
					[...lanes.keys()].filter((index) => lanes[index] === lane),
				);
			}
		}),
	);
});

it('never mixes two lanes in one batch', async () => {
	await fc.assert(
		fc.asyncProperty(someLanes, someSize, async (lanes, mostEvents) => {
			for (const { lane, events } of await batchesOf(lanes, mostEvents)) {
				expect(new Set(events.map(({ event }) => laneOf(event)))).toEqual(new Set([lane]));
			}
		}),
	);
});

it('fills each batch before it begins the next of the lane, and never overfills one', async () => {
	await fc.assert(
		fc.asyncProperty(someLanes, someSize, async (lanes, mostEvents) => {
			const batches = await batchesOf(lanes, mostEvents);
			for (const lane of new Set(lanes)) {
				const events = lanes.filter((other) => other === lane).length;
				const sizes = batches
					.filter((batch) => batch.lane === lane)
					.map((batch) => batch.events.length);
				const rest = events % mostEvents;
				expect(sizes).toEqual([
					...Array.from({ length: Math.floor(events / mostEvents) }, () => mostEvents),
					...(rest > 0 ? [rest] : []),
				]);
			}
		}),
	);
});

it('without lanes the batches together are the input in its order', async () => {
	await fc.assert(
		fc.asyncProperty(fc.nat(60), someSize, async (count, mostEvents) => {
			const events = [...eventsIn(Array.from<Lane>({ length: count }))];
			const batches = await Array.fromAsync(plan(later(events), mostEvents));
			expect(batches.flatMap((batch) => batch.events)).toEqual(events);
			expect(batches.every(({ lane }) => lane === undefined)).toBe(true);
		}),
	);
});

it('gives a full batch away before it reads on', async () => {
	let read = 0;
	function* endless(): Generator<Lane> {
		for (;;) {
			read++;
			yield undefined;
		}
	}
	const first = await plan(later(eventsIn(endless())), 3).next();
	expect(first.done ? [] : indexes([first.value])).toEqual([0, 1, 2]);
	expect(read).toBe(3);
});
