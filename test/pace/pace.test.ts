import fc from 'fast-check';

import { Pace, type Member, type Sign, type Turn } from '../../transport/pace/pace';

beforeEach(() => {
	jest.useFakeTimers();
});
afterEach(() => {
	jest.restoreAllMocks();
	jest.useRealTimers();
});

/** A run that has joined a pace. */
function memberOf(changes: Partial<Member> = {}): Member {
	return {
		maxConcurrency: 100,
		requestsPerSecond: 0,
		maxPauseMs: 120_000,
		onLongPause: () => undefined,
		...changes,
	};
}

/** A pace with one run. */
function paceOf(maxConcurrency: number, requestsPerSecond: number): Pace {
	const pace = new Pace();
	pace.join(memberOf({ maxConcurrency, requestsPerSecond }));
	return pace;
}

/** How long strain holds everybody back at the most, in ms. */
const MAX_HOLD_BACK = 10_000;

/** Requests that take their turns, and when each of them started. */
class Requests {
	/** Numbers of the requests that started, in the order of their starts. */
	readonly started: number[] = [];
	/** When each of them started. */
	readonly times: number[] = [];
	/** Numbers of the requests that were let go without a turn. */
	readonly left: number[] = [];
	private readonly inFlight: Turn[] = [];
	private readonly stop = new AbortController();
	private asked = 0;

	constructor(
		readonly pace: Pace,
		/** How a request ends at once, if it does. */
		private readonly endsAtOnce?: Sign,
		/** How many its connections hold. */
		private readonly room?: () => number,
	) {}

	get open(): number {
		return this.inFlight.length;
	}

	async ask(count: number): Promise<void> {
		for (let asked = 0; asked < count; asked++) {
			const number = this.asked++;
			void this.pace.acquire(this.stop.signal, this.room).then((turn) => {
				if (turn === undefined) {
					this.left.push(number);
					return;
				}
				this.started.push(number);
				this.times.push(turn.startedAt);
				this.inFlight.push(turn);
				if (this.endsAtOnce) this.endOldest(this.endsAtOnce);
			});
		}
		await settle();
	}

	/** Lets go whoever waits. */
	async abort(): Promise<void> {
		this.stop.abort();
		await settle();
	}

	/** Ends the oldest ones in flight, and lets the pause pass that this brings. */
	async end(sign: Sign, count = 1): Promise<void> {
		await this.endNow(sign, count);
		if (sign === 'throttled') await pass(MAX_HOLD_BACK);
	}

	/** The same without any time. */
	async endNow(sign: Sign, count: number): Promise<void> {
		for (let ended = 0; ended < count; ended++) this.endOldest(sign);
		await settle();
	}

	private endOldest(sign: Sign): void {
		const turn = this.inFlight.shift();
		if (turn === undefined) throw new Error('nothing is in flight');
		turn.end(sign);
	}
}

/** Lets promises run; no time passes. */
async function settle(): Promise<void> {
	await jest.advanceTimersByTimeAsync(0);
}

async function pass(ms: number): Promise<void> {
	await jest.advanceTimersByTimeAsync(ms);
}

