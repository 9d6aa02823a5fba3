import { type Changes, encode, SECRET, type Setup, shareSetUp } from './helper';

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

const EVENT = '/singular/api/v1/evt';
const EVENT_V2 = '/singular/api/v2/evt';
const SESSION = '/singular/api/v1/launch';

const ANDROID = {
	a: SECRET,
	p: 'Android',
	i: 'com.singular.app',
	ip: '10.1.2.3',
	ve: '9.2',
	aifa: '8ecd7512-2864-440c-93f3-a3cabe62525b',
	asid: 'edee92a2-7b2f-45f4-a509-840f170fc6d9',
};

const AD_REVENUE = {
	n: '__ADMON_USER_LEVEL_REVENUE__',
	e: '{"ad_platform":"AdMob","ad_mediation_platform":"admob.AdMobAdapter","ad_unit_id":"ca-app-pub-6325336052/44923540"}',
	is_admon_revenue: 'true',
	is_revenue_event: 'true',
	amt: '0.00782',
	cur: 'USD',
};

/** For each operation a request that it takes. */
const GOOD: Record<string, Record<string, string>> = {
	adRevenue: { ...ANDROID, ...AD_REVENUE },
	revenueEvent: { ...ANDROID, n: 'purchase', is_revenue_event: 'true', amt: '1.99', cur: 'EUR' },
	event: { ...ANDROID, n: 'levelUp' },
	session: ANDROID,
};

const OPERATIONS = Object.keys(GOOD);

const IOS = {
	p: 'iOS',
	aifa: undefined,
	asid: undefined,
	idfv: '21DB6612-09B3-4ECC-84AC-B353B0AF1334',
	att_authorization_status: '0',
};

const OTHERS = ['PC', 'Xbox', 'Playstation', 'Nintendo', 'MetaQuest', 'CTV', 'Web'];

const pathOf = (operation: string) => (operation === 'session' ? SESSION : EVENT);

/** Sends an operation's good request with changes. */
const send = (operation: string, changes: Changes = {}) =>
	setup.send(`${pathOf(operation)}?${encode({ ...GOOD[operation], ...changes })}`);

/** Sends it and expects it to be taken. Returns what was recorded last. */
async function accepted(operation: string, changes: Changes = {}) {
	expect(await send(operation, changes)).toMatchObject({ status: 200, text: '{"status":"ok"}' });
	return setup.sandbox.report().events.at(-1);
}

/** Sends it and expects it to be refused, by reply and report alike. Returns the reason. */
async function refused(operation: string, changes: Changes | string): Promise<string> {
	const reply =
		typeof changes === 'string'
			? await setup.send(`${pathOf(operation)}?${changes}`)
			: await send(operation, changes);
	expect(reply.status).toBe(200);
	const body = JSON.parse(reply.text) as { status: string; reason: string };
	expect(body).toEqual({ status: 'error', reason: expect.any(String) as string });
	const { events, rejected } = setup.sandbox.report();
	expect(events).toEqual([]);
	expect(rejected).toEqual([{ provider: 'singular', status: 200, reason: body.reason }]);
	expect(body.reason).not.toContain(SECRET);
	return body.reason;
}

