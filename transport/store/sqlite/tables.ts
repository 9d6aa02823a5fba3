import type { DatabaseSync } from 'node:sqlite';

import type { Claim, ClaimedEvent, EventEnd, LeftEvent, Past } from '../store';
import type { Call, Kind, Results } from './calls';
import type { Machine } from './machine';

/** A process that has not renewed its lease for so long is dead. */
const LEASE_MS = 15_000;
/** Leases are renewed, and the log is emptied, this often. */
const TICK_MS = 5_000;
/** Done events that one step of forgetting looks at. */
const STEP = 500;
const SECONDS_PER_DAY = 86_400;

type CallOf<K extends Kind> = Extract<Call, { kind: K }>;

/** An open event with the process that has it. */
interface OpenRow extends Past {
	readonly instance: number;
	readonly run: number;
	readonly state: number;
	readonly host: string | null;
	readonly pid: number | null;
	readonly aliveUntil: number | null;
}

interface DoneRow extends Past {
	readonly outcome: number;
}

/** Reads and writes the record's tables, for all runs of this process. Nothing here waits. */
export class Tables {
	/** This process's row. */
	private instance = -1;
	private renewedAt = -Infinity;
	/** Runs of this process that claimed something and have not finished. */
	private readonly live = new Set<number>();
	private readonly scopes = new Map<string, number>();
	private readonly statements: ReturnType<typeof prepareAll>;
	private readonly timer: NodeJS.Timeout;
	/** Done events up to here are looked through. */
	private swept: Uint8Array = new Uint8Array();
	/** Whether the log may still hold what was taken out. */
	private hasLog = true;

	constructor(
		private readonly database: DatabaseSync,
		private readonly machine: Machine,
	) {
		this.statements = prepareAll(database);
		this.timer = setInterval(() => {
			this.tick();
		}, TICK_MS).unref();
	}

	/** Writes a group of calls in one transaction; what SQLite throws is thrown, and nothing written. */
	write(calls: readonly Call[]): Results[Kind][] {
		try {
			return this.inTransaction(() => calls.map((call) => this.answer(call)));
		} finally {
			// also where that could not be written: then its events are a dead run's
			for (const call of calls) if (call.kind === 'finish') this.live.delete(call.run);
		}
	}

	close(): void {
		clearInterval(this.timer);
		this.database.close();
	}

	private inTransaction<T>(work: () => T): T {
		this.database.exec('BEGIN IMMEDIATE');
		try {
			this.renewLease();
			const result = work();
			this.database.exec('COMMIT');
			this.hasLog = true;
			return result;
		} catch (error) {
			this.renewedAt = -Infinity;
			this.scopes.clear();
			// some errors have rolled it back already
			if (this.database.isTransaction) this.database.exec('ROLLBACK');
			throw error;
		}
	}

	private answer(call: Call): Results[Kind] {
		switch (call.kind) {
			case 'claim':
				return this.claim(call);
			case 'mark':
				return this.mark(call);
			case 'end':
				this.end(call);
				return undefined;
			case 'finish':
				this.finish(call);
				return undefined;
			case 'left':
				return this.left(call);
			case 'forget':
				return this.forget();
		}
	}

	private claim({ run, owner, events }: CallOf<'claim'>): Claim[] {
		this.live.add(run);
		const { provider, operation, account, execution, keepDays, mayRepeat } = owner;
		const scope = this.scopeOf(provider, operation, account);
		const take = ({ key, content, amount, currency }: ClaimedEvent) => {
			this.statements.open.run(
				bytesOf(key),
				this.instance,
				run,
				scope,
				this.seconds(),
				execution,
				keepDays,
				amount ?? null,
				currency ?? null,
				content,
			);
		};
		return events.map((event) => {
			const key = bytesOf(event.key);
			const open = this.statements.findOpen.get(key) as OpenRow | undefined;
			if (open) {
				if (this.isAlive(open)) return { kind: 'busy', execution: open.execution };
				this.release(key, open);
			}
			const done = this.statements.findDone.get(key) as DoneRow | undefined;
			if (!done) {
				take(event);
				return { kind: 'claimed' };
			}
			const { outcome, at, execution: by } = done;
			if (outcome === DELIVERED) return { kind: 'delivered', at, execution: by };
			if (!mayRepeat) return { kind: 'unknown', at, execution: by };
			take(event);
			return { kind: 'claimed', doubt: { at, execution: by } };
		});
	}

