import type { INodeExecutionData } from 'n8n-workflow';

import type { Field } from '../model/declaration';
import type { FieldProblem } from '../model/outcome';
import { isEmpty } from '../values/empty';
import { unreadable } from './problem';
import { put, type RawEvent, type Reader } from './rawEvent';

/**
 * A reader that takes each item's columns whose names are the wire keys, and notes the others.
 *
 * @param usedElsewhere columns that are not noted: an expression of the node names them
 */
export function readColumns(
	items: readonly INodeExecutionData[],
	fields: readonly Field[],
	columnAliases: Readonly<Record<string, string>>,
	ignoredColumns: Set<string>,
	usedElsewhere: ReadonlySet<string> = new Set(),
): Reader {
	const fieldOfColumn = new Map(fields.map((field) => [columnOf(field), field]));
	for (const [alias, column] of Object.entries(columnAliases)) {
		const field = fieldOfColumn.get(column);
		if (field) fieldOfColumn.set(alias, field);
	}

	return (itemIndex) => {
		const json = items[itemIndex]?.json ?? {};
		const value: RawEvent = {};
		const problems: FieldProblem[] = [];
		for (const column of Object.keys(json)) {
			const field = fieldOfColumn.get(column);
			if (field === undefined) {
				if (!usedElsewhere.has(column)) ignoredColumns.add(column);
				continue;
			}
			try {
				const given = json[column];
				// the provider's own spelling wins over an alias
				const wins = column === columnOf(field) || isEmpty(json[columnOf(field)]);
				if (!isEmpty(given) && wins) put(value, field, given);
			} catch (error) {
				problems.push(unreadable(field, error));
			}
		}
		return problems.length === 0 ? { ok: true, value } : { ok: false, problems };
	};
}

/** A member of an object has a column of its own: `ad_platform`. */
function columnOf({ key, member }: Field): string {
	return member ?? key;
}
