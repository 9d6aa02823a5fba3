/** The Singular node in n8n; `e2e.test.ts` runs it. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { outputItems } from '../../scripts/n8n/outputItems';
import { hints, jsons, n8n, outcomes, Relay, sandbox } from './harness';
import { names } from './workflow';

/** As dragging columns into the editor leaves it. */
const device: INodeParameters = {
	dataMode: 'defineBelow',
	platform: '={{ $json.platform }}',
	appIdentifier: '={{ $json.app }}',
	deviceIdentifiers: {
		aifa: '={{ $json["Google ID"] }}',
		idfv: '={{ $json.idfv }}',
		sdid: '={{ $json.console }}',
	},
	osVersion: '={{ $json.os }}',
	ipFrom: 'field',
	ip: '={{ $json.ip }}',
};
const when: INodeParameters = {
	customUserId: '={{ $json.user }}',
	attAuthorizationStatus: '={{ $json.att }}',
	eventTime: '={{ $json.time }}',
};
const adRevenue: INodeParameters = {
	...device,
	operation: 'adRevenue',
	amount: '={{ $json.amount }}',
	currency: '={{ $json.currency }}',
	adAttributesInput: 'fields',
	adPlatform: '={{ $json.mediation }}',
	adAttributes: {
		adMediationPlatform: 'admob.AdMobAdapter',
		adUnitId: '={{ $json.unit }}',
		adGroupName: '={{ $json.group }}',
	},
	additionalFields: { ...when, countryOfUser: '={{ $json.country.toLowerCase() }}' },
};
const event: INodeParameters = {
	...device,
	operation: 'event',
	eventName: 'level_complete',
	additionalFields: when,
};

const relay = new Relay({
	name: 'singular',
	credentialType: 'singularApi',
	secretField: 'sdkKey',
	parameters: adRevenue,
});

const start = Date.parse('2026-07-14T09:12:07.500Z');

/** An event of a device, a second after the one before; known to the sandbox by its user. */
function impression(user: string, number = 0, deviceNumber = 0): IDataObject {
	return {
		platform: 'android',
		app: 'com.singular.app',
		'Google ID': `8ecd7512-2864-440c-93f3-a3cabe62525${String(deviceNumber)}`,
		os: '14',
		ip: '203.0.113.7',
		amount: '0.00782',
		currency: 'usd',
		mediation: 'AdMob',
		unit: 'ca-app-pub-6325336052/44923540',
		country: 'DE',
		user,
		time: new Date(start + number * 1000).toISOString(),
	};
}

function impressions(count: number): IDataObject[] {
	return Array.from({ length: count }, (_, number) =>
		impression(`user-${String(number)}`, number, number % 10),
	);
}

/** What of an impression goes out beside its platform and device. */
const sent = {
	i: 'com.singular.app',
	ve: '14',
	ip: '203.0.113.7',
	n: '__ADMON_USER_LEVEL_REVENUE__',
	is_admon_revenue: 'true',
	is_revenue_event: 'true',
	amt: '0.00782',
	cur: 'USD',
	country: 'DE',
	umilisec: String(start),
};

/** The sandbox's events by user, with the object in `e` read. */
function received(): Map<string | undefined, Record<string, unknown>> {
	return new Map(
		sandbox
			.report()
			.events.map(({ id, event: { e, ...rest } }) => [
				id,
				{ ...rest, ...(typeof e === 'string' && { e: JSON.parse(e) as unknown }) },
			]),
	);
}

