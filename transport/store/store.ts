/**
 * Where the record is kept. Calls are answered in groups: all that are made while a group is being
 * written are the next group, and share its commit. What a call resolves with is durable.
 *
 * Every call rejects with a `RecordFailure` when the store cannot be used.
 */
export interface Store {
	/** Begins a run: what it claims is its own as long as it lives. Writes nothing yet. */
	begin(owner: Owner): StoreRun;
	/** What waits in the queue of an account. */
	countQueued(of: Account): Promise<Waiting>;
	/** What the record holds of an account, counted; exact, in the order of days. */
	summarize(of: Account): Promise<Sum[]>;
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
	/** Claims events to send them now, each on its own: an answer per event, in their order. */
	claim(events: readonly ClaimedEvent[]): Promise<Claim[]>;
	/**
	 * Stores events for a later run to take, each on its own: an answer per event, in their order.
	 * They are nobody's then: neither `end` nor `finish` of this run touches them.
	 */
	queue(events: readonly ClaimedEvent[]): Promise<Queueing[]>;
	/**
	 * Takes the next events of the owner's account, of all its operations, oldest first: what is
	 * queued, and what dead runs left. Each run goes through them once: what is younger than the last
	 * it saw comes next, and what it gives back is not offered to it again. An event in the lane of an
	 * earlier one that another live run has, that was passed over or given back, is passed over too,
	 * also where that has ended meanwhile. None at all: the run has seen the whole queue.
	 */
	take(asked: Taking): Promise<TakenEvent[]>;
	/**
	 * Marks claimed events: `sending` before a request's first byte may leave, `waiting` again when
	 * it certainly was not taken.
	 *
	 * @returns for each whether it still is this run's. What is not must not be sent: the run was
	 * taken for dead, and another has it
	 */
	mark(keys: readonly string[], state: 'waiting' | 'sending'): Promise<boolean[]>;
	/** Ends events that are claimed or taken. */
	end(ends: readonly EventEnd[]): Promise<void>;
	/**
	 * Ends the run. What still waits is taken out if it was claimed, and back in its old place in the
	 * queue if it was taken; what is still marked as `sending` is `unknown`.
	 */
	finish(): Promise<void>;
}

/** Whose queue an event is in. */
export interface Account {
	readonly provider: string;
	/** As `accountOf` gives it. */
	readonly account: string;
}

/** What an event belongs to: another account, say, must never suppress it. */
export interface Scope extends Account {
	readonly operation: string;
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
	/** Digests of the lanes it is in, without blanks: events that share one keep their order. */
	readonly lanes?: readonly string[];
	/** Decimal digits. */
	readonly amount?: string;
	readonly currency?: string;
}

export interface Taking {
	/** How many at most, `unknown` ones among them. */
	readonly maxEvents: number;
	/** Operations whose events may be sent again after they may have arrived. */
	readonly repeatable: readonly string[];
}

/** An event of the queue, as it was stored. */
export interface TakenEvent extends ClaimedEvent {
	readonly operation: string;
	/** When it was stored, unix time in seconds, and in which execution. */
	readonly queuedAt: number;
	readonly execution: string;
	/**
	 * `taken`: it is the run's to send. `unknown`: a run that died was sending it, and it may not be
	 * repeated: it has left the queue, and is returned this once so that it can be told by name.
	 */
	readonly kind: 'taken' | 'unknown';
	/** Where it may have arrived before: then only an acceptance makes it certain. */
	readonly doubt?: Past;
}

/** How many events wait in a queue. */
export interface Waiting {
	/** All of them, those that runs have taken and not begun among them. */
	readonly events: number;
	/** Those that live runs have taken and not begun. */
	readonly taken: number;
}

/** What the record holds of one day, operation, outcome and currency. */
export interface Sum {
	/** Of what is done the day it ended, of what is queued the day it was stored: `2026-11-21`, UTC. */
	readonly day: string;
	readonly operation: string;
	/** `unknown` also for what is being sent just now, `queued` for all that waits. */
	readonly outcome: 'delivered' | 'unknown' | 'queued';
	readonly currency?: string;
	readonly events: number;
	/** The exact sum of the amounts, decimal digits; absent where no event has one. */
	readonly amount?: string;
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
	/** It waits in the queue since then, where an earlier execution has put it: it is sent from there. */
	| ({ readonly kind: 'queued' } & Past)
	/** A live run has it, which may be this one: its end is to be waited for. */
	| { readonly kind: 'busy'; readonly execution: string };

export type Queueing =
	/** It is stored. */
	| { readonly kind: 'queued' }
	/** Stored before, at that time by that execution: it waits, or a live run has it. */
	| ({ readonly kind: 'waiting' } & Past)
	| Extract<Claim, { kind: 'delivered' | 'unknown' }>;

export interface EventEnd {
	readonly key: string;
	/**
	 * `none` for what certainly did not arrive and was told to the user: it is taken out, and can be
	 * claimed again. `queued` for what certainly did not arrive and stays in the queue, in its old
	 * place. A doubt of an earlier run stays in both. `doubtful`, of what was taken alone: it may have
	 * arrived, and stays in the queue, in its old place, for a run that may repeat it.
	 */
	readonly outcome: 'delivered' | 'unknown' | 'none' | 'queued' | 'doubtful';
}
