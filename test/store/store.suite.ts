import fc from 'fast-check';

import type {
	Claim,
	EventEnd,
	Owner,
	Queueing,
	Store,
	StoreRun,
	TakenEvent,
	Taking,
} from '../../transport/store/store';

/** A record and the processes that work with it. */
export interface World {
	/** Starts a process, on a machine of its own if need be. */
	readonly start: (place?: 'here' | 'elsewhere') => Store;
	/** Kills a process, as kill -9 does. */
	readonly kill: (store: Store) => Promise<void>;
	/** Unix time in seconds. */
	readonly now: () => number;
	/** Lets so many ms pass, in which processes go on living. */
	readonly live: (ms: number) => Promise<void>;
	/** Lets so many ms pass, in which all processes stand still. */
	readonly freeze: (ms: number) => Promise<void>;
	readonly end: () => Promise<void>;
}

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;

export const owner: Owner = {
	provider: 'provider',
	operation: 'purchase',
	account: '0a'.repeat(16),
	execution: '1',
	keepDays: 14,
	mayRepeat: false,
};

/** The identity of an event, by a number. */
export const key = (event: number): string => event.toString(16).padStart(32, '0');

export const event = (number: number) => ({
	key: key(number),
	content: `{"id":${number}}`,
	amount: '1.25',
	currency: 'USD',
});

export const ended = (outcome: EventEnd['outcome'], ...events: readonly number[]): EventEnd[] =>
	events.map((number) => ({ key: key(number), outcome }));

const kinds = (claims: readonly (Claim | Queueing)[]) => claims.map(({ kind }) => kind);

/** Claims an event, marks it as sending, and no more. */
async function beginSending(run: StoreRun, number: number): Promise<void> {
	await run.claim([event(number)]);
	await run.mark([key(number)], 'sending');
}

