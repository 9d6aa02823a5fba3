import fc from 'fast-check';

import type { NoReply, Reply } from '../../transport/model/answer';
import { judgeStatus } from '../../transport/judging/status';
import type { Outcome } from '../../transport/model/outcome';
import type { Batch } from '../../transport/model/event';
import type { Verdict } from '../../transport/model/verdict';
import { outcomeOfHalt } from '../../transport/delivery/conclude';
import { usualPatience } from '../../transport/delivery/patience';
import { send } from '../../transport/delivery/send';
import { tellEnding, tellHalt, type Speaker } from '../../transport/report/words';
import type { Delivery } from '../../transport/delivery/delivery';
import type { Settings } from '../../transport/model/settings';
import { Pace } from '../../transport/pace/pace';

beforeEach(() => {
	jest.useFakeTimers();
});
afterEach(() => {
	jest.restoreAllMocks();
	jest.useRealTimers();
});

const reply = (status: number, body = '', headers: Reply['headers'] = {}): Reply => ({
	kind: 'reply',
	status,
	headers,
	body,
	truncated: false,
});
const noReply = (sent: boolean): NoReply => ({
	kind: 'noReply',
	sent,
	timedOut: false,
	reason: 'did not answer',
});

const OK = reply(200, '{"message":"OK"}');
const BROKEN = reply(400, 'Bad Request');
const ERROR = reply(500, 'Internal Server Error');
const FORBIDDEN = reply(403, 'Forbidden');
const BAD_KEY = reply(401, 'unknown key');
const RESET = noReply(true);
const UNSENT = noReply(false);

/**
 * A provider that refuses a batch whole for one broken event, asks for a repeat on 500, and says of
 * a bad key that it is one.
 */
function judge(answer: Reply): Verdict {
	const verdict = judgeStatus(answer);
	if (verdict.kind === 'delivered') return verdict;
	if (answer.status === 400) return { kind: 'broken', reason: verdict.reason };
	if (answer.status === 500) {
		return { kind: 'unclear', reason: verdict.reason, asksForRepeat: true };
	}
	if (answer === BAD_KEY) return { kind: 'unauthorized', reason: verdict.reason };
	return verdict;
}

const CANCELLED: Outcome = {
	outcome: 'cancelled',
	reason: 'Not sent: the execution was stopped.',
	attempts: 0,
};

const SETTINGS: Settings = {
	batchSize: 20,
	retryUnknown: false,
	maxConcurrency: 100,
	maxRetries: 3,
	timeout: 30_000,
	recordDays: 14,
	requestsPerSecond: 0,
};

const batchOf = (items: readonly number[], lane?: string): Batch => ({
	events: items.map((itemIndex) => ({
		itemIndex,
		event: {},
		encoded: { path: '', query: '', bytes: 0 },
	})),
	lanes: lane === undefined ? [] : [lane],
});

const itemsOf = (batch: Batch): number[] => batch.events.map(({ itemIndex }) => itemIndex);

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** A request that the provider was asked. */
interface Request {
	readonly items: readonly number[];
	readonly lane: string | undefined;
	/** Requests and answers, counted together: what came before what. */
	readonly startedAt: number;
	answeredAt: number;
	answer?: Reply | NoReply;
}

interface RunOptions extends Partial<
	Pick<Delivery, 'deduplicates' | 'cancelSignal' | 'partOf' | 'pace' | 'room'> &
		Pick<Speaker, 'laneName'>
> {
	readonly settings?: Partial<Settings>;
}

/** One run against a faked provider, and what became of each event. */
class FakeRun {
	readonly requests: Request[] = [];
	/** The outcomes that each item was settled with: exactly one, if all is well. */
	readonly settled = new Map<number, Outcome[]>();
	readonly taken: number[] = [];
	/** How the events ended that were not taken. */
	rest: Outcome | undefined;
	/** When an answer was read for the first time, counted together with the requests. */
	readonly readAt = new Map<Reply, number>();
	private clock = 0;

	constructor(
		private readonly answer: (
			items: readonly number[],
			number: number,
		) => Reply | NoReply | Promise<Reply | NoReply>,
		private readonly options: RunOptions = {},
	) {}

	async deliver(batches: readonly Batch[]): Promise<this> {
		const done = this.start(batches);
		await jest.runAllTimersAsync();
		await done;
		return this;
	}

	async start(batches: readonly Batch[]): Promise<void> {
		const { deduplicates = false, cancelSignal, partOf, laneName, room, settings } = this.options;
		const { pace = new Pace() } = this.options;
		const speaker: Speaker = { displayName: 'Provider', deduplicates, laneName };
		const halt = await send(this.given(batches), {
			hasLanes: laneName !== undefined,
			exchange: async (batch) => await this.exchange(batch),
			judge: (answer) => {
				if (!this.readAt.has(answer)) this.readAt.set(answer, this.clock++);
				return judge(answer);
			},
			deduplicates,
			partOf,
			settle: (batch, ending) => {
				const outcome = tellEnding(ending, speaker);
				for (const item of itemsOf(batch)) {
					this.settled.set(item, [...(this.settled.get(item) ?? []), outcome]);
				}
			},
			cancelSignal,
			settings: { ...SETTINGS, ...settings },
			pace,
			room,
			patience: usualPatience,
		});
		this.rest = halt && tellHalt(halt, outcomeOfHalt(halt), speaker);
	}

	/** What was asked, in order. */
	get asked(): (readonly number[])[] {
		return this.requests.map(({ items }) => items);
	}

	outcomeOf(item: number): Outcome | undefined {
		return this.settled.get(item)?.[0];
	}

	names(items: readonly number[]): (string | undefined)[] {
		return items.map((item) => this.outcomeOf(item)?.outcome);
	}

	/** In how many requests an item was. */
	timesAsked(item: number): number {
		return this.requests.filter(({ items }) => items.includes(item)).length;
	}

	private async exchange(batch: Batch): Promise<Reply | NoReply> {
		const items = itemsOf(batch);
		const request: Request = {
			items,
			lane: batch.lanes[0],
			startedAt: this.clock++,
			answeredAt: Infinity,
		};
		this.requests.push(request);
		request.answer = await this.answer(items, this.requests.length - 1);
		request.answeredAt = this.clock++;
		return request.answer;
	}

	private async *given(batches: readonly Batch[]): AsyncGenerator<Batch> {
		for (const batch of batches) {
			this.taken.push(...itemsOf(batch));
			yield await Promise.resolve(batch);
		}
	}
}

/** Answers by what is in the batch: refused whole for one broken event. */
const refusing = (broken: readonly number[]) => (items: readonly number[]) =>
	items.some((item) => broken.includes(item)) ? BROKEN : OK;

