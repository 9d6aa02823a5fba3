import type { Json } from '../model/event';
import { asObject, isPlainObject } from '../text/json';
import { show } from '../text/show';
import { NEVER, object, unknown, type ZodType } from '../vendor/zod';
import { isEmpty } from './empty';
import { rule } from './rule';
import { asText, describeLength, fitting, type Length } from './text';

/** Wrong names of one object that are told of one by one. */
const MAX_WRONG_NAMES = 10;

/** A list of names and values: an object, its JSON, or n8n's list of pairs. Values become text. */
export function textMap(length?: Length): ZodType<Readonly<Record<string, string>>> {
	const accepted = `an object of names and values, each text${describeLength(length)}`;
	return rule(accepted, (given) => readMap(given, length, (part) => fitting(asText(part), length)));
}

/**
 * The same, where numbers and booleans stay what they are, and a value may be an object or a list.
 *
 * @param length of each name and of each value: of text as it is, of all else as JSON text
 */
export function jsonMap(length: Length): ZodType<Readonly<Record<string, Json>>> {
	const accepted = `an object of names and values, each${describeLength(length)}`;
	return rule(accepted, (given) => readMap(given, length, (part) => asJson(part, length)));
}

/**
 * An object whose names are known, each with a rule of its own: an object, its JSON, or columns
 * of their own. Empty values are left out.
 *
 * @param others of further names and their values, as in `jsonMap`; without it there are none
 */
export function members(
	shape: Readonly<Record<string, ZodType>>,
	others?: Length,
): ZodType<Readonly<Record<string, Json>>> {
	const schema = object(shape);
	const names = Object.keys(shape).join(', ');
	return unknown().transform((given, context) => {
		const entries =
			given === undefined ? [] : asEntries(given)?.filter(([, value]) => !isEmpty(value));
		if (entries === undefined) {
			const message = `must be an object with the names ${names}`;
			context.issues.push({ code: 'custom', message, input: given });
			return NEVER;
		}
		const known: [string, unknown][] = [];
		const further: [string, Json][] = [];
		let wrongNames = 0;
		for (const [key, value] of entries) {
			const name = asText(key) ?? show(key);
			if (Object.hasOwn(shape, name)) {
				known.push([name, value]);
				continue;
			}
			const json = others && asNameOf(key, others) && asJson(value, others);
			if (json !== undefined) further.push([name, json]);
			else if (++wrongNames <= MAX_WRONG_NAMES) {
				const message = others
					? `must have a name and a value, each${describeLength(others)}`
					: `is not known; the names are ${names}`;
				context.issues.push({ code: 'custom', message, input: given, path: [name] });
			}
		}
		if (wrongNames > MAX_WRONG_NAMES) {
			const message = others
				? `must hold names and values, each${describeLength(others)}`
				: `must hold no other names than ${names}`;
			context.issues.push({ code: 'custom', message, input: given });
		}
		const { error, data = {} } = schema.safeParse(Object.fromEntries(known));
		for (const { message, path } of error?.issues ?? []) {
			context.issues.push({ code: 'custom', message, input: given, path });
		}
		if (context.issues.length > 0) return NEVER;
		// by entries, since __proto__ is a name like any other
		return Object.fromEntries([...Object.entries(data as Record<string, Json>), ...further]);
	});
}

/** The entries that are not empty, each value as `read` gives it; `null` where there are none. */
function readMap<T extends Json>(
	given: unknown,
	length: Length | undefined,
	read: (value: unknown) => T | undefined,
): Readonly<Record<string, T>> | undefined | null {
	const entries = asEntries(given)?.filter(([, value]) => !isEmpty(value));
	if (entries === undefined) return undefined;
	if (entries.length === 0) return null;
	const pairs = new Map<string, T>();
	for (const [name, value] of entries) {
		const readName = asNameOf(name, length);
		const readValue = read(value);
		if (readName === undefined || readValue === undefined || pairs.has(readName)) return undefined;
		pairs.set(readName, readValue);
	}
	// by entries, since __proto__ is a name like any other
	return Object.fromEntries(pairs);
}

function asNameOf(given: unknown, length: Length | undefined): string | undefined {
	const name = fitting(asText(given), length);
	return isEmpty(name) ? undefined : name;
}

/** A value as it goes out within JSON, of so many characters there; text of so many as it is. */
function asJson(given: unknown, length: Length): Json | undefined {
	if (typeof given !== 'object' || given === null) {
		const asSent = fitting(asText(given), length);
		const stays = typeof given === 'number' || typeof given === 'boolean';
		return asSent !== undefined && stays ? given : asSent;
	}
	try {
		const json = JSON.stringify(given);
		// in this order, since what fits is not deep
		if (fitting(json, length) === undefined || !isJson(given)) return undefined;
		return JSON.parse(json) as Json;
	} catch {
		// circular, or too deep
		return undefined;
	}
}

/** Whether JSON says the same: it has no form for some values, and would send them as another. */
function isJson(given: unknown): boolean {
	if (Array.isArray(given)) return given.every(isJson);
	if (isPlainObject(given)) {
		return Object.values(given).every((value) => value === undefined || isJson(value));
	}
	return given === null || (typeof given !== 'bigint' && asText(given) !== undefined);
}

/** The names in an object of names and values, in each form that `textMap` takes. */
export function namesIn(given: unknown): string[] {
	return (asEntries(given) ?? []).map(([name]) => asText(name) ?? show(name));
}

function asEntries(given: unknown): [unknown, unknown][] | undefined {
	const map = asObject(given);
	if (map === undefined) return undefined;
	const { pair: pairs, ...others } = map;
	const isList =
		Array.isArray(pairs) &&
		Object.keys(others).length === 0 &&
		pairs.every((pair) => isPlainObject(pair) && 'name' in pair);
	return isList
		? pairs.map(({ name, value }: Record<string, unknown>) => [name, value])
		: Object.entries(map);
}
