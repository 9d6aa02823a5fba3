/** The 24metrics node in n8n; `e2e.test.ts` runs it. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { outputItems } from '../../scripts/n8n/outputItems';
import { hints, jsons, outcomes, Relay, sandbox, sandboxIds } from './harness';
import { findSecret, INTEGRATION_ID } from './secret';
import { names } from './workflow';

/** As dragging columns into the editor leaves it. */
const mapped: INodeParameters = {
	operation: 'conversion',
	dataMode: 'defineBelow',
	externalTransactionId: '={{ $json.id }}',
	offer: '={{ $json.offer }}',
	publisher: '={{ $json["Affiliate ID"] }}',
	conversionTime: '={{ $json.time }}',
	conversionIp: '={{ $json.ip }}',
	additionalFields: {
		payout: '={{ $json.payout }}',
		sessionTime: '={{ $json.minutes * 60 }}',
		userAgent: 'Mozilla/5.0 (X11; Linux)',
	},
};

const relay = new Relay({
	name: 'twentyFourMetrics',
	credentialType: 'twentyFourMetricsApi',
	secretField: 'integrationId',
	secret: INTEGRATION_ID,
	parameters: mapped,
});

/** The sandbox makes its verdict of the address. */
const addresses = {
	approved: '203.0.113.7',
	rejected: '192.0.2.7',
	processing: '198.51.100.7',
};

function conversion(id: string, verdict: keyof typeof addresses = 'approved'): IDataObject {
	return {
		id,
		offer: 'Söhne & Töchter + 5%',
		'Affiliate ID': 'aff-7',
		time: '2026-07-14T09:12:07Z',
		ip: addresses[verdict],
		payout: '1.20',
		minutes: 1.5,
	};
}

function conversions(count: number): IDataObject[] {
	return Array.from({ length: count }, (_, number) => conversion(`conv-${String(number)}`));
}

/** The same as it goes out. */
const sent = {
	offer: 'Söhne & Töchter + 5%',
	publisher: 'aff-7',
	conversion_time: '2026-07-14 09:12:07',
	payout: '1.20',
	session_time: '90',
	user_agent: 'Mozilla/5.0 (X11; Linux)',
};

const three = [
	conversion('good'),
	conversion('fraud', 'rejected'),
	conversion('later', 'processing'),
];

