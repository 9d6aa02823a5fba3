/** The justtrack node as its users have it: the packed package in a real n8n, against the sandbox. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox';
import {
	outputItems,
	startN8n,
	until,
	type CredentialReference,
	type Execution,
	type N8n,
} from '../../scripts/n8n-host';
import { filesBelow, findSecret, shapesOf } from './secret';
import { names, relayWorkflow, type RelayWorkflow } from './workflow';

const nodeType = 'n8n-nodes-revenue-relay.justtrack';
/** Every character of it that an encoding could change is there on purpose. */
const apiKey = 'relay+key/with=odd&chars%7';

let n8n: N8n;
let sandbox: Sandbox;
let credential: CredentialReference;

jest.setTimeout(180_000);

beforeAll(async () => {
	sandbox = await startSandbox();
	n8n = await startN8n({ withPackage: true, logLevel: 'debug' });
	credential = await createCredential({});
});

afterAll(async () => {
	// Either may be missing, when starting it failed.
	await (n8n as N8n | undefined)?.stop();
	await (sandbox as Sandbox | undefined)?.close();
});

beforeEach(() => {
	sandbox.reset();
});

/** Each field from the column of its wire key, as dragging a column into the editor leaves it. */
const mapped: INodeParameters = {
	operation: 'revenueEvent',
	dataMode: 'defineBelow',
	platform: '={{ $json.platform }}',
	packageid: '={{ $json.packageid }}',
	transactionid: '={{ $json.transactionid }}',
	userid: '={{ $json.userid }}',
	value: '={{ $json.value }}',
	additionalFields: {
		monetizationnetwork: '={{ $json.network }}',
		monetizationprovider: 'MAX',
	},
};

function impression(transactionid: string, more: IDataObject = {}): IDataObject {
	return {
		platform: 'android',
		packageid: 'com.my.app',
		transactionid,
		userid: 'user-1',
		value: '0.0123',
		network: 'Söhne & Töchter + 5%',
		...more,
	};
}

function impressions(count: number, prefix = 'event'): IDataObject[] {
	return Array.from({ length: count }, (_, index) => impression(`${prefix}-${String(index)}`));
}

async function createCredential(
	values: { apiKey?: string; baseUrl?: string },
	name = 'justtrack',
): Promise<CredentialReference> {
	return await n8n.createCredential('justtrackApi', name, {
		apiKey,
		baseUrl: `${sandbox.url}/justtrack`,
		...values,
	});
}

type Run = Partial<RelayWorkflow> & Pick<RelayWorkflow, 'items'>;

async function start(run: Run): Promise<string> {
	const workflow = relayWorkflow({ type: nodeType, credential, parameters: mapped, ...run });
	return await n8n.runWorkflow(await n8n.createWorkflow(workflow), names.trigger);
}

async function execute(run: Run): Promise<Execution> {
	return await n8n.waitForExecution(await start(run));
}

function jsons(execution: Execution, node: string, output = 0): IDataObject[] {
	return outputItems(execution, node, output).map(({ json }) => json);
}

function sandboxIds(): (string | undefined)[] {
	return sandbox.report().events.map(({ id }) => id);
}

function repeats(): number {
	return sandbox.report().events.reduce((all, event) => all + event.repeats, 0);
}

function hints(execution: Execution): string {
	const runs = execution.data.resultData.runData[names.relay] ?? [];
	return runs
		.flatMap((run) => run.hints ?? [])
		.map(({ message }) => message)
		.join('\n');
}

test('n8n has the node, and its variant as a tool', async () => {
	const types = await n8n.nodeTypes();
	const own = types.filter(({ name }) => name.startsWith('n8n-nodes-revenue-relay.'));
	expect(own.map(({ name }) => name)).toEqual(
		expect.arrayContaining([nodeType, `${nodeType}Tool`]),
	);
});

