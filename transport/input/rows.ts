import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { columnsNamedIn } from '../expressions/template';
import type { Field } from '../model/declaration';
import { RunRefused } from '../model/outcome';
import { excerpt } from '../text/show';
import { eventIdField } from './eventId';
import { expressionsOf } from './parameters';

/**
 * The same context, in which these rows are all the items there are: the readers of items then read
 * rows of a file. The list may be filled with other rows later.
 */
export function contextOfRows(
	context: IExecuteFunctions,
	rows: readonly INodeExecutionData[],
): IExecuteFunctions {
	const evaluate = (value: unknown, itemIndex: number): unknown => {
		if (typeof value === 'string') {
			return value.startsWith('=') ? ofRows.evaluateExpression(value.slice(1), itemIndex) : value;
		}
		if (typeof value !== 'object' || value === null) return value;
		const parts = Object.entries(value).map(([key, part]) => [key, evaluate(part, itemIndex)]);
		return Array.isArray(value) ? parts.map(([, part]) => part) : Object.fromEntries(parts);
	};
	// n8n's own one is bound to its items
	const getNodeParameter = (
		name: string,
		itemIndex: number,
		fallback?: unknown,
		options?: { readonly rawExpressions?: boolean },
	): unknown => {
		const entered: unknown = context.getNodeParameter(name, 0, fallback, { rawExpressions: true });
		return options?.rawExpressions ? entered : evaluate(entered, itemIndex);
	};
	const ofRows = Object.create(context, {
		connectionInputData: { value: rows },
		getNodeParameter: { value: getNodeParameter },
	}) as IExecuteFunctions;
	return ofRows;
}

/**
 * Rows of a file are no items of n8n's: what is not the same for all of them has to come from their
 * own columns.
 *
 * @throws {RunRefused} where a field needs anything else
 */
export function refuseWhatRowsLack(context: IExecuteFunctions, fields: readonly Field[]): void {
	for (const field of [...fields, eventIdField]) {
		const expression = expressionsOf(context, field).find(needsMore);
		if (expression === undefined) continue;
		throw new RunRefused(
			'invalid',
			`${field.label} cannot be taken from a file: ${excerpt(expression)} needs more than the row's own columns. With Source File a field may have {{ $json.column }}, fixed values, text around them, and what depends on columns alone.`,
		);
	}
}

/**
 * The first column that a field names and a file lacks.
 *
 * @param columns of the file
 */
export function missingColumn(
	context: IExecuteFunctions,
	fields: readonly Field[],
	columns: readonly string[],
): { readonly field: Field; readonly column: string } | undefined {
	for (const field of [...fields, eventIdField]) {
		const named = expressionsOf(context, field).flatMap(columnsNamedIn);
		const column = named.find((name) => !columns.includes(name));
		if (column !== undefined) return { field, column };
	}
	return undefined;
}

/** Anything of n8n's but the row: `$now`, `$('Node')`, `$input`, … */
function needsMore(expression: string): boolean {
	const [code = ''] = /\{\{[^]*\}\}/.exec(expression) ?? [];
	const bare = code.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""');
	return /\$(?!json\b)[\w(]/.test(bare);
}
