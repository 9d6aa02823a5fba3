import fc from 'fast-check';

import { ExactSum } from '../../transport/text/exactSum';

const sumOf = (...amounts: readonly string[]): string => {
	const sum = new ExactSum();
	for (const amount of amounts) sum.add(amount);
	return String(sum);
};

it.each([
	[[], '0'],
	[['1.98'], '1.98'],
	[['0.1', '0.2'], '0.3'],
	[['.5', '7.'], '7.5'],
	[['1.50', '1.5'], '3.00'],
	[['-0.3', '0.1'], '-0.2'],
	[['9007199254740993', '0.0000000000000001'], '9007199254740993.0000000000000001'],
])('the sum of %j is exactly %s', (amounts, sum) => {
	expect(sumOf(...amounts)).toBe(sum);
});

it('the sum is that of the smallest units, however large', () => {
	const anyCents = fc.array(fc.bigInt({ min: 0n, max: 10n ** 30n }));
	fc.assert(
		fc.property(anyCents, (cents) => {
			const amounts = cents.map((all) => `${all / 100n}.${String(all % 100n).padStart(2, '0')}`);
			const sum = cents.reduce((one, other) => one + other, 0n);
			expect(BigInt(sumOf('0.00', ...amounts).replace('.', ''))).toBe(sum);
		}),
	);
});
