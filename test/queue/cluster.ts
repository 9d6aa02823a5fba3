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
	/** Everything that it has printed so far. */
	readonly output: string;
	kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
	/** Starts again where it was killed, with its folder. */
	start(): Promise<void>;
}

export interface Cluster {
	readonly n8n: N8n;
	readonly workers: readonly [Worker, Worker];
	readonly postgres: Postgres;
	readonly redis: Redis;
	readonly sandbox: Sandbox;
	/** What arrives at the sandbox. */
	readonly arrivals: Arrivals;
	close(): Promise<void>;
}

/** The database of n8n itself. */
const N8N_DATABASE = 'n8n';
/** The database of the delivery record. */
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
		const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
		ends.push(
			() => postgres.close(),
			() => redis.close(),
		);
		await postgres.createDatabase(N8N_DATABASE);
		await postgres.createDatabase(RECORD_DATABASE);
		const environment = environmentOf(postgres, redis);
		// makes n8n's tables; workers that come at the same time would make them too
		const n8n = await startN8n({ withPackage: true, logLevel: 'warn', environment });
		ends.push(() => n8n.stop());
		const workers = await Promise.all([startWorker(environment), startWorker(environment)]);
		for (const worker of workers) ends.push(() => worker.close());
		return { n8n, workers, postgres, redis, sandbox, arrivals, close };
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
		const process = new N8nProcess('worker', userFolder, {
			...environment,
			QUEUE_HEALTH_CHECK_ACTIVE: 'true',
			QUEUE_HEALTH_CHECK_PORT: String(port),
			N8N_RUNNERS_BROKER_PORT: String(brokerPort),
			N8N_LOG_LEVEL: 'warn',
		});
		await process.waitUntilReady(async () => await isReady(port));
		return process;
	};
	let running = await start();
	return {
		get output() {
			return running.output;
		},
		kill: async (signal) => {
			await running.kill(signal);
		},
		start: async () => {
			running = await start();
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
