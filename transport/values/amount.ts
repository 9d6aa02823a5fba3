import { JsonNumber } from '../model/event';
import type { ZodType } from '../vendor/zod';
import { asDecimal, compare, fractionOf, round } from './decimal';
import { rule } from './rule';

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

interface Precision {
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
	{ decimals, onMore = 'refuse', advice }: Precision = {},
): ZodType<string> {
	const more = ['further ones only if they are zeros', advice].filter(Boolean).join(', ');
	const precision = decimals === undefined ? '' : ` with at most ${decimals} decimals (${more})`;
	const rounded = decimals === undefined ? '' : ` once it is rounded to ${decimals} decimals`;
	const bounds = `from ${min} to ${max}${onMore === 'round' ? rounded : precision}`;
	return rule(`a plain decimal number ${bounds}, e.g. 1.98`, (given) => {
		const digits = asAmount(given);
		if (digits === undefined) return undefined;
		const isLonger = decimals !== undefined && /[1-9]/.test(fractionOf(digits).slice(decimals));
		if (isLonger && onMore === 'refuse') return undefined;
		const value = decimals === undefined ? digits : round(digits, decimals);
		return compare(min, value) <= 0 && compare(value, max) <= 0 ? value : undefined;
	});
}

function asAmount(given: unknown): string | undefined {
	const value = asDecimal(given);
	return value?.startsWith('-') ? undefined : value;
}
