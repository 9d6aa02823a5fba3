import type { CrossRule } from '../model/provider';
import { namesIn } from './object';

/** At least one of these fields is given. */
export function needsOneOf(first: string, ...others: readonly string[]): CrossRule {
	const keys = [first, ...others];
	return {
		fields: keys,
		holds: (event) => keys.some((key) => event[key] !== undefined),
		says: `is required, or ${others.length > 1 ? 'one of ' : ''}${others.join(', ')}`,
		of: first,
	};
}

/**
 * No parameter under a name of the user's own takes the place of another: also where a server
 * would take it for the other's, as many do with capitals, dots, blanks and brackets.
 *
 * @param list the field of the names and values
 * @param taken the keys that are taken: of fields, constants and secrets
 */
export function keepsOffFields(list: string, taken: readonly string[]): CrossRule {
	const folded = new Set(taken.flatMap(foldings));
	const isTaken = (name: string) => foldings(name).some((key) => folded.has(key));
	return {
		fields: [list],
		holds: ({ [list]: pairs = {} }) => !Object.keys(pairs as object).some(isTaken),
		says: 'must hold no name that has a field of its own or is always sent, in whatever spelling',
		of: list,
		shown: ({ [list]: pairs }) => namesIn(pairs).filter(isTaken).join(', '),
	};
}

/**
 * What a server may make of a name: PHP, say, reads `a.b`, `a b` and `a[b` as `a_b`, `a[]` as `a`, and
 * nothing from a zero byte on.
 */
function foldings(name: string): string[] {
	const key = (name.split('\0', 1)[0] ?? '').trim().toLowerCase();
	const withoutIndex = key.split('[', 1)[0] ?? '';
	return [key, withoutIndex].map((text) => text.trimEnd().replace(/[\s.[]/g, '_'));
}