describe('concurrency', () => {
	it('starts at most 8 at first', async () => {
		const requests = new Requests(paceOf(100, 0));
		await requests.ask(20);
		expect(requests.open).toBe(8);
	});

	it('starts no more than the ceiling at first', async () => {
		const requests = new Requests(paceOf(3, 0));
		await requests.ask(20);
		expect(requests.open).toBe(3);
	});

	it('an ended request makes room for one', async () => {
		const requests = new Requests(paceOf(100, 0));
		await requests.ask(20);
		await requests.end('neutral');
		expect(requests.started).toHaveLength(9);
		expect(requests.open).toBe(8);
	});

	it('doubles with each round of good replies: six round trips from 8 to 400', async () => {
		const requests = new Requests(paceOf(400, 0));
		await requests.ask(2_000);
		await requests.end('good', 7);
		expect(requests.open).toBe(8);
		await requests.end('good', 1);
		for (const open of [16, 32, 64, 128, 256]) {
			expect(requests.open).toBe(open);
			await requests.end('good', open);
		}
		expect(requests.open).toBe(400);
	});

	it('grows up to the ceiling', async () => {
		const requests = new Requests(paceOf(10, 0));
		await requests.ask(100);
		await requests.end('good', 8);
		await requests.end('good', 10);
		expect(requests.open).toBe(10);
	});

	it('is halved under strain, once per generation', async () => {
		const requests = new Requests(paceOf(100, 0));
		await requests.ask(100);
		await pass(10);
		await requests.end('throttled', 8);
		// one at a time, until one is taken
		expect(requests.open).toBe(1);
		await requests.end('good');
		await pass(MAX_HOLD_BACK);
		expect(requests.open).toBe(4);
	});

	it('refused for rate, one at a time is tried until one is taken', async () => {
		const requests = new Requests(paceOf(100, 0));
		await requests.ask(100);
		for (let refusal = 0; refusal < 5; refusal++) {
			await pass(10);
			await requests.end('throttled', requests.open);
			await pass(MAX_HOLD_BACK);
			expect(requests.open).toBe(1);
		}
		await requests.end('neutral');
		await pass(MAX_HOLD_BACK);
		expect(requests.open).toBe(1);
	});

	it('is not given back by replies to requests older than the cut', async () => {
		const requests = new Requests(paceOf(100, 0));
		await requests.ask(100);
		await pass(10);
		await requests.end('throttled');
		await requests.end('good', 7);
		await pass(MAX_HOLD_BACK);
		expect(requests.open).toBe(1);
	});

	it('is halved again when the next generation meets strain', async () => {
		const requests = new Requests(paceOf(100, 0));
		await requests.ask(100);
		await pass(10);
		await requests.end('slow', 4);
		await requests.end('neutral', 4);
		await pass(10);
		await requests.end('neutral', 4);
		await pass(10);
		await requests.end('slow', 4);
		expect(requests.open).toBe(2);
	});

	it('refused for rate, everybody holds back, twice as long with each refusal in a row', async () => {
		const requests = new Requests(paceOf(1, 0));
		await requests.ask(300);
		// a rate high enough for the pauses to count alone
		for (let taken = 0; taken < 200; taken++) await requests.end('good');
		for (const pause of [50, 100, 200]) {
			await pass(10);
			await requests.endNow('throttled', 1);
			const before = requests.started.length;
			await pass(pause - 1);
			expect(requests.started).toHaveLength(before);
			await pass(1);
			expect(requests.started).toHaveLength(before + 1);
		}
	});

	it('slow replies halve it too, without a pause', async () => {
		const requests = new Requests(paceOf(100, 0));
		await requests.ask(100);
		await pass(10);
		await requests.end('slow', 8);
		expect(requests.open).toBe(4);
	});

	it('is never less than one', async () => {
		const requests = new Requests(paceOf(100, 0));
		await requests.ask(100);
		for (let round = 0; round < 8; round++) {
			await pass(10);
			await requests.end('throttled', requests.open);
		}
		expect(requests.open).toBe(1);
	});

	it('grows by one per round from where it was halved', async () => {
		const requests = new Requests(paceOf(100, 0));
		await requests.ask(100);
		await pass(10);
		await requests.end('slow', 8);
		expect(requests.open).toBe(4);
		await requests.end('good', 4);
		expect(requests.open).toBe(5);
		await requests.end('good', 5);
		expect(requests.open).toBe(6);
	});

	it('stays as it is with neutral replies', async () => {
		const requests = new Requests(paceOf(100, 0));
		await requests.ask(100);
		await requests.end('neutral', 8);
		expect(requests.open).toBe(8);
	});

	it('never has more in flight than the ceiling, nor than replies have earned', async () => {
		const steps = fc.array(
			fc.constantFrom<(Sign | 'ask')[]>('ask', 'good', 'throttled', 'neutral'),
			{
				maxLength: 80,
			},
		);
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 1, max: 20 }), steps, async (ceiling, taken) => {
				const requests = new Requests(paceOf(ceiling, 0));
				let earned = Math.min(8, ceiling);
				for (const step of taken) {
					await pass(1);
					if (step === 'good') earned = Math.min(ceiling, Math.ceil(earned * 1.5));
					if (step === 'ask') await requests.ask(5);
					else if (requests.open > 0) await requests.end(step);
					expect(requests.open).toBeLessThanOrEqual(earned);
				}
			}),
		);
	});
});

