import type { Call, End } from '../calls';
import type { ClaimedEvent, Owner } from '../store';

/** What a call asks of one event. */
export interface Part {
	/** The call, by its place in the group. */
	readonly call: number;
	/** The answer's place in the call's own. */
	readonly index: number;
	readonly key: string;
	readonly run: number;
}

/** Takes the answer to a part. */
export type Answer<T> = (part: Part, value: T) => void;

export interface StoringPart extends Part {
	readonly kind: 'claim' | 'queue';
	readonly owner: Owner;
	readonly event: ClaimedEvent;
}

export interface MarkingPart extends Part {
	readonly kind: 'mark';
	readonly state: 'waiting' | 'sending';
}

export interface EndingPart extends Part {
	readonly kind: 'end';
	readonly outcome: End['outcome'];
	readonly execution: string;
}

export interface LeavingPart extends Part {
	readonly kind: 'leave';
}

export type AnyPart = StoringPart | MarkingPart | EndingPart | LeavingPart;

export type AloneCall = Extract<Call, { kind: 'take' | 'countQueued' | 'summarize' | 'forget' }>;

/** What is done together, in one statement or a few. */
export type Step =
	| { readonly kind: 'claim' | 'queue'; readonly parts: StoringPart[] }
	| { readonly kind: 'mark'; readonly parts: MarkingPart[] }
	| { readonly kind: 'end'; readonly parts: EndingPart[] }
	| { readonly kind: 'leave'; readonly parts: LeavingPart[] }
	| { readonly kind: 'alone'; readonly call: number; readonly of: AloneCall };

/** What ends comes first: the next may be waiting for it. */
const KINDS = ['end', 'leave', 'mark', 'queue', 'claim'] as const;

/**
 * Puts together what a group of calls asks of different events, so that a thousand small calls are
 * a handful of statements. What is asked of one event keeps its order.
 */
export function planSteps(calls: readonly Call[]): Step[] {
	const steps: Step[] = [];
	let rounds: AnyPart[][] = [];
	/** In which round an event is next. */
	let next = new Map<string, number>();
	const close = () => {
		for (const round of rounds) {
			for (const kind of KINDS) {
				const parts = round.filter((part) => part.kind === kind);
				if (parts.length > 0) steps.push({ kind, parts } as Step);
			}
		}
		rounds = [];
		next = new Map();
	};
	for (const [index, call] of calls.entries()) {
		if (isAlone(call)) {
			close();
			steps.push({ kind: 'alone', call: index, of: call });
			continue;
		}
		for (const part of partsOf(call, index)) {
			const round = next.get(part.key) ?? 0;
			next.set(part.key, round + 1);
			(rounds[round] ??= []).push(part);
		}
	}
	close();
	return steps;
}

function isAlone(call: Call): call is AloneCall {
	return !['claim', 'queue', 'mark', 'end', 'finish'].includes(call.kind);
}

function partsOf(given: Exclude<Call, AloneCall>, call: number): AnyPart[] {
	const { run } = given;
	switch (given.kind) {
		case 'claim':
		case 'queue': {
			const { kind, owner, events } = given;
			return events.map((event, index) => ({
				kind,
				call,
				index,
				key: event.key,
				run,
				owner,
				event,
			}));
		}
		case 'mark': {
			const { keys, state } = given;
			return keys.map((key, index) => ({ kind: 'mark', call, index, key, run, state }));
		}
		case 'end':
			return endings(given.ends);
		case 'finish': {
			const { keys, ends } = given;
			return [
				...endings(ends),
				...keys.map((key, index) => ({ kind: 'leave' as const, call, index, key, run })),
			];
		}
	}

	function endings(ends: readonly End[]): EndingPart[] {
		const { execution } = given as Extract<Call, { kind: 'end' | 'finish' }>;
		return ends.map(({ key, outcome }, index) => ({
			kind: 'end',
			call,
			index,
			key,
			run,
			outcome,
			execution,
		}));
	}
}
