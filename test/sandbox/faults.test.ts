import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import type { Fault } from '../../sandbox';
import { FaultPlan } from '../../sandbox/faults';
import { JUSTTRACK, query, type Setup, setUp, until } from './helper';

let setup: Setup;

beforeEach(async () => {
	setup = await setUp();
});

const ids = () => setup.sandbox.report().events.map(({ id }) => id);

/** Sends one event with node:http and tells how it ended. */
async function fate(): Promise<{ status?: number; text: string; code?: string }> {
	const request = httpRequest(`${setup.sandbox.url}${JUSTTRACK}?${query({ transactionid: 'a' })}`);
	request.end();
	let text = '';
	try {
		const [response] = (await once(request, 'response')) as [IncomingMessage];
		try {
			for await (const chunk of response) text += String(chunk);
			return { status: response.statusCode, text };
		} catch (error) {
			return { status: response.statusCode, text, code: (error as NodeJS.ErrnoException).code };
		}
	} catch (error) {
		return { text, code: (error as NodeJS.ErrnoException).code };
	}
}

describe('status', () => {
	it('answers with status, text and Retry-After, and records nothing', async () => {
		const retryAfter = 'Fri, 31 Dec 1999 23:59:59 GMT';
		setup.sandbox.setFaults([{ kind: 'status', status: 429, body: 'slow down', retryAfter }]);
		const reply = await setup.sendEvent();
		expect(reply).toMatchObject({ status: 429, text: 'slow down' });
		expect(reply.headers['retry-after']).toBe(retryAfter);
		expect(setup.sandbox.report()).toMatchObject({ requests: 1, events: [], rejected: [] });
	});

	it('answers with JSON', async () => {
		setup.sandbox.setFaults([{ kind: 'status', status: 500, body: { error: ['x'] } }]);
		const reply = await setup.sendEvent();
		expect(reply.headers['content-type']).toMatch('application/json');
		expect(JSON.parse(reply.text)).toEqual({ error: ['x'] });
	});

	it('answers without a body, and records where it is told to', async () => {
		setup.sandbox.setFaults([{ kind: 'status', status: 502, record: true }]);
		expect(await setup.sendEvent('a')).toMatchObject({ status: 502, text: '' });
		expect(ids()).toEqual(['a']);
	});
});

describe('delay', () => {
	it('waits and then handles the request', async () => {
		setup.sandbox.setFaults([{ kind: 'delay', ms: 40 }]);
		const begin = performance.now();
		expect((await setup.sendEvent('a')).status).toBe(200);
		// A timer may end a part of a millisecond early.
		expect(performance.now() - begin).toBeGreaterThan(38);
		expect((await setup.send(`${JUSTTRACK}?value=x`)).status).toBe(400);
		expect(ids()).toEqual(['a']);
	});

	it('handles the request even when the client has given up', async () => {
		setup.sandbox.setFaults([{ kind: 'delay', ms: 50, next: 1 }]);
		const abort = new AbortController();
		const reply = setup.sendEvent('a', { signal: abort.signal });
		await until(() => setup.sandbox.report().requests === 1);
		abort.abort();
		await expect(reply).rejects.toThrow('abort');
		await until(() => ids().length === 1);
		expect((await setup.sendEvent('b')).status).toBe(200);
		expect(ids()).toEqual(['a', 'b']);
	});
});

describe('hang', () => {
	it.each([
		[undefined, []],
		[true, ['a']],
	])('never answers, with record %s', async (record, recorded) => {
		setup.sandbox.setFaults([{ kind: 'hang', record, next: 1 }]);
		const abort = new AbortController();
		const reply = setup.sendEvent('a', { signal: abort.signal });
		await until(() => setup.sandbox.report().requests === 1);
		// Another request is answered meanwhile, so the first had its time.
		expect((await setup.send(`${JUSTTRACK}?value=x`)).status).toBe(400);
		expect(ids()).toEqual(recorded);
		abort.abort();
		await expect(reply).rejects.toThrow('abort');
	});
});