describe('order', () => {
	it.each([0, 50])('first come, first served, at %d requests per second', async (rate) => {
		const requests = new Requests(paceOf(4, rate), 'good');
		await requests.ask(30);
		await pass(250);
		await requests.ask(30);
		await pass(10_000);
		expect(requests.started).toEqual([...Array(60).keys()]);
	});
});

/** The most starts in any window of one second, its end not included. */
function maxInOneSecond(times: readonly number[]): number {
	return Math.max(
		...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length),
	);
}

describe('requests per second', () => {
	it.each([1, 7, 100, 1000])('no second holds more than the bound of %d', async (rate) => {
		const requests = new Requests(paceOf(500, rate), 'good');
		await requests.ask(rate * 4);
		await pass(1_500);
		await requests.ask(rate * 2);
		await pass(10_000);
		expect(requests.started).toHaveLength(rate * 6);
		expect(maxInOneSecond(requests.times)).toBeLessThanOrEqual(rate);
	});

	it.each([1, 7, 100, 1000])('a bound of %d is used up but for 1 %', async (rate) => {
		const requests = new Requests(paceOf(500, rate), 'good');
		await requests.ask(rate * 10);
		await pass(10_000);
		expect(requests.started.length).toBeGreaterThanOrEqual(rate * 10 * 0.99);
	});

	it('time without requests is not saved up', async () => {
		const requests = new Requests(paceOf(500, 10), 'good');
		await pass(60_000);
		await requests.ask(100);
		await pass(900);
		expect(requests.started.length).toBeLessThanOrEqual(10);
	});

	it('holds however late timers are and whenever requests come', async () => {
		const steps = fc.array(
			fc.record({ ask: fc.nat(30), stall: fc.nat(40), ms: fc.integer({ min: 1, max: 400 }) }),
			{ minLength: 1, maxLength: 12 },
		);
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 1, max: 200 }), steps, async (rate, taken) => {
				let stalled = 0;
				const clock = performance.now.bind(performance);
				const now = jest.spyOn(performance, 'now').mockImplementation(() => clock() + stalled);
				const requests = new Requests(paceOf(500, rate), 'good');
				for (const { ask, stall, ms } of taken) {
					await requests.ask(ask);
					stalled += stall;
					await pass(ms);
				}
				now.mockRestore();
				jest.clearAllTimers();
				expect(maxInOneSecond(requests.times)).toBeLessThanOrEqual(rate);
			}),
		);
	});

	it('0 is no bound', async () => {
		const requests = new Requests(paceOf(500, 0), 'good');
		await requests.ask(5_000);
		expect(requests.started).toHaveLength(5_000);
	});
});

describe('the rate that is found', () => {
	it('is what was taken in the second before the refusal, doubled in 0.7 s for a start', async () => {
		const requests = new Requests(paceOf(500, 0));
		await requests.ask(2_000);
		for (let tenth = 0; tenth < 9; tenth++) {
			await requests.end('good', 5);
			await pass(100);
		}
		await requests.endNow('throttled', requests.open);
		const before = requests.started.length;
		// the pause, then the one that is tried
		await pass(50);
		expect(requests.started).toHaveLength(before + 1);
		await requests.end('good', requests.open);
		const from = requests.started.length;
		await pass(100);
		// 45 a second, and a little more with time
		expect(requests.started.length - from).toBeGreaterThanOrEqual(4);
		expect(requests.started.length - from).toBeLessThanOrEqual(7);
	});

	it('does not go past the bound of requests per second', async () => {
		const requests = new Requests(paceOf(500, 20));
		await requests.ask(500);
		for (let step = 0; step < 1_000; step++) {
			await pass(10);
			await requests.endNow(step % 300 === 100 ? 'throttled' : 'good', requests.open);
		}
		expect(requests.started.length).toBeGreaterThan(100);
		expect(maxInOneSecond(requests.times)).toBeLessThanOrEqual(20);
	});
});

