import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { createBulk, NOT_IN_BULK, readTemplate } from './bulk';
import type { Field } from './compile';
import { asObject, isPlainObject } from './json';
import { RunRefused, type FieldProblem } from './outcome';
import { describeProblem, type Checked } from './validate';

/** Wire key to the value as it was given, members of an object put together; empty values are absent. */
export type RawEvent = Record<string, unknown>;

type Bulk = ReturnType<typeof createBulk>;

/** Reads the values of one input item. */
export type Reader = (itemIndex: number) => Checked<RawEvent>;

/** Reads a parameter's value of an item without the engine, or says that it is needed. */
type Lookup = (json: IDataObject, itemIndex: number) => unknown;

/** Where a field's value comes from, decided once for all items. */
interface Source {
	readonly field: Field;
	/** The parameter's full name. */
	readonly parameter: string;
	readonly lookup: Lookup;
}

/**
 * A reader of fields that are mapped by hand. The expression engine, which costs some 0.5 ms a
 * call, is only called for what needs it: constants and plain columns are read without it, and
 * what depends on columns alone is evaluated for all items at once.
 */
export function readParameters(
	context: IExecuteFunctions,
	items: readonly INodeExecutionData[],
	fields: readonly Field[],
): Reader {
	const bulk = createBulk(context, items);
	const sources = fields.flatMap((field) => sourceOf(context, bulk, field));

	return (itemIndex) => {
		const json = items[itemIndex]?.json ?? {};
		const value: RawEvent = {};
		const problems: FieldProblem[] = [];
		for (const { field, parameter, lookup } of sources) {
			try {
				const found = lookup(json, itemIndex);
				const given =
					found === NEEDS_ENGINE ? context.getNodeParameter(parameter, itemIndex) : found;
				if (!isEmpty(given)) put(value, field, given);
			} catch (error) {
				const rule = `could not be read: ${error instanceof Error ? error.message : String(error)}`;
				problems.push(describeProblem(field, rule));
			}
		}
		return problems.length === 0 ? { ok: true, value } : { ok: false, problems };
	};
}

/** A reader that takes each item's columns whose names are the wire keys, and notes the others. */
export function readColumns(
	items: readonly INodeExecutionData[],
	fields: readonly Field[],
	columnAliases: Readonly<Record<string, string>>,
	ignoredColumns: Set<string>,
): Reader {
	const fieldOfColumn = new Map(fields.map((field) => [columnOf(field), field]));
	for (const [alias, column] of Object.entries(columnAliases)) {
		const field = fieldOfColumn.get(column);
		if (field) fieldOfColumn.set(alias, field);
	}

	return (itemIndex) => {
		const json = items[itemIndex]?.json ?? {};
		const value: RawEvent = {};
		for (const column of Object.keys(json)) {
			const field = fieldOfColumn.get(column);
			if (field === undefined) ignoredColumns.add(column);
			// the provider's own spelling wins over an alias
			else if (
				!isEmpty(json[column]) &&
				(column === columnOf(field) || isEmpty(json[columnOf(field)]))
			) {
				put(value, field, json[column]);
			}
		}
		return { ok: true, value };
	};
}

/** A member of an object has a column of its own: `ad_platform`. */
function columnOf({ key, member }: Field): string {
	return member ?? key;
}

/** Sets a field's value. An object and single members of it come together; a member wins. */
function put(event: RawEvent, { key, member }: Field, given: unknown): void {
	const present = event[key];
	if (member !== undefined) {
		const object = present === undefined ? {} : asObject(present);
		// what is no object stays, and the schema says so
		if (object) event[key] = { ...object, [member]: given };
	} else {
		const object = isPlainObject(present) ? asObject(given) : undefined;
		event[key] = object ? { ...object, ...asObject(present) } : given;
	}
}

/** A reader of what both read; where they read the same field, the second's value counts. */
export function readBoth(first: Reader, second: Reader): Reader {
	return (itemIndex) => {
		const a = first(itemIndex);
		const b = second(itemIndex);
		if (a.ok && b.ok) return { ok: true, value: { ...a.value, ...b.value } };
		return { ok: false, problems: [a, b].flatMap((read) => (read.ok ? [] : read.problems)) };
	};
}