/** What every store of the record promises. */
export function describeStore(name: string, createWorld: () => World | Promise<World>): void {
	describe(name, () => {
		let world: World;
		beforeEach(async () => {
			world = await createWorld();
		});
		afterEach(async () => {
			await world.end();
		});

		it('an event is the run’s that claims it first', async () => {
			const first = world.start().begin({ ...owner, execution: '7' });
			const second = world.start().begin(owner);
			expect(await first.claim([event(1), event(2)])).toEqual([
				{ kind: 'claimed' },
				{ kind: 'claimed' },
			]);
			expect(await second.claim([event(2), event(3)])).toEqual([
				{ kind: 'busy', execution: '7' },
				{ kind: 'claimed' },
			]);
		});

		it('of equal events of one run the first is claimed, and the others wait for its end', async () => {
			const run = world.start().begin(owner);
			expect(kinds(await run.claim([event(1), event(1)]))).toEqual(['claimed', 'busy']);
			expect(kinds(await run.claim([event(1)]))).toEqual(['busy']);
			await run.end(ended('delivered', 1));
			expect(kinds(await run.claim([event(1)]))).toEqual(['delivered']);
		});

		it('what was delivered is known with its time and execution, also to later processes', async () => {
			const store = world.start();
			const run = store.begin({ ...owner, execution: '7' });
			await beginSending(run, 1);
			const at = world.now();
			await run.end(ended('delivered', 1));
			await run.finish();
			await store.close();
			await world.live(MINUTE);
			for (const mayRepeat of [false, true]) {
				const later = world.start().begin({ ...owner, execution: '8', mayRepeat });
				expect(await later.claim([event(1)])).toEqual([{ kind: 'delivered', at, execution: '7' }]);
			}
		});

		it('what is unknown is sent again only where that is harmless, and its doubt is told', async () => {
			const store = world.start();
			const run = store.begin({ ...owner, execution: '7' });
			await beginSending(run, 1);
			const at = world.now();
			await run.end(ended('unknown', 1));
			const past = { at, execution: '7' };
			expect(await store.begin(owner).claim([event(1)])).toEqual([{ kind: 'unknown', ...past }]);
			const repeating = store.begin({ ...owner, mayRepeat: true });
			expect(await repeating.claim([event(1)])).toEqual([{ kind: 'claimed', doubt: past }]);
		});

		it('doubt stays until an acceptance', async () => {
			const store = world.start();
			const run = store.begin({ ...owner, mayRepeat: true });
			await beginSending(run, 1);
			await run.end(ended('unknown', 1));
			await beginSending(run, 1);
			await run.end(ended('none', 1));
			expect(kinds(await store.begin(owner).claim([event(1)]))).toEqual(['unknown']);
			await beginSending(run, 1);
			await run.end(ended('delivered', 1));
			expect(kinds(await store.begin(owner).claim([event(1)]))).toEqual(['delivered']);
		});

		it('what certainly did not arrive is taken out', async () => {
			const run = world.start().begin(owner);
			await beginSending(run, 1);
			await run.end(ended('none', 1));
			expect(await run.claim([event(1)])).toEqual([{ kind: 'claimed' }]);
		});

		it('what a run asked for twice it has once, and ends once', async () => {
			const run = world.start().begin(owner);
			await run.claim([event(1)]);
			await run.claim([event(1)]);
			await run.finish();
			expect(
				kinds(
					await world
						.start()
						.begin(owner)
						.claim([event(1)]),
				),
			).toEqual(['claimed']);
		});

		it('a run that ends takes out what waits, and what it was sending is unknown', async () => {
			const store = world.start();
			const run = store.begin(owner);
			await run.claim([event(1)]);
			await beginSending(run, 2);
			await run.finish();
			for (const next of [store, world.start()]) {
				const again = next.begin(owner);
				expect(kinds(await again.claim([event(1), event(2)]))).toEqual(['claimed', 'unknown']);
				await again.finish();
			}
		});

		it('after a crash, what waited is free, and what was being sent may have arrived', async () => {
			const store = world.start();
			const run = store.begin({ ...owner, execution: '7' });
			await run.claim([event(1)]);
			await beginSending(run, 2);
			await beginSending(run, 3);
			const past = { at: world.now(), execution: '7' };
			await world.kill(store);
			await world.live(MINUTE);
			const next = world.start();
			expect(await next.begin(owner).claim([event(1), event(2)])).toEqual([
				{ kind: 'claimed' },
				{ kind: 'unknown', ...past },
			]);
			const repeating = next.begin({ ...owner, mayRepeat: true });
			expect(await repeating.claim([event(2), event(3)])).toEqual([
				{ kind: 'claimed', doubt: past },
				{ kind: 'claimed', doubt: past },
			]);
		});

		it('what certainly was not taken waits again, and a crash then leaves it free', async () => {
			const store = world.start();
			const run = store.begin(owner);
			await beginSending(run, 1);
			expect(await run.mark([key(1)], 'waiting')).toEqual([true]);
			await world.kill(store);
			await world.live(MINUTE);
			expect(
				kinds(
					await world
						.start()
						.begin(owner)
						.claim([event(1)]),
				),
			).toEqual(['claimed']);
		});

		it('a run that lives keeps what it has, however long it takes', async () => {
			const run = world.start('elsewhere').begin(owner);
			await run.claim([event(1)]);
			await world.live(10 * MINUTE);
			expect(
				kinds(
					await world
						.start()
						.begin(owner)
						.claim([event(1)]),
				),
			).toEqual(['busy']);
			expect(await run.mark([key(1)], 'sending')).toEqual([true]);
		});

		it('what a dead process of another machine left is free when its lease is over', async () => {
			const dead = world.start('elsewhere');
			await dead.begin(owner).claim([event(1)]);
			await world.kill(dead);
			const run = world.start().begin(owner);
			await world.live(10_000);
			expect(kinds(await run.claim([event(1)]))).toEqual(['busy']);
			await world.live(10_000);
			expect(kinds(await run.claim([event(1)]))).toEqual(['claimed']);
		});

		it('a run that was taken for dead sends nothing more, and what it delivered counts', async () => {
			const slow = world.start('elsewhere').begin({ ...owner, execution: '7' });
			await slow.claim([event(1), event(3)]);
			await beginSending(slow, 2);
			await world.freeze(MINUTE);
			const next = world.start().begin(owner);
			const claims = await next.claim([event(1), event(2), event(3)]);
			expect(kinds(claims)).toEqual(['claimed', 'unknown', 'claimed']);
			expect(await slow.mark([key(1)], 'sending')).toEqual([false]);
			await slow.end([...ended('none', 1), ...ended('delivered', 2)]);
			await slow.finish();
			expect(await next.mark([key(1), key(3)], 'sending')).toEqual([true, true]);
			expect(await next.claim([event(2)])).toMatchObject([{ kind: 'delivered', execution: '7' }]);
		});

		describe('the queue', () => {
			const all: Taking = { maxEvents: 100, repeatable: [] };
			const idsOf = (events: readonly TakenEvent[]) => events.map((one) => parseInt(one.key, 16));
			const inLanes = (number: number, ...lanes: readonly string[]) => ({
				...event(number),
				lanes,
			});
			const sender: Owner = { ...owner, operation: 'sendQueued', execution: '9' };

			it('holds events until a run takes them, whole, the oldest first, of all operations of the account', async () => {
				const store = world.start();
				const queuedAt = world.now();
				const lanes = ['0a', '0b'];
				await store.begin({ ...owner, execution: '3' }).queue([event(9), inLanes(5, ...lanes)]);
				await world.live(1_000);
				await store
					.begin({ ...owner, operation: 'refund', execution: '4' })
					.queue([{ key: key(7), content: '{}' }]);
				await store.begin({ ...owner, account: '0b'.repeat(16) }).queue([event(1)]);
				await store.close();

				expect(await world.start().begin(sender).take(all)).toEqual([
					{ ...event(9), kind: 'taken', operation: 'purchase', queuedAt, execution: '3' },
					{ ...event(5), lanes, kind: 'taken', operation: 'purchase', queuedAt, execution: '3' },
					{
						kind: 'taken',
						key: key(7),
						content: '{}',
						operation: 'refund',
						queuedAt: queuedAt + 1,
						execution: '4',
					},
				]);
			});

			it('says of each event whether it is stored now, or was before, or was delivered', async () => {
				const store = world.start();
				const at = world.now();
				const first = store.begin({ ...owner, execution: '3' });
				expect(await first.queue([event(1), event(1)])).toEqual([
					{ kind: 'queued' },
					{ kind: 'waiting', at, execution: '3' },
				]);
				await beginSending(first, 2);
				await beginSending(first, 3);
				await first.end([...ended('delivered', 2), ...ended('unknown', 3)]);
				await first.finish();
				await world.live(1_000);
				const run = store.begin(sender);
				await run.take(all);
				// also while it is being sent
				await run.mark([key(1)], 'sending');
				const past = { at, execution: '3' };
				expect(await store.begin(owner).queue([event(1), event(2), event(3)])).toEqual([
					{ kind: 'waiting', ...past },
					{ kind: 'delivered', ...past },
					{ kind: 'unknown', ...past },
				]);
			});

			it('what waits in it is not sent by another way as well', async () => {
				const store = world.start();
				await store.begin({ ...owner, execution: '3' }).queue([event(1)]);
				const at = world.now();
				const run = store.begin(owner);
				expect(await run.claim([event(1)])).toEqual([{ kind: 'queued', at, execution: '3' }]);
				await run.finish();
				expect(idsOf(await store.begin(sender).take(all))).toEqual([1]);
				expect(kinds(await store.begin(owner).claim([event(1)]))).toEqual(['busy']);
			});

			it('keeps what a live run is sending already and then does not deliver', async () => {
				const store = world.start();
				const run = store.begin(owner);
				await run.claim([event(1), event(2), event(3)]);
				expect(kinds(await store.begin(owner).queue([event(1), event(2), event(3)]))).toEqual([
					'waiting',
					'waiting',
					'waiting',
				]);
				await run.end([...ended('none', 1), ...ended('delivered', 2)]);
				await run.finish();
				expect(idsOf(await store.begin(sender).take(all))).toEqual([1, 3]);
			});

			it('is gone through once by a run, in parts, and what it gives back is for the next', async () => {
				const store = world.start();
				await store.begin(owner).queue([1, 2, 3, 4].map(event));
				const run = store.begin(sender);
				expect(idsOf(await run.take({ ...all, maxEvents: 3 }))).toEqual([1, 2, 3]);
				await run.mark([key(2)], 'sending');
				await run.end([...ended('queued', 2), ...ended('delivered', 1)]);
				expect(idsOf(await run.take(all))).toEqual([4]);
				expect(await run.take(all)).toEqual([]);
				await run.end(ended('none', 4));
				await run.finish();
				// in its old place, with what the run did not come to
				await store.begin(owner).queue([event(5)]);
				const next = store.begin(sender);
				expect(idsOf(await next.take(all))).toEqual([2, 3, 5]);
				expect(await next.mark([key(2)], 'sending')).toEqual([true]);
			});

			it('of two that take at once each event goes to one', async () => {
				await world
					.start()
					.begin(owner)
					.queue(Array.from({ length: 200 }, (_, at) => event(at)));
				const runs = [world.start(), world.start()].map((store) => store.begin(sender));
				const parts = await Promise.all(
					runs.map(async (run) => {
						const ids: number[] = [];
						for (let some; (some = await run.take({ ...all, maxEvents: 7 })).length > 0;) {
							ids.push(...idsOf(some));
						}
						return ids;
					}),
				);
				expect(parts.flat().sort((a, b) => a - b)).toEqual(
					Array.from({ length: 200 }, (_, at) => at),
				);
				for (const part of parts) expect(part).not.toEqual([]);
			});

			it('lets no run overtake another in a lane', async () => {
				const store = world.start();
				await store
					.begin(owner)
					.queue([
						inLanes(1, 'aa'),
						inLanes(2, 'bb'),
						inLanes(3, 'aa', 'cc'),
						inLanes(4, 'cc'),
						inLanes(5, 'dd'),
						event(6),
						inLanes(7, 'dd'),
					]);
				const first = store.begin(sender);
				expect(idsOf(await first.take({ ...all, maxEvents: 1 }))).toEqual([1]);
				// 3 waits for 1, and 4 for 3
				const second = world.start().begin(sender);
				expect(idsOf(await second.take({ ...all, maxEvents: 2 }))).toEqual([2, 5]);
				// what is given back may not be overtaken either
				await second.end(ended('queued', 5));
				expect(idsOf(await second.take(all))).toEqual([6]);
				// its own are in its hands
				expect(idsOf(await first.take(all))).toEqual([3, 4, 5, 7]);
			});

			it('what dead runs left of an account is in it as well, in its place; what live ones have is not', async () => {
				const dead = world.start();
				const at = world.now();
				const run = dead.begin({ ...owner, execution: '7' });
				await run.claim([event(1)]);
				await beginSending(dead.begin({ ...owner, operation: 'refund', execution: '8' }), 2);
				await beginSending(run, 3);
				await dead.begin({ ...owner, account: '0b'.repeat(16) }).claim([event(4)]);
				await dead.begin(owner).queue([event(6)]);
				await dead.begin(sender).take({ ...all, maxEvents: 1 });
				await world.kill(dead);
				await world.live(MINUTE);
				const store = world.start();
				await store.begin(owner).claim([event(5)]);
				const taker = store.begin(sender);
				const doubt = { at, execution: '7' };
				const taken = await taker.take({ ...all, repeatable: ['purchase'] });
				expect(taken).toMatchObject([
					{ ...event(1), kind: 'taken', execution: '7', queuedAt: at },
					{ ...event(2), kind: 'unknown', operation: 'refund', doubt: { at, execution: '8' } },
					{ ...event(3), kind: 'taken', doubt },
					{ ...event(6), kind: 'taken' },
				]);
				expect(taken[0]).not.toHaveProperty('doubt');
				// it has left the queue, and is known
				const refunds = store.begin({ ...owner, operation: 'refund' });
				expect(kinds(await refunds.claim([event(2)]))).toEqual(['unknown']);
				await taker.finish();
				expect(idsOf(await store.begin(sender).take(all))).toEqual([1, 3, 6]);
			});

			it('what a dead run left is sent once: by the run that comes again, or from the queue', async () => {
				const dead = world.start();
				await dead.begin(owner).claim([event(1), event(2)]);
				await world.kill(dead);
				await world.live(MINUTE);
				const store = world.start();
				const again = store.begin(owner);
				expect(kinds(await again.claim([event(1)]))).toEqual(['claimed']);
				const taker = store.begin(sender);
				expect(idsOf(await taker.take(all))).toEqual([2]);
				expect(kinds(await again.claim([event(2)]))).toEqual(['busy']);
				await taker.end(ended('delivered', 2));
				expect(kinds(await again.claim([event(2)]))).toEqual(['delivered']);
			});

			it('what a run that dies takes from it stays in it, and what was being sent may have arrived', async () => {
				const dead = world.start();
				await dead.begin(owner).queue([1, 2, 3].map(event));
				const run = dead.begin(sender);
				await run.take(all);
				await run.mark([key(2), key(3)], 'sending');
				await run.mark([key(3)], 'waiting');
				await world.kill(dead);
				await world.live(MINUTE);
				const store = world.start();
				const events = [1, 2, 3].map(event);
				expect(kinds(await store.begin(owner).claim(events))).toEqual([
					'queued',
					'queued',
					'queued',
				]);
				const taken = await store.begin(sender).take(all);
				expect(taken.map(({ kind }) => kind)).toEqual(['taken', 'unknown', 'taken']);
				expect(idsOf(taken)).toEqual([1, 2, 3]);
			});

			it('doubt stays with what is put back into it, until an acceptance', async () => {
				const store = world.start();
				const repeating = { ...owner, mayRepeat: true };
				const run = store.begin({ ...repeating, execution: '7' });
				await beginSending(run, 1);
				const doubt = { at: world.now(), execution: '7' };
				await run.end(ended('unknown', 1));
				expect(kinds(await store.begin(repeating).queue([event(1)]))).toEqual(['queued']);
				const taker = store.begin(sender);
				expect(await taker.take({ ...all, repeatable: ['purchase'] })).toMatchObject([
					{ kind: 'taken', doubt },
				]);
				await taker.end(ended('queued', 1));
				expect(await store.begin(sender).take(all)).toMatchObject([{ kind: 'unknown', doubt }]);
				expect(kinds(await store.begin(owner).claim([event(1)]))).toEqual(['unknown']);
			});

			it('what waits is counted, and what live runs have of it', async () => {
				const store = world.start();
				await store.begin(owner).queue([1, 2, 3, 4, 5].map(event));
				const run = store.begin(sender);
				await run.take({ ...all, maxEvents: 3 });
				await run.mark([key(1)], 'sending');
				const other = world.start();
				expect(await other.countQueued(owner)).toEqual({ events: 4, taken: 2 });
				await world.kill(store);
				expect(await other.countQueued({ ...owner, account: '0b'.repeat(16) })).toEqual({
					events: 0,
					taken: 0,
				});
				await world.freeze(2 * MINUTE);
				expect(await other.countQueued(owner)).toEqual({ events: 4, taken: 0 });
			});

			it('what may have arrived can go back into it, in its old place, to be repeated where that is harmless', async () => {
				const store = world.start();
				await store
					.begin(owner)
					.queue([inLanes(1, 'aa'), event(2), inLanes(3, 'aa'), event(4), event(5)]);
				const run = store.begin({ ...sender, execution: '7' });
				await run.take({ ...all, maxEvents: 2 });
				await run.mark([key(1), key(2)], 'sending');
				const doubt = { at: world.now(), execution: '7' };
				await run.end(ended('doubtful', 1, 2));
				// none overtakes it in its lane
				expect(idsOf(await run.take(all))).toEqual([4, 5]);
				await run.end(ended('delivered', 4, 5));
				await run.finish();
				expect(await store.countQueued(owner)).toEqual({ events: 3, taken: 0 });
				expect(await store.summarize(owner)).toMatchObject([
					{ outcome: 'delivered', events: 2 },
					{ outcome: 'queued', events: 1 },
					{ outcome: 'unknown', events: 2 },
				]);
				await store.close();

				await world.live(MINUTE);
				const later = world.start();
				const next = later.begin({ ...sender, execution: '8' });
				const taken = await next.take({ ...all, repeatable: ['purchase'] });
				expect(taken).toMatchObject([
					{ ...event(1), kind: 'taken', doubt },
					{ ...event(2), kind: 'taken', doubt },
					{ ...event(3), kind: 'taken' },
				]);
				await next.end([...ended('delivered', 1), ...ended('queued', 2, 3)]);
				await next.finish();
				expect(kinds(await later.begin(owner).queue([event(1)]))).toEqual(['delivered']);
				// a run that may not repeat it names it once
				const last = later.begin({ ...sender, execution: '9' });
				expect(await last.take(all)).toMatchObject([
					{ ...event(2), kind: 'unknown', doubt },
					{ ...event(3), kind: 'taken' },
				]);
			});

			it('what a run has lost to another it cannot put back in doubt', async () => {
				const slow = world.start('elsewhere');
				await slow.begin(owner).queue([event(1)]);
				const late = slow.begin(sender);
				await late.take(all);
				await world.freeze(MINUTE);
				const run = world.start().begin(sender);
				expect(idsOf(await run.take(all))).toEqual([1]);
				await late.end(ended('doubtful', 1));
				expect(await run.mark([key(1)], 'sending')).toEqual([true]);
				await run.end(ended('none', 1));
				expect(kinds(await run.claim([event(1)]))).toEqual(['claimed']);
			});

			it('what a run delivered that was taken for dead is not sent from it', async () => {
				const slow = world.start('elsewhere');
				await slow.begin(owner).queue([event(1)]);
				const late = slow.begin(sender);
				await late.take(all);
				await late.mark([key(1)], 'sending');
				await world.freeze(MINUTE);
				const store = world.start();
				const repeating = store.begin({ ...owner, mayRepeat: true });
				expect(kinds(await repeating.claim([event(1)]))).toEqual(['queued']);
				await late.end(ended('delivered', 1));
				expect(await store.begin(sender).take(all)).toEqual([]);
				expect(kinds(await store.begin(owner).claim([event(1)]))).toEqual(['delivered']);
			});

			it('what waits in it is not forgotten, nor its doubt', async () => {
				const store = world.start();
				const repeating = store.begin({ ...owner, keepDays: 1, mayRepeat: true });
				await beginSending(repeating, 1);
				await repeating.end(ended('unknown', 1));
				await repeating.queue([event(1), event(2)]);
				await world.live(3 * DAY);
				while (await store.forget());
				const taken = await store.begin(sender).take(all);
				expect(taken.map(({ kind }) => kind)).toEqual(['unknown', 'taken']);
			});

			it('of a long queue a run sees all, however much of it others have', async () => {
				const store = world.start();
				const [held, free] = [2_500, 3];
				const events = Array.from({ length: held + free }, (_, at) => event(at));
				for (let at = 0; at < events.length; at += 500) {
					await store.begin(owner).queue(events.slice(at, at + 500));
				}
				await store.begin(sender).take({ ...all, maxEvents: held });
				expect(idsOf(await store.begin(sender).take(all))).toEqual([held, held + 1, held + 2]);
			});
		});

		describe('a summary', () => {
			it('counts what an account has by day, operation, outcome and currency, and adds the amounts up exactly', async () => {
				const store = world.start();
				const priced = (number: number, amount: string, currency = 'USD') => ({
					key: key(number),
					content: '{}',
					amount,
					currency,
				});
				const run = store.begin(owner);
				await run.claim([
					priced(1, '9007199254740993.1'),
					priced(2, '0.000000000000000002'),
					priced(3, '0.1'),
					priced(4, '0.2', 'EUR'),
					{ key: key(5), content: '{}' },
					priced(6, '7'),
					priced(7, '70'),
				]);
				await run.mark([key(7)], 'sending');
				await run.end([...ended('delivered', 1, 2, 3, 4, 5), ...ended('unknown', 6)]);
				await world.live(DAY);
				await store.begin({ ...owner, operation: 'refund' }).queue([priced(8, '1.50')]);
				await store.begin({ ...owner, account: '0b'.repeat(16) }).queue([priced(9, '1')]);
				const [day, next] = ['2026-01-01', '2026-01-02'];
				const purchases = { day, operation: 'purchase' };
				expect(await store.summarize(owner)).toEqual([
					{ ...purchases, outcome: 'delivered', events: 1 },
					{ ...purchases, outcome: 'delivered', currency: 'EUR', events: 1, amount: '0.2' },
					{
						...purchases,
						outcome: 'delivered',
						currency: 'USD',
						events: 3,
						amount: '9007199254740993.200000000000000002',
					},
					{ ...purchases, outcome: 'unknown', currency: 'USD', events: 2, amount: '77' },
					{
						day: next,
						operation: 'refund',
						outcome: 'queued',
						currency: 'USD',
						events: 1,
						amount: '1.50',
					},
				]);
			});

			it('counts an event in doubt once, also while it waits to be sent again', async () => {
				const store = world.start();
				const run = store.begin({ ...owner, mayRepeat: true });
				await beginSending(run, 1);
				await run.end(ended('unknown', 1));
				await run.queue([event(1)]);
				expect(await store.summarize(owner)).toMatchObject([{ outcome: 'unknown', events: 1 }]);
			});
		});

		it('each event is forgotten after the days that its run keeps it, in small steps', async () => {
			const store = world.start();
			const long = store.begin({ ...owner, keepDays: 14 });
			const short = store.begin({ ...owner, keepDays: 2 });
			const [old, kept] = [1_200, 3];
			const outdated = Array.from({ length: old }, (_, number) => number + kept);
			await short.claim(outdated.map(event));
			await short.end(ended('delivered', ...outdated));
			await long.claim([event(1)]);
			await long.end(ended('unknown', 1));
			await world.live(3 * DAY);
			await short.claim([event(2)]);
			await short.end(ended('delivered', 2));

			let steps = 1;
			while (await store.forget()) steps++;
			expect(steps).toBeGreaterThan(1);
			const next = store.begin(owner);
			const claims = await next.claim([1, 2, kept, kept + old - 1].map(event));
			expect(kinds(claims)).toEqual(['unknown', 'delivered', 'claimed', 'claimed']);
		});

		it('what a dead run left is forgotten like what is done, what a live one has is not', async () => {
			const dead = world.start();
			await dead.begin({ ...owner, keepDays: 1 }).claim([event(1)]);
			await world.kill(dead);
			const store = world.start();
			await store.begin({ ...owner, keepDays: 1 }).claim([event(2)]);
			await world.live(2 * DAY);
			expect(await store.summarize(owner)).toMatchObject([{ events: 2 }]);
			expect(await store.forget()).toBe(false);
			expect(await store.summarize(owner)).toMatchObject([{ events: 1 }]);
			expect(kinds(await store.begin(owner).claim([event(2)]))).toEqual(['busy']);
		});

		it('of two processes that claim the same at once each event goes to one', async () => {
			const events = Array.from({ length: 300 }, (_, number) => event(number));
			const runs = ['7', '8'].map((execution) => world.start().begin({ ...owner, execution }));
			const claims = await Promise.all(
				runs.map(async (run) => {
					const parts = Array.from({ length: 30 }, (_, part) =>
						run.claim(events.slice(10 * part, 10 * part + 10)),
					);
					return kinds((await Promise.all(parts)).flat());
				}),
			);
			for (const index of events.keys()) {
				expect(claims.map((of) => of[index]).sort()).toEqual(['busy', 'claimed']);
			}
		});

		it('whatever runs do and whenever they die, none sends what may have arrived, none forgets what was delivered, and what did not arrive can be sent', async () => {
			await fc.assert(
				fc.asyncProperty(fc.array(anyStep, { minLength: 5, maxLength: 40 }), async (steps) => {
					const own = await createWorld();
					try {
						const history = new History(own);
						for (const step of steps) await history.take(step);
						await history.judge();
					} finally {
						await own.end();
					}
				}),
				{ numRuns: 50 },
			);
		}, 60_000);
	});
}

