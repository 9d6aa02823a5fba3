import type { IncomingHttpHeaders } from 'node:http';

/**
 * A provider's API, stood in for: its name, and one function that judges a request by the
 * provider's document. The function keeps nothing; the sandbox records, counts and breaks.
 */
export interface Provider {
	/** Names it in reports and faults: `justtrack`. */
	name: string;
	/** As people know it, for the page. */
	displayName: string;
	/**
	 * What follows the sandbox's address in the credential's Base URL: `/justtrack`. The provider is
	 * reached below its first segment.
	 */
	baseUrl: string;
	receive(request: ProviderRequest): Answer;
	/** Makes a secret in the path, as far as it is below the first segment, unreadable. */
	hidePath?(path: string): string;
	/** The refusal of a request with an event that breaks a rule: the `refuse` fault needs one. */
	refuseEvent(reason: string, ids: Refused['ids']): Refused;
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
	/** What reports and faults know the event by. */
	id?: string;
	/** Whether the provider takes another event with this operation and id for the same one. */
	deduplicates: boolean;
	/** What was received, without the secret. */
	event: Record<string, unknown>;
	/** What it is worth; absent where the event says nothing of money. */
	money?: Money;
	/**
	 * When it happened, by its own account, in the lanes that the provider wants in chronological
	 * order: one for each identifier of its device.
	 */
	order?: { lanes: string[]; at: number };
}

export interface Money {
	/** A decimal number, as it came: `1.50`, or `4.5e-7` where that was a JSON number. */
	amount: string;
	/** As received; absent where the provider has its accounts' own and is sent none. */
	currency?: string;
	/** The network or platform that paid, where the provider is told; without the secret. */
	network?: string;
}

export interface Refused {
	status: number;
	headers?: Record<string, string>;
	body: object;
	/** One sentence that names parameter, value and rule, and never holds the secret. */
	reason: string;
	/** The id of each event, as far as they could be read; undefined for one without. */
	ids: (string | undefined)[];
}

/** Every provider refuses this secret, so that anyone can see what a wrong one looks like. */
export const REFUSED_SECRET = 'refused-key';

/** The first segment of the provider's paths. */
export function segmentOf({ baseUrl }: Provider): string {
	return baseUrl.split('/')[1] ?? '';
}

/** The id of each event that the request held, undefined for one without. */
export function idsOf(answer: Answer): Refused['ids'] {
	return 'reason' in answer ? answer.ids : answer.events.map(({ id }) => id);
}

/** A path up to where a query with its secret begins, even one whose `?` is missing or encoded. */
export function cutQuery(path: string): string {
	return path.replace(/[?%&=;].*$/s, '');
}

/** Received text for a sentence or a log line: in quotes, on one line, 100 characters at most. */
export function quote(text: string): string {
	return JSON.stringify(shorten(text));
}

/** 100 characters at most. */
export function shorten(text: string): string {
	return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
