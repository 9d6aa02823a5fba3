import type { IDataObject } from 'n8n-workflow';

import type { Fault } from '../../sandbox';
import { MyTracker } from '../../nodes/MyTracker/MyTracker.node';
import { myTracker } from '../../nodes/MyTracker/provider';
import { compile } from '../../transport/declaration/compile';
import { runNode } from '../support/nodeRun';
import { startRecorder } from '../support/recorder';
import { outcomesOf, useSandbox } from '../support/sandboxRun';

// rules and examples: the vendor's page "Import event"

const TOKEN = 'skjdfASFasf03asdffar3asJHB32r';

let recorder: Awaited<ReturnType<typeof startRecorder>>;
beforeAll(async () => {
	recorder = await startRecorder();
});
beforeEach(() => {
	recorder.requests.length = 0;
});
afterAll(() => recorder.close());

async function run(operation: string, items: readonly IDataObject[], parameters: object = {}) {
	return await runNode({
		nodeType: new MyTracker(),
		parameters: { operation, dataMode: 'autoMapInputData', appId: '666', ...parameters },
		credential: { token: TOKEN, baseUrl: recorder.url },
		items,
		settings: { onError: 'continueRegularOutput' },
	});
}

/** What went out: the request line's target and the parsed body. */
const sent = () =>
	recorder.requests.map(({ method, target, body, authorization }) => ({
		method,
		target,
		body: JSON.parse(body) as unknown,
		authorization,
	}));

describe('the requests of the document, to the letter', () => {
	test('the curl example', async () => {
		await run(
			'customEvent',
			[
				{
					customUserId: '1',
					customEventName: 'levelUp',
					customEventParams: { level: '2' },
					idGender: '1',
					age: '25',
					eventTimestamp: '1580213208',
					instanceId: '00000000-0000-0000-0000-000000000000',
				},
			],
			{ appId: '666' },
		);
		expect(sent()).toEqual([
			{
				method: 'POST',
				target: '/v1/customEvent/?idApp=666',
				authorization: TOKEN,
				// numbers go out as JSON numbers: the vendor's examples show both
				body: {
					customUserId: '1',
					customEventName: 'levelUp',
					customEventParams: { level: '2' },
					idGender: 1,
					age: 25,
					eventTimestamp: 1580213208,
					instanceId: '00000000-0000-0000-0000-000000000000',
				},
			},
		]);
	});

	const lvid = '00000000000000000000000000000000';
	test.each([
		['registration', {}],
		['login', {}],
		['customEvent', { customEventName: 'messageReceived' }],
	])('%s and its batch', async (operation, more) => {
		const users = ['1111', '2222'].map((customUserId) => ({ customUserId, lvid, ...more }));
		await run(operation, users.slice(0, 1));
		await run(operation, users);
		expect(sent()).toMatchObject([
			{ target: `/v1/${operation}/?idApp=666`, body: users[0] },
			{ target: `/v1/${operation}Batch/?idApp=666`, body: users },
		]);
	});

	test('customRevenue and its batch', async () => {
		const payments = [
			{ customUserId: '1111', lvid, idTransaction: 'order1', currency: 'USD', total: 1.99 },
			{ customUserId: '2222', lvid, idTransaction: 'order2', currency: 'USD', total: 10.99 },
		].map((payment) => ({ ...payment, eventTimestamp: 1577191920 }));
		await run('customRevenue', payments.slice(0, 1));
		await run('customRevenue', payments);
		expect(sent()).toMatchObject([
			{ target: '/v1/customRevenue/?idApp=666', body: payments[0] },
			{ target: '/v1/customRevenueBatch/?idApp=666', body: payments },
		]);
	});
});

const user = { customUserId: 'u' };
const valid: Record<string, IDataObject> = {
	registration: user,
	login: user,
	customEvent: { ...user, customEventName: 'levelUp' },
	customRevenue: {
		...user,
		eventTimestamp: 1577191920,
		idTransaction: 'order1234',
		currency: 'USD',
		total: 1.99,
	},
};

