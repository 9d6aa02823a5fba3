import type { LookupFunction } from 'node:net';

import { startSandbox } from '../../sandbox';
import { createDispatcher, sharedDispatcher } from '../../transport/http/dispatcher';
import { exchange } from '../../transport/http/exchange';
import { subjects } from '../providers';
import { startRecorder } from '../support/recorder';
import { outcomesOf, prepare, testSideBySide, useSandbox } from '../support/sandboxRun';
import { until } from '../support/until';

const sandbox = useSandbox();
const subject = subjects[0];
if (!subject) throw new Error('there is a provider');

/** A request that means nothing to anybody. */
const request = (origin: string) => ({ method: 'GET', origin, path: '/', headers: {} });

test('all executions share one dispatcher, and so one pool per origin', async () => {
	expect(await sharedDispatcher()).toBe(await sharedDispatcher());
	const runs = Array.from({ length: 5 }, (_, i) =>
		prepare(subject, sandbox().url, [subject.item(i)]).run(),
	);
	for (const run of runs) expect(outcomesOf(await run)).toEqual(['delivered']);
	await prepare(subject, sandbox().url, [subject.item(9)]).run();
	expect(sandbox().report().connections).toBeLessThanOrEqual(5);
});

testSideBySide('idle connections are closed', async ({ url, report }) => {
	await prepare(subject, url, [subject.item(0)]).run();
	await until(() => report().openConnections === 0);
	expect(report().connections).toBeGreaterThan(0);
});

describe('proxies from the environment', () => {
	const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];
	const before = Object.fromEntries(names.map((name) => [name, process.env[name]]));
	let proxy: Awaited<ReturnType<typeof startRecorder>>;
	beforeAll(async () => {
		proxy = await startRecorder();
	});
	beforeEach(() => {
		proxy.requests.length = 0;
		proxy.tunnels.length = 0;
		for (const name of names) Reflect.deleteProperty(process.env, name);
		process.env.HTTP_PROXY = proxy.url;
	});
	afterAll(async () => {
		for (const name of names) {
			if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
			else process.env[name] = before[name];
		}
		await proxy.close();
	});

	test.each(['HTTPS_PROXY', 'HTTP_PROXY'])('%s is used for https', async (name) => {
		Reflect.deleteProperty(process.env, 'HTTP_PROXY');
		process.env[name] = proxy.url;
		const dispatcher = await createDispatcher();
		const answer = await exchange(dispatcher, request('https://host.example'), 2000);
		expect(answer).toMatchObject({ sent: false });
		expect(proxy.tunnels).toEqual(['host.example:443']);
		await dispatcher.destroy();
	});

	test('plain http, which stays on this machine, goes through no proxy', async () => {
		const dispatcher = await createDispatcher();
		const { url, close } = await startSandbox();
		expect(await exchange(dispatcher, request(url), 5000)).toMatchObject({ status: 200 });
		expect(proxy.requests).toEqual([]);
		await dispatcher.destroy();
		await close();
	});

	test('NO_PROXY goes around it', async () => {
		process.env.NO_PROXY = '127.0.0.1';
		const dispatcher = await createDispatcher();
		const answer = await exchange(dispatcher, request('https://127.0.0.1:9'), 5000);
		expect(answer).toMatchObject({ reason: 'refused the connection' });
		expect(proxy.tunnels).toEqual([]);
		await dispatcher.destroy();
	});
});

test("names are looked up by n8n's egress policy, which may refuse an address", async () => {
	const lookup: LookupFunction = jest.fn((_host, _options, done) => {
		done(Object.assign(new Error('blocked'), { code: 'EBLOCKED' }), '');
	});
	const dispatcher = await createDispatcher(lookup);
	const answer = await exchange(dispatcher, request('http://host.example'), 5000);
	expect(lookup).toHaveBeenCalledWith('host.example', expect.anything(), expect.anything());
	expect(answer).toMatchObject({
		sent: false,
		reason: expect.stringContaining('EBLOCKED') as string,
	});
	await dispatcher.destroy();
});

test('concurrency grows while replies are good, up to the limit of the options', async () => {
	sandbox().setFaults([{ kind: 'delay', ms: 20 }]);
	const items = Array.from({ length: 200 }, (_, i) => subject.item(i));
	await prepare(subject, sandbox().url, items, { options: { maxConcurrency: 30 } }).run();
	expect(sandbox().report().maxInFlight).toBe(30);
});

testSideBySide('requestsPerSecond holds a run back', async ({ url }) => {
	const items = Array.from({ length: 60 }, (_, i) => subject.item(i));
	const began = performance.now();
	await prepare(subject, url, items, { options: { requestsPerSecond: 40 } }).run();
	// 60 starts need more than one second, whatever the machine
	expect(performance.now() - began).toBeGreaterThan(1000);
});

test('the waits between tries grow, and a chance is taken of each', async () => {
	const random = jest.spyOn(Math, 'random').mockReturnValue(0.5);
	sandbox().setFaults([{ kind: 'status', status: 500, next: 3 }]);
	const began = performance.now();
	await prepare(subject, sandbox().url, [subject.item(0)]).run();
	// half of 500, 1000 and 2000 ms
	expect(performance.now() - began).toBeGreaterThanOrEqual(1745);
	expect(random.mock.calls.length).toBeGreaterThanOrEqual(3);
	random.mockRestore();
});