export function singularTests(): void {
	describe('what is delivered', () => {
		test('leaves by the success branch, and arrives as it was mapped', async () => {
			const execution = await relay.execute({
				items: [
					impression('игрок & 1'),
					{
						...impression('two'),
						platform: 'iOS',
						'Google ID': null,
						idfv: '8ECD7512-2864-440C-93F3-A3CABE62525B',
						att: 2,
						amount: 4e-7,
						group: 'Söhne & "Töchter" + 5%',
					},
					{ ...impression('three'), platform: 'PC', 'Google ID': '', console: 'sdid-1' },
				],
				settings: { onError: 'continueErrorOutput' },
			});

			expect(execution.status).toBe('success');
			expect(outputItems(execution, names.relay)).toMatchObject(
				[0, 1, 2].map((item) => ({
					json: {
						provider: 'Singular',
						operation: 'adRevenue',
						outcome: 'delivered',
						httpStatus: 200,
						attempts: 1,
						response: { status: 'ok' },
					},
					pairedItem: { item },
				})),
			);
			expect(jsons(execution, names.delivered)).toEqual(jsons(execution, names.relay));
			expect(outputItems(execution, names.relay, 1)).toEqual([]);
			expect(hints(execution)).toContain('3 delivered');

			const e = {
				ad_platform: 'AdMob',
				ad_mediation_platform: 'admob.AdMobAdapter',
				ad_unit_id: 'ca-app-pub-6325336052/44923540',
			};
			expect(received()).toEqual(
				new Map<string, unknown>([
					[
						'игрок & 1',
						{
							...sent,
							p: 'Android',
							aifa: '8ecd7512-2864-440c-93f3-a3cabe625250',
							custom_user_id: 'игрок & 1',
							e,
						},
					],
					[
						'two',
						{
							...sent,
							p: 'iOS',
							idfv: '8ECD7512-2864-440C-93F3-A3CABE62525B',
							att_authorization_status: '2',
							amt: '0.0000004',
							custom_user_id: 'two',
							e: { ...e, ad_group_name: 'Söhne & "Töchter" + 5%' },
						},
					],
					['three', { ...sent, p: 'PC', sdid: 'sdid-1', custom_user_id: 'three', e }],
				]),
			);
		});

		test.each([
			[
				'names and values',
				{
					eventAttributesInput: 'pairs',
					eventAttributePairs: {
						pair: [
							{ name: 'level', value: '={{ $json.level }}' },
							{ name: 'предмет', value: '={{ $json.item }}' },
						],
					},
				},
			],
			[
				'JSON, filled in by expressions',
				{
					eventAttributesInput: 'json',
					eventAttributesJson:
						'={ "level": {{ $json.level }}, "предмет": {{ JSON.stringify($json.item ?? "") }} }',
				},
			],
			[
				'an object',
				{
					eventAttributesInput: 'json',
					eventAttributesJson: '={{ { level: $json.level, предмет: $json.item } }}',
				},
			],
		])('may be purchases with attributes, as %s', async (_name, parameters) => {
			const execution = await relay.execute({
				items: [
					{ ...impression('one'), level: 7, item: 'Меч & "щит"', order: 'GPA.1-2' },
					{ ...impression('two', 1, 1), level: 8 },
				],
				parameters: {
					...device,
					operation: 'revenueEvent',
					eventName: 'purchase',
					amount: '={{ $json.amount }}',
					currency: 'EUR',
					additionalFields: { ...when, purchaseTransactionId: '={{ $json.order }}' },
					...parameters,
				},
			});

			expect(execution.status).toBe('success');
			expect(sandbox.report().events.map(({ operation }) => operation)).toEqual([
				'revenueEvent',
				'revenueEvent',
			]);
			const [one, two] = [received().get('one'), received().get('two')];
			expect(one).toMatchObject({ n: 'purchase', cur: 'EUR', purchase_transaction_id: 'GPA.1-2' });
			expect(two).not.toHaveProperty('purchase_transaction_id');
			// Numbers stay numbers where the mapping keeps them.
			const attributes = [one?.e, two?.e] as Record<string, unknown>[];
			expect(attributes.map(({ level, ...rest }) => ({ ...rest, level: Number(level) }))).toEqual([
				{ level: 7, предмет: 'Меч & "щит"' },
				{ level: 8 },
			]);
		});

		test('may be mapped by its columns, the attributes of the ad among them', async () => {
			const item = {
				p: 'android',
				i: 'com.singular.app',
				asid: 'app-set-1',
				ip: '203.0.113.7',
				ve: 14,
				amt: '0.00782',
				cur: 'USD',
				utime: '2026-07-14T09:12:07+03:00',
				campaign: 'summer',
			};
			const execution = await relay.execute({
				items: [
					{ ...item, ad_platform: 'AdMob', ad_unit_id: 'unit-1', custom_user_id: 'columns' },
					{ ...item, e: { ad_platform: 'MAX', ad_type: '' }, custom_user_id: 'object' },
				],
				parameters: { operation: 'adRevenue', dataMode: 'autoMapInputData' },
			});

			expect(execution.status).toBe('success');
			expect(hints(execution)).toContain('campaign');
			expect(received().get('columns')).toMatchObject({
				p: 'Android',
				asid: 'app-set-1',
				utime: String(Date.parse('2026-07-14T09:12:07+03:00') / 1000),
				e: { ad_platform: 'AdMob', ad_unit_id: 'unit-1' },
			});
			expect(received().get('object')?.e).toEqual({ ad_platform: 'MAX' });
		});

		test('may name their devices by sdid alone, with API Version 2 and additional parameters', async () => {
			const execution = await relay.execute({
				items: [
					{ ...impression('mobile'), console: 'sdid-1', store: 'com.android.vending' },
					{ ...impression('web', 1, 1), platform: 'Web', 'Google ID': '', console: 'sdid-2' },
				],
				parameters: {
					...adRevenue,
					additionalParameters: {
						pair: [{ name: 'install_source', value: '={{ $json.store }}' }],
					},
					options: { apiVersion: 'v2' },
				},
			});

			expect(execution.status).toBe('success');
			expect(received().get('mobile')).toMatchObject({
				...sent,
				sdid: 'sdid-1',
				install_source: 'com.android.vending',
			});
			expect(received().get('mobile')).not.toHaveProperty('aifa');
			expect(received().get('web')).toMatchObject({ p: 'Web', sdid: 'sdid-2' });
			expect(received().get('web')).not.toHaveProperty('install_source');
		});

		test('keeps the order of each device, and sends the devices side by side', async () => {
			// Every second answer comes late, so that whoever does not wait for it overtakes.
			sandbox.setFaults([{ kind: 'delay', ms: 20, share: 0.5 }]);
			const items = impressions(200);
			const execution = await relay.execute({ items, parameters: event });

			expect(execution.status).toBe('success');
			expect(outputItems(execution, names.relay).map(({ pairedItem }) => pairedItem)).toEqual(
				items.map((_, item) => ({ item })),
			);
			const report = sandbox.report();
			const byDevice = Map.groupBy(report.events, (one) => one.event.aifa);
			expect(byDevice.size).toBe(10);
			for (const [aifa, events] of byDevice) {
				const own = items.filter((item) => item['Google ID'] === aifa);
				expect(events.map(({ id }) => id)).toEqual(own.map(({ user }) => user));
			}
			expect(report).toMatchObject({ requests: 200, duplicates: 0, outOfOrder: 0 });
			expect(report.maxInFlight).toBeGreaterThan(1);
			expect(report.maxInFlight).toBeLessThanOrEqual(10);
		});
	});

	describe('what is not delivered', () => {
		test('leaves by the error branch, with its columns, its outcome and its reason', async () => {
			const items = [
				impression('good'),
				{ ...impression('v6', 1, 1), ip: '2001:db8::7' },
				{ ...impression('nobody', 2), 'Google ID': '' },
				impression('refused', 3, 3),
			];
			sandbox.setFaults([{ kind: 'refuse', ids: ['refused'] }]);
			const execution = await relay.execute({
				items,
				settings: { onError: 'continueErrorOutput' },
			});

			expect(execution.status).toBe('success');
			const invalid = (index: number, field: string, said: string) => ({
				...items[index],
				error: expect.stringContaining(said) as unknown,
				details: {
					provider: 'Singular',
					operation: 'adRevenue',
					outcome: 'invalid',
					attempts: 0,
					fields: [expect.objectContaining({ field }) as unknown],
				},
			});
			expect(jsons(execution, names.notDelivered)).toEqual([
				invalid(1, 'ip', 'must be an IPv4 address'),
				invalid(2, 'aifa', 'is required on Android'),
				{
					...items[3],
					error: expect.stringContaining(
						'Singular refused it: invalid event: An event is refused',
					) as unknown,
					// Singular says no with a 200.
					details: {
						provider: 'Singular',
						operation: 'adRevenue',
						outcome: 'rejected',
						httpStatus: 200,
						attempts: 1,
					},
				},
			]);
			expect(outputItems(execution, names.relay, 1).map(({ pairedItem }) => pairedItem)).toEqual(
				[1, 2, 3].map((item) => ({ item })),
			);
			expect([...received().keys()]).toEqual(['good']);
		});

		test('is what may have arrived, and the next event of its device says so', async () => {
			sandbox.setFaults([{ kind: 'resetAfter', ids: ['lost'] }]);
			const execution = await relay.execute({
				items: [impression('lost'), impression('next', 1), impression('other', 2, 1)],
				settings: { onError: 'continueErrorOutput' },
			});

			expect(jsons(execution, names.notDelivered)).toMatchObject([
				{
					user: 'lost',
					error: expect.stringContaining('Check with Singular before you send it again') as unknown,
					details: { outcome: 'unknown', attempts: 1 },
				},
			]);
			const [next, other] = jsons(execution, names.delivered);
			expect(next?.reason).toContain('of this device ended as unknown');
			expect(other).not.toHaveProperty('reason');
			expect(sandbox.report()).toMatchObject({ requests: 3, duplicates: 0 });
		});
	});

	describe('Retry On Fail', () => {
		const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 50 };
		const parameters = { ...adRevenue, options: { maxRetries: 0 } };

		test('sends again what was certainly not taken, and nothing else', async () => {
			sandbox.setFaults([{ kind: 'status', status: 429, ids: ['user-2'], next: 2 }]);
			const execution = await relay.execute({ items: impressions(6), parameters, settings });

			expect(execution.status).toBe('success');
			expect(outcomes(jsons(execution, names.delivered))).toEqual(Array(6).fill('delivered'));
			expect(sandbox.report()).toMatchObject({ requests: 6 + 2, duplicates: 0 });
			expect(received().size).toBe(6);
		});

		test('does not send again what may have arrived', async () => {
			sandbox.setFaults([{ kind: 'resetAfter', ids: ['user-2'] }]);
			const execution = await relay.execute({ items: impressions(6), parameters, settings });

			expect(execution.status).toBe('error');
			expect(execution.data.resultData.error?.message).toContain('1 unknown');
			expect(sandbox.report()).toMatchObject({ requests: 6, duplicates: 0 });
		});
	});

	test('a preview sends nothing and shows each request with the key masked', async () => {
		const execution = await relay.execute({
			items: [impression('shown')],
			parameters: { ...adRevenue, previewOnly: true },
		});

		expect(execution.status).toBe('success');
		expect(sandbox.report().requests).toBe(0);
		const [json] = jsons(execution, names.delivered);
		const url = new URL((json?.request as { url: string }).url);
		expect(url.origin + url.pathname).toBe(`${sandbox.url}/singular/api/v1/evt`);
		expect(Object.fromEntries(url.searchParams)).toMatchObject({ ...sent, a: '***' });
	});

	test('a platform from a column keeps a workflow neither from running nor from being published', async () => {
		const run = { items: [impression('mobile')], parameters: adRevenue };
		const execution = await relay.execute(run);
		expect(execution.data.resultData.error?.message).toBeUndefined();
		expect(outcomes(jsons(execution, names.delivered))).toEqual(['delivered']);

		const { nodes, ...workflow } = await relay.workflow(run);
		const webhook = {
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2.1,
			parameters: { httpMethod: 'POST', path: 'callback' },
			webhookId: 'callback',
		};
		const id = await n8n.createWorkflow({
			...workflow,
			nodes: nodes.map((node) => (node.name === names.trigger ? { ...node, ...webhook } : node)),
			pinData: {},
		});
		await n8n.activateWorkflow(id);
	});

	describe('the credential test', () => {
		test('passes where the shape is right and the host answers, and records nothing', async () => {
			const { status, message } = await relay.testCredential();
			expect({ status, message }).toEqual({
				status: 'OK',
				message: expect.stringContaining('only an accepted event proves it') as unknown,
			});
			expect(sandbox.report().events).toEqual([]);
		});

		test.each([
			['an empty key', { sdkKey: '' }, 'SDK Key is empty'],
			[
				'plain http to a host out there',
				{ useSandbox: false, baseUrl: 'http://singular.invalid' },
				'https',
			],
			// Nothing listens on port 9 of the loopback.
			[
				'a host that does not answer',
				{ useSandbox: false, baseUrl: 'http://127.0.0.1:9' },
				'127.0.0.1:9',
			],
		])('fails for %s, and says so', async (_name, values, said) => {
			const { status, message } = await relay.testCredential(values);
			expect({ status, message }).toEqual({
				status: 'Error',
				message: expect.stringContaining(said) as unknown,
			});
		});
	});
}
