/** The RUNative node in n8n; `e2e.test.ts` runs it. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { outputItems } from '../../scripts/n8n/outputItems';
import { jsons, outcomes, Relay, sandbox, sandboxIds } from './harness';
import { names } from './workflow';

/** As dragging columns into the editor leaves it. */
const conversion: INodeParameters = {
	operation: 'conversion',
	dataMode: 'defineBelow',
	click_id: '={{ $json["Click ID"] }}',
	value: '={{ $json.price }}',
};
const lead: INodeParameters = {
	...conversion,
	operation: 'lead',
	leadCode: '={{ $json.form + "-" + $json.number }}',
};

const relay = new Relay({
	name: 'runative',
	credentialType: 'runativeApi',
	secretField: 'secretKey',
	parameters: conversion,
});

function clickId(number: number): string {
	return `c86b8a88b91228911e723b93c65a5900bb49${String(number).padStart(4, '0')}`;
}

function click(number: number, more: IDataObject = {}): IDataObject {
	return { 'Click ID': clickId(number), price: '2.10', ...more };
}

function clicks(count: number): IDataObject[] {
	return Array.from({ length: count }, (_, number) => click(number));
}

function leads(count: number): IDataObject[] {
	return clicks(count).map((item, number) => ({ ...item, form: 'Größe & Preis', number }));
}

/** The sandbox's events by click. */
function received(): Map<unknown, unknown> {
	return new Map(
		sandbox
			.report()
			.events.map(({ operation, event: { click_id, ...event } }) => [
				click_id,
				{ operation, ...event },
			]),
	);
}

