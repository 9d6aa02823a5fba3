import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { createBulk } from '../expressions/bulk';
import type { Field } from '../model/declaration';
import type { Operation } from '../model/provider';
import { readColumns } from './columns';
import { columnsUsedBy, readParameters } from './parameters';
import type { Reader } from './rawEvent';

/** The reader of the Mapping Mode that is set in the node, ready to read. */
export async function createReader(
	context: IExecuteFunctions,
	items: readonly INodeExecutionData[],
	fields: readonly Field[],
	{ columnAliases = {} }: Pick<Operation, 'columnAliases'>,
	ignoredColumns: Set<string>,
): Promise<Reader> {
	const bulk = createBulk(context, items);
	const isByHand = context.getNodeParameter('dataMode', 0) !== 'autoMapInputData';
	const fromColumns = fields.filter(({ isAutomatic }) => isAutomatic && !isByHand);
	const always = fields.filter(({ isAutomatic }) => !isAutomatic || isByHand);
	const parameters = readParameters(context, items, always, bulk);
	await bulk.warmUp();
	if (isByHand) return parameters;
	const used = columnsUsedBy(context, always);
	const columns = readColumns(items, fromColumns, columnAliases, ignoredColumns, used);
	return readBoth(columns, parameters);
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
