import { isIP, isIPv4, isIPv6 } from 'node:net';

import { asObject, isPlainObject } from './json';
import { JsonNumber, type Scalar } from './provider';
import { NEVER, object, unknown, type ZodObject, type ZodType } from './vendor/zod';

/**
 * The kinds of value that providers share. Each is a schema that turns what people map into what
 * goes out, or says in one sentence what is accepted. Source: the shared decisions on amounts,
 * times, identifiers and enumerations in ARCHITECTURE.md.
 */

/** The result of reading a value: `undefined` where the rule is broken, `null` for nothing. */
type Read<T> = (given: unknown) => T | undefined | null;

/**
 * A schema from a rule in words and a function that reads by it.
 *
 * @param accepted what is accepted, e.g. `a decimal number of at least 0`
 */
export function rule<T>(accepted: string, read: Read<T>): ZodType<T> {
	return unknown().transform((given, context) => {
		if (given === undefined) {
			context.issues.push({ code: 'custom', message: 'is required', input: given });
			return NEVER;
		}
		const value = read(given);
		if (value === undefined) {
			const message = hasLostDigits(given)
				? 'must be text: as a number it has lost digits on its way here'
				: `must be ${accepted}`;
			context.issues.push({ code: 'custom', message, input: given });
			return NEVER;
		}
		return (value ?? undefined) as T;
	});
}

/** The schema of an operation's events: wire key to kind of value. Other keys are dropped. */
export function fields(shape: Readonly<Record<string, ZodType>>): ZodObject {
	return object(shape);
}

/** A schema whose events need at least one of these fields. */
export function needsOneOf(keys: readonly [string, ...string[]], schema: ZodType): ZodType {
	const [first, ...others] = keys;
	return across(schema, {
		fields: keys,
		holds: (event) => keys.some((key) => event[key] !== undefined),
		says: `is required, or ${others.length > 1 ? 'one of ' : ''}${others.join(', ')}`,
		of: first,
	});
}

/** A rule that several fields keep together. */
export interface CrossRule {
	/** The fields concerned. Where one of them has a problem already, the rule is not looked at. */
	readonly fields: readonly string[];
	readonly holds: (event: Readonly<Record<string, unknown>>) => boolean;
	/** What is accepted, as a sentence goes on after the field's name: `is required beside use_ip`. */
	readonly says: string;
	/** The field that the problem is put down to. */
	readonly of: string;
}

/** A schema whose events keep a rule across fields too. */
export function across(
	schema: ZodType,
	{ fields: concerned, holds, says, of }: CrossRule,
): ZodType {
	return schema.refine((event) => holds(event as Record<string, unknown>), {
		path: [of],
		message: says,
		// also beside other broken fields, so that all are named at once
		when: ({ issues }) => !issues.some(({ path }) => concerned.includes(String(path?.[0]))),
	});
}

/** How many characters a text has: from, to. */
type Length = readonly [least: number, most: number];

/** Text, sent as given. Numbers and booleans become text. */
export function text(length?: Length): ZodType<string> {
	return rule(`text${describe(length)}`, (given) => fitting(asText(given), length));
}

/** Text of ASCII characters that can be printed. */
export function asciiText(length: Length): ZodType<string> {
	return rule(`ASCII text${describe(length)}`, (given) => {
		const value = fitting(asText(given)?.trim(), length) ?? '';
		return /^[\x20-\x7e]+$/.test(value) ? value : undefined;
	});
}

/** Text that identifies something: white space around it is trimmed, and it is never blank. */
export function identifier(length?: Length): ZodType<string> {
	return rule(`text${describe(length) || ' that is not blank'}`, (given) => {
		const value = asText(given)?.trim();
		return value === '' ? undefined : fitting(value, length);
	});
}

function describe(length: Length | undefined): string {
	if (length === undefined) return '';
	const [least, most] = length;
	return ` of ${least === most ? most : `${least} to ${most}`} characters`;
}

function fitting(value: string | undefined, length: Length | undefined): string | undefined {
	if (value === undefined || length === undefined) return value;
	// characters as people count them, not halves of surrogate pairs
	const characters = Array.from(value).length;
	return characters >= length[0] && characters <= length[1] ? value : undefined;
}

/** A list of names and values: an object, its JSON, or n8n's list of pairs. Values become text. */
export function textMap(length?: Length): ZodType<Readonly<Record<string, string>>> {
	const accepted = `an object of names and values, each text${describe(length)}`;
	return rule(accepted, (given) => readMap(given, (part) => fitting(asText(part), length)));
}

