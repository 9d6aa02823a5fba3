import type { Field } from './compile';
import type { FieldProblem } from './outcome';
import type { WireEvent } from './provider';
import type { Redact } from './redact';
import { excerpt, show } from './show';
import type { ZodObject } from './vendor/zod';

/** A value, or what is wrong with it. */
export type Checked<T> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** Makes an event of the values given, or names each broken rule. */
export type Validator = (raw: Readonly<Record<string, unknown>>) => Checked<WireEvent>;

/** A validator by an operation's schema. */
export function createValidator(
	schema: ZodObject,
	fields: readonly Field[],
	redact: Redact,
): Validator {
	const fieldOfKey = new Map(fields.map((field) => [field.key, field]));
	return (raw) => {
		const parsed = schema.safeParse(raw);
		if (parsed.success) return { ok: true, value: parsed.data as WireEvent };
		const problems = parsed.error.issues.map((issue) => {
			const key = String(issue.path[0] ?? '');
			const field = fieldOfKey.get(key) ?? { key, label: key };
			// masked before it is cut: half a secret would not be found any more
			return describeProblem(field, issue.message, redact(raw[key]));
		});
		return { ok: false, problems };
	};
}

/** The problem of one field: `Package ID (packageid) is required`. */
export function describeProblem(
	{ key, label }: Pick<Field, 'key' | 'label'>,
	rule: string,
	given?: unknown,
): FieldProblem {
	const name = label === key ? key : `${label} (${key})`;
	if (given === undefined) return { field: key, rule, sentence: `${name} ${rule}` };
	const value = typeof given === 'string' ? excerpt(given, 80) : show(given);
	return { field: key, value, rule, sentence: `${name} ${rule}, not ${show(given)}` };
}
