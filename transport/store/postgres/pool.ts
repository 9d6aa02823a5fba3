import type { Pool, PoolConfig } from '../../vendor/pg';
import type { Ask } from './session';
import type { PostgresTarget } from './target';

/** Most connections of a process: one writes, others renew leases meanwhile. */
const MAX_CONNECTIONS = 3;
/** ms that a connection may take. */
const MAX_CONNECT_MS = 10_000;
/** ms for a statement, there and, should the network swallow the answer, here. */
const MAX_STATEMENT_MS = 30_000;
const MAX_ANSWER_MS = 35_000;

/** Whether the transaction was written is not known. */
export class LostCommit extends Error {}

/** In ms. */
export interface Waits {
	/** That a connection is kept which nobody uses. */
	readonly idleMs: number;
	/** For the lock of another transaction. */
	readonly lockMs: number;
}

/** Connections to a PostgreSQL, opened when they are needed and given back when they are not. */
export class Transactions {
	private pool: Promise<Pool> | undefined;

	constructor(
		private readonly target: PostgresTarget,
		private readonly waits: Waits,
	) {}

	/** Loads the client; connects to nothing yet. */
	load(): Promise<Pool> {
		return (this.pool ??= openPool(configOf(this.target, this.waits)));
	}

	/**
	 * Does all of it, or nothing.
	 *
	 * @throws {LostCommit} where it may have been done
	 */
	async run<T>(work: (ask: Ask) => Promise<T>): Promise<T> {
		const pool = await this.load();
		const client = await pool.connect();
		let isCommitting = false;
		try {
			await client.query(beginWith(this.waits));
			const result = await work(
				async (sql, values) => (await client.query<object>(sql, values as unknown[])).rows,
			);
			isCommitting = true;
			await client.query('COMMIT');
			client.release();
			return result;
		} catch (error) {
			// whatever is left of the transaction goes with the connection
			client.release(true);
			throw isCommitting ? new LostCommit('', { cause: error }) : error;
		}
	}

	async close(): Promise<void> {
		const pool = await this.pool;
		this.pool = undefined;
		await pool?.end();
	}
}

async function openPool(config: PoolConfig): Promise<Pool> {
	const { Pool: PoolOf } = await import('../../vendor/pg');
	const pool = new PoolOf(config);
	// a connection that breaks while nobody uses it is no one's failure
	pool.on('error', () => undefined);
	// one that breaks in use fails its query as well
	pool.on('connect', (client) => client.on('error', () => undefined));
	return pool;
}

/** TLS as n8n's own Postgres node has it: with whatever is not `disable` it is required. */
function configOf(
	{ host, port, database, user, password, ...target }: PostgresTarget,
	{ idleMs }: Waits,
): PoolConfig {
	return {
		host,
		port,
		database,
		user,
		password,
		ssl: target.tls === 'none' ? false : { rejectUnauthorized: target.tls === 'checked' },
		max: Math.min(MAX_CONNECTIONS, target.maxConnections),
		connectionTimeoutMillis: MAX_CONNECT_MS,
		idleTimeoutMillis: idleMs,
		query_timeout: MAX_ANSWER_MS,
		keepAlive: true,
		// open ones do not keep the process
		allowExitOnIdle: true,
		application_name: 'n8n-nodes-revenue-relay',
	};
}

/**
 * What is durable must be so also where the database's own default is quicker. A queue is empty now
 * and long an hour later: what PostgreSQL has counted of it is never true, and nearly all that is
 * asked for is asked for by its key.
 */
function beginWith({ lockMs }: Waits): string {
	return `BEGIN;
		SET LOCAL statement_timeout = ${MAX_STATEMENT_MS};
		SET LOCAL lock_timeout = ${lockMs};
		SET LOCAL enable_seqscan = off;
		SET LOCAL enable_bitmapscan = off;
		SET LOCAL enable_sort = off;
		SET LOCAL enable_hashjoin = off;
		SET LOCAL enable_mergejoin = off;
		SELECT set_config('synchronous_commit', 'on', true)
			WHERE current_setting('synchronous_commit') = 'off'`;
}
