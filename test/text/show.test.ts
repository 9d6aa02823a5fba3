import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { excerpt, messageOf, show, withoutTrailing } from '../../transport/text/show';

/** Throws whatever is done with it. */
const hostile: unknown = new Proxy(
	{},
	{
		get() {
			throw new Error('not to be read');
		},
		getPrototypeOf() {
			throw new Error('not to be asked');
		},
	},
);

describe('messageOf', () => {
	it.each<[string, unknown, string]>([
		['an error', new Error('no form'), 'no form'],
		['an error of another realm', runInNewContext('new Error("no form")'), 'Error: no form'],
		['text', 'no form', 'no form'],
		['nothing', undefined, 'undefined'],
		['a symbol', Symbol('no form'), 'Symbol(no form)'],
	])('gives the words of %s', (_, thrown, words) => {
		expect(messageOf(thrown)).toBe(words);
	});

	it.each<[string, unknown]>([
		['an object without a prototype', Object.create(null)],
		['a Proxy that throws', hostile],
		[
			'an object whose toString throws',
			{
				toString() {
					throw new Error('again');
				},
			},
		],
		[
			'an error whose message throws',
			Object.defineProperty(new Error(), 'message', {
				get() {
					throw new Error('again');
				},
			}),
		],
		[
			'an error whose message has no text',
			Object.assign(new Error(), { message: Object.create(null) as string }),
		],
	])('never throws: %s has no words', (_, thrown) => {
		expect(messageOf(thrown)).toBe('an error without a message');
	});
});

describe('show', () => {
	it.each<[string, unknown]>([
		['an object without a prototype', Object.create(null)],
		['a Proxy that throws', hostile],
		[
			'an object whose toJSON throws',
			{
				toJSON() {
					throw Object.create(null);
				},
			},
		],
	])('never throws: %s', (_, value) => {
		expect(() => show(value)).not.toThrow();
	});
});

describe('withoutTrailing', () => {
	it.each([
		['Done. . .', 'Done'],
		['...', ''],
		['', ''],
		['a.b', 'a.b'],
		['No\u2028.\u00a0', 'No'],
	])('%j becomes %j', (text, rest) => {
		expect(withoutTrailing(text, /[.\s]/)).toBe(rest);
	});
});

it('the beginning of a text does not keep all of it in memory', () => {
	const collect = garbageCollection();
	collect();
	const before = process.memoryUsage().heapUsed;
	const beginnings = Array.from({ length: 500 }, (_, index) =>
		excerpt(`${String(index)} `.repeat(20_000), 200),
	);
	collect();
	const kept = process.memoryUsage().heapUsed - before;
	expect(beginnings).toHaveLength(500);
	// all of them are 30 MB and more
	expect(kept).toBeLessThan(5_000_000);
});

/** Collects garbage now; a flag at start would collect for all tests. */
function garbageCollection(): () => void {
	setFlagsFromString('--expose-gc');
	return runInNewContext('gc') as () => void;
}