describe('what is delivered', () => {
	test('leaves by the success branch, and arrives as it was mapped', async () => {
		const execution = await execute({
			items: [
				impression('first'),
				impression('second', { platform: 'iOS', value: '0.0000004' }),
				impression('third', { value: 1e-7, network: '' }),
			],
			settings: { onError: 'continueErrorOutput' },
		});

		expect(execution.status).toBe('success');
		expect(outputItems(execution, names.relay)).toMatchObject(
			['first', 'second', 'third'].map((id, item) => ({
				json: {
					provider: 'justtrack',
					operation: 'revenueEvent',
					outcome: 'delivered',
					id,
					httpStatus: 200,
					attempts: 1,
				},
				pairedItem: { item },
			})),
		);
		expect(jsons(execution, names.delivered)).toEqual(jsons(execution, names.relay));
		expect(outputItems(execution, names.relay, 1)).toEqual([]);

		const shared = { packageid: 'com.my.app', userid: 'user-1', monetizationprovider: 'MAX' };
		const network = { monetizationnetwork: 'Söhne & Töchter + 5%' };
		const byId = new Map(sandbox.report().events.map(({ id, event }) => [id, event]));
		expect(byId).toEqual(
			new Map([
				[
					'first',
					{ ...shared, ...network, platform: 'android', transactionid: 'first', value: '0.0123' },
				],
				[
					'second',
					{ ...shared, ...network, platform: 'ios', transactionid: 'second', value: '0.0000004' },
				],
				['third', { ...shared, platform: 'android', transactionid: 'third', value: '0.0000001' }],
			]),
		);
		expect(hints(execution)).toContain('monetizationnetwork');
	});

	test('may be mapped by its columns', async () => {
		const { packageid, network, ...rest } = impression('auto');
		const execution = await execute({
			items: [{ ...rest, packageId: packageid, monetizationnetwork: network, campaign: 'summer' }],
			parameters: { operation: 'revenueEvent', dataMode: 'autoMapInputData' },
		});

		expect(execution.status).toBe('success');
		expect(sandbox.report().events).toMatchObject([
			{ id: 'auto', event: { packageid, monetizationnetwork: network } },
		]);
		expect(hints(execution)).toContain('campaign');
	});

	test('is told in input order for 1,000 items, bad ones among them', async () => {
		const items = impressions(1000).map((item, index) =>
			index % 10 === 3 ? { ...item, value: 'n/a' } : item,
		);
		const execution = await execute({ items, settings: { onError: 'continueRegularOutput' } });

		const output = outputItems(execution, names.relay);
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual(items.map((_, item) => ({ item })));
		expect(output.map(({ json }) => json.id ?? (json.details as IDataObject).outcome)).toEqual(
			items.map(({ transactionid, value }) => (value === 'n/a' ? 'invalid' : transactionid)),
		);
		const report = sandbox.report();
		expect(report.requests).toBe(900);
		expect(report.events).toHaveLength(900);
		expect(repeats()).toBe(0);
		expect(report.maxInFlight).toBeLessThanOrEqual(100);
		// Kept alive: where n8n's own helper would open 900.
		expect(report.connections).toBeLessThanOrEqual(100);
	});
});