/** The same, where numbers and booleans stay what they are. */
export function scalarMap(length: Length): ZodType<Readonly<Record<string, Scalar>>> {
	const accepted = `an object of names and values, each text, a number or true or false,${describe(length)}`;
	return rule(accepted, (given) =>
		readMap<Scalar>(given, (part) => {
			const asSent = fitting(asText(part), length);
			const stays = typeof part === 'number' || typeof part === 'boolean';
			return asSent !== undefined && stays ? part : asSent;
		}),
	);
}

/**
 * An object whose names are known, each with a rule of its own: an object, its JSON, or columns
 * of their own. Empty values are left out.
 */
export function members(
	shape: Readonly<Record<string, ZodType>>,
): ZodType<Readonly<Record<string, Scalar>>> {
	const schema = object(shape);
	return unknown().transform((given, context) => {
		const entries =
			given === undefined ? [] : asEntries(given)?.filter(([, value]) => !isEmpty(value));
		if (entries === undefined) {
			const message = `must be an object with the names ${Object.keys(shape).join(', ')}`;
			context.issues.push({ code: 'custom', message, input: given });
			return NEVER;
		}
		const unknownNames = entries
			.map(([name]) => String(name))
			.filter((name) => !Object.hasOwn(shape, name));
		for (const name of unknownNames) {
			const message = `is not known; the names are ${Object.keys(shape).join(', ')}`;
			context.issues.push({ code: 'custom', message, input: given, path: [name] });
		}
		const { error, data } = schema.safeParse(Object.fromEntries(entries));
		for (const { message, path } of error?.issues ?? []) {
			context.issues.push({ code: 'custom', message, input: given, path });
		}
		return context.issues.length > 0 ? NEVER : (data as Readonly<Record<string, Scalar>>);
	});
}

const isEmpty = (value: unknown) =>
	value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

/** The entries that are not empty, each part as `read` gives it; `null` where there are none. */
function readMap<T extends Scalar>(
	given: unknown,
	read: (part: unknown) => T | undefined,
): Readonly<Record<string, T>> | undefined | null {
	const entries = asEntries(given)?.filter(([, value]) => !isEmpty(value));
	if (entries === undefined) return undefined;
	if (entries.length === 0) return null;
	const pairs: [string, T][] = [];
	for (const [name, value] of entries) {
		const readName = read(name);
		const readValue = read(value);
		const isRepeated = pairs.some(([other]) => other === String(readName));
		if (isEmpty(readName) || readValue === undefined || isRepeated) return undefined;
		pairs.push([String(readName), readValue]);
	}
	// by entries, since __proto__ is a name like any other
	return Object.fromEntries(pairs);
}

function asEntries(given: unknown): [unknown, unknown][] | undefined {
	const map = asObject(given);
	if (map === undefined) return undefined;
	const { pair: pairs, ...others } = map;
	if (!Array.isArray(pairs) || Object.keys(others).length > 0) return Object.entries(map);
	return pairs.every((pair) => isPlainObject(pair) && 'name' in pair)
		? pairs.map(({ name, value }: Record<string, unknown>) => [name, value])
		: undefined;
}

/** A whole number within bounds, of a number or numeric text. */
export function wholeNumber(least: number, most: number): ZodType<number> {
	return rule(`a whole number from ${least} to ${most}`, (given) => {
		const decimal = asDecimal(given) ?? '';
		const number = Number(decimal);
		const isWhole = /^-?\d+(?:\.0*)?$/.test(decimal);
		return isWhole && number >= least && number <= most ? number : undefined;
	});
}

/** A valid IPv4 address. */
export function ipv4(): ZodType<string> {
	return rule('an IPv4 address, e.g. 203.0.113.7', (given) => {
		const value = asText(given)?.trim() ?? '';
		return isIPv4(value) ? value : undefined;
	});
}

/** A valid IPv6 address, without a zone. */
export function ipv6(): ZodType<string> {
	return rule('an IPv6 address, e.g. 2001:db8::7', (given) => {
		const value = asText(given)?.trim() ?? '';
		return isIPv6(value) && !value.includes('%') ? value : undefined;
	});
}

/** A valid IP address of either kind. */
export function ipAddress(): ZodType<string> {
	return rule('an IP address, e.g. 203.0.113.7 or 2001:db8::7', (given) => {
		const value = asText(given)?.trim() ?? '';
		return isIP(value) !== 0 && !value.includes('%') ? value : undefined;
	});
}

/** An ISO 3166-1 alpha-2 code: two letters, sent in capitals. */
export function country(): ZodType<string> {
	return rule('a country code of 2 letters, e.g. DE', (given) => {
		const value = asText(given)?.trim() ?? '';
		return /^[A-Za-z]{2}$/.test(value) ? value.toUpperCase() : undefined;
	});
}

