import type {
	INodeProperties,
	INodePropertyCollection,
	INodePropertyOptions,
	INodePropertyRouting,
} from 'n8n-workflow';

import type { Provider } from './provider';
import { NAME_OF_PAIR, objectsAsJson } from './routing';

/** One field of an operation, as the declaration gives it. */
export interface Field {
	/** The provider's key. */
	readonly key: string;
	/** The name within the object that travels under `key`, e.g. `ad_platform` of `e`. */
	readonly member?: string;
	/** As the editor shows it. */
	readonly label: string;
	/** Where it travels; `pairs` is a map whose entries are query parameters of their own. */
	readonly place: 'path' | 'query' | 'pairs' | 'body';
	/** The node parameter, e.g. `platform`. */
	readonly parameter: string;
	/** The collection that the parameter stands in, if any. */
	readonly collection?: string;
	/** Whether automatic mapping takes it from a column; else it is a parameter in every mode. */
	readonly isAutomatic: boolean;
}

/** An operation's declaration, read once. */
export interface Declaration {
	readonly method: string;
	/** Appended to the credential's Base URL: text, and between two texts the key of a path field. */
	readonly path: readonly string[];
	/** Query parameters that never change. */
	readonly constants: Readonly<Record<string, string>>;
	readonly fields: readonly Field[];
}

/**
 * Reads n8n's declarative vocabulary: the operation's `routing.request` and every field's
 * `routing.send`.
 *
 * @throws {Error} where the declaration uses a form that the transport does not know: a defect of
 * the provider, found by its first test
 */
export function compile({ name, properties }: Provider, operation: string): Declaration {
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
	const path = readPath(operation, url);

	const fields = properties
		.filter((property) => belongsTo(property, operation))
		.flatMap((property) => {
			const isAutomatic = property.displayOptions?.show?.dataMode !== undefined;
			if (property.type !== 'collection') return readField(property, path, isAutomatic);
			refuse(property.name, property.routing ?? {});
			return (property.options ?? [])
				.filter(isProperty)
				.flatMap((inner) => readField(inner, path, isAutomatic, property.name));
		});
	const unfilled = path.find(
		(part, index) =>
			index % 2 === 1 && !fields.some(({ key, place }) => place === 'path' && key === part),
	);
	if (unfilled !== undefined) refuse(operation, { [unfilled]: url });
	return {
		method,
		path,
		constants,
		fields,
	};
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

const PATH_PARAMETER = /\{\{ \$parameter\["(\w+)"\] \}\}/;

/** `=/action/{{ $parameter["click_id"] }}` is `['/action/', 'click_id', '']`. */
function readPath(operation: string, url: string): readonly string[] {
	if (!isExpression(url)) return [url];
	const path = url.slice(1).split(PATH_PARAMETER);
	if (path.some((part) => part.includes('{{'))) refuse(operation, { expression: url });
	return path;
}

function isExpression(text: string | undefined): boolean {
	return text?.startsWith('=') ?? false;
}

function belongsTo(property: INodeProperties, operation: string): boolean {
	const shown = property.displayOptions?.show?.operation;
	return shown === undefined || shown.includes(operation);
}

function isProperty(
	entry: INodeProperties | INodePropertyOptions | INodePropertyCollection,
): entry is INodeProperties {
	return 'type' in entry;
}

function readField(
	property: INodeProperties,
	path: readonly string[],
	isAutomatic: boolean,
	collection?: string,
): Field[] {
	const { displayName: label, name: parameter, type, routing } = property;
	const own = { label, parameter, collection, isAutomatic };
	// a parameter of the path is its own key
	const isInPath = path.some((part, index) => index % 2 === 1 && part === parameter);
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
