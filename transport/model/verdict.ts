/**
 * What an answer means for the events of its request. Closed set:
 *
 * - `delivered`: accepted
 * - `rejected`: refused for good
 * - `broken`: refused, nothing of it accepted, because an event breaks a rule: alone it is refused
 *   for good, a batch is halved until the broken events stand alone
 * - `unauthorized`: the credential was refused: the run stops sending with it
 * - `throttled`: refused for rate, certainly not accepted: tried again
 * - `notTaken`: certainly not accepted: tried again
 * - `unclear`: it may have been accepted: tried again only where a repeat does no harm
 */
export type Verdict = Acceptance | Refusal;

/** The provider took the events. */
export interface Acceptance {
	readonly kind: 'delivered';
	/** The provider's own word on an accepted event. */
	readonly verdict?: string;
	readonly reason?: string;
}

/** A verdict that is no acceptance. */
export interface Refusal {
	readonly kind: 'rejected' | 'broken' | 'unauthorized' | 'throttled' | 'notTaken' | 'unclear';
	/** A sentence without the provider's name, e.g. `answered 400: …`. */
	readonly reason: string;
	/** Milliseconds that the provider asks to wait, where that is longer than a run waits. */
	readonly waitMs?: number;
	/** What to do, where it is not what the outcome says by itself. */
	readonly advice?: string;
	/**
	 * Of a refused credential: whether nothing but the status says so, which may be about the event
	 * instead. Among accepted events it is then taken for `broken`.
	 */
	readonly isByStatusAlone?: boolean;
	/** Of an unclear answer: whether the provider itself asks for a repeat. */
	readonly asksForRepeat?: boolean;
}
