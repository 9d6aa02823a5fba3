import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { Template } from './template';

/**
 * Expressions that are evaluated for all items in one call of n8n's engine, instead of one call
 * per item, each of which costs some 0.5 ms. Only those whose result depends on nothing but the
 * item's own columns; where anything is out of the ordinary, there is no result, and the engine is
 * asked item by item.
 */

/** Fewer items are not worth the engine's work on a new expression. */
const MIN_ITEMS = 20;
/**
 * The engine gets a copy of all items, within the 128 MB of its sandbox, which it does not survive
 * to exceed. So many bytes are allowed, reckoned too high rather than too low.
 */
const MAX_BYTES = 48_000_000;
const BYTES_PER_CHARACTER = 2;
const BYTES_PER_VALUE = 50;

/** What stands for an item's value where the engine has to be asked for this item alone. */
export const NOT_IN_BULK = Symbol('not in bulk');

/** Reads one expression's value of an item. */
type ValueOf = (itemIndex: number) => unknown;

/** Evaluates templates for all items, each when its first value is asked for. */
export function createBulk(
	context: IExecuteFunctions,
	items: readonly INodeExecutionData[],
): (template: Template) => ValueOf {
	let fits: boolean | undefined;
	return (template) => {
		let values: readonly unknown[] | undefined;
		return (itemIndex) => {
			fits ??= areFewEnough(items);
			values ??= (fits ? evaluateForAll(context, template, items.length) : undefined) ?? [];
			return itemIndex in values ? values[itemIndex] : NOT_IN_BULK;
		};
	};
}

/** Whether the engine's sandbox can hold a copy of all items. */
function areFewEnough(items: readonly INodeExecutionData[]): boolean {
	if (items.length < MIN_ITEMS) return false;
	try {
		let bytes = 0;
		return items.every((item) => {
			const json = JSON.stringify(item);
			// each value has a sign of its own before or after it
			const values = json.split(/[,{[]/).length;
			bytes += json.length * BYTES_PER_CHARACTER + values * BYTES_PER_VALUE;
			return bytes <= MAX_BYTES;
		});
	} catch {
		return false;
	}
}

/** The expression's value for each item, or `undefined` where it cannot be had in one call. */
function evaluateForAll(
	context: IExecuteFunctions,
	{ texts, blocks }: Template,
	items: number,
): readonly unknown[] | undefined {
	const values = blocks.map((block) => `(${block})`).join(', ');
	let rows: unknown;
	try {
		rows = context.evaluateExpression(
			`{{ $input.all().map(({ json: $json }) => [${values}]) }}`,
			0,
		);
	} catch {
		return undefined;
	}
	// an error in one item leaves nothing of all
	if (!Array.isArray(rows) || rows.length !== items) return undefined;
	const isOneBlock = texts.every((text) => text === '') && blocks.length === 1;
	return rows.map((row: unknown) => {
		if (!Array.isArray(row) || row.length !== blocks.length || !row.every(isPlain)) {
			return NOT_IN_BULK;
		}
		return isOneBlock ? row[0] : texts.map((text, index) => text + asText(row[index])).join('');
	});
}

type Plain = string | number | boolean | null | undefined;

/** Dates and objects come out of one call in another form than out of many. */
function isPlain(value: unknown): value is Plain {
	if (typeof value === 'number') return Number.isFinite(value);
	return value === null || ['string', 'boolean', 'undefined'].includes(typeof value);
}

/** As n8n puts blocks and text together: of what is missing there is nothing. */
function asText(value: Plain): string {
	return value === undefined || value === null ? '' : String(value);
}
