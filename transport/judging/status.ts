import type { NoReply, Reply } from '../model/answer';
import type { Refusal, Verdict } from '../model/verdict';
import { excerpt } from '../text/show';

const EXCERPT_CHARACTERS = 200;

/**
 * Redirects that say of this very request that it is served elsewhere, and so was not here (RFC 9110,
 * 15.4). A 303 shows the result of what was done, and the others say nothing of it.
 */
const SERVED_ELSEWHERE: ReadonlySet<number> = new Set([301, 302, 307, 308]);

/**
 * What a status means by itself, for providers that say no more: 2xx is delivered, 401 and 403
 * are the credential or, among accepted events, the event; 429 and 408 were certainly not taken; a
 * 5xx leaves it unclear, and so does a 303; everything else is refused for good.
 */
export function judgeStatus(reply: Reply): Verdict {
	const { status } = reply;
	if (status >= 200 && status < 300) return { kind: 'delivered' };
	const reason = describeReply(reply);
	if (status < 400) {
		const redirect = `answered ${status}, a redirect, which is never followed`;
		return SERVED_ELSEWHERE.has(status)
			? { kind: 'rejected', reason: redirect, advice: 'Check the Base URL.' }
			: { kind: 'unclear', reason: redirect };
	}
	if (status === 401 || status === 403) {
		return { kind: 'unauthorized', reason, isByStatusAlone: true };
	}
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

/**
 * Of a provider that says in the body what became of the event: what cannot be read leaves that open.
 *
 * @param displayName the provider's name as people know it
 */
export function judgeUnreadable(reply: Reply, displayName: string): Refusal {
	const isEmpty = reply.body.trim() === '';
	return {
		kind: 'unclear',
		reason: isEmpty ? `answered ${reply.status} with an empty body` : describeReply(reply),
		advice: `${displayName} does not answer like this: check the Base URL, and with ${displayName} whether the event arrived.`,
	};
}

/** Of the same: half a body says nothing. */
export function judgeBrokenOff(reply: Reply): Refusal {
	return { kind: 'unclear', reason: `${describeReply(reply)} (its answer broke off)` };
}
