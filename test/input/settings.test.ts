import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { RunRefused } from '../../transport/model/outcome';
import { readOptions, readSettings, readTimezone } from '../../transport/input/settings';
import { sendingProperties, type OwnOptions } from '../../transport/declaration/properties';
import type { Settings } from '../../transport/model/settings';

const DEFAULTS: Settings = {
	batchSize: 1,
	retryUnknown: false,
	maxConcurrency: 400,
	maxRetries: 3,
	recordDays: 14,
	requestsPerSecond: 0,
	timeout: 30_000,
};

const read = (options: object, maxEvents?: number): Settings =>
	readSettings({ getNodeParameter: () => options } as unknown as IExecuteFunctions, maxEvents);

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

it.each<[keyof typeof rules, unknown, string]>([
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

describe('the batch size', () => {
	it('is 1 where the provider takes one event in a request, whatever was set', () => {
		expect(read({}).batchSize).toBe(1);
		expect(read({ batchSize: 5 }).batchSize).toBe(1);
	});

	it('is by default the most that the provider takes', () => {
		expect(read({}, 20)).toEqual({ ...DEFAULTS, batchSize: 20 });
	});

	it.each([1, 7, 20])('may be %p of 20', (batchSize) => {
		expect(read({ batchSize }, 20)).toEqual({ ...DEFAULTS, batchSize });
	});

	it.each([
		[0, '0'],
		[21, '21'],
		[-1, '-1'],
		[1.5, '1.5'],
		['all', '"all"'],
		[true, 'true'],
	])('refuses %p of 20, and names option, rule and value', (batchSize, shown) => {
		const attempt = () => read({ batchSize }, 20);
		expect(attempt).toThrow(RunRefused);
		expect(attempt).toThrow(
			`The option Batch Size (batchSize) must be a whole number from 1 to 20, not ${shown}.`,
		);
	});
});

it.each<[unknown, boolean]>([
	[true, true],
	[false, false],
	[undefined, false],
	['', false],
	['yes', false],
	[1, false],
])('the risk of a repeat is taken only where it is wished for: %p', (retryUnknown, taken) => {
	expect(read({ retryUnknown }).retryUnknown).toBe(taken);
});

it("a provider's own options are not looked at here", () => {
	expect(read({ timezone: 'nowhere', roundToCents: 5 })).toEqual(DEFAULTS);
});

describe('readOptions', () => {
	it('gives all options, of the first item', () => {
		const options = { timezone: 'Asia/Tokyo', timeout: 5 };
		const getNodeParameter = jest.fn(() => options);
		expect(readOptions({ getNodeParameter } as unknown as IExecuteFunctions)).toEqual(options);
		expect(getNodeParameter.mock.calls).toEqual([['options', 0, {}]]);
	});
});

describe('readTimezone', () => {
	it.each([
		[{}, 'UTC'],
		[{ timezone: undefined }, 'UTC'],
		[{ timezone: 'UTC' }, 'UTC'],
		[{ timezone: 'Europe/Berlin' }, 'Europe/Berlin'],
		[{ timezone: ' Europe/Berlin\n' }, 'Europe/Berlin'],
		[{ timezone: 'europe/berlin' }, 'Europe/Berlin'],
		[{ timezone: 'Australia/Lord_Howe' }, 'Australia/Lord_Howe'],
	])('of %p is %p', (options, zone) => {
		expect(readTimezone(options)).toBe(zone);
	});

	it.each(['', ' ', null, undefined])('takes %p for UTC', (timezone) => {
		expect(readTimezone({ timezone })).toBe('UTC');
	});

	it.each([
		['Europe/Bonn', '"Europe/Bonn"'],
		['Berlin', '"Berlin"'],
		['?', '"?"'],
		[2, '2'],
		[['UTC'], '["UTC"]'],
		[{}, '{}'],
	])('refuses %p for the whole run, and names option, rule and value', (timezone, shown) => {
		const attempt = () => readTimezone({ timezone });
		expect(attempt).toThrow(RunRefused);
		expect(attempt).toThrow(
			expect.objectContaining({
				outcome: 'invalid',
				message: `The option Timezone (timezone) must be the IANA name of a time zone, e.g. Europe/Berlin, not ${shown}.`,
			}) as Error,
		);
	});
});

describe('the editor', () => {
	const shownFor = (own: OwnOptions) => {
		const properties = sendingProperties(own);
		const options = properties.find(({ name }) => name === 'options')?.options ?? [];
		return options.map((option) => {
			if (!('type' in option)) throw new Error(`${option.name} is no field`);
			return option;
		});
	};

	it('shows the same options with the same bounds and defaults', () => {
		const shown = shownFor({ maxEvents: 20, hasRetryUnknown: true }).map((option) => {
			const { name, default: value, typeOptions } = option;
			return [name, value, typeOptions?.minValue, typeOptions?.maxValue];
		});
		expect(shown).toEqual([
			['batchSize', 20, 1, 20],
			['delimiter', 'auto', undefined, undefined],
			['encoding', 'utf8', undefined, undefined],
			['fileFormat', 'auto', undefined, undefined],
			['includeInput', false, undefined, undefined],
			['maxAge', 72, 1, 8_760],
			['maxConcurrency', 400, 1, 500],
			['maxEvents', 10_000, 1, 100_000],
			['maxRetries', 3, 0, 20],
			['recordDays', 14, 1, 365],
			['requestsPerSecond', 0, 0, 10_000],
			['retryUnknown', false, undefined, undefined],
			['timeout', 30_000, 1, 600_000],
		]);
	});

	it('shows what only some providers have only there', () => {
		const common = [
			'delimiter',
			'encoding',
			'fileFormat',
			'includeInput',
			'maxAge',
			'maxConcurrency',
			'maxEvents',
			'maxRetries',
			'recordDays',
			'requestsPerSecond',
			'timeout',
		];
		const namesFor = (own: OwnOptions) => shownFor(own).map(({ name }) => name);
		expect(namesFor({})).toEqual(common);
		expect(namesFor({ maxEvents: 5 })).toEqual(['batchSize', ...common]);
		expect(namesFor({ hasRetryUnknown: true })).toEqual([
			...common.slice(0, -1),
			'retryUnknown',
			'timeout',
		]);
	});

	const ownOption = (displayName: string, name: string): INodeProperties => ({
		displayName,
		name,
		type: 'boolean',
		default: false,
	});
	const own = [ownOption('Zoom', 'zoom'), ownOption('Add', 'add'), ownOption('Rate', 'rate')];

	it("shows a provider's own options among them, as they are", () => {
		const shown = shownFor({ own });
		expect(shown.map(({ name }) => name)).toEqual([
			'add',
			'delimiter',
			'encoding',
			'fileFormat',
			'includeInput',
			'maxAge',
			'maxConcurrency',
			'maxEvents',
			'maxRetries',
			'rate',
			'recordDays',
			'requestsPerSecond',
			'timeout',
			'zoom',
		]);
		expect(shown[0]).toEqual(own[1]);
	});

	it("leaves the provider's list of its own options as it was", () => {
		sendingProperties({ own });
		expect(own.map(({ name }) => name)).toEqual(['zoom', 'add', 'rate']);
		expect(shownFor({}).map(({ name }) => name)).not.toContain('zoom');
	});

	it.each<OwnOptions>([
		{},
		{ maxEvents: 5 },
		{ hasRetryUnknown: true },
		{ maxEvents: 5, hasRetryUnknown: true },
		{ maxEvents: 5, hasRetryUnknown: true, own },
	])('shows the options in alphabetical order: %p', (own) => {
		const shown = shownFor(own).map(({ displayName }) => displayName);
		expect(shown).toEqual([...shown].sort((a, b) => a.localeCompare(b)));
	});
});
