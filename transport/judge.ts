import type { NoReply, Reply } from './http';
import { isPlainObject } from './json';
import type { Verdict } from './provider';
import { excerpt } from './show';

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

/** RFC 9110: what every server sends today. Date.parse alone would make a date of almost anything. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * Milliseconds that `Retry-After` asks to wait, in either of its forms: seconds or an HTTP date.
 * `undefined` where there is none or it cannot be read.
 */
export function retryAfter({ headers }: Reply, now = Date.now()): number | undefined {
	const given = headers['retry-after'];
	const value = (Array.isArray(given) ? given[0] : given)?.trim();
	if (value === undefined || value === '') return undefined;
	if (/^\d+$/.test(value)) return Number(value) * 1000;
	const date = HTTP_DATE.test(value) ? Date.parse(value) : NaN;
	return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** What is nested deeper is no answer to read, and would be too deep for whoever stores it. */
const DEEPEST_NESTING = 32;

/** A reply's body: parsed where it is JSON, else its text, `undefined` where it is empty. */
export function parseBody({ body }: Reply): unknown {
	if (body.trim() === '') return undefined;
	if (nestsDeeper(body, DEEPEST_NESTING)) return body;
	try {
		return JSON.parse(body) as unknown;
	} catch {
		// not JSON is no error: replies may be any text
		return body;
	}
}

/** The body's members where it is a JSON object, else none. */
export function parseMembers(reply: Reply): Readonly<Record<string, unknown>> {
	const body = parseBody(reply);
	return isPlainObject(body) ? body : {};
}

/** Of a provider that says in the body what became of the event: half a body says nothing. */
export function judgeBrokenOff(reply: Reply): Verdict {
	return { kind: 'unclear', reason: `${describeReply(reply)} (its answer broke off)` };
}

function nestsDeeper(json: string, most: number): boolean {
	let depth = 0;
	for (const sign of json) {
		if (sign === '[' || sign === '{') depth++;
		if (sign === ']' || sign === '}') depth--;
		if (depth > most) return true;
	}
	return false;
}