/** The first answers, one after another, and then by what is in the batch. */
const answering =
	(answers: readonly (Reply | NoReply)[], broken: readonly number[] = []) =>
	(items: readonly number[], number: number) =>
		answers[number] ?? refusing(broken)(items);

const expectOnce = (run: FakeRun, items: readonly number[]) => {
	expect(items.filter((item) => run.settled.get(item)?.length !== 1)).toEqual([]);
	expect([...run.settled.keys()].every((item) => items.includes(item))).toBe(true);
};

describe('a batch that holds broken events', () => {
	const someBatch = fc
		.integer({ min: 1, max: 20 })
		.chain((n) => fc.record({ n: fc.constant(n), broken: fc.subarray(upTo(n), { minLength: 1 }) }));

	const expectFound = async (n: number, broken: readonly number[]) => {
		const run = await new FakeRun(refusing(broken)).deliver([batchOf(upTo(n))]);
		const most = 2 * broken.length * Math.log2(n) + 1;
		expect(run.requests.length - 1).toBeLessThanOrEqual(most);
		expectOnce(run, upTo(n));
		expect(run.names(upTo(n))).toEqual(
			upTo(n).map((item) => (broken.includes(item) ? 'rejected' : 'delivered')),
		);
		return run;
	};

	it('costs at most 2k·log2(n)+1 further requests, delivers every good event, rejects every broken one', async () => {
		await fc.assert(
			fc.asyncProperty(someBatch, async ({ n, broken }) => {
				await expectFound(n, broken);
			}),
			{ numRuns: 300 },
		);
	});

	it('costs no more wherever one or two broken events stand among 20', async () => {
		for (const first of upTo(20)) {
			for (const second of upTo(20)) await expectFound(20, [...new Set([first, second])]);
		}
	});

	it('says of each event in how many requests it was, and of broken ones what the provider said', async () => {
		await fc.assert(
			fc.asyncProperty(someBatch, async ({ n, broken }) => {
				const run = await expectFound(n, broken);
				for (const item of upTo(n)) {
					expect(run.outcomeOf(item)?.attempts).toBe(run.timesAsked(item));
				}
				for (const item of broken) {
					expect(run.outcomeOf(item)).toMatchObject({ httpStatus: 400 });
					expect(run.outcomeOf(item)?.reason).toMatch(/^Provider answered 400: Bad Request/);
				}
			}),
		);
	});

	it('is not split where the provider takes it', async () => {
		const run = await new FakeRun(refusing([])).deliver([batchOf(upTo(20))]);
		expect(run.asked).toEqual([upTo(20)]);
	});

	it('is not tried whole again where the first half was delivered', async () => {
		const run = await new FakeRun(refusing([3])).deliver([batchOf(upTo(4))]);
		expect(run.asked).toEqual([[0, 1, 2, 3], [0, 1], [2], [3]]);
	});

	it('has its second half tried whole where the first was not delivered', async () => {
		const run = await new FakeRun(refusing([1])).deliver([batchOf(upTo(4))]);
		expect(run.asked).toEqual([[0, 1, 2, 3], [0, 1], [0], [1], [2, 3]]);
	});

	it('of one event is rejected at once', async () => {
		const run = await new FakeRun(refusing([0])).deliver([batchOf([0])]);
		expect(run.asked).toEqual([[0]]);
		expect(run.outcomeOf(0)).toEqual({
			outcome: 'rejected',
			reason:
				'Provider answered 400: Bad Request. Correct the event: sent again unchanged, it would be refused again.',
			httpStatus: 400,
			attempts: 1,
		});
	});
});

