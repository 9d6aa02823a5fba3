import type { ReportedEvent } from '../../sandbox';
import { type Reply, SECRET, type Setup, shareSetUp } from './helper';

let setup: Setup;
let lines: string[];

shareSetUp(
	(shared) => {
		setup = shared;
	},
	{ log: (line) => lines.push(line) },
);
beforeEach(() => {
	lines = [];
});

type Event = Record<string, unknown>;

/** For each method the smallest event it takes. */
const SMALLEST: Record<string, Event> = {
	registration: { customUserId: 'u-1' },
	login: { customUserId: 'u-1' },
	customEvent: { customUserId: 'u-1', customEventName: 'levelUp' },
	customRevenue: {
		customUserId: 'u-1',
		eventTimestamp: 1577191920,
		idTransaction: 'order-1',
		currency: 'USD',
		total: 1.99,
	},
};

const METHODS = Object.keys(SMALLEST);

const IDENTIFIERS = {
	customUserId: 'u-1',
	instanceId: '00000000-0000-0000-0000-000000000000',
	lvid: '00000000000000000000000000000000',
	gaid: '00000000-0000-0000-0000-000000000000',
	androidId: '0000000000000000',
	idfa: '00000000-0000-0000-0000-000000000000',
	iosVendorId: '00000000-0000-0000-0000-000000000000',
};

const REFUSED = { status: 400, text: '{"error":"Bad Request"}' };
const ACCEPTED = { status: 200, text: '{"message":"OK"}' };
const FORBIDDEN = { status: 403, text: '{"error":"Forbidden"}' };

interface PostOptions {
	query?: string;
	/** Null for no header. */
	token?: string | null;
	method?: string;
}

/** Sends a body, a text as it is, with a good token to a method, or to a path that holds a slash. */
function post(
	target: string,
	body: unknown,
	{ query = '?idApp=666', token = SECRET, method = 'POST' }: PostOptions = {},
): Promise<Reply> {
	const path = target.includes('/') ? target : `/v1/${target}/`;
	return setup.send(`/myTracker${path}${query}`, {
		method,
		headers: token === null ? {} : { authorization: token },
		body: typeof body === 'string' ? body : JSON.stringify(body),
	});
}

const events = () => setup.sandbox.report().events;
const lastReason = () => setup.sandbox.report().rejected.at(-1)?.reason;

/** The method's smallest event with changes; what is undefined is left out. */
const event = (method: string, changes: Event = {}): Event => ({ ...SMALLEST[method], ...changes });

/** Expects that nothing was kept, and that the only refusal was for this reason. */
function expectNothing(status: number, reason: string | RegExp): void {
	const { events, rejected } = setup.sandbox.report();
	expect(events).toEqual([]);
	expect(rejected).toEqual([
		{ provider: 'myTracker', status, reason: expect.stringMatching(reason) as string },
	]);
}

