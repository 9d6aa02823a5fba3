import type { IDataObject } from 'n8n-workflow';

import { subjects } from '../providers';
import { outcomesOf, prepare, useSandbox } from '../support/sandboxRun';

const sandbox = useSandbox();

describe.each(subjects)('$provider.name $operation', (subject) => {
	const secretField = subject.provider.credential.properties.find(
		({ typeOptions }) => typeOptions?.password,
	)?.name;

	const { isWithoutSecret } = subject.provider.operations[subject.operation] ?? {};
	const brokenSecrets: [string, IDataObject, string][] = [
		['an empty secret', { [String(secretField)]: '' }, 'is empty'],
		['a secret with a line end', { [String(secretField)]: 'key\n' }, 'without spaces'],
	];

	test.each<[string, IDataObject, string]>([
		...(isWithoutSecret ? [] : brokenSecrets),
		['no Base URL', { baseUrl: '' }, 'Base URL is empty'],
		['http to another host', { baseUrl: 'http://example.com' }, 'must start with https://'],
		['another scheme', { baseUrl: 'ftp://example.com' }, 'must start with https://'],
		['garbage', { baseUrl: 'not an address' }, 'must be an address such as https://example.com'],
		[
			'a host that only looks local',
			{ baseUrl: 'http://127.evil.example' },
			'must start with https://',
		],
		['no Sandbox URL', { useSandbox: true, sandboxUrl: ' ' }, 'Sandbox URL is empty'],
		[
			'a sandbox elsewhere without https',
			{ useSandbox: true, sandboxUrl: 'http://example.com:4010' },
			'Sandbox URL must start with https://',
		],
		[
			'a switch that is neither on nor off',
			{ useSandbox: 'false' },
			'Use Sandbox must be true or false, not "false"',
		],
	])(
		'%s: a sentence names field, value and rule, and nothing is sent',
		async (_, credential, rule) => {
			const items = [subject.item(0), subject.item(1)];
			const result = await prepare(subject, sandbox().url, items, {
				credential: { useSandbox: false, ...credential },
			}).run();
			expect(outcomesOf(result)).toEqual(['unauthorized', 'unauthorized']);
			expect(result.items[0]?.json.error).toContain(rule);
			const { baseUrl: given = '' } = credential;
			expect(result.items[0]?.json.error).toContain(given);
			expect(sandbox().report().requests).toBe(0);
		},
	);

	test.each([
		['maxConcurrency', 0],
		['maxConcurrency', 1.5],
		['maxRetries', -1],
		['timeout', 0],
		['timeout', 'soon'],
		['requestsPerSecond', -5],
	])('the option %s may not be %p', async (name, value) => {
		const result = await prepare(subject, sandbox().url, [subject.item(0)], {
			options: { [name]: value },
		}).run();
		expect(outcomesOf(result)).toEqual(['invalid']);
		expect(result.items[0]?.json.error).toContain(name);
		expect(result.items[0]?.json.error).toContain(JSON.stringify(value));
		expect(sandbox().report().requests).toBe(0);
	});

	test('an item whose every column is an object is invalid, not a crash', async () => {
		const item = Object.fromEntries(
			Object.keys(subject.item(0)).map((key) => [key, { nested: [1, { deep: true }] }]),
		) as IDataObject;
		const result = await prepare(subject, sandbox().url, [item, subject.item(1)]).run();
		expect(outcomesOf(result)).toEqual(['invalid', 'delivered']);
	});

	test("n8n's egress policy is asked before anything is sent", async () => {
		const { context, run } = prepare(subject, sandbox().url, [subject.item(0)]);
		const validateUrl = jest.fn(() =>
			Promise.resolve({ ok: false as const, error: new Error('blocked by policy') }),
		);
		Object.assign(context.helpers, { getSecureEgressFilter: () => ({ validateUrl }) });
		const result = await run();
		expect(outcomesOf(result)).toEqual(['unauthorized']);
		expect(result.items[0]?.json.error).toContain('blocked by policy');
		expect(sandbox().report().requests).toBe(0);
	});

	test.each(['true', 1, null])('Preview Only may not be %p', async (previewOnly) => {
		const result = await prepare(subject, sandbox().url, [subject.item(0)], {
			parameters: { previewOnly },
		}).run();
		expect(outcomesOf(result)).toEqual(['invalid']);
		expect(sandbox().report().requests).toBe(0);
	});

	test('an option that cannot be read sends nothing, and no item leaves as a success', async () => {
		const result = await prepare(subject, sandbox().url, [subject.item(0), subject.item(1)], {
			options: { timeout: '={{ $("No such node").item.json.x }}' },
		}).run();
		expect(outcomesOf(result)).toEqual(['failed', 'failed']);
		expect(sandbox().report().requests).toBe(0);
	});

	test('an n8n without an egress policy is fine', async () => {
		const { context, run } = prepare(subject, sandbox().url, [subject.item(0)]);
		Object.assign(context.helpers, { getSecureEgressFilter: undefined });
		expect(outcomesOf(await run())).toEqual(['delivered']);
	});
});
