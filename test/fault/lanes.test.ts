import type { IDataObject } from 'n8n-workflow';

import type { Fault } from '../../sandbox';
import { subjects } from '../providers';
import { outcomesOf, prepare, tableOf, useSandbox, type Variation } from '../support/sandboxRun';
import { until } from '../support/until';

// Singular wants the events of one device one after another, in order, and counts repeats twice

const sandbox = useSandbox();
const subject = subjects.find(({ operation }) => operation === 'adRevenue');
if (!subject) throw new Error('there is ad revenue');

const many = tableOf(10_000);
const deviceOf = (device: number) => `8ECD7512-2864-440C-93F3-${String(device).padStart(12, '0')}`;
const idOf = (device: number, event: number) => `device-${device} event-${event}`;

/** The event of this number of a device. Two in a row have the same time: then items decide. */
const eventOf = (device: number, event: number): IDataObject => ({
	...subject.item(event),
	idfv: deviceOf(device),
	custom_user_id: idOf(device, event),
	utime: 1769860800 + Math.floor(event / 2),
});

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

/** As a table by time has them: the first event of every device, the second of every device, … */
const interleaved = (devices: number, events: number) =>
	upTo(events).flatMap((event) => upTo(devices).map((device) => eventOf(device, event)));

const run = (items: readonly IDataObject[], variation?: Variation) =>
	prepare(subject, sandbox().url, items, variation).run();

/** The numbers of the events of each device, in the order in which they arrived. */
function arrivals(devices: number): number[][] {
	const ofDevice = upTo(devices).map((): number[] => []);
	for (const { id = '' } of sandbox().report().events) {
		const [, device = '', event = ''] = /^device-(\d+) event-(\d+)$/.exec(id) ?? [];
		ofDevice[Number(device)]?.push(Number(event));
	}
	return ofDevice;
}

test(`${many} events of 500 devices: those of a device in input order, each once`, async () => {
	const events = many / 500;
	const result = await run(interleaved(500, events));
	expect(new Set(outcomesOf(result))).toEqual(new Set(['delivered']));
	expect(arrivals(500)).toEqual(upTo(500).map(() => upTo(events)));
	expect(sandbox().report()).toMatchObject({
		requests: many,
		duplicates: 0,
		outOfOrder: 0,
		rejected: [],
	});
}, 60_000);

test('a table by device, the worst order for lanes, arrives as well', async () => {
	const items = upTo(20).flatMap((device) => upTo(30).map((event) => eventOf(device, event)));
	const result = await run(items);
	expect(new Set(outcomesOf(result))).toEqual(new Set(['delivered']));
	expect(arrivals(20)).toEqual(upTo(20).map(() => upTo(30)));
});

describe('requests that take their time', () => {
	beforeEach(() => {
		sandbox().setFaults([{ kind: 'delay', ms: 20 }]);
	});

	test('many devices go at once', async () => {
		await run(interleaved(100, 10), { options: { maxConcurrency: 30 } });
		expect(sandbox().report().maxInFlight).toBe(30);
		expect(arrivals(100)).toEqual(upTo(100).map(() => upTo(10)));
	});

	test('never more than there are devices', async () => {
		await run(interleaved(5, 10), { options: { maxConcurrency: 30 } });
		expect(sandbox().report().maxInFlight).toBe(5);
		expect(arrivals(5)).toEqual(upTo(5).map(() => upTo(10)));
	});

	test('one device goes alone', async () => {
		await run(interleaved(1, 20), { options: { maxConcurrency: 30 } });
		expect(sandbox().report().maxInFlight).toBe(1);
		expect(arrivals(1)).toEqual([upTo(20)]);
	});

	test.each([
		['of zeros', '00000000-0000-0000-0000-000000000000'],
		['of zeros without hyphens', '00000000000000000000000000000000'],
	])('users who share an identifier %s are no one device, and go at once', async (_, idfa) => {
		const items = upTo(20).map((event) => ({
			...eventOf(0, event),
			idfv: deviceOf(event),
			idfa,
		}));
		await run(items, { options: { maxConcurrency: 8 } });
		expect(sandbox().report().maxInFlight).toBe(8);
		expect(sandbox().report().events).toHaveLength(20);
	});

	test('such a user is a device by another identifier', async () => {
		const items = upTo(10).map((event) => ({
			...eventOf(0, event),
			idfv: '00000000-0000-0000-0000-000000000000',
			idfa: deviceOf(1),
		}));
		await run(items, { options: { maxConcurrency: 8 } });
		expect(sandbox().report().maxInFlight).toBe(1);
		expect(arrivals(1)).toEqual([upTo(10)]);
	});

	test('events that share any identifier are of one device', async () => {
		const items = upTo(12).map((event) => ({
			...eventOf(0, event),
			// the IDFA comes to be known, and then the IDFV gets lost
			...(event >= 4 && { idfa: deviceOf(1) }),
			...(event >= 8 && { idfv: '' }),
		}));
		await run(items, { options: { maxConcurrency: 8 } });
		expect(arrivals(1)).toEqual([upTo(12)]);
		expect(sandbox().report()).toMatchObject({ maxInFlight: 1, outOfOrder: 0 });
	});
});

