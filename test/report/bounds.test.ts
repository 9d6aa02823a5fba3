import type { Reply } from '../../transport/model/answer';
import type { Outcome } from '../../transport/model/outcome';
import { withinBounds } from '../../transport/report/bounds';
import { tellEnding, tellInvalid } from '../../transport/report/words';

const provider = { displayName: 'Provider', deduplicates: true };

const accepted = (body: string, words: { verdict?: string; reason?: string } = {}): Outcome => {
	const reply: Reply = { kind: 'reply', status: 200, headers: {}, body, truncated: false };
	return withinBounds(
		tellEnding(
			{
				kind: 'accepted',
				outcome: 'delivered',
				verdict: { kind: 'delivered', ...words },
				reply,
				attempts: 1,
				mayCountTwice: false,
			},
			provider,
		),
	);
};

/** What is kept of an answer in the outcome of a delivered event. */
const keptOf = (outcome: Outcome) => ('response' in outcome ? outcome.response : undefined);

describe('of a reply an output item keeps at most 2,000 characters', () => {
	it.each([
		['text', 'x'.repeat(65_536)],
		['JSON', JSON.stringify({ status: 'ok', note: 'x'.repeat(65_511) })],
	])('with a mark that it was cut: %s', (_, body) => {
		const kept = keptOf(accepted(body));
		expect(kept).toEqual(expect.stringMatching(/… \(cut, 65,536 characters\)$/));
		expect(String(kept).slice(0, 1_900)).toBe(body.slice(0, 1_900));
		expect(String(kept).length).toBeLessThanOrEqual(2_000);
	});

	it('and all of one of 2,000', () => {
		const text = 'x'.repeat(2_000);
		expect(keptOf(accepted(text))).toBe(text);
		const json = JSON.stringify({ note: 'x'.repeat(1_989) });
		expect(json).toHaveLength(2_000);
		expect(keptOf(accepted(json))).toEqual({ note: 'x'.repeat(1_989) });
	});

	it("with the provider's own words, which are cut as well", () => {
		const long = 'x'.repeat(60_000);
		const outcome = accepted(JSON.stringify({ long }), { verdict: long, reason: long });
		expect(JSON.stringify(outcome).length).toBeLessThan(2_200);
	});

	it('in the reason of a refusal, which still says what to do', () => {
		const reason = `refused it: ${'x'.repeat(60_000)}`;
		const outcome = withinBounds(
			tellEnding(
				{
					kind: 'notAccepted',
					outcome: 'rejected',
					verdict: { kind: 'rejected', reason },
					httpStatus: 400,
					attempts: 1,
					tries: 1,
					wasCutShort: false,
				},
				provider,
			),
		);
		expect(outcome.reason?.length).toBeLessThanOrEqual(600);
		expect(outcome.reason).toMatch(/^Provider refused it: x+… \(cut, 60,\d{3} characters\) x/);
		expect(outcome.reason).toMatch(
			/ Correct the event: sent again unchanged, it would be refused again\.$/,
		);
	});
});

it('the rules and names of an invalid event are cut', () => {
	const long = 'n'.repeat(60_000);
	const fields = Array.from({ length: 100 }, () => ({ field: long, rule: long, sentence: long }));
	const outcome = withinBounds(tellInvalid(fields));
	expect(JSON.stringify({ ...outcome, fields: undefined }).length).toBeLessThan(2_100);
	const told = 'fields' in outcome ? (outcome.fields ?? []) : [];
	expect(told).toHaveLength(50);
	expect(told[0]?.field).toBe(`${'n'.repeat(80)}…`);
	expect(told[0]?.rule).toBe(`${'n'.repeat(500)}…`);
});

it('what is short stays as it is', () => {
	const outcome: Outcome = {
		outcome: 'rejected',
		reason: 'Provider answered 400: 🦄.',
		httpStatus: 400,
		attempts: 1,
	};
	expect(withinBounds(outcome)).toEqual(outcome);
});
