import type { DatabaseSync, StatementSync } from 'node:sqlite';

import type { Call, CallOf, End, Found, Kind, Results } from '../calls';
import type {
	Account,
	Claim,
	ClaimedEvent,
	Owner,
	Past,
	Queueing,
	Scope,
	Sum,
	TakenEvent,
	Waiting,
} from '../store';
import { pick, type InLine } from '../pick';
import { pastOf, toTaken, type Stored } from '../taken';
import type { Machine } from './machine';
import { DELIVERED, ENDED, prepareAll, SENDING, UNKNOWN, WAITING } from './statements';
import { summed, type Counted } from './summed';

/** A process that has not renewed its lease for so long is dead. */
const LEASE_MS = 15_000;
/** Leases are renewed, and the log is emptied, this often. */
const TICK_MS = 5_000;
/** Done events that one step of forgetting looks at. */
const STEP = 500;
/** Past every key, which has 16 bytes. */
const LAST_KEY = new Uint8Array(17).fill(0xff);
/** Events that a step through the queue looks at beyond those that it may take. */
const MAX_PASSED = 100;
/** So many ended events are moved at once: of more, more would share a page, but a run waits meanwhile. */
const MAX_ENDED = 1_000;

/** Whose what waits in the queue is. */
const NOBODY = { instance: 0, run: 0 };

/** Who has an event. */
interface Holder {
	readonly instance: number;
	readonly run: number;
}

/** The same with the process that it is in. */
interface Lease extends Holder {
	readonly host: string | null;
	readonly pid: number | null;
	readonly aliveUntil: number | null;
}

/** An open event with the process that has it. */
interface OpenRow extends Past, Lease {
	readonly state: number;
	readonly queued: number;
	readonly queuedAt: number;
	readonly queuedBy: string;
}

