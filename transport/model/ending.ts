import type { Reply } from './answer';
import type { FailureName } from './outcome';
import type { Acceptance, Refusal } from './verdict';

/**
 * How the delivery of a batch ended, as facts: they hold for each of its events. The sentences
 * that people read are made of them in `report/words.ts`.
 */
export type Ending = Accepted | NotAccepted | NotSent | Defect;

/** What every ending of a batch that was sent tells. */
interface Sent {
	/** Requests that the events were part of. */
	readonly attempts: number;
	/** Whether the event before it in its lane may or may not have been accepted. */
	readonly followsUnknown?: boolean;
}

export interface Accepted extends Sent {
	readonly kind: 'accepted';
	readonly outcome: 'delivered';
	readonly verdict: Acceptance;
	/** The answer that accepted it. */
	readonly reply?: Reply;
	/** Whether an earlier try may have been accepted too, by a provider that keeps both. */
	readonly mayCountTwice: boolean;
}

export interface NotAccepted extends Sent {
	readonly kind: 'notAccepted';
	readonly outcome: FailureName;
	/** What the last answer meant. */
	readonly verdict: Refusal;
	/** Status of the last answer, if there was one. */
	readonly httpStatus?: number;
	/** Requests of just these events: fewer than `attempts` where they were part of a larger batch. */
	readonly tries: number;
	/** Whether the run ended before the next try. */
	readonly wasCutShort: boolean;
}

/** No request was made of just these events. */
export interface NotSent {
	readonly kind: 'notSent';
	readonly outcome: FailureName;
	/** Why not. */
	readonly halt: Halt;
	/** Requests of larger batches that they were part of, the last refused for a broken event. */
	readonly attempts: number;
}

/** An error of our own, yet the events are accounted for. */
export interface Defect {
	readonly kind: 'defect';
	readonly outcome: 'unknown';
	readonly error: string;
}

/** Why a run sends nothing more. */
export type Halt =
	/** The execution was stopped. */
	| { readonly kind: 'stopped' }
	/** The record cannot be written, so nothing more may leave. The reason is whole sentences. */
	| { readonly kind: 'record'; readonly reason: string }
	/** This run stood still for so long that others may have taken its events. */
	| { readonly kind: 'lost' }
	/** An earlier event of the same lane waits for a later run, and so must this one. */
	| { readonly kind: 'behind' }
	/** The provider has answered nothing for so long. */
	| { readonly kind: 'silence'; readonly ms: number; readonly reason: string }
	/** The provider has refused everything for rate, or for being overloaded (503), for so long. */
	| {
			readonly kind: 'throttled';
			readonly ms: number;
			readonly reason: string;
			/** Status of the last answer. */
			readonly httpStatus: number;
	  }
	/** The provider has answered nothing but server errors for so long. */
	| { readonly kind: 'serverErrors'; readonly ms: number; readonly reason: string }
	/** The provider asked another run to wait, until then (`Date.now()`), longer than this one does. */
	| { readonly kind: 'paused'; readonly until: number }
	/** The answer to an earlier event: the credential was refused, or it asked for too long a wait. */
	| {
			readonly kind: 'refusal';
			readonly verdict: Refusal;
			/** The part of the provider that it is about, in words, where it is not the whole: `app 666`. */
			readonly part?: string;
	  };
