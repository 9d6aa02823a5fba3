import type { Field } from '../model/declaration';
import type { FieldProblem } from '../model/outcome';
import { excerpt, messageOf, show } from '../text/show';

/** A value, or what is wrong with it. */
export type Checked<T> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** The problem of one field: `Package ID (packageid) is required`. */
export function describeProblem(
	{ key, label }: Pick<Field, 'key' | 'label'>,
	rule: string,
	given?: unknown,
): FieldProblem {
	const name = label === key ? key : `${label} (${key})`;
	if (given === undefined) return { field: key, rule, sentence: `${name} ${rule}` };
	const value = typeof given === 'string' ? excerpt(given) : show(given);
	return { field: key, value, rule, sentence: `${name} ${rule}, not ${show(given)}` };
}

/** The problem of a field whose value throws when it is read: an expression, or a column's getter. */
export function unreadable(field: Pick<Field, 'key' | 'label'>, thrown: unknown): FieldProblem {
	return describeProblem(field, `could not be read: ${messageOf(thrown)}`);
}
