import type { Reply } from '../model/answer';
import { isPlainObject } from '../text/json';

/** Characters of a reply that an output item keeps. */
export const MAX_KEPT_CHARACTERS = 2_000;

/** What is nested deeper is no answer to read, and would be too deep for whoever stores it. */
const MAX_NESTING = 32;

/**
 * A reply's body: parsed where it is JSON, else its text, `undefined` where it is empty. A byte
 * order mark before it, which JSON does not know, is passed over.
 */
export function parseBody({ body }: Reply): unknown {
	if (body.trim() === '') return undefined;
	if (nestsDeeper(body, MAX_NESTING)) return body;
	try {
		return JSON.parse(body.replace(/^\uFEFF/, '')) as unknown;
	} catch {
		// not JSON is no error: replies may be any text
		return body;
	}
}

/** A reply's body for an output item: where it is longer than that keeps, its text, yet to be cut. */
export function keptBody(reply: Reply): unknown {
	return reply.body.length > MAX_KEPT_CHARACTERS ? reply.body : parseBody(reply);
}

/** The body's members where it is a JSON object, else none. */
export function parseMembers(reply: Reply): Readonly<Record<string, unknown>> {
	const body = parseBody(reply);
	return isPlainObject(body) ? body : {};
}

function nestsDeeper(json: string, max: number): boolean {
	let depth = 0;
	for (const sign of json) {
		if (sign === '[' || sign === '{') depth++;
		if (sign === ']' || sign === '}') depth--;
		if (depth > max) return true;
	}
	return false;
}