describe('accepted', () => {
	it("takes the page's example to the letter", async () => {
		const reply = await setup.send(
			`${EVENT}?a=sdk_key_here&p=Android&i=com.singular.app&ip=10.1.2.3&ve=9.2&aifa=8ecd7512-2864-440c-93f3-a3cabe62525b&asid=edee92a2-7b2f-45f4-a509-840f170fc6d9&n=__ADMON_USER_LEVEL_REVENUE__&e=%7B%22ad_platform%22%3A%22AdMob%22%2C%22ad_mediation_platform%22%3A%22admob.AdMobAdapter%22%2C%22ad_unit_id%22%3A%22ca-app-pub-6325336052%2F44923540%22%7D&is_admon_revenue=true&is_revenue_event=true&amt=0.00782&cur=USD`,
			{ headers: { accept: 'application/json' } },
		);
		expect(reply).toMatchObject({ status: 200, text: '{"status":"ok"}' });
		expect(reply.headers['content-type']).toMatch('application/json');
		const { a: _, ...event } = GOOD.adRevenue ?? {};
		expect(setup.sandbox.report().events).toEqual([
			{ provider: 'singular', operation: 'adRevenue', event, repeats: 0, requests: [1] },
		]);
	});

	it.each(OPERATIONS)('tells %s by its path and query', async (operation) => {
		expect(await accepted(operation, { custom_user_id: 'u-1' })).toMatchObject({
			operation,
			id: 'u-1',
		});
		expect(lines).toEqual([`GET ${pathOf(operation)} 200 "u-1"`]);
	});

	it.each(OPERATIONS)('takes every common parameter with %s', async (operation) => {
		const common = {
			ip: undefined,
			use_ip: 'true',
			country: 'US',
			amid: 'df07c7dc-cea7-4a89-b328-810ff5acb15d',
			oaid: '01234567-89ab-cdef-0123-456789abcdef',
			andi: 'fc8d449516de0dfb',
			data_sharing_options: '{"limit_data_sharing":true}',
			custom_user_id: 'u-1',
			utime: '1483228800',
			umilisec: '1483228800000',
		};
		const { ip: _, ...expected } = common;
		expect((await accepted(operation, common))?.event).toMatchObject(expected);
	});

	it('takes every attribute of an ad revenue', async () => {
		const e = JSON.stringify({
			ad_platform: 'AdMob',
			ad_mediation_platform: 'x',
			ad_type: 'Rewarded',
			ad_group_type: 'x',
			ad_impression_id: 'x',
			ad_placement_name: 'x',
			ad_placement_id: 'x',
			ad_unit_id: 'x',
			ad_unit_name: 'x',
			ad_group_id: 'x',
			ad_group_name: 'x',
			ad_group_priority: 2,
			ad_precision: 'exact',
		});
		expect((await accepted('adRevenue', { e }))?.event).toMatchObject({ e });
	});

	it('takes every parameter of a session', async () => {
		const own = {
			app_v: '1.2.3',
			ma: 'samsung',
			mo: 'SM-G935F',
			lc: 'en_US',
			bd: 'Build/13D15',
			install: 'true',
			openuri: 'app://open?a=1',
			install_ref: '{"referrer":"x"}',
			n: 'An app whose name has more than 32 characters, ü',
			c: 'wifi',
			cn: 'Comcast',
			dnt: '1',
		};
		expect((await accepted('session', own))?.event).toMatchObject(own);
		await accepted('session', { install: 'false', c: 'carrier', dnt: '0' });
	});

	it('takes the receipt of a revenue event', async () => {
		const receipt = {
			purchase_product_id: 'com.app.coins',
			purchase_transaction_id: 't-1',
			purchase_receipt: '{"orderId":"1"}',
			receipt_signature: 'AAAA==',
		};
		expect((await accepted('revenueEvent', receipt))?.event).toMatchObject(receipt);
	});

	it.each(['event', 'revenueEvent'])('takes attributes of any name with %s', async (operation) => {
		const e = JSON.stringify({ 'größe & co': 'ü', level: 2, won: false, ['k'.repeat(500)]: '1' });
		expect((await accepted(operation, { e }))?.event).toMatchObject({ e });
	});

	it.each(['event', 'revenueEvent', 'adRevenue'])(
		'takes objects and lists as attributes of %s, of 500 characters as JSON',
		async (operation) => {
			const nested = { list: ['v'.repeat(496)], user: { tier: 'gold', age: null } };
			await accepted(operation, { e: JSON.stringify({ ad_platform: 'AdMob', ...nested }) });
		},
	);

	it('takes attributes of other names in an ad revenue', async () => {
		const e = '{"ad_platform":"AdMob","ad_currency":"USD","ad_revenue":0.00782}';
		expect((await accepted('adRevenue', { e }))?.event).toMatchObject({ e });
	});

	it.each(OPERATIONS)('takes with %s what the pages have besides', async (operation) => {
		const more = {
			install_source: 'com.android.vending',
			install_time: '1483228800',
			update_time: '1483228800',
			ua: 'Mozilla/5.0',
			global_properties: '{"group":"a"}',
			cdid: 'x',
			os: 'Windows',
		};
		expect((await accepted(operation, more))?.event).toMatchObject(more);
	});

	it('takes an attribute of 500 characters, counted as a reader does', async () => {
		await accepted('event', { e: JSON.stringify({ a: '😀'.repeat(500) }) });
	});

	it.each(['idfv', 'idfa'])('takes iOS with %s alone', async (name) => {
		await accepted('event', { ...IOS, idfv: undefined, [name]: 'x' });
	});

	it.each(['aifa', 'asid', 'amid', 'oaid', 'andi'])('takes Android with %s alone', async (name) => {
		await accepted('event', { aifa: undefined, asid: undefined, [name]: 'x' });
	});

	it.each(OTHERS)('takes %s with an sdid', async (p) => {
		await accepted('event', { p, aifa: undefined, asid: undefined, sdid: 'x' });
	});

	it.each([{}, IOS, { p: 'PC', aifa: undefined, asid: undefined }])(
		'takes an sdid beside the identifiers of every platform: %j',
		async (changes) => {
			for (const operation of OPERATIONS) await accepted(operation, { ...changes, sdid: 'x' });
		},
	);

	it.each(['0', '1', '2', '3'])('takes att_authorization_status %s', async (status) => {
		await accepted('session', { ...IOS, att_authorization_status: status });
	});

	it.each(['0', '0.0000001', '12', '1234567890.12345678901234567890'])(
		'takes amt %s and keeps its digits',
		async (amt) => {
			expect((await accepted('adRevenue', { amt }))?.event.amt).toBe(amt);
		},
	);

	it('takes a name of 32 characters', async () => {
		await accepted('event', { n: 'Level up! ~'.padEnd(32, 'x') });
	});

	it('takes the other choice of data sharing', async () => {
		await accepted('event', { data_sharing_options: ' { "limit_data_sharing" : false } ' });
	});
});

