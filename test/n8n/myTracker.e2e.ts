/** The myTracker node in n8n; `e2e.test.ts` runs it. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { outputItems } from '../../scripts/n8n/outputItems';
import { hints, jsons, outcomes, Relay, repeats, sandbox, sandboxIds } from './harness';
import { names } from './workflow';

/** As dragging columns into the editor leaves it. */
const who: INodeParameters = {
	appId: '51870',
	dataMode: 'defineBelow',
	customUserId: '={{ $json.user }}',
	eventTimestamp: '={{ $json.time }}',
	deviceIdentifiers: { gaid: '={{ $json["Google ID"] }}' },
	additionalFields: { age: '={{ $json.age }}', connectionType: 2 },
};
const revenue: INodeParameters = {
	...who,
	operation: 'customRevenue',
	idTransaction: '={{ $json.order }}',
	total: '={{ $json.amount }}',
	currency: '={{ $json.currency }}',
};

const relay = new Relay({
	name: 'myTracker',
	credentialType: 'myTrackerApi',
	secretField: 'token',
	parameters: revenue,
});

function someone(number: number): IDataObject {
	return {
		user: `игрок & ${String(number)}`,
		time: '2026-07-14T09:12:07+03:00',
		'Google ID': '6e04e2af-c46c-498b-885c-86e90928c440',
		age: '31',
	};
}

/** The same as it goes out. */
function sentOf(number: number): IDataObject {
	return {
		customUserId: `игрок & ${String(number)}`,
		eventTimestamp: Date.parse('2026-07-14T09:12:07+03:00') / 1000,
		gaid: '6e04e2af-c46c-498b-885c-86e90928c440',
		age: 31,
		connectionType: 2,
	};
}

function payments(count: number): IDataObject[] {
	return Array.from({ length: count }, (_, number) => ({
		...someone(number),
		order: orderOf(number),
		amount: number === 7 ? 4e-7 : '12.50',
		currency: 'usd',
	}));
}

/** In the order of text too. */
function orderOf(number: number): string {
	return `order-${String(number).padStart(3, '0')}`;
}

function orders(count: number): string[] {
	return Array.from({ length: count }, (_, number) => orderOf(number));
}

/** How many events each request held that arrived. */
function batches(): number[] {
	return sandbox
		.report()
		.bodies.map(({ events }) => events)
		.sort((a, b) => b - a);
}