export function twentyFourMetricsTests(): void {
	describe('what is delivered', () => {
		test('leaves by the success branch with its verdict, and arrives as it was mapped', async () => {
			const execution = await relay.execute({
				items: three,
				settings: { onError: 'continueErrorOutput' },
			});

			expect(execution.status).toBe('success');
			const delivered = (item: number, id: string, more: IDataObject) => ({
				json: {
					provider: '24metrics',
					operation: 'conversion',
					outcome: 'delivered',
					id,
					httpStatus: 200,
					attempts: 1,
					response: { transaction_id: expect.any(String) as unknown },
					...more,
				},
				pairedItem: { item },
			});
			expect(outputItems(execution, names.relay)).toMatchObject([
				delivered(0, 'good', { verdict: 'approved' }),
				delivered(1, 'fraud', { verdict: 'rejected', reason: 'DUPLICATE_IP' }),
				delivered(2, 'later', { verdict: 'processing' }),
			]);
			expect(jsons(execution, names.delivered)).toEqual(jsons(execution, names.relay));
			expect(outputItems(execution, names.relay, 1)).toEqual([]);

			const byId = new Map(sandbox.report().events.map(({ id, event }) => [id, event]));
			expect(byId).toEqual(
				new Map(
					three.map(({ id, ip }) => [
						id,
						{ ...sent, external_transaction_id: id, conversion_ip: ip },
					]),
				),
			);
		});

		test('has its times in the zone of the account, and parameters of its own', async () => {
			const zoned = (time: string) => ({ ...conversion(time), time });
			const execution = await relay.execute({
				items: ['2026-07-14T09:12:07Z', '2026-07-14 09:12:07', '1784020327'].map(zoned),
				parameters: {
					...mapped,
					additionalParameters: {
						pair: [
							{ name: 'my_country', value: '={{ $json.offer.slice(0, 5) }}' },
							{ name: 'traffic type', value: 'push & pull' },
						],
					},
					options: { timezone: 'Europe/Berlin' },
				},
			});

			expect(execution.status).toBe('success');
			const { events } = sandbox.report();
			expect(new Map(events.map(({ id, event }) => [id, event.conversion_time]))).toEqual(
				new Map([
					['2026-07-14T09:12:07Z', '2026-07-14 11:12:07'],
					['2026-07-14 09:12:07', '2026-07-14 09:12:07'],
					['1784020327', '2026-07-14 11:12:07'],
				]),
			);
			for (const { event } of events) {
				expect(event).toMatchObject({ my_country: 'Söhne', 'traffic type': 'push & pull' });
			}
		});

		test('may be clicks and impressions, mapped by their columns', async () => {
			const item = { offer: 'offer-1', publisher: 'aff-7', sub_id: 'sub', campaign: 'summer' };
			const click = await relay.execute({
				items: [{ ...item, sub_id6: 'six', click_ip: addresses.rejected }],
				parameters: { operation: 'click', dataMode: 'autoMapInputData' },
			});
			const impression = await relay.execute({
				items: [{ ...item, site_url: 'https://example.com/?a=1&b=2' }],
				parameters: { operation: 'impression', dataMode: 'autoMapInputData' },
			});

			expect(jsons(click, names.delivered)).toMatchObject([{ verdict: 'rejected' }]);
			expect(hints(click)).toContain('campaign');
			expect(jsons(impression, names.delivered)).toMatchObject([{ verdict: 'approved' }]);
			const { campaign: _, ...common } = item;
			expect(sandbox.report().events).toMatchObject([
				{
					operation: 'click',
					// Without it a click is sent on.
					event: {
						...common,
						no_redirect: 'true',
						sub_id6: 'six',
						click_ip: addresses.rejected,
					},
				},
				{
					operation: 'impression',
					event: { ...common, site_url: 'https://example.com/?a=1&b=2' },
				},
			]);
		});
	});

	describe('what is not delivered', () => {
		const named = (id: unknown) => ({
			provider: '24metrics',
			operation: 'conversion',
			...(id !== '' && { id }),
		});
		test('is what 24metrics rejects, where that is wished: recorded, and not sent again', async () => {
			const execution = await relay.execute({
				items: three,
				parameters: { ...mapped, options: { treatRejectedAsError: true } },
				settings: {
					onError: 'continueErrorOutput',
					retryOnFail: true,
					maxTries: 3,
					waitBetweenTries: 50,
				},
			});

			expect(execution.status).toBe('success');
			expect(jsons(execution, names.delivered).map(({ id }) => id)).toEqual(['good', 'later']);
			expect(jsons(execution, names.notDelivered)).toEqual([
				{
					...three[1],
					error: expect.stringContaining('DUPLICATE_IP') as unknown,
					details: { ...named('fraud'), outcome: 'rejected', httpStatus: 200, attempts: 1 },
				},
			]);
			expect(sandboxIds()).toEqual(['fraud', 'good', 'later']);
			expect(sandbox.report()).toMatchObject({ requests: 3, duplicates: 0 });
		});

		test('leaves by the error branch, with its columns, its outcome and its reason', async () => {
			const items = [
				conversion('good'),
				{ ...conversion('bad-ip'), ip: '203.0.113.300' },
				{ ...conversion(''), offer: '', 'Affiliate ID': '' },
				conversion('refused'),
			];
			sandbox.setFaults([{ kind: 'refuse', ids: ['refused'] }]);
			const execution = await relay.execute({
				items,
				settings: { onError: 'continueErrorOutput' },
			});

			const invalid = (index: number, field: string, said: string) => ({
				...items[index],
				error: expect.stringContaining(said) as unknown,
				details: {
					...named(items[index]?.id),
					outcome: 'invalid',
					attempts: 0,
					fields: [expect.objectContaining({ field }) as unknown],
				},
			});
			expect(jsons(execution, names.notDelivered)).toEqual([
				invalid(1, 'conversion_ip', '203.0.113.300'),
				invalid(2, 'external_transaction_id', 'is required, or transaction_id, offer, publisher'),
				{
					...items[3],
					error: expect.stringContaining('An event is refused by a fault') as unknown,
					details: { ...named('refused'), outcome: 'rejected', httpStatus: 400, attempts: 1 },
				},
			]);
			expect(sandboxIds()).toEqual(['good']);
		});

		test('is everything, once the integration ID is refused: nothing more is sent', async () => {
			const execution = await relay.execute({
				items: conversions(50),
				credential: await relay.createCredential({ integrationId: 'refused-key' }),
				parameters: { ...mapped, options: { maxConcurrency: 1 } },
				settings: { onError: 'continueErrorOutput' },
			});

			const ended = jsons(execution, names.notDelivered);
			expect(outcomes(ended)).toEqual(Array(50).fill('unauthorized'));
			expect(sandbox.report().requests).toBe(1);
			expect(execution.raw).not.toContain('refused-key');
		});
	});

	test('Retry On Fail sends again what failed for a while, and not what may have arrived', async () => {
		sandbox.setFaults([
			{ kind: 'status', status: 429, ids: ['conv-1'], next: 2 },
			{ kind: 'resetAfter', ids: ['conv-4'] },
		]);
		const execution = await relay.execute({
			items: conversions(6),
			parameters: { ...mapped, options: { maxRetries: 0 } },
			settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 50 },
		});

		expect(execution.status).toBe('error');
		expect(execution.data.resultData.error?.message).toContain('1 of 6 events not delivered');
		expect(execution.data.resultData.error?.message).toContain('1 unknown');
		expect(sandbox.report()).toMatchObject({ requests: 6 + 2, duplicates: 0 });
		expect(sandboxIds()).toEqual(conversions(6).map(({ id }) => id));
	});

	test('a preview sends nothing and shows each request with the integration ID masked', async () => {
		const execution = await relay.execute({
			items: [conversion('shown')],
			parameters: { ...mapped, previewOnly: true },
		});

		expect(sandbox.report().requests).toBe(0);
		const [json] = jsons(execution, names.delivered);
		const { url } = json?.request as { url: string };
		expect(url).toContain(`${sandbox.url}/24metrics/***/postbacks/?`);
		expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
			...sent,
			external_transaction_id: 'shown',
			conversion_ip: addresses.approved,
		});
		expect(findSecret(INTEGRATION_ID, execution.raw)).toEqual([]);
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
			['an empty ID', { integrationId: '' }, 'Integration ID is empty'],
			['an ID that is a host name', { integrationId: 'my.clicks' }, '1 to 63 letters'],
			// Nothing listens on port 9 of the loopback.
			[
				'a host that does not answer',
				{ useSandbox: false, baseUrl: 'http://127.0.0.1:9/{integrationId}/{endpoint}' },
				'127.0.0.1:9 cannot be reached',
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
