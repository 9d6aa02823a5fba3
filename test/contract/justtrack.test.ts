import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { IDataObject } from 'n8n-workflow';

import { Justtrack } from '../../nodes/Justtrack/Justtrack.node';
import { justtrack } from '../../nodes/Justtrack/provider';
import { compile } from '../../transport/declaration/compile';
import { runNode } from '../support/nodeRun';
import { startRecorder } from '../support/recorder';
import { outcomesOf, useSandbox } from '../support/sandboxRun';

// rules and example: the vendor's page "Revenue Events"

const sandbox = useSandbox();
let recorder: Awaited<ReturnType<typeof startRecorder>>;
beforeAll(async () => {
	recorder = await startRecorder();
});
beforeEach(() => {
	recorder.requests.length = 0;
});
afterAll(() => recorder.close());

const example = {
	platform: 'android',
	packageid: 'com.my.app',
	transactionid: 'transaction-id-123',
	userid: 'custom-user-id-123',
	monetizationnetwork: 'network',
	monetizationprovider: 'provider',
	value: '1.98',
};

async function run(item: IDataObject, parameters: object = { dataMode: 'autoMapInputData' }) {
	const credential = { apiKey: '123', baseUrl: recorder.url };
	return await runNode({
		nodeType: new Justtrack(),
		parameters: { operation: 'revenueEvent', ...parameters },
		credential: credential,
		items: [item],
		settings: { onError: 'continueRegularOutput' },
	});
}

/** What went out as this wire key. */
async function sent(key: string, item: IDataObject) {
	await run(item);
	return new Map(recorder.requests.shift()?.query).get(key);
}

test("the vendor's example request goes out to the letter", async () => {
	await run(example);
	const [request] = recorder.requests;
	expect(request?.method).toBe('GET');
	expect(request?.body).toBe('');
	const [path, query = ''] = request?.target.split('?') ?? [];
	expect(path).toBe('/monetization/v0/jt');
	expect(query.split('&').sort()).toEqual(
		'apikey=123&platform=android&packageid=com.my.app&transactionid=transaction-id-123&userid=custom-user-id-123&monetizationnetwork=network&monetizationprovider=provider&value=1.98'
			.split('&')
			.sort(),
	);
});

test('every parameter of the document is a field, and no other', () => {
	expect(
		compile(justtrack, 'revenueEvent')
			.fields.map(({ key }) => key)
			.sort(),
	).toEqual(
		[
			'platform',
			'packageid',
			'transactionid',
			'userid',
			'value',
			'monetizationnetwork',
			'monetizationprovider',
			'monetizationbundleid',
			'monetizationinstancename',
			'monetizationplacement',
			'monetizationsegment',
			'monetizationtestgroup',
			'monetizationtype',
			'happenedat',
		].sort(),
	);
});

test.each([
	['platform', 'windows', 'must be ios or android'],
	['platform', undefined, 'is required'],
	['platform', { name: 'ios' }, 'must be ios or android'],
	['packageid', '', 'is required'],
	['packageid', '   ', 'is required'],
	['packageid', { id: 1 }, 'must be text that is not blank'],
	['transactionid', null, 'is required'],
	['transactionid', 12345678901234567890, 'has lost precision'],
	['userid', undefined, 'is required'],
	['userid', ['u'], 'must be text that is not blank'],
	['value', undefined, 'is required'],
	['value', -0.01, 'must be a plain decimal number of at least 0'],
	['value', '1,50', 'must be a plain decimal number of at least 0'],
	['value', 'n/a', 'must be a plain decimal number of at least 0'],
	['value', NaN, 'must be a plain decimal number of at least 0'],
	['value', Infinity, 'must be a plain decimal number of at least 0'],
	['value', { amount: 1 }, 'must be a plain decimal number of at least 0'],
	['happenedat', 'yesterday', 'must be a time'],
	['happenedat', '2026-02-30T10:00:00Z', 'must be a time'],
	['happenedat', {}, 'must be a time'],
	...[
		'monetizationnetwork',
		'monetizationprovider',
		'monetizationbundleid',
		'monetizationinstancename',
		'monetizationplacement',
		'monetizationsegment',
		'monetizationtestgroup',
		'monetizationtype',
	].map((key): [string, unknown, string] => [key, { nested: true }, 'must be text']),
])('%s may not be %p', async (key, value, rule) => {
	const result = await run({ ...example, [key]: value });
	expect(outcomesOf(result)).toEqual(['invalid']);
	const { error, details } = result.items[0]?.json ?? {};
	expect(error).toContain(key);
	expect(error).toContain(rule);
	expect(details).toMatchObject({
		outcome: 'invalid',
		fields: [{ field: key, rule: expect.stringContaining(rule) as string }],
	});
	expect(recorder.requests).toEqual([]);
});

test.each([
	['platform', 'iOS', 'ios'],
	['platform', ' ANDROID ', 'android'],
	['packageid', ' com.my.app ', 'com.my.app'],
	['userid', 4711, '4711'],
	['value', 0, '0'],
	['value', 1e-7, '0.0000001'],
	['value', '0.0000004', '0.0000004'],
	['value', '1.980000000000000000001', '1.980000000000000000001'],
	['happenedat', '2026-01-31T12:00:00+02:00', '2026-01-31T12:00:00+02:00'],
	['happenedat', '20260517T080910Z', '20260517T080910Z'],
	['happenedat', ' 20260517T080910.123+0200 ', '20260517T080910.123+0200'],
	['happenedat', '2026-05-17 08:09:10+00', '2026-05-17T08:09:10.000Z'],
	['happenedat', 1769853600, '2026-01-31T10:00:00.000Z'],
	['happenedat', 1769853600000, '2026-01-31T10:00:00.000Z'],
	['monetizationplacement', 'a b & c + d % é 日本', 'a b & c + d % é 日本'],
	['monetizationtype', true, 'true'],
])('%s given as %p goes out as %s', async (key, value, expected) => {
	expect(await sent(key, { ...example, [key]: value })).toBe(expected);
});

