import type { Field } from './compile';
import { asObject } from './json';
import type { FieldProblem } from './outcome';
import type { WireEvent } from './provider';
import type { Redact } from './redact';
import { excerpt, show } from './show';
import type { ZodType } from './vendor/zod';

/** A value, or what is wrong with it. */
export type Checked<T> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** Makes an event of the values given, or names each broken rule. */
export type Validator = (raw: Readonly<Record<string, unknown>>) => Checked<WireEvent>;

/** A validator by an operation's schema. */
export function createValidator(
	schema: ZodType,
	fields: readonly Field[],
	redact: Redact,
): Validator {
	// of several fields with one key, the first
	const fieldAt = new Map(
		[...fields].reverse().map((field) => [wireName(field.key, field.member), field]),
	);
	return (raw) => {
		const parsed = schema.safeParse(raw);
		if (parsed.success) return { ok: true, value: parsed.data as WireEvent };
		const problems = parsed.error.issues.map((issue) => {
			const [key = '', member] = issue.path.map(String);
			const name = wireName(key, member);
			const label = fieldAt.get(name)?.label ?? name;
			const given = member === undefined ? raw[key] : asObject(raw[key])?.[member];
			// masked before it is cut: half a secret would not be found any more
			return describeProblem({ key: name, label }, issue.message, redact(given));
		});
		return { ok: false, problems };
	};
}

/** `e.ad_platform` */
function wireName(key: string, member: string | undefined): string {
	return member === undefined ? key : `${key}.${member}`;
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
