import { conclude } from '../../transport/delivery/conclude';
import { judgeStatus } from '../../transport/judging/status';
import type { NotAccepted } from '../../transport/model/ending';
import type { Refusal } from '../../transport/model/verdict';
import {
	tellEnding,
	tellHalt,
	tellHeld,
	tellInvalid,
	tellRefusal,
	type Speaker,
} from '../../transport/report/words';

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
		'Provider answered 4xx. Set Requests per Second in the options to what the account may send, or run it again later.',
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

it.each(['rejected', 'broken', 'unauthorized', 'throttled', 'notTaken'] as const)(
	'after an unclear try %s leaves the event unknown, whatever it advises',
	(kind) => {
		const verdict: Refusal = { kind, reason: 'said no', advice: 'Do this.' };
		expect(tellEnding(ending(verdict, true, 2), provider)).toEqual({
			outcome: 'unknown',
			reason:
				'Provider said no (2 tries). An earlier try was unclear. It may have been accepted. Check with Provider before you send it again.',
			attempts: 2,
		});
	},
);

it('an event that another execution has tells where to look, and when to try again if that one is over', () => {
	const held = { kind: 'busy', execution: '17' } as const;
	expect(tellHeld(held, provider)).toEqual({
		outcome: 'unknown',
		reason:
			'Not sent by this execution: execution 17 has the event, and has not ended it yet. See there what became of it. If that execution is over, run this one again in a minute: what was delivered is not sent twice.',
		attempts: 0,
	});
});

it('after an unclear try another one leaves it unknown too', () => {
	const { reason } = tellEnding(ending({ kind: 'unclear', reason: 'said no' }, true, 2), provider);
	expect(reason).toBe(
		'Provider said no (2 tries). It may have been accepted. Check with Provider before you send it again.',
	);
});

it('a half of an unclear batch that was not sent says what is known of it', () => {
	expect(
		tellEnding(
			{ kind: 'notSent', outcome: 'unknown', halt: { kind: 'stopped' }, attempts: 2 },
			provider,
		),
	).toEqual({
		outcome: 'unknown',
		reason:
			'Refused together with a broken event, and not tried without it. Not sent: the execution was stopped. An earlier try was unclear. It may have been accepted. Check with Provider before you send it again.',
		attempts: 2,
	});
});

it('a refused credential that was accepted for others is told to be about the event', () => {
	const verdict: Refusal = { kind: 'broken', reason: 'answered 403', isByStatusAlone: true };
	expect(tellEnding(ending(verdict), provider)).toEqual({
		outcome: 'rejected',
		reason:
			'Provider answered 403. The credential was accepted for other events of this run, so it is this event that is refused: look for what is special about it, or ask Provider.',
		attempts: 1,
	});
});

it('what is not sent to a part of the provider names it', () => {
	const verdict: Refusal = { kind: 'unauthorized', reason: 'answered 403' };
	expect(
		tellHalt({ kind: 'refusal', verdict, part: 'app 7' }, 'unauthorized', provider).reason,
	).toBe('Not sent: Provider answered 403, to an earlier event of app 7. Check the credential.');
});

it('what is not sent for rate says for how long everything was refused, and what to do', () => {
	const halt = {
		kind: 'throttled',
		ms: 120_400,
		reason: 'answered 429',
		httpStatus: 429,
	} as const;
	expect(tellHalt(halt, 'throttled', provider)).toEqual({
		outcome: 'throttled',
		reason:
			'Not sent: Provider has refused everything for rate for 120 s (it answered 429). Set Requests per Second in the options to what the account may send, or run it again later.',
		attempts: 0,
	});
});

it('what is not sent since all was answered 503 says that the provider is down or overloaded, and nothing of a rate', () => {
	const halt = {
		kind: 'throttled',
		ms: 34_200,
		reason: 'answered 503: Service Unavailable',
		httpStatus: 503,
	} as const;
	expect(tellHalt(halt, 'throttled', provider)).toEqual({
		outcome: 'throttled',
		reason:
			'Not sent: Provider has taken nothing for 34 s (it answered 503: Service Unavailable): it is down or overloaded. Run it again later.',
		attempts: 0,
	});
});

it.each([
	['an error', new Error('no such column'), 'no such column'],
	['an object of which no text can be made', Object.create(null), 'an error without a message'],
	['a text', 'boom', 'boom'],
])('%s that is thrown is told', (_, thrown, said) => {
	expect(tellRefusal(thrown)).toEqual({
		outcome: 'failed',
		reason: `Not sent: ${said}`,
		attempts: 0,
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

describe('a reason of 60,000 spaces or dots', () => {
	it.each([
		['spaces', ' '.repeat(60_000)],
		['dots', '.'.repeat(60_000)],
		['both', ' .'.repeat(30_000)],
		['line ends', '\n'.repeat(60_000)],
	])('is told within 20 ms: %s', (_, many) => {
		const reason = `said${many}no${many}`;
		// a test beside this one may take the processor for longer
		const tries = Array.from({ length: 5 }, () => {
			const start = performance.now();
			tellEnding(ending({ kind: 'rejected', reason }), provider);
			tellHalt({ kind: 'refusal', verdict: { kind: 'throttled', reason } }, 'throttled', provider);
			tellInvalid([{ field: 'a', rule: reason, sentence: reason }]);
			return performance.now() - start;
		});
		expect(Math.min(...tries)).toBeLessThan(20);
	});

	it('ends in one stop', () => {
		const reason = `said no${' .'.repeat(30_000)}`;
		expect(tellInvalid([{ field: 'a', rule: reason, sentence: reason }]).reason).toBe('said no.');
	});
});

it('a wait that is longer than a run waits is told, also of what was not sent for it', () => {
	const verdict: Refusal = { kind: 'throttled', reason: 'answered 429', waitMs: 3_600_000 };
	expect(tellEnding(ending(verdict), provider).reason).toBe(
		'Provider answered 429. It asked to wait 3600 s, longer than a run waits. Set Requests per Second in the options to what the account may send, or run it again later.',
	);
	expect(tellHalt({ kind: 'refusal', verdict }, 'throttled', provider).reason).toBe(
		'Not sent: Provider answered 429, to an earlier event. It asked to wait 3600 s, longer than a run waits. Run it again later.',
	);
});

it('what a provider has answered and not taken is not said to be out of reach', () => {
	const answered = { ...ending({ kind: 'notTaken', reason: 'refused it: busy' }), httpStatus: 200 };
	expect(tellEnding(answered, provider).reason).toBe(
		'Provider refused it: busy. It was not accepted: run it again later.',
	);
});
