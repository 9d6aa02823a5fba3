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
	/** Whether automatic mapping takes it from a column; else it is a parameter in every mode. */
	readonly isAutomatic: boolean;
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
	const { request, ...otherRouting } = option?.routing ?? {};
	const { method, url, ...otherRequest } = request ?? {};
	if (typeof method !== 'string' || typeof url !== 'string') {
		throw new Error(`${provider.name}: the operation ${operation} declares no method and url`);
	}
	refuse(operation, { ...otherRouting, ...otherRequest });
	if (method.startsWith('=') || url.startsWith('=')) refuse(operation, { expression: url });
	const fields = properties
		.filter((property) => belongsTo(property, operation))
		.flatMap((property) => {
			const isAutomatic = property.displayOptions?.show?.dataMode !== undefined;
			if (property.type !== 'collection') return readField(property, isAutomatic);
			refuse(property.name, property.routing ?? {});
			return (property.options ?? [])
				.filter(isProperty)
				.flatMap((inner) => readField(inner, isAutomatic, property.name));
		});
	return { method, path: url, fields };
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

function readField(property: INodeProperties, isAutomatic: boolean, collection?: string): Field[] {
	if (property.routing === undefined) {
		if (property.type === 'fixedCollection') refuse(property.name, { fixedCollection: true });
		return [];
	}
	const { send, ...otherRouting } = property.routing;
	const { type, property: key, propertyInDotNotation: _, value, ...otherSend } = send ?? {};
	refuse(property.name, { ...otherRouting, ...otherSend });
	// what n8n would make of a list of pairs; here the schema makes it, of every form it accepts
	const isList = property.type === 'fixedCollection';
	if (isList !== (value !== undefined)) refuse(property.name, { value });
	if (typeof key !== 'string' || key.startsWith('=') || key.includes('.')) {
		throw new Error(`${property.name}: routing.send needs a plain property`);
	}
	const place = type === 'body' ? 'body' : 'query';
	const { displayName: label, name: parameter } = property;
	return [{ key, label, place, parameter, collection, isAutomatic }];
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
