/**
 * How an input item ended. Closed set, fixed by the Contract in ARCHITECTURE.md:
 *
 * - `delivered`: the provider accepted it
 * - `preview`: not sent, by wish
 * - `invalid`: not sent, the event breaks the provider's rules
 * - `rejected`: sent, refused for good
 * - `unauthorized`: the credential was refused; nothing more is sent with it in this run
 * - `throttled`: refused for rate after all retries
 * - `failed`: certainly not accepted, after all retries
 * - `unknown`: it may have been accepted
 * - `cancelled`: not sent, the execution was stopped
 */
export const outcomeNames = [
	'delivered',
	'preview',
	'invalid',
	'rejected',
	'unauthorized',
	'throttled',
	'failed',
	'unknown',
	'cancelled',
] as const;

export type OutcomeName = (typeof outcomeNames)[number];

/** One broken rule of one field. */
export interface FieldProblem {
	/** The provider's key for the field, e.g. `packageid`. */
	readonly field: string;
	/** What was given, as short text; absent when nothing was. */
	readonly value?: string;
	/** What is accepted, e.g. `must be ios or android`. */
	readonly rule: string;
	/** The whole sentence, for people: names the field as the editor shows it. */
	readonly sentence: string;
}

/** A request as it may be shown: secrets are masked. */
export interface RequestView {
	readonly method: string;
	readonly url: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: unknown;
}

/** How one input item ended, with all that its output item tells. */
export interface Outcome {
	readonly outcome: OutcomeName;
	/** The event's own identifier, where the provider has one. */
	readonly id?: string;
	/** Status of the last reply. */
	readonly httpStatus?: number;
	/** Requests made for this event; 0 when nothing was sent. */
	readonly attempts?: number;
	/** The provider's own word on an accepted event. */
	readonly verdict?: string;
	/** Why, in a sentence, with what to do. */
	readonly reason?: string;
	/** The provider's reply, parsed where it is JSON. */
	readonly response?: unknown;
	readonly request?: RequestView;
	readonly fields?: readonly FieldProblem[];
}

/** Of what was not sent when the execution was stopped. */
export const CANCELLED: Outcome = {
	outcome: 'cancelled',
	reason: 'Not sent: the execution was stopped.',
	attempts: 0,
};

/** Whether the event counts as done: its output item is a success. */
export function isSuccess(outcome: Outcome): boolean {
	return outcome.outcome === 'delivered' || outcome.outcome === 'preview';
}

/**
 * A problem that concerns the whole run, found before anything is sent: a setting, the credential.
 * Every item then ends with it.
 */
export class RunRefused extends Error {
	constructor(
		readonly outcome: 'invalid' | 'unauthorized' | 'failed',
		message: string,
	) {
		super(message);
	}
}
