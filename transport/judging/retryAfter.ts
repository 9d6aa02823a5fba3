import type { Reply } from '../model/answer';

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