	private mark({ run, keys, state }: CallOf<'mark'>): boolean[] {
		const stateNumber = state === 'sending' ? SENDING : WAITING;
		const at = this.seconds();
		return keys.map(
			(key) =>
				this.statements.mark.run(stateNumber, at, bytesOf(key), this.instance, run).changes === 1,
		);
	}

	private end({ run, execution, ends }: Pick<CallOf<'end'>, 'run' | 'execution' | 'ends'>): void {
		for (const { key, outcome } of ends) this.endOne(run, bytesOf(key), outcome, execution);
	}

	private endOne(
		run: number,
		key: Uint8Array,
		outcome: EventEnd['outcome'],
		execution: string,
	): void {
		const { settle, close, correct } = this.statements;
		const at = this.seconds();
		if (outcome !== 'none') {
			const number = outcome === 'delivered' ? DELIVERED : UNKNOWN;
			const { changes } = settle.run(number, at, key, this.instance, run);
			// another run took this one for dead: it wrote `unknown`, which now is certain
			if (changes === 0 && number === DELIVERED) correct.run(at, execution, key);
		}
		close.run(key, this.instance, run);
	}

	private finish(call: CallOf<'finish'>): void {
		this.end(call);
		for (const hex of call.keys) {
			const key = bytesOf(hex);
			const open = this.statements.findOpen.get(key) as OpenRow | undefined;
			if (open?.instance === this.instance && open.run === call.run) this.release(key, open);
		}
	}

	private left({ of, maxEvents }: CallOf<'left'>): LeftEvent[] {
		const found: LeftEvent[] = [];
		const rows = this.statements.findLeft.iterate(of.provider, bytesOf(of.account));
		for (const row of rows as Iterable<OpenRow & Nullable<LeftEvent>>) {
			if (found.length >= maxEvents) break;
			if (this.isAlive(row)) continue;
			const { key, operation, content, amount, currency } = row;
			found.push({
				key,
				operation,
				content,
				...(amount !== null && { amount }),
				...(currency !== null && { currency }),
			});
		}
		return found;
	}

	/** Goes through the done events in the order of their keys, which needs no index of their times. */
	private forget(): boolean {
		const { stepEnd, forgetDone, forgetRest } = this.statements;
		const now = this.seconds();
		const end = stepEnd.get(this.swept, STEP)?.key as Uint8Array | undefined;
		forgetDone.run(this.swept, end ?? LAST_KEY, now);
		this.swept = end ?? new Uint8Array();
		if (end) return true;
		for (const statement of forgetRest) statement.run(now, now * 1000);
		return false;
	}

	/** Nobody works on it any more: begun, it may have arrived; not begun, it is free. */
	private release(key: Uint8Array, { instance, run, state }: OpenRow): void {
		const { settle, close } = this.statements;
		if (state === SENDING) settle.run(UNKNOWN, null, key, instance, run);
		close.run(key, instance, run);
	}

	private isAlive({ instance, run, host, pid, aliveUntil }: OpenRow): boolean {
		if (instance === this.instance) return this.live.has(run);
		if (pid === null || aliveUntil === null) return false;
		const { machine } = this;
		// the same ID is another process's: one that was here before, as in a restarted container
		if (host === machine.host && (pid === machine.pid || !machine.isRunning(pid))) return false;
		return aliveUntil > Date.now();
	}

	private renewLease(): void {
		const now = Date.now();
		if (now < this.renewedAt + TICK_MS && now >= this.renewedAt) return;
		const { renew, enter } = this.statements;
		if (renew.run(now + LEASE_MS, this.instance).changes === 0) {
			const { lastInsertRowid } = enter.run(this.machine.host, this.machine.pid, now + LEASE_MS);
			this.instance = Number(lastInsertRowid);
		}
		this.renewedAt = now;
	}

	private tick(): void {
		try {
			if (this.live.size > 0) this.inTransaction(() => undefined);
			else if (this.hasLog) this.hasLog = this.emptyLog();
		} catch {
			// whoever calls next is told
		}
	}