test.each(Object.keys(valid))(
	'%s takes every parameter of the document, and no other',
	(operation) => {
		const common = [
			'idApp',
			'eventTimestamp',
			'customUserId',
			'ipv4',
			'ipv6',
			'idGender',
			'age',
			'connectionType',
			'bluetoothEnabled',
			'instanceId',
			'adTrackingEnabled',
			'idfa',
			'iosVendorId',
			'gaid',
			'androidId',
			'lvid',
			'adBlocker',
			'userAgent',
		];
		const own: Record<string, string[]> = {
			customEvent: ['customEventName', 'customEventParams'],
			customRevenue: ['idTransaction', 'currency', 'total'],
		};
		const keys = compile(myTracker, operation).fields.map(({ key }) => key);
		expect([...new Set(keys)].sort()).toEqual([...common, ...(own[operation] ?? [])].sort());
	},
);

const x = (characters: number) => 'ß'.repeat(characters);
const hex = (characters: number) => '0'.repeat(characters);

describe('each rule of the table: just inside and just outside', () => {
	type Row = [operation: string, key: string, inside: unknown[], outside: unknown[]];
	const rows: Row[] = [
		['registration', 'customUserId', ['1', x(1024), 7], [undefined, '', '  ', x(1025), {}]],
		['login', 'customUserId', [x(1024)], [undefined, x(1025)]],
		['login', 'eventTimestamp', [0, 4294967295, '1577191920'], [-1, 4294967296, 'soon', {}]],
		['login', 'ipv4', ['125.125.125.125', '0.0.0.0'], ['256.1.1.1', '1.2.3', '::1', {}]],
		['login', 'ipv6', ['2001:0db8:85a3:0000:0000:8a2e:0370:7334', '::1'], ['1.2.3.4', '2001::zz']],
		['login', 'idGender', [0, 1, 2, '1'], [-1, 3, 1.5, 'man']],
		['login', 'age', [0, 128, '38'], [-1, 129, 'old']],
		['login', 'connectionType', [0, 2], [-1, 3]],
		['login', 'bluetoothEnabled', [0, 2], [-1, 3]],
		['login', 'adTrackingEnabled', [0, 1, '1', true, false, 'TRUE'], [-1, 2, 0.5, 'yes', {}]],
		['login', 'adBlocker', [0, 1, true, 'false'], [-1, 2, 'on']],
		['login', 'userAgent', ['M', x(2048)], [x(2049), {}]],
		['login', 'instanceId', [hex(36)], [hex(35), hex(37)]],
		['login', 'idfa', [hex(36)], [hex(35), hex(37)]],
		['login', 'iosVendorId', [hex(36)], [hex(35), hex(37)]],
		['login', 'gaid', [hex(36)], [hex(35), hex(37)]],
		['login', 'androidId', [hex(16)], [hex(15), hex(17)]],
		['login', 'lvid', [hex(32)], [hex(31), hex(33)]],
		['customEvent', 'customEventName', ['l', x(255)], [undefined, '', x(256), {}]],
		[
			'customEvent',
			'customEventParams',
			[{}, { [x(255)]: x(255) }, { level: 2, won: true }, '{"level":"2"}'],
			[{ [x(256)]: '1' }, { a: x(256) }, { a: { b: 1 } }, [1], 'no JSON'],
		],
		['customRevenue', 'eventTimestamp', [0, 4294967295], [undefined, 4294967296]],
		['customRevenue', 'idTransaction', ['o', x(255)], [undefined, '', x(256)]],
		[
			'customRevenue',
			'currency',
			['USD', 'eur', '840', 840, '008'],
			[undefined, 'US', 'USDT', 'RMB', 8, '84', '0840', '84O', 8.4, true],
		],
		['customRevenue', 'total', [0, '0.0000004', 1e21], [undefined, -0.01, '1,99', 'free', NaN]],
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
			expect(result.items[0]?.json.error).toContain(key);
			expect(result.items[0]?.json.details).toMatchObject({ fields: [{ field: key }] });
		}
		expect(recorder.requests).toEqual([]);
	});

	test.each(['customEvent', 'customRevenue'])('%s needs a user or a device', async (operation) => {
		const { customUserId: _, ...nobody } = valid[operation] ?? {};
		const [refused] = (await run(operation, [nobody])).items;
		expect(refused?.json.error).toContain('customUserId');
		expect(refused?.json.error).toContain('gaid');
		for (const [key, characters] of Object.entries({
			instanceId: 36,
			lvid: 32,
			gaid: 36,
			androidId: 16,
			idfa: 36,
			iosVendorId: 36,
		})) {
			const result = await run(operation, [{ ...nobody, [key]: hex(characters) }]);
			expect({ key, outcome: outcomesOf(result) }).toEqual({ key, outcome: ['delivered'] });
		}
	});

	test('App ID is a whole number, and a package name is told apart from it', async () => {
		for (const appId of ['666', ' 666 ', 666, '0', '={{ 600 + 66 }}']) {
			const result = await run('login', [user], { appId });
			expect({ appId, outcome: outcomesOf(result) }).toEqual({ appId, outcome: ['delivered'] });
		}
		expect(recorder.requests.map(({ target }) => target.split('?')[1])).toEqual(
			['666', '666', '666', '0', '666'].map((id) => `idApp=${id}`),
		);
		recorder.requests.length = 0;
		for (const appId of ['com.my.app', '66x', '-1', '6.5', 6.5, '1e3', '={{ true }}', '٦٦٦']) {
			const result = await run('login', [user], { appId });
			expect({ appId, outcome: outcomesOf(result) }).toEqual({ appId, outcome: ['invalid'] });
			expect(result.items[0]?.json.error).toContain(
				'App ID (idApp) must be a whole number: the ID that myTracker shows for the app, e.g. 666, not ',
			);
		}
		expect(recorder.requests).toEqual([]);
	});

	test('App ID is required', async () => {
		const result = await run('login', [user], { appId: '' });
		expect(outcomesOf(result)).toEqual(['invalid']);
		expect(result.items[0]?.json.error).toContain('App ID (idApp) is required');
	});
});

