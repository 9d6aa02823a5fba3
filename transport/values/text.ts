import type { ZodType } from '../vendor/zod';
import { asDecimal, hasLostDigits } from './decimal';
import { rule } from './rule';

/** How many characters a text has: from, to. */
export type Length = readonly [min: number, max: number];

/** Text, sent as given. Numbers and booleans become text. */
export function text(length?: Length): ZodType<string> {
	return rule(`text${describeLength(length)}`, (given) => fitting(asText(given), length));
}

/** Text of ASCII characters that can be printed. */
export function asciiText(length: Length): ZodType<string> {
	return rule(`ASCII text${describeLength(length)}`, (given) => {
		const value = fitting(asText(given)?.trim(), length) ?? '';
		return /^[\x20-\x7e]+$/.test(value) ? value : undefined;
	});
}

/** Text that identifies something: white space around it is trimmed, and it is never blank. */
export function identifier(length?: Length): ZodType<string> {
	return rule(`text${describeLength(length) || ' that is not blank'}`, (given) => {
		const value = asText(given)?.trim();
		return value === '' ? undefined : fitting(value, length);
	});
}

/**
 * An identifier of a device. One of zeros is what a device gives that has none: it is shared by
 * many, identifies nobody, and is as if nothing was given.
 */
export function deviceIdentifier(): ZodType<string> {
	return rule('text that is not blank', (given) => {
		const value = asText(given)?.trim();
		if (value === undefined || value === '') return undefined;
		return /^[0-]+$/.test(value) ? null : value;
	});
}

export function describeLength(length: Length | undefined): string {
	if (length === undefined) return '';
	const [min, max] = length;
	return ` of ${min === max ? max : `${min} to ${max}`} characters`;
}

export function fitting(value: string | undefined, length: Length | undefined): string | undefined {
	if (value === undefined || length === undefined) return value;
	// characters as people count them, not halves of surrogate pairs
	const characters = Array.from(value).length;
	return characters >= length[0] && characters <= length[1] ? value : undefined;
}

/** Text of a scalar; `undefined` for anything else and for text that cannot be encoded. */
export function asText(given: unknown): string | undefined {
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