	/** Pages of the log hold the content of events that are done. */
	private emptyLog(): boolean {
		return this.database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.busy !== 0;
	}

	private scopeOf(provider: string, operation: string, account: string): number {
		const name = JSON.stringify([provider, operation, account]);
		const known = this.scopes.get(name);
		if (known !== undefined) return known;
		const values = [provider, operation, bytesOf(account)];
		this.statements.addScope.run(...values);
		const scope = Number(this.statements.findScope.get(...values)?.id);
		this.scopes.set(name, scope);
		return scope;
	}

	private seconds(): number {
		return Math.floor(Date.now() / 1000);
	}
}

const [WAITING, SENDING] = [0, 1];
const [DELIVERED, UNKNOWN] = [0, 1];

/** Past every key, which has 16 bytes. */
const LAST_KEY = new Uint8Array(17).fill(0xff);

type Nullable<T> = { [K in keyof Required<T>]: undefined extends T[K] ? T[K] | null : T[K] };

/** What is certain stays so. */
const UNLESS_CERTAIN = `
	ON CONFLICT DO UPDATE SET
		outcome = excluded.outcome, at = excluded.at, execution = excluded.execution,
		keep = excluded.keep, amount = excluded.amount, currency = excluded.currency
	WHERE excluded.outcome = 0 OR done.outcome = 1`;

function prepareAll(database: DatabaseSync) {
	const prepare = (sql: string) => database.prepare(sql);
	const owned = 'instance = ? AND run = ?';
	const owners = 'FROM open LEFT JOIN instances ON instances.id = open.instance';
	const ownership = 'open.instance, run, state, at, execution, host, pid, aliveUntil';
	return {
		findOpen: prepare(`SELECT ${ownership} ${owners} WHERE key = ?`),
		findDone: prepare('SELECT outcome, at, execution FROM done WHERE key = ?'),
		open: prepare(`INSERT INTO open
			(key, instance, run, scope, state, at, execution, keep, amount, currency, content)
			VALUES (?, ?, ?, ?, ${WAITING}, ?, ?, ?, ?, ?, ?)`),
		mark: prepare(`UPDATE open SET state = ?, at = ? WHERE key = ? AND ${owned}`),
		settle: prepare(`INSERT INTO done
			SELECT key, scope, ?, coalesce(?, at), execution, keep, amount, currency
			FROM open WHERE key = ? AND ${owned} ${UNLESS_CERTAIN}`),
		close: prepare(`DELETE FROM open WHERE key = ? AND ${owned}`),
		correct: prepare(`UPDATE done SET outcome = ${DELIVERED}, at = ?, execution = ? WHERE key = ?`),
		findLeft:
			prepare(`SELECT ${ownership}, lower(hex(key)) AS key, operation, content, amount, currency
			${owners} JOIN scopes ON scopes.id = open.scope WHERE provider = ? AND account = ?`),
		stepEnd: prepare('SELECT key FROM done WHERE key > ? ORDER BY key LIMIT 1 OFFSET ?'),
		forgetDone: prepare(`DELETE FROM done
			WHERE key > ? AND key <= ? AND at + keep * ${SECONDS_PER_DAY} < ?`),
		forgetRest: [
			prepare(`DELETE FROM open WHERE at + keep * ${SECONDS_PER_DAY} < ?1
				AND instance NOT IN (SELECT id FROM instances WHERE aliveUntil >= ?2)`),
			prepare(`DELETE FROM instances WHERE aliveUntil < ?2 - ${SECONDS_PER_DAY} * 1000`),
		],
		renew: prepare('UPDATE instances SET aliveUntil = ? WHERE id = ?'),
		enter: prepare('INSERT INTO instances (host, pid, aliveUntil) VALUES (?, ?, ?)'),
		addScope: prepare(
			'INSERT OR IGNORE INTO scopes (provider, operation, account) VALUES (?, ?, ?)',
		),
		findScope: prepare(
			'SELECT id FROM scopes WHERE provider = ? AND operation = ? AND account = ?',
		),
	};
}

function bytesOf(hex: string): Uint8Array {
	return Buffer.from(hex, 'hex');
}
