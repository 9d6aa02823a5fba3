import type {
	INodeProperties,
	INodePropertyCollection,
	INodePropertyOptions,
	INodePropertyRouting,
} from 'n8n-workflow';

import type { Declaration, Field, PathPart } from '../model/declaration';
import type { Provider } from '../model/provider';
import { NAME_OF_PAIR, objectsAsJson } from './vocabulary';

/**
 * Reads n8n's declarative vocabulary: the operation's `routing.request` and every field's
 * `routing.send`.
 *
 * @param options the node's own `options`, one of which may stand in the path
 * @throws {Error} where the declaration uses a form that the transport does not know: a defect of
 * the provider, found by its first test
 */
export function compile(
	{ name, properties }: Pick<Provider, 'name' | 'properties'>,
	operation: string,
	options: Readonly<Record<string, unknown>> = {},
): Declaration {
	const option = properties
		.find((property) => property.name === 'operation')
		?.options?.find(
			(entry): entry is INodePropertyOptions => 'value' in entry && entry.value === operation,
		);
	const { method, url, qs, ...others } = readRequest(operation, option?.routing);
	if (typeof method !== 'string' || typeof url !== 'string') {
		throw new Error(`${name}: the operation ${operation} declares no method and url`);
	}
	refuse(operation, others);
	const constants = readConstants(operation, qs);
	if (isExpression(method)) refuse(operation, { expression: method });
	const path = readPath(operation, fillOptions(url, options));

	const declared = properties
		.filter((property) => belongsTo(property, operation))
		.flatMap((property) => {
			if (property.type !== 'collection') return readField(property, path);
			refuse(property.name, property.routing ?? {});
			return (property.options ?? [])
				.filter(isProperty)
				.flatMap((inner) => readField(inner, path, property));
		});
	const fields = mergeTwins(declared);
	for (const part of path) {
		if ('field' in part && !fields.some(({ key, place }) => place === 'path' && key === part.field))
			refuse(operation, { [part.field]: url });
	}
	return { method, path, constants, fields };
}

/** What an operation says of its request, with the one `preSend` that is known left out. */
function readRequest(
	operation: string,
	{ request = {}, send = {}, ...others }: INodePropertyRouting = {},
) {
	const { preSend = [], ...otherSend } = send;
	refuse(operation, { ...others, ...otherSend });
	if (preSend.some((action) => action !== objectsAsJson)) refuse(operation, { preSend });
	return request;
}

function readConstants(operation: string, qs: object = {}): Readonly<Record<string, string>> {
	const constants: Record<string, string> = {};
	for (const [key, value] of Object.entries<unknown>(qs as Record<string, unknown>)) {
		if (typeof value === 'string' && !isExpression(value)) constants[key] = value;
		else refuse(operation, { [key]: value });
	}
	return constants;
}

const PATH_OPTION = /\{\{ \$parameter\["options"\]\["(\w+)"\] \?\? "(\w+)" \}\}/g;

/** `=/api/{{ $parameter["options"]["apiVersion"] ?? "v1" }}/evt` is `=/api/v1/evt` by default. */
function fillOptions(url: string, options: Readonly<Record<string, unknown>>): string {
	if (!isExpression(url)) return url;
	return url.replace(PATH_OPTION, (_, name: string, usual: string) => {
		const given = options[name];
		return encodeURIComponent(typeof given === 'string' ? given : usual);
	});
}

const PATH_PARAMETER = /\{\{ \$parameter\["(\w+)"\] \}\}/;

/** `=/action/{{ $parameter["click_id"] }}` is the text `/action/` and the field `click_id`. */
function readPath(operation: string, url: string): readonly PathPart[] {
	if (!isExpression(url)) return [{ text: url }];
	// split() puts what the pattern has found between the texts around it
	const path = url
		.slice(1)
		.split(PATH_PARAMETER)
		.map((part, index): PathPart => (index % 2 === 0 ? { text: part } : { field: part }));
	if (path.some((part) => 'text' in part && part.text.includes('{{'))) {
		refuse(operation, { expression: url });
	}
	return path;
}

function isExpression(text: string | undefined): boolean {
	return text?.startsWith('=') ?? false;
}

