import fc from 'fast-check';

import { DecimalSum } from '../../transport/values/decimalSum';

const sumOf = (...digits: string[]) => {
	const sum = new DecimalSum();
	for (const one of digits) sum.add(one);
	return String(sum);
};

test.each([
	[['1200.00'], '1200.00'],
	[['0.1', '0.2'], '0.3'],
	[['9007199254740993', '0.01'], '9007199254740993.01'],
	[['1', '-1.5'], '-0.5'],
	[['0.001', '-0.001'], '0.000'],
	[[], '0'],
])('%j adds up to %s', (digits, sum) => {
	expect(sumOf(...digits)).toBe(sum);
});

test('a sum is exact, with as many places as the longest had', () => {
	const amount = fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.integer({ min: 0, max: 9 }));
	fc.assert(
		fc.property(fc.array(amount, { minLength: 1, maxLength: 20 }), (amounts) => {
			const digits = amounts.map(([whole, places]) =>
				places === 0 ? `${whole}` : `${whole}.${String(places).repeat(places)}`,
			);
			const scaled = digits.map((text) => {
				const [whole = '', fraction = ''] = text.split('.');
				return BigInt(whole + fraction.padEnd(9, '0'));
			});
			const expected = scaled.reduce((sum, one) => sum + one, 0n);
			const [whole = '', fraction = ''] = sumOf(...digits).split('.');
			expect(BigInt(whole + fraction.padEnd(9, '0'))).toBe(expected);
			expect(fraction).toHaveLength(Math.max(...amounts.map(([, places]) => places)));
		}),
	);
});