describe('missing', () => {
	it.each([
		...OPERATIONS.flatMap((operation) =>
			['a', 'p', 'i', 've', 'ip'].map((name): [string, string] => [operation, name]),
		),
		...['n', 'e', 'is_admon_revenue', 'is_revenue_event', 'amt', 'cur'].map(
			(name): [string, string] => ['adRevenue', name],
		),
		...['n', 'amt', 'cur'].map((name): [string, string] => ['revenueEvent', name]),
		['event', 'n'],
	])('refuses %s without %s', async (operation, name) => {
		expect(await refused(operation, { [name]: undefined })).toBe(`missing argument: ${name}`);
	});

	it('refuses use_ip without country', async () => {
		expect(await refused('event', { ip: undefined, use_ip: 'true' })).toBe(
			'missing argument: country',
		);
	});

	it.each(OPERATIONS)('refuses %s of iOS without att_authorization_status', async (operation) => {
		expect(await refused(operation, { ...IOS, att_authorization_status: undefined })).toBe(
			'missing argument: att_authorization_status',
		);
	});

	it.each<[string, Changes]>([
		['Android', {}],
		['iOS', { ...IOS, idfv: undefined }],
		...OTHERS.map((p): [string, Changes] => [p, { p }]),
	])('refuses %s without an identifier', async (_, changes) => {
		const none = { aifa: undefined, asid: undefined };
		expect(await refused('session', { ...changes, ...none })).toBe('no device ID supplied');
	});

	it.each(['event', 'revenueEvent'])(
		'refuses %s with the name of ad revenue and not what belongs to it',
		async (operation) => {
			expect(await refused(operation, { n: AD_REVENUE.n })).toBe('missing argument: e');
		},
	);

	it('refuses an ad revenue without ad_platform', async () => {
		expect(await refused('adRevenue', { e: '{"ad_type":"Banner"}' })).toBe(
			'missing argument: ad_platform in e',
		);
	});

	it.each([...Object.keys(GOOD.adRevenue ?? {}), 'custom_user_id', 'utime'])(
		'refuses an empty %s',
		async (name) => {
			expect(await refused('adRevenue', { [name]: ' ' })).toMatch(`Parameter "${name}" is empty`);
		},
	);
});

