import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { hasColumn } from '../declaration/columnNames';
import { createBulk } from '../expressions/bulk';
import type { Field } from '../model/declaration';
import type { Operation } from '../model/provider';
import { readColumns } from './columns';
import { columnsUsedBy, readParameters } from './parameters';
import type { Reader } from './rawEvent';

/**
 * The reader of the Mapping Mode that is set in the node, ready to read. In automatic mapping a field
 * that has a value for the row wins over its column.
 */
export async function createReader(
	context: IExecuteFunctions,
	items: readonly INodeExecutionData[],
	fields: readonly Field[],
	{ columnAliases = {} }: Pick<Operation, 'columnAliases'>,
	ignoredColumns: Set<string>,
): Promise<Reader> {
	const bulk = createBulk(context, items);
	const parameters = readParameters(context, items, fields, bulk);
	await bulk.warmUp();
	if (context.getNodeParameter('dataMode', 0) !== 'autoMapInputData') return parameters;
	const columns = readColumns(
		items,
		fieldsWithColumns(context, fields),
		columnAliases,
		ignoredColumns,
		columnsUsedBy(context, fields),
	);
	return readBoth(parameters, columns);
}

/**
 * The fields that take columns: not those that the user has ruled out by another choice. IP Address
 * From set to This Request is such a choice, and a column `ip` is none of the event's then. Which of two
 * fields gives the same value is another matter: the column serves either.
 */
function fieldsWithColumns(context: IExecuteFunctions, fields: readonly Field[]): Field[] {
	const shownKeys = new Set(
		fields.filter((field) => isShown(context, field)).map(({ key }) => key),
	);
	return fields.filter((field) => hasColumn(field) && shownKeys.has(field.key));
}

function isShown(context: IExecuteFunctions, { shownBeside = {} }: Field): boolean {
	return Object.entries(shownBeside).every(([name, values]) =>
		values.includes(context.getNodeParameter(name, 0, '')),
	);
}

/** A reader of parameters and, where they leave a field empty, of its column. */
export function readBoth(parameters: Reader, columns: ReturnType<typeof readColumns>): Reader {
	return (itemIndex) => {
		const filled = parameters(itemIndex);
		const read = columns(itemIndex, filled.ok ? filled.value : {});
		if (filled.ok) return read;
		return read.ok ? filled : { ok: false, problems: [...filled.problems, ...read.problems] };
	};
}