describe('what is not delivered', () => {
	const broken = [
		impression('good-1'),
		impression('bad-value', { value: 'n/a' }),
		impression('bad-platform', { platform: 'windows' }),
		impression('refused'),
		impression('good-2'),
	];
	const refuse = () => {
		sandbox.setFaults([
			{ kind: 'status', status: 400, body: { error: 'no such app' }, ids: ['refused'] },
		]);
	};

	test('leaves by the error branch, with its columns, its outcome and its reason', async () => {
		refuse();
		const execution = await execute({
			items: broken,
			settings: { onError: 'continueErrorOutput' },
		});

		expect(execution.status).toBe('success');
		expect(jsons(execution, names.delivered).map(({ id }) => id)).toEqual(['good-1', 'good-2']);
		const invalid = (index: number, field: string, value: string) => ({
			...broken[index],
			error: expect.stringContaining(value) as unknown,
			details: {
				outcome: 'invalid',
				attempts: 0,
				fields: [
					{
						field,
						value: expect.stringContaining(value) as unknown,
						rule: expect.any(String) as unknown,
					},
				],
			},
		});
		expect(jsons(execution, names.notDelivered)).toEqual([
			invalid(1, 'value', 'n/a'),
			invalid(2, 'platform', 'windows'),
			{
				...broken[3],
				error: expect.stringContaining('400') as unknown,
				details: { outcome: 'rejected', httpStatus: 400, attempts: 1 },
			},
		]);
		expect(outputItems(execution, names.relay, 1).map(({ pairedItem }) => pairedItem)).toEqual(
			[1, 2, 3].map((item) => ({ item })),
		);
		expect(sandboxIds().sort()).toEqual(['good-1', 'good-2']);
	});

	test('stays in its place when the node continues with its regular output', async () => {
		refuse();
		const execution = await execute({
			items: broken,
			settings: { onError: 'continueRegularOutput' },
		});

		expect(execution.status).toBe('success');
		expect(
			jsons(execution, names.delivered).map(
				({ outcome, details }) => outcome ?? (details as IDataObject).outcome,
			),
		).toEqual(['delivered', 'invalid', 'invalid', 'rejected', 'delivered']);
	});

	test('stops the workflow with one clear error, after everything else was delivered', async () => {
		refuse();
		const execution = await execute({ items: broken });

		expect(execution.status).toBe('error');
		expect(sandboxIds().sort()).toEqual(['good-1', 'good-2']);
		const { error, lastNodeExecuted, runData } = execution.data.resultData;
		expect(lastNodeExecuted).toBe(names.relay);
		expect(runData[names.delivered]).toBeUndefined();
		expect(error?.message).toContain('3 of 5');
		for (const said of ['n/a', 'windows', '400', 'On Error']) {
			expect(error?.description).toContain(said);
		}
	});

	test('is everything, once the key is refused: nothing more is sent', async () => {
		sandbox.setFaults([{ kind: 'status', status: 401 }]);
		const execution = await execute({
			items: impressions(50),
			parameters: { ...mapped, options: { maxConcurrency: 1 } },
			settings: { onError: 'continueErrorOutput' },
		});

		const outcomes = jsons(execution, names.notDelivered).map(
			({ details }) => (details as IDataObject).outcome,
		);
		expect(outcomes).toEqual(Array.from({ length: 50 }, () => 'unauthorized'));
		expect(sandbox.report().requests).toBe(1);
	});
});

describe('Retry On Fail', () => {
	const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 50 };

	test('sends again what failed for a while, and nothing else', async () => {
		sandbox.setFaults([{ kind: 'status', status: 500, ids: ['event-2'], next: 2 }]);
		const execution = await execute({
			items: impressions(6),
			parameters: { ...mapped, options: { maxRetries: 0 } },
			settings,
		});

		expect(execution.status).toBe('success');
		expect(jsons(execution, names.delivered).map(({ outcome, id }) => [outcome, id])).toEqual(
			impressions(6).map(({ transactionid }) => ['delivered', transactionid]),
		);
		expect(sandbox.report().requests).toBe(6 + 2);
		expect(sandbox.report().events).toHaveLength(6);
		expect(repeats()).toBe(0);
	});

	test('does not repeat the delivered beside an item that stays invalid', async () => {
		const items = [impression('bad', { value: 'n/a' }), ...impressions(5)];
		const execution = await execute({ items, settings });

		expect(execution.status).toBe('error');
		expect(execution.data.resultData.error?.message).toContain('1 of 6');
		expect(sandbox.report().requests).toBe(5);
		expect(repeats()).toBe(0);
	});

	// n8n tries again also when the first output item carries an error.
	test('does not repeat the delivered when the node continues on error', async () => {
		const items = [impression('bad', { value: 'n/a' }), ...impressions(5)];
		const execution = await execute({
			items,
			settings: { ...settings, onError: 'continueErrorOutput' },
		});

		expect(execution.status).toBe('success');
		expect(jsons(execution, names.delivered)).toHaveLength(5);
		expect(jsons(execution, names.notDelivered)).toHaveLength(1);
		expect(sandbox.report().requests).toBe(5);
		expect(repeats()).toBe(0);
	});

	test('does not take one execution for another', async () => {
		const items = impressions(3);
		await execute({ items, settings });
		await execute({ items, settings });
		expect(sandbox.report().requests).toBe(6);
		expect(repeats()).toBe(3);
	});
});

test('a stopped execution stops sending', async () => {
	const delay = 200;
	sandbox.setFaults([{ kind: 'delay', ms: delay }]);
	const id = await start({
		items: impressions(1000),
		parameters: { ...mapped, options: { maxConcurrency: 4 } },
	});
	await until('the first requests', 30_000, () => sandbox.report().requests >= 8 || undefined);
	await n8n.stopExecution(id);

	const { status } = await n8n.waitForExecution(id);
	expect(status).toBe('canceled');
	let seen = { requests: sandbox.report().requests, at: Date.now() };
	await until('the requests to end', 30_000, () => {
		const { requests } = sandbox.report();
		if (requests !== seen.requests) seen = { requests, at: Date.now() };
		return Date.now() - seen.at > 5 * delay || undefined;
	});
	expect(seen.requests).toBeLessThan(50);
	expect(repeats()).toBe(0);
});