describe('accepted', () => {
	it("takes the page's example to the letter", async () => {
		const reply = await setup.send('/myTracker/v1/customEvent/?idApp=666', {
			method: 'POST',
			headers: {
				authorization: 'skjdfASFasf03asdffar3asJHB32r',
				'content-type': 'application/x-www-form-urlencoded',
			},
			body: `{"customUserId": "1", "customEventName": "levelUp",
"customEventParams": {"level": "2"}, "idGender": "1",
"age": "25", "eventTimestamp": "1580213208",
"instanceId": "00000000-0000-0000-0000-000000000000"}`,
		});
		expect(reply).toMatchObject(ACCEPTED);
		expect(reply.headers['content-type']).toMatch('application/json');
		expect(events()).toEqual([
			{
				provider: 'myTracker',
				operation: 'customEvent',
				id: '1',
				event: {
					customUserId: '1',
					customEventName: 'levelUp',
					customEventParams: { level: '2' },
					idGender: '1',
					age: '25',
					eventTimestamp: '1580213208',
					instanceId: '00000000-0000-0000-0000-000000000000',
				},
				repeats: 0,
				requests: [1],
			},
		]);
	});

	it.each(METHODS)('takes the smallest %s, alone and in a batch', async (method) => {
		expect(await post(method, event(method))).toMatchObject(ACCEPTED);
		const second = event(method, method === 'customRevenue' ? { idTransaction: 'order-2' } : {});
		expect(await post(`${method}Batch`, [second])).toMatchObject(ACCEPTED);
		expect(events()).toMatchObject([
			{ operation: method, event: event(method), requests: [1] },
			{ operation: method, event: second, requests: [2] },
		]);
	});

	it.each(METHODS)('takes every common parameter with %s', async (method) => {
		const full = event(method, {
			...IDENTIFIERS,
			eventTimestamp: '1577191920',
			ipv4: '125.125.125.125',
			ipv6: '2001:0db8:85a3:0000:0000:8a2e:0370:7334',
			idGender: '1',
			age: '38',
			connectionType: '1',
			bluetoothEnabled: '2',
			adTrackingEnabled: '0',
			adBlocker: '0',
			userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_6)',
		});
		expect(await post(method, full)).toMatchObject(ACCEPTED);
		expect(events()[0]?.event).toEqual(full);
	});

	it.each(['customEvent', 'customRevenue'])(
		'takes any one identifier with %s, and refuses none at all',
		async (method) => {
			const { customUserId: _, ...anonymous } = event(method);
			for (const [name, value] of Object.entries(IDENTIFIERS)) {
				const reply = await post(method, { ...anonymous, [name]: value });
				expect([name, reply.status]).toEqual([name, 200]);
			}
			expect(await post(method, anonymous)).toMatchObject(REFUSED);
			expect(lastReason()).toBe(
				'Event 0: an identifier is missing; one of customUserId, instanceId, lvid, gaid, androidId, idfa, iosVendorId is required.',
			);
		},
	);
});

const letters = (count: number) => 'ü'.repeat(count);
// Two code units each.
const signs = (count: number) => '😀'.repeat(count);

const NUMBERS = ['1.5', '', ' 1', '01', '+1', '-1', '1e0', 'x', -1, 0.5, true, null, ['1'], {}];

const whole = (min: number, max: number): [string, unknown[], unknown[]] => [
	`a whole number from ${min} to ${max}`,
	[min, max, String(min), String(max)],
	[min - 1, max + 1, String(max + 1), ...NUMBERS],
];
const text = (min: number, max: number): [string, unknown[], unknown[]] => [
	`a text of ${min === max ? max : `${min} to ${max}`} characters`,
	[letters(min), letters(max), signs(max)],
	[
		'',
		letters(max + 1),
		signs(max + 1),
		...(min > 1 ? [letters(min - 1)] : []),
		7,
		null,
		['a'],
		{},
	],
];

