import type { Call, Kind, Results } from '../calls';
import type { Account, Sum, Waiting } from '../store';
import {
	planSteps,
	type AloneCall,
	type Answer,
	type EndingPart,
	type LeavingPart,
	type MarkingPart,
	type Part,
	type Step,
} from './plan';
import { DELIVERED, keyOf, keysBy, SENDING, UNKNOWN, WAITING, type Session } from './session';
import { accountId, store } from './storing';
import { take } from './taking';

/** Done events that one step of forgetting looks at. */
const STEP = 500;
/** Before and after every key. */
export const FIRST_KEY = '0'.repeat(32);
const LAST_KEY = 'f'.repeat(32);

/** Answers a group of calls in its transaction. */
export async function answerAll(
	session: Session,
	calls: readonly Call[],
): Promise<Results[Kind][]> {
	const results = calls.map(({ kind }): unknown =>
		kind === 'end' || kind === 'finish' ? undefined : [],
	);
	const answer = ({ call, index }: Part, value: unknown) => {
		(results[call] as unknown[])[index] = value;
	};
	for (const step of planSteps(calls)) {
		if (step.kind === 'alone') results[step.call] = await answerAlone(session, step.of);
		else await answerParts(session, step, answer);
	}
	const finished = calls.flatMap((call) => (call.kind === 'finish' ? [call.run] : []));
	if (finished.length > 0) {
		await session.ask(session.sql.finishRuns, [finished.map(session.memory.idOf)]);
	}
	return results as Results[Kind][];
}

function answerAlone(session: Session, call: AloneCall): Promise<Results[AloneCall['kind']]> {
	switch (call.kind) {
		case 'take':
			return take(session, call);
		case 'countQueued':
			return countQueued(session, call.of);
		case 'summarize':
			return summarize(session, call.of);
		case 'forget':
			return forget(session);
	}
}

function answerParts(
	session: Session,
	step: Exclude<Step, { kind: 'alone' }>,
	answer: Answer<unknown>,
): Promise<void> {
	switch (step.kind) {
		case 'claim':
		case 'queue':
			return store(session, step.parts, answer);
		case 'mark':
			return mark(session, step.parts, answer);
		case 'end':
			return end(session, step.parts);
		case 'leave':
			return leave(session, step.parts);
	}
}

async function mark(
	session: Session,
	parts: readonly MarkingPart[],
	answer: Answer<boolean>,
): Promise<void> {
	const states = parts.map(({ state }) => (state === 'sending' ? SENDING : WAITING));
	const own = await keysBy(session, session.sql.mark, [...owned(session, parts), states]);
	for (const part of parts) answer(part, own.has(part.key));
}

async function end(session: Session, parts: readonly EndingPart[]): Promise<void> {
	const { ask, sql } = session;
	const settled = parts.filter(({ outcome }) => outcome === 'delivered' || outcome === 'unknown');
	if (settled.length > 0) {
		const outcomes = settled.map(({ outcome }) => (outcome === 'delivered' ? DELIVERED : UNKNOWN));
		const own = await keysBy(session, sql.settle, [...owned(session, settled), outcomes]);
		const late = settled.filter(({ key, outcome }) => outcome === 'delivered' && !own.has(key));
		if (late.length > 0) {
			await ask(sql.correct, [keysOf(late), late.map(({ execution }) => execution)]);
		}
	}
	const kept = parts.filter(({ outcome }) => outcome === 'queued' || outcome === 'unclaimed');
	if (kept.length > 0) {
		const onlyQueued = kept.map(({ outcome }) => outcome === 'unclaimed');
		await ask(sql.giveBack, [...owned(session, kept), onlyQueued]);
	}
	const doubtful = parts.filter(({ outcome }) => outcome === 'doubtful');
	if (doubtful.length > 0) await ask(sql.giveBackInDoubt, owned(session, doubtful));
	const out = parts.filter(({ outcome }) => outcome === 'none' || outcome === 'unclaimed');
	// what was given back is not the run's any more
	if (out.length > 0) await ask(sql.takeOut, owned(session, out));
}

async function leave(session: Session, parts: readonly LeavingPart[]): Promise<void> {
	await session.ask(session.sql.leave, owned(session, parts));
}

async function countQueued(session: Session, of: Account): Promise<Waiting> {
	const account = await accountId(session, of);
	const [row] = await session.ask(session.sql.countQueued, [account]);
	return row as Waiting;
}

async function summarize({ ask, sql }: Session, { provider, account }: Account): Promise<Sum[]> {
	const rows = (await ask(sql.summarize, [provider, account])) as SumRow[];
	return rows.map(({ day, operation, outcome, currency, events, amount }) => ({
		day,
		operation,
		outcome,
		...(currency !== null && { currency }),
		events,
		...(amount !== null && { amount }),
	}));
}

interface SumRow extends Omit<Sum, 'currency' | 'amount'> {
	readonly currency: string | null;
	readonly amount: string | null;
}

/** Goes through the done events in the order of their keys, which needs no index of their times. */
async function forget({ ask, sql, memory }: Session): Promise<boolean> {
	const [row] = await ask(sql.stepEnd, [memory.swept, STEP]);
	const last = row === undefined ? undefined : keyOf(row);
	await ask(sql.forgetDone, [memory.swept, last ?? LAST_KEY]);
	memory.swept = last ?? FIRST_KEY;
	if (last !== undefined) return true;
	await ask(sql.forgetOpen);
	await ask(sql.forgetRuns);
	return false;
}

function keysOf(parts: readonly Part[]): string[] {
	return parts.map(({ key }) => key);
}

/** The columns that tell whose the events are. */
function owned({ memory }: Session, parts: readonly Part[]): [string[], string[]] {
	return [keysOf(parts), parts.map(({ run }) => memory.idOf(run))];
}
