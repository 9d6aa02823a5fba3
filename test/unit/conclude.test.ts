import { conclude } from '../../transport/conclude';
import { judgeStatus } from '../../transport/judge';

const provider = { displayName: 'Provider', repeatIsHarmless: false };

it.each([
	[
		'rejected',
		'rejected',
		'Provider answered 4xx. Correct the event: sent again unchanged, it would be refused again.',
	],
	[
		'broken',
		'rejected',
		'Provider answered 4xx. Correct the event: sent again unchanged, it would be refused again.',
	],
	['unauthorized', 'unauthorized', 'Provider answered 4xx. Check the credential.'],
	[
		'throttled',
		'throttled',
		'Provider answered 4xx. Set a lower Requests per Second in the options, or run it again later.',
	],
	[
		'notTaken',
		'failed',
		'Provider answered 4xx. It was not accepted: run it again when the provider can be reached.',
	],
	[
		'unclear',
		'unknown',
		'Provider answered 4xx. It may have been accepted. Check with Provider before you send it again.',
	],
] as const)('%s ends as %s, in a sentence that says what to do', (kind, outcome, reason) => {
	expect(conclude({ kind, reason: 'answered 4xx' }, false, 1, provider)).toEqual({
		outcome,
		reason,
	});
});

it.each(['rejected', 'unauthorized', 'throttled', 'notTaken', 'unclear'] as const)(
	'after an unclear try %s leaves the event unknown',
	(kind) => {
		expect(conclude({ kind, reason: 'said no' }, true, 2, provider)).toEqual({
			outcome: 'unknown',
			reason:
				'Provider said no (2 tries). It may have been accepted. Check with Provider before you send it again.',
		});
	},
);

it('what an event holds is refused however often it is sent: broken makes an unclear try certain', () => {
	expect(conclude({ kind: 'broken', reason: 'said no' }, true, 2, provider)).toEqual({
		outcome: 'rejected',
		reason:
			'Provider said no (2 tries). Correct the event: sent again unchanged, it would be refused again.',
	});
});

it('says that a repeat is safe where the provider removes duplicates', () => {
	const harmless = { displayName: 'Provider', repeatIsHarmless: true };
	expect(conclude({ kind: 'unclear', reason: 'said no' }, true, 4, harmless).reason).toBe(
		'Provider said no (4 tries). It may have been accepted. Sending it again is safe: Provider removes duplicates.',
	);
});

it.each([
	[1, 'Provider said no. '],
	[2, 'Provider said no (2 tries). '],
])('counts the tries when there was more than one: %d', (attempts, start) => {
	const { reason } = conclude({ kind: 'throttled', reason: 'said no' }, false, attempts, provider);
	expect(reason?.startsWith(start)).toBe(true);
});

it('a redirect is told in whole sentences', () => {
	const verdict = judgeStatus({ status: 301, headers: {}, body: '', truncated: false });
	const { reason } = verdict.kind === 'delivered' ? {} : conclude(verdict, false, 1, provider);
	expect(reason).toContain('Base URL');
	expect(reason).not.toContain('..');
});