/** Method, parameter, its rule, values that keep it, values that break it. */
const RULES: [string, string, string, unknown[], unknown[]][] = [
	['login', 'eventTimestamp', ...whole(0, 4_294_967_295)],
	['registration', 'customUserId', ...text(1, 1024)],
	['login', 'customUserId', ...text(1, 1024)],
	['customRevenue', 'customUserId', ...text(1, 1024)],
	[
		'login',
		'ipv4',
		'an IPv4 address',
		['0.0.0.0', '255.255.255.255'],
		['256.0.0.1', '1.2.3', '01.2.3.4', ' 1.2.3.4', '::1', '', 1, null],
	],
	[
		'login',
		'ipv6',
		'an IPv6 address without a zone',
		[
			'::',
			'2001:0db8:85a3:0000:0000:8a2e:0370:7334',
			'0000:0000:0000:0000:0000:ffff:255.255.255.255',
		],
		['1::2::3', '2001:db8', 'fe80::1%eth0', '1.2.3.4', '', 1, null],
	],
	['login', 'idGender', ...whole(0, 2)],
	['login', 'age', ...whole(0, 128)],
	['login', 'connectionType', ...whole(0, 2)],
	['login', 'bluetoothEnabled', ...whole(0, 2)],
	['login', 'adTrackingEnabled', ...whole(0, 1)],
	['login', 'adBlocker', ...whole(0, 1)],
	['login', 'instanceId', ...text(36, 36)],
	['login', 'idfa', ...text(36, 36)],
	['login', 'iosVendorId', ...text(36, 36)],
	['login', 'gaid', ...text(36, 36)],
	['login', 'androidId', ...text(16, 16)],
	['login', 'lvid', ...text(32, 32)],
	['login', 'userAgent', ...text(1, 2048)],
	['customEvent', 'customEventName', ...text(1, 255)],
	[
		'customEvent',
		'customEventParams',
		'an object whose names and values are texts of 1 to 255 characters',
		[
			{},
			{ a: 'b' },
			{ [letters(255)]: signs(255) },
			{ [signs(255)]: letters(255) },
			Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`name ${n}`, 'value'])),
		],
		[
			{ '': 'b' },
			{ a: '' },
			{ [letters(256)]: 'b' },
			{ a: 'b', c: letters(256) },
			{ a: 1 },
			{ a: true },
			{ a: null },
			{ a: { b: 'c' } },
			['a'],
			[],
			'a',
			null,
		],
	],
	['customRevenue', 'idTransaction', ...text(1, 255)],
	[
		'customRevenue',
		'currency',
		'three capital letters of ISO 4217, such as USD, or its three digits, such as "840"',
		['USD', 'XAF', '840', '008'],
		['US', 'USDT', 'usd', 'RMB', '84', '0840', '8.4', 'ÄÖÜ', ' USD', '', 840, null],
	],
	[
		'customRevenue',
		'total',
		'a number that is not negative, such as 1.98',
		[0, 1e-7, 1.99, 1e15, '0', '10.99', '12345678901234567890.12'],
		[-0.01, '-0.01', '1,99', '1.', '.5', '1e5', 'NaN', '', ' 1', null, true, {}],
	],
];

describe.each(RULES)('%s, parameter %s', (method, parameter, rule, good, bad) => {
	it(`takes ${rule}`, async () => {
		for (const value of good) {
			setup.sandbox.reset();
			const sent = event(method, { [parameter]: value });
			expect([value, (await post(method, sent)).text]).toEqual([value, ACCEPTED.text]);
			expect(events()).toMatchObject([{ event: sent }]);
		}
	});

	it(`refuses what is not ${rule}`, async () => {
		for (const value of bad) {
			setup.sandbox.reset();
			const reply = await post(method, event(method, { [parameter]: value }));
			expect({ value, ...reply }).toMatchObject({ value, ...REFUSED });
			expectNothing(400, /^Event 0: /);
			expect(lastReason()).toContain(`parameter "${parameter}" is "`);
			expect(lastReason()?.endsWith(`; it has to be ${rule}.`)).toBe(true);
		}
	});
});

describe('refused events', () => {
	it.each([
		['registration', 'customUserId'],
		['login', 'customUserId'],
		['customEvent', 'customEventName'],
		['customRevenue', 'eventTimestamp'],
		['customRevenue', 'idTransaction'],
		['customRevenue', 'currency'],
		['customRevenue', 'total'],
	])('refuses %s without %s, whatever identifies it', async (method, name) => {
		const { [name]: _, ...sent } = event(method, { lvid: IDENTIFIERS.lvid });
		expect(await post(method, sent)).toMatchObject(REFUSED);
		expectNothing(400, `^Event 0: parameter "${name}" is missing; it is required.$`);
	});

	it.each([
		['registration', 'customEventName'],
		['login', 'total'],
		['customEvent', 'idTransaction'],
		['customRevenue', 'customEventParams'],
		['login', 'customuserid'],
		['login', 'constructor'],
		['login', ''],
	])('refuses %s with the unknown parameter "%s"', async (method, name) => {
		expect(await post(method, event(method, { [name]: 'x' }))).toMatchObject(REFUSED);
		expectNothing(400, `^Event 0: parameter "${name}" is unknown; .*eventTimestamp`);
	});

	it.each(['null', '7', '"a"', 'true', '[]', '[{"customUserId":"a"}]'])(
		'refuses %s in the place of an event',
		async (body) => {
			expect(await post('login', body)).toMatchObject(REFUSED);
			expectNothing(400, '^Event 0: it has to be an object.$');
		},
	);

	it('cuts a long value in its sentence', async () => {
		await post('login', { customUserId: letters(3000) });
		expect(lastReason()?.length).toBeLessThan(200);
	});
});

