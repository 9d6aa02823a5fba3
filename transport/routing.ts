import type { IHttpRequestOptions } from 'n8n-workflow';

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