export function runativeTests(): void {
	describe('a conversion', () => {
		test('leaves by the success branch, and arrives with its payout and without the key', async () => {
			const execution = await relay.execute({
				items: [click(0), click(1, { price: '' }), click(2, { price: 0.5 })],
				settings: { onError: 'continueErrorOutput' },
			});

			expect(execution.status).toBe('success');
			expect(outputItems(execution, names.relay)).toMatchObject(
				[0, 1, 2].map((item) => ({
					json: {
						provider: 'RUNative',
						operation: 'conversion',
						outcome: 'delivered',
						id: clickId(item),
						httpStatus: 200,
						attempts: 1,
						response: { ok: true },
					},
					pairedItem: { item },
				})),
			);
			expect(jsons(execution, names.delivered)).toEqual(jsons(execution, names.relay));
			expect(outputItems(execution, names.relay, 1)).toEqual([]);
			// With a key they would not have been taken for conversions.
			expect(received()).toEqual(
				new Map<string, unknown>([
					[clickId(0), { operation: 'conversion', value: '2.10' }],
					[clickId(1), { operation: 'conversion' }],
					[clickId(2), { operation: 'conversion', value: '0.50' }],
				]),
			);
		});

		test('shows in a preview that it needs no credential', async () => {
			const preview = { ...conversion, previewOnly: true };
			const without = await relay.execute({
				items: [click(0)],
				parameters: preview,
				credential: null,
			});
			const withOne = await relay.execute({ items: [click(0)], parameters: preview });

			const urlOf = (execution: typeof without) =>
				(jsons(execution, names.delivered)[0]?.request as { url: string } | undefined)?.url;
			const path = `/api/v1/cpa/action/${clickId(0)}?value=2.10`;
			expect(urlOf(without)).toBe(`https://runative-syndicate.com${path}`);
			expect(urlOf(withOne)).toBe(`${sandbox.url}/runative${path}`);
			expect(sandbox.report().requests).toBe(0);
		});

		test('may be mapped by its columns, and rounded to cents', async () => {
			const items = ['1.005', '2.1', '0.0149'].map((value, number) => ({
				click_id: clickId(number),
				value,
			}));
			const parameters = { operation: 'conversion', dataMode: 'autoMapInputData' };
			const settings = { onError: 'continueErrorOutput' } as const;
			const strict = await relay.execute({ items, parameters, settings });
			expect(jsons(strict, names.notDelivered).map(({ value }) => value)).toEqual([
				'1.005',
				'0.0149',
			]);
			expect(jsons(strict, names.notDelivered)[0]?.error).toContain('at most 2 decimals');

			sandbox.reset();
			const rounded = await relay.execute({
				items,
				parameters: { ...parameters, options: { roundToCents: true } },
				settings,
			});
			expect(jsons(rounded, names.notDelivered)).toEqual([]);
			const values = ['1.01', '2.10', '0.01'];
			expect(received()).toEqual(
				new Map(values.map((value, n) => [clickId(n), { operation: 'conversion', value }])),
			);
		});

		test('that is not delivered leaves by the error branch, with its columns and the reason', async () => {
			const items = [
				click(0),
				{ ...click(1), 'Click ID': '../../admin' },
				click(2, { price: '200.01' }),
				click(3),
			];
			sandbox.setFaults([{ kind: 'refuse', ids: [clickId(3)] }]);
			const execution = await relay.execute({
				items,
				settings: { onError: 'continueErrorOutput' },
			});

			expect(execution.status).toBe('success');
			const named = (item: IDataObject | undefined) => ({
				provider: 'RUNative',
				operation: 'conversion',
				id: item?.['Click ID'],
			});
			const invalid = (index: number, field: string, said: string) => ({
				...items[index],
				error: expect.stringContaining(said) as unknown,
				details: {
					...named(items[index]),
					outcome: 'invalid',
					attempts: 0,
					fields: [expect.objectContaining({ field }) as unknown],
				},
			});
			expect(jsons(execution, names.notDelivered)).toEqual([
				invalid(1, 'click_id', '40 characters'),
				invalid(2, 'value', '200.01'),
				{
					...items[3],
					error: expect.stringContaining('RUNative answered: invalid code') as unknown,
					details: { ...named(items[3]), outcome: 'rejected', httpStatus: 200, attempts: 1 },
				},
			]);
			expect(sandboxIds()).toEqual([clickId(0)]);
			// What is no click ID never became part of a path.
			expect(sandbox.report().requests).toBe(2);
		});

		test('is sent again by Retry On Fail where it failed, and not where it may have arrived', async () => {
			sandbox.setFaults([
				{ kind: 'status', status: 429, ids: [clickId(1)], next: 2 },
				{ kind: 'resetAfter', ids: [clickId(4)] },
			]);
			const execution = await relay.execute({
				items: clicks(6),
				parameters: { ...conversion, options: { maxRetries: 0 } },
				settings: { retryOnFail: true, maxTries: 3, waitBetweenTries: 50 },
			});

			expect(execution.status).toBe('error');
			expect(execution.data.resultData.error?.message).toContain('1 of 6 events not delivered');
			expect(execution.data.resultData.error?.message).toContain('1 unknown');
			expect(sandbox.report()).toMatchObject({ requests: 6 + 2, duplicates: 0 });
			expect(received().size).toBe(6);
		});
	});

	describe('a lead', () => {
		test('arrives with its code, its price to the last digit, and the key', async () => {
			const execution = await relay.execute({
				items: leads(3).map((item) => ({ ...item, price: '2.1234567' })),
				parameters: lead,
			});

			expect(execution.status).toBe('success');
			expect(jsons(execution, names.delivered).map(({ outcome, id }) => [outcome, id])).toEqual(
				[0, 1, 2].map((number) => ['delivered', `Größe & Preis-${String(number)}`]),
			);
			// The sandbox takes no lead without a key.
			expect(received()).toEqual(
				new Map(
					[0, 1, 2].map((number) => [
						clickId(number),
						{
							operation: 'lead',
							value: '2.1234567',
							lead_code: `Größe & Preis-${String(number)}`,
						},
					]),
				),
			);
		});

		test('is the last one of the run, once the key is refused', async () => {
			const execution = await relay.execute({
				items: leads(50),
				credential: await relay.createCredential({ secretKey: 'refused-key' }),
				parameters: { ...lead, options: { maxConcurrency: 1 } },
				settings: { onError: 'continueErrorOutput' },
			});

			const ended = jsons(execution, names.notDelivered);
			expect(outcomes(ended)).toEqual(Array(50).fill('unauthorized'));
			expect(ended[0]?.error).toContain('invalid key');
			expect(sandbox.report().requests).toBe(1);
			expect(execution.raw).not.toContain('refused-key');
		});

		test('is not sent without a credential', async () => {
			const execution = await relay.execute({
				items: leads(2),
				parameters: lead,
				credential: null,
				settings: { onError: 'continueErrorOutput' },
			});

			expect(outcomes(jsons(execution, names.notDelivered))).toEqual(['failed', 'failed']);
			expect(sandbox.report().requests).toBe(0);
		});
	});

	describe('the credential test', () => {
		test('passes where the shape is right and the host answers, and records nothing', async () => {
			const { status, message } = await relay.testCredential();
			expect({ status, message }).toEqual({
				status: 'OK',
				message: expect.stringContaining('only an accepted lead proves it') as unknown,
			});
			expect(sandbox.report().events).toEqual([]);
		});

		test.each([
			['an empty key', { secretKey: '' }, 'Secret Key is empty'],
			[
				'plain http to a host out there',
				{ useSandbox: false, baseUrl: 'http://runative.invalid' },
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