describe('batches', () => {
	const many = (method: string, count: number) =>
		Array.from({ length: count }, (_, n) =>
			event(method, {
				customUserId: `u-${n}`,
				...(method === 'customRevenue' && { idTransaction: `order-${n}` }),
			}),
		);

	it.each(METHODS.flatMap((method) => [1, 20].map((count) => [method, count] as const)))(
		'takes a batch of %s of %d',
		async (method, count) => {
			const batch = many(method, count);
			expect(await post(`${method}Batch`, batch)).toMatchObject(ACCEPTED);
			expect(events().map(({ event }) => event)).toEqual(batch);
			expect(setup.sandbox.report().bodies).toMatchObject([{ events: count }]);
		},
	);

	it.each(METHODS.flatMap((method) => [0, 21].map((count) => [method, count] as const)))(
		'refuses a batch of %s of %d',
		async (method, count) => {
			expect(await post(`${method}Batch`, many(method, count))).toMatchObject(REFUSED);
			expectNothing(400, `^The batch has ${count} events; it has to have 1 to 20.$`);
			expect(setup.sandbox.report().bodies).toMatchObject([{ events: count }]);
		},
	);

	it.each(METHODS)('refuses a batch of %s whole for one broken event', async (method) => {
		const batch = many(method, 4);
		batch[2] = { ...batch[2], age: 129 };
		expect(await post(`${method}Batch`, batch)).toMatchObject(REFUSED);
		expectNothing(400, '^Event 2: parameter "age" is "129"; ');
	});

	it.each(['null', '[]', '3', '"x"'])('refuses %s among good events', async (entry) => {
		const body = `[{"customUserId":"a"},${entry}]`;
		expect(await post('loginBatch', body)).toMatchObject(REFUSED);
		expectNothing(400, '^Event 1: it has to be an object.$');
	});

	it.each(['{"customUserId":"a"}', '{"0":{"customUserId":"a"}}', 'null', 'true'])(
		'refuses %s in the place of a batch',
		async (body) => {
			expect(await post('loginBatch', body)).toMatchObject(REFUSED);
			expectNothing(400, '^The body of a batch has to be an array.$');
		},
	);
});

describe('size of the body', () => {
	/** An event of two-byte letters, then spaces up to the size. */
	function bodyOf(bytes: number): string {
		const params = Array.from({ length: 19 }, (_, n) => [`p${n}`, letters(250)]);
		const body = JSON.stringify({
			...SMALLEST.customEvent,
			customEventParams: Object.fromEntries(params) as Event,
		});
		return body + ' '.repeat(bytes - Buffer.byteLength(body));
	}

	it('takes 10,000 bytes', async () => {
		expect(await post('customEvent', bodyOf(10_000))).toMatchObject(ACCEPTED);
		expect(setup.sandbox.report().bodies).toMatchObject([{ bytes: 10_000 }]);
	});

	it('refuses 10,001 bytes, though they are fewer characters', async () => {
		const body = bodyOf(10_001);
		expect(body.length).toBeLessThan(6000);
		expect(await post('customEvent', body)).toMatchObject(REFUSED);
		expectNothing(400, '^The body has 10001 bytes; it may have 10000.$');
	});

	it('counts the bytes of a whole batch', async () => {
		const half = { customUserId: 'a', userAgent: letters(2048) };
		expect(await post('loginBatch', [half, half])).toMatchObject(ACCEPTED);
		expect(await post('loginBatch', [half, half, half])).toMatchObject(REFUSED);
		expect(events()).toHaveLength(2);
	});
});

