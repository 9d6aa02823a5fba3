import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Ending } from '../../transport/model/ending';
import type { PlannedEvent } from '../../transport/model/event';
import { RunRefused } from '../../transport/model/outcome';
import { RecordedRun, type Held, type Recording } from '../../transport/record/recordedRun';
import { createStore } from '../../transport/store/createStore';
import { connectInProcess } from '../../transport/store/sqlite/inProcess';
import type { Owner, Store, StoreRun } from '../../transport/store/store';

const owner: Owner = {
	provider: 'provider',
	operation: 'purchase',
	account: '0a'.repeat(16),
	execution: '1',
	keepDays: 14,
	mayRepeat: false,
};

const keyOf = (id: unknown): string => Number(id).toString(16).padStart(32, '0');

/** An event of this ID; none for one that nothing tells from others. */
const planned = (itemIndex: number, id?: number): PlannedEvent => ({
	itemIndex,
	event: { id },
	encoded: { path: '', query: '', bytes: 0 },
});

// eslint-disable-next-line @typescript-eslint/require-await -- the events of a run come one by one
async function* from(events: readonly PlannedEvent[]): AsyncGenerator<PlannedEvent, void> {
	yield* events;
}

const eventsOf = (...ids: readonly (number | undefined)[]) =>
	from(ids.map((id, index) => planned(index, id)));

const batchOf = (...events: readonly PlannedEvent[]) => ({ events, lanes: [] });

let folder: string;
let store: Store;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'recorded-run-'));
	store = createStore(connectInProcess(join(folder, 'record.sqlite')));
});
afterEach(async () => {
	await store.close();
	rmSync(folder, { recursive: true, force: true });
});

/** A run with all that it told. */
function begin({ execution = '1', ...more }: Partial<Recording> & { execution?: string } = {}) {
	const held: [number, Held['kind']][] = [];
	let unidentified = 0;
	const run = new RecordedRun({
		store,
		owner: { ...owner, execution },
		identify: ({ id }) => (id === undefined ? undefined : keyOf(id)),
		operation: {},
		onHeld: ({ itemIndex }, { kind }) => held.push([itemIndex, kind]),
		onUnidentified: () => unidentified++,
		batchSize: 1,
		waitMs: 200,
		...more,
	});
	return { run, held, unidentified: () => unidentified };
}

/** Sends all that is the run's, each with this end, and gives the items of each round. */
async function sendAll(
	run: RecordedRun,
	events: AsyncGenerator<PlannedEvent, void>,
	endOf: (event: PlannedEvent) => Ending['outcome'] = () => 'delivered',
): Promise<number[][]> {
	const rounds: number[][] = [];
	for await (const round of run.rounds(events)) {
		const items: number[] = [];
		for await (const event of round) {
			items.push(event.itemIndex);
			expect(await run.begin(batchOf(event))).toBeUndefined();
			run.end(batchOf(event), { outcome: endOf(event) });
		}
		rounds.push(items);
	}
	await run.finish();
	return rounds;
}

it('what another run has is waited for: delivered there it is held, refused there it is sent here', async () => {
	const first = begin({ execution: '7' });
	const others: PlannedEvent[] = [];
	const rounds = first.run.rounds(eventsOf(1, 2));
	for await (const event of (await rounds.next()).value ?? []) others.push(event);
	const second = begin();
	const sending = sendAll(second.run, eventsOf(1, 2, 3));
	const [one, two] = others;
	if (!one || !two) throw new Error('both are the first run’s');
	await first.run.begin(batchOf(one, two));
	first.run.end(batchOf(one), { outcome: 'delivered' });
	first.run.end(batchOf(two), { outcome: 'throttled' });
	await first.run.finish();
	expect(await sending).toEqual([[2], [1]]);
	expect(second.held).toEqual([[0, 'delivered']]);
});

it('what another run does not end is waited for no longer than without any change', async () => {
	const first = begin({ execution: '7' });
	const rounds = first.run.rounds(eventsOf(1));
	for await (const event of (await rounds.next()).value ?? [])
		await first.run.begin(batchOf(event));
	const second = begin();
	const start = performance.now();
	expect(await sendAll(second.run, eventsOf(1, 2))).toEqual([[1]]);
	expect(second.held).toEqual([[0, 'busy']]);
	expect(performance.now() - start).toBeGreaterThanOrEqual(200);
});

