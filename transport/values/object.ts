import type { Scalar } from '../model/event';
import { asObject, isPlainObject } from '../text/json';
import { NEVER, object, unknown, type ZodType } from '../vendor/zod';
import { isEmpty } from './empty';
import { rule } from './rule';
import { asText, describeLength, fitting, type Length } from './text';

/** A list of names and values: an object, its JSON, or n8n's list of pairs. Values become text. */
export function textMap(length?: Length): ZodType<Readonly<Record<string, string>>> {
	const accepted = `an object of names and values, each text${describeLength(length)}`;
	return rule(accepted, (given) => readMap(given, (part) => fitting(asText(part), length)));
}

/** The same, where numbers and booleans stay what they are. */
export function scalarMap(length: Length): ZodType<Readonly<Record<string, Scalar>>> {
	const accepted = `an object of names and values, each text, a number or true or false,${describeLength(length)}`;
	return rule(accepted, (given) =>
		readMap<Scalar>(given, (part) => {
			const asSent = fitting(asText(part), length);
			const stays = typeof part === 'number' || typeof part === 'boolean';
			return asSent !== undefined && stays ? part : asSent;
		}),
	);
}

/**
 * An object whose names are known, each with a rule of its own: an object, its JSON, or columns
 * of their own. Empty values are left out.
 */
export function members(
	shape: Readonly<Record<string, ZodType>>,
): ZodType<Readonly<Record<string, Scalar>>> {
	const schema = object(shape);
	return unknown().transform((given, context) => {
		const entries =
			given === undefined ? [] : asEntries(given)?.filter(([, value]) => !isEmpty(value));
		if (entries === undefined) {
			const message = `must be an object with the names ${Object.keys(shape).join(', ')}`;
			context.issues.push({ code: 'custom', message, input: given });
			return NEVER;
		}
		const unknownNames = entries
			.map(([name]) => String(name))
			.filter((name) => !Object.hasOwn(shape, name));
		for (const name of unknownNames) {
			const message = `is not known; the names are ${Object.keys(shape).join(', ')}`;
			context.issues.push({ code: 'custom', message, input: given, path: [name] });
		}
		const { error, data } = schema.safeParse(Object.fromEntries(entries));
		for (const { message, path } of error?.issues ?? []) {
			context.issues.push({ code: 'custom', message, input: given, path });
		}
		return context.issues.length > 0 ? NEVER : (data as Readonly<Record<string, Scalar>>);
	});
}

/** The entries that are not empty, each part as `read` gives it; `null` where there are none. */
function readMap<T extends Scalar>(
	given: unknown,
	read: (part: unknown) => T | undefined,
): Readonly<Record<string, T>> | undefined | null {
	const entries = asEntries(given)?.filter(([, value]) => !isEmpty(value));
	if (entries === undefined) return undefined;
	if (entries.length === 0) return null;
	const pairs: [string, T][] = [];
	for (const [name, value] of entries) {
		const readName = read(name);
		const readValue = read(value);
		const isRepeated = pairs.some(([other]) => other === String(readName));
		if (isEmpty(readName) || readValue === undefined || isRepeated) return undefined;
		pairs.push([String(readName), readValue]);
	}
	// by entries, since __proto__ is a name like any other
	return Object.fromEntries(pairs);
}

function asEntries(given: unknown): [unknown, unknown][] | undefined {
	const map = asObject(given);
	if (map === undefined) return undefined;
	const { pair: pairs, ...others } = map;
	if (!Array.isArray(pairs) || Object.keys(others).length > 0) return Object.entries(map);
	return pairs.every((pair) => isPlainObject(pair) && 'name' in pair)
		? pairs.map(({ name, value }: Record<string, unknown>) => [name, value])
		: undefined;
}
