import fc from 'fast-check';
import { readQuery } from '../../sandbox/providers/query';

it('reads what URLSearchParams writes', () => {
	const text = fc.string({ unit: 'grapheme' });
	fc.assert(
		fc.property(fc.uniqueArray(fc.tuple(text, text), { selector: ([name]) => name }), (pairs) => {
			const { parameters, problem } = readQuery(new URLSearchParams(pairs).toString());
			expect(problem).toBeUndefined();
			expect([...parameters]).toEqual(pairs);
		}),
	);
});

it('skips empty pieces', () => {
	expect([...readQuery('&a=1&&b=2&').parameters]).toEqual([
		['a', '1'],
		['b', '2'],
	]);
});

it('reads on after a problem, keeps the first problem and the first value', () => {
	const { parameters, problem } = readQuery('a=1&a=2&b=%ZZ&c=3');
	expect(problem).toBe('Parameter "a" is there more than once; it has to be there once.');
	expect(Object.fromEntries(parameters)).toEqual({ a: '1', c: '3' });
});