/** Never sent, by any provider. */
function isEmpty(value: unknown): boolean {
	if (typeof value === 'string') return value.trim() === '';
	return value === undefined || value === null;
}

/** The source of a field, or none where nothing was entered. */
function sourceOf(context: IExecuteFunctions, bulk: Bulk, field: Field): Source[] {
	const { parameter, collection } = field;
	const top = context.getNodeParameter(collection ?? parameter, 0, '', { rawExpressions: true });
	if (collection !== undefined && typeof top === 'string' && top.startsWith('=')) {
		throw new RunRefused(
			'invalid',
			`${collection} must be filled in field by field, not by an expression.`,
		);
	}
	const value = collection === undefined ? top : ownValue(top, parameter);
	const name = collection === undefined ? parameter : `${collection}.${parameter}`;
	return isEmpty(value) ? [] : [{ field, parameter: name, lookup: lookupOf(bulk, value) }];
}

/** A list of names and values is looked up part by part. */
function lookupOf(bulk: Bulk, value: unknown): Lookup {
	if (typeof value === 'string' && value.startsWith('=')) return lookupOfExpression(bulk, value);
	if (typeof value !== 'object' || value === null) return () => value;
	const parts = Object.entries(value).map(([key, part]): [string, Lookup] => [
		key,
		lookupOf(bulk, part),
	]);
	return (json, itemIndex) => {
		const found = parts.map(([key, lookup]): [string, unknown] => [key, lookup(json, itemIndex)]);
		if (found.some(([, part]) => part === NEEDS_ENGINE)) return NEEDS_ENGINE;
		return Array.isArray(value) ? found.map(([, part]) => part) : Object.fromEntries(found);
	};
}

function lookupOfExpression(bulk: Bulk, expression: string): Lookup {
	const path = plainColumn(expression);
	if (path !== undefined) return (json) => walk(json, path);
	const template = readTemplate(expression);
	if (template === undefined) return () => NEEDS_ENGINE;
	const valueOf = bulk(template);
	return (_, itemIndex) => {
		const found = valueOf(itemIndex);
		return found === NOT_IN_BULK ? NEEDS_ENGINE : found;
	};
}

const STEP = String.raw`(?:\.[A-Za-z_][A-Za-z0-9_]*|\["[^"\\{}\n]*"\]|\['[^'\\{}\n]*'\])`;
const PLAIN_COLUMN = new RegExp(String.raw`^=\{\{\s*\$json(${STEP}+)\s*\}\}$`);
const EACH_STEP = new RegExp(STEP, 'g');

/**
 * The path of an expression that only names a column, which is what dragging one produces:
 * `={{ $json.column }}`, `={{ $json["a b"] }}`, `={{ $json.a.b }}`.
 * `undefined` for every other expression, and for names that mean something else to the engine.
 */
export function plainColumn(expression: string): readonly string[] | undefined {
	const steps = PLAIN_COLUMN.exec(expression)?.[1]?.match(EACH_STEP);
	const path = steps?.map((step) => (step.startsWith('.') ? step.slice(1) : step.slice(2, -2)));
	return path?.some(meansMore) ? undefined : path;
}

/** Names that are inherited by every object, or that the engine refuses wherever they stand. */
function meansMore(name: string): boolean {
	return name in Object.prototype || name.includes('constructor') || name === 'prototype';
}

const NEEDS_ENGINE = Symbol('needs the expression engine');

/** The scalar at the path, as n8n's engine gives it: own properties of plain objects only. */
function walk(json: IDataObject, path: readonly string[]): unknown {
	let value: unknown = json;
	for (const name of path) {
		if (value === undefined || value === null) return undefined;
		if (!isPlainObject(value)) return NEEDS_ENGINE;
		value = ownValue(value, name);
	}
	// the engine looks into objects: it refuses some, and hands out copies of the others
	return typeof value === 'object' && value !== null ? NEEDS_ENGINE : value;
}

function ownValue(value: unknown, name: string): unknown {
	return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
		? (value as Record<string, unknown>)[name]
		: undefined;
}
