import { DateTime } from 'luxon';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { singular } from '../../nodes/Singular/provider';
import { Singular } from '../../nodes/Singular/Singular.node';
import type { Fault } from '../../sandbox';
import { compile } from '../../transport/declaration/compile';
import { runNode } from '../support/nodeRun';
import { paces } from '../../transport/pace/sharedPace';
import { startRecorder } from '../support/recorder';
import { outcomesOf, useSandbox } from '../support/sandboxRun';

// rules and examples: the vendor's page "Tracking Ad Revenue", and where it is silent the vendor's
// pages on the EVENT and the SESSION endpoint

const SDK_KEY = 'sdk_key_here';

const sandbox = useSandbox();
let recorder: Awaited<ReturnType<typeof startRecorder>>;
beforeAll(async () => {
	recorder = await startRecorder();
});
beforeEach(() => {
	recorder.requests.length = 0;
	// a wait before the next try is a share of its longest
	jest.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => {
	jest.restoreAllMocks();
});
afterAll(() => recorder.close());

async function run(
	operation: string,
	items: readonly IDataObject[],
	{ baseUrl = recorder.url, ...parameters }: INodeParameters = {},
) {
	return await runNode({
		nodeType: new Singular(),
		parameters: { operation, dataMode: 'autoMapInputData', ...parameters },
		credential: { sdkKey: SDK_KEY, baseUrl: baseUrl as string },
		items,
		settings: { onError: 'continueRegularOutput' },
	});
}

/** What went out of one item, by wire key; nothing where nothing went out. */
async function sent(operation: string, item: IDataObject, parameters: INodeParameters = {}) {
	recorder.requests.length = 0;
	await run(operation, [item], parameters);
	return new Map(recorder.requests[0]?.query);
}

/** What went out as `e`. */
async function sentAttributes(operation: string, item: IDataObject, parameters?: INodeParameters) {
	const attributes = (await sent(operation, item, parameters)).get('e');
	return attributes === undefined ? undefined : (JSON.parse(attributes) as unknown);
}

/** One item that is invalid: its message, and the fields that it names. */
async function refused(operation: string, item: IDataObject, parameters: INodeParameters = {}) {
	recorder.requests.length = 0;
	const result = await run(operation, [item], parameters);
	expect({ item, outcome: outcomesOf(result) }).toEqual({ item, outcome: ['invalid'] });
	expect(recorder.requests).toEqual([]);
	const { error, details } = result.items[0]?.json ?? {};
	return {
		error: error as string,
		fields: (details as { fields: { field: string; rule: string }[] }).fields,
	};
}

/** What tells the event of `answered` in each item. */
const named = { provider: 'Singular', operation: 'adRevenue' };

/** One item, answered by the sandbox under these faults. */
async function answered(faults: Fault[], options: INodeParameters = {}): Promise<IDataObject> {
	sandbox().reset();
	sandbox().setFaults(faults);
	// what an earlier answer asked for is over
	paces.clear();
	const { items } = await run('adRevenue', [valid.adRevenue ?? {}], {
		baseUrl: `${sandbox().url}/singular`,
		options,
	});
	return { ...items[0]?.json, requests: sandbox().report().requests };
}

const onAndroid = {
	p: 'Android',
	i: 'com.singular.app',
	ip: '10.1.2.3',
	ve: '9.2',
	aifa: '8ecd7512-2864-440c-93f3-a3cabe62525b',
};
const onIos = {
	p: 'iOS',
	i: 'com.singular.app',
	ip: '10.1.2.3',
	ve: '17.4',
	idfv: '8ECD7512-2864-440C-93F3-A3CABE62525B',
};

const valid: Record<string, IDataObject> = {
	adRevenue: { ...onAndroid, amt: 0.00782, cur: 'USD', ad_platform: 'AdMob' },
	revenueEvent: { ...onAndroid, n: 'purchase', amt: 4.99, cur: 'USD' },
	event: { ...onAndroid, n: 'level_complete' },
	session: onAndroid,
};
const operations = Object.keys(valid);

test("the vendor's HTTP sample goes out to the letter", async () => {
	await run('adRevenue', [
		{
			p: 'Android',
			i: 'com.singular.app',
			ip: '10.1.2.3',
			ve: '9.2',
			aifa: '8ecd7512-2864-440c-93f3-a3cabe62525b',
			asid: 'edee92a2-7b2f-45f4-a509-840f170fc6d9',
			e: '{"ad_platform":"AdMob","ad_mediation_platform":"admob.AdMobAdapter","ad_unit_id":"ca-app-pub-6325336052/44923540"}',
			amt: 0.00782,
			cur: 'USD',
		},
	]);
	const [request] = recorder.requests;
	expect(request?.method).toBe('GET');
	expect(request?.body).toBe('');
	expect(request?.contentType).toBeUndefined();
	const [path, query = ''] = request?.target.split('?') ?? [];
	expect(path).toBe('/api/v1/evt');
	expect(query.split('&').sort()).toEqual(
		[
			'a=sdk_key_here',
			'p=Android',
			'i=com.singular.app',
			'ip=10.1.2.3',
			've=9.2',
			'aifa=8ecd7512-2864-440c-93f3-a3cabe62525b',
			'asid=edee92a2-7b2f-45f4-a509-840f170fc6d9',
			'n=__ADMON_USER_LEVEL_REVENUE__',
			'e=%7B%22ad_platform%22%3A%22AdMob%22%2C%22ad_mediation_platform%22%3A%22admob.AdMobAdapter%22%2C%22ad_unit_id%22%3A%22ca-app-pub-6325336052%2F44923540%22%7D',
			'is_admon_revenue=true',
			'is_revenue_event=true',
			'amt=0.00782',
			'cur=USD',
		].sort(),
	);
});

const AD_ATTRIBUTES = [
	'ad_platform',
	'ad_mediation_platform',
	'ad_type',
	'ad_group_type',
	'ad_impression_id',
	'ad_placement_name',
	'ad_placement_id',
	'ad_unit_id',
	'ad_unit_name',
	'ad_group_id',
	'ad_group_name',
	'ad_group_priority',
	'ad_precision',
];

test.each(operations)('%s takes every parameter of the documents, and no other', (operation) => {
	const common = [
		...['p', 'i', 'ip', 'use_ip', 've', 'country', 'custom_user_id', 'data_sharing_options'],
		...['idfa', 'idfv', 'att_authorization_status', 'aifa', 'asid', 'amid', 'oaid', 'andi', 'sdid'],
		...['utime', 'additionalParameters'],
	];
	const purchase = ['product_id', 'transaction_id', 'receipt'].map((name) => `purchase_${name}`);
	const own: Record<string, string[]> = {
		adRevenue: ['e', 'amt', 'cur'],
		revenueEvent: ['n', 'e', 'amt', 'cur', ...purchase, 'receipt_signature'],
		event: ['n', 'e'],
		session: [
			...['app_v', 'ma', 'mo', 'lc', 'bd', 'install', 'openuri', 'install_ref', 'n', 'c', 'cn'],
			'dnt',
		],
	};
	const { fields } = compile(singular, operation);
	expect(singular.operations[operation]?.madeKeys).toEqual(['umilisec']);
	expect([...new Set(fields.map(({ key }) => key))].sort()).toEqual(
		[...common, ...(own[operation] ?? [])].sort(),
	);
	const membersOf = (wanted: string) =>
		fields.filter(({ key, member }) => key === wanted && member).map(({ member }) => member);
	expect(membersOf('data_sharing_options')).toEqual(['limit_data_sharing']);
	expect(membersOf('e').sort()).toEqual(operation === 'adRevenue' ? AD_ATTRIBUTES.toSorted() : []);
});

describe('what an operation is told by', () => {
	const constants = (query: Map<string, string>) =>
		Object.fromEntries(
			['n', 'is_admon_revenue', 'is_revenue_event', 'amt', 'cur'].map((key) => [
				key,
				query.get(key),
			]),
		);
	/** Columns that must not change it. */
	const columns = { is_admon_revenue: 'false', is_revenue_event: 'false' };

	test('ad revenue: its name, is_admon_revenue and is_revenue_event', async () => {
		const item = { ...valid.adRevenue, ...columns, n: 'purchase' };
		expect(constants(await sent('adRevenue', item))).toEqual({
			n: '__ADMON_USER_LEVEL_REVENUE__',
			is_admon_revenue: 'true',
			is_revenue_event: 'true',
			amt: '0.00782',
			cur: 'USD',
		});
	});

	test('a revenue event: is_revenue_event', async () => {
		expect(constants(await sent('revenueEvent', { ...valid.revenueEvent, ...columns }))).toEqual({
			n: 'purchase',
			is_admon_revenue: undefined,
			is_revenue_event: 'true',
			amt: '4.99',
			cur: 'USD',
		});
	});

	test.each(['event', 'session'])('a plain %s has no revenue keys', async (operation) => {
		const item = { ...valid[operation], ...columns, n: 'name', amt: 1, cur: 'USD' };
		expect(constants(await sent(operation, item))).toEqual({
			n: 'name',
			is_admon_revenue: undefined,
			is_revenue_event: undefined,
			amt: undefined,
			cur: undefined,
		});
	});

	test.each([
		['adRevenue', '/api/v1/evt'],
		['revenueEvent', '/api/v1/evt'],
		['event', '/api/v1/evt'],
		['session', '/api/v1/launch'],
	])('%s goes to %s, by GET, without a body, with each parameter once', async (operation, path) => {
		await run(operation, [valid[operation] ?? {}]);
		const [request] = recorder.requests;
		expect(request).toMatchObject({ method: 'GET', path, body: '' });
		expect(request?.contentType).toBeUndefined();
		const keys = request?.query.map(([key]) => key) ?? [];
		expect(new Set(keys).size).toBe(keys.length);
		expect(new Map(request?.query).get('a')).toBe(SDK_KEY);
	});
});

describe('each rule of the table: just inside and just outside', () => {
	const x = (characters: number) => 'ß'.repeat(characters);
	type Row = [operation: string, key: string, inside: unknown[], outside: unknown[]];
	const texts: [unknown[], unknown[]] = [
		['a', 4711, true, 'ä b&c', undefined, ' '],
		[{}, ['a']],
	];
	const names: [unknown[], unknown[]] = [
		['n', 'x'.repeat(32), ' trimmed ', '~!"#$%&()', 7],
		[undefined, '', '  ', 'x'.repeat(33), 'größe', '日本', 'a\nb', 'a\u007f', {}, ['n']],
	];
	const rows: Row[] = [
		...operations.flatMap((operation): Row[] => [
			[operation, 'i', ['a', 'com.Singular.App'], [undefined, '', '  ', {}, ['a']]],
			[operation, 've', ['9.2', 17.4, 17], [undefined, '', '  ', {}]],
			[
				operation,
				'ip',
				['10.1.2.3', '203.0.113.7', ' 203.0.113.7 ', '::ffff:203.0.113.7'],
				['2001:db8::7', '::ffff:cb00:7107', '256.1.1.1', '1.2.3', '203.0.113.7:80', 'here', {}],
			],
			[operation, 'country', ['DE', 'us', undefined, ''], ['DEU', 'D', '49', 'D1', 'ÄÖ', {}]],
			[operation, 'custom_user_id', ['u', 4711, undefined], [{}, ['u'], 12345678901234567890]],
			[
				operation,
				'utime',
				[1769860800, '1769860800', 1769860800123, '2026-01-31T12:00:00Z', undefined],
				// a day of a spreadsheet and a year are no unix times, and no app is that old
				[-1, 'soon', '2026-02-30T10:00:00Z', {}, 1e15, 45000, 2026, '1999-12-31T23:59:59Z'],
			],
			[
				operation,
				'data_sharing_options',
				[{ limit_data_sharing: true }, '{"limit_data_sharing": false}', undefined, ''],
				['yes', '[true]', true, ['a'], 1],
			],
		]),
		...['adRevenue', 'revenueEvent'].flatMap((operation): Row[] => [
			[
				operation,
				'amt',
				[0, '0', 0.00782, 1e-7, '12345678901234567.89'],
				[undefined, null, '', -0.01, '-1', '1,50', '$1', 'free', NaN, Infinity, true, {}],
			],
			[
				operation,
				'cur',
				['USD', 'eur', ' jpy '],
				[undefined, '', 'US', 'USDT', 'RMB', 'BTC', '840', '$$$', {}],
			],
		]),
		['event', 'n', ...names],
		['revenueEvent', 'n', ...names],
		...['revenueEvent', 'event'].map((operation): Row => [
			operation,
			'e',
			[
				{},
				'{}',
				{ [x(500)]: x(500) },
				{ emoji: '😀'.repeat(500) },
				{ level: 2, won: true, share: 0.5 },
				{ a: { b: 1 }, c: ['d', [null]] },
				{ a: [x(496)] },
				'{"level":"2"}',
				undefined,
			],
			[
				{ [x(501)]: '1' },
				{ a: x(501) },
				{ a: [x(497)] },
				{ a: { b: NaN } },
				{ a: NaN },
				[1],
				'[1]',
				'no JSON',
				'{"level":',
				'"text"',
				7,
				true,
			],
		]),
		...['product_id', 'transaction_id', 'receipt'].map((name): Row => [
			'revenueEvent',
			`purchase_${name}`,
			...texts,
		]),
		['revenueEvent', 'receipt_signature', ...texts],
		...['n', 'app_v', 'ma', 'mo', 'lc', 'bd', 'openuri', 'install_ref', 'cn'].map((key): Row => [
			'session',
			key,
			...texts,
		]),
		['session', 'install', [true, false, 'true', 'FALSE', 1, '0', undefined], ['yes', 2, {}]],
		['session', 'c', ['wifi', 'carrier', 'WiFi', ' Carrier ', undefined], ['4g', 'wi-fi', {}, 1]],
		['session', 'dnt', [0, 1, '0', '1', undefined], [-1, 2, 0.5, 'no', {}]],
	];

	test.each(rows)('%s %s', async (operation, key, inside, outside) => {
		for (const value of inside) {
			const result = await run(operation, [{ ...valid[operation], [key]: value } as IDataObject]);
			expect({ value, outcome: outcomesOf(result) }).toEqual({ value, outcome: ['delivered'] });
		}
		for (const value of outside) {
			const item = { ...valid[operation], [key]: value } as IDataObject;
			const { error, fields } = await refused(operation, item);
			expect(error).toContain(`(${key})`);
			expect(fields).toMatchObject([{ field: key }]);
		}
	});

	test.each(AD_ATTRIBUTES)('adRevenue e.%s', async (name) => {
		for (const value of ['a', x(500), '😀'.repeat(500), 4711]) {
			const item = { ...valid.adRevenue, [name]: value };
			const attributes = await sentAttributes('adRevenue', item);
			expect(attributes).toMatchObject({ [name]: String(value) });
		}
		for (const value of [x(501), {}, ['a']]) {
			const item = { ...valid.adRevenue, [name]: value };
			const { error, fields } = await refused('adRevenue', item);
			expect(error).toContain(`(e.${name})`);
			expect(fields).toMatchObject([
				{ field: `e.${name}`, rule: expect.stringContaining('500') as string },
			]);
		}
	});

	test('an SDK key is needed', async () => {
		const { items } = await runNode({
			nodeType: new Singular(),
			parameters: { operation: 'session', dataMode: 'autoMapInputData' },
			credential: { sdkKey: '', baseUrl: recorder.url },
			items: [onAndroid],
			settings: { onError: 'continueRegularOutput' },
		});
		expect(items[0]?.json.error).toContain('SDK Key is empty');
		expect(recorder.requests).toEqual([]);
	});
});

describe('platforms', () => {
	const identifierOf: Record<string, string> = { Android: 'aifa', iOS: 'idfv' };
	const spellings = [
		'Android',
		'iOS',
		'PC',
		'Xbox',
		'Playstation',
		'Nintendo',
		'MetaQuest',
		'CTV',
		'Web',
	];
	const { p: _, aifa: __, ...app } = onAndroid;

	test.each(spellings)('%s in every case goes out as documented', async (platform) => {
		const device = { [identifierOf[platform] ?? 'sdid']: 'device-1' };
		for (const p of [platform, platform.toLowerCase(), platform.toUpperCase(), ` ${platform} `]) {
			for (const operation of operations) {
				const item = { ...valid[operation], aifa: '', ...app, ...device, p };
				expect((await sent(operation, item)).get('p')).toBe(platform);
			}
		}
	});

	test.each([undefined, '', 'windows', 'ios 17', 'i', 'AndroidiOS', 'Play station', 1, {}])(
		'%p is none',
		async (p) => {
			for (const operation of operations) {
				const { error, fields } = await refused(operation, {
					...valid[operation],
					p,
				});
				expect(error).toContain('Platform (p)');
				expect(fields[0]?.field).toBe('p');
				if (p === undefined || p === '') expect(error).toContain('is required');
				else for (const spelling of spellings) expect(error).toContain(spelling);
			}
		},
	);
});

describe('the address: exactly one of ip and use_ip', () => {
	const { ip: _, ...nowhere } = onAndroid;

	test.each(operations)('%s', async (operation) => {
		const { ip: __, ...item } = valid[operation] ?? {};
		for (const useIp of [undefined, '', false, 'false', 0]) {
			const neither = await refused(operation, { ...item, use_ip: useIp });
			expect(neither.fields).toEqual([{ field: 'ip', rule: 'is required, or use_ip=true' }]);
		}
		const both = await refused(operation, { ...item, ip: '10.1.2.3', use_ip: true, country: 'DE' });
		expect(both.fields).toMatchObject([
			{ field: 'ip', rule: expect.stringContaining('exactly one') as string },
		]);

		for (const useIp of [true, 'true', 'TRUE', 1, '1']) {
			const query = await sent(operation, { ...item, use_ip: useIp, country: 'de' });
			expect(query.get('use_ip')).toBe('true');
			expect(query.get('country')).toBe('DE');
			expect(query.has('ip')).toBe(false);
		}
		const own = await sent(operation, { ...item, ip: '10.1.2.3', use_ip: false });
		expect(own.get('ip')).toBe('10.1.2.3');
		expect(own.has('use_ip')).toBe(false);
	});

	test('use_ip is true or false', async () => {
		for (const useIp of ['yes', 2, {}]) {
			const { fields } = await refused('session', { ...nowhere, use_ip: useIp });
			expect(fields).toMatchObject([{ field: 'use_ip' }]);
		}
	});

	test.each(operations)('%s needs the country beside use_ip', async (operation) => {
		const { ip: __, ...item } = valid[operation] ?? {};
		for (const country of [undefined, '', ' ']) {
			const { fields } = await refused(operation, { ...item, use_ip: true, country });
			expect(fields).toEqual([{ field: 'country', rule: 'is required beside use_ip=true' }]);
		}
	});

	test('mapped by hand it is the address of the field, or of the request with a country', async () => {
		const byHand = {
			dataMode: 'defineBelow',
			platform: 'Android',
			appIdentifier: 'com.singular.app',
			osVersion: '9.2',
			deviceIdentifiers: { aifa: 'device-1' },
			// of the other choice: hidden in the editor, and not sent
			ip: '10.1.2.3',
			country: 'de',
		};
		const field = await sent('session', {}, { ...byHand, ipFrom: 'field' });
		expect(field.get('ip')).toBe('10.1.2.3');
		expect(field.has('use_ip')).toBe(false);
		expect(field.has('country')).toBe(false);
		const request = await sent('session', {}, { ...byHand, ipFrom: 'request' });
		expect(request.get('use_ip')).toBe('true');
		expect(request.get('country')).toBe('DE');
		expect(request.has('ip')).toBe(false);
		const both = await sent(
			'session',
			{},
			{
				...byHand,
				ipFrom: 'field',
				additionalFields: { countryOfUser: 'at' },
			},
		);
		expect(both.get('ip')).toBe('10.1.2.3');
		expect(both.get('country')).toBe('AT');
		const { fields } = await refused('session', {}, { ...byHand, ipFrom: 'request', country: '' });
		expect(fields).toMatchObject([{ field: 'country' }]);
	});
});

test.each(['de', 'De', ' dE ', 'DE'])('the country %p goes out as DE', async (country) => {
	expect((await sent('session', { ...onAndroid, country })).get('country')).toBe('DE');
});

describe('device identifiers', () => {
	const own: Record<string, string[]> = {
		iOS: ['idfv', 'idfa'],
		Android: ['aifa', 'asid', 'amid', 'oaid', 'andi'],
		...Object.fromEntries(
			['PC', 'Xbox', 'Playstation', 'Nintendo', 'MetaQuest', 'CTV', 'Web'].map((p) => [
				p,
				['sdid'],
			]),
		),
	};
	const all = ['idfv', 'idfa', 'aifa', 'asid', 'amid', 'oaid', 'andi', 'sdid'];
	const itemOn = (operation: string, p: string, identifiers: object) =>
		({ ...valid[operation], aifa: undefined, p, ...identifiers }) as IDataObject;

	test.each(Object.entries(own))('%s has %p: any of them is enough', async (p, keys) => {
		for (const operation of operations) {
			for (const key of keys) {
				const query = await sent(operation, itemOn(operation, p, { [key]: ` Device-1 ` }));
				expect(query.get(key)).toBe('Device-1');
			}
			const together = Object.fromEntries(keys.map((key) => [key, `${key}-1`]));
			const query = await sent(operation, itemOn(operation, p, together));
			expect([...query].filter(([key]) => all.includes(key)).sort()).toEqual(
				Object.entries(together).sort(),
			);
		}
	});

	test.each(Object.entries(own))('%s without one of %p is invalid', async (p, keys) => {
		for (const operation of operations) {
			for (const nothing of [{}, Object.fromEntries(keys.map((key) => [key, ' ']))]) {
				const { error, fields } = await refused(operation, itemOn(operation, p, nothing));
				expect(fields).toMatchObject([{ field: keys[0] }]);
				for (const key of keys) expect(error).toContain(key);
			}
		}
	});

	test.each(Object.entries(own))('%s with any but %p or sdid is invalid', async (p, keys) => {
		for (const other of all.filter((key) => !keys.includes(key) && key !== 'sdid')) {
			for (const operation of operations) {
				const identifiers = { [keys[0] ?? '']: 'device-1', [other]: 'device-2' };
				const { error, fields } = await refused(operation, itemOn(operation, p, identifiers));
				expect(fields).toMatchObject([{ field: other }]);
				expect(error).toContain('leave it empty');
			}
			// nor does it stand in for one of its own
			const { fields } = await refused('event', itemOn('event', p, { [other]: 'device-2' }));
			expect(fields.map(({ field }) => field).sort()).toEqual([keys[0], other].sort());
		}
	});

	test.each(['iOS', 'Android'])('sdid may stand beside those of %s, not for them', async (p) => {
		const [key = ''] = own[p] ?? [];
		for (const operation of operations) {
			const both = { [key]: 'device-1', sdid: 'device-2' };
			const query = await sent(operation, itemOn(operation, p, both));
			expect(Object.fromEntries(query)).toMatchObject(both);
			const { fields } = await refused(operation, itemOn(operation, p, { sdid: 'device-2' }));
			expect(fields).toMatchObject([{ field: key }]);
		}
	});

	describe('one of zeros identifies nobody', () => {
		const zeros = ['00000000-0000-0000-0000-000000000000', '0', '0000000000000000', 0];

		test.each(Object.entries(own))('on %s: it is not sent beside others', async (p, keys) => {
			const others = Object.fromEntries([...keys, 'sdid'].map((key) => [key, `${key}-1`]));
			for (const key of [...keys, 'sdid']) {
				if (keys.length === 1) continue;
				for (const zero of zeros) {
					const query = await sent('event', itemOn('event', p, { ...others, [key]: zero }));
					expect(query.has(key)).toBe(false);
					const { [key]: _, ...rest } = others;
					expect(Object.fromEntries(query)).toMatchObject(rest);
				}
			}
			// of another platform it is none either
			for (const key of all.filter((other) => !keys.includes(other))) {
				const query = await sent('event', itemOn('event', p, { ...others, [key]: zeros[0] }));
				expect(query.has(key)).toBe(false);
			}
		});

		test.each(Object.entries(own))('on %s: it is not enough', async (p, keys) => {
			for (const operation of operations) {
				const identifiers = Object.fromEntries(keys.map((key) => [key, zeros[0]]));
				const { error, fields } = await refused(operation, itemOn(operation, p, identifiers));
				expect(fields).toMatchObject([{ field: keys[0] }]);
				expect(error).toContain('zeros identify nobody');
			}
		});

		test.each(Object.entries(own))('on %s: the sentence shows what was given', async (p, keys) => {
			for (const key of keys) {
				const { error, fields } = await refused('event', itemOn('event', p, { [key]: zeros[0] }));
				expect(fields).toMatchObject([{ field: keys[0], value: zeros[0] }]);
				expect(error).toContain(`(zeros identify nobody), not "${zeros[0]}"`);
			}
			const { error } = await refused('event', itemOn('event', p, {}));
			expect(error).not.toContain(', not ');
		});
	});

	test.each(all)('%s has to be text', async (key) => {
		const p = Object.keys(own).find((platform) => own[platform]?.includes(key)) ?? '';
		const { fields } = await refused('event', itemOn('event', p, { [key]: { id: 1 } }));
		expect(fields).toMatchObject([{ field: key, rule: 'must be text that is not blank' }]);
	});
});

describe('att_authorization_status', () => {
	const ATT = 'att_authorization_status';

	test.each(operations)('%s: 0 to 3 on iOS, 0 where there is none', async (operation) => {
		const item = { ...valid[operation], aifa: '', ...onIos };
		for (const status of [0, 1, 2, 3, '0', '3']) {
			expect((await sent(operation, { ...item, [ATT]: status })).get(ATT)).toBe(String(status));
		}
		for (const nothing of [undefined, null, '']) {
			expect((await sent(operation, { ...item, [ATT]: nothing })).get(ATT)).toBe('0');
		}
		for (const status of [-1, 4, 1.5, 'authorized', true, {}]) {
			const { fields } = await refused(operation, { ...item, [ATT]: status });
			expect(fields).toMatchObject([{ field: ATT, rule: 'must be a whole number from 0 to 3' }]);
		}
	});

	test.each(operations)('%s: left out elsewhere', async (operation) => {
		for (const [p, key] of [
			['Android', 'aifa'],
			['PC', 'sdid'],
			['Web', 'sdid'],
		] as const) {
			const item = { ...valid[operation], aifa: '', p, [key]: 'device-1' };
			expect((await sent(operation, { ...item, [ATT]: 3 })).has(ATT)).toBe(false);
			expect((await sent(operation, item)).has(ATT)).toBe(false);
		}
	});
});

test('one node, mapped by hand, serves rows of all platforms', async () => {
	const { ip, i, ve } = onAndroid;
	const rows = [
		{ p: 'android', aifa: 'device-1' },
		{ p: 'IOS', idfv: 'device-2', att: 3 },
		{ p: 'ctv', sdid: 'device-3' },
	];
	const column = (name: string) => `={{ $json.${name} }}`;
	await run(
		'session',
		rows.map((row) => ({ ...row, ip, i, ve })),
		{
			dataMode: 'defineBelow',
			platform: column('p'),
			appIdentifier: column('i'),
			osVersion: column('ve'),
			ip: column('ip'),
			deviceIdentifiers: { aifa: column('aifa'), idfv: column('idfv'), sdid: column('sdid') },
			additionalFields: { attAuthorizationStatus: column('att') },
		},
	);
	const common = { a: SDK_KEY, i, ip, ve };
	expect(recorder.requests.map(({ query }) => Object.fromEntries(query))).toEqual(
		expect.arrayContaining([
			{ ...common, p: 'Android', aifa: 'device-1' },
			{ ...common, p: 'iOS', idfv: 'device-2', att_authorization_status: '3' },
			{ ...common, p: 'CTV', sdid: 'device-3' },
		]),
	);
});

describe('e of ad revenue', () => {
	const { ad_platform: _, ...bare } = valid.adRevenue ?? {};
	const attributes = { ad_platform: 'AdMob', ad_type: 'Rewarded', ad_unit_id: 'ca/1' };
	const byHand = {
		dataMode: 'defineBelow',
		platform: 'Android',
		appIdentifier: 'com.singular.app',
		osVersion: '9.2',
		ip: '10.1.2.3',
		deviceIdentifiers: { aifa: 'device-1' },
		amount: '1',
		currency: 'USD',
	};

	test.each<[string, IDataObject, INodeParameters]>([
		['JSON text', { ...bare, e: JSON.stringify(attributes) }, {}],
		['JSON text with white space', { ...bare, e: JSON.stringify(attributes, null, 2) }, {}],
		['an object', { ...bare, e: attributes }, {}],
		['columns', { ...bare, ...attributes }, {}],
		[
			'an object and columns',
			{ ...bare, e: { ad_platform: 'AdMob', ad_type: 'Rewarded' }, ad_unit_id: 'ca/1' },
			{},
		],
		[
			'columns and JSON text after them',
			{ ...bare, ad_unit_id: 'ca/1', ad_platform: 'AdMob', e: '{"ad_type":"Rewarded"}' },
			{},
		],
		[
			'columns that win over the object before them',
			{ ...bare, e: { ...attributes, ad_platform: 'x', ad_type: 'y' }, ...attributes },
			{},
		],
		[
			'columns that win over the JSON text after them',
			{ ...bare, ...attributes, e: '{"ad_platform":"x","ad_type":"y"}' },
			{},
		],
		[
			'fields',
			{ type: 'Rewarded' },
			{
				...byHand,
				adPlatform: 'AdMob',
				adAttributes: { adType: '={{ $json.type }}', adUnitId: 'ca/1', adUnitName: '' },
			},
		],
		[
			'JSON text in a field',
			{},
			{ ...byHand, adAttributesInput: 'json', adAttributesJson: JSON.stringify(attributes) },
		],
		[
			'an object in a field',
			{ attributes },
			{ ...byHand, adAttributesInput: 'json', adAttributesJson: '={{ $json.attributes }}' },
		],
	])('as %s', async (_name, item, parameters) => {
		expect(await sentAttributes('adRevenue', item, parameters)).toEqual(attributes);
	});

	test('attributes without a value are left out', async () => {
		const e = { ...attributes, ad_unit_name: '', ad_group_id: null, ad_precision: '  ' };
		expect(await sentAttributes('adRevenue', { ...bare, e })).toEqual(attributes);
		expect(await sentAttributes('adRevenue', { ...bare, e: JSON.stringify(e) })).toEqual(
			attributes,
		);
		expect(await sentAttributes('adRevenue', { ...bare, ...e })).toEqual(attributes);
		// nor is one that is not documented
		expect(await sentAttributes('adRevenue', { ...bare, e: { ...e, ad_color: '' } })).toEqual(
			attributes,
		);
	});

	test('values are text', async () => {
		const e = { ad_platform: 'AdMob', ad_group_priority: 3 };
		expect(await sentAttributes('adRevenue', { ...bare, e })).toEqual({
			ad_platform: 'AdMob',
			ad_group_priority: '3',
		});
	});

	test.each<[string, IDataObject]>([
		['nothing', {}],
		['an empty object', { e: {} }],
		['an empty object as text', { e: '{}' }],
		['other attributes alone', { ad_type: 'Rewarded' }],
		['an empty ad_platform', { e: { ad_platform: ' ' } }],
	])('ad_platform is required: %s', async (_name, e) => {
		const { error, fields } = await refused('adRevenue', { ...bare, ...e });
		expect(error).toContain('Ad Platform (e.ad_platform) is required');
		expect(fields).toMatchObject([{ field: 'e.ad_platform', rule: 'is required' }]);
	});

	test.each([
		'no JSON',
		'{"ad_platform":',
		"{'ad_platform':'AdMob'}",
		'[]',
		'"AdMob"',
		'7',
		7,
		true,
	])('%p is no object, with columns beside it or without', async (e) => {
		for (const item of [
			{ ...bare, e },
			{ ...bare, e, ...attributes },
			{ ...bare, ...attributes, e },
		]) {
			const { error, fields } = await refused('adRevenue', item);
			expect(error).toContain('(e)');
			expect(fields).toMatchObject([
				{ field: 'e', rule: expect.stringContaining('must be an object') as string },
			]);
			expect(fields[0]?.rule).toContain('ad_platform');
		}
	});

	test("further names are sent, as the vendor's SDK does", async () => {
		const e = { ...attributes, ad_currency: 'USD', ad_revenue: 0.00782, extra: { tier: [1] } };
		for (const given of [e, JSON.stringify(e)]) {
			expect(await sentAttributes('adRevenue', { ...bare, e: given })).toEqual(e);
		}
		const long = { ...attributes, ['x'.repeat(501)]: '1', ad_color: 'x'.repeat(501) };
		const { fields } = await refused('adRevenue', { ...bare, e: long });
		expect(fields).toMatchObject([
			{ rule: expect.stringContaining('1 to 500 characters') as string },
			{ field: 'e.ad_color' },
		]);
	});

	test('all that is wrong is named at once', async () => {
		const { fields } = await refused('adRevenue', {
			...bare,
			p: 'windows',
			cur: '840',
			e: { ad_color: 'x'.repeat(501), ad_type: { a: 1 } },
		});
		expect(fields.map(({ field }) => field).sort()).toEqual(
			['cur', 'e.ad_color', 'e.ad_platform', 'e.ad_type', 'p'].sort(),
		);
	});
});

describe.each(['event', 'revenueEvent'])('e of an %s', (operation) => {
	const item = valid[operation] ?? {};
	const byHand = {
		dataMode: 'defineBelow',
		platform: 'Android',
		appIdentifier: 'com.singular.app',
		osVersion: '9.2',
		ip: '10.1.2.3',
		deviceIdentifiers: { aifa: 'device-1' },
		eventName: 'n',
		amount: '1',
		currency: 'USD',
	};
	const attributes = { level: '2', 'größe & co': '+5%' };

	test.each<[string, IDataObject, INodeParameters]>([
		['JSON text', { ...item, e: JSON.stringify(attributes) }, {}],
		['an object', { ...item, e: attributes }, {}],
		[
			'names and values',
			{ level: 2 },
			{
				...byHand,
				eventAttributesInput: 'pairs',
				eventAttributePairs: {
					pair: [
						{ name: 'level', value: '={{ String($json.level) }}' },
						{ name: 'größe & co', value: '+5%' },
						{ name: 'left out', value: '' },
					],
				},
			},
		],
		[
			'JSON text in a field',
			{},
			{ ...byHand, eventAttributesInput: 'json', eventAttributesJson: JSON.stringify(attributes) },
		],
		[
			'an object in a field',
			{ attributes },
			{ ...byHand, eventAttributesInput: 'json', eventAttributesJson: '={{ $json.attributes }}' },
		],
	])('as %s', async (_name, given, parameters) => {
		expect(await sentAttributes(operation, given, parameters)).toEqual(attributes);
	});

	test('numbers and truth values stay what they are', async () => {
		const e = { level: 2, share: 0.5, won: true, text: '2' };
		expect(await sentAttributes(operation, { ...item, e })).toEqual(e);
		expect(await sentAttributes(operation, { ...item, e: JSON.stringify(e) })).toEqual(e);
	});

	test('attributes without a value are left out, and e where none is left', async () => {
		const e = { level: '2', empty: '', none: null, blank: '  ' };
		expect(await sentAttributes(operation, { ...item, e })).toEqual({ level: '2' });
		for (const nothing of [{}, '{}', { empty: '', none: null }, '', undefined]) {
			expect((await sent(operation, { ...item, e: nothing })).has('e')).toBe(false);
		}
	});

	test('objects and lists go out as they are', async () => {
		const e = { items: [{ id: 'a', price: 0.5 }, { id: 'b' }], user: { tier: 'gold', age: null } };
		expect(await sentAttributes(operation, { ...item, e })).toEqual(e);
		expect(await sentAttributes(operation, { ...item, e: JSON.stringify(e) })).toEqual(e);
		const pairs = {
			...byHand,
			eventAttributesInput: 'pairs',
			eventAttributePairs: { pair: [{ name: 'items', value: '={{ $json.items }}' }] },
		};
		expect(await sentAttributes(operation, { items: e.items }, pairs)).toEqual({ items: e.items });
	});

	test('one without a name is invalid', async () => {
		const { fields } = await refused(operation, { ...item, e: { '': 'x' } });
		expect(fields).toMatchObject([{ field: 'e' }]);
	});

	test('columns of attributes are of ad revenue alone', async () => {
		expect((await sent(operation, { ...item, ad_platform: 'AdMob' })).has('e')).toBe(false);
	});
});

describe('data_sharing_options', () => {
	const byHand = {
		dataMode: 'defineBelow',
		platform: 'Android',
		appIdentifier: 'com.singular.app',
		osVersion: '9.2',
		ip: '10.1.2.3',
		deviceIdentifiers: { aifa: 'device-1' },
		eventName: 'n',
		amount: '1',
		currency: 'USD',
		adPlatform: 'AdMob',
	};

	test.each(operations)(
		'%s: exactly {"limit_data_sharing":true}, of every form',
		async (operation) => {
			const item = valid[operation] ?? {};
			for (const limit of [true, false]) {
				for (const [given, parameters] of [
					[{ ...item, limit_data_sharing: limit }, {}],
					[{ ...item, limit_data_sharing: String(limit) }, {}],
					[{ ...item, limit_data_sharing: limit ? 1 : 0 }, {}],
					[{ ...item, data_sharing_options: { limit_data_sharing: limit } }, {}],
					[{ ...item, data_sharing_options: `{ "limit_data_sharing" : ${String(limit)} }` }, {}],
					[{ ...item, data_sharing_options: { limit_data_sharing: String(limit) } }, {}],
					[
						{
							...item,
							data_sharing_options: { limit_data_sharing: !limit },
							limit_data_sharing: limit,
						},
						{},
					],
					[{}, { ...byHand, additionalFields: { limitDataSharing: limit } }],
					[{ limit }, { ...byHand, additionalFields: { limitDataSharing: '={{ $json.limit }}' } }],
					[
						{ limit },
						{
							...byHand,
							additionalFields: {
								dataSharingOptionsJson: '={{ { limit_data_sharing: $json.limit } }}',
							},
						},
					],
					[
						{},
						{
							...byHand,
							additionalFields: {
								dataSharingOptionsJson: `{ "limit_data_sharing": ${String(limit)} }`,
							},
						},
					],
				] as [IDataObject, INodeParameters][]) {
					recorder.requests.length = 0;
					await run(operation, [given], parameters);
					const pairs = recorder.requests[0]?.target.split(/[?&]/) ?? [];
					expect(pairs).toContain(
						`data_sharing_options=%7B%22limit_data_sharing%22%3A${String(limit)}%7D`,
					);
				}
			}
		},
	);

	test('nothing is sent where nothing is known', async () => {
		for (const limit of [undefined, null, '']) {
			const query = await sent('session', { ...onAndroid, limit_data_sharing: limit });
			expect(query.has('data_sharing_options')).toBe(false);
		}
	});

	test.each([
		{ limit_data_sharing: 'yes' },
		{ data_sharing_options: { limit_data_sharing: 2 } },
		{ data_sharing_options: {} },
		{ data_sharing_options: { limit_data_sharing: null } },
	])('%p says neither true nor false', async (given) => {
		const { fields } = await refused('session', { ...onAndroid, ...given });
		expect(fields).toMatchObject([{ field: 'data_sharing_options.limit_data_sharing' }]);
	});

	test('another option is not known', async () => {
		const { error, fields } = await refused('session', {
			...onAndroid,
			data_sharing_options: { limit_data_sharing: true, other: 1 },
		});
		expect(error).toContain('data_sharing_options.other is not known');
		expect(fields).toMatchObject([{ field: 'data_sharing_options.other' }]);
	});
});

describe('the time of an event', () => {
	test.each([
		[1769860800, '1769860800'],
		['1769860800', '1769860800'],
		[1769860800000, '1769860800'],
		['2026-01-31T12:00:00Z', '1769860800'],
		['2026-01-31T14:00:00.000+02:00', '1769860800'],
		['2026-01-31 12:00:00', '1769860800'],
		[new Date('2026-01-31T12:00:00Z'), '1769860800'],
		[DateTime.fromISO('2026-01-31T13:00:00', { zone: 'Europe/Berlin' }), '1769860800'],
	])('of whole seconds goes out as utime: %p as %s', async (time, expected) => {
		for (const operation of operations) {
			for (const column of ['utime', 'umilisec', 'Event Time']) {
				const query = await sent(operation, { ...valid[operation], [column]: time });
				expect(query.get('utime')).toBe(expected);
				expect(query.has('umilisec')).toBe(false);
			}
		}
	});

	test.each([
		[1769860800123, '1769860800123'],
		['1769860800123', '1769860800123'],
		[1769860800.123, '1769860800123'],
		['2026-01-31T12:00:00.123Z', '1769860800123'],
		[new Date('2026-01-31T12:00:00.123Z'), '1769860800123'],
		[DateTime.fromISO('2026-01-31T13:00:00.123', { zone: 'Europe/Berlin' }), '1769860800123'],
	])('with milliseconds goes out as umilisec: %p as %s', async (time, expected) => {
		for (const operation of operations) {
			for (const column of ['utime', 'umilisec', 'eventTime']) {
				const query = await sent(operation, { ...valid[operation], [column]: time });
				expect(query.get('umilisec')).toBe(expected);
				expect(query.has('utime')).toBe(false);
			}
		}
	});

	test.each(operations)('%s has one, of one column', async (operation) => {
		const item = { ...valid[operation], utime: 1769860800, umilisec: 1769860800123 };
		const { fields } = await refused(operation, item);
		expect(fields).toMatchObject([
			{
				field: 'utime',
				rule: expect.stringContaining('has two columns, utime and umilisec') as string,
			},
		]);
		for (const nothing of ['', null]) {
			const query = await sent(operation, { ...item, utime: nothing });
			expect(query.get('umilisec')).toBe('1769860800123');
		}
	});

	test.each(operations)(
		'%s takes none in place of it from its additional parameters',
		async (operation) => {
			for (const name of ['utime', 'umilisec', 'UMILISEC']) {
				const { fields } = await refused(operation, valid[operation] ?? {}, {
					additionalParameters: { pair: [{ name, value: '1' }] },
				});
				expect(fields).toMatchObject([{ field: 'additionalParameters' }]);
			}
		},
	);
});

describe('in automatic mapping', () => {
	test('a platform that is chosen wins over its column; a choice that is open takes it', async () => {
		const item = { ...onIos, p: 'Android', att: 1, ATT_Status: '2', install: 'true' };
		const chosen = await sent('session', item, { platform: 'iOS' });
		expect(Object.fromEntries(chosen)).toMatchObject({
			p: 'iOS',
			att_authorization_status: '2',
			install: 'true',
		});
		const open = await sent('session', { ...item, p: 'iOS' }, { install: 'false' });
		expect(Object.fromEntries(open)).toMatchObject({ p: 'iOS', install: 'false' });
	});

	test('a field that is added to a collection is filled, also with its default', async () => {
		const item = { ...onIos, att_authorization_status: 2 };
		const query = await sent('session', item, {
			additionalFields: { attAuthorizationStatus: '0' },
		});
		expect(query.get('att_authorization_status')).toBe('0');
	});

	test('the address of this request is chosen against a column with another', async () => {
		const query = await sent(
			'session',
			{ ...onAndroid, country: 'AT' },
			{ ipFrom: 'request', country: 'de' },
		);
		expect(Object.fromEntries(query)).toMatchObject({ use_ip: 'true', country: 'DE' });
		expect(query.has('ip')).toBe(false);
	});

	test('an ad platform for all stands beside attributes from columns', async () => {
		const { ad_platform: _, ...item } = valid.adRevenue ?? {};
		const attributes = await sentAttributes(
			'adRevenue',
			{ ...item, 'Ad Type': 'Rewarded', e: { ad_currency: 'EUR', ad_platform: 'x' } },
			{ adPlatform: 'AdMob' },
		);
		expect(attributes).toEqual({ ad_currency: 'EUR', ad_platform: 'AdMob', ad_type: 'Rewarded' });
	});

	test('event attributes that are listed win over a column; an empty list takes it', async () => {
		const item = { ...valid.event, e: { level: '1' } };
		const listed = { pair: [{ name: 'won', value: 'yes' }] };
		expect(await sentAttributes('event', item, { eventAttributePairs: listed })).toEqual({
			won: 'yes',
		});
		for (const empty of [{}, { pair: [] }]) {
			expect(await sentAttributes('event', item, { eventAttributePairs: empty })).toEqual({
				level: '1',
			});
		}
	});
});

test('an event has no id but the Event ID, if one is given', async () => {
	const items = [{ ...valid.event, key: 'a' }, valid.event ?? {}];
	const result = await run('event', items, {
		baseUrl: `${sandbox().url}/singular`,
		eventId: '={{ $json.key }}',
	});
	expect(outcomesOf(result)).toEqual(['delivered', 'delivered']);
	expect(result.items.map(({ json }) => json.id)).toEqual(['a', undefined]);
});

describe('the Decimal Sign', () => {
	const item = { ...valid.adRevenue, amt: '1.234,50' };

	test('is a point, and the error of an amount with a comma names the option', async () => {
		const { error } = await refused('adRevenue', item);
		expect(error).toContain('set the option Decimal Sign to Comma');
	});

	test.each(['v1', 'v2'])('may be a comma, in version %s too', async (apiVersion) => {
		const options = { apiVersion, decimalSign: 'comma' };
		for (const [amt, expected] of [
			['1.234,50', '1234.50'],
			['0,00782', '0.00782'],
			[0.5, '0.5'],
		]) {
			for (const operation of ['adRevenue', 'revenueEvent']) {
				const given = { ...valid[operation], amt, sdid: 'sdid-1' } as IDataObject;
				expect((await sent(operation, given, { options })).get('amt')).toBe(expected);
			}
		}
	});

	test('is one of the two', async () => {
		const { items } = await run('adRevenue', [item], { options: { decimalSign: ',' } });
		expect(items[0]?.json.error).toContain(
			'The option Decimal Sign (decimalSign) must be point or comma, not ",".',
		);
	});
});

test.each([
	['amt', 0, '0'],
	['amt', 1e-7, '0.0000001'],
	['amt', 0.00782, '0.00782'],
	['amt', '0.10', '0.10'],
	['amt', '0.000000000000000000001', '0.000000000000000000001'],
	['amt', 1e21, '1000000000000000000000'],
	['amt', ' 1.98 ', '1.98'],
	['cur', 'usd', 'USD'],
	['cur', ' Eur ', 'EUR'],
	['i', ' com.Singular.App ', 'com.Singular.App'],
	['ve', 17.4, '17.4'],
	['custom_user_id', 4711, '4711'],
	['custom_user_id', ' a b & c + d % é 日本 ', 'a b & c + d % é 日本'],
])('%s given as %p goes out as %s', async (key, value, expected) => {
	for (const operation of ['adRevenue', 'revenueEvent']) {
		expect((await sent(operation, { ...valid[operation], [key]: value })).get(key)).toBe(expected);
	}
});

test('the keys of a session', async () => {
	const item = {
		...onIos,
		n: 'Größe & Co',
		app_v: 1.2,
		ma: 'Apple',
		mo: 'iPhone 4S',
		lc: 'en_US',
		bd: 'Build/13D15',
		install: true,
		openuri: 'app://open?a=b&c=d',
		install_ref: 'utm_source=x',
		c: 'WiFi',
		cn: 'Comcast',
		dnt: '0',
		utime: 1769860800,
	};
	expect(await sent('session', item)).toEqual(
		new Map(
			Object.entries({
				...onIos,
				a: SDK_KEY,
				att_authorization_status: '0',
				n: 'Größe & Co',
				app_v: '1.2',
				ma: 'Apple',
				mo: 'iPhone 4S',
				lc: 'en_US',
				bd: 'Build/13D15',
				install: 'true',
				openuri: 'app://open?a=b&c=d',
				install_ref: 'utm_source=x',
				c: 'wifi',
				cn: 'Comcast',
				dnt: '0',
				utime: '1769860800',
			}).sort(([a], [b]) => (a < b ? -1 : 1)),
		),
	);
	for (const [install, expected] of [
		[false, 'false'],
		['TRUE', 'true'],
		[1, 'true'],
		['0', 'false'],
	] as const) {
		expect((await sent('session', { ...onIos, install })).get('install')).toBe(expected);
	}
	expect((await sent('session', { ...onIos, c: 'CARRIER' })).get('c')).toBe('carrier');
});

test('empty values are not sent', async () => {
	const item = {
		...valid.adRevenue,
		country: '',
		custom_user_id: null,
		asid: ' ',
		utime: undefined,
	};
	const keys = [...(await sent('adRevenue', item)).keys()];
	expect(keys.sort()).toEqual(
		[
			'a',
			'p',
			'i',
			'ip',
			've',
			'aifa',
			'n',
			'e',
			'is_admon_revenue',
			'is_revenue_event',
			'amt',
			'cur',
		].sort(),
	);
});

describe('the name of ad revenue is reserved', () => {
	const reserved = '__ADMON_USER_LEVEL_REVENUE__';

	test.each(['event', 'revenueEvent', 'session'])('%s does not take it', async (operation) => {
		for (const n of [reserved, ` ${reserved} `]) {
			const { error, fields } = await refused(operation, { ...valid[operation], n });
			expect(fields).toMatchObject([{ field: 'n' }]);
			expect(error).toContain('Send Ad Revenue');
		}
		for (const n of [reserved.toLowerCase(), reserved.slice(1)]) {
			expect((await sent(operation, { ...valid[operation], n })).get('n')).toBe(n);
		}
	});
});

test.each(operations)('%s: IPv4 in the clothes of IPv6 goes out as IPv4', async (operation) => {
	const query = await sent(operation, { ...valid[operation], ip: '::ffff:203.0.113.9' });
	expect(query.get('ip')).toBe('203.0.113.9');
});

describe('Additional Parameters', () => {
	const more = (...pair: { name: string; value: string }[]): INodeParameters => ({
		additionalParameters: { pair },
	});

	test.each(operations)('%s sends documented keys that have no field', async (operation) => {
		const query = await sent(
			operation,
			{ ...valid[operation], source: 'com.android.vending' },
			more(
				{ name: 'install_source', value: '={{ $json.source }}' },
				{ name: 'global_properties', value: '{"group":"a & b"}' },
				{ name: 'ua', value: '' },
			),
		);
		expect(query.get('install_source')).toBe('com.android.vending');
		expect(query.get('global_properties')).toBe('{"group":"a & b"}');
		expect(query.has('ua')).toBe(false);
	});

	test.each(operations)('the sandbox takes those of %s', async (operation) => {
		const names = ['install_source', 'install_time', 'update_time', 'ua', 'cdid', 'os'];
		const result = await run(operation, [valid[operation] ?? {}], {
			baseUrl: `${sandbox().url}/singular`,
			...more(...names.map((name) => ({ name, value: '1769860800' }))),
		});
		expect(outcomesOf(result)).toEqual(['delivered']);
	});

	test.each(operations)('%s lets them replace no field and no constant', async (operation) => {
		const { fields: declared, constants } = compile(singular, operation);
		const taken = declared.map(({ key }) => key).filter((key) => key !== 'additionalParameters');
		const revenue = ['n', 'amt', 'cur', 'is_admon_revenue', 'is_revenue_event'];
		for (const key of new Set(['a', ...taken, ...Object.keys(constants), ...revenue])) {
			for (const name of [key, key.toUpperCase(), `${key}[]`, key.replace('_', '.')]) {
				const { error, fields } = await refused(
					operation,
					valid[operation] ?? {},
					more({ name: 'ua', value: 'x' }, { name, value: '1' }),
				);
				expect(error).toContain('Additional Parameters');
				expect(fields).toMatchObject([{ field: 'additionalParameters' }]);
			}
		}
	});
});

describe('API Version', () => {
	const v2 = { options: { apiVersion: 'v2' } };
	const own = ['idfv', 'idfa', 'aifa', 'asid', 'amid', 'oaid', 'andi'];
	const withName = ['adRevenue', 'revenueEvent', 'event'];

	test.each(withName)(
		'v2 of %s names a device by sdid alone, on every platform',
		async (operation) => {
			for (const [p, identifiers] of [
				['Android', { aifa: 'device-1', asid: 'device-2' }],
				['iOS', { aifa: '', idfv: 'device-1', idfa: 'device-2' }],
				['PC', { aifa: '' }],
				['Android', { aifa: '' }],
			] as const) {
				const item = { ...valid[operation], p, ...identifiers, sdid: 'sdid-1' };
				const query = await sent(operation, item, v2);
				expect(recorder.requests[0]?.path).toBe('/api/v2/evt');
				expect(query.get('sdid')).toBe('sdid-1');
				expect(own.filter((key) => query.has(key))).toEqual([]);
				expect(query.get('att_authorization_status')).toBe(p === 'iOS' ? '0' : undefined);
				const result = await run(operation, [item], {
					...v2,
					baseUrl: `${sandbox().url}/singular`,
				});
				expect(outcomesOf(result)).toEqual(['delivered']);
			}
		},
	);

	test.each(withName)('v2 of %s needs the sdid', async (operation) => {
		for (const sdid of [undefined, '', '00000000-0000-0000-0000-000000000000']) {
			const { error, fields } = await refused(operation, { ...valid[operation], sdid }, v2);
			expect(error).toContain('Singular Device ID (sdid) is required with API Version 2');
			expect(fields).toMatchObject([{ field: 'sdid' }]);
		}
	});

	test('v2 keeps all the other rules', async () => {
		const item = { ...valid.event, sdid: 'sdid-1' };
		for (const [key, value] of [
			['n', '__ADMON_USER_LEVEL_REVENUE__'],
			['ip', '2001:db8::7'],
			['idfa', 'device-2'],
		] as const) {
			const { fields } = await refused('event', { ...item, [key]: value }, v2);
			expect(fields).toMatchObject([{ field: key }]);
		}
		const { fields } = await refused(
			'adRevenue',
			{ ...valid.adRevenue, ...item, ad_platform: '' },
			v2,
		);
		expect(fields).toMatchObject([{ field: 'e.ad_platform' }]);
	});

	test('v1 is the default, and can be chosen', async () => {
		for (const options of [{}, { apiVersion: 'v1' }]) {
			const query = await sent('event', { ...valid.event, sdid: 'sdid-1' }, { options });
			expect(recorder.requests[0]?.path).toBe('/api/v1/evt');
			expect(Object.fromEntries(query)).toMatchObject({ aifa: onAndroid.aifa, sdid: 'sdid-1' });
		}
	});

	test('a session stays at v1, whatever is left in the options', async () => {
		const query = await sent('session', { ...onAndroid, sdid: 'sdid-1' }, v2);
		expect(recorder.requests[0]?.path).toBe('/api/v1/launch');
		expect(query.get('aifa')).toBe(onAndroid.aifa);
	});

	test.each(['v3', '', '2', 'V2', 2])('%p is none: nothing is sent', async (apiVersion) => {
		const result = await run('event', [valid.event ?? {}], { options: { apiVersion } });
		expect(outcomesOf(result)).toEqual(['invalid']);
		expect(result.items[0]?.json.error).toContain('API Version (apiVersion) must be v1 or v2');
		expect(recorder.requests).toEqual([]);
	});
});

describe('the hint', () => {
	const hintOf = async (operation: string, items: readonly IDataObject[]) =>
		(await run(operation, items, { baseUrl: `${sandbox().url}/singular` })).hints[0]?.message;

	test('counts events of a device whose times go backwards; they are sent in input order', async () => {
		const at = (utime: number, more: IDataObject = {}) => ({ ...valid.event, utime, ...more });
		const items = [
			at(1769860803, { custom_user_id: '1' }),
			at(1769860801, { custom_user_id: '2' }),
			at(1769860802, { custom_user_id: '3', aifa: 'another' }),
			{ ...valid.event, umilisec: 1769860802999, custom_user_id: '4' },
			at(1769860804, { custom_user_id: '5' }),
		];
		expect(await hintOf('event', items)).toContain(
			'2 events happened before an earlier row of the same device',
		);
		const ids = sandbox()
			.report()
			.events.filter(({ event }) => event.aifa === onAndroid.aifa)
			.map(({ id }) => id);
		expect(ids).toEqual(['1', '2', '4', '5']);
		expect(sandbox().report().outOfOrder).toBe(2);
	});

	test('says nothing of times in order', async () => {
		const items = [1769860801, 1769860801, 1769860802].map((utime) => ({ ...onAndroid, utime }));
		expect(await hintOf('session', items)).not.toContain('happened before');
	});

	test('names what is recommended for a session and missing', async () => {
		const full = { app_v: '1', ma: 'a', mo: 'b', lc: 'en_US', bd: 'c', install: false };
		expect(await hintOf('session', [{ ...onAndroid, ...full }])).not.toContain('recommended');
		const hint = await hintOf('session', [{ ...onAndroid, ma: 'a', mo: 'b' }, onAndroid]);
		for (const [events, field] of [
			['2 events', 'App Version (app_v)'],
			['1 event', 'Device Make (ma)'],
			['1 event', 'Device Model (mo)'],
			['2 events', 'Locale (lc)'],
			['2 events', 'Build (bd)'],
			['2 events', 'First Session After Install (install)'],
		] as const) {
			expect(hint).toContain(`${events} came without ${field}, which is recommended.`);
		}
		expect(await hintOf('event', [valid.event ?? {}])).not.toContain('recommended');
	});
});

describe('HTTP 200 is not success', () => {
	const ok = (body?: Record<string, unknown> | string): Fault[] => [
		{ kind: 'status', status: 200, body },
	];

	test.each(operations)('the sandbox takes a valid %s, and says ok', async (operation) => {
		const { items } = await run(operation, [valid[operation] ?? {}], {
			baseUrl: `${sandbox().url}/singular`,
		});
		expect(items[0]?.json).toMatchObject({ outcome: 'delivered', response: { status: 'ok' } });
		expect(sandbox().report()).toMatchObject({ events: [{ operation }], rejected: [] });
	});

	test('ok is delivered', async () => {
		expect(await answered(ok({ status: 'ok' }))).toMatchObject({
			outcome: 'delivered',
			httpStatus: 200,
			attempts: 1,
			response: { status: 'ok' },
		});
	});

	test('a wrong SDK key is unauthorized, and says which key is meant', async () => {
		const json = await answered(ok({ status: 'error', reason: 'invalid SDK key' }), {});
		expect(json.error).toContain('Singular refused it: invalid SDK key. Check the SDK Key');
		expect(json.details).toEqual({
			...named,
			outcome: 'unauthorized',
			httpStatus: 200,
			attempts: 1,
		});
	});

	test.each([
		'missing argument: amt',
		'no device ID supplied',
		'invalid platform: ios',
		'amt should have a point',
	])('error is rejected with its reason: %s', async (reason) => {
		const json = await answered(ok({ status: 'error', reason }), { retryUnknown: true });
		expect(json.error).toContain(`Singular refused it: ${reason}`);
		expect(json.details).toEqual({ ...named, outcome: 'rejected', httpStatus: 200, attempts: 1 });
		expect(json.requests).toBe(1);
	});

	test.each(['try again later', 'internal error', 'no worker is free', 'busy'])(
		'an error whose reason says nothing of the event is tried again: %s',
		async (reason) => {
			const fault: Fault = { kind: 'status', status: 200, body: { status: 'error', reason } };
			expect(await answered([{ ...fault, next: 1 }])).toMatchObject({
				outcome: 'delivered',
				attempts: 2,
			});
			expect(await answered([fault], { maxRetries: 1 })).toMatchObject({
				details: { outcome: 'failed', attempts: 2 },
				requests: 2,
			});
		},
	);

	test.each([
		'invalid event name: api key page',
		'invalid value "SDK key" of argument n',
		'missing argument: custom_user_id (sdk key 7)',
		'invalid argument: a name that is too long',
		'"api key" should have been a number',
		'api key page should have been a number',
	])('a reason that quotes the event is no fault of the key: %s', async (reason) => {
		const { details } = await answered(ok({ status: 'error', reason }));
		expect(details).toEqual({ ...named, outcome: 'rejected', httpStatus: 200, attempts: 1 });
	});

	test.each([
		'invalid SDK key',
		'Invalid API key.',
		'unknown sdk_key: 123',
		'SDK key is not valid',
		'missing argument: a',
	])('a reason that is about the key itself is unauthorized: %s', async (reason) => {
		const { details } = await answered(ok({ status: 'error', reason }));
		expect(details).toMatchObject({ outcome: 'unauthorized', attempts: 1 });
	});

	test('a byte order mark before the body is no obstacle', async () => {
		expect(await answered(ok('\uFEFF{"status":"ok"}'))).toMatchObject({ outcome: 'delivered' });
	});

	test.each<[string, Record<string, unknown> | string]>([
		['another status', { status: 'accepted' }],
		['another case', { status: 'OK' }],
		['an error without a reason', { status: 'error' }],
		['an error with a reason that is no text', { status: 'error', reason: ['a'] }],
		['another object', { ok: true }],
		['a list', '[{"status":"ok"}]'],
		['text', 'ok'],
		['half of JSON', '{"status":"ok"'],
		['a page', '<html><body>Sign in to the network</body></html>'],
	])('a body that cannot be read leaves it unknown, with its beginning: %s', async (_, body) => {
		const json = await answered(ok(body));
		const text = typeof body === 'string' ? body : JSON.stringify(body);
		expect(json.error).toContain(`Singular answered 200: ${text}`);
		expect(json.error).toContain('check the Base URL');
		expect(json.details).toEqual({ ...named, outcome: 'unknown', httpStatus: 200, attempts: 1 });
		expect(json.requests).toBe(1);
	});

	test('of a long one the first 200 characters', async () => {
		const body = `<html>${'x'.repeat(194)}yyyy`;
		const { error } = await answered(ok(body));
		expect(error).toContain(body.slice(0, 200));
		expect(error).not.toContain('xy');
	});

	test.each<Fault>([{ kind: 'garbage' }, { kind: 'empty' }])('%p is unknown', async (fault) => {
		const { details } = await answered([fault]);
		expect(details).toEqual({ ...named, outcome: 'unknown', httpStatus: 200, attempts: 1 });
	});
});

describe('any other status means retry', () => {
	const outcomeAt: [number, string][] = [
		[201, 'unknown'],
		[202, 'unknown'],
		[204, 'unknown'],
		[400, 'failed'],
		[404, 'failed'],
		[405, 'failed'],
		[408, 'failed'],
		[422, 'failed'],
		[429, 'throttled'],
		[500, 'unknown'],
		[502, 'unknown'],
		[503, 'unknown'],
		[504, 'unknown'],
	];

	test.each(outcomeAt)('%d, and then it is taken', async (status) => {
		// what the body says counts with a 200 alone
		for (const body of [undefined, { status: 'ok' }, { status: 'error', reason: 'busy' }]) {
			if (status === 204 && body !== undefined) continue;
			const json = await answered([{ kind: 'status', status, body, next: 1 }]);
			expect(json).toMatchObject({ outcome: 'delivered', attempts: 2, requests: 2 });
		}
		expect(sandbox().report().events).toHaveLength(1);
	});

	test.each(outcomeAt)('%d for good is %s', async (status, outcome) => {
		const json = await answered([{ kind: 'status', status }], { maxRetries: 2 });
		expect(json.details).toEqual({ ...named, outcome, httpStatus: status, attempts: 3 });
		const empty = status < 300 ? ' with an empty body' : '';
		expect(json.error).toContain(`Singular answered ${status}${empty} (3 tries)`);
		expect(json.requests).toBe(3);
	});

	test('a 303 shows what was done: it is unclear, and not tried again', async () => {
		const json = await answered([{ kind: 'status', status: 303 }]);
		expect(json.details).toEqual({ ...named, outcome: 'unknown', httpStatus: 303, attempts: 1 });
		expect(json.requests).toBe(1);
	});

	test('a redirect is never followed, and not tried again', async () => {
		const json = await answered([{ kind: 'redirect', location: `${recorder.url}/elsewhere` }]);
		expect(json.details).toEqual({ ...named, outcome: 'rejected', httpStatus: 302, attempts: 1 });
		expect(json.error).toContain('302');
		expect(recorder.requests).toEqual([]);
	});
});

describe('a repeat would be permanent revenue', () => {
	const silence: [string, Fault, INodeParameters][] = [
		['a timeout', { kind: 'hang', next: 1 }, { timeout: 100 }],
		['a timeout after it was taken', { kind: 'hang', record: true, next: 1 }, { timeout: 100 }],
		['a reset before it was read', { kind: 'resetBefore', next: 1 }, {}],
		['a reset after it was taken', { kind: 'resetAfter', next: 1 }, {}],
		['half an answer', { kind: 'truncate', next: 1 }, {}],
	];

	test.each(silence)('%s is unknown and not tried again', async (_, fault, options) => {
		const json = await answered([fault], options);
		expect(json.details).toMatchObject({ outcome: 'unknown', attempts: 1 });
		expect(json.error).toContain(
			'It may have been accepted. Check with Singular before you send it again.',
		);
		expect(json.requests).toBe(1);
	});

	test.each(silence)('%s is tried again with Retry Unknown', async (_, fault, options) => {
		const json = await answered([fault], { ...options, retryUnknown: true });
		expect(json).toMatchObject({ outcome: 'delivered', attempts: 2, requests: 2 });
	});

	test.each(silence)('%s is not tried again after a 500 either', async (_, fault, options) => {
		const json = await answered([{ kind: 'status', status: 500, next: 1 }, fault], options);
		expect(json.details).toMatchObject({ outcome: 'unknown', attempts: 2 });
		expect(json.requests).toBe(2);
	});

	test('a connection that was refused certainly brought nothing, and is tried again', async () => {
		const { items } = await run('adRevenue', [valid.adRevenue ?? {}], {
			baseUrl: 'http://127.0.0.1:9',
			options: { maxRetries: 1 },
		});
		expect(items[0]?.json.details).toMatchObject({ outcome: 'failed', attempts: 2 });
	});
});

describe('an event after one that ended as unknown', () => {
	const remark = 'The previous event of this device ended as unknown, so it may be missing.';
	const itemsOf = (...ids: string[]) =>
		ids.map((id) => ({ ...valid.adRevenue, aifa: id.slice(0, 8), custom_user_id: id }));

	test('still goes out, and says so; the next ones and other devices do not', async () => {
		sandbox().setFaults([{ kind: 'resetAfter', ids: ['device-1 a'] }]);
		const items = itemsOf('device-1 a', 'device-2 a', 'device-1 b', 'device-2 b', 'device-1 c');
		const result = await run('adRevenue', items, { baseUrl: `${sandbox().url}/singular` });
		expect(outcomesOf(result)).toEqual([
			'unknown',
			'delivered',
			'delivered',
			'delivered',
			'delivered',
		]);
		expect(result.items.map(({ json }) => json.reason)).toEqual([
			undefined,
			undefined,
			remark,
			undefined,
			undefined,
		]);
		expect(sandbox().report()).toMatchObject({ requests: 5, duplicates: 0 });
	});

	test('says so beside its own reason too', async () => {
		sandbox().setFaults([
			{ kind: 'resetAfter', ids: ['device-1 a'] },
			{ kind: 'refuse', ids: ['device-1 b'] },
		]);
		const result = await run('adRevenue', itemsOf('device-1 a', 'device-1 b', 'device-1 c'), {
			baseUrl: `${sandbox().url}/singular`,
		});
		expect(outcomesOf(result)).toEqual(['unknown', 'rejected', 'delivered']);
		expect(result.items[1]?.json.error).toContain(`An event is refused by a fault.`);
		expect(result.items[1]?.json.error).toContain(remark);
		expect(result.items[2]?.json).not.toHaveProperty('reason');
	});

	test('users who share an identifier of zeros are told apart', async () => {
		const ids = ['a', 'b'];
		sandbox().setFaults([{ kind: 'resetAfter', ids: ['a'] }]);
		const items = ids.map((id) => ({
			...valid.adRevenue,
			aifa: '00000000-0000-0000-0000-000000000000',
			asid: `app-set-${id}`,
			custom_user_id: id,
		}));
		const result = await run('adRevenue', items, {
			baseUrl: `${sandbox().url}/singular`,
			options: { maxConcurrency: 1 },
		});
		expect(outcomesOf(result)).toEqual(['unknown', 'delivered']);
		expect(result.items[1]?.json).not.toHaveProperty('reason');
	});
});

test('a preview shows the request, and the SDK key masked', async () => {
	const { items } = await run('event', [{ ...valid.event, e: { level: 2 } }], {
		previewOnly: true,
	});
	const { url, ...request } = items[0]?.json.request as { url: string };
	expect(request).toEqual({ method: 'GET' });
	const [address, query = ''] = url.split('?');
	expect(address).toBe(`${recorder.url}/api/v1/evt`);
	expect(query.split('&').sort()).toEqual(
		[
			'a=***',
			'p=Android',
			'i=com.singular.app',
			'ip=10.1.2.3',
			've=9.2',
			`aifa=${onAndroid.aifa}`,
			'n=level_complete',
			'e=%7B%22level%22%3A2%7D',
		].sort(),
	);
	expect(recorder.requests).toEqual([]);
});

test('a column that an expression of an additional parameter names is not told as ignored', async () => {
	const { hints } = await run(
		'event',
		[{ ...valid.event, source: 'store', 'install time': 5, agent: 'x', note: 'y' }],
		{
			additionalParameters: {
				pair: [
					{ name: 'install_source', value: '={{ $json.source }}' },
					{ name: 'install_time', value: '={{ Number($json["install time"]) + 1 }}' },
					{ name: '={{ $json.agent }}', value: '7' },
				],
			},
		},
	);
	expect(hints).toHaveLength(1);
	expect(hints[0]?.message).toContain('Columns without a field, ignored: note.');
});

test('columns without a field are ignored and named once', async () => {
	const { hints } = await run('session', [
		{ ...onAndroid, amt: 1, weather: 'fine' },
		{ ...onAndroid, weather: 'fine' },
	]);
	expect(hints).toHaveLength(1);
	expect(hints[0]?.message.match(/weather/g)).toHaveLength(1);
	expect(hints[0]?.message).toContain('amt');
	for (const { query } of recorder.requests) {
		expect(query.map(([key]) => key)).toEqual(['a', 'aifa', 'i', 'ip', 'p', 've']);
	}
});