const EVENTS = 3;
const PROCESSES = 2;

const anyProcess = fc.nat(PROCESSES - 1);
const anyEvent = fc.nat(EVENTS - 1);
const anyStep = fc.oneof(
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant('begin' as const), process: anyProcess }) },
	{
		weight: 8,
		arbitrary: fc.record({
			kind: fc.constant('claim' as const),
			run: fc.nat(),
			events: fc.uniqueArray(anyEvent, { minLength: 1 }),
		}),
	},
	{ weight: 8, arbitrary: fc.record({ kind: fc.constant('send' as const), run: fc.nat() }) },
	{
		weight: 8,
		arbitrary: fc.record({
			kind: fc.constant('answer' as const),
			run: fc.nat(),
			event: anyEvent,
			answer: fc.constantFrom('taken', 'refused', 'none'),
		}),
	},
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant('finish' as const), run: fc.nat() }) },
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant('kill' as const), process: anyProcess }) },
	{ weight: 2, arbitrary: fc.record({ kind: fc.constant('freeze' as const) }) },
);

type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never;

/** A run, and how far it is with what it claimed. */
interface ModelRun {
	readonly process: number;
	readonly run: StoreRun;
	readonly held: Map<number, 'waiting' | 'sending'>;
}

/** What really became of events, beside what the record says of them. */
class History {
	private readonly processes: Store[];
	private runs: ModelRun[] = [];
	/** Requests left that nobody knows to have been refused: they may have arrived. */
	private readonly mayHaveArrived = new Set<number>();
	private readonly delivered = new Set<number>();

