import type { NoReply, Reply } from '../model/answer';
import type { Verdict } from '../model/verdict';
import { excerpt } from '../text/show';

const EXCERPT_CHARACTERS = 200;

/**
 * What a status means by itself, for providers that say no more: 2xx is delivered, 401 and 403
 * are the credential, 429 and 408 were certainly not taken, a 5xx leaves it unclear, everything
 * else is refused for good.
 */
export function judgeStatus(reply: Reply): Verdict {
	const { status } = reply;
	if (status >= 200 && status < 300) return { kind: 'delivered' };
	const reason = describeReply(reply);
	if (status < 400) {
		return {
			kind: 'rejected',
			reason: `answered ${status}, a redirect, which is not followed since the request carries a secret`,
			advice: 'Check the Base URL.',
		};
	}
	if (status === 401 || status === 403) return { kind: 'unauthorized', reason };
	if (status === 429) return { kind: 'throttled', reason };
	if (status === 408) return { kind: 'notTaken', reason };
	if (status === 404 || status === 405) {
		return { kind: 'rejected', reason, advice: 'Check the Base URL.' };
	}
	return { kind: status >= 500 ? 'unclear' : 'rejected', reason };
}

/** Without an answer: nothing sent is certainly not accepted, everything else is unclear. */
export function judgeNoReply({ sent, reason }: NoReply): Verdict {
	return { kind: sent ? 'unclear' : 'notTaken', reason };
}

/** `answered 400: <the first 200 characters>`. */
export function describeReply({ status, body }: Reply): string {
	const text = excerpt(body.trim(), EXCERPT_CHARACTERS);
	return text === '' ? `answered ${status}` : `answered ${status}: ${text}`;
}

/** Of a provider that says in the body what became of the event: half a body says nothing. */
export function judgeBrokenOff(reply: Reply): Verdict {
	return { kind: 'unclear', reason: `${describeReply(reply)} (its answer broke off)` };
}
