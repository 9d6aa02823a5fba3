import type { IExecuteFunctions } from 'n8n-workflow';

import { RunRefused } from '../../transport/outcome';
import { readSettings, sendingProperties, type Settings } from '../../transport/settings';

const DEFAULTS: Settings = {
	maxConcurrency: 100,
	maxRetries: 3,
	requestsPerSecond: 0,
	timeout: 30_000,
};

const read = (options: object): Settings =>
	readSettings({ getNodeParameter: () => options } as unknown as IExecuteFunctions);

it('options that are not set have their defaults', () => {
	expect(read({})).toEqual(DEFAULTS);
});

it.each([
	['maxConcurrency', 1],
	['maxConcurrency', 500],
	['maxRetries', 0],
	['maxRetries', 20],
	['requestsPerSecond', 0],
	['requestsPerSecond', 2],
	['requestsPerSecond', 10_000],
	['timeout', 1],
	['timeout', 600_000],
])('%s may be %p', (name, value) => {
	expect(read({ [name]: value })).toEqual({ ...DEFAULTS, [name]: value });
});

it.each([
	['maxConcurrency', '20', 20],
	['requestsPerSecond', ' 2 ', 2],
])('%s may be a number in text: %p', (name, value, number) => {
	expect(read({ [name]: value })).toEqual({ ...DEFAULTS, [name]: number });
});

const rules = {
	maxConcurrency:
		'The option Max Concurrency (maxConcurrency) must be a whole number from 1 to 500, not ',
	maxRetries: 'The option Max Retries (maxRetries) must be a whole number from 0 to 20, not ',
	requestsPerSecond:
		'The option Requests per Second (requestsPerSecond) must be a whole number from 0 to 10000, not ',
	timeout: 'The option Timeout (Ms) (timeout) must be a whole number from 1 to 600000, not ',
};

it.each<[keyof Settings, unknown, string]>([
	['maxConcurrency', 0, '0'],
	['maxConcurrency', 501, '501'],
	['maxConcurrency', 1.5, '1.5'],
	['maxConcurrency', -1, '-1'],
	['maxConcurrency', NaN, 'NaN'],
	['maxConcurrency', 'many', '"many"'],
	['maxConcurrency', '', '""'],
	['maxConcurrency', ' ', '" "'],
	['maxConcurrency', true, 'true'],
	['maxConcurrency', [5], '[5]'],
	['maxRetries', -1, '-1'],
	['maxRetries', 21, '21'],
	['maxRetries', 0.5, '0.5'],
	['requestsPerSecond', -0.1, '-0.1'],
	['requestsPerSecond', 0.5, '0.5'],
	['requestsPerSecond', Infinity, 'Infinity'],
	['timeout', 0, '0'],
	['timeout', 600_001, '600001'],
	['timeout', 1.5, '1.5'],
])('%s refuses %p for the whole run, and names option, rule and value', (name, value, shown) => {
	const attempt = () => read({ [name]: value });
	expect(attempt).toThrow(RunRefused);
	expect(attempt).toThrow(
		expect.objectContaining({
			outcome: 'invalid',
			message: `${rules[name]}${shown}.`,
		}) as Error,
	);
});

it('refuses even what cannot be shown', () => {
	expect(() => read({ timeout: 5n })).toThrow(RunRefused);
});

it('the editor shows the same options with the same bounds and defaults', () => {
	const options = sendingProperties.find(({ name }) => name === 'options')?.options ?? [];
	const shown = options.map((option) => {
		if (!('type' in option)) throw new Error(`${option.name} is no field`);
		const { name, default: value, typeOptions } = option;
		return [name, value, typeOptions?.minValue, typeOptions?.maxValue];
	});
	expect(shown).toEqual([
		['maxConcurrency', 100, 1, 500],
		['maxRetries', 3, 0, 20],
		['requestsPerSecond', 0, 0, 10_000],
		['timeout', 30_000, 1, 600_000],
	]);
});