	constructor(private readonly world: World) {
		this.processes = Array.from({ length: PROCESSES }, () => world.start('elsewhere'));
		for (const process of this.processes.keys()) this.begin(process);
	}

	async take(step: Step): Promise<void> {
		if (step.kind === 'begin') {
			this.begin(step.process);
		} else if (step.kind === 'kill') {
			await this.kill(step.process);
		} else if (step.kind === 'freeze') {
			await this.world.freeze(MINUTE);
		} else {
			const run = this.runs[step.run % Math.max(1, this.runs.length)];
			if (run === undefined) return;
			if (step.kind === 'claim') await this.claim(run, step.events);
			else if (step.kind === 'send') await this.send(run);
			else if (step.kind === 'answer') await this.answer(run, step.event, step.answer);
			else await this.finish(run);
		}
	}

	/** In the end all are dead, and one more run asks for every event. */
	async judge(): Promise<void> {
		for (const process of this.processes.keys()) await this.kill(process);
		await this.world.freeze(MINUTE);
		const last = this.world.start().begin(owner);
		const claims = kinds(await last.claim(Array.from({ length: EVENTS }, (_, at) => event(at))));
		const expected = Array.from({ length: EVENTS }, (_, at) => {
			if (this.delivered.has(at)) return 'delivered';
			return this.mayHaveArrived.has(at) ? 'unknown' : 'claimed';
		});
		expect(claims).toEqual(expected);
	}

