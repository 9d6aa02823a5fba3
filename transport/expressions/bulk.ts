import { setImmediate } from 'node:timers/promises';

import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { Template } from './template';

/**
 * Expressions that are evaluated for many items in one call of n8n's engine, instead of one call
 * per item, each of which costs some 0.5 ms. Only those whose result depends on nothing but the
 * item's own columns; where anything is out of the ordinary, there is no result, and the engine is
 * asked item by item.
 */

/** Fewer items are not worth the engine's work on a new expression. */
const MIN_ITEMS = 20;
/**
 * The engine gets a copy of the items, and nothing else runs while it makes one and evaluates: so
 * it is asked for a part of them at a time, which takes a few milliseconds and hardly more calls.
 * The bytes are reckoned too high rather than too low.
 */
const PART_ITEMS = 200;
const PART_BYTES = 500_000;
const BYTES_PER_CHARACTER = 2;
const BYTES_PER_VALUE = 50;

/** What stands for an item's value where the engine has to be asked for this item alone. */
export const NOT_IN_BULK = Symbol('not in bulk');

/** Reads one expression's value of an item. */
type ValueOf = (itemIndex: number) => unknown;

/** Items that are evaluated in one call. */
interface Part {
	readonly start: number;
	readonly items: readonly INodeExecutionData[];
}

/** Expressions of one run. */
export interface Bulk {
	/** Evaluates a template for a part of the items, when the first value in it is asked for. */
	valueOf(template: Template): ValueOf;
	/**
	 * Shows the engine each template so far, and gives way in between: to compile one takes it
	 * several milliseconds, and the first item has a value of each.
	 */
	warmUp(): Promise<void>;
}

export function createBulk(context: IExecuteFunctions, items: readonly INodeExecutionData[]): Bulk {
	const templates: Template[] = [];
	// one part for all templates: items are read one after the other, each with all of its fields
	let part: Part = { start: 0, items: [] };
	const partOf = (itemIndex: number) => {
		if (!holds(part, items, itemIndex)) part = planPart(items, itemIndex);
		return part;
	};
	return {
		valueOf(template) {
			templates.push(template);
			let evaluated: Part | undefined;
			let values: readonly unknown[] | undefined;
			return (itemIndex) => {
				if (items.length < MIN_ITEMS) return NOT_IN_BULK;
				const own = partOf(itemIndex);
				if (own !== evaluated) {
					evaluated = own;
					// one item alone is what the engine can do by itself
					values = own.items.length > 1 ? evaluateFor(context, template, own.items) : undefined;
				}
				return values === undefined ? NOT_IN_BULK : values[itemIndex - own.start];
			};
		},
		async warmUp() {
			if (items.length < MIN_ITEMS) return;
			for (const template of templates) {
				// an item of its own: the code is the same for all, and a row may be long
				evaluateFor(context, template, [{ json: {} }]);
				await setImmediate();
			}
		},
	};
}

/** Whether the item is in the part; of a file, whose next rows come in the place of these, by itself. */
function holds(
	{ start, items: own }: Part,
	items: readonly INodeExecutionData[],
	itemIndex: number,
): boolean {
	return (
		itemIndex >= start &&
		itemIndex < start + own.length &&
		own[itemIndex - start] === items[itemIndex]
	);
}

/** The item and as many after it as may go together. */
function planPart(items: readonly INodeExecutionData[], start: number): Part {
	let bytes = 0;
	let end = start;
	while (end < items.length && end - start < PART_ITEMS) {
		bytes += bytesOf(items[end]);
		if (bytes > PART_BYTES && end > start) break;
		end++;
	}
	return { start, items: items.slice(start, end) };
}

/** What the copy of an item takes up, infinitely much where it cannot be copied. */
function bytesOf(item: INodeExecutionData | undefined): number {
	try {
		const json = JSON.stringify(item);
		// each value has a sign of its own before or after it
		const values = json.split(/[,{[]/).length;
		return json.length * BYTES_PER_CHARACTER + values * BYTES_PER_VALUE;
	} catch {
		return Infinity;
	}
}

/** The expression's value for each item, or `undefined` where it cannot be had in one call. */
function evaluateFor(
	context: IExecuteFunctions,
	{ texts, blocks }: Template,
	items: readonly INodeExecutionData[],
): readonly unknown[] | undefined {
	const values = blocks.map((block) => `(${block})`).join(', ');
	let rows: unknown;
	try {
		rows = withInput(context, items).evaluateExpression(
			`{{ $input.all().map(({ json: $json }) => [${values}]) }}`,
			0,
		);
	} catch {
		return undefined;
	}
	// an error in one item leaves nothing of all, and an n8n that keeps its input elsewhere has more
	if (!Array.isArray(rows) || rows.length !== items.length) return undefined;
	const isOneBlock = texts.every((text) => text === '') && blocks.length === 1;
	return rows.map((row: unknown) => {
		if (!Array.isArray(row) || row.length !== blocks.length || !row.every(isPlain)) {
			return NOT_IN_BULK;
		}
		return isOneBlock ? row[0] : texts.map((text, index) => text + asText(row[index])).join('');
	});
}

/**
 * The same context, in which these items are all there is. `$input.all()` has no bounds of its
 * own, and the engine copies all that it gives.
 */
function withInput(
	context: IExecuteFunctions,
	items: readonly INodeExecutionData[],
): IExecuteFunctions {
	return Object.create(context, { connectionInputData: { value: items } }) as IExecuteFunctions;
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