describe('unknown', () => {
	it.each([
		...OPERATIONS.flatMap((operation) =>
			['A', 'currency', '__proto__'].map((name): [string, string] => [operation, name]),
		),
		['event', 'amt'],
		['event', 'cur'],
		['event', 'purchase_receipt'],
		['event', 'app_v'],
		['adRevenue', 'purchase_receipt'],
		['revenueEvent', 'install'],
		['session', 'e'],
		['session', 'amt'],
		['session', 'is_revenue_event'],
	])('refuses %s with %s', async (operation, name) => {
		const reason = await refused(operation, `${encode(GOOD[operation] ?? {})}&${name}=x`);
		expect(reason).toMatch(`Parameter "${name}" is unknown to ${operation}; the known ones are a,`);
	});

	it.each<[string, string, Changes]>([
		['Android', 'idfa', {}],
		['Android', 'idfv', {}],
		['iOS', 'aifa', IOS],
		['PC', 'aifa', { p: 'PC', aifa: undefined, asid: undefined, sdid: 'x' }],
	])('refuses %s with the identifier %s of another platform', async (platform, name, changes) => {
		expect(await refused('event', { ...changes, [name]: 'x' })).toMatch(
			`Parameter "${name}" is no identifier of ${platform}; it has `,
		);
	});

	it('refuses att_authorization_status where it is not iOS', async () => {
		expect(await refused('event', { att_authorization_status: '0' })).toMatch('for iOS alone');
	});

	it('refuses ip beside use_ip', async () => {
		expect(await refused('event', { use_ip: 'true', country: 'US' })).toMatch('exclude each other');
	});

	it.each(['a', 'n', 'amt'])('refuses a repeated %s', async (name) => {
		expect(await refused('adRevenue', `${encode(GOOD.adRevenue ?? {})}&${name}=1`)).toMatch(
			`Parameter "${name}" is there more than once`,
		);
	});

	it('refuses a value that is no UTF-8', async () => {
		expect(await refused('event', `${encode(GOOD.event ?? {})}&country=%ff`)).toMatch('UTF-8');
	});
});

describe('the second version of the event endpoint', () => {
	const DEVICE = { aifa: undefined, asid: undefined, sdid: 'x' };
	const sendV2 = (operation: string, changes: Changes) =>
		setup.send(`${EVENT_V2}?${encode({ ...GOOD[operation], ...changes })}`);
	const WITH_NAME = OPERATIONS.filter((operation) => operation !== 'session');

	it.each(WITH_NAME)('takes %s of a device with an sdid alone, on every platform', async (name) => {
		for (const p of ['Android', 'PC', 'Web']) {
			expect((await sendV2(name, { ...DEVICE, p })).text).toBe('{"status":"ok"}');
		}
		expect((await sendV2(name, { ...IOS, idfv: undefined, sdid: 'x' })).text).toBe(
			'{"status":"ok"}',
		);
		const { events } = setup.sandbox.report();
		expect(events.map(({ operation }) => operation)).toEqual([name, name, name, name]);
	});

	it.each<[string, Changes]>([
		['no device ID supplied', { sdid: undefined }],
		['Parameter "aifa" is not known to /api/v2/evt', { aifa: 'x' }],
		['Parameter "idfv" is not known to /api/v2/evt', { ...IOS, idfv: 'x' }],
		['missing argument: att_authorization_status', { p: 'iOS' }],
		['missing argument: n', { n: undefined }],
		['it has to be an IPv4 address', { ip: '::1' }],
		['since they identify nobody', { sdid: '00000000-0000-0000-0000-000000000000' }],
	])('refuses an event: %s', async (reason, changes) => {
		const reply = await sendV2('event', { ...DEVICE, ...changes });
		expect(reply.status).toBe(200);
		expect(reply.text).toContain(JSON.stringify(reason).slice(1, -1));
		expect(setup.sandbox.report().events).toEqual([]);
	});
});

