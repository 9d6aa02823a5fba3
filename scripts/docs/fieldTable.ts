import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';

import { hasColumn, wireNameOf } from '../../transport/declaration/columnNames';
import { compile } from '../../transport/declaration/compile';
import type { Field } from '../../transport/model/declaration';
import type { Provider } from '../../transport/model/provider';
import { toTable } from './markdown';

/** A field as people meet it, with the operations that take it. */
interface Row {
	readonly label: string;
	readonly column: string;
	readonly description: string;
	/** Operations in people's words, those that need it first. */
	readonly needed: string[];
	readonly recommended: string[];
	readonly optional: string[];
}

/** A Markdown table of all fields of a provider, in the editor's order, from its declarations. */
export function fieldTable(provider: Provider): string {
	const operations = operationsOf(provider);
	const rows = new Map<string, Row>();
	for (const { name, value } of operations) {
		for (const field of compile(provider, value).fields) {
			const row = rowOf(provider, field, rows);
			const isRecommended = provider.operations[value]?.recommended?.includes(field.key);
			if (field.isRequired) row.needed.push(name);
			else if (isRecommended) row.recommended.push(name);
			else row.optional.push(name);
		}
	}
	const head = ['Field', 'Column', operations.length > 1 ? 'Operations' : 'Needed', 'What goes in'];
	const body = [...rows.values()].map((row) => [
		row.label,
		row.column,
		operations.length > 1 ? inWords(row, operations.length) : neededIn(row),
		row.description,
	]);
	return toTable(head, body);
}

/** The operations that send something, as the editor names them. */
function operationsOf({ properties, operations }: Provider): { name: string; value: string }[] {
	const options = properties.find(({ name }) => name === 'operation')?.options ?? [];
	return options
		.filter((entry): entry is INodePropertyOptions => 'value' in entry)
		.filter(({ value }) => Object.hasOwn(operations, String(value)))
		.map(({ name, value }) => ({ name: name.replace(/^Send /, ''), value: String(value) }));
}

function rowOf(provider: Provider, field: Field, rows: Map<string, Row>): Row {
	const key = `${field.collection ?? ''} ${field.parameter} ${field.key}`;
	const known = rows.get(key);
	if (known) return known;
	const row: Row = {
		label: field.label,
		column: hasColumn(field) ? `\`${wireNameOf(field)}\`` : '',
		description: descriptionOf(provider.properties, field),
		needed: [],
		recommended: [],
		optional: [],
	};
	rows.set(key, row);
	return row;
}

function neededIn({ needed, recommended }: Row): string {
	if (needed.length > 0) return 'yes';
	return recommended.length > 0 ? 'recommended' : '';
}

/** All operations that take the field: bold where they need it, italic where it is recommended. */
function inWords({ needed, recommended, optional }: Row, operations: number): string {
	const all = (names: readonly string[]) =>
		names.length === operations ? ['all'] : names.map((name) => name);
	return [
		...all(needed).map((name) => `**${name}**`),
		...all(recommended).map((name) => `_${name}_`),
		...all(optional),
	].join(', ');
}

/** What the editor says of a field, with the values that it offers. */
function descriptionOf(
	properties: readonly INodeProperties[],
	{ parameter, collection }: Field,
): string {
	const among = collection
		? properties
				.filter(({ name }) => name === collection)
				.flatMap(({ options = [] }) => options)
				.filter(isProperty)
		: properties;
	const property = among.find(({ name }) => name === parameter);
	if (property === undefined) throw new Error(`${parameter} is declared nowhere`);
	const { description = '', placeholder = '', type, options = [] } = property;
	const choices =
		type === 'options'
			? options
					.filter((entry): entry is INodePropertyOptions => 'value' in entry)
					.filter(({ value }) => value !== '')
					.map(({ name, value }) =>
						name === String(value) ? `\`${name}\`` : `\`${String(value)}\` (${name})`,
					)
			: [];
	const example = /^e\.g\. (.+)$/.exec(placeholder)?.[1];
	return [
		description.replace(/([^.])$/, '$1.'),
		choices.length > 0 ? `One of ${choices.join(', ')}.` : '',
		example === undefined || choices.length > 0 ? '' : `E.g. \`${example}\`.`,
	]
		.filter((sentence) => sentence !== '')
		.join(' ');
}

function isProperty(
	entry: INodeProperties | INodePropertyOptions | INodePropertyCollection,
): entry is INodeProperties {
	return 'type' in entry;
}