test('what is delayed at random is still in order', async () => {
	sandbox().setFaults([
		{ kind: 'delay', ms: 30, share: 0.1 },
		{ kind: 'delay', ms: 7, share: 0.37 },
	]);
	await run(interleaved(50, 10));
	expect(arrivals(50)).toEqual(upTo(50).map(() => upTo(10)));
	expect(sandbox().report()).toMatchObject({ duplicates: 0, outOfOrder: 0 });
});

describe('a retry', () => {
	/** Delivered, and in which try. */
	const tries = ({ items }: Awaited<ReturnType<typeof run>>) =>
		items.map(({ json }) => (json.outcome === 'delivered' ? json.attempts : json.details));

	test.each<[string, Fault]>([
		['a 503', { kind: 'status', status: 503 }],
		['a 429', { kind: 'status', status: 429 }],
		['a 400', { kind: 'status', status: 400 }],
	])('after %s holds the events of its device, and no others', async (_, fault) => {
		const [devices, events] = [20, 5];
		sandbox().setFaults([{ ...fault, ids: [idOf(7, 1)] }]);
		const pending = run(interleaved(devices, events), {
			options: { maxRetries: 20 },
			// short enough for a test, and long enough for tries to be left
			patience: { firstBackoffMs: 5, maxBackoffMs: 1000 },
		});
		// all but that event and the three behind it
		await until(() => sandbox().report().events.length === devices * events - 4);
		expect(arrivals(devices)).toEqual(upTo(devices).map((device) => upTo(device === 7 ? 1 : 5)));
		sandbox().setFaults([]);

		const result = await pending;
		expect(arrivals(devices)).toEqual(upTo(devices).map(() => upTo(events)));
		expect(sandbox().report()).toMatchObject({ duplicates: 0, outOfOrder: 0 });
		const held = tries(result)[devices + 7];
		expect(held).toBeGreaterThan(1);
		expect(tries(result).filter((attempts) => attempts !== 1)).toEqual([held]);
	});

	test('that is the last lets the next event of the device go', async () => {
		sandbox().setFaults([{ kind: 'status', status: 400, ids: [idOf(1, 1)] }]);
		const result = await run(interleaved(3, 4), {
			options: { maxRetries: 2 },
			patience: { maxBackoffMs: 0 },
		});
		const refused = 1 * 3 + 1;
		expect(outcomesOf(result)).toEqual(
			upTo(12).map((item) => (item === refused ? 'failed' : 'delivered')),
		);
		expect(arrivals(3)).toEqual([upTo(4), [0, 2, 3], upTo(4)]);
	});
});