describe('pause', () => {
	it('starts nothing for so long, and then goes on by itself', async () => {
		const requests = new Requests(paceOf(100, 0));
		requests.pace.pause(2_000);
		await requests.ask(3);
		await pass(1_999);
		expect(requests.started).toEqual([]);
		await pass(1);
		expect(requests.started).toEqual([0, 1, 2]);
	});

	it('the longest one counts', async () => {
		const requests = new Requests(paceOf(100, 0));
		requests.pace.pause(2_000);
		requests.pace.pause(500);
		await requests.ask(1);
		await pass(1_999);
		expect(requests.started).toEqual([]);
		await pass(1);
		expect(requests.started).toEqual([0]);
	});

	it('holds up those who waited for their turn before it', async () => {
		const requests = new Requests(paceOf(100, 1), 'neutral');
		await requests.ask(2);
		requests.pace.pause(5_000);
		await pass(4_999);
		expect(requests.started).toEqual([0]);
		await pass(1);
		expect(requests.started).toEqual([0, 1]);
	});

	it('a reply does not end it', async () => {
		const requests = new Requests(paceOf(2, 0));
		await requests.ask(4);
		requests.pace.pause(1_000);
		await requests.end('good', 2);
		expect(requests.started).toEqual([0, 1]);
		await pass(1_000);
		expect(requests.started).toEqual([0, 1, 2, 3]);
	});
});

describe('an aborted signal', () => {
	it('lets everybody go who waits, without a turn', async () => {
		const requests = new Requests(paceOf(2, 1));
		requests.pace.pause(60_000);
		await requests.ask(20);
		expect(requests.started).toEqual([]);
		await requests.abort();
		expect(requests.left).toEqual([...Array(20).keys()]);
		await pass(120_000);
		expect(requests.started).toEqual([]);
	});

	it('gives nobody a turn from then on', async () => {
		const requests = new Requests(paceOf(2, 0));
		await requests.abort();
		await requests.ask(1);
		expect([requests.started, requests.left]).toEqual([[], [0]]);
	});

	it('leaves the turns of others as they are', async () => {
		const pace = paceOf(1, 0);
		const [stopped, others] = [new Requests(pace), new Requests(pace)];
		await stopped.ask(2);
		await others.ask(1);
		await stopped.abort();
		expect([stopped.open, others.open]).toEqual([1, 0]);
		await stopped.end('neutral');
		expect(others.open).toBe(1);
	});

	it('leaves no timer behind', async () => {
		const requests = new Requests(paceOf(2, 1));
		await requests.ask(20);
		expect(jest.getTimerCount()).toBe(1);
		await requests.abort();
		expect(jest.getTimerCount()).toBe(0);
	});
});