describe('halves of a batch, when something else goes wrong too', () => {
	const whole = [batchOf(upTo(4))];

	it('500 on the first half is repeated, and its events are delivered', async () => {
		const run = await new FakeRun(answering([BROKEN, ERROR], [3])).deliver(whole);
		expect(run.asked).toEqual([[0, 1, 2, 3], [0, 1], [0, 1], [2], [3]]);
		expect(run.names(upTo(4))).toEqual(['delivered', 'delivered', 'delivered', 'rejected']);
		expect(upTo(4).map((item) => run.outcomeOf(item)?.attempts)).toEqual([3, 3, 2, 2]);
		expectOnce(run, upTo(4));
	});

	it('500 on the first half until the last try leaves it unknown, and the second is delivered', async () => {
		const run = await new FakeRun(answering([BROKEN, ERROR, ERROR]), {
			settings: { maxRetries: 1 },
		}).deliver(whole);
		expect(run.asked).toEqual([
			[0, 1, 2, 3],
			[0, 1],
			[0, 1],
			[2, 3],
		]);
		expect(run.names(upTo(4))).toEqual(['unknown', 'unknown', 'delivered', 'delivered']);
		expect(upTo(4).map((item) => run.outcomeOf(item)?.attempts)).toEqual([3, 3, 2, 2]);
		expectOnce(run, upTo(4));
	});

	it('500 on the whole leaves its halves open until they are accepted, each of which may count twice', async () => {
		const run = await new FakeRun(answering([ERROR, BROKEN])).deliver([batchOf([0, 1])]);
		expect(run.asked).toEqual([[0, 1], [0, 1], [0], [1]]);
		expect(run.names([0, 1])).toEqual(['delivered', 'delivered']);
		for (const item of [0, 1]) expect(run.outcomeOf(item)?.reason).toContain('counts twice');
	});

	it.each<[string, Reply | NoReply]>([
		['refused for rate', reply(429)],
		['refused for good', reply(404)],
		['broken', BROKEN],
		['not sent', UNSENT],
		['refused with the credential', BAD_KEY],
	])('500 on the whole leaves a half unknown that is then %s', async (_, answer) => {
		const answers = [ERROR, BROKEN, OK, answer, answer, answer, answer];
		const run = await new FakeRun(answering(answers)).deliver([batchOf([0, 1])]);
		expect(run.names([0, 1])).toEqual(['delivered', 'unknown']);
		expect(run.outcomeOf(1)?.reason).toContain('An earlier try was unclear');
	});

	it('500 on the whole leaves a half unknown that a stop keeps from being tried', async () => {
		const stop = new AbortController();
		const run = await new FakeRun(
			(_, number) => {
				if (number === 2) stop.abort();
				return [ERROR, BROKEN][number] ?? OK;
			},
			{ cancelSignal: stop.signal },
		).deliver([batchOf([0, 1])]);
		expect(run.asked).toEqual([[0, 1], [0, 1], [0]]);
		expect(run.names([0, 1])).toEqual(['delivered', 'unknown']);
	});

	it('500 on one half leaves no doubt on the other', async () => {
		const run = await new FakeRun(answering([BROKEN, ERROR, OK, reply(404)])).deliver([
			batchOf([0, 1]),
		]);
		expect(run.names([0, 1])).toEqual(['delivered', 'rejected']);
	});

	it('500 on the whole says nothing of its halves: their tries are their own', async () => {
		const run = await new FakeRun(answering([ERROR, BROKEN, OK, ERROR, OK]), {
			settings: { maxRetries: 1 },
		}).deliver([batchOf([0, 1])]);
		expect(run.asked).toEqual([[0, 1], [0, 1], [0], [1], [1]]);
		expect(run.names([0, 1])).toEqual(['delivered', 'delivered']);
		expect([0, 1].map((item) => run.outcomeOf(item)?.attempts)).toEqual([3, 4]);
	});

	it.each<[string, RunOptions, boolean]>([
		['is not repeated where that may count it twice', {}, false],
		['is repeated where the provider removes duplicates', { deduplicates: true }, true],
		['is repeated where the user takes the risk', { settings: { retryUnknown: true } }, true],
	])('a reset on the second half %s', async (_, options, repeated) => {
		const run = await new FakeRun(answering([BROKEN, BROKEN, BROKEN, OK, RESET]), options).deliver(
			whole,
		);
		expect(run.asked).toEqual([
			[0, 1, 2, 3],
			[0, 1],
			[0],
			[1],
			[2, 3],
			...(repeated ? [[2, 3]] : []),
		]);
		const second = repeated ? 'delivered' : 'unknown';
		expect(run.names(upTo(4))).toEqual(['rejected', 'delivered', second, second]);
		expectOnce(run, upTo(4));
	});

	it('what certainly was not sent is repeated where a repeat could count twice, too', async () => {
		const run = await new FakeRun(answering([BROKEN, UNSENT, OK, UNSENT], [3])).deliver(whole);
		expect(run.names(upTo(4))).toEqual(['delivered', 'delivered', 'delivered', 'rejected']);
		expectOnce(run, upTo(4));
	});

	it('403 in the middle is the refusal of that event alone, since others were accepted', async () => {
		const run = await new FakeRun(answering([BROKEN, OK, FORBIDDEN])).deliver(whole);
		expect(run.asked).toEqual([[0, 1, 2, 3], [0, 1], [2], [3]]);
		expect(run.names(upTo(4))).toEqual(['delivered', 'delivered', 'rejected', 'delivered']);
		expect(run.outcomeOf(2)?.reason).toContain('it is this event that is refused');
		expect(run.rest).toBeUndefined();
		expectOnce(run, upTo(4));
	});

	it('a bad key in the middle ends it: what was delivered is, the rest is not sent', async () => {
		const run = await new FakeRun(answering([BROKEN, OK, BAD_KEY], [3])).deliver(whole);
		expect(run.asked).toEqual([[0, 1, 2, 3], [0, 1], [2]]);
		expect(run.names(upTo(4))).toEqual(['delivered', 'delivered', 'unauthorized', 'unauthorized']);
		expect(run.rest?.outcome).toBe('unauthorized');
		expectOnce(run, upTo(4));
	});

	it('403 before anything was accepted lets the other halves go unsent, and later batches', async () => {
		const run = await new FakeRun(answering([BROKEN, FORBIDDEN]), {
			settings: { maxConcurrency: 1 },
		}).deliver([batchOf(upTo(4)), batchOf([4, 5])]);
		expect(run.names(upTo(6))).not.toContain('cancelled');
		const after = run.requests.findIndex(({ answer }) => answer === FORBIDDEN);
		expect(run.requests.length).toBe(after + 1);
		expectOnce(run, run.taken);
	});

	it('a stop in the middle ends it: what was delivered is, the rest is cancelled', async () => {
		const stop = new AbortController();
		const run = await new FakeRun(
			(items, number) => {
				if (number === 1) stop.abort();
				return refusing([3])(items);
			},
			{ cancelSignal: stop.signal },
		).deliver(whole);
		expect(run.asked).toEqual([
			[0, 1, 2, 3],
			[0, 1],
		]);
		expect(run.names(upTo(4))).toEqual(['delivered', 'delivered', 'cancelled', 'cancelled']);
		expect(run.rest).toEqual(CANCELLED);
		expectOnce(run, upTo(4));
	});

	it('a stop while a half waits for its next try ends the wait', async () => {
		const stop = new AbortController();
		const run = new FakeRun(answering([BROKEN, reply(429, '', { 'retry-after': '60' })]), {
			cancelSignal: stop.signal,
		});
		const done = run.start([batchOf([0, 1])]);
		await jest.advanceTimersByTimeAsync(1_000);
		expect(run.asked).toEqual([[0, 1], [0]]);
		stop.abort();
		await done;
		expect(run.asked).toEqual([[0, 1], [0]]);
		expect(run.names([0, 1])).toEqual(['cancelled', 'cancelled']);
		expectOnce(run, [0, 1]);
	});
});

describe('attempts count all requests an event was part of', () => {
	it.each<[string, (Reply | NoReply)[], number[]]>([
		['delivered at once', [OK], [1, 1]],
		['throttled and repeated', [reply(429), OK], [2, 2]],
		['never sent', [UNSENT, UNSENT, UNSENT, UNSENT], [4, 4]],
		['halved', [BROKEN], [2, 2]],
		['repeated, halved and repeated', [ERROR, BROKEN, ERROR, OK, UNSENT, ERROR], [4, 5]],
		['halved and refused', [BROKEN, reply(404), reply(404)], [2, 2]],
		['halved and unclear', [BROKEN, RESET, RESET], [2, 2]],
		[
			'halved and throttled for too long',
			[BROKEN, OK, reply(429, '', { 'retry-after': '999' })],
			[2, 2],
		],
	])('%s', async (_, answers, attempts) => {
		const run = await new FakeRun(answering(answers)).deliver([batchOf([0, 1])]);
		expect([0, 1].map((item) => run.outcomeOf(item)?.attempts)).toEqual(attempts);
		expect([0, 1].map((item) => run.timesAsked(item))).toEqual(attempts);
	});

	it('also of a half that was not sent since the other was answered 403', async () => {
		const run = await new FakeRun(answering([BROKEN, FORBIDDEN])).deliver([batchOf([0, 1])]);
		expect(run.asked).toEqual([[0, 1], [0]]);
		expect([0, 1].map((item) => run.outcomeOf(item)?.attempts)).toEqual([2, 1]);
	});

	it('also of a half that was not sent since the execution was stopped', async () => {
		const stop = new AbortController();
		const run = await new FakeRun(
			(_, number) => {
				if (number === 1) stop.abort();
				return number === 0 ? BROKEN : OK;
			},
			{ cancelSignal: stop.signal },
		).deliver([batchOf([0, 1])]);
		expect(run.asked).toEqual([[0, 1], [0]]);
		expect([0, 1].map((item) => run.outcomeOf(item)?.attempts)).toEqual([2, 1]);
	});

	it('of what was never sent is 0', async () => {
		const run = new FakeRun(refusing([]), { cancelSignal: AbortSignal.abort() });
		await run.deliver([batchOf([0, 1])]);
		expect(run.requests).toEqual([]);
		expect(run.outcomeOf(0)).toEqual(CANCELLED);
	});
});

