/** The justtrack node in n8n; `e2e.test.ts` runs it. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { outputItems } from '../../scripts/n8n/outputItems';
import { until } from '../../scripts/n8n/until';
import { hints, jsons, n8n, outcomes, Relay, repeats, sandbox, sandboxIds } from './harness';
import { findSecret, SECRET, shapesOf } from './secret';
import { names } from './workflow';

/** Each field from the column of its wire key, as dragging a column into the editor leaves it. */
const mapped: INodeParameters = {
	operation: 'revenueEvent',
	dataMode: 'defineBelow',
	platform: '={{ $json.platform }}',
	packageid: '={{ $json.packageid }}',
	transactionid: '={{ $json.transactionid }}',
	userid: '={{ $json.userid }}',
	value: '={{ $json.value }}',
	monetizationnetwork: '={{ $json.network }}',
	monetizationprovider: 'MAX',
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

const relay = new Relay({
	name: 'justtrack',
	credentialType: 'justtrackApi',
	secretField: 'apiKey',
	parameters: mapped,
});

export function justtrackTests(): void {
	describe('what is delivered', () => {
		test('leaves by the success branch, and arrives as it was mapped', async () => {
			const execution = await relay.execute({
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
			const execution = await relay.execute({
				items: [
					{ ...rest, packageId: packageid, monetizationnetwork: network, campaign: 'summer' },
				],
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
			const execution = await relay.execute({
				items,
				settings: { onError: 'continueRegularOutput' },
			});

			const output = outputItems(execution, names.relay);
			expect(output.map(({ pairedItem }) => pairedItem)).toEqual(
				items.map((_, item) => ({ item })),
			);
			expect(output.map(({ json }) => (json.error === undefined ? json.id : json.outcome))).toEqual(
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
		const named = (id: unknown) => ({ provider: 'justtrack', operation: 'revenueEvent', id });
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
			const execution = await relay.execute({
				items: broken,
				settings: { onError: 'continueErrorOutput' },
			});

			expect(execution.status).toBe('success');
			expect(jsons(execution, names.delivered).map(({ id }) => id)).toEqual(['good-1', 'good-2']);
			const invalid = (index: number, field: string, value: string) => ({
				...broken[index],
				error: expect.stringContaining(value) as unknown,
				details: {
					...named(broken[index]?.transactionid),
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
					details: { ...named('refused'), outcome: 'rejected', httpStatus: 400, attempts: 1 },
				},
			]);
			expect(outputItems(execution, names.relay, 1).map(({ pairedItem }) => pairedItem)).toEqual(
				[1, 2, 3].map((item) => ({ item })),
			);
			expect(sandboxIds()).toEqual(['good-1', 'good-2']);
		});

		test('stays in its place when the node continues with its regular output', async () => {
			refuse();
			const execution = await relay.execute({
				items: broken,
				settings: { onError: 'continueRegularOutput' },
			});

			expect(execution.status).toBe('success');
			expect(outcomes(jsons(execution, names.delivered))).toEqual([
				'delivered',
				'invalid',
				'invalid',
				'rejected',
				'delivered',
			]);
		});

		test('stops the workflow with one clear error, after everything else was delivered', async () => {
			refuse();
			const execution = await relay.execute({ items: broken });

			expect(execution.status).toBe('error');
			expect(sandboxIds()).toEqual(['good-1', 'good-2']);
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
			const execution = await relay.execute({
				items: impressions(50),
				parameters: { ...mapped, options: { maxConcurrency: 1 } },
				settings: { onError: 'continueErrorOutput' },
			});

			expect(outcomes(jsons(execution, names.notDelivered))).toEqual(
				Array.from({ length: 50 }, () => 'unauthorized'),
			);
			expect(sandbox.report().requests).toBe(1);
		});
	});

	describe('Retry On Fail', () => {
		const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 50 };

		test('sends again what failed for a while, and nothing else', async () => {
			sandbox.setFaults([{ kind: 'status', status: 500, ids: ['event-2'], next: 2 }]);
			const execution = await relay.execute({
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
			const execution = await relay.execute({ items, settings });

			expect(execution.status).toBe('error');
			expect(execution.data.resultData.error?.message).toContain('1 of 6');
			expect(sandbox.report().requests).toBe(5);
			expect(repeats()).toBe(0);
		});

		// n8n tries again also when the first output item carries an error.
		test('does not repeat the delivered when the node continues on error', async () => {
			const items = [impression('bad', { value: 'n/a' }), ...impressions(5)];
			const execution = await relay.execute({
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
			await relay.execute({ items, settings });
			await relay.execute({ items, settings });
			expect(sandbox.report().requests).toBe(6);
			expect(repeats()).toBe(3);
		});
	});

	test('a stopped execution stops sending', async () => {
		const delay = 200;
		sandbox.setFaults([{ kind: 'delay', ms: delay }]);
		const id = await relay.start({
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
		const execution = await relay.execute({
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
		const shapes = shapesOf(SECRET);
		const body = { plain: SECRET, url: shapes['URL-encoded'], form: shapes['form-encoded'] };
		sandbox.setFaults([
			{ kind: 'status', status: 200, body, record: true, ids: ['taken'] },
			{ kind: 'status', status: 400, body, ids: ['refused'] },
		]);
		const execution = await relay.execute({
			items: [impression('taken'), impression('refused')],
			settings: { onError: 'continueErrorOutput' },
		});

		expect(jsons(execution, names.delivered)).toMatchObject([
			{ outcome: 'delivered', response: { plain: '***', url: '***', form: '***' } },
		]);
		expect(jsons(execution, names.notDelivered)).toMatchObject([
			{ details: { outcome: 'rejected', httpStatus: 400 } },
		]);
		expect(findSecret(SECRET, execution.raw)).toEqual([]);
	});

	describe('the credential test', () => {
		test('passes where the shape is right and the host answers, and records no revenue', async () => {
			expect(await relay.testCredential()).toMatchObject({ status: 'OK' });
			expect(sandbox.report().events).toEqual([]);
		});

		test.each([
			['an empty key', { apiKey: '' }, 'API Key'],
			['a Base URL that is none', { useSandbox: false, baseUrl: 'sink.justtrack' }, 'Base URL'],
			[
				'plain http to a host out there',
				{ useSandbox: false, baseUrl: 'http://justtrack.invalid' },
				'https',
			],
			// Nothing listens on port 9 of the loopback.
			[
				'a host that does not answer',
				{ useSandbox: false, baseUrl: 'http://127.0.0.1:9' },
				'127.0.0.1:9',
			],
		])('fails for %s, and says so', async (_name, values, said) => {
			const result = await relay.testCredential(values);
			expect(result.status).toBe('Error');
			expect(result.message).toContain(said);
		});
	});
}