function belongsTo(property: INodeProperties, operation: string): boolean {
	const shown = property.displayOptions?.show?.operation;
	return shown === undefined || shown.includes(operation);
}

/** One field of those that are declared once for each mapping mode; it is required if one of them is. */
function mergeTwins(declared: readonly Field[]): Field[] {
	const fields = new Map<string, Field>();
	for (const field of declared) {
		const name = `${field.collection ?? ''}.${field.parameter}`;
		const twin = fields.get(name);
		const isRequired = field.isRequired || twin?.isRequired === true;
		fields.set(name, { ...(twin ?? field), isRequired });
	}
	return [...fields.values()];
}

type Conditions = Readonly<Record<string, readonly unknown[]>>;

/** The values of other parameters beside which the property is shown, if it is one to be seen. */
function conditionsOf({ type, displayOptions }: INodeProperties): Conditions {
	const conditions = Object.entries(type === 'hidden' ? {} : (displayOptions?.show ?? {}))
		// a collection's own fields name a parameter of the node from its root: `/ipFrom`
		.map(([name, values = []]): [string, readonly unknown[]] => [name.replace(/^\//, ''), values])
		.filter(([name]) => name !== 'operation' && name !== 'dataMode');
	return Object.fromEntries(conditions);
}

function isProperty(
	entry: INodeProperties | INodePropertyOptions | INodePropertyCollection,
): entry is INodeProperties {
	return 'type' in entry;
}

function readField(
	property: INodeProperties,
	path: readonly PathPart[],
	collection?: INodeProperties,
): Field[] {
	const { displayName: label, name: parameter, type, routing, required = false } = property;
	const shownBeside = { ...(collection && conditionsOf(collection)), ...conditionsOf(property) };
	const isConditional = Object.keys(shownBeside).length > 0;
	const own = {
		label,
		parameter,
		collection: collection?.name,
		...(isConditional && { shownBeside }),
		// of a field that is shown beside another's value only, the schema decides
		isRequired: required && !isConditional,
	};
	// a parameter of the path is its own key
	const isInPath = path.some((part) => 'field' in part && part.field === parameter);
	if (isInPath && routing === undefined) return [{ ...own, key: parameter, place: 'path' }];
	if (type === 'fixedCollection') return [{ ...own, ...readList(property) }];
	if (routing === undefined) return [];

	const { key, place, value } = readSend(parameter, routing);
	if (value !== undefined) refuse(parameter, { value });
	const [outer = '', member, ...deeper] = key.split('.');
	if (outer === '' || member === '' || isExpression(key) || deeper.length > 0) {
		throw new Error(`${parameter}: routing.send needs a plain property`);
	}
	return [{ ...own, key: outer, member, place }];
}

/** A list of pairs: as a whole one object, or each pair a query parameter. */
function readList({ name, routing, options = [] }: INodeProperties): Pick<Field, 'key' | 'place'> {
	if (routing !== undefined) {
		// what n8n would make of the list; here the schema makes it, of every form it accepts
		const { key, place, value } = readSend(name, routing);
		if (value === undefined || isExpression(key) || key.includes('.')) refuse(name, { value });
		return { key, place };
	}
	const sends = options
		.flatMap((entry) => ('values' in entry ? entry.values : []))
		.flatMap((value) => (value.routing ? [readSend(value.name, value.routing)] : []));
	const [send, ...others] = sends;
	if (
		send?.key !== NAME_OF_PAIR ||
		send.place !== 'query' ||
		send.value !== undefined ||
		others.length > 0
	) {
		refuse(name, { fixedCollection: true });
	}
	return { key: name, place: 'pairs' };
}

function readSend(name: string, { send = {}, ...others }: INodePropertyRouting) {
	const { type, property: key, value, ...otherSend } = send;
	refuse(name, { ...others, ...otherSend });
	if (typeof key !== 'string') throw new Error(`${name}: routing.send needs a plain property`);
	const place: 'body' | 'query' = type === 'body' ? 'body' : 'query';
	return { key, place, value };
}

/** What the transport does not know must not be passed over in silence. */
function refuse(name: string, unknownForms: object): void {
	const forms = Object.keys(unknownForms);
	if (forms.length > 0) {
		throw new Error(
			`${name}: the transport does not know this form of routing: ${forms.join(', ')}`,
		);
	}
}
