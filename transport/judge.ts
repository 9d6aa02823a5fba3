import type { NoReply, Reply } from './http';
import type { Verdict } from './provider';

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
			reason: `answered ${status}, a redirect, which is not followed since the request carries a secret (is the Base URL right?)`,
		};
	}
	if (status === 401 || status === 403) return { kind: 'unauthorized', reason };
	if (status === 429) return { kind: 'throttled', reason };
	if (status === 408) return { kind: 'notTaken', reason };
	return { kind: status >= 500 ? 'unclear' : 'rejected', reason };
}

/** Without an answer: nothing sent is certainly not accepted, everything else is unclear. */
export function judgeNoReply({ sent, reason }: NoReply): Verdict {
	return { kind: sent ? 'unclear' : 'notTaken', reason };
}

/** `answered 400: <the first 200 characters>`. */
export function describeReply({ status, body }: Reply): string {
	const excerpt = body.trim().slice(0, EXCERPT_CHARACTERS);
	return excerpt === '' ? `answered ${status}` : `answered ${status}: ${excerpt}`;
}

/**
 * Milliseconds that `Retry-After` asks to wait, in either of its forms: seconds or an HTTP date.
 * `undefined` where there is none or it cannot be read.
 */
export function retryAfter({ headers }: Reply, now = Date.now()): number | undefined {
	const given = headers['retry-after'];
	const value = (Array.isArray(given) ? given[0] : given)?.trim();
	if (value === undefined || value === '') return undefined;
	const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
	return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

/** A reply's body: parsed where it is JSON, else its text, `undefined` where it is empty. */
export function parseBody({ body }: Reply): unknown {
	if (body.trim() === '') return undefined;
	try {
		return JSON.parse(body) as unknown;
	} catch {
		// not JSON is no error: replies may be any text
		return body;
	}
}
