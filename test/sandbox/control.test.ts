import { JUSTTRACK, SECRET, type Setup, setUp } from './helper';

let setup: Setup;

beforeEach(async () => {
	setup = await setUp();
});

const put = (faults: unknown) =>
	setup.send('/faults', { method: 'PUT', body: JSON.stringify(faults) });

describe('/events', () => {
	it('gives the report without the secret', async () => {
		await setup.sendEvent('a');
		await setup.send(`${JUSTTRACK}?apikey=${SECRET}`);
		const { status, text } = await setup.send('/events');
		expect(status).toBe(200);
		expect(JSON.parse(text)).toEqual(setup.sandbox.report());
		expect(JSON.parse(text)).toMatchObject({ requests: 2, events: [{ id: 'a' }] });
		expect(text).not.toContain(SECRET);
	});

	it("gives one provider's part, and refuses an unknown one", async () => {
		await setup.sendEvent('a');
		await setup.send('/myTracker/v1/login/?idApp=1', { method: 'POST' });
		const report = setup.sandbox.report();
		expect([report.events, report.rejected, report.bodies]).toMatchObject([
			[{ provider: 'justtrack' }],
			[{ provider: 'myTracker' }],
			[{ provider: 'myTracker' }],
		]);
		for (const [provider, part] of [
			['justtrack', { rejected: [], bodies: [] }],
			['myTracker', { events: [] }],
		] as const) {
			const { text } = await setup.send(`/events?provider=${provider}`);
			expect(JSON.parse(text)).toEqual({ ...report, ...part });
		}
		const reply = await setup.send('/events?provider=nobody');
		expect(reply).toMatchObject({ status: 400, text: expect.stringContaining('nobody') as string });
	});

	it('resets on DELETE', async () => {
		await setup.sendEvent('a');
		await put([{ kind: 'empty' }]);
		expect((await setup.send('/events', { method: 'DELETE' })).status).toBe(204);
		expect(setup.sandbox.report()).toMatchObject({ requests: 0, events: [] });
		expect(JSON.parse((await setup.send('/faults')).text)).toEqual([]);
	});
});

describe('/faults', () => {
	it('replaces the faults and gives them back', async () => {
		expect(JSON.parse((await setup.send('/faults')).text)).toEqual([]);
		await put([{ kind: 'empty' }]);
		const faults = [{ kind: 'status', status: 503, provider: 'justtrack', next: 1 }];
		const reply = await put(faults);
		expect(reply.status).toBe(200);
		expect(JSON.parse(reply.text)).toEqual(faults);
		expect((await setup.sendEvent()).status).toBe(503);
		expect((await setup.sendEvent()).text).toBe('{"status":"ok"}');
		expect(JSON.parse((await setup.send('/faults')).text)).toEqual(faults);
	});

	it.each([
		['no list', { kind: 'empty' }, 'faults: Expected array'],
		['an unknown kind', [{ kind: 'empty' }, { kind: 'explode' }], 'faults[1].kind: '],
		['no kind', [{}], 'faults[0].kind: '],
		[
			'an unknown field',
			[{ kind: 'empty', nxt: 1 }],
			"faults[0]: Unrecognized key(s) in object: 'nxt'",
		],
		[
			'an unknown provider',
			[{ kind: 'empty', provider: 'x' }],
			'there are justtrack, myTracker, singular, twentyFourMetrics, runative',
		],
		['a next of 0', [{ kind: 'empty', next: 0 }], 'faults[0].next: '],
		['a share over 1', [{ kind: 'empty', share: 1.5 }], 'faults[0].share: '],
		['a refuse without ids', [{ kind: 'refuse' }], 'faults[0].ids: '],
		['ids that are no texts', [{ kind: 'empty', ids: [1] }], 'faults[0].ids.0: '],
		['no status', [{ kind: 'status' }], 'faults[0].status: '],
		['a status that ends nothing', [{ kind: 'status', status: 100 }], 'faults[0].status: '],
		['a status that is none', [{ kind: 'status', status: 600 }], 'faults[0].status: '],
		['a number as body', [{ kind: 'status', status: 500, body: 1 }], 'faults[0].body: '],
		[
			'a Retry-After of two lines',
			[{ kind: 'status', status: 503, retryAfter: '1\r\nx: y' }],
			'faults[0].retryAfter: ',
		],
		['a record that is no boolean', [{ kind: 'hang', record: 1 }], 'faults[0].record: '],
		['a record where it has no meaning', [{ kind: 'empty', record: true }], "'record'"],
		['no delay', [{ kind: 'delay' }], 'faults[0].ms: '],
		['a negative delay', [{ kind: 'delay', ms: -1 }], 'faults[0].ms: '],
		['a delay no timer holds', [{ kind: 'delay', ms: 2 ** 31 }], 'faults[0].ms: '],
		['no location', [{ kind: 'redirect' }], 'faults[0].location: '],
	])('refuses %s, and keeps what was set', async (_, faults, reason) => {
		await put([{ kind: 'empty' }]);
		const reply = await put(faults);
		expect(reply.status).toBe(400);
		expect((JSON.parse(reply.text) as { error: string }).error).toContain(reason);
		expect(JSON.parse((await setup.send('/faults')).text)).toEqual([{ kind: 'empty' }]);
		expect(() => {
			setup.sandbox.setFaults(faults as never);
		}).toThrow(reason);
	});

	it.each([['[{'], [undefined]])('refuses %s, which is no JSON', async (body) => {
		const reply = await setup.send('/faults', { method: 'PUT', body });
		expect(reply.status).toBe(400);
		expect((JSON.parse(reply.text) as { error: string }).error).toMatch('JSON');
	});
});

it.each([
	['GET', `/nowhere?apikey=${SECRET}`, 404],
	['GET', `/justtracker?apikey=${SECRET}`, 404],
	['GET', `/twentyFourMetrics/${SECRET}/clicks`, 404],
	['POST', '/events', 404],
	['GET', '/justtrack/%ZZ', 400],
])('refuses %s %s in JSON', async (method, path, status) => {
	const reply = await setup.send(path, { method });
	expect(reply.status).toBe(status);
	expect(JSON.parse(reply.text)).toEqual({ error: expect.stringContaining('path') as string });
	expect(reply.text).not.toContain(SECRET);
});
