import { Client } from 'pg';

import { startPostgres, type Postgres } from '../../scripts/postgres/start';
import { createStore } from '../../transport/store/createStore';
import { PostgresConnection } from '../../transport/store/postgres/connect';
import type { PostgresTarget } from '../../transport/store/postgres/target';
import type { Store } from '../../transport/store/store';
import { describeStore, MINUTE, type World } from './store.suite';

let server: Postgres;
let target: PostgresTarget;
let admin: Client;

beforeAll(async () => {
	server = await startPostgres();
	const { host, port, database, user, password } = server;
	target = { host, port, database, user, password, tls: 'none', maxConnections: 100 };
	admin = new Client(server);
	await admin.connect();
	// time passes when a test says so
	await admin.query('CREATE TABLE test_clock (now timestamptz)');
	await admin.query('INSERT INTO test_clock VALUES (NULL)');
}, 60_000);

afterAll(async () => {
	await admin.end();
	await server.end();
});

const clock = '(SELECT now FROM public.test_clock)';
const LEASE_MS = 15_000;
const TICK_MS = 5_000;

async function createWorld(): Promise<World> {
	await admin.query('DROP SCHEMA IF EXISTS revenue_relay CASCADE');
	let now = Date.UTC(2026, 0, 1);
	const set = async () => {
		await admin.query('UPDATE test_clock SET now = to_timestamp($1)', [now / 1000]);
	};
	await set();
	const running = new Map<Store, PostgresConnection>();
	const renewAll = async () => {
		for (const connection of running.values()) await connection.renew();
	};
	return {
		start: () => {
			const connection = new PostgresConnection(target, {
				leaseMs: LEASE_MS,
				tickMs: TICK_MS,
				patienceMs: 0,
				clock,
			});
			const store = createStore(connection);
			running.set(store, connection);
			return store;
		},
		kill: async (store) => {
			running.delete(store);
			await store.close();
		},
		now: () => now / 1000,
		live: async (ms) => {
			const end = now + ms;
			// days need not be lived through
			if (ms > 10 * MINUTE) now = end - MINUTE;
			while (now < end) {
				await set();
				await renewAll();
				now = Math.min(end, now + 2 * TICK_MS);
			}
			await set();
		},
		freeze: async (ms) => {
			now += ms;
			await set();
		},
		end: async () => {
			for (const store of running.keys()) await store.close();
		},
	};
}

describeStore('a record in PostgreSQL', createWorld);