describe('with a fault in every request', () => {
	/** What a request meets: whether it arrives, is taken where nothing is broken, and what comes back. */
	const faults = {
		none: { answer: OK, taken: true },
		errorTaken: { answer: ERROR, taken: true },
		errorNotTaken: { answer: ERROR, taken: false },
		badGatewayTaken: { answer: reply(502), taken: true },
		resetTaken: { answer: RESET, taken: true },
		resetNotTaken: { answer: RESET, taken: false },
		unsent: { answer: UNSENT, taken: false },
		throttled: { answer: reply(429), taken: false },
		throttledForAWhile: { answer: reply(429, '', { 'retry-after': '7' }), taken: false },
		throttledForTooLong: { answer: reply(429, '', { 'retry-after': '121' }), taken: false },
		refused: { answer: BROKEN, taken: false },
		forbidden: { answer: FORBIDDEN, taken: false },
		badKey: { answer: BAD_KEY, taken: false },
	} as const;
	type Fault = keyof typeof faults;

	const weights: Readonly<Record<Fault, number>> = {
		none: 40,
		errorTaken: 6,
		errorNotTaken: 6,
		badGatewayTaken: 4,
		resetTaken: 6,
		resetNotTaken: 6,
		unsent: 6,
		throttled: 6,
		throttledForAWhile: 3,
		throttledForTooLong: 1,
		refused: 4,
		forbidden: 3,
		badKey: 1,
	};
	const someFault = fc.oneof(
		...(Object.keys(faults) as Fault[]).map((fault) => ({
			weight: weights[fault],
			arbitrary: fc.constant(fault),
		})),
	);

	const someRun = fc.record({
		/** Sizes and lanes of the batches. */
		plan: fc.array(
			fc.record({
				size: fc.integer({ min: 1, max: 8 }),
				lane: fc.constantFrom<(string | undefined)[]>('a', 'b', undefined),
			}),
			{ minLength: 1, maxLength: 6 },
		),
		/** Which items are broken, around the whole input. */
		broken: fc.array(fc.boolean(), { maxLength: 20 }),
		faults: fc.array(fc.record({ fault: someFault, latency: fc.constantFrom(0, 1, 5, 40) }), {
			maxLength: 40,
		}),
		/** Before which request the execution is stopped, if it is. */
		stopAt: fc.option(fc.nat(30), { freq: 4 }),
		deduplicates: fc.boolean(),
		retryUnknown: fc.boolean(),
		maxRetries: fc.integer({ min: 0, max: 3 }),
		maxConcurrency: fc.integer({ min: 1, max: 4 }),
	});
	type SomeRun = typeof someRun extends fc.Arbitrary<infer T> ? T : never;

	/** The provider that draws the faults, and how often it accepted each item. */
	async function deliver({ plan, broken, faults: drawn, stopAt, ...more }: SomeRun) {
		let next = 0;
		const batches = plan.map(({ size, lane }) => {
			const items = upTo(size).map(() => next++);
			return batchOf(items, lane);
		});
		const isBroken = (item: number) => broken[item] ?? false;
		const accepted = new Map<number, number>();
		const stop = new AbortController();
		const met: Fault[] = [];
		const run = new FakeRun(
			async (items, number) => {
				const { fault, latency } = drawn[number] ?? { fault: 'none', latency: 0 };
				met[number] = fault;
				if (number === stopAt) stop.abort();
				if (latency > 0) {
					await new Promise((resolve) => {
						setTimeout(resolve, latency);
					});
				}
				const { answer, taken } = faults[fault];
				const holdsBroken = items.some(isBroken);
				if (taken && !holdsBroken) {
					for (const item of items) accepted.set(item, (accepted.get(item) ?? 0) + 1);
				}
				return fault === 'none' && holdsBroken ? BROKEN : answer;
			},
			{
				deduplicates: more.deduplicates,
				cancelSignal: stop.signal,
				settings: {
					retryUnknown: more.retryUnknown,
					maxRetries: more.maxRetries,
					maxConcurrency: more.maxConcurrency,
				},
			},
		);
		await run.deliver(batches);
		return {
			run,
			batches,
			met,
			isBroken,
			timesAccepted: (item: number) => accepted.get(item) ?? 0,
		};
	}

	it('every event is settled exactly once, and what was not taken ends like the run', async () => {
		await fc.assert(
			fc.asyncProperty(someRun, async (given) => {
				const { run, batches } = await deliver(given);
				expectOnce(run, run.taken);
				if (run.rest === undefined) expect(run.taken).toEqual(batches.flatMap(itemsOf));
			}),
			{ numRuns: 300 },
		);
	}, 60_000);

	it('the outcome of every event is true', async () => {
		await fc.assert(
			fc.asyncProperty(someRun, async (given) => {
				const { run, met, isBroken, timesAccepted } = await deliver(given);
				for (const item of run.taken) {
					const outcome = run.outcomeOf(item)?.outcome ?? 'none';
					const times = timesAccepted(item);
					if (outcome === 'delivered') expect(times).toBeGreaterThan(0);
					else if (outcome !== 'unknown') expect([outcome, times]).toEqual([outcome, 0]);
					if (outcome === 'rejected') {
						const faultsMet = met.filter((_, number) => run.requests[number]?.items.includes(item));
						const wasRefused = faultsMet.some((fault) => ['refused', 'forbidden'].includes(fault));
						expect(isBroken(item) || wasRefused).toBe(true);
					}
					if (times > 1 && !given.deduplicates) {
						expect([outcome, run.outcomeOf(item)?.reason]).toEqual([
							outcome,
							expect.stringMatching(/counts twice|may have been accepted/),
						]);
					}
					if (outcome === 'unknown') {
						const answers = run.requests.filter(({ items }) => items.includes(item));
						const wasUnclear = answers.some(
							({ answer }) =>
								answer === RESET || (answer?.kind === 'reply' && answer.status >= 500),
						);
						expect(wasUnclear).toBe(true);
					}
				}
			}),
			{ numRuns: 500 },
		);
	}, 60_000);

	it('delivered, rejected and failed events say in how many requests they were', async () => {
		await fc.assert(
			fc.asyncProperty(someRun, async (given) => {
				const { run } = await deliver(given);
				for (const item of run.taken) {
					const { outcome = '', attempts } = run.outcomeOf(item) ?? {};
					if (!['delivered', 'rejected', 'failed'].includes(outcome)) continue;
					expect(attempts).toBe(run.timesAsked(item));
				}
			}),
			{ numRuns: 200 },
		);
	}, 60_000);

	it('what was accepted in another try than an unclear one says that it may count twice', async () => {
		await fc.assert(
			fc.asyncProperty(someRun, async (given) => {
				const { run } = await deliver({ ...given, deduplicates: false });
				for (const item of run.taken) {
					if (run.outcomeOf(item)?.outcome !== 'delivered') continue;
					const wasUnclear = run.requests.some(
						({ items, answer }) =>
							items.includes(item) &&
							(answer === RESET || (answer?.kind === 'reply' && answer.status >= 500)),
					);
					const saysSo = run.outcomeOf(item)?.reason?.includes('counts twice') ?? false;
					expect([item, saysSo]).toEqual([item, wasUnclear]);
				}
			}),
			{ numRuns: 300 },
		);
	}, 60_000);

	it('a bad key lets no request start once it is read', async () => {
		const withBadKey = fc
			.tuple(someRun, fc.nat(8), fc.constantFrom(0, 1, 40))
			.map(([given, at, latency]) => {
				const drawn = [...given.faults];
				while (drawn.length < at) drawn.push({ fault: 'none', latency: 1 });
				drawn[at] = { fault: 'badKey', latency };
				return { ...given, faults: drawn };
			});
		await fc.assert(
			fc.asyncProperty(withBadKey, async (given) => {
				const { run } = await deliver(given);
				const readAt = run.readAt.get(BAD_KEY) ?? Infinity;
				expect(run.requests.filter(({ startedAt }) => startedAt > readAt)).toEqual([]);
			}),
			{ numRuns: 300 },
		);
	}, 60_000);

	it('a stop lets no later request start', async () => {
		await fc.assert(
			fc.asyncProperty(someRun, fc.nat(10), async (given, stopAt) => {
				const { run } = await deliver({ ...given, stopAt });
				expect(run.requests.length).toBeLessThanOrEqual(stopAt + 1);
			}),
		);
	}, 60_000);

	it('nothing is sent again after an unclear try, unless that is harmless, wished for or asked for', async () => {
		await fc.assert(
			fc.asyncProperty(someRun, async (given) => {
				const { run, batches, met } = await deliver({
					...given,
					deduplicates: false,
					retryUnknown: false,
				});
				for (const item of batches.flatMap(itemsOf)) {
					const numbers = [...run.requests.keys()].filter((number) =>
						run.requests[number]?.items.includes(item),
					);
					const unclear = numbers.findIndex((number) =>
						['resetTaken', 'resetNotTaken', 'badGatewayTaken'].includes(met[number] ?? ''),
					);
					if (unclear >= 0) expect(numbers.slice(unclear + 1)).toEqual([]);
				}
			}),
			{ numRuns: 200 },
		);
	}, 60_000);

	it('batches of one lane never overlap and keep their order', async () => {
		await fc.assert(
			fc.asyncProperty(someRun, async (given) => {
				const { run, batches } = await deliver(given);
				for (const lane of ['a', 'b']) {
					const numberOf = new Map(
						batches
							.filter((batch) => batch.lanes[0] === lane)
							.flatMap((batch, number) =>
								itemsOf(batch).map((item): [number, number] => [item, number]),
							),
					);
					let [lastNumber, lastAnswer] = [0, -1];
					for (const { items, startedAt, answeredAt } of run.requests.filter(
						(request) => request.lane === lane,
					)) {
						const number = numberOf.get(items[0] ?? -1) ?? -1;
						expect(number).toBeGreaterThanOrEqual(lastNumber);
						expect(startedAt).toBeGreaterThan(lastAnswer);
						[lastNumber, lastAnswer] = [number, answeredAt];
					}
				}
			}),
			{ numRuns: 300 },
		);
	}, 60_000);
});

