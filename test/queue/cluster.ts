/** n8n in queue mode: main and two workers, their PostgreSQL and their Redis, the package installed in all. */
import { rm } from 'node:fs/promises';

import { startSandbox, type Sandbox } from '../../sandbox';
import { freePorts } from '../../scripts/n8n/freePorts';
import { N8nProcess } from '../../scripts/n8n/process';
import { makeUserFolder, startN8n, type N8n } from '../../scripts/n8n/start';
import { Arrivals } from '../support/arrivals';
import { startPostgres, type Postgres } from '../support/postgres';
import { startRedis, type Redis } from './redis';

export interface Worker {
	/** Whether it has begun this execution since it was last started. */
	hasBegun(execution: string): boolean;
	kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
	/** Starts again where it was killed, with its folder. */
	start(): Promise<void>;
}

export interface Cluster {
	readonly n8n: N8n;
	readonly workers: readonly [Worker, Worker];
	/** n8n's own. */
	readonly postgres: Postgres;
	/** The delivery record's: a server of its own, so that it can be gone while n8n's is there. */
	readonly record: Postgres;
	readonly redis: Redis;
	readonly sandbox: Sandbox;
	/** What arrives at the sandbox. */
	readonly arrivals: Arrivals;
	close(): Promise<void>;
}

const N8N_DATABASE = 'n8n';
export const RECORD_DATABASE = 'record';

export async function startCluster(): Promise<Cluster> {
	const ends: (() => Promise<void>)[] = [];
	const close = async () => {
		for (const end of ends.reverse()) await end();
	};
	try {
		const arrivals = new Arrivals();
		const sandbox = await startSandbox({ onArrival: arrivals.add });
		ends.push(() => sandbox.close());
		const redis = await startRedis();
		ends.push(() => redis.close());
		const postgres = await startPostgres();
		ends.push(() => postgres.close());
		const record = await startPostgres();
		ends.push(() => record.close());
		await postgres.createDatabase(N8N_DATABASE);
		await record.createDatabase(RECORD_DATABASE);
		const environment = environmentOf(postgres, redis);
		// makes n8n's tables; workers that come at the same time would make them too
		const n8n = await startN8n({ withPackage: true, logLevel: 'warn', environment });
		ends.push(() => n8n.stop());
		const workers = await Promise.all([startWorker(environment), startWorker(environment)]);
		for (const worker of workers) ends.push(() => worker.close());
		return { n8n, workers, postgres, record, redis, sandbox, arrivals, close };
	} catch (error) {
		await close();
		throw error;
	}
}

async function startWorker(
	environment: NodeJS.ProcessEnv,
): Promise<Worker & { close(): Promise<void> }> {
	const userFolder = await makeUserFolder({ withPackage: true });
	const start = async () => {
		const [port, brokerPort] = await freePorts();
		// one execution each, so that two at once are not both with one of them
		const process = new N8nProcess(['worker', '--concurrency=1'], userFolder, {
			...environment,
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: String(port),
			N8N_RUNNERS_BROKER_PORT: String(brokerPort),
			// tells which executions it has begun
			N8N_LOG_LEVEL: 'info',
		});
		await process.waitUntilReady(async () => await isReady(port));
		return process;
	};
	// a port that was free a moment ago may be taken: n8n's workers end then
	const startSafely = async () => await start().catch(start);
	let running = await startSafely();
	return {
		hasBegun: (execution) => new RegExp(`started execution ${execution} `).test(running.output),
		kill: async (signal) => {
			await running.kill(signal);
		},
		start: async () => {
			running = await startSafely();
		},
		close: async () => {
			await running.kill('SIGTERM');
			await rm(userFolder, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}

async function isReady(port: number): Promise<boolean> {
	const answer = await fetch(`http://127.0.0.1:${port}/healthz/readiness`).catch(() => undefined);
	return answer?.ok === true;
}

function environmentOf(postgres: Postgres, redis: Redis): NodeJS.ProcessEnv {
	return {
		EXECUTIONS_MODE: 'queue',
		OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: postgres.host,
		DB_POSTGRESDB_PORT: String(postgres.port),
		DB_POSTGRESDB_USER: postgres.user,
		DB_POSTGRESDB_PASSWORD: postgres.password,
		DB_POSTGRESDB_DATABASE: N8N_DATABASE,
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redis.port),
	};
}
