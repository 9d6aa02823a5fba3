import type { Account, Claim, Queueing } from '../store';
import { pastOf } from '../taken';
import type { Answer, StoringPart } from './plan';
import {
	keysBy,
	knownOf,
	queuedPast,
	SENDING,
	type Ended,
	type Holding,
	type Session,
} from './session';

/** Others may come in between so often. */
const MAX_ROUNDS = 20;

type LookRow = Ended & (({ readonly isOpen: true } & Holding) | { readonly isOpen: false });

/** With its place in the order of storing, which it keeps however often it is tried. */
type PlacedPart = StoringPart & { readonly place: number };

/** What becomes of an event that was there already. */
type Decision =
	| { readonly kind: 'answer'; readonly answer: Claim }
	/** The queue gets it as well, and then the answer is this. */
	| { readonly kind: 'wish'; readonly answer: Queueing }
	/** It is taken out, and stored anew. */
	| { readonly kind: 'release' };

/**
 * Claims or queues events. They are stored first, where they are not there yet, and then looked at:
 * only what is seen after an event is in the table is certain, since another run may have had it,
 * and ended it, until just before.
 */
export async function store(
	session: Session,
	parts: readonly StoringPart[],
	answer: Answer<Claim | Queueing>,
): Promise<void> {
	const { ask, sql } = session;
	const places = (await ask(sql.places, [parts.length])) as { place: number }[];
	let rest: readonly PlacedPart[] = parts.map((part, index) => ({
		...part,
		place: places[index]?.place ?? 0,
	}));
	for (let round = 0; rest.length > 0; round++) {
		if (round === MAX_ROUNDS) throw new Error('other runs keep changing the same events');
		const stored = await insert(session, rest);
		const rows = (await ask(sql.look, [rest.map(({ key }) => key)])) as LookRow[];
		const again: PlacedPart[] = [];
		const undone: string[] = [];
		const released: [PlacedPart, Holding][] = [];
		const wished: [PlacedPart, Queueing][] = [];
		for (const [index, part] of rest.entries()) {
			const row = rows[index];
			if (row === undefined) continue;
			const known = knownOf(row);
			const barred = known?.kind === 'unknown' && part.owner.mayRepeat ? undefined : known;
			if (stored.has(part.key)) {
				if (barred) undone.push(part.key);
				answer(part, barred ?? accepted(part, known));
			} else if (row.isOpen) {
				const decision = part.kind === 'claim' ? claimed(row) : queued(row, part);
				if (decision.kind === 'release') released.push([part, row]);
				else if (decision.kind === 'wish') wished.push([part, decision.answer]);
				else answer(part, decision.answer);
			} else if (barred) answer(part, barred);
			else again.push(part);
		}
		if (undone.length > 0) await ask(sql.undo, [undone]);
		if (released.length > 0) {
			await release(
				session,
				released.map(([{ key }, holding]) => ({ ...holding, key })),
			);
			again.push(...released.map(([part]) => part));
		}
		if (wished.length > 0) {
			const done = await keysBy(session, sql.wish, [wished.map(([{ key }]) => key)]);
			for (const [part, value] of wished) {
				if (done.has(part.key)) answer(part, value);
				else again.push(part);
			}
		}
		rest = again;
	}
}

function accepted({ kind }: StoringPart, doubt: ReturnType<typeof knownOf>): Claim | Queueing {
	if (kind === 'queue') return { kind: 'queued' };
	return { kind: 'claimed', ...(doubt && { doubt: pastOf(doubt) }) };
}

function claimed(row: Holding): Decision {
	if (row.isAlive) return { kind: 'answer', answer: { kind: 'busy', execution: row.execution } };
	if (row.queued) return { kind: 'answer', answer: { kind: 'queued', ...queuedPast(row) } };
	return { kind: 'release' };
}

function queued(row: Holding, { owner }: StoringPart): Decision {
	const isLost = row.state === SENDING && !row.queued && !owner.mayRepeat && !row.isAlive;
	if (isLost) return { kind: 'release' };
	return { kind: 'wish', answer: { kind: 'waiting', ...queuedPast(row) } };
}

/** Takes out what nobody works on any more: begun, it may have arrived. */
export async function release(
	{ ask, sql }: Session,
	events: readonly (Pick<Holding, 'run' | 'state' | 'queued'> & { readonly key: string })[],
): Promise<void> {
	await ask(sql.release, [
		events.map(({ key }) => key),
		events.map(({ run }) => run),
		events.map(({ state }) => state),
		events.map(({ queued: isQueued }) => isQueued),
	]);
}

/** @returns the keys of those that were not there yet */
async function insert(
	session: Session,
	parts: readonly PlacedPart[],
): Promise<ReadonlySet<string>> {
	const accounts: number[] = [];
	const scopes: number[] = [];
	for (const { owner } of parts) {
		const account = await accountId(session, owner);
		accounts.push(account);
		scopes.push(await scopeId(session, account, owner.operation));
	}
	return await keysBy(session, session.sql.insert, [
		parts.map(({ key }) => key),
		parts.map(({ kind, run }) => (kind === 'claim' ? session.memory.idOf(run) : null)),
		accounts,
		scopes,
		parts.map(({ owner }) => owner.execution),
		parts.map(({ owner }) => owner.keepDays),
		parts.map(({ event }) => event.amount ?? null),
		parts.map(({ event }) => event.currency ?? null),
		parts.map(({ event }) => event.content),
		parts.map(({ event: { lanes = [] } }) => (lanes.length > 0 ? lanes.join(' ') : null)),
		parts.map(({ kind }) => kind === 'queue'),
		parts.map(({ owner }) => owner.mayRepeat),
		parts.map(({ place }) => place),
	]);
}

export async function accountId(session: Session, { provider, account }: Account): Promise<number> {
	const { sql } = session;
	return numberOf(session, sql.addAccount, sql.findAccount, [provider, account]);
}

async function scopeId(session: Session, account: number, operation: string): Promise<number> {
	const { sql } = session;
	return numberOf(session, sql.addScope, sql.findScope, [account, operation]);
}

async function numberOf(
	{ ask, memory: { names } }: Session,
	add: string,
	find: string,
	values: readonly (string | number)[],
): Promise<number> {
	const name = JSON.stringify(values);
	const known = names.get(name);
	if (known !== undefined) return known;
	let [row] = await ask(find, values);
	if (row === undefined) {
		await ask(add, values);
		[row] = await ask(find, values);
	}
	const { id } = row as { id: number };
	names.set(name, id);
	return id;
}