test('a preview sends nothing and shows each request with the key masked', async () => {
	const execution = await execute({
		items: [impression('shown')],
		parameters: { ...mapped, previewOnly: true },
	});

	expect(execution.status).toBe('success');
	expect(sandbox.report().requests).toBe(0);
	const [json] = jsons(execution, names.delivered);
	expect(json).toMatchObject({ outcome: 'preview', id: 'shown', request: { method: 'GET' } });
	const url = new URL((json?.request as { url: string }).url);
	expect(url.origin + url.pathname).toBe(`${sandbox.url}/justtrack/monetization/v0/jt`);
	expect(Object.fromEntries(url.searchParams)).toEqual({
		apikey: '***',
		platform: 'android',
		packageid: 'com.my.app',
		transactionid: 'shown',
		userid: 'user-1',
		value: '0.0123',
		monetizationnetwork: 'Söhne & Töchter + 5%',
		monetizationprovider: 'MAX',
	});
});

test('a reply that quotes the key comes out with the key masked', async () => {
	const shapes = shapesOf(apiKey);
	const body = { plain: apiKey, url: shapes['URL-encoded'], form: shapes['form-encoded'] };
	sandbox.setFaults([
		{ kind: 'status', status: 200, body, record: true, ids: ['taken'] },
		{ kind: 'status', status: 400, body, ids: ['refused'] },
	]);
	const execution = await execute({
		items: [impression('taken'), impression('refused')],
		settings: { onError: 'continueErrorOutput' },
	});

	expect(jsons(execution, names.delivered)).toMatchObject([
		{ outcome: 'delivered', response: { plain: '***', url: '***', form: '***' } },
	]);
	expect(jsons(execution, names.notDelivered)).toMatchObject([
		{ details: { outcome: 'rejected', httpStatus: 400 } },
	]);
	expect(findSecret(apiKey, execution.raw)).toEqual([]);
});

describe('the credential test', () => {
	test('passes where the shape is right and the host answers, and records no revenue', async () => {
		expect(await n8n.testCredential(credential)).toMatchObject({ status: 'OK' });
		expect(sandbox.report().events).toEqual([]);
	});

	test.each([
		['an empty key', { apiKey: '' }, 'API Key'],
		['a Base URL that is none', { baseUrl: 'sink.justtrack' }, 'Base URL'],
		['plain http to a host out there', { baseUrl: 'http://justtrack.invalid' }, 'https'],
		// Nothing listens on port 9 of the loopback.
		['a host that does not answer', { baseUrl: 'http://127.0.0.1:9' }, '127.0.0.1:9'],
	])('fails for %s, and says so', async (name, values, said) => {
		const result = await n8n.testCredential(await createCredential(values, name));
		expect(result.status).toBe('Error');
		expect(result.message).toContain(said);
		expect(findSecret(apiKey, result.message)).toEqual([]);
	});
});

test('the API key is nowhere: not in an execution, not in the log, not on the disk', async () => {
	// The search itself must be able to find.
	for (const [name, shape] of Object.entries(shapesOf(apiKey))) {
		expect(findSecret(apiKey, `before ${shape} after`)).toContain(name);
	}
	expect(findSecret(apiKey, Buffer.from(`user:${apiKey}`).toString('base64'))).not.toEqual([]);

	const ids = await n8n.executionIds();
	expect(ids.length).toBeGreaterThan(10);
	for (const id of ids) {
		const execution = await n8n.execution(id);
		expect({ id, found: findSecret(apiKey, execution.raw) }).toEqual({ id, found: [] });
		expect({ id, found: findSecret(apiKey, JSON.stringify(execution)) }).toEqual({ id, found: [] });
	}
	expect(n8n.output).toContain('n8n ready');
	expect(findSecret(apiKey, n8n.output)).toEqual([]);
	// The database (executions, workflows, credentials), the event log, binary data.
	for (const { path, text } of filesBelow(n8n.userFolder)) {
		expect({ path, found: findSecret(apiKey, text) }).toEqual({ path, found: [] });
	}
});
