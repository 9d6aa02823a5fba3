import { runInNewContext } from 'node:vm';

import { DateTime } from 'luxon';

import { asObject, isPlainObject } from '../../transport/text/json';

class Device {
	readonly name = 'a';
}

const plain: [string, unknown][] = [
	['an object', { a: 1 }],
	['an empty object', {}],
	['an object without a prototype', Object.create(null)],
	['an object of another realm', runInNewContext('({ a: 1 })')],
];

const others: [string, unknown][] = [
	['a list', [1]],
	['a list of another realm', runInNewContext('[1]')],
	['a date', new Date(0)],
	['a date of another realm', runInNewContext('new Date(0)')],
	['a Luxon DateTime', DateTime.now()],
	['an object of a class', new Device()],
	['a map', new Map([['a', 1]])],
	['an error', new Error('a')],
	['a function', () => ({})],
	['null', null],
	['undefined', undefined],
	['a number', 5],
	['a boolean', true],
];

describe('isPlainObject', () => {
	it.each(plain)('is true of %s', (_, value) => {
		expect(isPlainObject(value)).toBe(true);
	});

	it.each([...others, ['the JSON of an object', '{}']])('is false of %s', (_, value) => {
		expect(isPlainObject(value)).toBe(false);
	});
});

describe('asObject', () => {
	it.each(plain)('gives %s as it is', (_, value) => {
		expect(asObject(value)).toBe(value);
	});

	it.each(['{"a":1,"b":{"c":[2]}}', ' {"a":1,"b":{"c":[2]}}\n'])('reads %p', (json) => {
		expect(asObject(json)).toEqual({ a: 1, b: { c: [2] } });
	});

	it.each<[string, unknown]>([
		...others,
		['a list in JSON', '[{"a":1}]'],
		['a scalar in JSON', '"a"'],
		['null in JSON', 'null'],
		['broken JSON', '{"a":1'],
		['text', 'a=1'],
		['empty text', ''],
	])('gives nothing of %s', (_, value) => {
		expect(asObject(value)).toBeUndefined();
	});
});
