import type { ZodType } from '../vendor/zod';
import { asDecimal } from './decimal';
import { rule } from './rule';

/** A whole number within bounds, of a number or numeric text. */
export function wholeNumber(min: number, max: number): ZodType<number> {
	return rule(`a whole number from ${min} to ${max}`, (given) => {
		const decimal = asDecimal(given) ?? '';
		const number = Number(decimal);
		const isWhole = /^-?\d+(?:\.0*)?$/.test(decimal);
		return isWhole && number >= min && number <= max ? number : undefined;
	});
}