describe('a 401 or 403', () => {
	const oneByOne = (count: number) => upTo(count).map((item) => batchOf([item]));
	const serial: RunOptions = { settings: { maxConcurrency: 1 } };

	/** Events one after another, these refused with the status alone. */
	const refusingKeyOf = (refused: readonly number[]) =>
		new FakeRun((items) => (items.some((item) => refused.includes(item)) ? FORBIDDEN : OK), serial);

	it('before anything was accepted ends the run', async () => {
		const run = await refusingKeyOf([0]).deliver(oneByOne(5));
		expect(run.asked).toEqual([[0]]);
		expect(run.outcomeOf(0)?.outcome).toBe('unauthorized');
		expect(run.rest?.outcome).toBe('unauthorized');
	});

	it('among accepted events ends that event alone', async () => {
		const run = await refusingKeyOf([1, 3, 4, 6]).deliver(oneByOne(8));
		const names = upTo(8).map((item) => ([1, 3, 4, 6].includes(item) ? 'rejected' : 'delivered'));
		expect(run.names(upTo(8))).toEqual(names);
		expect(run.rest).toBeUndefined();
	});

	it('three times in a row ends the run', async () => {
		const run = await refusingKeyOf([2, 3, 4, 5]).deliver(oneByOne(9));
		expect(run.names(upTo(5))).toEqual([
			'delivered',
			'delivered',
			'rejected',
			'rejected',
			'unauthorized',
		]);
		expect(run.requests).toHaveLength(5);
		expect(run.rest?.outcome).toBe('unauthorized');
	});

	it('for one event of a batch ends that event alone', async () => {
		const batches = [batchOf([0, 1]), batchOf(upTo(20).map((item) => item + 2)), batchOf([22])];
		const run = await refusingKeyOf([5]).deliver(batches);
		expect(run.names(upTo(23))).toEqual(
			upTo(23).map((item) => (item === 5 ? 'rejected' : 'delivered')),
		);
		expectOnce(run, upTo(23));
	});

	it('for every event of a batch, after others were accepted, ends the run', async () => {
		const refused = upTo(20).map((item) => item + 2);
		const run = await refusingKeyOf(refused).deliver([batchOf([0, 1]), batchOf(refused)]);
		expect(run.requests.length).toBeLessThan(12);
		expect(run.rest?.outcome).toBe('unauthorized');
		expect(new Set(run.names(refused))).toEqual(new Set(['rejected', 'unauthorized']));
	});

	it('is about its part of the provider, where the credential is checked for each by itself', async () => {
		const partOf = (batch: Batch) => `app ${(itemsOf(batch)[0] ?? 0) % 2}`;
		const run = await new FakeRun(
			(items) => (items.every((item) => item % 2 === 1) ? FORBIDDEN : OK),
			{ ...serial, partOf },
		).deliver(oneByOne(8));
		expect(run.names(upTo(8))).toEqual(
			upTo(8).map((item) => (item % 2 === 1 ? 'unauthorized' : 'delivered')),
		);
		expect(run.asked.flat()).toEqual([0, 1, 2, 4, 6]);
		expect(run.outcomeOf(3)?.reason).toContain('to an earlier event of app 1.');
		expect(run.rest).toBeUndefined();
	});
});

