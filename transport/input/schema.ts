import type { Field } from '../model/declaration';
import type { WireEvent } from '../model/event';
import type { CrossRule, Operation } from '../model/provider';
import { object, type ZodType } from '../vendor/zod';

type Rules = Pick<Operation, 'values' | 'rules' | 'complete'>;

/** The last schema of each operation, with what it was made of: zod takes milliseconds for one. */
const made = new WeakMap<
	Rules['values'],
	Rules & { required: string; schema: ZodType<WireEvent> }
>();

/**
 * The schema of an operation's events: its kinds of value, required where the declaration says
 * so, and the rules that fields keep together. Other keys are dropped.
 */
export function createSchema(
	{ values, rules, complete }: Rules,
	fields: readonly Field[],
): ZodType<WireEvent> {
	const required = fields.filter(({ isRequired }) => isRequired).map(({ key }) => key);
	const names = required.join();
	const known = made.get(values);
	const isSame =
		known?.rules === rules && known?.complete === complete && known?.required === names;
	if (known && isSame) return known.schema;
	const schema = make({ values, rules, complete }, new Set(required));
	made.set(values, { values, rules, complete, required: names, schema });
	return schema;
}

function make(
	{ values, rules = [], complete }: Rules,
	required: ReadonlySet<string>,
): ZodType<WireEvent> {
	const shape = Object.fromEntries(
		Object.entries(values).map(([key, kind]) => [key, required.has(key) ? kind : kind.optional()]),
	);
	const schema = rules.reduce(across, object(shape) as ZodType<WireEvent>);
	return complete === undefined ? schema : schema.transform(complete);
}

function across(
	schema: ZodType<WireEvent>,
	{ fields, holds, says, of, shown }: CrossRule,
): ZodType<WireEvent> {
	return schema.refine(holds, {
		path: of.split('.'),
		message: says,
		// for whoever has the values as they were given
		params: { shown },
		// also beside other broken fields, so that all are named at once
		when: ({ issues }) => !issues.some(({ path }) => fields.includes(String(path?.[0]))),
	});
}
