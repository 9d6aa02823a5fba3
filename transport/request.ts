import type { Declaration } from './compile';
import type { Placement, UsableCredential } from './credential';
import type { RequestView } from './outcome';
import type { Batch } from './plan';
import { JsonNumber, type Operation, type WireEvent, type WireValue } from './provider';

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

/** An event as it goes out, without the secret. */
export interface EncodedEvent {
	/** `key=value&…`; events share a request only when it is the same. */
	readonly query: string;
	/** A JSON object; absent where the operation has no body. */
	readonly body?: string;
	/** Bytes of the body. */
	readonly bytes: number;
}

/** Forms requests of one operation with one credential. */
export interface RequestForm {
	encode(event: WireEvent): EncodedEvent;
	build(batch: Batch): HttpRequest;
	/** The same request as it may be shown, with `***` for each secret. */
	show(batch: Batch): RequestView;
}

/** Compiles the declaration and the credential into a form; what does not change is encoded once. */
export function createRequestForm(
	{ method, path, fields }: Declaration,
	{ baseUrl, placement, maskedPlacement }: UsableCredential,
	{ batch: many }: Pick<Operation, 'batch'>,
): RequestForm {
	const keysIn = (where: 'query' | 'body') => [
		...new Set(fields.filter(({ place }) => place === where).map(({ key }) => key)),
	];
	const queryKeys = keysIn('query').map((key): [string, string] => [key, encodeURIComponent(key)]);
	const bodyKeys = keysIn('body').map((key): [string, string] => [key, JSON.stringify(key)]);
	const prefix = baseUrl.pathname.replace(/\/+$/, '');

	const buildWith = ({ query, headers }: Placement) => {
		const secretQuery = Object.entries(query).map(
			([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`,
		);
		const allHeaders =
			bodyKeys.length > 0 ? { ...headers, 'content-type': 'application/json' } : headers;
		return ({ events }: Batch): HttpRequest => {
			const [first] = events;
			const fullPath = prefix + (events.length > 1 && many ? many.path : path);
			const pairs = [...secretQuery, ...(first?.encoded.query ? [first.encoded.query] : [])];
			return {
				method,
				origin: baseUrl.origin,
				path: pairs.length === 0 ? fullPath : `${fullPath}?${pairs.join('&')}`,
				headers: allHeaders,
				body: events.length > 1 ? joinBodies(events) : first?.encoded.body,
			};
		};
	};
	const build = buildWith(placement);
	const buildMasked = buildWith(maskedPlacement);

	return {
		encode(event) {
			const pairs: string[] = [];
			for (const [key, encodedKey] of queryKeys) {
				const value = event[key];
				if (value !== undefined) pairs.push(`${encodedKey}=${encodeURIComponent(asText(value))}`);
			}
			const query = pairs.join('&');
			if (bodyKeys.length === 0) return { query, bytes: 0 };
			const members: string[] = [];
			for (const [key, encodedKey] of bodyKeys) {
				const value = event[key];
				if (value !== undefined) members.push(`${encodedKey}:${asJson(value)}`);
			}
			const body = `{${members.join(',')}}`;
			return { query, body, bytes: Buffer.byteLength(body) };
		},
		build,
		show(batch) {
			const { origin, path: target, headers, body } = buildMasked(batch);
			return {
				method,
				url: origin + target,
				...(Object.keys(headers).length > 0 && { headers }),
				...(body !== undefined && { body: JSON.parse(body) as unknown }),
			};
		},
	};
}

/** The body of a batch: a JSON array of the events' objects. */
function joinBodies(events: Batch['events']): string {
	return `[${events.map(({ encoded }) => encoded.body ?? '{}').join(',')}]`;
}

function asText(value: WireValue): string {
	return typeof value === 'object' && !(value instanceof JsonNumber)
		? JSON.stringify(value)
		: String(value);
}

function asJson(value: WireValue): string {
	return value instanceof JsonNumber ? value.digits : JSON.stringify(value);
}