it('a stop ends the waiting', async () => {
	const first = begin({ execution: '7' });
	const rounds = first.run.rounds(eventsOf(1));
	for await (const event of (await rounds.next()).value ?? [])
		await first.run.begin(batchOf(event));
	const stop = new AbortController();
	const second = begin({ waitMs: 60_000, cancelSignal: stop.signal });
	const sending = sendAll(second.run, eventsOf(1));
	stop.abort();
	expect(await sending).toEqual([[]]);
	expect(second.held).toEqual([]);
});

it('of equal events in one run the next is tried when the one before was refused', async () => {
	const { run, held } = begin({ waitMs: 60_000 });
	const endOf = ({ itemIndex }: PlannedEvent) => (itemIndex < 2 ? 'failed' : 'delivered');
	expect(await sendAll(run, eventsOf(1, 1, 1, 1), endOf)).toEqual([[0], [1], [2]]);
	expect(held).toEqual([[3, 'delivered']]);
});

it('events that nothing tells from others go out as they come, and are told of', async () => {
	const { run, held, unidentified } = begin();
	expect(await sendAll(run, eventsOf(undefined, 1, undefined))).toEqual([[0, 1, 2]]);
	expect(unidentified()).toBe(2);
	expect(held).toEqual([]);
});

it('what may have arrived before is sent again with its doubt where that is allowed, else held', async () => {
	await sendAll(begin().run, eventsOf(1), () => 'unknown');
	const strict = begin();
	expect(await sendAll(strict.run, eventsOf(1))).toEqual([[]]);
	expect(strict.held).toEqual([[0, 'unknown']]);
	const repeating = new RecordedRun({
		...{ store, operation: {}, batchSize: 1, waitMs: 0 },
		owner: { ...owner, mayRepeat: true },
		identify: ({ id }) => keyOf(id),
		onHeld: () => undefined,
		onUnidentified: () => undefined,
	});
	const [round] = await Array.fromAsync(repeating.rounds(eventsOf(1)));
	expect(await Array.fromAsync(round ?? [])).toMatchObject([{ mayBeAccepted: true }]);
});

it('what a run claimed and did not send is free when it has ended, however it was left', async () => {
	const { run } = begin();
	const ids = Array.from({ length: 500 }, (_, id) => id);
	for await (const round of run.rounds(eventsOf(...ids))) {
		for await (const event of round) if (event.itemIndex === 40) break;
		break;
	}
	await run.finish();
	const next = begin({ execution: '2' });
	expect((await sendAll(next.run, eventsOf(...ids))).flat()).toEqual(ids);
	expect(next.held).toEqual([]);
});

/** A store of which one call fails. */
const failing = (call: keyof StoreRun): Store => ({
	...store,
	begin: (own) => ({
		...store.begin(own),
		[call]: () => Promise.reject(new Error('The disk is full.')),
	}),
});

describe('a record that cannot be written', () => {
	it('before anything is sent refuses the run', async () => {
		const { run } = begin({ store: failing('claim') });
		const sending = sendAll(run, eventsOf(1));
		await expect(sending).rejects.toThrow(RunRefused);
		await expect(sending).rejects.toThrow('Not sent: The disk is full.');
	});

	it('lets no request leave that it does not hold', async () => {
		const { run } = begin({ store: failing('mark') });
		const [round] = await Array.fromAsync(run.rounds(eventsOf(1)));
		for await (const event of round ?? []) {
			expect(await run.begin(batchOf(event))).toEqual({
				kind: 'record',
				// what sends now can do without a record
				reason:
					'The disk is full. Or set Delivery Record to Off: then nothing guards against sending twice.',
			});
		}
	});

	it('ends the run with the first end that it does not hold, and writes it at the end if it can', async () => {
		const { run } = begin({ store: failing('end') });
		for await (const round of run.rounds(eventsOf(1, 2))) {
			for await (const event of round) {
				const halt = await run.begin(batchOf(event));
				if (event.itemIndex === 0) run.end(batchOf(event), { outcome: 'delivered' });
				else expect(halt).toMatchObject({ kind: 'record' });
			}
		}
		await run.finish();
	});
});

it('a run that was taken for dead sends nothing more', async () => {
	const taken = {
		...store,
		begin: (own: Owner) => ({
			...store.begin(own),
			mark: (keys: readonly string[]) => Promise.resolve(keys.map(() => false)),
		}),
	};
	const { run } = begin({ store: taken });
	const [round] = await Array.fromAsync(run.rounds(eventsOf(1)));
	for await (const event of round ?? []) {
		expect(await run.begin(batchOf(event))).toEqual({ kind: 'lost' });
	}
});