test('events that are invalid leave the order of the others alone', async () => {
	const items = interleaved(10, 10).map((item, index) =>
		index % 7 === 0 ? { ...item, amt: '1,50' } : item,
	);
	const result = await run(items);
	expect(outcomesOf(result)).toEqual(
		items.map((_, index) => (index % 7 === 0 ? 'invalid' : 'delivered')),
	);
	expect(arrivals(10)).toEqual(
		upTo(10).map((device) => upTo(10).filter((event) => (event * 10 + device) % 7 !== 0)),
	);
});

describe('a run that ends early', () => {
	const [devices, events] = [40, 10];
	const items = interleaved(devices, events);

	/** Of each device the first events are delivered, without a gap, and no other arrived. */
	function expectNoGaps(outcomes: readonly unknown[], ending: string): void {
		expect(new Set(outcomes)).toEqual(new Set(['delivered', ending]));
		const delivered = upTo(devices).map((device) =>
			upTo(events).filter((event) => outcomes[event * devices + device] === 'delivered'),
		);
		expect(delivered).toEqual(delivered.map(({ length }) => upTo(length)));
		expect(arrivals(devices)).toEqual(delivered);
	}

	/** What is left goes out by another run. */
	async function sendTheRest(outcomes: readonly unknown[]): Promise<void> {
		sandbox().setFaults([]);
		const rest = items.filter((_, index) => outcomes[index] !== 'delivered');
		expect(new Set(outcomesOf(await run(rest)))).toEqual(new Set(['delivered']));
		expect(arrivals(devices)).toEqual(upTo(devices).map(() => upTo(events)));
		expect(sandbox().report()).toMatchObject({ duplicates: 0, outOfOrder: 0 });
	}

	test('because it is stopped leaves no gap, and another run can go on', async () => {
		sandbox().setFaults([{ kind: 'delay', ms: 20 }]);
		const stop = new AbortController();
		const pending = run(items, { options: { maxConcurrency: 10 }, abortSignal: stop.signal });
		await until(() => sandbox().report().events.length >= 60);
		stop.abort();
		const outcomes = outcomesOf(await pending);
		expectNoGaps(outcomes, 'cancelled');
		await sendTheRest(outcomes);
	});

	test('because the credential is refused leaves no gap, and another run can go on', async () => {
		sandbox().setFaults([
			{
				kind: 'status',
				status: 200,
				body: { status: 'error', reason: 'invalid SDK key' },
				ids: [idOf(3, 2)],
			},
			{ kind: 'delay', ms: 5 },
		]);
		const outcomes = outcomesOf(await run(items, { options: { maxConcurrency: 10 } }));
		expectNoGaps(outcomes, 'unauthorized');
		await sendTheRest(outcomes);
	});

	test('because it is asked to wait too long leaves no gap, and another run can go on', async () => {
		sandbox().setFaults([
			{ kind: 'status', status: 429, retryAfter: '2', ids: [idOf(3, 2)] },
			{ kind: 'delay', ms: 5 },
		]);
		const outcomes = outcomesOf(
			await run(items, { options: { maxConcurrency: 10 }, patience: { maxPauseMs: 1_000 } }),
		);
		expectNoGaps(outcomes, 'throttled');
		await sendTheRest(outcomes);
	});

	test('while a device waits for its next try sends none of its events', async () => {
		sandbox().setFaults([{ kind: 'status', status: 400, ids: [idOf(3, 2)] }]);
		const stop = new AbortController();
		// a chance is taken of it, and by far most of it only the stop can end
		const days = { firstBackoffMs: 2e9, maxBackoffMs: 2e9 };
		const pending = run(items, { abortSignal: stop.signal, patience: days });
		await until(() => sandbox().report().events.length === devices * events - 8);
		stop.abort();
		const result = await pending;
		const outcomes = outcomesOf(result);
		expectNoGaps(outcomes, 'cancelled');
		expect(arrivals(devices)[3]).toEqual([0, 1]);
		const attempts = upTo(events - 2).map((event) => {
			const { details } = result.items[(event + 2) * devices + 3]?.json ?? {};
			return (details as { attempts: number }).attempts;
		});
		expect(attempts).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
		await sendTheRest(outcomes);
	});
});
