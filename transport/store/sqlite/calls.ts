import type { Claim, ClaimedEvent, EventEnd, LeftEvent, Owner, Scope, StoreRun } from '../store';

/** A call of the store as data, so that it can go to a worker thread. `run` numbers the runs. */
export type Call =
	| {
			readonly kind: 'claim';
			readonly run: number;
			readonly owner: Owner;
			readonly events: readonly ClaimedEvent[];
	  }
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
			readonly ends: readonly EventEnd[];
	  }
	| {
			readonly kind: 'finish';
			readonly run: number;
			readonly execution: string;
			/** Ends that could not be written before. */
			readonly ends: readonly EventEnd[];
			/** Whatever else it may still have. */
			readonly keys: readonly string[];
	  }
	| {
			readonly kind: 'left';
			readonly of: Pick<Scope, 'provider' | 'account'>;
			readonly maxEvents: number;
	  }
	| { readonly kind: 'forget' };

/** What calls resolve with. */
export interface Results {
	claim: Claim[];
	mark: boolean[];
	/** Nothing; JSON has no word for it. */
	end: undefined;
	finish: undefined;
	left: LeftEvent[];
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