export function myTrackerTests(): void {
	describe('what is delivered', () => {
		test('goes out 20 to a request, and leaves by the success branch in input order', async () => {
			const execution = await relay.execute({
				items: payments(50),
				settings: { onError: 'continueErrorOutput' },
			});

			expect(execution.status).toBe('success');
			expect(outputItems(execution, names.relay)).toMatchObject(
				orders(50).map((id, item) => ({
					json: {
						provider: 'myTracker',
						operation: 'customRevenue',
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
			expect(hints(execution)).toContain('50 delivered');

			expect(batches()).toEqual([20, 20, 10]);
			const byId = new Map(sandbox.report().events.map(({ id, event }) => [id, event]));
			expect(byId).toEqual(
				new Map(
					orders(50).map((id, number) => [
						id,
						{
							...sentOf(number),
							idTransaction: id,
							total: number === 7 ? 0.0000004 : 12.5,
							currency: 'USD',
						},
					]),
				),
			);
			expect(repeats()).toBe(0);
		});

		test.each([
			[
				'names and values',
				{
					eventParametersInput: 'pairs',
					eventParameterPairs: {
						pair: [
							{ name: 'level', value: '={{ $json.level }}' },
							{ name: 'предмет', value: '={{ $json.item }}' },
							{ name: 'place', value: 'shop & "more"' },
						],
					},
				},
			],
			[
				'JSON, filled in by expressions',
				{
					eventParametersInput: 'json',
					eventParametersJson:
						'={\n\t"level": "{{ $json.level }}",\n\t"предмет": {{ JSON.stringify($json.item ?? "") }},\n\t"place": "shop & \\"more\\""\n}',
				},
			],
			[
				'an object',
				{
					eventParametersInput: 'json',
					eventParametersJson:
						'={{ { level: $json.level, предмет: $json.item, place: \'shop & "more"\' } }}',
				},
			],
		])('may be events with parameters, as %s', async (_name, parameters) => {
			const execution = await relay.execute({
				items: [
					{ ...someone(0), what: 'levelUp', level: 7, item: 'Меч' },
					{ ...someone(1), what: 'уровень', level: '8' },
				],
				parameters: {
					...who,
					operation: 'customEvent',
					customEventName: '={{ $json.what }}',
					...parameters,
				},
			});

			expect(execution.status).toBe('success');
			const place = 'shop & "more"';
			expect(sandbox.report().events).toMatchObject([
				{
					operation: 'customEvent',
					event: {
						...sentOf(0),
						customEventName: 'levelUp',
						customEventParams: { level: '7', предмет: 'Меч', place },
					},
				},
				{
					event: {
						...sentOf(1),
						customEventName: 'уровень',
						customEventParams: { level: '8', place },
					},
				},
			]);
			expect(batches()).toEqual([2]);
		});

		test('may be mapped by its columns, for several apps', async () => {
			const apps = ['51870', '51871'];
			const items = Array.from({ length: 5 }, (_, number) => ({
				app: apps[number % 2],
				customUserId: `user-${String(number)}`,
				lvid: '0123456789abcdef0123456789abcdef',
				eventTimestamp: 1784009527000,
			}));
			const parameters: INodeParameters = {
				operation: 'registration',
				dataMode: 'autoMapInputData',
				appId: '={{ $json.app }}',
			};

			const preview = await relay.execute({
				items,
				parameters: { ...parameters, previewOnly: true },
			});
			const appsOf = jsons(preview, names.delivered).map(({ request }) =>
				new URL((request as { url: string }).url).searchParams.get('idApp'),
			);
			expect(appsOf).toEqual(items.map(({ app }) => app));
			expect(sandbox.report().requests).toBe(0);

			const execution = await relay.execute({ items, parameters });
			expect(execution.status).toBe('success');
			// the column is used: App ID takes it
			expect(hints(execution)).not.toContain('ignored');
			expect(sandboxIds()).toEqual(items.map(({ customUserId }) => customUserId));
			// Never in one request.
			expect(batches()).toEqual([3, 2]);
			const requestsOf = (app: string | undefined) => {
				const users = new Set(
					items.filter((item) => item.app === app).map(({ customUserId }) => customUserId),
				);
				const { events } = sandbox.report();
				return new Set(events.filter(({ id = '' }) => users.has(id)).flatMap((e) => e.requests));
			};
			expect(requestsOf(apps[0]).size).toBe(1);
			expect(requestsOf(apps[1]).size).toBe(1);
			expect(requestsOf(apps[0])).not.toEqual(requestsOf(apps[1]));
			expect(sandbox.report().events[0]?.event).toEqual({
				customUserId: 'user-0',
				lvid: '0123456789abcdef0123456789abcdef',
				eventTimestamp: 1784009527,
			});
		});
	});

	describe('what is not delivered', () => {
		test('leaves a batch alone: by the error branch, with its columns and the words of myTracker', async () => {
			const items = payments(45);
			sandbox.setFaults([{ kind: 'refuse', ids: [orderOf(27)] }]);
			const execution = await relay.execute({
				items,
				settings: { onError: 'continueErrorOutput' },
			});

			expect(execution.status).toBe('success');
			expect(jsons(execution, names.notDelivered)).toEqual([
				{
					...items[27],
					error: expect.stringContaining('Bad Request') as unknown,
					details: {
						provider: 'myTracker',
						operation: 'customRevenue',
						id: orderOf(27),
						outcome: 'rejected',
						httpStatus: 400,
						attempts: expect.any(Number) as unknown,
					},
				},
			]);
			expect(outputItems(execution, names.relay, 1)).toMatchObject([{ pairedItem: { item: 27 } }]);
			const others = orders(45).filter((_, number) => number !== 27);
			expect(jsons(execution, names.delivered).map(({ id }) => id)).toEqual(others);
			expect(sandboxIds()).toEqual(others);
			expect(repeats()).toBe(0);
		});

		test('is everything, once the token is refused: nothing more is sent', async () => {
			const execution = await relay.execute({
				items: payments(45),
				parameters: { ...revenue, appId: '403', options: { maxConcurrency: 1 } },
				settings: { onError: 'continueErrorOutput' },
			});

			const ended = jsons(execution, names.notDelivered);
			expect(outcomes(ended)).toEqual(Array.from({ length: 45 }, () => 'unauthorized'));
			expect(ended[0]?.error).toContain('Forbidden');
			expect(sandbox.report().requests).toBe(1);
		});
	});

	describe('Retry On Fail', () => {
		const settings = { retryOnFail: true, maxTries: 3, waitBetweenTries: 50 };

		test('sends the batch that failed for a while again, and nothing else', async () => {
			sandbox.setFaults([{ kind: 'status', status: 500, ids: [orderOf(27)], next: 2 }]);
			const execution = await relay.execute({
				items: payments(45),
				parameters: { ...revenue, options: { maxRetries: 0 } },
				settings,
			});

			expect(execution.status).toBe('success');
			expect(jsons(execution, names.delivered).map(({ outcome, id }) => [outcome, id])).toEqual(
				orders(45).map((id) => ['delivered', id]),
			);
			expect(batches()).toEqual([20, 20, 20, 20, 5]);
			expect(sandboxIds()).toEqual(orders(45));
			expect(repeats()).toBe(0);
		});

		test('does not send the delivered again beside an item that stays broken', async () => {
			const items = [{ ...payments(1)[0], amount: '12,50' }, ...payments(45)];
			const execution = await relay.execute({ items, settings });

			expect(execution.status).toBe('error');
			expect(execution.data.resultData.error?.message).toContain('1 of 46');
			expect(batches()).toEqual([20, 20, 5]);
			expect(repeats()).toBe(0);
		});

		test('does not send a login again that may have arrived', async () => {
			// The sandbox has no id by which it could remove a login's repeats: each would be an event of its own.
			sandbox.setFaults([{ kind: 'resetAfter', ids: ['игрок & 0'] }]);
			const execution = await relay.execute({
				items: Array.from({ length: 25 }, (_, number) => someone(number)),
				parameters: { ...who, operation: 'login' },
				settings,
			});

			expect(execution.status).toBe('error');
			expect(execution.data.resultData.error?.message).toContain('20 unknown');
			expect(batches()).toEqual([20, 5]);
			expect(sandbox.report().events).toHaveLength(25);
		});
	});

	describe('the credential test', () => {
		test('passes with an app, says what is certain, and writes nothing', async () => {
			const { status, message } = await relay.testCredential({ testAppId: '51870' });
			expect({ status, message }).toEqual({
				status: 'OK',
				message: expect.stringContaining('may send events of app 51870') as unknown,
			});
			expect(sandbox.report().events).toEqual([]);
		});

		test.each([
			[
				'a token that is refused',
				{ token: 'refused-key', testAppId: '51870' },
				'refused the token for app 51870',
			],
			['an app that the token is not for', { testAppId: '403' }, 'refused the token for app 403'],
			['want of an app', {}, 'the token was not tested'],
			['an empty token', { token: '' }, 'Token is empty'],
			// Nothing listens on port 9 of the loopback.
			[
				'a host that does not answer',
				{ testAppId: '51870', useSandbox: false, baseUrl: 'http://127.0.0.1:9' },
				'127.0.0.1:9 cannot be reached',
			],
		])('fails for %s, and says so', async (_name, values, said) => {
			const { status, message } = await relay.testCredential(values);
			expect({ status, message }).toEqual({
				status: 'Error',
				message: expect.stringContaining(said) as unknown,
			});
			expect(message).not.toContain('refused-key');
		});
	});
}
