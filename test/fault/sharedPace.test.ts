import type { INodeParameters } from 'n8n-workflow';

import { justtrack } from '../../nodes/Justtrack/provider';
import { subjects } from '../providers';
import { outcomesOf, prepare, useSandbox, type Variation } from '../support/sandboxRun';
import { pause, until } from '../support/until';

const sandbox = useSandbox();

// the pace is the transport's: one provider shows it for all
const subject = subjects.find(({ provider }) => provider === justtrack);
if (!subject) throw new Error('no subject');

const itemsFrom = (from: number, count: number) =>
	Array.from({ length: count }, (_, i) => subject.item(from + i));

/** One run of these events. */
const run = async (from: number, count: number, variation: Variation = {}) =>
	outcomesOf(await prepare(subject, sandbox().url, itemsFrom(from, count), variation).run());

/** A run for each event, so many at a time, each as it comes. */
async function runEach(events: number, atATime: number, options: INodeParameters = {}) {
	const outcomes: unknown[] = [];
	let next = 0;
	const work = async () => {
		while (next < events) outcomes.push(...(await run(next++, 1, { options })));
	};
	await Promise.all(Array.from({ length: atATime }, work));
	return outcomes;
}

/** The most requests that arrive in any second while something is done. */
async function maxPerSecond(work: () => Promise<unknown>): Promise<number> {
	const arrivals: number[] = [];
	const watch = setInterval(() => {
		const { requests } = sandbox().report();
		while (arrivals.length < requests) arrivals.push(performance.now());
	}, 2);
	await work();
	clearInterval(watch);
	return Math.max(
		...arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + 1000).length),
	);
}

test('runs of one event that are more than the provider takes are all delivered, with few refusals', async () => {
	const events = 160;
	sandbox().setFaults([{ kind: 'status', status: 429, retryAfter: '1', beyondPerSecond: 40 }]);
	const outcomes = await runEach(events, 10);
	expect(outcomes).toEqual(outcomes.map(() => 'delivered'));
	const { requests, events: accepted } = sandbox().report();
	expect(accepted).toHaveLength(events);
	expect((requests - events) / requests).toBeLessThan(0.1);
}, 30_000);

test('Requests per Second holds over all runs, at once and one after another', async () => {
	const options = { requestsPerSecond: 10 };
	const most = await maxPerSecond(async () => {
		await Promise.all([runEach(12, 6, options), run(100, 6, { options })]);
		for (let one = 0; one < 8; one++) await run(200 + one, 1, { options });
	});
	// started within the bound, they may arrive a little closer together
	expect(most).toBeLessThanOrEqual(11);
	expect(most).toBeGreaterThan(8);
}, 30_000);

test('a run begins with the concurrency that the one before has found', async () => {
	const delay = { kind: 'delay', ms: 50 } as const;
	sandbox().setFaults([delay]);
	await run(0, 300, { options: { maxConcurrency: 40 } });
	sandbox().reset();
	sandbox().setFaults([delay]);
	await run(300, 40, { options: { maxConcurrency: 40 } });
	expect(sandbox().report().maxInFlight).toBe(40);
});

test('another account at the same address is not slowed by the refusals of one', async () => {
	sandbox().setFaults([{ kind: 'status', status: 429, retryAfter: '3600', next: 1 }]);
	expect(await run(0, 3, { options: { maxConcurrency: 1 } })).toEqual(
		itemsFrom(0, 3).map(() => 'throttled'),
	);
	const began = performance.now();
	expect(await run(10, 3, { credential: { apiKey: 'another-key' } })).toEqual(
		itemsFrom(10, 3).map(() => 'delivered'),
	);
	expect(performance.now() - began).toBeLessThan(5_000);
});

describe('a provider that has asked one run to wait', () => {
	const ask = async (seconds: string) => {
		sandbox().setFaults([{ kind: 'status', status: 429, retryAfter: seconds, next: 1 }]);
		await run(0, 1, { options: { maxRetries: 0 } });
		expect(sandbox().report().requests).toBe(1);
	};

	test('is asked by no other until then, and the others say until when', async () => {
		await ask('3600');
		const node = prepare(subject, sandbox().url, itemsFrom(10, 3));
		const result = await node.run();
		expect(outcomesOf(result)).toEqual(itemsFrom(10, 3).map(() => 'throttled'));
		const said = /asked to wait until (\S+ \S+) UTC/.exec(
			JSON.stringify(result.items[0]?.json),
		)?.[1];
		const until = Date.parse(`${said?.replace(' ', 'T')}Z`);
		expect(Math.abs(until - Date.now() - 3_600_000)).toBeLessThan(30_000);
		expect(sandbox().report().requests).toBe(1);
	});

	test('is waited for by others, within their patience', async () => {
		await ask('1');
		const began = performance.now();
		expect(await run(10, 3)).toEqual(itemsFrom(10, 3).map(() => 'delivered'));
		expect(performance.now() - began).toBeGreaterThan(500);
	});

	test('is no longer waited for by a run that is stopped', async () => {
		await ask('60');
		const stop = new AbortController();
		const pending = run(10, 3, { abortSignal: stop.signal });
		await pause(100);
		const stoppedAt = performance.now();
		stop.abort();
		expect(await pending).toEqual(itemsFrom(10, 3).map(() => 'cancelled'));
		expect(performance.now() - stoppedAt).toBeLessThan(2_000);
		expect(sandbox().report().requests).toBe(1);
	});

	test('ends the runs that wait already, where it asks for longer than they wait', async () => {
		sandbox().setFaults([
			{ kind: 'delay', ms: 300, ids: [subject.id(0)] },
			{ kind: 'status', status: 429, retryAfter: '3600', ids: [subject.id(1)] },
		]);
		const one = run(0, 10, { options: { maxConcurrency: 1 } });
		await until(() => sandbox().report().requests === 1);
		const other = run(10, 3);
		expect(await other).toEqual(itemsFrom(10, 3).map(() => 'throttled'));
		expect((await one)[0]).toBe('delivered');
		expect(sandbox().report().requests).toBe(2);
	});
});
