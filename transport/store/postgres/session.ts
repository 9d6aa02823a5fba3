import type { Claim, Past } from '../store';
import type { Statements } from './statements';

/** Asks the database, in the transaction of the group. */
export type Ask = (sql: string, values?: readonly unknown[]) => Promise<readonly unknown[]>;

/** What a process keeps between groups. */
export interface Memory {
	/** The database's names of this process's runs. */
	readonly idOf: (run: number) => string;
	/** Numbers of accounts and scopes. */
	readonly names: Map<string, number>;
	/** Done events up to here are looked through. */
	swept: string;
}

/** A transaction that is under way. */
export interface Session {
	readonly ask: Ask;
	readonly sql: Statements;
	readonly memory: Memory;
}

/** An open event, as another run may see it. */
export interface Holding {
	readonly run: string | null;
	readonly state: number;
	readonly execution: string;
	readonly queued: boolean;
	/** A `bigint`, which comes as text. */
	readonly queuedAt: string;
	readonly queuedBy: string;
	readonly isAlive: boolean;
}

/** What has ended before. */
export interface Ended {
	readonly outcome: number | null;
	readonly doneAt: string | null;
	readonly doneBy: string | null;
}

export const [WAITING, SENDING] = [0, 1];
export const [DELIVERED, UNKNOWN] = [0, 1];

/** What is certain or in doubt of an event. */
export function knownOf({ outcome, doneAt, doneBy }: Ended) {
	if (outcome === null) return undefined;
	const kind = outcome === DELIVERED ? ('delivered' as const) : ('unknown' as const);
	return { kind, at: Number(doneAt), execution: doneBy ?? '' } satisfies Claim;
}

export function queuedPast({ queuedAt, queuedBy }: Holding): Past {
	return { at: Number(queuedAt), execution: queuedBy };
}

/** The database writes a key with hyphens. */
export function keyOf(row: unknown): string {
	return (row as { key: string }).key.replaceAll('-', '');
}

/** The keys of what a statement has changed. */
export async function keysBy(
	{ ask }: Session,
	sql: string,
	values: readonly unknown[],
): Promise<ReadonlySet<string>> {
	return new Set((await ask(sql, values)).map(keyOf));
}
