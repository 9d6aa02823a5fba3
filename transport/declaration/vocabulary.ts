import type {
	IHttpRequestOptions,
	INodePropertyCollection,
	INodePropertyRouting,
} from 'n8n-workflow';

/**
 * For the `routing.send.preSend` of an operation whose fields build objects in the query
 * (`property: 'e.ad_platform'`): the object travels as JSON text, as the transport sends it.
 */
export function objectsAsJson(request: IHttpRequestOptions): Promise<IHttpRequestOptions> {
	const qs = Object.entries(request.qs ?? {}).map(([key, value]): [string, unknown] => [
		key,
		typeof value === 'object' && value !== null ? JSON.stringify(value) : value,
	]);
	return Promise.resolve({ ...request, qs: Object.fromEntries(qs) as IHttpRequestOptions['qs'] });
}

/** The `options` of a `fixedCollection` that is a list of names and values. */
export function pairsOf(
	displayName: string,
	routing?: INodePropertyRouting,
): INodePropertyCollection[] {
	return [
		{
			displayName,
			name: 'pair',
			values: [
				{ displayName: 'Name', name: 'name', type: 'string', default: '' },
				{ displayName: 'Value', name: 'value', type: 'string', default: '', routing },
			],
		},
	];
}

/** For the `routing.send.value` of such a list: one object of it. */
export const PAIRS_AS_OBJECT =
	'={{ Object.fromEntries(($value.pair ?? []).map(({ name, value }) => [name, value])) }}';

/** For the `routing.send.property` of its values: each pair is a parameter of its own. */
export const NAME_OF_PAIR = '={{ $parent.name }}';
