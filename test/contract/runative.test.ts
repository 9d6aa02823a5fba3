import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { runative } from '../../nodes/Runative/provider';
import { Runative } from '../../nodes/Runative/Runative.node';
import type { Fault } from '../../sandbox';
import { compile } from '../../transport/declaration/compile';
import { createContext, runIn, runNode } from '../support/nodeRun';
import { startRecorder } from '../support/recorder';
import { outcomesOf, useSandbox } from '../support/sandboxRun';

// rules and examples: the vendor's page "S2S Tracking API (v.1.1.0)"

const CLICK_ID = 'c86b8a88b91228911e723b93c65a5900bb49bc99';
const KEY = '123456789012345678901234567890abcdef';

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
		nodeType: new Runative(),
		parameters: { operation, dataMode: 'autoMapInputData', ...parameters },
		credential: { secretKey: KEY, baseUrl: baseUrl as string },
		items,
		settings: { onError: 'continueRegularOutput' },
	});
}

/** The same where no credential is chosen: then there is no Base URL either. */
async function runWithoutCredential(
	operation: string,
	item: IDataObject,
	parameters: INodeParameters = {},
) {
	const nodeType = new Runative();
	const context = createContext({
		nodeType,
		parameters: { operation, dataMode: 'autoMapInputData', ...parameters },
		items: [item],
		settings: { onError: 'continueRegularOutput' },
	});
	delete context.node.credentials;
	return await runIn(context, nodeType);
}

/** One item, answered by the sandbox with this fault. */
async function answered(
	operation: string,
	fault: Fault,
	options: INodeParameters = {},
): Promise<IDataObject> {
	sandbox().setFaults([fault]);
	const baseUrl = `${sandbox().url}/runative`;
	const { items } = await run(operation, [valid[operation] ?? {}], { baseUrl, options });
	return { ...items[0]?.json, requests: sandbox().report().requests };
}

const valid: Record<string, IDataObject> = {
	conversion: { click_id: CLICK_ID },
	lead: { click_id: CLICK_ID, value: '2.1', lead_code: 'abcd1234567890' },
};

/** What tells an event in each item. */
const named = (operation: 'conversion' | 'lead') => ({
	provider: 'RUNative',
	operation,
	id: operation === 'lead' ? 'abcd1234567890' : CLICK_ID,
});

describe('the requests of the document, to the letter', () => {
	test('a conversion', async () => {
		await run('conversion', [{ click_id: CLICK_ID }]);
		const [request] = recorder.requests;
		expect(request?.method).toBe('GET');
		expect(request?.target).toBe('/api/v1/cpa/action/c86b8a88b91228911e723b93c65a5900bb49bc99');
		expect(request?.body).toBe('');
	});

	test('a lead', async () => {
		await run('lead', [{ click_id: CLICK_ID, value: '2.1', lead_code: 'abcd1234567890' }]);
		const [request] = recorder.requests;
		expect(request?.method).toBe('GET');
		const [path, query = ''] = request?.target.split('?') ?? [];
		expect(path).toBe('/api/v1/cpa/action/c86b8a88b91228911e723b93c65a5900bb49bc99');
		expect(query.split('&').sort()).toEqual(
			'value=2.1&lead_code=abcd1234567890&key=123456789012345678901234567890abcdef'
				.split('&')
				.sort(),
		);
		expect(request?.body).toBe('');
	});

	test('a conversion with its payout', async () => {
		await run('conversion', [{ click_id: CLICK_ID, value: '1.25' }]);
		expect(recorder.requests[0]?.target).toBe(`/api/v1/cpa/action/${CLICK_ID}?value=1.25`);
	});
});

test.each([
	['conversion', ['click_id', 'value']],
	['lead', ['click_id', 'lead_code', 'value']],
])('%s takes every parameter of the document, and no other', (operation, keys) => {
	const declared = compile(runative, operation).fields.map(({ key }) => key);
	expect(declared.sort()).toEqual(keys);
});

