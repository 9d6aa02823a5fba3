import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { Call, Connection, Kind, Results } from '../calls';
import { answerAll, FIRST_KEY } from './answers';
import { failureOf, isPassing, placeOf } from './failures';
import { makeTables } from './makeTables';
import { Transactions, type Waits } from './pool';
import type { Ask, Memory } from './session';
import { statementsBy } from './statements';
import type { PostgresTarget } from './target';

/** What tests change. */
export interface Timing extends Waits {
	/** ms without a renewal after which a run is dead. */
	readonly leaseMs: number;
	/** Leases are renewed this often, in ms. */
	readonly tickMs: number;
	/** So many ms a group waits for a database that is gone: it may just be starting again. */
	readonly patienceMs: number;
	/** SQL for the time. */
	readonly clock: string;
}

const usualTiming: Timing = {
	/**
	 * n8n's event loop may well stand still for half a minute, while it stores the data of a large
	 * execution: its runs must not be taken for dead then. n8n itself takes longer, up to two minutes,
	 * to give up the execution of a dead worker.
	 */
	leaseMs: 60_000,
	tickMs: 10_000,
	patienceMs: 5_000,
	idleMs: 30_000,
	lockMs: 10_000,
	clock: 'clock_timestamp()',
};

/** ms between tries. */
const PAUSE_MS = 250;
/** The name of a run that has nothing. */
const NONE = '00000000-0000-0000-0000-000000000000';

/** The record in a PostgreSQL. Nothing is opened before the first call. */
export class PostgresConnection implements Connection {
	private readonly timing: Timing;
	private readonly sql;
	private readonly transactions: Transactions;
	/** Runs that claimed something and have not finished, with their names in the database. */
	private readonly live = new Map<number, string>();
	private readonly memory: Memory;
	private hasTables = false;
	/** Runs whose leases were renewed last, and when. */
	private renewed: ReadonlySet<string> = new Set();
	private renewedAt = -Infinity;
	private timer: NodeJS.Timeout | undefined;

	constructor(
		private readonly target: PostgresTarget,
		timing: Partial<Timing> = {},
	) {
		this.timing = { ...usualTiming, ...timing };
		this.sql = statementsBy(this.timing.clock);
		this.transactions = new Transactions(target, this.timing);
		this.memory = {
			idOf: (run) => this.live.get(run) ?? NONE,
			names: new Map(),
			swept: FIRST_KEY,
		};
	}

	load(): void {
		// its error is the next call's
		this.transactions.load().catch(() => undefined);
	}

	async write(calls: readonly Call[]): Promise<readonly Results[Kind][]> {
		for (const call of calls) {
			if (call.kind === 'claim' || call.kind === 'take') this.enter(call.run);
		}
		const end = performance.now() + this.timing.patienceMs;
		try {
			for (;;) {
				try {
					return await this.writeOnce(calls);
				} catch (error) {
					this.distrust();
					if (!isPassing(error) || performance.now() > end) throw error;
					await pause(PAUSE_MS);
				}
			}
		} catch (error) {
			throw failureOf(error, this.target);
		} finally {
			// also where that could not be written: then its events are a dead run's when its lease ends
			for (const call of calls) if (call.kind === 'finish') this.live.delete(call.run);
			if (this.live.size === 0) this.stopRenewing();
		}
	}

	/** Renews the leases of all runs that live. */
	async renew(): Promise<void> {
		if (this.live.size > 0) await this.transactions.run((ask) => this.renewIn(ask));
	}

	async close(): Promise<void> {
		this.stopRenewing();
		await this.transactions.close();
	}

	private async writeOnce(calls: readonly Call[]): Promise<Results[Kind][]> {
		if (!this.hasTables) {
			await this.transactions.run((ask) => makeTables(ask, placeOf(this.target)));
			this.hasTables = true;
		}
		return await this.transactions.run(async (ask) => {
			if (this.isRenewalDue()) await this.renewIn(ask);
			return await answerAll({ ask, sql: this.sql, memory: this.memory }, calls);
		});
	}

	private enter(run: number): void {
		if (!this.live.has(run)) this.live.set(run, randomUUID());
		this.timer ??= setInterval(() => {
			// where that fails, the next call tells
			this.renew().catch(() => undefined);
		}, this.timing.tickMs).unref();
	}

	private stopRenewing(): void {
		clearInterval(this.timer);
		this.timer = undefined;
	}

	private isRenewalDue(): boolean {
		// a computer that slept has another time, and its timers do not know
		const age = Date.now() - this.renewedAt;
		if (this.live.size > 0 && !(age >= 0 && age < this.timing.tickMs)) return true;
		return [...this.live.values()].some((id) => !this.renewed.has(id));
	}

	private async renewIn(ask: Ask): Promise<void> {
		const ids = [...this.live.values()];
		const now = Date.now();
		await ask(this.sql.renew, [ids, this.timing.leaseMs]);
		this.renewed = new Set(ids);
		this.renewedAt = now;
	}

	/** After a failure: what was written last may not be. */
	private distrust(): void {
		this.hasTables = false;
		this.memory.names.clear();
		this.renewedAt = -Infinity;
	}
}
