import type { IDataObject } from 'n8n-workflow';

import { buildPackageIfStale } from '../../scripts/package/build';
import { until } from '../../scripts/n8n/until';
import { nameOf, subjects, type Subject } from '../providers';
import { startCluster, type Cluster, type Worker } from './cluster';
import { countsOf, createCredentials, Relay, resultsOf } from './workflows';

/** What a run may have under way at once. */
const MAX_CONCURRENCY = 20;

jest.setTimeout(180_000);

let cluster: Cluster;
let close = async () => Promise.resolve();

beforeAll(async () => {
	await buildPackageIfStale();
	cluster = await startCluster();
	close = () => cluster.close();
}, 300_000);

afterAll(async () => {
	await close();
}, 60_000);

beforeEach(() => {
	cluster.sandbox.reset();
	cluster.arrivals.reset();
});

function subjectOf(name: string): Subject {
	const subject = subjects.find((one) => nameOf(one) === name);
	if (subject === undefined) throw new Error(`There is no ${name}`);
	return subject;
}

/** The numbers of events that no other test has. */
let next = 1;
function numbers(count: number): number[] {
	return Array.from({ length: count }, () => next++);
}

/** How often each of these events was taken by the provider, as far as it was. */
function takenOf(subject: Subject, numbersOf: readonly number[]): Map<number, number> {
	const byId = new Map(numbersOf.map((number) => [subject.id(number), number]));
	const taken = new Map<number, number>();
	for (const { id = '', repeats } of cluster.sandbox.report().events) {
		const number = byId.get(id);
		if (number !== undefined) taken.set(number, (taken.get(number) ?? 0) + 1 + repeats);
	}
	return taken;
}

/** Which worker has an execution. */
async function workerOf(execution: string): Promise<Worker> {
	return await until(`a worker to begin execution ${execution}`, 20_000, () =>
		cluster.workers.find((worker) => worker.hasBegun(execution)),
	);
}

async function reached(count: number): Promise<void> {
	await until(`${String(count)} events to arrive`, 60_000, () =>
		cluster.arrivals.count >= count ? true : undefined,
	);
}

/** What became of events, by what the node said of them, and by what the provider took. */
class Account {
	private readonly unknown = new Set<string>();

	constructor(
		private readonly subject: Subject,
		private readonly own: readonly number[],
	) {}

	add(results: readonly { id?: string; outcome: string }[]): void {
		for (const { id, outcome } of results) {
			if (outcome === 'unknown' && id !== undefined) this.unknown.add(id);
		}
	}

	/** Neither taken by the provider nor named as unknown. */
	get missing(): number[] {
		const taken = takenOf(this.subject, this.own);
		return this.own.filter((one) => !taken.has(one) && !this.unknown.has(this.subject.id(one)));
	}

	/** Sends what waits until nothing is missing: what a dead run held is free when its lease has run out. */
	async sendRest(relay: Relay): Promise<void> {
		await until('nothing to be missing', 120_000, async () => {
			this.add(resultsOf(await relay.run()));
			if (this.missing.length === 0) return true;
			await new Promise((done) => setTimeout(done, 3_000));
			return undefined;
		});
	}

	expectKept(): void {
		const { provider, operation } = this.subject;
		const { batch, deduplicates } = provider.operations[operation] ?? {};
		const underWay = MAX_CONCURRENCY * (batch?.maxEvents ?? 1);
		const twice = [...takenOf(this.subject, this.own).values()].filter((times) => times > 1);
		expect(this.missing).toEqual([]);
		expect(this.unknown.size).toBeLessThanOrEqual(underWay);
		expect(twice.length).toBeLessThanOrEqual(deduplicates === true ? underWay : 0);
	}
}

