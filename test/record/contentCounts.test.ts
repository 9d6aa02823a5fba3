import { hash } from 'node:crypto';

import fc from 'fast-check';

import { ContentCounts, fileNumberingOf } from '../../transport/record/contentCounts';

const digestOf = (content: unknown) => hash('sha256', String(content)).slice(0, 32);

test('each content is counted by itself, in whatever order they come', () => {
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 200 }), (contents) => {
			const counts = new ContentCounts();
			const seen = new Map<number, number>();
			for (const content of contents) {
				const times = (seen.get(content) ?? 0) + 1;
				seen.set(content, times);
				expect(counts.add(digestOf(content))).toBe(times);
				expect(counts.of(digestOf(content))).toBe(times);
			}
		}),
	);
});

test('among many none is taken for another, and one takes up to 50 bytes', () => {
	const counts = new ContentCounts();
	const before = process.memoryUsage().arrayBuffers;
	const most = 200_000;
	for (let content = 0; content < most; content++) {
		if (counts.add(digestOf(content)) !== 1) throw new Error(`${content} is new`);
	}
	expect((process.memoryUsage().arrayBuffers - before) / most).toBeLessThan(50);
	for (let content = 0; content < most; content += 997) {
		expect(counts.add(digestOf(content))).toBe(2);
	}
});

test('a digest of zeros is one like all others', () => {
	const counts = new ContentCounts();
	const zeros = '0'.repeat(32);
	expect([counts.of(zeros), counts.add(zeros), counts.add(zeros)]).toEqual([0, 1, 2]);
});

describe('equal rows of files are numbered', () => {
	const [a, b] = [digestOf('a'), digestOf('b')];

	test('within a run of the node, and on through the rounds of a loop', () => {
		const execution = {};
		const first = fileNumberingOf(execution, 0);
		expect([first(a), first(b), first(a)]).toEqual([1, 1, 2]);
		const second = fileNumberingOf(execution, 1);
		expect([second(a), second(b), second(a)]).toEqual([3, 2, 4]);
	});

	test('anew by a further try of the same run, and in another execution', () => {
		const execution = {};
		const first = fileNumberingOf(execution, 0);
		expect([first(a), first(a)]).toEqual([1, 2]);
		const again = fileNumberingOf(execution, 0);
		expect([again(a), again(a)]).toEqual([1, 2]);
		expect(fileNumberingOf({}, 0)(a)).toBe(1);
	});
});
