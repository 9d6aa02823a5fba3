import { once } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { connect, Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { AcceptedEvent } from '../../sandbox/providers/provider';
import { Ledger } from '../../sandbox/report';
import { JUSTTRACK, newAgent, query, SECRET, type Setup, setUp, until } from './helper';

describe('events', () => {
	it('counts a repeated id as a repeat of the first, whatever else differs', async () => {
		const { sandbox, send, sendEvent } = await setUp();
		await sendEvent('a');
		await sendEvent('b');
		const again = query({ transactionid: 'a', apikey: 'other', packageid: 'other', value: '7' });
		expect((await send(`${JUSTTRACK}?${again}`)).status).toBe(200);
		await sendEvent('a');
		expect(sandbox.report().events).toMatchObject([
			{
				id: 'a',
				repeats: 2,
				requests: [1, 3, 4],
				event: { packageid: 'com.my.app', value: '1.98' },
			},
			{ id: 'b', repeats: 0, requests: [2] },
		]);
	});

	it('gives a report that later requests do not change', async () => {
		const { sandbox, send, sendEvent } = await setUp();
		await sendEvent('a');
		const before = sandbox.report();
		const copy = structuredClone(before);
		await sendEvent('a');
		await sendEvent('b');
		await send('/justtrack', { method: 'POST' });
		expect(before).toEqual(copy);
		expect(sandbox.report()).not.toEqual(copy);
	});

	it('lists the last 1000 refusals', async () => {
		const { sandbox, send } = await setUp();
		for (let n = 1; n <= 1003; n++) await send(`${JUSTTRACK}?${query({ value: `x${n}` })}`);
		const { rejected, requests } = sandbox.report();
		expect(requests).toBe(1003);
		expect(rejected).toHaveLength(1000);
		expect(rejected[0]?.reason).toMatch('"x4"');
		expect(rejected[999]?.reason).toMatch('"x1003"');
	});
});

describe('several events in one request', () => {
	const ledger = () => {
		const book = new Ledger();
		book.begin(new Socket(), new ServerResponse(new IncomingMessage(new Socket())));
		return book;
	};

	it('keeps all of an accepted request', () => {
		const book = ledger();
		const events = ['a', 'b', 'a'].map((id) => ({
			operation: 'login',
			id,
			deduplicates: true,
			event: { id },
		}));
		book.record('one', 1, { status: 200, body: {}, events });
		expect(book.report().events).toMatchObject([
			{ id: 'a', repeats: 1, requests: [1, 1] },
			{ id: 'b', repeats: 0, requests: [1] },
		]);
	});

	it('keeps none of a refused request', () => {
		const book = ledger();
		book.record('one', 1, { status: 400, body: {}, reason: 'bad b', ids: ['a', 'b'] });
		expect(book.report()).toMatchObject({
			events: [],
			rejected: [{ provider: 'one', status: 400, reason: 'bad b' }],
		});
	});

	it('tells ids of different providers and operations apart, and takes none for no repeat', () => {
		const book = ledger();
		for (const [provider, operation, id] of [
			['one', 'login', 'a'],
			['one', 'event', 'a'],
			['two', 'login', 'a'],
			['two', 'login', undefined],
			['two', 'login', undefined],
		] as const) {
			const events = [{ operation, id, deduplicates: true, event: {} }];
			book.record(provider, 1, { status: 200, body: {}, events });
		}
		expect(book.report().events.map(({ repeats }) => repeats)).toEqual([0, 0, 0, 0, 0]);
	});
});

it('takes an id that does not deduplicate for a new event each time', () => {
	const book = new Ledger();
	const event = { operation: 'login', id: 'a', deduplicates: false, event: {} };
	book.record('one', 1, { status: 200, body: {}, events: [event, event] });
	book.record('one', 2, { status: 200, body: {}, events: [event] });
	expect(book.report().events).toMatchObject([
		{ id: 'a', repeats: 0, requests: [1] },
		{ id: 'a', repeats: 0, requests: [1] },
		{ id: 'a', repeats: 0, requests: [2] },
	]);
});

describe('duplicates', () => {
	type Sent = Partial<AcceptedEvent>;

	/** Records these events, each in a request of its own, and counts. */
	const count = (...events: Sent[]): number => {
		const book = new Ledger();
		for (const [index, sent] of events.entries()) {
			const event = { operation: 'event', deduplicates: false, event: {}, ...sent };
			book.record('one', index + 1, { status: 200, body: {}, events: [event] });
		}
		return book.report().duplicates;
	};

	it('counts each event that equals an earlier one', () => {
		const event = { a: '1', deep: { list: [1, { b: true }] } };
		expect(count({ event }, { event }, { event: structuredClone(event) })).toBe(2);
	});

	it('takes another order of the names for the same content', () => {
		const one = { a: '1', deep: { b: 1, c: 2 } };
		expect(count({ event: one }, { event: { deep: { c: 2, b: 1 }, a: '1' } })).toBe(1);
	});

	it.each<[string, Sent, Sent]>([
		['another value', { event: { a: '1' } }, { event: { a: '2' } }],
		['another type', { event: { a: '1' } }, { event: { a: 1 } }],
		['another name', { event: { a: '1' } }, { event: { b: '1' } }],
		['one parameter more', { event: { a: '1' } }, { event: { a: '1', b: '1' } }],
		['an object in place of a list', { event: { a: ['1'] } }, { event: { a: { 0: '1' } } }],
		['another order of a list', { event: { a: [1, 2] } }, { event: { a: [2, 1] } }],
		['another operation', { operation: 'event' }, { operation: 'session' }],
	])('takes %s for another event', (_, one, other) => {
		expect(count(one, other)).toBe(0);
	});

	it('counts none where the provider removes repeats itself', () => {
		const event = { id: 'a', deduplicates: true };
		expect(count(event, event, { ...event, id: 'b' })).toBe(0);
	});

	it('tells providers apart', () => {
		const book = new Ledger();
		const events = [{ operation: 'event', deduplicates: false, event: {} }];
		for (const provider of ['one', 'two']) {
			book.record(provider, 1, { status: 200, body: {}, events });
		}
		expect(book.report().duplicates).toBe(0);
	});
});

describe('outOfOrder', () => {
	/** Records events of these lanes and times, by the numbers of their requests, and counts. */
	const count = (...events: [request: number, lanes: string[], at: number][]): number => {
		const book = new Ledger();
		for (const [request, lanes, at] of events) {
			const event = { operation: 'event', deduplicates: false, event: {}, order: { lanes, at } };
			book.record('one', request, { status: 200, body: {}, events: [event] });
		}
		return book.report().outOfOrder;
	};

	it('counts events that arrived after a later one of their lane', () => {
		expect(count([1, ['a'], 10], [2, ['a'], 30], [3, ['a'], 20], [4, ['a'], 29])).toBe(2);
	});

	it('counts none in order, equal times included', () => {
		expect(count([1, ['a'], 10], [2, ['a'], 10], [3, ['a'], 11])).toBe(0);
	});

	it('tells lanes apart, and joins events that share one of theirs', () => {
		expect(count([1, ['a'], 10], [2, ['b'], 5])).toBe(0);
		expect(count([1, ['a', 'b'], 10], [2, ['b', 'c'], 5])).toBe(1);
		expect(count([1, ['a', 'b'], 10], [2, ['b', 'c'], 5], [3, ['c'], 4])).toBe(2);
		expect(count([1, [], 10], [2, [], 5])).toBe(0);
	});

	it('goes by arrival where acceptance was put off', () => {
		expect(count([2, ['a'], 20], [1, ['a'], 10])).toBe(0);
		expect(count([2, ['a'], 10], [1, ['a'], 20])).toBe(1);
	});
});

it('lists events in the order of arrival, even where acceptance was put off', async () => {
	const { sandbox, sendEvent } = await setUp();
	sandbox.setFaults([{ kind: 'delay', ms: 50, ids: ['a'] }]);
	const delayed = sendEvent('a');
	await until(() => sandbox.report().requests === 1);
	await sendEvent('b');
	expect(sandbox.report().events.map(({ id }) => id)).toEqual(['b']);
	await delayed;
	expect(sandbox.report().events.map(({ id }) => id)).toEqual(['a', 'b']);
});

describe('bodies', () => {
	const PATH = '/myTracker/v1/loginBatch/';
	const post = ({ send }: Setup, body: string, path = PATH) =>
		send(`${path}?idApp=1`, { method: 'POST', headers: { authorization: SECRET }, body });

	it('lists POSTs in the order of arrival, whatever became of them, and nothing else', async () => {
		const setup = await setUp();
		await setup.sendEvent('a');
		await post(setup, '[{"customUserId":"ü"},{}]');
		await post(setup, '{"customUserId":"a"}', '/myTracker/v1/login/');
		setup.sandbox.setFaults([{ kind: 'status', status: 500, ids: ['b'] }]);
		await post(setup, '[{"customUserId":"b"},{"customUserId":"b"},3]');
		await post(setup, '[');
		await post(setup, '', '/justtrack/some&apikey=x');
		expect(setup.sandbox.report().events).toHaveLength(2);
		expect(setup.sandbox.report().bodies).toEqual([
			{ provider: 'myTracker', path: PATH, events: 2, bytes: 26 },
			{ provider: 'myTracker', path: '/myTracker/v1/login/', events: 1, bytes: 20 },
			{ provider: 'myTracker', path: PATH, events: 3, bytes: 45 },
			{ provider: 'myTracker', path: PATH, events: 0, bytes: 1 },
			{ provider: 'justtrack', path: '/justtrack/some', events: 0, bytes: 0 },
		]);
	});

	it('lists the last 1000', async () => {
		const setup = await setUp();
		for (let n = 1; n <= 1003; n++) await post(setup, ' '.repeat(n));
		const { bodies } = setup.sandbox.report();
		expect(bodies).toHaveLength(1000);
		expect([bodies[0]?.bytes, bodies[999]?.bytes]).toEqual([4, 1003]);
	});
});

describe('counts', () => {
	it('counts requests, refused and unknown ones included, and connections', async () => {
		const { sandbox, send } = await setUp();
		const agent = newAgent({ connections: 1 });
		await send(`${JUSTTRACK}?${query()}`, { agent });
		await send(`${JUSTTRACK}?value=x`, { agent });
		await send('/justtrack/other', { agent });
		expect(sandbox.report()).toMatchObject({
			requests: 3,
			connections: 1,
			openConnections: 1,
			peakConnections: 1,
			maxInFlight: 1,
		});
	});

	it('counts neither control requests nor sockets without a provider request', async () => {
		const { sandbox, send } = await setUp();
		const idle = connect(sandbox.port, '127.0.0.1');
		await once(idle, 'connect');
		await send('/events');
		await send('/faults');
		await send('/nowhere');
		expect(sandbox.report()).toMatchObject({
			requests: 0,
			connections: 0,
			openConnections: 0,
			peakConnections: 0,
			maxInFlight: 0,
		});
		idle.destroy();
	});

	it('counts open, peak and all connections', async () => {
		const { sandbox, sendEvent } = await setUp();
		sandbox.setFaults([{ kind: 'hang' }]);
		const first = newAgent({ connections: 3 });
		const hanging = [1, 2, 3].map(() => sendEvent('a', { agent: first }).catch(() => undefined));
		await until(() => sandbox.report().openConnections === 3);
		await first.destroy();
		await Promise.all(hanging);
		await until(() => sandbox.report().openConnections === 0);

		sandbox.setFaults([]);
		await sendEvent('a', { agent: newAgent() });
		await sendEvent('a', { agent: newAgent() });
		expect(sandbox.report()).toMatchObject({
			requests: 5,
			connections: 5,
			openConnections: 2,
			peakConnections: 3,
		});
	});

	it('counts the requests in flight together, until they are answered or given up', async () => {
		const { sandbox, sendEvent } = await setUp();
		sandbox.setFaults([{ kind: 'hang', next: 4 }]);
		const agent = newAgent();
		const hanging = [1, 2, 3, 4].map(() => sendEvent('a', { agent }).catch(() => undefined));
		await until(() => sandbox.report().requests === 4);
		expect(sandbox.report().maxInFlight).toBe(4);
		await agent.destroy();
		await Promise.all(hanging);
		await until(() => sandbox.report().openConnections === 0);

		await Promise.all([1, 2, 3].map(() => sendEvent()));
		expect(sandbox.report()).toMatchObject({ requests: 7, maxInFlight: 4 });
	});

	it('finds one request in flight where a client sends one after the other', async () => {
		const { sandbox, sendEvent } = await setUp();
		for (let n = 0; n < 200; n++) await sendEvent(`t-${n}`, { agent: newAgent() });
		expect(sandbox.report()).toMatchObject({ requests: 200, connections: 200, maxInFlight: 1 });
	});
});

describe('reset', () => {
	it('forgets events, counts, refusals and faults, and counts an open socket anew', async () => {
		const { sandbox, send, sendEvent } = await setUp();
		const agent = newAgent({ connections: 1 });
		await sendEvent('a', { agent });
		await send(`${JUSTTRACK}?value=x`, { agent, method: 'POST' });
		sandbox.setFaults([{ kind: 'status', status: 503 }]);
		sandbox.reset();
		expect(sandbox.report()).toEqual({
			requests: 0,
			connections: 0,
			openConnections: 0,
			peakConnections: 0,
			maxInFlight: 0,
			events: [],
			duplicates: 0,
			outOfOrder: 0,
			rejected: [],
			bodies: [],
		});
		expect((await sendEvent('a', { agent })).status).toBe(200);
		expect(sandbox.report()).toMatchObject({ requests: 1, connections: 1, openConnections: 1 });
		expect(sandbox.report().events).toMatchObject([{ id: 'a', repeats: 0, requests: [1] }]);
	});

	it('leaves a request behind that is under way', async () => {
		const { sandbox, sendEvent } = await setUp();
		sandbox.setFaults([{ kind: 'delay', ms: 50 }]);
		const reply = sendEvent('a');
		await until(() => sandbox.report().requests === 1);
		sandbox.reset();
		expect((await reply).status).toBe(200);
		expect(sandbox.report()).toMatchObject({ requests: 0, events: [] });
	});
});

describe('close', () => {
	it('ends idle sockets, hanging requests and delays at once, and may be called again', async () => {
		const { sandbox, sendEvent } = await setUp();
		const idle = connect(sandbox.port, '127.0.0.1');
		await once(idle, 'connect');
		idle.on('error', () => undefined);
		await sendEvent('kept alive');
		sandbox.setFaults([
			{ kind: 'hang', ids: ['hang'] },
			{ kind: 'delay', ms: 500, ids: ['delay'] },
		]);
		const pending = [sendEvent('hang'), sendEvent('delay')].map((reply) =>
			reply.then(
				() => 'answered',
				() => 'failed',
			),
		);
		await until(() => sandbox.report().requests === 3);
		const closed = once(idle, 'close');
		await sandbox.close();
		await closed;
		expect(await Promise.all(pending)).toEqual(['failed', 'failed']);
		await setTimeout(600);
		expect(sandbox.report().events.map(({ id }) => id)).toEqual(['kept alive']);
		await sandbox.close();
	});
});

it('listens on the port it is given, and says so when that is taken', async () => {
	const { sandbox } = await setUp();
	expect(sandbox.url).toBe(`http://127.0.0.1:${sandbox.port}`);
	await expect(setUp({ port: sandbox.port })).rejects.toThrow('EADDRINUSE');
	const { port } = sandbox;
	await sandbox.close();
	expect((await setUp({ port })).sandbox.port).toBe(port);
});

it('leaves the closing of idle connections to the client', async () => {
	const { sendEvent } = await setUp();
	const { headers } = await sendEvent();
	expect(headers.connection).toBe('keep-alive');
	expect(headers['keep-alive']).toBeUndefined();
});