test('an amount keeps its digits as a JSON number, never in exponent form', async () => {
	const totals = [1e-7, '0.10', '12345678901234567.89', '007'];
	for (const total of totals) await run('customRevenue', [{ ...valid.customRevenue, total }]);
	expect(recorder.requests.map(({ body }) => /"total":([^,}]*)/.exec(body)?.[1])).toEqual([
		'0.0000001',
		'0.10',
		'12345678901234567.89',
		'7',
	]);
});

test('a currency goes out as text, in letters or in digits', async () => {
	for (const currency of ['usd', '840', 840, '008']) {
		await run('customRevenue', [{ ...valid.customRevenue, currency }]);
	}
	expect(sent().map(({ body }) => (body as IDataObject).currency)).toEqual([
		'USD',
		'840',
		'840',
		'008',
	]);
});

test.each(['adTrackingEnabled', 'adBlocker'])(
	'%s may be true or false, and goes out as 1 or 0',
	async (key) => {
		const given = [true, false, 'true', ' False ', 1, '0'];
		for (const value of given) await run('login', [{ ...user, [key]: value }]);
		expect(sent().map(({ body }) => (body as IDataObject)[key])).toEqual([1, 0, 1, 0, 1, 0]);
	},
);

test('what has more values than 0 and 1 takes no true or false', async () => {
	for (const key of ['idGender', 'connectionType', 'bluetoothEnabled', 'age']) {
		expect(outcomesOf(await run('login', [{ ...user, [key]: true }]))).toEqual(['invalid']);
	}
});

test('event parameters as names and values, as JSON and as an object are the same', async () => {
	const byHand = { dataMode: 'defineBelow', customUserId: 'u', customEventName: 'levelUp' };
	const pairs = {
		pair: [
			{ name: 'level', value: '={{ $json.level }}' },
			{ name: 'boss', value: 'no' },
			{ name: 'left out', value: '' },
		],
	};
	const item = { level: 2 };
	await run('customEvent', [item], {
		...byHand,
		eventParametersInput: 'pairs',
		eventParameterPairs: pairs,
	});
	for (const eventParametersJson of [
		'{ "level": 2, "boss": "no" }',
		'={{ { level: $json.level, boss: "no" } }}',
	]) {
		await run('customEvent', [item], {
			...byHand,
			eventParametersInput: 'json',
			eventParametersJson,
		});
	}
	const [first, ...others] = sent();
	expect(first?.body).toMatchObject({ customEventParams: { level: '2', boss: 'no' } });
	expect(others).toEqual([first, first]);
});

