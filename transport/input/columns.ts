import type { INodeExecutionData } from 'n8n-workflow';

import { columnNamesOf, folded, targetOf } from '../declaration/columnNames';
import type { Field } from '../model/declaration';
import type { FieldProblem } from '../model/outcome';
import { asObject } from '../text/json';
import { excerpt } from '../text/show';
import { isEmpty } from '../values/empty';
import { describeProblem, unreadable, type Checked } from './problem';
import { put, type RawEvent } from './rawEvent';

/** Reads the columns of one input item into the fields that are not filled. */
type ColumnReader = (itemIndex: number, filled?: Readonly<RawEvent>) => Checked<RawEvent>;

/**
 * A reader that takes each item's columns that are named like the wire keys, the parameters or the
 * labels, whatever their case and separators, and notes the others. Two columns with a value for one
 * field are a problem of that item: nothing says which one is meant.
 *
 * @param columnAliases further names of columns, with the wire key that they stand for
 * @param usedElsewhere columns that are not noted: an expression of the node names them
 */
export function readColumns(
	items: readonly INodeExecutionData[],
	fields: readonly Field[],
	columnAliases: Readonly<Record<string, string>>,
	ignoredColumns: Set<string>,
	usedElsewhere: ReadonlySet<string> = new Set(),
): ColumnReader {
	const fieldOf = fieldFinder(fields, columnAliases);
	const objects = new Set(
		fields.filter(({ member }) => member !== undefined).map(({ key }) => key),
	);

	return (itemIndex, filled = {}) => {
		const json = items[itemIndex]?.json ?? {};
		const value: RawEvent = {};
		const columnOf = new Map<Field, string>();
		const problems: FieldProblem[] = [];
		for (const column of Object.keys(json)) {
			const field = fieldOf(column);
			if (field === undefined) {
				if (!usedElsewhere.has(column)) ignoredColumns.add(column);
				continue;
			}
			if (isFilled(filled, field, objects.has(field.key))) continue;
			try {
				const given = json[column];
				if (isEmpty(given)) continue;
				const other = columnOf.get(field);
				columnOf.set(field, other ?? column);
				if (other === undefined) put(value, field, given);
				else problems.push(describeTwo(field, other, column));
			} catch (error) {
				problems.push(unreadable(field, error));
			}
		}
		return problems.length === 0
			? { ok: true, value: joined(filled, value) }
			: { ok: false, problems };
	};
}

function describeTwo(field: Field, first: string, second: string): FieldProblem {
	const names = `${excerpt(first)} and ${excerpt(second)}`;
	return describeProblem(
		field,
		`has two columns, ${names}: rename or remove one, or fill in the field`,
	);
}

/** Finds the field of a column. Fields that give the same value are one. */
function fieldFinder(
	fields: readonly Field[],
	columnAliases: Readonly<Record<string, string>>,
): (column: string) => Field | undefined {
	const firstOf = new Map<string, Field>();
	const fieldNamed = new Map<string, Field>();
	for (const field of fields) {
		const first = firstOf.get(targetOf(field)) ?? field;
		firstOf.set(targetOf(field), first);
		for (const name of columnNamesOf(field)) fieldNamed.set(name, first);
	}
	for (const [alias, key] of Object.entries(columnAliases)) {
		const field = firstOf.get(targetOf({ key }));
		if (field) fieldNamed.set(folded(alias), field);
	}
	// rows repeat their columns, and folding a name costs more than finding it
	const known = new Map<string, Field | undefined>();
	return (column) => {
		if (known.has(column)) return known.get(column);
		const field = fieldNamed.get(folded(column));
		if (known.size < MAX_KNOWN) known.set(column, field);
		return field;
	};
}

/** Columns that are remembered: each row could have others. */
const MAX_KNOWN = 10_000;

/** Whether the field needs no column. An object whose members have fields may get more of them. */
function isFilled(filled: Readonly<RawEvent>, { key, member }: Field, isObject: boolean): boolean {
	const given = filled[key];
	if (given === undefined) return false;
	const object = isObject ? asObject(given) : undefined;
	// what is no object stays as it is, and the schema says so
	if (object === undefined) return true;
	return member !== undefined && Object.hasOwn(object, member) && !isEmpty(object[member]);
}

/** What is filled, and what columns have beside it. */
function joined(filled: Readonly<RawEvent>, columns: Readonly<RawEvent>): RawEvent {
	const event: RawEvent = { ...columns, ...filled };
	for (const [key, given] of Object.entries(columns)) {
		if (filled[key] === undefined) continue;
		event[key] = { ...asObject(given), ...asObject(filled[key]) };
	}
	return event;
}
