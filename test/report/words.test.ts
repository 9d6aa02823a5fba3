import { conclude } from '../../transport/delivery/conclude';
import { judgeStatus } from '../../transport/judging/status';
import type { NotAccepted } from '../../transport/model/ending';
import type { Refusal } from '../../transport/model/verdict';
import { tellEnding, tellHalt, type Speaker } from '../../transport/report/words';

const provider: Speaker = { displayName: 'Provider', deduplicates: false };

/** The end of an event after its last try. */
const ending = (verdict: Refusal, mayBeAccepted = false, tries = 1): NotAccepted => ({
	kind: 'notAccepted',
	outcome: conclude(verdict, mayBeAccepted),
	verdict,
	attempts: tries,
	tries,
	wasCutShort: false,
});

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
	expect(tellEnding(ending({ kind, reason: 'answered 4xx' }), provider)).toEqual({
		outcome,
		reason,
		attempts: 1,
	});
});

it.each(['rejected', 'unauthorized', 'throttled', 'notTaken', 'unclear'] as const)(
	'after an unclear try %s leaves the event unknown',
	(kind) => {
		expect(tellEnding(ending({ kind, reason: 'said no' }, true, 2), provider)).toEqual({
			outcome: 'unknown',
			reason:
				'Provider said no (2 tries). It may have been accepted. Check with Provider before you send it again.',
			attempts: 2,
		});
	},
);

it('what an event holds is refused however often it is sent: broken makes an unclear try certain', () => {
	expect(tellEnding(ending({ kind: 'broken', reason: 'said no' }, true, 2), provider)).toEqual({
		outcome: 'rejected',
		reason:
			'Provider said no (2 tries). Correct the event: sent again unchanged, it would be refused again.',
		attempts: 2,
	});
});

it('asks for a repeat where the provider can deduplicate, and claims no more', () => {
	const harmless = { displayName: 'Provider', deduplicates: true };
	expect(tellEnding(ending({ kind: 'unclear', reason: 'said no' }, true, 4), harmless).reason).toBe(
		'Provider said no (4 tries). It may have been accepted. Send it again unchanged: Provider can deduplicate events by their ID.',
	);
});

it.each([
	[1, 'Provider said no. '],
	[2, 'Provider said no (2 tries). '],
])('counts the tries when there was more than one: %d', (tries, start) => {
	const { reason } = tellEnding(
		ending({ kind: 'throttled', reason: 'said no' }, false, tries),
		provider,
	);
	expect(reason?.startsWith(start)).toBe(true);
});

const redirect = judgeStatus({
	kind: 'reply',
	status: 301,
	headers: {},
	body: '',
	truncated: false,
}) as Refusal;

it('a redirect is told in whole sentences', () => {
	const { reason } = tellEnding(ending(redirect), provider);
	expect(reason).toContain('Base URL');
	expect(reason).not.toContain('..');
});

it('what was cut short by the end of the run says so, and what is known of it', () => {
	const cutShort: NotAccepted = {
		...ending({ kind: 'throttled', reason: 'answered 429' }),
		outcome: 'cancelled',
		wasCutShort: true,
	};
	expect(tellEnding(cutShort, provider).reason).toBe(
		'Provider answered 429. It was not accepted. The run ended before the next try.',
	);
});

it('what an earlier answer has kept from being sent gets the advice of that answer, in whole sentences', () => {
	const verdict: Refusal = {
		kind: 'unauthorized',
		reason: 'refused it: bad key.',
		advice: 'Check the SDK Key.',
	};
	expect(tellHalt({ kind: 'refusal', verdict }, 'unauthorized', provider).reason).toBe(
		'Not sent: Provider refused it: bad key, to an earlier event. Check the SDK Key.',
	);
	expect(
		tellHalt(
			{ kind: 'refusal', verdict: { ...verdict, advice: undefined } },
			'unauthorized',
			provider,
		).reason,
	).toBe('Not sent: Provider refused it: bad key, to an earlier event. Check the credential.');
});