test('events of different apps go out in requests of their own, in input order', async () => {
	const items = [1, 2, 1, 2, 1].map((app, i) => ({ app, customUserId: `u${i}` }));
	const { items: output } = await run('login', items, { appId: '={{ $json.app }}' });
	expect(output.map(({ json }) => json.outcome)).toEqual(items.map(() => 'delivered'));
	expect(sent().map(({ target, body }) => [target, body])).toEqual([
		['/v1/loginBatch/?idApp=1', [0, 2, 4].map((i) => ({ customUserId: `u${i}` }))],
		['/v1/loginBatch/?idApp=2', [1, 3].map((i) => ({ customUserId: `u${i}` }))],
	]);
});

test('a preview shows the batch that an event would go out in', async () => {
	const { items } = await run('login', [{ customUserId: 'a' }, { customUserId: 'b' }], {
		previewOnly: true,
	});
	expect(items[1]?.json.request).toEqual({
		method: 'POST',
		url: `${recorder.url}/v1/loginBatch/?idApp=666`,
		headers: { Authorization: '***', 'content-type': 'application/json' },
		body: [{ customUserId: 'a' }, { customUserId: 'b' }],
	});
	expect(recorder.requests).toEqual([]);
});

const sandbox = useSandbox();

/** Events against the sandbox under these faults, in batches of 20. */
async function answered(
	operation: string,
	items: readonly IDataObject[],
	faults: Fault[],
	parameters: object = {},
) {
	sandbox().reset();
	sandbox().setFaults(faults);
	const result = await runNode({
		nodeType: new MyTracker(),
		parameters: { operation, dataMode: 'autoMapInputData', appId: '666', ...parameters },
		credential: { token: TOKEN, baseUrl: `${sandbox().url}/myTracker` },
		items,
		settings: { onError: 'continueRegularOutput' },
	});
	return { outcomes: outcomesOf(result), items: result.items, report: sandbox().report() };
}

const users = (count: number, more: IDataObject = {}) =>
	Array.from({ length: count }, (_, i) => ({ customUserId: `u${i}`, ...more }));

const page = '<html><head><title>400 Bad Request</title></head></html>';

describe('success is a 200 with JSON that has a message and no error', () => {
	test.each<[string, Fault]>([
		['an error', { kind: 'status', status: 200, body: { error: 'Bad Request' } }],
		['both', { kind: 'status', status: 200, body: { message: 'OK', error: 'Bad Request' } }],
		['neither', { kind: 'status', status: 200, body: { ok: true } }],
		['a message that is no text', { kind: 'status', status: 200, body: { message: 1 } }],
		['a page', { kind: 'status', status: 200, body: '<html>OK</html>' }],
		['nothing', { kind: 'empty' }],
		['bytes that are no text', { kind: 'garbage' }],
		['half an answer', { kind: 'truncate' }],
		['204', { kind: 'status', status: 204 }],
		['202', { kind: 'status', status: 202, body: { message: 'OK' } }],
		['303', { kind: 'status', status: 303 }],
	])('%s leaves it unknown', async (_, fault) => {
		const { outcomes, report } = await answered('login', users(3), [fault]);
		expect(outcomes).toEqual(['unknown', 'unknown', 'unknown']);
		expect(report.requests).toBe(1);
	});

	test('a byte order mark before it is no obstacle, nor is the letter O of another script', async () => {
		for (const body of ['\uFEFF{"message":"OK"}', '{"message": "\u041eK"}']) {
			const { outcomes } = await answered('login', users(1), [
				{ kind: 'status', status: 200, body },
			]);
			expect(outcomes).toEqual(['delivered']);
		}
	});
});

