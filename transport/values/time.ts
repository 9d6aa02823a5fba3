import type { ZodType } from '../vendor/zod';
import { asInstant, isIsoTime, isLuxon, isWithoutZone } from './readTime';
import { rule } from './rule';

/** Numbers outside these years are no unix time: a spreadsheet's day 45000, a year, microseconds. */
const YEAR_2000 = Date.UTC(2000);
const YEAR_2100 = Date.UTC(2100);
/** Times outside these are no times of events in any zone: what some systems write for none. */
const YEAR_1990 = Date.UTC(1990);
const YEAR_2110 = Date.UTC(2110);

/**
 * A moment, as ISO 8601 text. Accepts ISO 8601 text, extended or basic (a date with a time is
 * passed on as it is), the same with a space, as databases write it, `Date`, Luxon `DateTime`,
 * unix seconds and unix milliseconds.
 */
export function isoTime(): ZodType<string> {
	return rule('a time: ISO 8601 text, e.g. 2026-01-31T12:00:00Z, or unix seconds', (given) => {
		const instant = asModernInstant(given);
		if (instant === undefined) return undefined;
		const isAlreadyIso = typeof given === 'string' && isIsoTime(given);
		return isAlreadyIso ? given.trim() : new Date(instant).toISOString();
	});
}

/**
 * The same as `YYYY-MM-DD hh:mm:ss` in a time zone. What has no zone of its own is taken to be in
 * that zone already.
 *
 * @param zone an IANA name, e.g. `Europe/Berlin`
 * @throws {RangeError} where there is no such zone
 */
export function zonedTime(zone: string): ZodType<string> {
	const format = new Intl.DateTimeFormat('en-US', {
		timeZone: zone,
		hourCycle: 'h23',
		year: 'numeric',
		month: '2-digit',
		day: '2-digit',
		hour: '2-digit',
		minute: '2-digit',
		second: '2-digit',
	});
	const accepted = 'a time: YYYY-MM-DD hh:mm:ss, ISO 8601 text, a date or unix seconds';
	return rule(accepted, (given) => {
		const instant = asModernInstant(given);
		if (instant === undefined || instant < YEAR_1990 || instant >= YEAR_2110) return undefined;
		if (typeof given === 'string' && isWithoutZone(given)) {
			// read as UTC above, so that its digits come back
			return new Date(instant).toISOString().slice(0, 19).replace('T', ' ');
		}
		const part = Object.fromEntries(
			format.formatToParts(instant).map(({ type, value }) => [type, value]),
		) as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', string>;
		return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}:${part.second}`;
	});
}

/** The same in whole unix milliseconds, within the years 2000 to 2099. */
export function unixMilliseconds(): ZodType<number> {
	return rule('a time: unix milliseconds or seconds, or ISO 8601 text', asInstantOfCentury);
}

/** The same in whole unix seconds, within the years 2000 to 2099. */
export function unixSeconds(): ZodType<number> {
	return rule('a time: unix seconds or milliseconds, or ISO 8601 text', (given) => {
		const instant = asInstantOfCentury(given);
		return instant === undefined ? undefined : Math.floor(instant / 1000);
	});
}

/** The same in whole unix seconds, up to 2^32 - 1. */
export function unixTime(): ZodType<number> {
	return rule(
		'a time from 1970 to 2106: unix seconds, e.g. 1769860800, or ISO 8601 text',
		(given) => {
			const instant = asInstant(given);
			const seconds = instant === undefined ? NaN : Math.floor(instant / 1000);
			return seconds >= 0 && seconds <= 0xffffffff ? seconds : undefined;
		},
	);
}

/** A moment, where numbers have to be of this century. */
function asModernInstant(given: unknown): number | undefined {
	const instant = asInstant(given);
	if (instant === undefined) return undefined;
	const isNumber = !Number.isNaN(Number(given)) && !(given instanceof Date) && !isLuxon(given);
	return isNumber && !isModern(instant) ? undefined : instant;
}

/** The same, in whatever form it is given. */
function asInstantOfCentury(given: unknown): number | undefined {
	const instant = asInstant(given);
	return instant !== undefined && isModern(instant) ? instant : undefined;
}

function isModern(instant: number): boolean {
	return instant >= YEAR_2000 && instant < YEAR_2100;
}
