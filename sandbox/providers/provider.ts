import type { IncomingHttpHeaders } from 'node:http';

/**
 * A provider's API, stood in for: its name, and one function that judges a request by the
 * provider's document. The function keeps nothing; the sandbox records, counts and breaks.
 */
export interface Provider {
	/** Names it in reports and faults, and is the first segment of its paths: `justtrack`. */
	name: string;
	/** What follows the sandbox's address in the credential's Base URL: `/justtrack`. */
	baseUrl: string;
	receive(request: ProviderRequest): Answer;
}

export interface ProviderRequest {
	method: string;
	/** Decoded path below the provider's first segment: `/monetization/v0/jt`. */
	path: string;
	/** The query as it came, still encoded, without the `?`. */
	query: string;
	headers: IncomingHttpHeaders;
	/** The body as text, empty when there is none. */
	body: string;
}

/** A request is taken or refused as a whole, however many events it holds. */
export type Answer = Accepted | Refused;

export interface Accepted {
	status: number;
	body: object;
	events: AcceptedEvent[];
}

export interface AcceptedEvent {
	operation: string;
	/** What the provider tells events apart by. Without one every event is a new event. */
	id?: string;
	/** What was received, without the secret. */
	event: Record<string, unknown>;
}

export interface Refused {
	status: number;
	headers?: Record<string, string>;
	body: object;
	/** One sentence that names parameter, value and rule, and never holds the secret. */
	reason: string;
	/** The ids of the refused events, as far as they could be read. */
	ids: string[];
}

/** Every provider refuses this secret, so that anyone can see what a wrong one looks like. */
export const REFUSED_SECRET = 'refused-key';

export function idsOf(answer: Answer): string[] {
	if ('reason' in answer) return answer.ids;
	return answer.events.flatMap(({ id }) => (id === undefined ? [] : [id]));
}

/** Received text for a sentence or a log line: in quotes, on one line, 100 characters at most. */
export function quote(text: string): string {
	return JSON.stringify(text.length > 100 ? `${text.slice(0, 99)}…` : text);
}