describe('statuses', () => {
	it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])('refuses %s with 404', async (method) => {
		const reply = await post('login', SMALLEST.login, { method });
		expect(reply).toMatchObject({ status: 404, text: '{"error":"Method not found"}' });
		expectNothing(404, 'There are only POST');
	});

	it.each([
		'/v1/',
		'/v1//',
		'/v1/logout/',
		'/v1/Login/',
		'/v1/Batch/',
		'/v1/loginBatchBatch/',
		'/v1/test-app-accessBatch/',
		'/v1/login',
		'/v1/login/x',
		'/v1/login//',
		'/v1//login/',
	])('refuses %s with 404', async (path) => {
		const reply = await post(path, SMALLEST.login);
		expect(reply).toMatchObject({ status: 404, text: '{"error":"Method not found"}' });
		expectNothing(404, 'registration, registrationBatch, login, ');
	});

	it.each(['/v2/login/', '/v/login/', '/V1/login/', '/v11/login/', '/login/', '/'])(
		'refuses %s for its version',
		async (path) => {
			const reply = await post(path, SMALLEST.login);
			expect(reply).toMatchObject({ status: 400, text: '{"error":"Bad api version"}' });
			expectNothing(400, 'The only version is v1.');
		},
	);

	it('refuses an empty body', async () => {
		const reply = await post('loginBatch', '');
		expect(reply).toMatchObject({ status: 400, text: '{"error":"Empty post data"}' });
		expectNothing(400, 'body is empty');
	});

	it.each(['{', ' ', "{'customUserId':'a'}", '{"customUserId":"a",}', 'customUserId=a'])(
		'refuses %s, which is no JSON',
		async (body) => {
			const reply = await post('login', body);
			expect(reply).toMatchObject({ status: 400, text: '{"error":"Bad json"}' });
			expectNothing(400, 'body is no JSON');
		},
	);

	it.each<[string, PostOptions, string]>([
		['no token', { token: null }, '"authorization" is missing'],
		['an empty token', { token: '' }, '"authorization" is missing'],
		['the token that stands for a wrong one', { token: 'refused-key' }, 'unknown token'],
		['a scheme before the token', { token: `Bearer ${SECRET}` }, 'the token alone'],
		['no query', { query: '' }, '"idApp" is missing or no number'],
		['no idApp', { query: '?idapp=666' }, '"idApp" is missing or no number'],
		['an empty idApp', { query: '?idApp=' }, '"idApp" is missing or no number'],
		['an idApp that is no number', { query: '?idApp=66x' }, '"idApp" is missing or no number'],
		['a negative idApp', { query: '?idApp=-1' }, '"idApp" is missing or no number'],
		['an app of another token', { query: '?idApp=403' }, 'not suitable for app 403'],
	])('refuses %s with 403, before it looks at the body', async (_, options, reason) => {
		expect(await post('login', SMALLEST.login, options)).toMatchObject(FORBIDDEN);
		expectNothing(403, reason);
		for (const body of ['', '{', '{}', letters(6000)]) {
			expect(await post('login', body, options)).toMatchObject(FORBIDDEN);
		}
	});

	it.each(['?idApp=666&idApp=666', '?idApp=666&a=1', '?idApp=666&%ZZ=1'])(
		'refuses the query %s',
		async (query) => {
			expect(await post('login', SMALLEST.login, { query })).toMatchObject(REFUSED);
			expectNothing(400, 'The query has to be idApp, once and alone.');
		},
	);
});

