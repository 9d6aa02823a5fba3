import type { Declaration } from './compile';
import type { Placement, UsableCredential } from './credential';
import type { RequestView } from './outcome';
import type { Batch } from './plan';
import type { WireValue } from './provider';

/** A request ready to be sent. Holds the secret: never shown, never logged. */
export interface HttpRequest {
	readonly method: string;
	/** Scheme, host and port. */
	readonly origin: string;
	/** Path and query, encoded. */
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string;
}

/** Forms requests of one operation with one credential. */
export interface RequestForm {
	build(batch: Batch): HttpRequest;
	/** The same request as it may be shown, with `***` for each secret. */
	show(batch: Batch): RequestView;
}

/** Compiles the declaration and the credential into a form; what does not change is encoded once. */
export function createRequestForm(
	{ method, path, fields }: Declaration,
	{ baseUrl, placement, maskedPlacement }: UsableCredential,
): RequestForm {
	const queryKeys = fields
		.filter(({ place }) => place === 'query')
		.map(({ key }): [string, string] => [key, encodeURIComponent(key)]);
	const fullPath = baseUrl.pathname.replace(/\/+$/, '') + path;

	const buildWith = ({ query, headers }: Placement) => {
		const secretQuery = Object.entries(query).map(
			([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`,
		);
		return ({ events: [first] }: Batch): HttpRequest => {
			const pairs = [...secretQuery];
			for (const [key, encodedKey] of queryKeys) {
				const value = first?.event[key];
				if (value !== undefined) pairs.push(`${encodedKey}=${encodeURIComponent(asText(value))}`);
			}
			return {
				method,
				origin: baseUrl.origin,
				path: pairs.length === 0 ? fullPath : `${fullPath}?${pairs.join('&')}`,
				headers,
			};
		};
	};
	const build = buildWith(placement);
	const buildMasked = buildWith(maskedPlacement);

	return {
		build,
		show(batch) {
			const request = buildMasked(batch);
			return {
				method,
				url: request.origin + request.path,
				...(Object.keys(request.headers).length > 0 && { headers: request.headers }),
			};
		},
	};
}

function asText(value: WireValue): string {
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
