import type { ZodType } from '../vendor/zod';
import { rule } from './rule';
import { asText } from './text';

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

const currencies = new Set(Intl.supportedValuesOf('currency'));

/** A code of ISO 4217, sent in capitals; `RMB` is none. */
export function currency(): ZodType<string> {
	return rule('a currency code of ISO 4217, e.g. USD', (given) => {
		const value = asText(given)?.trim() ?? '';
		const code = /^[A-Za-z]{3}$/.test(value) ? value.toUpperCase() : '';
		return currencies.has(code) ? code : undefined;
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

/** A code of ISO 4217 in either of its forms, sent as text: 3 letters, or the 3 digits for it. */
export function currencyOrDigits(): ZodType<string> {
	const letters = currency();
	return rule('a currency code of ISO 4217: 3 letters or 3 digits, e.g. USD or 840', (given) => {
		const value = asText(given)?.trim() ?? '';
		return /^\d{3}$/.test(value) ? value : letters.safeParse(given).data;
	});
}
