import type { Placement } from '../credential/placement';
import type { UsableCredential } from '../credential/read';
import type { Declaration, Field } from '../model/declaration';
import {
	JsonNumber,
	type Batch,
	type EncodedEvent,
	type Json,
	type WireEvent,
	type WireValue,
} from '../model/event';
import type { RequestView } from '../model/outcome';
import type { Operation } from '../model/provider';
import type { HttpRequest } from '../model/request';
import { withoutTrailing } from '../text/show';

/** Forms requests of one operation with one credential. */
export interface RequestForm {
	encode(event: WireEvent): EncodedEvent;
	build(batch: Pick<Batch, 'events'>): HttpRequest;
	/** The same request as it may be shown, with `***` for each secret. */
	show(batch: Pick<Batch, 'events'>): RequestView;
}

/** Compiles the declaration and the credential into a form; what does not change is encoded once. */
export function createRequestForm(
	{ method, path, constants, fields }: Declaration,
	{ baseUrl, placement, maskedBaseUrl, maskedPlacement }: UsableCredential,
	{ batch: many, madeKeys = [] }: Pick<Operation, 'batch' | 'madeKeys'>,
): RequestForm {
	const keysIn = (where: Field['place']) => [
		...new Set(fields.filter(({ place }) => place === where).map(({ key }) => key)),
	];
	const queryKeys = [...keysIn('query'), ...madeKeys].map((key): [string, string] => [
		key,
		encodeURIComponent(key),
	]);
	const pairsKeys = keysIn('pairs');
	const bodyKeys = keysIn('body').map((key): [string, string] => [key, JSON.stringify(key)]);
	const constantPairs = encodePairs(constants);

	const buildWith = ({ origin, pathname }: URL, { query, headers }: Placement) => {
		const prefix = withoutTrailing(pathname, /\//);
		const secretPairs = encodePairs(query);
		const allHeaders =
			bodyKeys.length > 0 ? { ...headers, 'content-type': 'application/json' } : headers;
		return ({ events }: Pick<Batch, 'events'>): HttpRequest => {
			const [first] = events;
			const ownPath = first?.encoded.path ?? '';
			const fullPath = prefix + (events.length > 1 && many ? many.path : ownPath);
			const pairs = [...secretPairs, ...(first?.encoded.query ? [first.encoded.query] : [])];
			return {
				method,
				origin,
				path: pairs.length === 0 ? fullPath : `${fullPath}?${pairs.join('&')}`,
				headers: allHeaders,
				body: events.length > 1 ? joinBodies(events) : first?.encoded.body,
			};
		};
	};
	const build = buildWith(baseUrl, placement);
	const buildMasked = buildWith(maskedBaseUrl, maskedPlacement);

	return {
		encode(event) {
			const pairs: string[] = [];
			for (const [key, encodedKey] of queryKeys) {
				const value = event[key];
				if (value !== undefined) pairs.push(`${encodedKey}=${encodeURIComponent(asText(value))}`);
			}
			for (const key of pairsKeys) {
				const value = event[key];
				if (!isMap(value)) continue;
				// one by one: as arguments of one call they could be too many
				for (const pair of encodePairs(value)) pairs.push(pair);
			}
			const query = [...pairs, ...constantPairs].join('&');
			const ownPath = fillPath(path, event);
			if (bodyKeys.length === 0) return { path: ownPath, query, bytes: 0 };
			const members: string[] = [];
			for (const [key, encodedKey] of bodyKeys) {
				const value = event[key];
				if (value !== undefined) members.push(`${encodedKey}:${asJson(value)}`);
			}
			const body = `{${members.join(',')}}`;
			return { path: ownPath, query, body, bytes: Buffer.byteLength(body) };
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

function encodePairs(pairs: Readonly<Record<string, Json>>): string[] {
	return Object.entries(pairs).map(
		([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(asText(value))}`,
	);
}

function fillPath(path: Declaration['path'], event: WireEvent): string {
	return path
		.map((part) =>
			'text' in part ? part.text : encodeURIComponent(asText(event[part.field] ?? '')),
		)
		.join('');
}

/** The body of a batch: a JSON array of the events' objects. */
function joinBodies(events: Batch['events']): string {
	return `[${events.map(({ encoded }) => encoded.body ?? '{}').join(',')}]`;
}

function isMap(value: WireValue | undefined): value is Readonly<Record<string, Json>> {
	return typeof value === 'object' && !(value instanceof JsonNumber);
}

function asText(value: WireValue | Json): string {
	if (value instanceof JsonNumber) return value.digits;
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function asJson(value: WireValue): string {
	return value instanceof JsonNumber ? value.digits : JSON.stringify(value);
}