describe('shared by several runs', () => {
	it('the next one begins with the concurrency that the first has found', async () => {
		const pace = new Pace();
		const first = memberOf();
		pace.join(first);
		const requests = new Requests(pace);
		await requests.ask(200);
		for (const round of [8, 16, 32]) await requests.end('good', round);
		await requests.abort();
		await requests.end('neutral', requests.open);
		pace.leave(first);
		pace.join(memberOf());
		const next = new Requests(pace);
		await next.ask(100);
		expect(next.open).toBe(64);
	});

	it('the next one keeps to the rate that the first has found, however much later', async () => {
		const pace = new Pace();
		const first = memberOf();
		pace.join(first);
		const [taken, refused] = [new Requests(pace, 'good'), new Requests(pace)];
		await taken.ask(20);
		await pass(500);
		await refused.ask(1);
		await refused.end('throttled');
		await taken.ask(1);
		pace.leave(first);
		await pass(60 * 60_000);
		pace.join(memberOf());
		const next = new Requests(pace, 'good');
		await next.ask(100);
		await pass(500);
		// 20 a second, which is a first guess and doubles in 0.7 s
		expect(next.started.length).toBeGreaterThanOrEqual(10);
		expect(next.started.length).toBeLessThanOrEqual(15);
	});

	/** A run of a pace whose requests are all refused for rate, many in a row. */
	const refuseAll = async (pace: Pace) => {
		const requests = new Requests(pace);
		await requests.ask(300);
		// a rate high enough for the pauses to count alone
		for (let taken = 0; taken < 200; taken++) await requests.end('good');
		for (let refused = 0; refused < 10; refused++) await requests.end('throttled');
		return requests;
	};

	it('the next one asks with one request after an outage, and is held back as at the beginning of one', async () => {
		const pace = new Pace();
		const first = memberOf({ maxConcurrency: 1 });
		pace.join(first);
		const outage = await refuseAll(pace);
		await outage.abort();
		await outage.endNow('throttled', 1);
		pace.leave(first);
		await pass(300_000);

		pace.join(memberOf());
		const requests = new Requests(pace);
		await requests.ask(10);
		for (const pause of [100, 200]) {
			expect(requests.open).toBe(1);
			await requests.endNow('throttled', 1);
			await pass(pause - 1);
			expect(requests.open).toBe(0);
			await pass(1);
		}
		expect(requests.open).toBe(1);
	});

	it('those that stay go on holding back when another one leaves', async () => {
		const pace = new Pace();
		const first = memberOf();
		pace.join(first);
		pace.join(memberOf({ maxConcurrency: 1 }));
		const requests = await refuseAll(pace);
		pace.leave(first);
		await requests.endNow('throttled', 1);
		await pass(MAX_HOLD_BACK - 1);
		expect(requests.open).toBe(0);
		await pass(1);
		expect(requests.open).toBe(1);
	});

	it('the lowest maxConcurrency bounds all, while its run is joined', async () => {
		const pace = new Pace();
		const [low, high] = [memberOf({ maxConcurrency: 2 }), memberOf({ maxConcurrency: 6 })];
		pace.join(high);
		pace.join(low);
		const requests = new Requests(pace);
		await requests.ask(20);
		expect(requests.open).toBe(2);
		pace.leave(low);
		await settle();
		expect(requests.open).toBe(6);
	});

	it('no more is in flight than the connections hold, and what was learned is of that', async () => {
		const pace = paceOf(400, 0);
		let room = 20;
		const requests = new Requests(pace, undefined, () => room);
		await requests.ask(1_000);
		for (let round = 0; round < 10; round++) await requests.end('good', requests.open);
		expect(requests.open).toBe(20);
		// halved is what was in flight, not what was hoped for
		await requests.end('slow');
		await requests.end('neutral', 19);
		expect(requests.open).toBe(10);
		room = 5;
		await requests.end('neutral', 10);
		expect(requests.open).toBe(5);
	});

	it('what bounds one run lowers nothing for those after it', async () => {
		const pace = new Pace();
		const low = memberOf({ maxConcurrency: 1 });
		pace.join(low);
		const requests = new Requests(pace);
		await requests.ask(20);
		for (let taken = 0; taken < 20; taken++) await requests.end('good');
		pace.leave(low);
		pace.join(memberOf({ maxConcurrency: 500 }));
		await requests.ask(50);
		expect(requests.open).toBe(8);
	});

	it('concurrency that nobody uses does not grow', async () => {
		const pace = paceOf(500, 0);
		const requests = new Requests(pace, 'good');
		for (let taken = 0; taken < 1_000; taken++) await requests.ask(1);
		const many = new Requests(pace);
		await many.ask(100);
		expect(many.open).toBe(8);
	});

	it('the lowest requestsPerSecond that is set bounds all, while its run is joined', async () => {
		const pace = new Pace();
		const [low, high] = [memberOf({ requestsPerSecond: 5 }), memberOf({ requestsPerSecond: 50 })];
		for (const member of [memberOf(), high, low]) pace.join(member);
		const requests = new Requests(pace, 'good');
		await requests.ask(500);
		await pass(2_000);
		expect(requests.started.length).toBeLessThanOrEqual(10);
		pace.leave(low);
		await pass(2_000);
		expect(requests.started.length).toBeGreaterThan(80);
		expect(maxInOneSecond(requests.times)).toBeLessThanOrEqual(50);
	});

	it('no second holds more than requestsPerSecond, over runs at once and one after another', async () => {
		const steps = fc.array(
			fc.record({ runs: fc.integer({ min: 1, max: 5 }), ask: fc.nat(8), ms: fc.nat(1_500) }),
			{ minLength: 1, maxLength: 12 },
		);
		await fc.assert(
			fc.asyncProperty(steps, async (taken) => {
				const pace = new Pace();
				const requests = new Requests(pace, 'good');
				for (const { runs, ask, ms } of taken) {
					const members = Array.from({ length: runs }, () => memberOf({ requestsPerSecond: 10 }));
					for (const member of members) pace.join(member);
					await requests.ask(ask * runs);
					await pass(ms);
					// a run ends when all of it is sent
					while (jest.getTimerCount() > 0) await pass(100);
					for (const member of members) pace.leave(member);
				}
				expect(maxInOneSecond(requests.times)).toBeLessThanOrEqual(10);
			}),
		);
	});

	it('first come, first served', async () => {
		const pace = paceOf(1, 0);
		const [one, other] = [new Requests(pace), new Requests(pace)];
		await one.ask(2);
		await other.ask(1);
		await one.ask(1);
		await one.end('neutral');
		expect([one.started, other.started]).toEqual([[0, 1], []]);
		await one.end('neutral');
		expect([one.started, other.started]).toEqual([[0, 1], [0]]);
		await other.end('neutral');
		expect([one.started, other.started]).toEqual([[0, 1, 2], [0]]);
	});
});