/** Yes or no, in the forms that tables have: true and false, also as text, 1 and 0. */
export function flag(): ZodType<boolean> {
	return rule('true or false', (given) => {
		const value = asText(given)?.trim().toLowerCase() ?? '';
		if (value === 'true' || value === '1') return true;
		return value === 'false' || value === '0' ? false : undefined;
	});
}

/** An ISO 4217 code: three letters, sent in capitals. */
export function currency(): ZodType<string> {
	return rule('a currency code of 3 letters, e.g. USD', (given) => {
		const value = asText(given)?.trim() ?? '';
		return /^[A-Za-z]{3}$/.test(value) ? value.toUpperCase() : undefined;
	});
}

/** One of the documented values, matched without regard to case, sent as documented. */
export function oneOf(values: readonly string[]): ZodType<string> {
	return rule(values.join(' or '), (given) => {
		const wanted = asText(given)?.trim();
		if (wanted === undefined) return undefined;
		if (values.includes(wanted)) return wanted;
		const matches = values.filter((value) => value.toLowerCase() === wanted.toLowerCase());
		return matches.length === 1 ? matches[0] : undefined;
	});
}

const AMOUNT = 'a plain decimal number of at least 0, with a point, e.g. 1.98';

/**
 * An amount of money as decimal text: never in exponent form, never rounded, never with a
 * locale's comma. Decimal text passes digit for digit.
 */
export function amount(): ZodType<string> {
	return rule(AMOUNT, asAmount);
}

/** The same as a JSON number: the same digits, without leading zeros, which JSON does not know. */
export function jsonAmount(): ZodType<JsonNumber> {
	return rule(AMOUNT, (given) => {
		const digits = asAmount(given)?.replace(/^0+(?=\d)/, '');
		return digits === undefined ? undefined : new JsonNumber(digits);
	});
}

/**
 * An amount within bounds.
 *
 * @param least,most as decimal text, both included
 * @param decimals most digits after the point that count; by default any number of them
 * @param onMore what happens to further digits: by default the amount is invalid
 */
export function amountBetween(
	least: string,
	most: string,
	{
		decimals = Infinity,
		onMore = 'refuse',
	}: { decimals?: number; onMore?: 'refuse' | 'round' } = {},
): ZodType<string> {
	const precision = Number.isFinite(decimals) ? ` with at most ${decimals} decimals` : '';
	return rule(`a plain decimal number from ${least} to ${most}${precision}, e.g. 1.98`, (given) => {
		const digits = asAmount(given);
		if (digits === undefined) return undefined;
		const isLonger = fractionOf(digits).length > decimals;
		const value = isLonger && onMore === 'round' ? round(digits, decimals) : digits;
		const fits = fractionOf(value).length <= decimals;
		return fits && compare(least, value) <= 0 && compare(value, most) <= 0 ? value : undefined;
	});
}

function fractionOf(digits: string): string {
	return digits.split('.')[1] ?? '';
}

/** An amount times 10^places, exact; further digits are cut off. */
function scale(digits: string, places: number): bigint {
	const [whole = ''] = digits.split('.');
	return BigInt(whole + fractionOf(digits).slice(0, places).padEnd(places, '0'));
}

/** Negative, zero or positive, as for sorting. */
function compare(a: string, b: string): number {
	const places = Math.max(fractionOf(a).length, fractionOf(b).length);
	const difference = scale(a, places) - scale(b, places);
	return difference < 0n ? -1 : Number(difference > 0n);
}

/** Half up, as cash is counted: 0.005 is 0.01. */
function round(digits: string, places: number): string {
	const isUp = (fractionOf(digits)[places] ?? '0') >= '5';
	const scaled = String(scale(digits, places) + (isUp ? 1n : 0n)).padStart(places + 1, '0');
	return joinDecimal(scaled.slice(0, scaled.length - places), scaled.slice(scaled.length - places));
}

function asAmount(given: unknown): string | undefined {
	const value = asDecimal(given);
	return value?.startsWith('-') ? undefined : value;
}

/** Numbers outside these years are no unix time: a spreadsheet's day 45000, a year, microseconds. */
const YEAR_2000 = Date.UTC(2000);
const YEAR_2100 = Date.UTC(2100);
/** Times outside these are no times of events in any zone: what some systems write for none. */
const YEAR_1990 = Date.UTC(1990);
const YEAR_2110 = Date.UTC(2110);

/**
 * A moment, as ISO 8601 text. Accepts ISO 8601 text (a date with a time is passed on as it
 * is), `Date`, Luxon `DateTime`, unix seconds and unix milliseconds.
 */
