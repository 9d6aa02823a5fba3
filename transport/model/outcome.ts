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
 * - `duplicate`: not sent, the record holds it as delivered before
 * - `queued`: stored, to be sent from the queue
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
	'duplicate',
	'queued',
	'cancelled',
] as const;

export type OutcomeName = (typeof outcomeNames)[number];

/** The outcomes of events that count as done. */
export type SuccessName = (typeof successNames)[number];

const successNames = ['delivered', 'preview', 'duplicate', 'queued'] as const;

/** The outcomes of all other events. */
export type FailureName = Exclude<OutcomeName, SuccessName>;

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
export type Outcome = Success | Failure;

interface Told {
	/** The event's own identifier, where the provider has one. */
	readonly id?: string;
	/** Status of the last reply. */
	readonly httpStatus?: number;
	/** Requests that the event was part of; 0 when nothing was sent. */
	readonly attempts?: number;
}

export interface Success extends Told {
	readonly outcome: SuccessName;
	/** The provider's own word on an accepted event. */
	readonly verdict?: string;
	/** What else is to be said, in sentences. */
	readonly reason?: string;
	/** The provider's reply, parsed where it is JSON. */
	readonly response?: unknown;
	readonly request?: RequestView;
}

export interface Failure extends Told {
	readonly outcome: FailureName;
	/** Why, in a sentence, with what to do. */
	readonly reason: string;
	readonly fields?: readonly FieldProblem[];
}

/** Whether the event counts as done: its output item is a success. */
export function isSuccess(outcome: Outcome): outcome is Success {
	return (successNames as readonly OutcomeName[]).includes(outcome.outcome);
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
