/**
 * Where the record is kept. Calls are answered in groups: all that are made while a group is being
 * written are the next group, and share its commit. What a call resolves with is durable.
 *
 * Every call rejects with a `RecordFailure` when the store cannot be used.
 */
export interface Store {
	/** Begins a run: what it claims is its own as long as it lives. Writes nothing yet. */
	begin(owner: Owner): StoreRun;
	/** What dead runs left of an account, begun or not. Claim it to have it. */
	left(of: Pick<Scope, 'provider' | 'account'>, maxEvents: number): Promise<LeftEvent[]>;
	/**
	 * One small step of forgetting what has been kept long enough.
	 *
	 * @returns whether there is more to go through
	 */
	forget(): Promise<boolean>;
	/** What runs still hold is left behind, as by a dead process. */
	close(): Promise<void>;
}

/** A run's hold on its events. Events are named by their identity, 16 bytes in hex. */
export interface StoreRun {
	/** Claims events, each on its own: an answer per event, in their order. */
	claim(events: readonly ClaimedEvent[]): Promise<Claim[]>;
	/**
	 * Marks claimed events: `sending` before a request's first byte may leave, `waiting` again when
	 * it certainly was not taken.
	 *
	 * @returns for each whether it still is this run's. What is not must not be sent: the run was
	 * taken for dead, and another has it
	 */
	mark(keys: readonly string[], state: 'waiting' | 'sending'): Promise<boolean[]>;
	/** Ends claimed events. */
	end(ends: readonly EventEnd[]): Promise<void>;
	/** Ends the run. What still waits is taken out; what is still marked as `sending` is `unknown`. */
	finish(): Promise<void>;
}

/** What an event belongs to: another account, say, must never suppress it. */
export interface Scope {
	readonly provider: string;
	readonly operation: string;
	/** As `accountOf` gives it. */
	readonly account: string;
}

/** Whose a run's events are. */
export interface Owner extends Scope {
	/** n8n's ID of the execution. */
	readonly execution: string;
	/** Days to keep what is done. */
	readonly keepDays: number;
	/** Whether what may have arrived before may be sent again. */
	readonly mayRepeat: boolean;
}

export interface ClaimedEvent {
	readonly key: string;
	/** The event itself, so that another run can send it; without secrets. Kept until it is done. */
	readonly content: string;
	/** Decimal digits. */
	readonly amount?: string;
	readonly currency?: string;
}

export interface LeftEvent extends ClaimedEvent {
	readonly operation: string;
}

/** When something happened to an event, and in which execution. */
export interface Past {
	/** Unix time in seconds. */
	readonly at: number;
	readonly execution: string;
}

export type Claim =
	/** It is the run's to send. */
	| {
			readonly kind: 'claimed';
			/** Where it may have arrived before: then only an acceptance makes it certain. */
			readonly doubt?: Past;
	  }
	/** Delivered before. */
	| ({ readonly kind: 'delivered' } & Past)
	/** It may have arrived before, and this run may not repeat it. */
	| ({ readonly kind: 'unknown' } & Past)
	/** A live run has it, which may be this one: its end is to be waited for. */
	| { readonly kind: 'busy'; readonly execution: string };

export interface EventEnd {
	readonly key: string;
	/**
	 * `none` for what certainly did not arrive: it is taken out, and can be claimed again. A doubt
	 * of an earlier run stays.
	 */
	readonly outcome: 'delivered' | 'unknown' | 'none';
}