describe('each rule of the table: just inside and just outside', () => {
	type Row = [operation: string, key: string, inside: unknown[], outside: unknown[]];
	const clickIds: [unknown[], unknown[]] = [
		[CLICK_ID, '0'.repeat(40), 'f'.repeat(40), ` ${CLICK_ID}\n`],
		[
			undefined,
			null,
			'',
			'   ',
			CLICK_ID.slice(1),
			`${CLICK_ID}0`,
			CLICK_ID.toUpperCase(),
			`${CLICK_ID.slice(1)}g`,
			`${CLICK_ID.slice(1)}/`,
			`${CLICK_ID.slice(3)}%2f`,
			`${CLICK_ID.slice(1)}é`,
			'../x',
			`../${CLICK_ID}`,
			`${CLICK_ID}/..`,
			`${CLICK_ID}?value=1`,
			'{click_id}',
			0,
			1e39,
			{ id: CLICK_ID },
			[CLICK_ID],
		],
	];
	const prices = [0.01, '0.01', 0.1, 1.98, 2, '2.10', 200, '200', '200.0', '200.00', '+1.5', 2e2];
	const noPrices = [0, '0', 0.005, 200.01, '200.01', '201', 1e-7, -1, '-0.01', 1e21];
	const noNumbers = ['1,50', '1.500,00', '$1', 'free', NaN, Infinity, true, {}, [1]];
	const rows: Row[] = [
		['conversion', 'click_id', ...clickIds],
		['lead', 'click_id', ...clickIds],
		[
			'conversion',
			'value',
			[undefined, null, '', ...prices, '2.100', '2.1000', '200.000'],
			[...noPrices, '0.009', 1.005, '1.999', '2.1001', '200.001', ...noNumbers],
		],
		[
			'lead',
			'value',
			[...prices, 1.005, '1.999', '2.1000', '0.0100000001', '199.9999999'],
			[undefined, null, '', ...noPrices, '0.0099999999', '200.0000000001', ...noNumbers],
		],
		['lead', 'lead_code', ['a', ' abcd ', 4711, 'ä b&c=d'], [undefined, null, '', ' ', {}, ['a']]],
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

	test('the message says what is accepted', async () => {
		const { items } = await run('conversion', [
			{ click_id: CLICK_ID.toUpperCase() },
			{ click_id: CLICK_ID, value: 0 },
			{ click_id: CLICK_ID, value: 1.999 },
		]);
		const [id, price, decimals] = items.map(({ json }) => json.error);
		expect(id).toContain('must be 40 characters of 0-9 and a-f, in lower case');
		expect(price).toContain('from 0.01 to 200.0');
		expect(decimals).toContain('with at most 2 decimals');
		expect(decimals).toContain('only if they are zeros, or with the option Round to Cents');
		const rounded = await run('conversion', [{ click_id: CLICK_ID, value: '200.006' }], {
			options: { roundToCents: true },
		});
		expect(rounded.items[0]?.json.error).toContain('once it is rounded to 2 decimals');
		expect(rounded.items[0]?.json.error).not.toContain('Round to Cents');
		const lead = await run('lead', [{ ...valid.lead, value: '200.01' }]);
		expect(lead.items[0]?.json.error).toContain('from 0.01 to 200.0');
	});
});

/** What goes out as `value`. */
async function sentValue(operation: string, value: unknown, options: INodeParameters = {}) {
	recorder.requests.length = 0;
	await run(operation, [{ ...valid[operation], value } as IDataObject], { options });
	return new Map(recorder.requests[0]?.query).get('value');
}

describe('prices', () => {
	test.each([
		[0.01, '0.01'],
		['0.01', '0.01'],
		['5', '5.00'],
		[5, '5.00'],
		['2.1', '2.10'],
		['2.10', '2.10'],
		['2.1000', '2.10'],
		[200, '200.00'],
		['200.0', '200.00'],
		[' 1.5 ', '1.50'],
		['1e2', '100.00'],
	])('a conversion with %p goes out with two decimals: %s', async (value, expected) => {
		expect(await sentValue('conversion', value)).toBe(expected);
	});

	test.each([
		[0.01, '0.01'],
		['0.01', '0.01'],
		['5', '5'],
		['2.10', '2.10'],
		['2.1000', '2.1000'],
		[200, '200'],
		['200.0', '200.0'],
		[' 1.5 ', '1.5'],
		['1e2', '100'],
		[1.005, '1.005'],
		['1.50000000000000000001', '1.50000000000000000001'],
		['0.0100000001', '0.0100000001'],
	])('a lead with %p goes out as given: %s', async (value, expected) => {
		expect(await sentValue('lead', value)).toBe(expected);
	});

	describe('with Round to Cents', () => {
		test.each([
			[0.005, '0.01'],
			['0.0050', '0.01'],
			['0.014999', '0.01'],
			[1.005, '1.01'],
			['1.004999999999999999999', '1.00'],
			[1.115, '1.12'],
			['1.995', '2.00'],
			['9.999', '10.00'],
			['200.004', '200.00'],
			['199.995', '200.00'],
			['2.1', '2.10'],
			[200, '200.00'],
		])('a conversion with %p goes out with %s', async (value, expected) => {
			expect(await sentValue('conversion', value, { roundToCents: true })).toBe(expected);
		});

		test.each([0.004, '0.0049999999', 0, 1e-7, '200.005', 200.01, '1,50', NaN, -0.005])(
			'a conversion with %p is invalid',
			async (value) => {
				const result = await run('conversion', [{ click_id: CLICK_ID, value }], {
					options: { roundToCents: true },
				});
				expect(outcomesOf(result)).toEqual(['invalid']);
				expect(recorder.requests).toEqual([]);
			},
		);

		test('a lead goes out as given all the same', async () => {
			expect(await sentValue('lead', '1.505', { roundToCents: true })).toBe('1.505');
		});
	});
});

describe('the key', () => {
	test('a conversion never takes it along, though a credential is chosen', async () => {
		await run('conversion', [{ click_id: CLICK_ID, value: '1.25' }]);
		expect(recorder.requests).toHaveLength(1);
		expect(JSON.stringify(recorder.requests)).not.toContain(KEY);
		expect(new Map(recorder.requests[0]?.query).has('key')).toBe(false);
	});

	test('a conversion goes out by the production address without any credential', async () => {
		const { items } = await runWithoutCredential(
			'conversion',
			{ click_id: CLICK_ID, value: '1.25' },
			{ previewOnly: true },
		);
		expect(items[0]?.json).toMatchObject({
			outcome: 'preview',
			request: {
				method: 'GET',
				url: `https://runative-syndicate.com/api/v1/cpa/action/${CLICK_ID}?value=1.25`,
			},
		});
	});

	test('a conversion needs no key in a credential that is chosen for its Base URL', async () => {
		const result = await runNode({
			nodeType: new Runative(),
			parameters: { operation: 'conversion', dataMode: 'autoMapInputData' },
			credential: { secretKey: '', baseUrl: recorder.url },
			items: [{ click_id: CLICK_ID }],
			settings: { onError: 'continueRegularOutput' },
		});
		expect(outcomesOf(result)).toEqual(['delivered']);
	});

	test('a lead without a credential is refused, and told what it needs', async () => {
		const result = await runWithoutCredential('lead', valid.lead ?? {});
		expect(outcomesOf(result)).toEqual(['failed']);
		const { error } = result.items[0]?.json ?? {};
		expect(error).toContain('Choose a credential');
		expect(error).toContain('RUNative API');
		expect(error).not.toContain('does not require');
	});

	test('a lead with an empty key is refused before anything is sent', async () => {
		const result = await runNode({
			nodeType: new Runative(),
			parameters: { operation: 'lead', dataMode: 'autoMapInputData' },
			credential: { secretKey: ' ', baseUrl: recorder.url },
			items: [valid.lead ?? {}],
			settings: { onError: 'continueRegularOutput' },
		});
		expect(outcomesOf(result)).toEqual(['unauthorized']);
		expect(result.items[0]?.json.error).toContain('Secret Key is empty');
		expect(recorder.requests).toEqual([]);
	});

	test.each(['conversion', 'lead'])('a %s goes out by https only', async (operation) => {
		const result = await run(operation, [valid[operation] ?? {}], {
			baseUrl: 'http://runative-syndicate.com',
		});
		expect(outcomesOf(result)).toEqual(['unauthorized']);
		expect(result.items[0]?.json.error).toContain('must start with https://');
	});
});

describe('a message that is not in the document', () => {
	test.each([
		[200, 'rejected'],
		[400, 'rejected'],
		[429, 'throttled'],
		[408, 'failed'],
		[500, 'unknown'],
	])('is what its status %d says', async (status, outcome) => {
		const fault: Fault = { kind: 'status', status, body: { error: { msg: 'too busy' } } };
		const { error, details } = await answered('lead', fault, { maxRetries: 0 });
		expect(error).toContain('too busy');
		expect(details).toMatchObject({ outcome, httpStatus: status });
	});
});

describe('each message of the document, whatever the status below 500', () => {
	const statuses = [200, 400, 401, 403, 404, 408, 422, 429];

	test.each([
		[500, 'invalid code'],
		[502, 'invalid key'],
		[503, 'the price should be between 0.010 and 200.000'],
		[303, 'invalid code'],
	])('says nothing with a %d, which is unclear: %s', async (status, msg) => {
		const fault: Fault = { kind: 'status', status, body: { error: { msg } } };
		for (const operation of ['conversion', 'lead']) {
			sandbox().reset();
			expect(await answered(operation, fault)).toMatchObject({
				details: { outcome: 'unknown', httpStatus: status, attempts: 1 },
				requests: 1,
			});
		}
	});

	test('so does ok with a 500', async () => {
		const fault: Fault = { kind: 'status', status: 500, body: { ok: true } };
		expect((await answered('lead', fault)).details).toMatchObject({ outcome: 'unknown' });
	});

	test.each([
		'invalid code',
		"invalid price value: 'Err message'",
		'the price should be between 0.010 and 200.000',
		'The transfer of the lead_code is possible only with the https protocol',
	])('%s is rejected', async (msg) => {
		for (const status of statuses) {
			sandbox().reset();
			const fault: Fault = { kind: 'status', status, body: { error: { msg } } };
			const ending = { ...named('lead'), outcome: 'rejected' };
			expect(await answered('lead', fault)).toEqual({
				...valid.lead,
				...ending,
				error: expect.stringContaining(`RUNative answered: ${msg}`) as string,
				details: { ...ending, httpStatus: status, attempts: 1 },
				requests: 1,
			});
		}
	});

	test.each(['invalid key', 'Invalid key'])('%s is unauthorized', async (msg) => {
		for (const status of statuses) {
			sandbox().reset();
			const fault: Fault = { kind: 'status', status, body: { error: { msg } } };
			const { error, details, requests } = await answered('lead', fault);
			expect(error).toContain(`RUNative answered: ${msg}`);
			expect(error).toContain('Check the Secret Key');
			expect(error).toContain('several leads');
			expect(details).toEqual({
				...named('lead'),
				outcome: 'unauthorized',
				httpStatus: status,
				attempts: 1,
			});
			expect(requests).toBe(1);
		}
	});

	test('ok is delivered', async () => {
		const { outcome, requests } = await answered('lead', {
			kind: 'status',
			status: 200,
			body: { ok: true },
		});
		expect({ outcome, requests }).toEqual({ outcome: 'delivered', requests: 1 });
	});

	test.each(['conversion', 'lead'])('the sandbox refuses no valid %s', async (operation) => {
		const result = await run(operation, [valid[operation] ?? {}], {
			baseUrl: `${sandbox().url}/runative`,
		});
		expect(result.items[0]?.json).toMatchObject({
			outcome: 'delivered',
			id: operation === 'lead' ? 'abcd1234567890' : CLICK_ID,
			response: { ok: true },
		});
	});
});

describe('a conversion carries no key, so that no refusal of it is for the key', () => {
	test.each([
		[200, { error: { msg: 'invalid key' } }],
		[400, { error: { msg: 'invalid key' } }],
		[401, { error: { msg: 'Invalid key' } }],
		[403, { error: { msg: 'invalid key' } }],
		[401, 'Unauthorized'],
		[403, 'Forbidden'],
	])('a %d with %j', async (status, body) => {
		sandbox().setFaults([{ kind: 'status', status, body }]);
		const items = Array.from({ length: 6 }, (_, i) => ({
			click_id: `${CLICK_ID.slice(0, -1)}${i}`,
		}));
		const result = await run('conversion', items, {
			baseUrl: `${sandbox().url}/runative`,
			options: { maxConcurrency: 1 },
		});
		expect(outcomesOf(result)).toEqual(items.map(() => 'rejected'));
		expect(sandbox().report().requests).toBe(6);
		const said = typeof body === 'string' ? body : `RUNative answered: ${body.error.msg}`;
		for (const { json } of result.items) {
			expect(json).toMatchObject({ details: { httpStatus: status, attempts: 1 } });
			expect(json.error).toContain(said);
			expect(json.error).toContain('carries no key');
			expect(json.error).not.toMatch(/check the (?:credential|secret key)/i);
		}
	});
});

test('"invalid key" stops the leads that are left; those before stay delivered', async () => {
	const items = Array.from({ length: 50 }, (_, i) => ({ ...valid.lead, lead_code: `code-${i}` }));
	const body = { error: { msg: 'invalid key' } };
	sandbox().setFaults([{ kind: 'status', status: 200, body, ids: ['code-2'] }]);
	const result = await run('lead', items, {
		baseUrl: `${sandbox().url}/runative`,
		options: { maxConcurrency: 1 },
	});
	expect(outcomesOf(result)).toEqual(items.map((_, i) => (i < 2 ? 'delivered' : 'unauthorized')));
	expect(sandbox().report().requests).toBe(3);
	expect(result.items[3]?.json).toMatchObject({
		error: expect.stringContaining('Not sent: RUNative answered: invalid key') as string,
		details: { attempts: 0 },
	});
});

test('a byte order mark before the body is no obstacle', async () => {
	const fault: Fault = { kind: 'status', status: 200, body: '\uFEFF{"ok":true}' };
	expect(await answered('conversion', fault)).toMatchObject({ outcome: 'delivered' });
});

describe('a 2xx body that is neither "ok": true nor an error leaves it unknown, with its beginning', () => {
	test.each<[string, number, Record<string, unknown> | string]>([
		['ok false', 200, { ok: false }],
		['ok as text', 200, { ok: 'true' }],
		['ok as a number', 200, { ok: 1 }],
		['ok and an error', 200, { ok: true, error: { code: 1 } }],
		['another object', 201, { status: 'ok' }],
		['an error of another form', 200, { error: 'invalid key' }],
		['a list', 200, '[{"ok":true}]'],
		['text', 202, 'ok'],
		['half of JSON', 200, '"ok": true'],
		['a page', 200, '<html><body>Sign in to the network</body></html>'],
	])('%s', async (_, status, body) => {
		const fault: Fault = { kind: 'status', status, body };
		const { error, details, requests } = await answered('conversion', fault);
		expect(details).toEqual({
			...named('conversion'),
			outcome: 'unknown',
			httpStatus: status,
			attempts: 1,
		});
		const text = typeof body === 'string' ? body : JSON.stringify(body);
		expect(error).toContain(`RUNative answered ${status}: ${text}`);
		expect(requests).toBe(1);
	});

	test('of a long one the first 200 characters', async () => {
		const body = `<html>${'x'.repeat(194)}yyyy`;
		const { error } = await answered('conversion', { kind: 'status', status: 200, body });
		expect(error).toContain(body.slice(0, 200));
		expect(error).not.toContain('xy');
	});

	test('nothing at all', async () => {
		for (const fault of [{ kind: 'empty' }, { kind: 'status', status: 204 }] as const) {
			const { details } = await answered('conversion', fault);
			expect(details).toMatchObject({ outcome: 'unknown', attempts: 1 });
		}
	});
});

describe.each(['conversion', 'lead'])('a %s whose answer is missing', (operation) => {
	const silence: [string, Fault, INodeParameters][] = [
		['a timeout', { kind: 'hang', next: 1 }, { timeout: 100 }],
		['a reset before it was read', { kind: 'resetBefore', next: 1 }, {}],
		['a server error', { kind: 'status', status: 500, next: 1 }, {}],
		['half an answer', { kind: 'truncate', next: 1 }, {}],
	];

	test.each(silence)('%s is not tried again', async (_, fault, options) => {
		const { error, details, requests } = await answered(operation, fault, options);
		expect(details).toMatchObject({ outcome: 'unknown', attempts: 1 });
		expect(error).toContain(
			'It may have been accepted. Check with RUNative before you send it again.',
		);
		expect(requests).toBe(1);
	});

	test.each(silence)('%s is tried again with Retry Unknown', async (_, fault, options) => {
		const result = await answered(operation, fault, { ...options, retryUnknown: true });
		expect(result).toMatchObject({ outcome: 'delivered', attempts: 2, requests: 2 });
	});
});

test('columns without a field are ignored and named once', async () => {
	const { hints } = await run('conversion', [
		{ click_id: CLICK_ID, lead_code: 'a', country: 'DE' },
		{ click_id: CLICK_ID, country: 'DE' },
	]);
	expect(hints).toHaveLength(1);
	expect(hints[0]?.message.match(/country/g)).toHaveLength(1);
	expect(hints[0]?.message).toContain('lead_code');
	expect(recorder.requests.map(({ target }) => target.includes('?'))).toEqual([false, false]);
});