describe('broken values', () => {
	it.each(['android', 'ios', 'IOS', 'playstation', 'Windows', 'Android '])(
		'refuses platform "%s"',
		async (p) => {
			expect(await refused('event', { p })).toBe(`invalid platform: ${p}`);
		},
	);

	it.each<[string, string, string[], string]>([
		[
			'event',
			'ip',
			['::1', '2001:db8::1', '::ffff:10.1.2.3', '10.1.2', '10.1.2.3.4', '256.1.1.1', 'x'],
			'IPv4',
		],
		['event', 'country', ['us', 'USA', 'U1'], 'two capital letters'],
		['event', 'n', ['x'.repeat(33), 'größe', 'a\nb'], '1 to 32 ASCII characters'],
		['revenueEvent', 'n', ['x'.repeat(33)], '1 to 32 ASCII characters'],
		['adRevenue', 'n', ['__iap__'], '"__ADMON_USER_LEVEL_REVENUE__"'],
		['adRevenue', 'is_admon_revenue', ['false', 'True', '1'], '"true"'],
		['adRevenue', 'is_revenue_event', ['false', 'True', '1'], '"true"'],
		['revenueEvent', 'is_revenue_event', ['false', 'True', '1'], '"true"'],
		['adRevenue', 'amt', ['-1', '+1', '1e-7', '1,98', '1.', '.5', 'NaN', '0x10'], 'decimal number'],
		['revenueEvent', 'amt', ['1e-7'], 'decimal number'],
		['adRevenue', 'cur', ['usd', 'US', 'USDT', '840', 'RMB'], 'three capital letters'],
		['revenueEvent', 'cur', ['usd', 'BTC'], 'three capital letters'],
		['session', 'n', ['__ADMON_USER_LEVEL_REVENUE__'], 'belongs to ad revenue'],
		[
			'event',
			'aifa',
			['00000000-0000-0000-0000-000000000000', '0', '0000000000000000'],
			'since they identify nobody',
		],
		['event', 'utime', ['1483228800000', '148322880', '1483228800.5', '-148322880'], '10 digits'],
		['event', 'umilisec', ['1483228800', '1483228800.123', '2017-01-01T00:00:00Z'], '13 digits'],
		['session', 'utime', ['1483228800000'], '10 digits'],
		['session', 'install', ['True', '1'], 'one of true, false'],
		['session', 'c', ['WiFi', '4g'], 'one of wifi, carrier'],
		['session', 'dnt', ['true', '2'], 'one of 0, 1'],
		[
			'event',
			'data_sharing_options',
			[
				'true',
				'{}',
				'{"limit_data_sharing":"true"}',
				'{"limit_data_sharing":true,"a":1}',
				'[{"limit_data_sharing":true}]',
				'{limit_data_sharing:true}',
			],
			'as JSON',
		],
	])('refuses %s with %s in %j', async (operation, name, values, says) => {
		for (const value of values) {
			setup.sandbox.reset();
			const reason = await refused(operation, { [name]: value });
			expect(reason).toMatch(`Parameter "${name}" is ${JSON.stringify(value)}; it has to be `);
			expect(reason).toMatch(says);
		}
	});

	it.each(['4', '-1', 'authorized', '00'])(
		'refuses att_authorization_status "%s"',
		async (status) => {
			expect(await refused('event', { ...IOS, att_authorization_status: status })).toMatch(
				'it has to be one of 0, 1, 2, 3',
			);
		},
	);

	it.each(['false', 'True', '1'])('refuses use_ip "%s"', async (value) => {
		const reason = await refused('event', { ip: undefined, use_ip: value, country: 'US' });
		expect(reason).toMatch('it has to be "true"');
	});

	it.each([
		['no JSON', '{a:1}'],
		['a list', '["a"]'],
		['a text', '"a"'],
		['null', 'null'],
		['an empty value', '{"a":""}'],
		['a value of white space', '{"a":" "}'],
		['null as value', '{"a":null}'],
		['an object of 501 characters', `{"a":{"b":"${'v'.repeat(493)}"}}`],
		['a list of 501 characters', `{"a":["${'v'.repeat(497)}"]}`],
		['an empty name', '{"":"a"}'],
		['a name of 501 characters', `{"${'k'.repeat(501)}":"a"}`],
		['a value of 501 characters', `{"a":"${'v'.repeat(501)}"}`],
	])('refuses attributes with %s', async (_, e) => {
		for (const operation of ['event', 'revenueEvent']) {
			setup.sandbox.reset();
			expect(await refused(operation, { e })).toMatch('it has to be a JSON object of names');
		}
	});

	it.each([
		['without a value', '{"ad_platform":"AdMob","ad_type":""}'],
		['of 501 characters', `{"ad_platform":"${'v'.repeat(501)}"}`],
	])('refuses an attribute %s in an ad revenue', async (_, e) => {
		expect(await refused('adRevenue', { e })).toMatch('it has to be a JSON object of names');
	});
});

