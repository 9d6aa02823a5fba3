import type { INodeProperties, INodePropertyCollection, INodePropertyOptions } from 'n8n-workflow';

import type { Provider } from './provider';

/** One field of an operation, as the declaration gives it. */
export interface Field {
	/** The provider's key. */
	readonly key: string;
	/** As the editor shows it. */
	readonly label: string;
	/** Where it travels. */
	readonly place: 'query' | 'body';
	/** The node parameter, e.g. `platform`. */
	readonly parameter: string;
	/** The collection that the parameter stands in, if any. */
	readonly collection?: string;
}

/** An operation's declaration, read once. */
export interface Declaration {
	readonly method: string;
	/** Appended to the credential's Base URL. */
	readonly path: string;
	readonly fields: readonly Field[];
}

/**
 * Reads n8n's declarative vocabulary: the operation's `routing.request` and every field's
 * `routing.send`.
 *
 * @throws {Error} where the declaration uses a form that the transport does not know: a defect of
 * the provider, found by its first test
 */
export function compile(provider: Provider, operation: string): Declaration {
	const { properties } = provider;
	const option = properties
		.find(({ name }) => name === 'operation')
		?.options?.find(
			(entry): entry is INodePropertyOptions => 'value' in entry && entry.value === operation,
		);
	const request = option?.routing?.request;
	if (typeof request?.method !== 'string' || typeof request.url !== 'string') {
		throw new Error(`${provider.name}: the operation ${operation} declares no method and url`);
	}
	const fields = properties
		.filter((property) => belongsTo(property, operation))
		.flatMap((property) =>
			property.type === 'collection'
				? (property.options ?? [])
						.filter(isProperty)
						.flatMap((inner) => readField(inner, property.name))
				: readField(property),
		);
	return { method: request.method, path: request.url, fields };
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

function readField(property: INodeProperties, collection?: string): Field[] {
	const send = property.routing?.send;
	if (send === undefined) return [];
	if (
		typeof send.property !== 'string' ||
		send.value !== undefined ||
		send.property.includes('.')
	) {
		throw new Error(`${property.name}: routing.send may hold a type and a plain property, no more`);
	}
	const place = send.type === 'body' ? 'body' : 'query';
	return [
		{
			key: send.property,
			label: property.displayName,
			place,
			parameter: property.name,
			collection,
		},
	];
}