	private begin(process: number): void {
		const run = this.processes[process]?.begin(owner);
		if (run) this.runs.push({ process, run, held: new Map() });
	}

	private async kill(process: number): Promise<void> {
		const store = this.processes[process];
		if (store) await this.world.kill(store);
		this.processes[process] = this.world.start('elsewhere');
		this.runs = this.runs.filter((run) => run.process !== process);
		this.begin(process);
	}

	private async claim({ run, held }: ModelRun, events: readonly number[]): Promise<void> {
		const claims = await run.claim(events.map(event));
		for (const [index, claim] of claims.entries()) {
			const number = events[index] ?? -1;
			if (claim.kind === 'claimed') {
				expect(this.mayHaveArrived.has(number)).toBe(false);
				held.set(number, 'waiting');
			} else if (this.delivered.has(number)) {
				expect(claim.kind).not.toBe('unknown');
			}
		}
	}

	private async send({ run, held }: ModelRun): Promise<void> {
		const waiting = [...held].flatMap(([number, state]) => (state === 'waiting' ? [number] : []));
		const isOurs = await run.mark(waiting.map(key), 'sending');
		for (const [index, number] of waiting.entries()) {
			if (isOurs[index] === true) {
				expect(this.mayHaveArrived.has(number)).toBe(false);
				this.mayHaveArrived.add(number);
				held.set(number, 'sending');
			} else {
				held.delete(number);
			}
		}
	}

	private async answer({ run, held }: ModelRun, number: number, answer: string): Promise<void> {
		if (held.get(number) !== 'sending') return;
		held.delete(number);
		if (answer === 'taken') {
			this.delivered.add(number);
			await run.end(ended('delivered', number));
		} else if (answer === 'none') {
			await run.end(ended('unknown', number));
		} else {
			await run.end(ended('none', number));
			// a run that was taken for dead cannot take back the doubt
			const [claim] = await run.claim([event(number)]);
			if (claim?.kind === 'claimed') {
				this.mayHaveArrived.delete(number);
				held.set(number, 'waiting');
			}
		}
	}

	private async finish({ run, held }: ModelRun): Promise<void> {
		await run.finish();
		held.clear();
	}
}