describe('a pause that is longer than a run waits', () => {
	/** A run that notes until when it was told to wait. */
	function patient(maxPauseMs: number) {
		const told: number[] = [];
		return { told, member: memberOf({ maxPauseMs, onLongPause: (until) => told.push(until) }) };
	}

	it('is told to the runs that are joined, and to those that join later', async () => {
		const pace = new Pace();
		const [before, patientOne, later, tooLate] = [
			patient(10_000),
			patient(60_000),
			patient(10_000),
			patient(10_000),
		];
		pace.join(before.member);
		pace.join(patientOne.member);
		const until = Date.now() + 60_000;
		pace.pause(60_000);
		await pass(20_000);
		pace.join(later.member);
		await pass(30_000);
		pace.join(tooLate.member);
		expect([before, patientOne, later, tooLate].map(({ told }) => told)).toEqual([
			[until],
			[],
			[until],
			[],
		]);
	});

	it('is over after an hour at the latest: a server may ask for any time', async () => {
		const pace = new Pace();
		const requests = new Requests(pace);
		pace.pause(1e15);
		await requests.ask(1);
		await pass(60 * 60_000 - 1);
		expect(requests.started).toEqual([]);
		await pass(1);
		expect(requests.started).toEqual([0]);
	});

	it('does not come of refusals for rate alone', async () => {
		const pace = new Pace();
		const { told, member } = patient(0);
		pace.join(member);
		const requests = new Requests(pace);
		await requests.ask(20);
		for (let refusal = 0; refusal < 6; refusal++) {
			await pass(10);
			await requests.end('throttled', requests.open);
		}
		expect(told).toEqual([]);
	});
});