describe('repeats', () => {
	const summary = () =>
		events().map(({ operation, id, repeats, requests }: ReportedEvent) => [
			operation,
			id,
			repeats,
			requests,
		]);

	it('takes a repeated idTransaction for the same payment, in whatever request', async () => {
		const [a, b] = ['a', 'b'].map((idTransaction) => event('customRevenue', { idTransaction }));
		await post('customRevenue', a);
		await post('customRevenue', { ...a, customUserId: 'other', total: 5 }, { query: '?idApp=7' });
		await post('customRevenueBatch', [b, a, b]);
		expect(summary()).toEqual([
			['customRevenue', 'a', 2, [1, 2, 3]],
			['customRevenue', 'b', 1, [3, 3]],
		]);
		expect(events()[0]?.event).toEqual(a);
	});

	it.each(['registration', 'login', 'customEvent'])(
		'takes a repeated %s for a new event',
		async (method) => {
			await post(method, event(method));
			await post(method, event(method));
			await post(`${method}Batch`, [event(method), event(method)]);
			expect(summary()).toEqual([
				[method, 'u-1', 0, [1]],
				[method, 'u-1', 0, [2]],
				[method, 'u-1', 0, [3]],
				[method, 'u-1', 0, [3]],
			]);
		},
	);

	it('gives an event without customUserId no id', async () => {
		await post('customEvent', { lvid: IDENTIFIERS.lvid, customEventName: 'a' });
		await post('customEvent', { lvid: IDENTIFIERS.lvid, customEventName: 'a' });
		expect(summary()).toEqual([
			['customEvent', undefined, 0, [1]],
			['customEvent', undefined, 0, [2]],
		]);
	});
});

describe('test-app-access', () => {
	it('takes a good token and app, and holds no event', async () => {
		expect(await post('test-app-access', 'true')).toMatchObject(ACCEPTED);
		expect(setup.sandbox.report()).toMatchObject({
			requests: 1,
			events: [],
			rejected: [],
			bodies: [{ path: '/myTracker/v1/test-app-access/', events: 0, bytes: 4 }],
		});
		expect(lines).toEqual(['POST /myTracker/v1/test-app-access/ 200']);
	});

	it.each<[string, PostOptions]>([
		['a wrong token', { token: 'refused-key' }],
		['no token', { token: null }],
		['no app', { query: '' }],
		['a wrong app', { query: '?idApp=403' }],
	])('refuses %s', async (_, options) => {
		expect(await post('test-app-access', 'true', options)).toMatchObject(FORBIDDEN);
		expect(setup.sandbox.report().bodies).toMatchObject([{ events: 0 }]);
	});

	it.each([
		['', 'Empty post data'],
		['yes', 'Bad json'],
		['false', 'Bad Request'],
		['{"customUserId":"a"}', 'Bad Request'],
	])('refuses the body "%s"', async (body, error) => {
		const reply = await post('test-app-access', body);
		expect(reply).toMatchObject({ status: 400, text: JSON.stringify({ error }) });
		expect(events()).toEqual([]);
	});

	it('refuses GET', async () => {
		expect((await post('test-app-access', '', { method: 'GET' })).status).toBe(404);
	});
});

