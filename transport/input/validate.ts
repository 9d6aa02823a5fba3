import type { Redact } from '../credential/redact';
import type { Field } from '../model/declaration';
import type { WireEvent } from '../model/event';
import type { CrossRule } from '../model/provider';
import { asObject } from '../text/json';
import { excerpt } from '../text/show';
import type { ZodType } from '../vendor/zod';
import { describeProblem, type Checked } from './problem';
import type { RawEvent } from './rawEvent';

/** Makes an event of the values given, or names each broken rule. */
export type Validator = (raw: Readonly<RawEvent>) => Checked<WireEvent>;

/** A validator by an operation's schema. */
export function createValidator(
	schema: ZodType<WireEvent>,
	fields: readonly Field[],
	redact: Redact,
): Validator {
	// of several fields with one key, the first
	const fieldAt = new Map(
		[...fields].reverse().map((field) => [wireName(field.key, field.member), field]),
	);
	return (raw) => {
		const parsed = schema.safeParse(raw);
		if (parsed.success) return { ok: true, value: parsed.data };
		const problems = parsed.error.issues.map((issue) => {
			const [key = '', member] = issue.path.map(String);
			const name = wireName(key, member);
			const given = member === undefined ? raw[key] : asObject(raw[key])?.[member];
			const { shown: wrongOf } = ('params' in issue ? issue.params : {}) as Pick<
				CrossRule,
				'shown'
			>;
			// masked before it is cut: half a secret would not be found any more
			const shown = redact(wrongOf ? wrongOf(raw) : given);
			const field = fieldAt.get(name);
			if (field) return describeProblem({ key: name, label: field.label }, issue.message, shown);
			// a name that came with the row
			const cut = excerpt(redact(name));
			return describeProblem({ key: cut, label: cut }, issue.message, shown);
		});
		return { ok: false, problems };
	};
}

/** `e.ad_platform` */
function wireName(key: string, member: string | undefined): string {
	return member === undefined ? key : `${key}.${member}`;
}