it('resetBefore resets the connection and records nothing', async () => {
	setup.sandbox.setFaults([{ kind: 'resetBefore' }]);
	expect(await fate()).toEqual({ code: 'ECONNRESET', text: '' });
	expect(setup.sandbox.report()).toMatchObject({ requests: 1, connections: 1, events: [] });
});

it('resetAfter records the event and resets the connection', async () => {
	setup.sandbox.setFaults([{ kind: 'resetAfter' }]);
	expect(await fate()).toEqual({ code: 'ECONNRESET', text: '' });
	expect(ids()).toEqual(['a']);
});

it('resets with a TCP reset and not with an orderly end', async () => {
	setup.sandbox.setFaults([{ kind: 'resetAfter' }]);
	// An orderly end has no syscall in its error: node calls that one "socket hang up".
	await expect(setup.sendEvent()).rejects.toMatchObject({ code: 'ECONNRESET', syscall: 'read' });
});

it('truncate records the event and ends within the body', async () => {
	setup.sandbox.setFaults([{ kind: 'truncate' }]);
	expect(await fate()).toEqual({ status: 200, text: '{"statu', code: 'ECONNRESET' });
	expect(ids()).toEqual(['a']);
});

it('garbage records the event and answers with bytes that are no JSON', async () => {
	setup.sandbox.setFaults([{ kind: 'garbage' }]);
	const reply = await setup.sendEvent('a');
	expect(reply.status).toBe(200);
	expect(reply.text).not.toBe('');
	expect(() => JSON.parse(reply.text) as unknown).toThrow(SyntaxError);
	expect(ids()).toEqual(['a']);
});

it('empty records the event and answers without a body', async () => {
	setup.sandbox.setFaults([{ kind: 'empty' }]);
	const reply = await setup.sendEvent('a');
	expect(reply).toMatchObject({ status: 200, text: '' });
	expect(reply.headers['content-length']).toBe('0');
	expect(ids()).toEqual(['a']);
});

describe('refuse', () => {
	it('refuses events as if they broke a rule, and records nothing', async () => {
		setup.sandbox.setFaults([{ kind: 'refuse', ids: ['a', 'c'] }]);
		const refused = await setup.sendEvent('a');
		expect(refused.status).toBe(400);
		expect(JSON.parse(refused.text)).toEqual({ error: 'An event is refused by a fault.' });
		expect((await setup.sendEvent('b')).status).toBe(200);
		expect((await setup.sendEvent('c')).status).toBe(400);
		expect(ids()).toEqual(['b']);
		expect(setup.sandbox.report()).toMatchObject({ requests: 3, rejected: [] });
	});

	it('ends after its number of requests', async () => {
		setup.sandbox.setFaults([{ kind: 'refuse', ids: ['a'], next: 1 }]);
		expect((await setup.sendEvent('a')).status).toBe(400);
		expect((await setup.sendEvent('a')).status).toBe(200);
	});

	it('leaves a request that is refused anyway to its own refusal', async () => {
		setup.sandbox.setFaults([{ kind: 'refuse', ids: ['a'] }]);
		const apikey = 'refused-key';
		const reply = await setup.send(`${JUSTTRACK}?${query({ transactionid: 'a', apikey })}`);
		expect(reply).toMatchObject({ status: 401, text: '{"error":"unknown apikey"}' });
		expect(setup.sandbox.report().rejected).toMatchObject([{ status: 401 }]);
	});

	it('shows in the log', async () => {
		const lines: string[] = [];
		const { sandbox, sendEvent } = await setUp({ log: (line) => lines.push(line) });
		sandbox.setFaults([{ kind: 'refuse', ids: ['a'] }]);
		await sendEvent('a');
		expect(lines).toEqual([`GET ${JUSTTRACK} 400 "a" fault: refuse`]);
	});
});

it('redirect names the location and records nothing', async () => {
	const location = 'http://elsewhere.example/?a=1';
	setup.sandbox.setFaults([{ kind: 'redirect', location }]);
	const reply = await setup.sendEvent('a');
	expect(reply.status).toBe(302);
	expect(reply.headers.location).toBe(location);
	expect(ids()).toEqual([]);
});