it('both workers send at once from one queue: each event once, each device in order', async () => {
	const subject = subjectOf('singular.event');
	const credentials = await createCredentials(cluster, subject);
	const queue = await Relay.publish(cluster, subject, credentials, {
		operation: 'event',
		dataMode: 'autoMapInputData',
		delivery: 'queue',
	});
	const send = await Relay.publish(cluster, subject, credentials, {
		operation: 'sendQueued',
		options: { maxConcurrency: MAX_CONCURRENCY },
	});
	// more than one run holds at once, and some events of each device
	const own = numbers(4_000);
	const device = (number: number): number => Math.floor(number / 4);
	const items = own.map((number): IDataObject => {
		const { idfv } = subject.item(device(number));
		return { ...subject.item(number), idfv };
	});

	expect(countsOf(resultsOf(await queue.run(items)))).toEqual({ queued: 4_000 });
	expect(cluster.arrivals.count).toBe(0);

	cluster.sandbox.setFaults([{ kind: 'delay', ms: 20 }]);
	const executions = [await send.begin(), await send.begin()];
	const ended = await Promise.all(
		executions.map(async (id) => resultsOf(await cluster.n8n.waitForExecution(id))),
	);
	// each of them had a worker of its own, and work
	const [first, second] = await Promise.all(executions.map(workerOf));
	expect(first).not.toBe(second);
	for (const results of ended) {
		expect(results.filter(({ outcome }) => outcome === 'delivered').length).toBeGreaterThan(0);
	}
	expect(countsOf(ended.flat())).toEqual({ delivered: 4_000 });
	const taken = takenOf(subject, own);
	expect([...taken.values()].filter((times) => times !== 1)).toEqual([]);
	expect(taken.size).toBe(4_000);

	const order = new Map<number, number[]>();
	const byId = new Map(own.map((number) => [subject.id(number), number]));
	for (const { id = '' } of cluster.sandbox.report().events) {
		const number = byId.get(id) ?? -1;
		order.set(device(number), [...(order.get(device(number)) ?? []), number]);
	}
	for (const arrived of order.values()) {
		expect(arrived).toEqual([...arrived].sort((a, b) => a - b));
	}
});

/** A workflow that sends, and one that sends what the first left. */
async function prepare(name: string) {
	const subject = subjectOf(name);
	const { operation } = subject;
	const credentials = await createCredentials(cluster, subject);
	const options = { maxConcurrency: MAX_CONCURRENCY };
	const send = await Relay.publish(cluster, subject, credentials, {
		...subject.parameters,
		operation,
		dataMode: 'autoMapInputData',
		// so that each can be told by name
		eventId: '={{ $json.custom_user_id ?? $json.customUserId }}',
		options,
	});
	const rest = await Relay.publish(cluster, subject, credentials, {
		operation: 'sendQueued',
		options,
	});
	return { subject, send, rest };
}

it('a worker that is killed in the middle of a run loses no event, and repeats none that the provider would count again', async () => {
	const EVENTS = 5_000;
	const killed: { account: Account; rest: Relay }[] = [];
	for (const name of [
		'singular.adRevenue',
		'myTracker.customEvent',
		'runative.lead',
		'justtrack.revenueEvent',
	]) {
		const { subject, send, rest } = await prepare(name);
		const own = numbers(EVENTS);
		cluster.arrivals.reset();
		cluster.sandbox.setFaults([{ kind: 'delay', ms: 30 }]);
		const execution = await send.begin(own.map((number) => subject.item(number)));
		await reached(EVENTS / 5);
		const worker = await workerOf(execution);
		await worker.kill('SIGKILL');
		expect(takenOf(subject, own).size).toBeLessThan(EVENTS);
		await worker.start();
		killed.push({ account: new Account(subject, own), rest });
	}
	cluster.sandbox.setFaults([]);
	for (const { account, rest } of killed) {
		await account.sendRest(rest);
		account.expectKept();
	}
});

describe('a service that is gone in the middle of a run, and back', () => {
	const EVENTS = 2_000;

	it('the PostgreSQL of the record: nothing lost, nothing twice, and the sentence names it', async () => {
		const { subject, send, rest } = await prepare('singular.revenueEvent');
		const own = numbers(EVENTS);
		cluster.sandbox.setFaults([{ kind: 'delay', ms: 20 }]);
		const execution = await send.begin(own.map((number) => subject.item(number)));
		await reached(EVENTS / 4);
		await cluster.record.stop();
		const ended = resultsOf(await cluster.n8n.waitForExecution(execution));
		expect(ended).toHaveLength(EVENTS);
		const arrived = takenOf(subject, own).size;
		expect(arrived).toBeLessThan(EVENTS);
		const failed = ended.filter(({ outcome }) => outcome === 'failed');
		expect(failed.length).toBeGreaterThan(0);
		expect(failed[0]?.error).toContain('PostgreSQL');
		await cluster.record.start();

		cluster.sandbox.setFaults([]);
		const account = new Account(subject, own);
		account.add(ended);
		await account.sendRest(rest);
		account.expectKept();
	});

	it('Redis: nothing lost, nothing twice', async () => {
		const { subject, send, rest } = await prepare('singular.session');
		const own = numbers(EVENTS);
		cluster.sandbox.setFaults([{ kind: 'delay', ms: 20 }]);
		await send.begin(own.map((number) => subject.item(number)));
		await reached(EVENTS / 4);
		await cluster.redis.kill();
		await new Promise((done) => setTimeout(done, 2_000));
		await cluster.redis.start();
		cluster.sandbox.setFaults([]);
		const account = new Account(subject, own);
		await account.sendRest(rest);
		account.expectKept();
	});
});