describe('refused requests', () => {
	it.each([EVENT, EVENT_V2, SESSION])('refuses another method at %s with 405', async (path) => {
		for (const method of ['POST', 'PUT', 'DELETE']) {
			const reply = await setup.send(`${path}?${encode(GOOD.event ?? {})}`, { method });
			expect(reply.status).toBe(405);
			expect(reply.headers.allow).toBe('GET');
			const reason = `Method ${method} is not allowed; the only one is GET.`;
			expect(JSON.parse(reply.text)).toEqual({ status: 'error', reason });
		}
		expect(setup.sandbox.report().events).toEqual([]);
	});

	it('refuses a body', async () => {
		const reply = await setup.send(`${EVENT}?${encode(GOOD.event ?? {})}`, { body: '{}' });
		expect(reply.status).toBe(200);
		expect(JSON.parse(reply.text)).toMatchObject({ status: 'error' });
		expect(setup.sandbox.report()).toMatchObject({
			events: [],
			rejected: [{ reason: expect.stringContaining('has a body') as string }],
		});
	});

	it.each(['/singular', `${EVENT}/`, '/singular/api/v2/launch', '/singular/api/v1/Evt'])(
		'refuses %s with 404',
		async (path) => {
			const reply = await setup.send(`${path}?${encode(GOOD.event ?? {})}`);
			expect(reply.status).toBe(404);
			expect(JSON.parse(reply.text)).toMatchObject({ status: 'error' });
			expect(setup.sandbox.report()).toMatchObject({ requests: 1, events: [] });
		},
	);

	it.each(OPERATIONS)('refuses %s with the key that stands for a wrong one', async (operation) => {
		expect(await refused(operation, { a: 'refused-key' })).toBe('invalid SDK key');
	});

	it('refuses by a fault as it refuses by a rule', async () => {
		setup.sandbox.setFaults([{ kind: 'refuse', ids: ['u-1'] }]);
		const reply = await send('event', { custom_user_id: 'u-1' });
		expect(reply.status).toBe(200);
		expect(JSON.parse(reply.text)).toMatchObject({ status: 'error' });
		expect(setup.sandbox.report()).toMatchObject({ requests: 1, events: [], rejected: [] });
	});
});

describe('the report', () => {
	it('lists each acceptance, and counts those that equal one before', async () => {
		const custom_user_id = 'u-1';
		await accepted('event', { custom_user_id });
		await accepted('event', { custom_user_id });
		await accepted('event', { custom_user_id, a: 'another-key' });
		await accepted('event', { custom_user_id, utime: '1483228800' });
		await accepted('session', { custom_user_id });
		const { events, duplicates } = setup.sandbox.report();
		expect(events.map(({ repeats }) => repeats)).toEqual([0, 0, 0, 0, 0]);
		expect(duplicates).toBe(2);
	});

	it('counts what came after a later event of the same device, in any operation', async () => {
		await accepted('session', { utime: '1483228802' });
		await accepted('event', { utime: '1483228801' });
		await accepted('adRevenue', { umilisec: '1483228801999' });
		await accepted('revenueEvent', { umilisec: '1483228802000' });
		await accepted('event');
		expect(setup.sandbox.report().outOfOrder).toBe(2);
	});

	it('goes by milliseconds where an event has both times', async () => {
		await accepted('event', { utime: '1483228802', umilisec: '1483228802500' });
		await accepted('event', { utime: '1483228802', umilisec: '1483228802400' });
		expect(setup.sandbox.report().outOfOrder).toBe(1);
	});

	it('knows a device by each of its identifiers', async () => {
		await accepted('event', { utime: '1483228803' });
		await accepted('event', { aifa: 'other', asid: 'other', utime: '1483228801' });
		expect(setup.sandbox.report().outOfOrder).toBe(0);
		await accepted('event', { asid: undefined, utime: '1483228802' });
		expect(setup.sandbox.report().outOfOrder).toBe(1);
	});
});

describe('the secret', () => {
	const good = encode(GOOD.event ?? {});
	it.each([
		['a good request', `?${good}`],
		['a query without its question mark', `&${good}`],
		['an encoded question mark', `%3F${good}`],
		['a misspelled name', `?${encode({ ...GOOD.event, a: undefined, A: SECRET })}`],
		['the key as name', `?${good}&${SECRET}=1`],
		['the key as empty name', `?${good}&${SECRET}=`],
		['a repeated key', `?${good}&a=${SECRET}`],
		['a broken key', `?${encode({ ...GOOD.event, a: undefined })}&a=${SECRET}%ZZ`],
		['the key as platform', `?${encode({ ...GOOD.event, p: SECRET })}`],
		['the key as time', `?${encode({ ...GOOD.event, utime: SECRET })}`],
		['the key within the id', `?${encode({ ...GOOD.event, custom_user_id: `u ${SECRET}` })}`],
		['the key within an attribute', `?${encode({ ...GOOD.event, e: `{"a":"${SECRET}"}` })}`],
	])('appears in no reply, report or log: %s', async (_, rest) => {
		const reply = await setup.send(EVENT + rest);
		expect(setup.sandbox.report().requests).toBe(1);
		expect(lines).toHaveLength(1);
		expect(lines[0]).toMatch(`GET ${EVENT} ${reply.status}`);
		expect(JSON.stringify([reply, setup.sandbox.report(), lines])).not.toContain(SECRET);
	});
});
