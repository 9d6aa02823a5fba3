import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { createBulk, NOT_IN_BULK, type Bulk } from '../expressions/bulk';
import { columnsNamedIn, plainColumn, readTemplate } from '../expressions/template';
import type { Field } from '../model/declaration';
import { RunRefused, type FieldProblem } from '../model/outcome';
import { isPlainObject } from '../text/json';
import { isEmpty } from '../values/empty';
import { unreadable } from './problem';
import { put, type RawEvent, type Reader } from './rawEvent';

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
	bulk = createBulk(context, items),
): Reader {
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
				problems.push(unreadable(field, error));
			}
		}
		return problems.length === 0 ? { ok: true, value } : { ok: false, problems };
	};
}

/** The columns that the expressions of these fields name. */
export function columnsUsedBy(
	context: IExecuteFunctions,
	fields: readonly Field[],
): ReadonlySet<string> {
	return new Set(fields.flatMap((field) => columnsIn(asEntered(context, field))));
}

function columnsIn(entered: unknown): string[] {
	if (typeof entered === 'string') return entered.startsWith('=') ? columnsNamedIn(entered) : [];
	if (typeof entered !== 'object' || entered === null) return [];
	return Object.values(entered).flatMap(columnsIn);
}

/** The expressions of a field, those of a list part by part; none where it has fixed values. */
export function expressionsOf(context: IExecuteFunctions, field: Field): string[] {
	const top = asEntered(context, field);
	const isWhole = field.collection === undefined || typeof top === 'string';
	return expressionsIn(isWhole ? top : ownValue(top, field.parameter));
}

function expressionsIn(entered: unknown): string[] {
	if (typeof entered === 'string') return entered.startsWith('=') ? [entered] : [];
	if (typeof entered !== 'object' || entered === null) return [];
	return Object.values(entered).flatMap(expressionsIn);
}

/** A parameter, or the collection that it is in, with its expressions as they are written. */
function asEntered(context: IExecuteFunctions, { parameter, collection }: Field): unknown {
	return context.getNodeParameter(collection ?? parameter, 0, '', { rawExpressions: true });
}

/** The source of a field, or none where nothing was entered. */
function sourceOf(context: IExecuteFunctions, bulk: Bulk, field: Field): Source[] {
	const { parameter, collection } = field;
	const top = asEntered(context, field);
	if (collection !== undefined && typeof top === 'string' && top.startsWith('=')) {
		throw new RunRefused(
			'invalid',
			`${collection} must be filled in field by field, not by an expression.`,
		);
	}
	const value = collection === undefined ? top : ownValue(top, parameter);
	const name = collection === undefined ? parameter : `${collection}.${parameter}`;
	return isLeftEmpty(value) ? [] : [{ field, parameter: name, lookup: lookupOf(bulk, value) }];
}

/** Also a list of names and values that nobody has added one to. */
function isLeftEmpty(value: unknown): boolean {
	if (!isPlainObject(value)) return isEmpty(value);
	return Object.values(value).every((part) => Array.isArray(part) && part.length === 0);
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
	const valueOf = bulk.valueOf(template);
	return (_, itemIndex) => {
		const found = valueOf(itemIndex);
		return found === NOT_IN_BULK ? NEEDS_ENGINE : found;
	};
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