export function isoTime(): ZodType<string> {
	return rule('a time: ISO 8601 text, e.g. 2026-01-31T12:00:00Z, or unix seconds', (given) => {
		const instant = asModernInstant(given);
		if (instant === undefined) return undefined;
		const isAlreadyIso = typeof given === 'string' && ISO_TIME.test(given.trim());
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
		if (typeof given === 'string' && WITHOUT_ZONE.test(given.trim())) {
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

/** Text of a scalar; `undefined` for anything else and for text that cannot be encoded. */
function asText(given: unknown): string | undefined {
	switch (typeof given) {
		case 'string':
			// half of a surrogate pair has no UTF-8 form
			return given.isWellFormed() ? given : undefined;
		case 'number':
			// as an identifier it would be another's
			return hasLostDigits(given) ? undefined : asDecimal(given);
		case 'bigint':
		case 'boolean':
			return String(given);
		default:
			return undefined;
	}
}

/** A whole number past 2^53 is not the one that was written. */
function hasLostDigits(given: unknown): boolean {
	return Number.isInteger(given) && !Number.isSafeInteger(given);
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Decimal text of a number or of numeric text, exact: digits are moved, never computed. */
function asDecimal(given: unknown): string | undefined {
	if (typeof given !== 'number' && typeof given !== 'string' && typeof given !== 'bigint') {
		return undefined;
	}
	const parts = DECIMAL.exec(String(given).trim());
	if (parts === null) return undefined;
	const [, sign, whole = '', fraction = '', exponent] = parts;
	if (whole === '' && fraction === '') return undefined;
	const unsigned =
		exponent === undefined
			? joinDecimal(whole, fraction)
			: shift(whole, fraction, Number(exponent));
	if (!Number.isFinite(Number(unsigned))) return undefined;
	return sign === '-' && /[1-9]/.test(unsigned) ? `-${unsigned}` : unsigned;
}

function joinDecimal(whole: string, fraction: string): string {
	return fraction === '' ? whole : `${whole === '' ? '0' : whole}.${fraction}`;
}

/** Moves the decimal point by `exponent` places: 4e-7 is 0.0000004. */
function shift(whole: string, fraction: string, exponent: number): string {
	const digits = whole + fraction;
	const point = whole.length + exponent;
	if (point <= 0) return joinDecimal('0', '0'.repeat(-point) + digits);
	if (point >= digits.length)
		return (digits + '0'.repeat(point - digits.length)).replace(/^0+(?=\d)/, '');
	return joinDecimal(digits.slice(0, point).replace(/^0+(?=\d)/, ''), digits.slice(point));
}

const ISO_TIME =
	/^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?$/;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;
const SPACED =
	/^(\d{4}-\d{2}-\d{2}) ((?:[01]\d|2[0-3]):\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:\d{2})?$/;
const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}(?:[T ][\d:.,]+)?$/;
const NUMERIC = /^\d+(?:\.\d+)?$/;

/** Unix times below this are seconds, from it on milliseconds: as seconds it is the year 5138. */
const FIRST_MILLISECONDS = 1e11;

/** The moment as unix milliseconds. A time without a zone is read as UTC. */
function asInstant(given: unknown): number | undefined {
	if (given instanceof Date || isLuxon(given)) return finite(given.valueOf());
	if (typeof given !== 'string') return typeof given === 'number' ? fromUnix(given) : undefined;
	const value = given.trim();
	if (NUMERIC.test(value)) return fromUnix(Number(value));
	const spaced = SPACED.exec(value);
	if (spaced) return fromIso(`${spaced[1] ?? ''}T${spaced[2] ?? ''}${spaced[3] ?? 'Z'}`);
	return ISO_TIME.test(value) || ISO_DATE.test(value) ? fromIso(value) : undefined;
}

/** Luxon comes with n8n, not with this package: its DateTime is known by its method. */
function isLuxon(given: unknown): given is { valueOf(): number } {
	return typeof given === 'object' && given !== null && 'toMillis' in given;
}

function fromUnix(value: number): number | undefined {
	if (!(value >= 0)) return undefined;
	return finite(Math.round(value < FIRST_MILLISECONDS ? value * 1000 : value));
}

function fromIso(value: string): number | undefined {
	const day = value.slice(0, 10);
	// Date turns 31 February into 3 March without a word
	const midnight = new Date(`${day}T00:00:00Z`);
	if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== day) {
		return undefined;
	}
	const normal = value
		.replace(',', '.')
		.replace(/([+-]\d{2})$/, (zone, _sign, at: number) => (at > 10 ? `${zone}:00` : zone))
		.replace(/(T.*[+-]\d{2})(\d{2})$/, '$1:$2');
	const zoned =
		normal.includes('T') && !/(?:Z|[+-]\d{2}:\d{2})$/.test(normal) ? `${normal}Z` : normal;
	return finite(Date.parse(zoned));
}

/** Milliseconds that `Date` can hold. */
function finite(instant: number): number | undefined {
	return Math.abs(instant) <= 8.64e15 ? instant : undefined;
}
