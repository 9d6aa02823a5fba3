import type { IExecuteFunctions } from 'n8n-workflow';

import { readFileSettings } from '../../transport/input/fileSettings';

const contextWith = (parameters: Readonly<Record<string, unknown>>) =>
	({
		getNodeParameter: (name: string, _item: number, fallback: unknown) =>
			parameters[name] ?? fallback,
	}) as unknown as IExecuteFunctions;

const read = (options: object) => readFileSettings(contextWith({ options }));

it('finds format and delimiter by itself, and takes the text for UTF-8', () => {
	expect(read({})).toEqual({ format: 'auto', delimiter: 'auto', encoding: 'utf8' });
});

it.each([
	[';', ';'],
	['\\t', '\t'],
	['\t', '\t'],
	['tab', '\t'],
	['', 'auto'],
	['auto', 'auto'],
])('takes %j for the delimiter %j', (given, delimiter) => {
	expect(read({ delimiter: given }).delimiter).toBe(delimiter);
});

it.each([';;', '"', '\n', 7])('takes no delimiter of %j', (delimiter) => {
	expect(() => read({ delimiter })).toThrow('The option Delimiter (delimiter) must be');
});

it('the rows of a file are not queued', () => {
	expect(() => readFileSettings(contextWith({ delivery: 'queue' }))).toThrow(
		'The rows of a file cannot be queued. Set Delivery to Send Now',
	);
});