describe('a 400', () => {
	test.each<[string, string | undefined]>([
		["another server's page", page],
		["another server's text", 'Bad Request'],
		['nothing', undefined],
	])('with %s is unclear: nothing is halved, nothing refused', async (_, body) => {
		const fault: Fault = { kind: 'status', status: 400, body };
		const { outcomes, report } = await answered('login', users(4), [fault]);
		expect(new Set(outcomes)).toEqual(new Set(['unknown']));
		expect(report.requests).toBe(1);
	});

	test("with JSON of myTracker's own is a broken event, found by halving", async () => {
		const fault: Fault = { kind: 'refuse', ids: ['u2'] };
		const { outcomes } = await answered('login', users(4), [fault]);
		expect(outcomes).toEqual(['delivered', 'delivered', 'rejected', 'delivered']);
	});

	test.each(['Empty post data', 'Bad json', 'Bad api version'])(
		'%s is about the request as a whole: it is not halved',
		async (error) => {
			const fault: Fault = { kind: 'status', status: 400, body: { error } };
			const { outcomes, report } = await answered('login', users(4), [fault]);
			expect(new Set(outcomes)).toEqual(new Set(['rejected']));
			expect(report.requests).toBe(1);
		},
	);
});

describe('a batch that was answered 500, though it was taken, and then refused', () => {
	const unclear: Fault = { kind: 'status', status: 500, record: true, next: 1 };
	const refused: Fault = { kind: 'status', status: 400, body: { error: 'Bad Request' }, next: 1 };

	test('its halves are delivered, each with the word that it may count twice', async () => {
		const { items, outcomes } = await answered('login', users(4), [unclear, refused]);
		expect(outcomes).toEqual(['delivered', 'delivered', 'delivered', 'delivered']);
		for (const { json } of items) expect(json.reason).toContain('the event counts twice');
	});

	test('its halves are unknown where they are refused for rate', async () => {
		const throttled: Fault = { kind: 'status', status: 429 };
		const { items, outcomes } = await answered('login', users(4), [unclear, refused, throttled], {
			options: { maxRetries: 1 },
		});
		expect(new Set(outcomes)).toEqual(new Set(['unknown']));
		for (const { json } of items) expect(json.error).toContain('An earlier try was unclear');
	});

	test('an event of it that is refused for good is unknown: it may be the repeat that is refused', async () => {
		const broken: Fault = { kind: 'refuse', ids: ['u2'] };
		const { outcomes } = await answered('login', users(4), [unclear, refused, broken]);
		expect(outcomes).toEqual(['delivered', 'delivered', 'unknown', 'delivered']);
	});

	test('payments are counted once, and say nothing of it', async () => {
		const payments = [1, 2].map((i) => ({
			...valid.customRevenue,
			idTransaction: `order-${i}`,
		}));
		const { items, outcomes } = await answered('customRevenue', payments, [unclear, refused]);
		expect(outcomes).toEqual(['delivered', 'delivered']);
		for (const { json } of items) expect(json).not.toHaveProperty('reason');
	});
});

describe('a token that is refused for one app', () => {
	const ofApps = (count: number) =>
		Array.from({ length: count }, (_, i) => ({ customUserId: `u${i}`, app: i % 2 ? '7' : '666' }));
	const forbidden = (ids: string[]): Fault => ({
		kind: 'status',
		status: 403,
		body: { error: 'Forbidden' },
		ids,
	});
	const oneByOne = (batchSize: number) => ({
		appId: '={{ $json.app }}',
		options: { maxConcurrency: 1, batchSize },
	});

	test.each([1, 5, 20])(
		'ends its events, and the other apps go on: batches of %d',
		async (size) => {
			const events = ofApps(40);
			const ids = events.filter(({ app }) => app === '7').map(({ customUserId }) => customUserId);
			const { items, outcomes, report } = await answered(
				'login',
				events,
				[forbidden(ids)],
				oneByOne(size),
			);
			expect(outcomes).toEqual(
				events.map(({ app }) => (app === '7' ? 'unauthorized' : 'delivered')),
			);
			// one request of that app, and none after it
			expect(report.requests).toBe(Math.ceil(20 / size) + 1);
			if (size === 20) return;
			expect(items[39]?.json.error).toMatch(
				/^Not sent: myTracker answered 403: .*, to an earlier event of app "?7"?\. Check the Token/,
			);
		},
	);

	test("in myTracker's own words ends that app at once, also after accepted events", async () => {
		const { outcomes } = await answered('login', users(6), [forbidden(['u2'])], {
			options: { maxConcurrency: 1, batchSize: 1 },
		});
		expect(outcomes).toEqual([
			'delivered',
			'delivered',
			'unauthorized',
			'unauthorized',
			'unauthorized',
			'unauthorized',
		]);
	});
});
