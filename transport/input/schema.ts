import type { Field } from '../model/declaration';
import type { WireEvent } from '../model/event';
import type { CrossRule, Operation } from '../model/provider';
import { object, type ZodType } from '../vendor/zod';

/**
 * The schema of an operation's events: its kinds of value, required where the declaration says
 * so, and the rules that fields keep together. Other keys are dropped.
 */
export function createSchema(
	{ values, rules = [], complete }: Pick<Operation, 'values' | 'rules' | 'complete'>,
	fields: readonly Field[],
): ZodType<WireEvent> {
	const required = new Set(fields.filter(({ isRequired }) => isRequired).map(({ key }) => key));
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