describe('a provider that refuses everything for rate', () => {
	const START = 60_000;
	const throttled = (from: number, retryAfter?: string) => () =>
		performance.now() >= from
			? reply(429, '', retryAfter === undefined ? {} : { 'retry-after': retryAfter })
			: OK;

	it.each([
		['from the beginning', 0, undefined],
		['and asks for a wait', 0, '30'],
		['after it took some', START, undefined],
	])('%s ends the run after two minutes, the rest throttled', async (_, from, retryAfter) => {
		const began = performance.now();
		const answer = throttled(began + from, retryAfter);
		const run = new FakeRun(
			async () => {
				await new Promise((resolve) => {
					setTimeout(resolve, 500);
				});
				return answer();
			},
			{ settings: { maxConcurrency: 8 } },
		);
		let endedAt = Infinity;
		const done = run.start(upTo(10_000).map((item) => batchOf([item]))).then(() => {
			endedAt = performance.now();
		});
		await jest.advanceTimersByTimeAsync(from + 200_000);
		await done;
		expect(endedAt - began - from).toBeGreaterThan(115_000);
		expect(endedAt - began - from).toBeLessThan(150_000);
		expect(run.rest).toMatchObject({
			outcome: 'throttled',
			reason: expect.stringMatching(/refused everything for rate for 1[234]\d s/) as string,
		});
		const names = new Set(run.names(run.taken));
		expect(names).toEqual(new Set(from === 0 ? ['throttled'] : ['delivered', 'throttled']));
	});

	it('but for one request now and then is not given up', async () => {
		const run = await new FakeRun((_, number) => (number % 10 === 9 ? OK : reply(429)), {
			settings: { maxRetries: 50, maxConcurrency: 1 },
		}).deliver(upTo(30).map((item) => batchOf([item])));
		expect(run.rest).toBeUndefined();
		expect(run.names(upTo(30))).toEqual(upTo(30).map(() => 'delivered'));
	});
});

describe('a provider that answers nothing but server errors', () => {
	const BAD_GATEWAY = reply(502, 'Bad Gateway');
	const alone = (items: readonly number[]) => items.map((item) => batchOf([item]));
	const inTime = async (answer: Reply, ms: number) =>
		await new Promise<Reply>((resolve) => {
			setTimeout(resolve, ms, answer);
		});

	it.each([
		['from the beginning', 0],
		['after it took some', 60_000],
	])('%s ends the run after a minute, and is asked little meanwhile', async (_, from) => {
		const began = performance.now();
		let errors = 0;
		const answer = () => {
			if (performance.now() < began + from) return inTime(OK, 500);
			errors++;
			return inTime(BAD_GATEWAY, 10);
		};
		const run = new FakeRun(answer, { settings: { maxConcurrency: 8 } });
		const all = upTo(20_000);
		await run.deliver(alone(all));
		expect(run.rest).toMatchObject({
			outcome: 'failed',
			reason: expect.stringMatching(
				/^Not sent: Provider has answered nothing but server errors for 6\d s \(it answered 502: Bad Gateway\)/,
			) as string,
		});
		// what is asked ends in doubt
		expect(errors).toBeLessThan(1_100);
		expectOnce(run, run.taken);
		const names = run.names(run.taken);
		expect(names.filter((name) => name === 'unknown')).toHaveLength(errors);
		const others = new Set(names.filter((name) => name !== 'unknown'));
		expect([...others].filter((name) => name !== 'failed')).toEqual(from > 0 ? ['delivered'] : []);
	});

	it('and asks for a wait is left alone from then on, although it is asked slowly already', async () => {
		const startedAt: number[] = [];
		const answer = async (_: readonly number[], number: number) => {
			startedAt.push(performance.now());
			// one after the other, so that their waits do not end together
			const asking = reply(502, 'Bad Gateway', { 'retry-after': '30' });
			return await inTime(number === 20 ? asking : BAD_GATEWAY, 10 + (number % 8) * 50);
		};
		const run = new FakeRun(answer, { settings: { maxConcurrency: 8, maxRetries: 0 } });
		await run.deliver(alone(upTo(60)));
		const askedAt = (startedAt[20] ?? NaN) + 10 + (20 % 8) * 50;
		const later = startedAt.filter((at) => at > askedAt);
		expect(later.length).toBeGreaterThan(20);
		expect(Math.min(...later)).toBeGreaterThanOrEqual(askedAt + 30_000);
	});

	it('to one event is not given up, however long that is tried', async () => {
		const answer = ([item]: readonly number[]) => (item === 0 ? BAD_GATEWAY : OK);
		const run = new FakeRun(answer, {
			deduplicates: true,
			laneName: 'device',
			settings: { maxRetries: 30 },
		});
		const began = performance.now();
		await run.deliver(upTo(20).map((item) => batchOf([item], 'device')));
		expect(performance.now() - began).toBeGreaterThan(90_000);
		expect(run.rest).toBeUndefined();
		expect(run.names(upTo(20))).toEqual(['unknown', ...upTo(19).map(() => 'delivered')]);
	});

	it.each([
		['takes', 'delivered', OK],
		['refuses', 'rejected', BROKEN],
	])('but %s an event now and then is not given up', async (_, outcome, good) => {
		const answer = ([item = 0]: readonly number[]) =>
			inTime(item % 20 === 19 ? good : ERROR, 2_000);
		const run = new FakeRun(answer, { settings: { maxRetries: 0, maxConcurrency: 1 } });
		await run.deliver(alone(upTo(200)));
		expect(run.rest).toBeUndefined();
		expect(run.names([0, 19, 199])).toEqual(['unknown', outcome, outcome]);
	});
});