/** The same with what another run needs to send it. */
interface WholeRow extends OpenRow, Stored {
	readonly key: Uint8Array;
	readonly place: number;
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
	/** Numbers of accounts and scopes. */
	private readonly names = new Map<string, number>();
	private readonly statements: ReturnType<typeof prepareAll>;
	private readonly timer: NodeJS.Timeout;
	/** Done events up to here are looked through. */
	private swept: Uint8Array = new Uint8Array();
	/** Whether the log may still hold what was taken out. */
	private hasLog = true;
	/** Events of this process that have ended and are not moved yet; at first, of those before it. */
	private ended = MAX_ENDED;

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
			if (this.ended >= MAX_ENDED) this.moveEnded();
			this.database.exec('COMMIT');
			this.hasLog = true;
			return result;
		} catch (error) {
			this.renewedAt = -Infinity;
			this.names.clear();
			// some errors have rolled it back already
			if (this.database.isTransaction) this.database.exec('ROLLBACK');
			throw error;
		}
	}

	private answer(call: Call): Results[Kind] {
		switch (call.kind) {
			case 'claim':
				return this.claim(call);
			case 'queue':
				return this.queue(call);
			case 'take':
				return this.take(call);
			case 'mark':
				return this.mark(call);
			case 'end':
				this.end(call);
				return undefined;
			case 'finish':
				this.finish(call);
				return undefined;
			case 'countQueued':
				return this.countQueued(call.of);
			case 'summarize':
				return this.summarize(call.of);
			case 'forget':
				return this.forget();
		}
	}

	private claim({ run, owner, events }: CallOf<'claim' | 'queue'>): Claim[] {
		this.live.add(run);
		const insert = this.inserting(owner, { instance: this.instance, run }, 0);
		return events.map((event) => {
			const key = bytesOf(event.key);
			const found = this.find(key);
			const open = found && hasEnded(found) ? undefined : found;
			if (open && this.isAlive(open)) return { kind: 'busy', execution: open.execution };
			if (open?.queued) {
				return { kind: 'queued', at: open.queuedAt, execution: open.queuedBy };
			}
			if (open) this.release(key, open);
			const known = this.known(key, found);
			if (known && !(known.kind === 'unknown' && owner.mayRepeat)) return known;
			if (found && !open) this.moveOne(key);
			insert(key, event);
			return { kind: 'claimed', ...(known && { doubt: pastOf(known) }) };
		});
	}

	private queue({ owner, events }: CallOf<'claim' | 'queue'>): Queueing[] {
		const insert = this.inserting(owner, NOBODY, 1);
		return events.map((event) => {
			const key = bytesOf(event.key);
			const found = this.find(key);
			const open = found && hasEnded(found) ? undefined : found;
			const isLost =
				open?.state === SENDING && !open.queued && !owner.mayRepeat && !this.isAlive(open);
			if (open && !isLost) {
				this.statements.wish.run(key);
				return { kind: 'waiting', at: open.queuedAt, execution: open.queuedBy };
			}
			if (open) this.release(key, open);
			const known = this.known(key, found);
			if (known && !(known.kind === 'unknown' && owner.mayRepeat)) return known;
			if (found && !open) this.moveOne(key);
			insert(key, event);
			return { kind: 'queued' };
		});
	}

	/** Puts events into the table, as this owner's or as nobody's. */
	private inserting(
		{ provider, operation, account, execution, keepDays }: Owner,
		{ instance, run }: Holder,
		queued: 0 | 1,
	) {
		const accountId = this.accountId({ provider, account });
		const scope = this.scopeId({ provider, operation, account });
		return (key: Uint8Array, { content, amount, currency, lanes = [] }: ClaimedEvent) => {
			const at = this.seconds();
			const { lastInsertRowid: place } = this.statements.open.run(
				key,
				instance,
				run,
				accountId,
				scope,
				at,
				execution,
				keepDays,
				amount ?? null,
				currency ?? null,
				queued,
				at,
				execution,
			);
			this.statements.keep.run(place, content, lanes.length > 0 ? lanes.join(' ') : null);
		};
	}

	private take({ run, owner, place, lanes, maxEvents, repeatable }: CallOf<'take'>): Found {
		this.live.add(run);
		const limit = maxEvents + MAX_PASSED;
		const rows = this.statements.next.all(this.accountId(owner), place, limit) as unknown[];
		const queue = (rows as WholeRow[]).map((row) => ({ ...row, holder: this.holderOf(row, run) }));
		const { events, isCut, ...seen } = pick(queue, lanes, maxEvents, place);
		return {
			...seen,
			events: events.flatMap(
				(row) => this.takeOne(row, run, owner, repeatable.includes(row.operation)) ?? [],
			),
			isEnd: !isCut && rows.length < limit,
		};
	}

	private holderOf(row: OpenRow, run: number): InLine['holder'] {
		if (!this.isAlive(row)) return 'nobody';
		return row.instance === this.instance && row.run === run ? 'thisRun' : 'another';
	}

	/** An event that nobody has. */
	private takeOne(
		row: WholeRow,
		run: number,
		{ execution }: Owner,
		mayRepeat: boolean,
	): TakenEvent | undefined {
		const { key } = row;
		this.settleDead(key, row);
		const known = this.known(key);
		const isFree = known === undefined || (known.kind === 'unknown' && mayRepeat);
		if (isFree) this.statements.take.run(this.instance, run, this.seconds(), execution, key);
		else this.takeOut(key, row);
		// a run that was taken for dead has delivered it
		if (known?.kind === 'delivered') return undefined;
		return toTaken(row, hexOf(key), isFree ? 'taken' : 'unknown', known);
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

	private endOne(run: number, key: Uint8Array, outcome: End['outcome'], execution: string): void {
		const { settle, finish, correct } = this.statements;
		const own = { instance: this.instance, run };
		if (outcome === 'delivered' || outcome === 'unknown') {
			const number = outcome === 'delivered' ? DELIVERED : UNKNOWN;
			const at = this.seconds();
			const { changes } = finish.run(number, at, key, this.instance, run);
			this.ended += Number(changes);
			const isCertain = changes > 0 || this.find(key)?.state === ENDED + DELIVERED;
			if (number === DELIVERED && !isCertain) {
				// another run took this one for dead: it wrote `unknown`, which now is certain
				this.moveOne(key);
				correct.run(at, execution, key);
			}
			return;
		}
		if (outcome === 'doubtful') settle.run(UNKNOWN, this.seconds(), key, this.instance, run);
		const isWished = outcome === 'unclaimed' && this.find(key)?.queued;
		if (outcome === 'queued' || outcome === 'doubtful' || isWished) this.giveBack(key, own);
		// no more than is still its own
		this.takeOut(key, own);
	}

	private finish(call: CallOf<'finish'>): void {
		this.end(call);
		for (const hex of call.keys) {
			const key = bytesOf(hex);
			const open = this.find(key);
			if (open?.instance !== this.instance || open.run !== call.run || hasEnded(open)) continue;
			if (open.queued && open.state === WAITING) this.giveBack(key, open);
			else this.release(key, open);
		}
	}

	private countQueued(of: Account): Waiting {
		const rows = this.statements.countQueued.all(this.accountId(of)) as unknown[];
		const counts = rows as readonly (Lease & { events: number })[];
		const sum = (some: typeof counts) => some.reduce((total, { events }) => total + events, 0);
		return { events: sum(counts), taken: sum(counts.filter((row) => this.isAlive(row))) };
	}

	private summarize({ provider, account }: Account): Sum[] {
		this.moveEnded();
		const rows = this.statements.counted.iterate(provider, bytesOf(account));
		return summed(rows as Iterable<unknown> as Iterable<Counted>);
	}

	/** In the order of their keys, so that those that share a page are written together. */
	private moveEnded(): void {
		for (const statement of this.statements.moveAll) statement.run();
		this.ended = 0;
	}

	/** One that is to begin again, or to be corrected. */
	private moveOne(key: Uint8Array): void {
		for (const statement of this.statements.moveOne) statement.run(key);
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

	/** Nobody works on it any more, and it is not in the queue. */
	private release(key: Uint8Array, open: OpenRow): void {
		this.settleDead(key, open);
		this.takeOut(key, open);
	}

	/** Nobody works on it any more: begun, it may have arrived. */
	private settleDead(key: Uint8Array, { instance, run, state }: Holder & { state: number }): void {
		if (state === SENDING) this.statements.settle.run(UNKNOWN, null, key, instance, run);
	}

	private giveBack(key: Uint8Array, { instance, run }: Holder): void {
		this.statements.giveBack.run(key, instance, run);
	}

	private takeOut(key: Uint8Array, { instance, run }: Holder): void {
		this.statements.close.run(key, instance, run);
	}

	private find(key: Uint8Array): OpenRow | undefined {
		return this.statements.findOpen.get(key) as OpenRow | undefined;
	}

	/** What is certain or in doubt of an event. */
	private known(key: Uint8Array, open?: OpenRow) {
		const done = this.statements.findDone.get(key) as DoneRow | undefined;
		const ended = open && hasEnded(open) ? { ...open, outcome: open.state - ENDED } : undefined;
		// what is certain stays so
		const isNewer = ended?.outcome === DELIVERED || done?.outcome !== DELIVERED;
		const last = (isNewer ? ended : undefined) ?? done;
		if (!last) return undefined;
		const kind = last.outcome === DELIVERED ? ('delivered' as const) : ('unknown' as const);
		return { kind, at: last.at, execution: last.execution };
	}

	private isAlive({ instance, run, host, pid, aliveUntil }: Lease): boolean {
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

	private scopeId({ provider, operation, account }: Scope): number {
		const { addScope, findScope } = this.statements;
		return this.numberOf(addScope, findScope, [provider, operation, bytesOf(account)]);
	}

	private accountId({ provider, account }: Account): number {
		const { addAccount, findAccount } = this.statements;
		return this.numberOf(addAccount, findAccount, [provider, bytesOf(account)]);
	}

	private numberOf(
		add: StatementSync,
		find: StatementSync,
		values: readonly (string | Uint8Array)[],
	): number {
		const name = JSON.stringify(values);
		const known = this.names.get(name);
		if (known !== undefined) return known;
		add.run(...values);
		const id = Number(find.get(...values)?.id);
		this.names.set(name, id);
		return id;
	}

	private seconds(): number {
		return Math.floor(Date.now() / 1000);
	}
}

/** It stays among the open ones for a while. */
function hasEnded({ state }: Pick<OpenRow, 'state'>): boolean {
	return state >= ENDED;
}

function bytesOf(hex: string): Uint8Array {
	return Buffer.from(hex, 'hex');
}

function hexOf(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString('hex');
}