test('automatic mapping takes every spelling of a field, and of two columns names both', async () => {
	const { packageid: _, ...rest } = example;
	for (const column of ['packageId', 'package_id', 'Package ID', 'PACKAGEID']) {
		expect(await sent('packageid', { ...rest, [column]: 'com.other' })).toBe('com.other');
	}
	const { items } = await run({ ...example, packageId: 'com.other' });
	expect(items[0]?.json.error).toContain(
		'Package ID (packageid) has two columns, packageid and packageId: rename or remove one, or fill in the field',
	);
	expect(recorder.requests).toEqual([]);
});

test('in automatic mapping a constant stands beside a table, and an open choice takes its column', async () => {
	const { platform: _, ...rest } = example;
	const automatic = { dataMode: 'autoMapInputData' };
	await run({ ...rest, platform: 'android' }, { ...automatic, platform: 'ios' });
	await run({ ...rest, platform: 'android' }, { ...automatic, platform: '' });
	await run(rest, { ...automatic, platform: 'ios' });
	const platforms = recorder.requests.map(({ query }) => new Map(query).get('platform'));
	expect(platforms).toEqual(['ios', 'android', 'ios']);
});

test.each(['defineBelow', 'autoMapInputData'])(
	'a value with a comma is taken by the option Decimal Sign alone: %s',
	async (dataMode) => {
		const fields = Object.fromEntries(
			Object.keys(example).map((key) => [key, `={{ $json.${key} }}`]),
		);
		const item = { ...example, value: '1.234,50' };
		const parameters = { ...(dataMode === 'defineBelow' && fields), dataMode };
		const { items } = await run(item, parameters);
		expect(items[0]?.json.error).toContain('or set the option Decimal Sign to Comma');
		await run(item, { ...parameters, options: { decimalSign: 'comma' } });
		expect(recorder.requests.map(({ query }) => new Map(query).get('value'))).toEqual(['1234.50']);
	},
);

test('empty values are not sent', async () => {
	const item = { ...example, monetizationtype: '', monetizationsegment: null };
	await run(item);
	const keys = recorder.requests[0]?.query.map(([key]) => key);
	expect(keys).toHaveLength(Object.keys(example).length + 1);
	expect(keys).not.toContain('monetizationtype');
});

test('recommended fields that are missing earn one hint per execution, not an error', async () => {
	const { monetizationnetwork: _, ...rest } = example;
	const { items, hints } = await run(rest);
	expect(items[0]?.json.outcome).toBe('delivered');
	expect(hints).toHaveLength(1);
	expect(hints[0]?.message).toContain('monetizationnetwork');
	expect(hints[0]?.message).not.toContain('monetizationprovider');
});

test('columns without a field are ignored and named once', async () => {
	const { hints } = await run({ ...example, country: 'DE' });
	expect(hints).toHaveLength(1);
	expect(hints[0]?.message).toContain('country');
	expect(new Map(recorder.requests[0]?.query).has('country')).toBe(false);
});

describe('of deduplication nothing is said beyond "can be used to … deduplicate events"', () => {
	/** What the document does not promise. */
	const claims = /remov\w+ (?:duplicates|repeats)|count\w* (?:\w+ )?once|\bsafe\b/i;

	test('in the fields', () => {
		const texts = JSON.stringify(justtrack.properties);
		expect(texts).toContain('deduplicate');
		expect(texts).not.toMatch(claims);
	});

	test('in the hint on IDs that come again', async () => {
		const { hints } = await runNode({
			nodeType: new Justtrack(),
			parameters: { operation: 'revenueEvent', dataMode: 'autoMapInputData' },
			credential: { apiKey: '123', baseUrl: recorder.url },
			items: [example, example],
		});
		expect(hints[0]?.message).toContain(
			'1 event had the ID of an earlier one: justtrack can deduplicate by it.',
		);
		expect(hints[0]?.message).not.toMatch(claims);
	});

	test('of an event that may have arrived', async () => {
		sandbox().setFaults([{ kind: 'status', status: 500 }]);
		const result = await runNode({
			nodeType: new Justtrack(),
			parameters: {
				operation: 'revenueEvent',
				dataMode: 'autoMapInputData',
				options: { maxRetries: 0 },
			},
			credential: { apiKey: '123', baseUrl: `${sandbox().url}/justtrack` },
			items: [example],
			settings: { onError: 'continueRegularOutput' },
		});
		expect(outcomesOf(result)).toEqual(['unknown']);
		const { error } = result.items[0]?.json ?? {};
		expect(error).toContain(
			'Send it again unchanged: justtrack can deduplicate events by their ID.',
		);
		expect(error).not.toMatch(claims);
	});

	test.each(['docs/justtrack.md', 'README.md'])('in %s', async (page) => {
		const text = await readFile(path.join(__dirname, '../..', page), 'utf8');
		const lines = text.split('\n').filter((line) => /justtrack|duplic/i.test(line));
		expect(lines.join('\n')).toContain('deduplicate');
		expect(lines.filter((line) => claims.test(line))).toEqual([]);
	});
});