describe('faults', () => {
	const payments = (...ids: string[]) =>
		ids.map((idTransaction) => event('customRevenue', { idTransaction }));
	const users = (...ids: string[]) => ids.map((customUserId) => ({ customUserId }));
	const keptIds = () => events().map(({ id }) => id);

	it('meet a batch by the id of any of its events, refused ones too', async () => {
		setup.sandbox.setFaults([{ kind: 'status', status: 503, ids: ['b'] }]);
		expect((await post('customRevenueBatch', payments('a', 'b'))).status).toBe(503);
		expect((await post('customRevenueBatch', payments('c', 'd'))).status).toBe(200);
		expect((await post('loginBatch', users('a', 'c', 'b'))).status).toBe(503);
		expect((await post('loginBatch', [7, null, { customUserId: 'b' }])).status).toBe(503);
		expect((await post('login', { customUserId: 'b' }, { token: null })).status).toBe(503);
		expect((await post('customRevenue', { customUserId: 'b' })).status).toBe(400);
		expect(keptIds()).toEqual(['c', 'd']);
	});

	it('refuse a batch whole, as for a broken event, and alone the event itself', async () => {
		setup.sandbox.setFaults([{ kind: 'refuse', ids: ['b', 'e'] }]);
		expect(await post('customRevenueBatch', payments('a', 'b', 'c'))).toMatchObject(REFUSED);
		expect(await post('registrationBatch', users('d', 'e'))).toMatchObject(REFUSED);
		expect(setup.sandbox.report()).toMatchObject({ events: [], rejected: [] });
		expect(await post('customRevenueBatch', payments('a'))).toMatchObject(ACCEPTED);
		expect(await post('customRevenue', payments('b')[0])).toMatchObject(REFUSED);
		expect(await post('customRevenueBatch', payments('c'))).toMatchObject(ACCEPTED);
		expect(keptIds()).toEqual(['a', 'c']);
		expect(setup.sandbox.report().bodies.map(({ events }) => events)).toEqual([3, 2, 1, 1, 1]);
	});

	it('refuse nothing that is refused anyway', async () => {
		setup.sandbox.setFaults([{ kind: 'refuse', ids: ['b'] }]);
		const token = 'refused-key';
		expect(await post('loginBatch', users('b'), { token })).toMatchObject(FORBIDDEN);
		expect(lastReason()).toBe('unknown token');
	});

	it('record a batch whole and once where they show after it', async () => {
		setup.sandbox.setFaults([{ kind: 'empty', ids: ['b'], next: 1 }]);
		expect(await post('customRevenueBatch', payments('a', 'b'))).toMatchObject({ text: '' });
		expect(await post('customRevenueBatch', payments('a', 'b'))).toMatchObject(ACCEPTED);
		expect(events()).toMatchObject([
			{ id: 'a', repeats: 1 },
			{ id: 'b', repeats: 1 },
		]);
	});
});

describe('the token', () => {
	it.each<[string, string, unknown, PostOptions]>([
		['a good request', 'login', SMALLEST.login, {}],
		['a refused request', 'login', {}, {}],
		['a scheme before it', 'login', { customUserId: SECRET }, { token: `Bearer ${SECRET}` }],
		['the query', 'login', SMALLEST.login, { query: `?idApp=1&${SECRET}=${SECRET}` }],
		['the app', 'login', SMALLEST.login, { query: `?idApp=${SECRET}` }],
		['a query without its question mark', `/v1/login/&token=${SECRET}`, {}, { query: '' }],
		['an id', 'loginBatch', [{ customUserId: `of ${SECRET}` }], {}],
		[
			'names and values',
			'customEvent',
			event('customEvent', { customEventParams: { [SECRET]: `${SECRET}${SECRET}` } }),
			{},
		],
		['a broken value', 'login', { customUserId: 'a', ipv4: letters(95) + SECRET }, {}],
		['a broken value of values', 'customEvent', { customEventParams: [{ [SECRET]: SECRET }] }, {}],
		['an unknown name', 'login', { [SECRET]: 'x' }, {}],
	])('appears in no reply, report or log: %s', async (_, target, body, options) => {
		const reply = await post(target, body, options);
		expect(setup.sandbox.report().requests).toBe(1);
		expect(lines).toHaveLength(1);
		expect(lines[0]).toMatch(`POST /myTracker/v1/`);
		const all = JSON.stringify([reply, setup.sandbox.report(), lines]);
		// Nor the start of it, which cutting a sentence could leave.
		expect(all).not.toContain(SECRET.slice(0, 4));
	});

	it('hides in ids without making them the same', async () => {
		await post('customRevenueBatch', [
			event('customRevenue', { idTransaction: `${SECRET}-1` }),
			event('customRevenue', { idTransaction: `${SECRET}-2` }),
		]);
		expect(events().map(({ id }) => id)).toEqual(['(hidden)-1', '(hidden)-2']);
	});
});
