import { DateTime } from 'luxon';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { twentyFourMetrics } from '../../nodes/TwentyFourMetrics/provider';
import { TwentyFourMetrics } from '../../nodes/TwentyFourMetrics/TwentyFourMetrics.node';
import type { Fault } from '../../sandbox';
import { compile } from '../../transport/declaration/compile';
import { defaultsOf } from '../../transport/credential/read';
import { readCredential } from '../../transport/credential/read';
import { runNode } from '../support/nodeRun';
import { startRecorder } from '../support/recorder';
import { outcomesOf, useSandbox } from '../support/sandboxRun';

// rules and examples: the vendor's page "API Integration"

const INTEGRATION_ID = 'my-integration-4711';
const PRODUCTION = 'https://{integrationId}.{endpoint}.24metrics.com';

const sandbox = useSandbox();
let recorder: Awaited<ReturnType<typeof startRecorder>>;
beforeAll(async () => {
	recorder = await startRecorder({ status: 'approved' });
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
	parameters: INodeParameters = {},
	credential: IDataObject = {},
) {
	return await runNode({
		nodeType: new TwentyFourMetrics(),
		parameters: { operation, dataMode: 'autoMapInputData', ...parameters },
		credential: {
			integrationId: INTEGRATION_ID,
			baseUrl: `${recorder.url}/{integrationId}/{endpoint}`,
			...credential,
		},
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

/** One item, answered by the sandbox with this fault. */
async function answered(
	operation: string,
	fault: Fault | undefined,
	options: INodeParameters = {},
	item: IDataObject = valid[operation] ?? {},
): Promise<IDataObject> {
	sandbox().setFaults(fault ? [fault] : []);
	const baseUrl = `${sandbox().url}/24metrics/{integrationId}/{endpoint}`;
	const { items } = await run(operation, [item], { options }, { baseUrl });
	return { ...items[0]?.json, requests: sandbox().report().requests };
}

const valid: Record<string, IDataObject> = {
	click: { offer: 'o' },
	conversion: { external_transaction_id: 't' },
	impression: { offer: 'o' },
};
const operations = ['click', 'conversion', 'impression'];

/** The document's URLs, and what its placeholders stand for. */
const documented: Record<string, string> = {
	click:
		'https://INTEGRATION_ID.clicks.24metrics.com?no_redirect=true&advertiser=ADVERTISER&publisher=PUBLISHER&offer=OFFER&sub_id=SUBID&click_time=YYYY-MM-DD hh:mm:ss&referer=REFERER_URL&click_ip=CLICK_IP&user_agent=USER_AGENT&device_id=DEVICE_ID&revenue=REVENUE&payout=PAYOUT',
	conversion:
		'https://INTEGRATION_ID.postbacks.24metrics.com?advertiser=ADVERTISER&publisher=PUBLISHER&offer=OFFER&sub_id=SUBID&conversion_time=YYYY-MM-DD hh:mm:ss&conversion_ip=CONVERSION_IP&user_agent=USER_AGENT&referer=REFERER_URL&revenue=REVENUE&payout=PAYOUT&click_time=YYYY-MM-DD hh:mm:ss&external_transaction_id=PUBLISHER_CLICKID&third_party_rejected_reason=3RD_PARTY_CONVERSION_REJECTED_REASON&third_party_status=3RD_PARTY_CONVERSION_STATUS&browser_languages=BROWSER_LANGUAGES&device_id=DEVICE_ID&purchase_value=PURCHASE_VAUE&session_time=SESSION_TIME_IN_SECONDS',
	impression:
		'https://INTEGRATION_ID.imp.24metrics.com?advertiser=ADVERTISER&publisher=PUBLISHER&sub_id=SUBID&offer=OFFER&impression_time=YYYY-MM-DD hh:mm:ss&site_url=SITE_URL&impression_ip=IMPRESSION_IP&user_agent=USER_AGENT&payout=PAYOUT&revenue=REVENUE&device_id=DEVICE_ID&external_transaction_id=PUBLISHER_CLICKID',
};
const placeholders: Record<string, string> = {
	'YYYY-MM-DD hh:mm:ss': '2024-09-06 16:46:00',
	REFERER_URL: 'https://example.com/a?b=c&d=e f',
	SITE_URL: 'https://example.com/ä',
	CLICK_IP: '203.0.113.7',
	CONVERSION_IP: '2001:db8::7',
	IMPRESSION_IP: '198.51.100.9',
	USER_AGENT: 'Mozilla/5.0 (X11; Linux) +5%',
	BROWSER_LANGUAGES: 'de-DE,de;q=0.9',
	REVENUE: '1.98',
	PAYOUT: '0.00782',
	PURCHASE_VAUE: '49.90',
	SESSION_TIME_IN_SECONDS: '95',
};

/** The document's parameters, filled in: name to value. */
function parametersOf(operation: string) {
	const [, query = ''] = documented[operation]?.split('?') ?? [];
	return query.split('&').map((pair): [string, string] => {
		const [name = '', value = ''] = pair.split('=');
		return [name, placeholders[value] ?? value];
	});
}

test.each(operations)("the document's URL of a %s goes out to the letter", async (operation) => {
	const parameters = parametersOf(operation);
	const { no_redirect: _, ...item } = Object.fromEntries(parameters) as Record<string, string>;
	await run(operation, [item]);
	const [request] = recorder.requests;
	expect(request?.method).toBe('GET');
	expect(request?.body).toBe('');
	const [path, query = ''] = request?.target.split('?') ?? [];
	const [, endpoint] =
		/INTEGRATION_ID\.(\w+)\.24metrics\.com/.exec(documented[operation] ?? '') ?? [];
	expect(path).toBe(`/${INTEGRATION_ID}/${String(endpoint)}/`);
	expect(query.split('&').sort()).toEqual(
		parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).sort(),
	);
});

test.each([
	[
		'click',
		[
			...['sub_id2', 'sub_id3', 'sub_id4', 'sub_id5', 'sub_id6'],
			...['browser_languages', 'js_check_data', 'fields'],
			// of the vendor's integration examples
			'external_transaction_id',
		],
	],
	['conversion', ['transaction_id']],
	['impression', []],
])('%s takes every parameter of the documents, and no other', (operation, furtherKeys) => {
	const documentedKeys = parametersOf(operation)
		.map(([name]) => name)
		.filter((name) => name !== 'no_redirect');
	const keys = compile(twentyFourMetrics, operation).fields.map(({ key }) => key);
	expect(keys.sort()).toEqual([...documentedKeys, ...furtherKeys, 'additionalParameters'].sort());
});

test('every click has no_redirect=true, and nothing else has it', async () => {
	const inBothModes: INodeParameters[] = [{}, { dataMode: 'defineBelow', offer: 'o' }];
	for (const mode of inBothModes) {
		expect(await sent('click', { offer: 'o' }, mode)).toEqual(
			new Map([
				['no_redirect', 'true'],
				['offer', 'o'],
			]),
		);
		// a column cannot change it
		const item = { offer: 'o', no_redirect: 'false' };
		expect((await sent('click', item, mode)).get('no_redirect')).toBe('true');
		expect((await sent('conversion', item, mode)).has('no_redirect')).toBe(false);
		expect((await sent('impression', item, mode)).has('no_redirect')).toBe(false);
	}
});

describe('each rule of the table: just inside and just outside', () => {
	type Row = [operation: string, key: string, inside: unknown[], outside: unknown[]];
	const amounts: [unknown[], unknown[]] = [
		[0, '0', 1.98, '0.00782', 1e-7, '12345678901234567.89', undefined, ''],
		[-0.01, '1,50', 'free', NaN, Infinity, true, {}, [1]],
	];
	const addresses: [unknown[], unknown[]] = [
		['203.0.113.7', '0.0.0.0', '2001:db8::7', '::1', '::ffff:203.0.113.7', ' 10.1.2.3 ', null],
		['256.1.1.1', '1.2.3', '203.0.113.7:80', '2001::zz', 'fe80::1%eth0', '1.2.3.0/24', 'here', {}],
	];
	const times: [unknown[], unknown[]] = [
		['2026-01-31 12:00:00', '2026-01-31', '2026-01-31T12:00:00+02:00', 1769853600, new Date()],
		['2026-02-30 12:00:00', '2026-01-31 25:00:00', '31.01.2026 12:00', 'soon', 45000, 2026, -1, {}],
	];
	const texts: [unknown[], unknown[]] = [
		['a', 4711, true, 'ä b&c', undefined, ' '],
		[{}, ['a']],
	];
	const rows: Row[] = [
		...operations.flatMap((operation): Row[] =>
			['revenue', 'payout'].map((key): Row => [operation, key, ...amounts]),
		),
		['conversion', 'purchase_value', ...amounts],
		['click', 'click_ip', ...addresses],
		['conversion', 'conversion_ip', ...addresses],
		['impression', 'impression_ip', ...addresses],
		['click', 'click_time', ...times],
		['conversion', 'conversion_time', ...times],
		['conversion', 'click_time', ...times],
		['impression', 'impression_time', ...times],
		[
			'conversion',
			'session_time',
			[0, 95, '95', 95.5, '0.25', undefined],
			[-1, '-0.5', '1,5', '1m', '00:01:30', NaN, Infinity, true, {}],
		],
		...operations.flatMap((operation): Row[] =>
			parametersOf(operation)
				.map(([key]) => key)
				.filter((key) => /^(?:advertiser|publisher|sub_id|user_agent|device_id)$/.test(key))
				.map((key): Row => [operation, key, ...texts]),
		),
		...['sub_id2', 'sub_id6', 'referer', 'browser_languages', 'js_check_data', 'fields'].map(
			(key): Row => ['click', key, ...texts],
		),
		...['referer', 'third_party_rejected_reason', 'third_party_status', 'browser_languages'].map(
			(key): Row => ['conversion', key, ...texts],
		),
		['conversion', 'offer', ...texts],
		['click', 'offer', ['a', 4711], [{}, ['a']]],
		['impression', 'site_url', ...texts],
		['impression', 'external_transaction_id', ...texts],
		['conversion', 'external_transaction_id', ['a', 4711], [{}, ['a']]],
		['conversion', 'transaction_id', ...texts],
		['click', 'external_transaction_id', ...texts],
	];

	test.each(rows)('%s %s', async (operation, key, inside, outside) => {
		for (const value of inside) {
			const result = await run(operation, [{ ...valid[operation], [key]: value } as IDataObject]);
			expect({ value, outcome: outcomesOf(result) }).toEqual({ value, outcome: ['delivered'] });
		}
		recorder.requests.length = 0;
		for (const value of outside) {
			const result = await run(operation, [{ ...valid[operation], [key]: value } as IDataObject]);
			expect({ value, outcome: outcomesOf(result) }).toEqual({ value, outcome: ['invalid'] });
			expect(result.items[0]?.json.error).toContain(`(${key})`);
			expect(result.items[0]?.json.details).toMatchObject({ fields: [{ field: key }] });
		}
		expect(recorder.requests).toEqual([]);
	});

	test.each([
		['click', ['offer', 'publisher']],
		['conversion', ['external_transaction_id', 'transaction_id', 'offer', 'publisher']],
		['impression', ['offer', 'publisher']],
	])('an empty ping is invalid: %s needs one of %p', async (operation, needs) => {
		const { [operation]: all } = Object.fromEntries(
			operations.map((name) => [name, Object.fromEntries(parametersOf(name))]),
		);
		const others = Object.entries(all ?? {}).filter(([key]) => !needs.includes(key));
		for (const nothing of [{}, { [needs[0] ?? '']: '  ' }, Object.fromEntries(others)]) {
			const result = await run(operation, [nothing]);
			expect(outcomesOf(result)).toEqual(['invalid']);
			for (const key of needs) expect(result.items[0]?.json.error).toContain(key);
		}
		expect(recorder.requests).toEqual([]);
		for (const key of needs) {
			expect(outcomesOf(await run(operation, [{ [key]: 'a' }]))).toEqual(['delivered']);
		}
	});
});

test.each([
	['revenue', 1e-7, '0.0000001'],
	['revenue', '1.980000000000000000001', '1.980000000000000000001'],
	['payout', '0.10', '0.10'],
	['purchase_value', 12, '12'],
	['offer', ' Größe & Co +5% ', 'Größe & Co +5%'],
	['conversion_ip', ' 2001:db8::7 ', '2001:db8::7'],
	['session_time', '95', '95'],
	['session_time', '95.0', '95.0'],
	['session_time', 95.25, '95.25'],
	['session_time', 1e-7, '0.0000001'],
	['transaction_id', ' 5f0c-9a7e ', '5f0c-9a7e'],
])('%s given as %p goes out as %s', async (key, value, expected) => {
	expect((await sent('conversion', { offer: 'o', [key]: value })).get(key)).toBe(expected);
});

describe('times', () => {
	/** What goes out of this time in this zone. */
	async function sentTime(value: unknown, options: INodeParameters = {}) {
		const item = { offer: 'o', conversion_time: value } as IDataObject;
		return (await sent('conversion', item, { options })).get('conversion_time');
	}

	test.each(['UTC', 'Europe/Berlin', 'America/New_York'])(
		'without a zone of its own a time passes through to %s',
		async (timezone) => {
			for (const [given, expected] of [
				['2026-01-31 12:00:00', '2026-01-31 12:00:00'],
				[' 2026-07-31 12:00:00 ', '2026-07-31 12:00:00'],
				// an hour that Berlin leaves out, and one that it has twice
				['2026-03-29 02:30:00', '2026-03-29 02:30:00'],
				['2026-10-25 02:30:00', '2026-10-25 02:30:00'],
				// the same for New York
				['2026-03-08 02:30:00', '2026-03-08 02:30:00'],
				['2026-11-01 01:30:00', '2026-11-01 01:30:00'],
				['2026-01-31T12:00:00', '2026-01-31 12:00:00'],
				['2026-01-31 12:00', '2026-01-31 12:00:00'],
				['2026-01-31 12:00:00.999', '2026-01-31 12:00:00'],
				['2026-01-31', '2026-01-31 00:00:00'],
				['20260131T120000', '2026-01-31 12:00:00'],
			]) {
				expect(await sentTime(given, { timezone })).toBe(expected);
			}
		},
	);

	test.each<[string, unknown, string]>([
		['UTC', '2026-01-31T12:00:00+02:00', '2026-01-31 10:00:00'],
		['UTC', '2026-01-31T12:00:00Z', '2026-01-31 12:00:00'],
		['UTC', '2026-01-31 12:00:00-05:00', '2026-01-31 17:00:00'],
		['UTC', '2026-05-17 08:09:10+00', '2026-05-17 08:09:10'],
		['Europe/Berlin', '2026-05-17 08:09:10.123456+00', '2026-05-17 10:09:10'],
		['UTC', '20260517T080910Z', '2026-05-17 08:09:10'],
		['UTC', 1769853600, '2026-01-31 10:00:00'],
		['UTC', '1769853600123', '2026-01-31 10:00:00'],
		// winter and summer
		['Europe/Berlin', '2026-01-31T12:00:00Z', '2026-01-31 13:00:00'],
		['Europe/Berlin', '2026-07-31T12:00:00Z', '2026-07-31 14:00:00'],
		['America/New_York', '2026-01-31T12:00:00Z', '2026-01-31 07:00:00'],
		['America/New_York', '2026-07-31T12:00:00Z', '2026-07-31 08:00:00'],
		// the clocks of Berlin go forward, and back
		['Europe/Berlin', '2026-03-29T00:59:59Z', '2026-03-29 01:59:59'],
		['Europe/Berlin', '2026-03-29T01:00:00Z', '2026-03-29 03:00:00'],
		['Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25 02:30:00'],
		['Europe/Berlin', '2026-10-25T01:30:00Z', '2026-10-25 02:30:00'],
		['Europe/Berlin', '2026-10-25T02:00:00Z', '2026-10-25 03:00:00'],
		// the clocks of New York
		['America/New_York', '2026-03-08T06:59:59Z', '2026-03-08 01:59:59'],
		['America/New_York', '2026-03-08T07:00:00Z', '2026-03-08 03:00:00'],
		['America/New_York', '2026-11-01T05:30:00Z', '2026-11-01 01:30:00'],
		['America/New_York', '2026-11-01T06:30:00Z', '2026-11-01 01:30:00'],
		['America/New_York', '2026-11-01T07:00:00Z', '2026-11-01 02:00:00'],
		// midnight is 00 of the next day, and a zone may change the year
		['Europe/Berlin', '2026-01-31T23:00:00Z', '2026-02-01 00:00:00'],
		['America/New_York', '2026-01-01T02:00:00Z', '2025-12-31 21:00:00'],
		['Asia/Kathmandu', '2026-01-31T12:00:00Z', '2026-01-31 17:45:00'],
		// every form of a moment
		['Europe/Berlin', 1769853600, '2026-01-31 11:00:00'],
		['Europe/Berlin', 1769853600999, '2026-01-31 11:00:00'],
		['Europe/Berlin', '1769853600', '2026-01-31 11:00:00'],
		['Europe/Berlin', '2026-01-31T12:00:00.999+02:00', '2026-01-31 11:00:00'],
		['Europe/Berlin', '2026-01-31 12:00:00+02:00', '2026-01-31 11:00:00'],
		['Europe/Berlin', new Date('2026-01-31T10:00:00Z'), '2026-01-31 11:00:00'],
		[
			'Europe/Berlin',
			DateTime.fromISO('2026-01-31T10:00:00', { zone: 'America/New_York' }),
			'2026-01-31 16:00:00',
		],
		[' Europe/Berlin ', '2026-01-31T12:00:00Z', '2026-01-31 13:00:00'],
	])('in %s %p goes out as %s', async (timezone, given, expected) => {
		expect(await sentTime(given, { timezone })).toBe(expected);
	});

	test('the zone is UTC where none is chosen', async () => {
		expect(await sentTime('2026-01-31T12:00:00+02:00')).toBe('2026-01-31 10:00:00');
	});

	test('every time of an event is in the zone', async () => {
		const at = '2026-07-31T12:00:00Z';
		const options = { timezone: 'Europe/Berlin' };
		const item = { offer: 'o', click_time: at, conversion_time: at, impression_time: at };
		const times = async (operation: string) =>
			[...(await sent(operation, item, { options }))].filter(([key]) => key.endsWith('_time'));
		expect(await times('click')).toEqual([['click_time', '2026-07-31 14:00:00']]);
		expect(await times('conversion')).toEqual([
			['click_time', '2026-07-31 14:00:00'],
			['conversion_time', '2026-07-31 14:00:00'],
		]);
		expect(await times('impression')).toEqual([['impression_time', '2026-07-31 14:00:00']]);
	});

	test.each(['Mars/Phobos', 'Europe', 'CEST+1', 1])(
		'there is no zone %j: nothing is sent, and each item says so',
		async (timezone) => {
			const items = [{ offer: 'a' }, { offer: 'b' }];
			const result = await run('conversion', items, { options: { timezone } as INodeParameters });
			expect(outcomesOf(result)).toEqual(['invalid', 'invalid']);
			expect(result.items[0]?.json.error).toContain('Timezone (timezone)');
			expect(result.items[0]?.json.error).toContain('Europe/Berlin');
			expect(recorder.requests).toEqual([]);
		},
	);
});

describe('Additional Parameters', () => {
	const modes: [string, INodeParameters][] = [
		['mapped by hand', { dataMode: 'defineBelow', offer: '={{ $json.offer }}' }],
		['mapped automatically', { dataMode: 'autoMapInputData' }],
	];
	const withPairs = (...pairs: [name: unknown, value: unknown][]) => ({
		additionalParameters: { pair: pairs.map(([name, value]) => ({ name, value })) },
	});

	test.each(modes)('go out under names of their own, %s', async (_, mode) => {
		const item = { offer: 'o', level: 7, city: 'Größe & Co +5%' };
		for (const operation of operations) {
			const query = await sent(operation, item, {
				...mode,
				...(withPairs(
					['goal', '={{ $json.level }}'],
					['größe & co', '={{ $json.city }}'],
					['={{ "aff_" + $json.level }}', 'fixed'],
					['left_out', ''],
					['left_out_too', '={{ $json.missing }}'],
					// a field of another operation, mapped to something else by the user
					...(operation === 'click' ? ([['impression_ip', 'x']] as [string, string][]) : []),
				) as INodeParameters),
			});
			expect(query).toEqual(
				new Map([
					['offer', 'o'],
					['goal', '7'],
					['größe & co', 'Größe & Co +5%'],
					['aff_7', 'fixed'],
					...(operation === 'click'
						? ([
								['impression_ip', 'x'],
								['no_redirect', 'true'],
							] as [string, string][])
						: []),
				]),
			);
		}
	});

	describe.each(modes)('%s', (_, mode) => {
		test.each(operations)('none may be a field of a %s, nor no_redirect', async (operation) => {
			const names = compile(twentyFourMetrics, operation)
				.fields.filter(({ place }) => place === 'query')
				.map(({ key }) => key);
			for (const name of new Set([...names, 'no_redirect'])) {
				const result = await run(operation, [{ offer: 'o' }], {
					...mode,
					...(withPairs(['goal', '7'], [name, 'x']) as INodeParameters),
				});
				expect({ name, outcome: outcomesOf(result) }).toEqual({ name, outcome: ['invalid'] });
				expect(result.items[0]?.json.error).toContain('a field of its own');
				expect(result.items[0]?.json.details).toMatchObject({
					fields: [{ field: 'additionalParameters', value: name }],
				});
			}
			expect(recorder.requests).toEqual([]);
		});

		test.each([
			['click', 'no.redirect'],
			['click', 'No_Redirect'],
			['click', 'no redirect'],
			['click', 'no[redirect'],
			['click', 'no_redirect[]'],
			['click', 'CLICK.IP'],
			['conversion', 'offer[]'],
			['conversion', 'offer[id]'],
			['conversion', 'OFFER'],
			['conversion', 'offer\0x'],
			['conversion', ' Transaction.ID '],
			['impression', 'no.redirect'],
			['impression', 'Site_URL'],
		])('nor what a server may read as one: of a %s not %j', async (operation, name) => {
			const result = await run(operation, [{ offer: 'o' }], {
				...mode,
				...(withPairs(['goal', '7'], [name, 'x']) as INodeParameters),
			});
			expect(outcomesOf(result)).toEqual(['invalid']);
			expect(result.items[0]?.json.error).toContain('a field of its own');
			// that name alone, and nothing of how n8n keeps a list
			expect(result.items[0]?.json.error).toContain(`not ${JSON.stringify(name)}`);
			expect(JSON.stringify(result.items[0]?.json)).not.toMatch(/pair|goal/);
			expect(recorder.requests).toEqual([]);
		});

		test.each(['offers', 'my_offer', 'offer_id', 'subid', 'no-redirect', 'aff[offer]', 'offer.id'])(
			'a name that is only like one of a field is free: %j',
			async (name) => {
				await run('click', [{ offer: 'o' }], {
					...mode,
					...(withPairs([name, 'x']) as INodeParameters),
				});
				expect(new Map(recorder.requests[0]?.query).get(name)).toBe('x');
			},
		);

		test('one without a name is invalid', async () => {
			for (const name of ['', '  ', null]) {
				const result = await run('click', [{ offer: 'o' }], {
					...mode,
					...(withPairs([name, 'x']) as INodeParameters),
				});
				expect({ name, outcome: outcomesOf(result) }).toEqual({ name, outcome: ['invalid'] });
			}
			expect(recorder.requests).toEqual([]);
		});

		test('white space around a name does not make another name of it', async () => {
			const result = await run('click', [{ offer: 'o' }], {
				...mode,
				...(withPairs([' no_redirect ', 'false']) as INodeParameters),
			});
			expect(outcomesOf(result)).toEqual(['invalid']);
			expect(recorder.requests).toEqual([]);
		});

		test('a value that is no text is invalid', async () => {
			const result = await run('click', [{ offer: 'o', tags: { a: 1 } }], {
				...mode,
				...(withPairs(['tags', '={{ $json.tags }}']) as INodeParameters),
			});
			expect(outcomesOf(result)).toEqual(['invalid']);
			expect(recorder.requests).toEqual([]);
		});
	});

	test('accounts with names of their own need none of the fields', async () => {
		for (const operation of operations) {
			const own = withPairs(['campaign', '={{ $json.campaign }}'], ['aff', '7']) as INodeParameters;
			for (const [, mode] of modes) {
				const parameters = { ...mode, ...own };
				const query = await sent(operation, { campaign: 'Größe & Co' }, parameters);
				expect(query.get('campaign')).toBe('Größe & Co');
				expect(query.get('aff')).toBe('7');
			}
			// values that are all empty are no parameters
			const nothing = withPairs(['campaign', '={{ $json.missing }}']) as INodeParameters;
			const result = await run(operation, [{ campaign: 'c' }], nothing);
			expect(outcomesOf(result)).toEqual(['invalid']);
			expect(result.items[0]?.json.error).toContain('or an Additional Parameter');
		}
	});

	test('none at all is fine', async () => {
		expect(await sent('impression', { offer: 'o' }, { additionalParameters: {} })).toEqual(
			new Map([['offer', 'o']]),
		);
	});

	test('a column of that name is none', async () => {
		const item = { offer: 'o', additionalParameters: { goal: '7' } };
		expect(await sent('impression', item)).toEqual(new Map([['offer', 'o']]));
	});
});

describe('the Integration ID', () => {
	test.each([
		'../x',
		'a.b',
		'evil.com/',
		'evil.com/?',
		'evil.com#',
		'user@evil.com',
		'https://a',
		'a:80',
		'-a',
		'a-',
		'-',
		'a_b',
		'ä',
		'a b',
		' a',
		'a\n',
		'{endpoint}',
		'a'.repeat(64),
	])('%j is refused before anything is sent', async (integrationId) => {
		for (const baseUrl of [PRODUCTION, `${recorder.url}/{integrationId}/{endpoint}`]) {
			for (const operation of operations) {
				for (const previewOnly of [true, false]) {
					const result = await run(
						operation,
						[{ offer: 'o' }, { offer: 'p' }],
						{ previewOnly },
						{
							integrationId,
							baseUrl,
						},
					);
					expect(outcomesOf(result)).toEqual(['unauthorized', 'unauthorized']);
					expect(result.items[1]?.json.error).toContain('24metrics API');
					expect(result.items[1]?.json.error).toContain('Integration ID must be');
					expect(result.items[1]?.json.details).toMatchObject({ attempts: 0 });
				}
			}
		}
		expect(recorder.requests).toEqual([]);
	});

	test.each(['', '  '])(
		'empty (%j) it is refused before anything is sent',
		async (integrationId) => {
			const result = await run(
				'click',
				[{ offer: 'o' }],
				{},
				{ integrationId, baseUrl: PRODUCTION },
			);
			expect(outcomesOf(result)).toEqual(['unauthorized']);
			expect(result.items[0]?.json.error).toContain('Integration ID is empty');
			expect(recorder.requests).toEqual([]);
		},
	);

	test.each(['a', '4711', 'A-1', 'a--b', 'a'.repeat(63)])('%p is one', async (integrationId) => {
		await run('click', [{ offer: 'o' }], {}, { integrationId });
		expect(recorder.requests[0]?.path).toBe(`/${integrationId}/clicks/`);
	});
});

describe('the default Base URL', () => {
	const endpoints: [string, string][] = [
		['click', 'clicks'],
		['conversion', 'postbacks'],
		['impression', 'imp'],
	];

	test.each(endpoints)(
		'%s goes to %s, with the ID masked where it is shown',
		async (operation, endpoint) => {
			expect(defaultsOf(twentyFourMetrics.credential)).toMatchObject({ baseUrl: PRODUCTION });
			// texts are not searched for an ID as short as the second
			for (const integrationId of [INTEGRATION_ID, 'a-1']) {
				const credential = { integrationId, baseUrl: PRODUCTION };
				const { items } = await run(operation, [{ offer: 'o' }], { previewOnly: true }, credential);
				const { request } = items[0]?.json ?? {};
				const { origin, pathname, search } = new URL((request as { url: string }).url);
				expect(origin).toBe(`https://***.${endpoint}.24metrics.com`);
				expect(pathname).toBe('/');
				expect(search.slice(1).split('&').sort()).toEqual(
					operation === 'click' ? ['no_redirect=true', 'offer=o'] : ['offer=o'],
				);
				expect(JSON.stringify(items)).not.toContain(integrationId);
			}
		},
	);

	test.each(endpoints)('of a %s is https://<id>.%s.24metrics.com/', (operation, endpoint) => {
		const { credential, operations: declared } = twentyFourMetrics;
		const values = { ...defaultsOf(credential), integrationId: INTEGRATION_ID };
		const { baseUrl, placement } = readCredential(
			credential,
			values,
			declared[operation]?.baseUrlParts,
		);
		expect(baseUrl.href).toBe(`https://${INTEGRATION_ID}.${endpoint}.24metrics.com/`);
		expect(placement).toEqual({ query: {}, headers: {} });
	});
});

describe.each(operations)('the verdict on a %s', (operation) => {
	/** What the sandbox answers is made of the address. */
	const ofAddress = (ip: string) => {
		const key = `${operation === 'conversion' ? 'conversion' : operation}_ip`;
		return { ...valid[operation], [key]: ip };
	};

	test('approved, rejected and processing are all delivered, and told', async () => {
		for (const [ip, expected] of [
			['203.0.113.7', { verdict: 'approved' }],
			['192.0.2.7', { verdict: 'rejected', reason: 'DUPLICATE_IP' }],
			['198.51.100.7', { verdict: 'processing' }],
		] as const) {
			const json = await answered(operation, undefined, {}, ofAddress(ip));
			expect(json).toMatchObject({
				outcome: 'delivered',
				attempts: 1,
				httpStatus: 200,
				response: { transaction_id: expect.any(String) as string, status: expected.verdict },
				...expected,
			});
			if (expected.verdict !== 'rejected') expect(json).not.toHaveProperty('reason');
			expect(json).not.toHaveProperty('error');
		}
	});

	test('a rejected one is an error with Treat Rejected as Error, and is not sent again', async () => {
		const options = { treatRejectedAsError: true, retryUnknown: true };
		const json = await answered(operation, undefined, options, ofAddress('192.0.2.7'));
		expect(json.error).toContain('rejected it: DUPLICATE_IP');
		expect(json.error).toContain('do not send it again');
		expect(json).toMatchObject({
			details: { outcome: 'rejected', httpStatus: 200, attempts: 1 },
			requests: 1,
		});
		expect(sandbox().report().events).toHaveLength(1);
	});

	test.each([
		['without a reason', { status: 'rejected' }],
		['in capitals', { status: 'REJECTED', reason: 'DUPLICATE_IP' }],
	])('a rejected one %s is an error too', async (_, body) => {
		const fault: Fault = { kind: 'status', status: 200, body };
		const options = { treatRejectedAsError: true };
		expect((await answered(operation, fault, options)).details).toMatchObject({
			outcome: 'rejected',
		});
	});

	test('approved and processing ones are no errors with that option', async () => {
		for (const ip of ['203.0.113.7', '198.51.100.7']) {
			const options = { treatRejectedAsError: true };
			const json = await answered(operation, undefined, options, ofAddress(ip));
			expect(json.outcome).toBe('delivered');
		}
	});

	test.each<[string, Record<string, unknown> | string | undefined]>([
		['none', undefined],
		['text', 'OK'],
		['another object', { id: 1 }],
		['a status that is no word', { status: 200, reason: ['x'] }],
		['an error', { status: 'error', reason: 'no such integration' }],
		['a verdict that is not known', { status: 'pending' }],
		['an empty verdict', { status: '' }],
	])('%s in the answer leaves it unknown whether the event was taken', async (_, body) => {
		for (const treatRejectedAsError of [false, true]) {
			const fault: Fault = { kind: 'status', status: 200, body };
			const json = await answered(operation, fault, { treatRejectedAsError });
			expect(json.details).toMatchObject({ outcome: 'unknown', httpStatus: 200, attempts: 1 });
			expect(json.error).toContain('check the Base URL');
		}
	});
});

describe.each(operations)('a %s whose answer is missing', (operation) => {
	const silence: [string, Fault, INodeParameters][] = [
		['a timeout', { kind: 'hang', next: 1 }, { timeout: 100 }],
		['a reset before it was read', { kind: 'resetBefore', next: 1 }, {}],
		['a server error', { kind: 'status', status: 500, next: 1 }, {}],
	];

	test.each(silence)('%s is not tried again', async (_, fault, options) => {
		const { error, details, requests } = await answered(operation, fault, options);
		expect(details).toMatchObject({ outcome: 'unknown', attempts: 1 });
		expect(error).toContain(
			'It may have been accepted. Check with 24metrics before you send it again.',
		);
		expect(requests).toBe(1);
	});

	test.each(silence)('%s is tried again with Retry Unknown', async (_, fault, options) => {
		const json = await answered(operation, fault, { ...options, retryUnknown: true });
		expect(json).toMatchObject({ outcome: 'delivered', attempts: 2, requests: 2 });
	});
});

test('a redirect to the offer is not followed', async () => {
	const json = await answered('click', { kind: 'redirect', location: `${recorder.url}/offer` });
	expect(json.error).toContain('answered 302');
	expect(json.details).toMatchObject({ outcome: 'rejected' });
	expect(recorder.requests).toEqual([]);
});

test('columns without a field are ignored and named once', async () => {
	const { hints } = await run('impression', [
		{ offer: 'o', click_time: 'never', country: 'DE' },
		{ offer: 'o', country: 'DE' },
	]);
	expect(hints).toHaveLength(1);
	expect(hints[0]?.message.match(/country/g)).toHaveLength(1);
	expect(hints[0]?.message).toContain('click_time');
	expect(recorder.requests.map(({ query }) => query)).toEqual([[['offer', 'o']], [['offer', 'o']]]);
});