it('keeps the rules under a fault: a bad event is refused and not recorded', async () => {
	setup.sandbox.setFaults([{ kind: 'empty' }]);
	expect((await setup.send(`${JUSTTRACK}?${query({ value: 'x' })}`)).status).toBe(200);
	expect(setup.sandbox.report()).toMatchObject({ events: [], rejected: [{ status: 400 }] });
});

describe('which request a fault meets', () => {
	/** The statuses of so many requests in a row. */
	async function statuses(count: number, faults: Fault[]): Promise<number[]> {
		setup.sandbox.setFaults(faults);
		const seen: number[] = [];
		for (let n = 1; n <= count; n++) seen.push((await setup.sendEvent(`t-${n}`)).status);
		return seen;
	}

	it('every one, without a limit', async () => {
		expect(await statuses(3, [{ kind: 'status', status: 503 }])).toEqual([503, 503, 503]);
	});

	it('the next ones, then the fault behind it, then none', async () => {
		const faults: Fault[] = [
			{ kind: 'status', status: 503, next: 2 },
			{ kind: 'status', status: 429, next: 1 },
		];
		expect(await statuses(4, faults)).toEqual([503, 503, 429, 200]);
	});

	it('those with an id, refused ones too', async () => {
		const faults: Fault[] = [{ kind: 'status', status: 503, ids: ['t-2', 't-4'] }];
		expect(await statuses(4, faults)).toEqual([200, 503, 200, 503]);
		const bad = query({ transactionid: 't-2', value: 'x' });
		expect((await setup.send(`${JUSTTRACK}?${bad}`)).status).toBe(503);
		expect((await setup.send('/justtrack/other')).status).toBe(404);
	});

	it('a share of them, the rest going to the fault behind it', async () => {
		const faults: Fault[] = [
			{ kind: 'status', status: 503, share: 0.25 },
			{ kind: 'status', status: 429, share: 0.5 },
		];
		expect(await statuses(8, faults)).toEqual([200, 429, 200, 503, 429, 200, 429, 503]);
	});

	it('a share up to a number', async () => {
		const faults: Fault[] = [{ kind: 'status', status: 503, share: 0.5, next: 2 }];
		expect(await statuses(6, faults)).toEqual([200, 503, 200, 503, 200, 200]);
	});

	it('what is beyond so many a second', () => {
		jest.useFakeTimers();
		const plan = new FaultPlan([{ kind: 'hang', beyondPerSecond: 10 }]);
		const metOf = (requests: number) =>
			Array.from({ length: requests }, () => plan.take('justtrack', [])).filter(Boolean).length;
		expect(metOf(15)).toBe(5);
		jest.advanceTimersByTime(500);
		expect(metOf(15)).toBe(10);
		jest.advanceTimersByTime(5000);
		expect(metOf(15)).toBe(5);
		jest.useRealTimers();
	});

	it('exactly its share over many, also of one that binary fractions miss', () => {
		for (const share of [0, 0.01, 0.07, 0.29, 1 / 3, 0.57, 1]) {
			const plan = new FaultPlan([{ kind: 'hang', share }]);
			let met = 0;
			for (let n = 0; n < 100; n++) if (plan.take('justtrack', []) !== undefined) met += 1;
			expect(met).toBe(Math.floor(Math.round(share * 1e6) / 1e4));
		}
	});

	it('only those of its provider', () => {
		const plan = new FaultPlan([{ kind: 'hang', provider: 'justtrack' }]);
		expect(plan.take('other', [])).toBeUndefined();
		expect(plan.take('justtrack', [])).toEqual({ kind: 'hang', provider: 'justtrack' });
	});

	it('from the start again after being set again', async () => {
		const faults: Fault[] = [{ kind: 'status', status: 503, next: 1 }];
		expect(await statuses(2, faults)).toEqual([503, 200]);
		expect(await statuses(2, faults)).toEqual([503, 200]);
	});
});