describe('what is taken up ahead', () => {
	it('is no more than twice what the connections hold, whatever concurrency is allowed', async () => {
		let answer: (reply: Reply) => void = () => undefined;
		const answered = new Promise<Reply>((resolve) => {
			answer = resolve;
		});
		const settings = { maxConcurrency: 400 };
		const run = new FakeRun(() => answered, { room: () => 3, settings });
		const done = run.start(upTo(50).map((item) => batchOf([item])));
		await jest.advanceTimersByTimeAsync(1_000);
		expect(run.requests).toHaveLength(3);
		expect(run.taken).toHaveLength(6);
		answer(OK);
		await jest.runAllTimersAsync();
		await done;
		expectOnce(run, upTo(50));
	});
});

describe('a stop', () => {
	/** Requests that are answered by nothing but the end of what is in flight. */
	async function stopped(sent: boolean, options: RunOptions = {}) {
		const stop = new AbortController();
		const ended: (Outcome | undefined)[] = [];
		const sending = send(
			(async function* () {
				for (const item of upTo(5)) yield await Promise.resolve(batchOf([item]));
			})(),
			{
				hasLanes: false,
				exchange: (_, cutOff) =>
					new Promise((resolve) => {
						cutOff.addEventListener('abort', () => {
							resolve(noReply(sent));
						});
					}),
				judge,
				deduplicates: false,
				settle: (_, ending) => {
					ended.push(tellEnding(ending, { displayName: 'Provider', deduplicates: false }));
				},
				cancelSignal: stop.signal,
				settings: { ...SETTINGS, maxConcurrency: 2, ...options.settings },
				pace: new Pace(),
				patience: usualPatience,
			},
		);
		await jest.advanceTimersByTimeAsync(5_000);
		stop.abort();
		await jest.advanceTimersByTimeAsync(usualPatience.stopGraceMs - 1);
		const before = ended.length;
		await jest.advanceTimersByTimeAsync(1);
		return { halt: await sending, before, names: ended.map((outcome) => outcome?.outcome) };
	}

	it('gives what is in flight a second, and then ends the run: what may have arrived is unknown', async () => {
		const { halt, before, names } = await stopped(true);
		expect(halt).toEqual({ kind: 'stopped' });
		expect(names.filter((name) => name === 'unknown')).toHaveLength(2);
		expect(names.filter((name) => name === 'cancelled')).toHaveLength(before);
		expect(jest.getTimerCount()).toBe(0);
	});

	it.each([0, 3])(
		'what certainly was not sent by then is cancelled: %d retries',
		async (maxRetries) => {
			const { names } = await stopped(false, { settings: { maxRetries } });
			expect(new Set(names)).toEqual(new Set(['cancelled']));
		},
	);

	it('that comes when all is done leaves no timer behind', async () => {
		const stop = new AbortController();
		await new FakeRun(
			() => {
				stop.abort();
				return OK;
			},
			{ cancelSignal: stop.signal },
		).deliver([batchOf([0])]);
		expect(jest.getTimerCount()).toBe(0);
	});
});

describe('whatever is thrown', () => {
	const speaker: Speaker = { displayName: 'Provider', deduplicates: false };

	it('by the plan, what was taken from it before is settled first', async () => {
		const settled: number[] = [];
		const sending = send(
			(async function* () {
				yield await Promise.resolve(batchOf([0]));
				yield await Promise.resolve(batchOf([1]));
				throw new Error('a defect');
			})(),
			{
				hasLanes: false,
				exchange: () =>
					new Promise((resolve) => {
						setTimeout(resolve, 1_000, OK);
					}),
				judge,
				deduplicates: false,
				settle: (batch, { kind }) => {
					if (kind === 'accepted') settled.push(...itemsOf(batch));
				},
				settings: SETTINGS,
				pace: new Pace(),
				patience: usualPatience,
			},
		);
		const thrown = expect(sending).rejects.toThrow('a defect');
		await jest.advanceTimersByTimeAsync(1_000);
		await thrown;
		expect(settled).toEqual([0, 1]);
	});

	it.each<[string, unknown]>([
		['an error', new Error('a defect')],
		['an object of which no text can be made', Object.create(null)],
	])('by the provider or in settling leaves that event unknown alone: %s', async (_, thrown) => {
		const outcomes: [number, string][] = [];
		const fail = () => {
			throw thrown as Error;
		};
		const halt = await send(
			(async function* () {
				for (const item of upTo(4)) yield await Promise.resolve(batchOf([item]));
			})(),
			{
				hasLanes: false,
				exchange: (batch) => Promise.resolve(reply(200, String(itemsOf(batch)[0]))),
				judge: ({ body }) => (body === '1' ? fail() : { kind: 'delivered' }),
				deduplicates: false,
				settle: (batch, ending) => {
					const [item = -1] = itemsOf(batch);
					if (item === 2 && ending.kind === 'accepted') fail();
					outcomes.push([item, tellEnding(ending, speaker).outcome]);
				},
				settings: SETTINGS,
				pace: new Pace(),
				patience: usualPatience,
			},
		);
		expect(halt).toBeUndefined();
		expect(outcomes.sort(([a], [b]) => a - b)).toEqual([
			[0, 'delivered'],
			[1, 'unknown'],
			[2, 'unknown'],
			[3, 'delivered'],
		]);
	});
});

describe('lanes', () => {
	it('wait for their own batches only: other lanes and batches without one go on', async () => {
		let letGo: (answer: Reply) => void = () => undefined;
		const slow = new Promise<Reply>((resolve) => {
			letGo = resolve;
		});
		const run = new FakeRun((items) => (items.includes(0) ? slow : OK));
		const done = run.start([
			batchOf([0], 'a'),
			batchOf([1], 'a'),
			batchOf([2], 'b'),
			batchOf([3]),
			batchOf([4], 'b'),
			batchOf([5]),
		]);
		await jest.runAllTimersAsync();
		expect(run.asked.flat().sort()).toEqual([0, 2, 3, 4, 5]);
		expect([...run.settled.keys()].sort()).toEqual([2, 3, 4, 5]);
		letGo(OK);
		await jest.runAllTimersAsync();
		await done;
		expect(run.asked.at(-1)).toEqual([1]);
		expectOnce(run, upTo(6));
	});

	it('wait for every half of a batch, and for its next tries', async () => {
		const run = await new FakeRun(answering([BROKEN, ERROR, UNSENT], [1])).deliver([
			batchOf([0, 1], 'a'),
			batchOf([2], 'a'),
		]);
		expect(run.asked).toEqual([[0, 1], [0], [0], [0], [1], [2]]);
		expect(run.names(upTo(3))).toEqual(['delivered', 'rejected', 'delivered']);
	});

	it('go on after a batch that could not be delivered', async () => {
		const run = await new FakeRun(answering([reply(404)])).deliver([
			batchOf([0], 'a'),
			batchOf([1], 'a'),
		]);
		expect(run.names([0, 1])).toEqual(['rejected', 'delivered']);
	});
});

