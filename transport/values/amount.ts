import { JsonNumber } from '../model/event';
import type { ZodType } from '../vendor/zod';
import { asDecimal, compare, fractionOf, round } from './decimal';
import { rule } from './rule';

/** What stands before the decimals of an amount that is text; numbers have none. */
export type DecimalSign = 'comma' | 'point';

/**
 * An amount of money as decimal text, with a point: never in exponent form, never rounded. Decimal
 * text passes digit for digit.
 */
export function amount(sign: DecimalSign = 'point'): ZodType<string> {
	return rule(
		(given) => `a plain decimal number of at least 0, with a ${sign}, ${like(given, sign)}`,
		(given) => asAmount(given, sign),
	);
}

/** The same as a JSON number: the same digits, without leading zeros, which JSON does not know. */
export function jsonAmount(sign: DecimalSign = 'point'): ZodType<JsonNumber> {
	return rule(
		(given) => `a plain decimal number of at least 0, with a ${sign}, ${like(given, sign)}`,
		(given) => {
			const digits = asAmount(given, sign)?.replace(/^0+(?=\d)/, '');
			return digits === undefined ? undefined : new JsonNumber(digits);
		},
	);
}

/** Seconds of a span of time, whole or not, as decimal text with the digits that were given. */
export function seconds(sign: DecimalSign = 'point'): ZodType<string> {
	return rule(
		(given) =>
			`a number of seconds of at least 0, with a ${sign}, ${like(given, sign, '95 or 95.5')}`,
		(given) => asAmount(given, sign),
	);
}

interface Precision {
	readonly sign?: DecimalSign;
	readonly decimals?: number;
	readonly onMore?: 'refuse' | 'round';
	readonly advice?: string;
}

/**
 * An amount within bounds.
 *
 * @param min,max as decimal text, both included
 * @param decimals how many digits after the point go out: zeros are added or left out; by default
 * those that were given
 * @param onMore what happens to further digits that are not zeros: by default the amount is invalid
 * @param advice what else to do about them, as the sentence goes on: `or with the option Round to Cents`
 */
export function amountBetween(
	min: string,
	max: string,
	{ sign = 'point', decimals, onMore = 'refuse', advice }: Precision = {},
): ZodType<string> {
	const more = ['further ones only if they are zeros', advice].filter(Boolean).join(', ');
	const precision = decimals === undefined ? '' : ` with at most ${decimals} decimals (${more})`;
	const rounded = decimals === undefined ? '' : ` once it is rounded to ${decimals} decimals`;
	const bounds = `from ${min} to ${max}${onMore === 'round' ? rounded : precision}`;
	const wanted = (given: unknown) => `a plain decimal number ${bounds}, ${like(given, sign)}`;
	return rule(wanted, (given) => {
		const digits = asAmount(given, sign);
		if (digits === undefined) return undefined;
		const isLonger = decimals !== undefined && /[1-9]/.test(fractionOf(digits).slice(decimals));
		if (isLonger && onMore === 'refuse') return undefined;
		const value = decimals === undefined ? digits : round(digits, decimals);
		return compare(min, value) <= 0 && compare(value, max) <= 0 ? value : undefined;
	});
}

function asAmount(given: unknown, sign: DecimalSign): string | undefined {
	const isText = typeof given === 'string';
	const value = asDecimal(isText && sign === 'comma' ? withPoint(given) : given);
	return value?.startsWith('-') ? undefined : value;
}

/** `1.234,56`: groups of three, which only a comma, or a second point, shows to be groups. */
const GROUPED = /^[+-]?[1-9]\d{0,2}(?:(?:\.\d{3})+(?=,)|(?:\.\d{3}){2,})(?:,\d*)?$/;

/**
 * Decimal text with a comma in one with a point. A lone point is refused: `1.234` is read in two ways,
 * and an amount a thousand times too high cannot be taken back.
 */
function withPoint(given: string): string | undefined {
	const text = given.trim();
	if (GROUPED.test(text)) return text.replaceAll('.', '').replace(',', '.');
	return text.includes('.') ? undefined : text.replace(',', '.');
}

/** An example, and what to do about an amount that only the other sign makes one. */
function like(given: unknown, sign: DecimalSign, example = '1.98'): string {
	const shown = `e.g. ${sign === 'comma' ? example.replace('.', ',') : example}`;
	const [other, name] =
		sign === 'comma' ? (['point', 'Point'] as const) : (['comma', 'Comma'] as const);
	const isOfOther = asAmount(given, sign) === undefined && asAmount(given, other) !== undefined;
	return isOfOther ? `${shown} (or set the option Decimal Sign to ${name})` : shown;
}
