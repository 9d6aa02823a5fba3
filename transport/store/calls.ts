import type {
	Account,
	Claim,
	ClaimedEvent,
	EventEnd,
	Owner,
	Queueing,
	StoreRun,
	Sum,
	TakenEvent,
	Taking,
	Waiting,
} from './store';

/** A call of the store as data, so that it can go to a worker thread. `run` numbers the runs. */
export type Call =
	| {
			readonly kind: 'claim' | 'queue';
			readonly run: number;
			readonly owner: Owner;
			readonly events: readonly ClaimedEvent[];
	  }
	| ({
			readonly kind: 'take';
			readonly run: number;
			readonly owner: Owner;
			/** The run has seen the queue up to here. */
			readonly place: number;
			/** Lanes of what it passed over. */
			readonly lanes: readonly string[];
	  } & Taking)
	| {
			readonly kind: 'mark';
			readonly run: number;
			readonly keys: readonly string[];
			readonly state: Parameters<StoreRun['mark']>[1];
	  }
	| {
			readonly kind: 'end';
			readonly run: number;
			readonly execution: string;
			readonly ends: readonly End[];
	  }
	| {
			readonly kind: 'finish';
			readonly run: number;
			readonly execution: string;
			/** Ends that could not be written before. */
			readonly ends: readonly End[];
			/** Whatever else it may still have. */
			readonly keys: readonly string[];
	  }
	| { readonly kind: 'countQueued' | 'summarize'; readonly of: Account }
	| { readonly kind: 'forget' };

export type CallOf<K extends Call['kind']> = Extract<Call, { kind: K }>;

export interface End {
	readonly key: string;
	/** `unclaimed`: it certainly did not arrive, and is taken out unless the queue wants it as well. */
	readonly outcome: EventEnd['outcome'] | 'unclaimed';
}

/** What a step through the queue found. */
export interface Found {
	readonly events: TakenEvent[];
	/** The queue is seen up to here. */
	readonly place: number;
	/** Lanes of what was passed over. */
	readonly lanes: string[];
	readonly isEnd: boolean;
}

/** What calls resolve with. */
export interface Results {
	claim: Claim[];
	queue: Queueing[];
	take: Found;
	mark: boolean[];
	/** Nothing; JSON has no word for it. */
	end: undefined;
	finish: undefined;
	countQueued: Waiting;
	summarize: Sum[];
	forget: boolean;
}

export type Kind = keyof Results;

/** A group of calls is written in one transaction, and fails as a whole. */
export interface Connection {
	/** Loads what the first call would have to wait for; opens nothing yet. */
	readonly load: () => void;
	/** @throws {RecordFailure} */
	readonly write: (calls: readonly Call[]) => Promise<readonly Results[Kind][]>;
	readonly close: () => Promise<void>;
}
