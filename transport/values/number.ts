import type { ZodType } from '../vendor/zod';
import { asDecimal } from './decimal';
import { rule } from './rule';
import { asText } from './text';

/** A whole number within bounds, of a number or numeric text. */
export function wholeNumber(min: number, max: number): ZodType<number> {
	return rule(`a whole number from ${min} to ${max}`, (given) => asWhole(given, min, max));
}

/** 0 or 1, which may be given as false or true. */
export function zeroOrOne(): ZodType<number> {
	return rule('0 or 1, or false or true', (given) => {
		const word = String(asText(given)).trim().toLowerCase();
		if (word === 'true') return 1;
		return word === 'false' ? 0 : asWhole(given, 0, 1);
	});
}

function asWhole(given: unknown, min: number, max: number): number | undefined {
	const decimal = asDecimal(given) ?? '';
	const number = Number(decimal);
	const isWhole = /^-?\d+(?:\.0*)?$/.test(decimal);
	return isWhole && number >= min && number <= max ? number : undefined;
}
