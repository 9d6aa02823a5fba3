import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { Field } from '../model/declaration';
import { folded, hasColumn, targetOf, wireNameOf } from './columnNames';
import { compile } from './compile';

/**
 * The properties of a node, fit for both mapping modes. Fields are shown in both, since n8n empties
 * what it hides. Where they differ they are declared twice, by which n8n keeps their value:
 *
 * - a required field is marked as such only where people map by hand, as its column may fill it;
 * - a choice that nobody has made says in automatic mapping that its column decides.
 *
 * What is mapped onto a choice may be spelled in any case, which n8n would mark as not supported: whether a value
 * fits, the schema says.
 *
 * Beneath the Mapping Mode a notice tells which columns automatic mapping takes.
 *
 * @throws {Error} where the transport does not know a form that a field uses
 */
export function inBothModes(properties: readonly INodeProperties[]): INodeProperties[] {
	return properties.map(withAnySpelling).flatMap((property) => {
		if (property.name === 'dataMode') return [property, ...columnNotices(properties)];
		if (!property.required && !isOpenChoice(property)) return [property];
		const { required: _, ...automatic } = property;
		return [
			shownIn('defineBelow', property),
			shownIn('autoMapInputData', {
				...automatic,
				...(isOpenChoice(property) && { options: withColumn(property.options) }),
			}),
		];
	});
}

function withAnySpelling(property: INodeProperties): INodeProperties {
	if (property.type === 'collection') {
		const options = (property.options as INodeProperties[]).map(withAnySpelling);
		return { ...property, options };
	}
	const isSentChoice = property.type === 'options' && property.routing?.send !== undefined;
	return isSentChoice ? { ...property, allowArbitraryValues: true } : property;
}

const shownIn = (mode: string, property: INodeProperties): INodeProperties => ({
	...property,
	displayOptions: {
		...property.displayOptions,
		show: { ...property.displayOptions?.show, dataMode: [mode] },
	},
});

/** A choice that is empty until somebody chooses. */
function isOpenChoice({ type, default: preset }: INodeProperties): boolean {
	return type === 'options' && preset === '';
}

function withColumn(options: INodeProperties['options'] = []): INodeProperties['options'] {
	const others = options.filter((option) => !('value' in option) || option.value !== '');
	return [{ name: 'From Its Column', value: '' }, ...others];
}

/** For each operation that sends, the columns that it takes. */
function columnNotices(properties: readonly INodeProperties[]): INodeProperties[] {
	const { options = [] } = properties.find(({ name }) => name === 'operation') ?? {};
	return options
		.filter((option): option is INodePropertyOptions => 'value' in option)
		.filter(({ routing }) => routing?.request !== undefined)
		.map(({ value }) => ({
			displayName: tellColumns(properties, String(value)),
			name: 'columnsNotice',
			type: 'notice',
			default: '',
			displayOptions: { show: { operation: [value], dataMode: ['autoMapInputData'] } },
		}));
}

/** What automatic mapping takes of a row, required columns first. */
function tellColumns(properties: readonly INodeProperties[], operation: string): string {
	const { fields } = compile({ name: 'the node', properties }, operation);
	const columns = [...Map.groupBy(fields.filter(hasColumn), targetOf).values()].flatMap(
		// of fields that give the same value, the first
		([first]) => first ?? [],
	);
	const isNeeded = ({ parameter }: Field) =>
		properties.some(
			(property) =>
				property.name === parameter &&
				property.required &&
				isShownAtFirst(property, properties, operation),
		);
	const required = columns.filter(isNeeded).map(nameColumn).join(', ');
	const others = columns
		.filter((field) => !isNeeded(field))
		.map(nameColumn)
		.join(', ');
	const lists = [
		required && `<li>Required: ${required}.</li>`,
		others && `<li>${required ? 'Others' : 'Columns'}: ${others}.</li>`,
	];
	// of HTML, n8n's notices keep lists and links
	return `Takes the columns with these names, whatever their case and separators:<ul>${lists.join('')}</ul>A field that is filled in below wins over its column.`;
}

/** Whether the editor shows it for the operation as long as all else has its default. */
function isShownAtFirst(
	{ displayOptions }: INodeProperties,
	properties: readonly INodeProperties[],
	operation: string,
): boolean {
	return Object.entries(displayOptions?.show ?? {}).every(([name, values = []]) => {
		const preset = properties.find((property) => property.name === name)?.default;
		const value = name === 'operation' ? operation : preset;
		return (values as readonly unknown[]).includes(value);
	});
}

/** `Platform (p)`, and `Transaction ID` where the wire key is the same but for case and separators. */
function nameColumn(field: Field): string {
	const wireName = wireNameOf(field);
	return folded(field.label) === folded(wireName) ? field.label : `${field.label} (${wireName})`;
}
