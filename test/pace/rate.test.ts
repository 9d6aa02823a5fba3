import fc from 'fast-check';

import { FoundRate } from '../../transport/pace/rate';

/** A rate after so many good replies, evenly within the second before `now`. */
function rateAfter(replies: number, now = 10_000): FoundRate {
	const rate = new FoundRate();
	for (let index = 0; index < replies; index++) rate.good(now - 899 + (index * 898) / replies);
	return rate;
}

it('is unbounded until a request is refused for rate', () => {
	const rate = rateAfter(1_000);
	expect([0, 10_000, 1e9].map((now) => rate.perSecond(now))).toEqual([
		Infinity,
		Infinity,
		Infinity,
	]);
});

it.each([1, 7, 100, 5_000])('is then what was taken in the last second: %d', (replies) => {
	const rate = rateAfter(replies);
	rate.cut(10_000);
	expect(rate.perSecond(10_000)).toBe(replies);
});

it('does not count what was taken before that', () => {
	const rate = rateAfter(500, 8_000);
	for (let index = 0; index < 30; index++) rate.good(9_500);
	rate.cut(10_000);
	expect(rate.perSecond(10_000)).toBe(30);
});

it('is one at the least', () => {
	const rate = new FoundRate();
	rate.cut(10_000);
	expect(rate.perSecond(10_000)).toBe(1);
});

it('doubles every 0.7 s after the first refusal, which may have come too soon', () => {
	const rate = rateAfter(100);
	rate.cut(10_000);
	expect([700, 1_400, 2_100].map((age) => Math.round(rate.perSecond(10_000 + age)))).toEqual([
		200, 400, 800,
	]);
});

it('rises only from when a request was taken again', () => {
	const rate = rateAfter(100);
	rate.cut(10_000);
	rate.resume(15_000);
	expect([0, 700].map((age) => Math.round(rate.perSecond(15_000 + age)))).toEqual([100, 200]);
	rate.cut(16_000);
	rate.resume(20_000);
	expect(rate.perSecond(20_000)).toBeLessThan(rate.perSecond(21_999));
});

describe('after the second refusal', () => {
	const rate = rateAfter(100);
	rate.cut(10_000);
	for (let index = 0; index < 100; index++) rate.good(11_000);
	rate.cut(11_000);

	it.each([
		[0, 90],
		[1_000, 95],
		[2_000, 100],
		[6_000, 200],
		[10_000, 1_600],
	])('comes back to what was taken, and goes beyond: after %d ms it is %d', (age, perSecond) => {
		expect(rate.perSecond(11_000 + age)).toBeCloseTo(perSecond);
	});

	it('never falls by itself', () => {
		fc.assert(
			fc.property(fc.nat(60_000), fc.nat(10_000), (age, later) => {
				expect(rate.perSecond(11_000 + age + later)).toBeGreaterThanOrEqual(
					rate.perSecond(11_000 + age),
				);
			}),
		);
	});
});

it('is no more after a refusal than before it, and never less than one', () => {
	const steps = fc.array(
		fc.record({ ms: fc.nat(3_000), replies: fc.nat(200), isRefused: fc.boolean() }),
	);
	fc.assert(
		fc.property(steps, (taken) => {
			const rate = new FoundRate();
			let now = 0;
			for (const { ms, replies, isRefused } of taken) {
				now += ms;
				for (let index = 0; index < replies; index++) rate.good(now);
				const before = rate.perSecond(now);
				if (!isRefused) continue;
				rate.cut(now);
				expect(rate.perSecond(now)).toBeLessThanOrEqual(Math.max(1, before));
				expect(rate.perSecond(now)).toBeGreaterThanOrEqual(0.9);
			}
		}),
	);
});

it('two refusals on, it is what was taken between them: a burst that was saved up counts once', () => {
	const rate = new FoundRate();
	for (let index = 0; index < 20; index++) rate.good(1_000);
	rate.cut(1_000);
	// a second later 20 more are at hand, and 20 a second come
	rate.resume(2_000);
	for (let index = 0; index < 40; index++) rate.good(2_000 + index * 25);
	rate.cut(3_000);
	rate.resume(3_000);
	expect(rate.perSecond(5_000)).toBeCloseTo(20);
});

it('does not rise while nothing is asked for', () => {
	const rate = rateAfter(100);
	rate.cut(10_000);
	rate.resume(10_000);
	rate.skip(3_600_000, 3_610_700);
	expect(rate.perSecond(3_610_700)).toBeCloseTo(200);
	// never from a time that is still to come
	rate.skip(10_000, 3_611_000);
	expect(rate.perSecond(3_611_000)).toBeCloseTo(100);
});