describe('the order within a lane', () => {
	it('is kept, while the others overtake', async () => {
		const run = new FakeRun(async (items) => {
			// the earlier of a lane the slower: only waiting keeps them in order
			const ms = [50, 40, 30, 20, 10, 0][items[0] ?? 0];
			await new Promise((resolve) => {
				setTimeout(resolve, ms);
			});
			return OK;
		});
		await run.deliver([
			batchOf([0], 'a'),
			batchOf([1], 'b'),
			batchOf([2], 'a'),
			batchOf([3], 'b'),
			batchOf([4], 'a'),
			batchOf([5]),
		]);
		expect(run.asked.flat()).toEqual([0, 1, 5, 3, 2, 4]);
		const inLane = (lane: string) => run.requests.filter((request) => request.lane === lane);
		for (const requests of [inLane('a'), inLane('b')]) {
			for (const [index, { answeredAt }] of requests.entries()) {
				expect(requests[index + 1]?.startedAt ?? Infinity).toBeGreaterThan(answeredAt);
			}
		}
	});

	it('is kept over a retry, which holds its own lane and no other', async () => {
		// a wait that is sure to be longer than the time that is looked at
		jest.spyOn(Math, 'random').mockReturnValue(0.5);
		const run = new FakeRun(answering([UNSENT]));
		const done = run.start([
			batchOf([0], 'a'),
			batchOf([1], 'a'),
			batchOf([2], 'b'),
			batchOf([3], 'b'),
			batchOf([4]),
		]);
		await jest.advanceTimersByTimeAsync(0);
		expect(run.asked.flat().sort()).toEqual([0, 2, 3, 4]);
		await jest.runAllTimersAsync();
		await done;
		expect(run.asked.flat().slice(-2)).toEqual([0, 1]);
		expect(run.names(upTo(5))).toEqual(upTo(5).map(() => 'delivered'));
	});
});

describe('after an event that may be missing', () => {
	const remark = (name = 'device') =>
		`The previous event of this ${name} ended as unknown, so it may be missing.`;

	/** The reasons of a run in which these items are answered like this, and the others well. */
	async function reasonsOf(
		answers: Readonly<Record<number, Reply | NoReply>>,
		batches: readonly Batch[],
		options: RunOptions = {},
	) {
		const run = await new FakeRun((items) => answers[items[0] ?? -1] ?? OK, {
			laneName: 'device',
			...options,
		}).deliver(batches);
		const items = batches.flatMap(itemsOf);
		expectOnce(run, items);
		return items.map((item) => run.outcomeOf(item)?.reason);
	}

	const isRemarkedOn = (reasons: readonly (string | undefined)[]) =>
		reasons.map((reason) => reason?.includes('so it may be missing') ?? false);

	it('the next of its lane says so, and only that', async () => {
		const lane = upTo(4).map((item) => batchOf([item], 'a'));
		expect(await reasonsOf({ 0: RESET }, lane)).toEqual([
			expect.stringContaining('may have been accepted'),
			remark(),
			undefined,
			undefined,
		]);
	});

	it('no other lane says so, nor what has none', async () => {
		const batches = [
			batchOf([0], 'a'),
			batchOf([1], 'b'),
			batchOf([2]),
			batchOf([3], 'a'),
			batchOf([4], 'b'),
		];
		expect(isRemarkedOn(await reasonsOf({ 0: RESET }, batches))).toEqual([
			false,
			false,
			false,
			true,
			false,
		]);
	});

	it('without a lane nothing is said', async () => {
		expect(isRemarkedOn(await reasonsOf({ 0: RESET }, [batchOf([0]), batchOf([1])]))).toEqual([
			false,
			false,
		]);
	});

	it('each one that follows an uncertain one says so, uncertain itself or not', async () => {
		const lane = upTo(4).map((item) => batchOf([item], 'a'));
		const reasons = await reasonsOf({ 0: RESET, 1: RESET }, lane);
		expect(isRemarkedOn(reasons)).toEqual([false, true, true, false]);
		expect(reasons[1]).toMatch(/may have been accepted.* The previous event of this device/);
	});

	it('it is added to what is said already', async () => {
		const lane = [batchOf([0], 'a'), batchOf([1], 'a')];
		expect((await reasonsOf({ 0: RESET, 1: reply(404) }, lane))[1]).toBe(
			`Provider answered 404. Check the Base URL. ${remark()}`,
		);
	});

	it.each<[string, Reply | NoReply]>([
		['refused', reply(404)],
		['certainly not sent', UNSENT],
		['throttled', reply(429)],
	])('none is, where the one before was %s', async (_, answer) => {
		const lane = [batchOf([0], 'a'), batchOf([1], 'a')];
		expect(isRemarkedOn(await reasonsOf({ 0: answer }, lane))).toEqual([false, false]);
	});

	it('it is certain again where a repeat was accepted', async () => {
		const run = await new FakeRun(answering([ERROR]), { laneName: 'device' }).deliver([
			batchOf([0], 'a'),
			batchOf([1], 'a'),
		]);
		expect([0, 1].map((item) => run.outcomeOf(item)?.reason)).toEqual([
			'An earlier try was unclear: if Provider took that one too, the event counts twice.',
			undefined,
		]);
	});

	it('what was not sent does not say so', async () => {
		const stop = new AbortController();
		const run = await new FakeRun(
			() => {
				stop.abort();
				return RESET;
			},
			{ laneName: 'device', cancelSignal: stop.signal },
		).deliver([batchOf([0], 'a'), batchOf([1], 'a')]);
		expect(run.names([0, 1])).toEqual(['unknown', 'cancelled']);
		expect(run.outcomeOf(1)).toEqual(CANCELLED);
	});

	it('also where a defect made it unknown', async () => {
		const run = await new FakeRun(
			(items) => {
				if (items.includes(0)) throw new Error('a defect');
				return OK;
			},
			{ laneName: 'device' },
		).deliver([batchOf([0], 'a'), batchOf([1], 'a')]);
		expect(run.names([0, 1])).toEqual(['unknown', 'delivered']);
		expect(run.outcomeOf(1)?.reason).toBe(remark());
	});

	it('a lane without a name is called one', async () => {
		const lane = [batchOf([0], 'a'), batchOf([1], 'a')];
		expect((await reasonsOf({ 0: RESET }, lane, { laneName: undefined }))[1]).toBe(remark('lane'));
	});
});
