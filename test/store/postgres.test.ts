import { Client } from 'pg';
import { generate } from 'selfsigned';

import { startPostgres, type Postgres } from '../support/postgres';
import { pause } from '../support/until';
import { RecordFailure } from '../../transport/store/failure';
import { createStore } from '../../transport/store/createStore';
import { PostgresConnection, type Timing } from '../../transport/store/postgres/connect';
import type { PostgresTarget } from '../../transport/store/postgres/target';
import type { Store } from '../../transport/store/store';
import { describeModel } from './model.suite';
import { describeStore, ended, event, key, MINUTE, owner, type World } from './store.suite';

let server: Postgres;
let target: PostgresTarget;
let admin: Client;

async function connectAdmin(): Promise<Client> {
	const { host, port, database, user, password } = server;
	const client = new Client({ host, port, database, user, password });
	await client.connect();
	return client;
}

beforeAll(async () => {
	const { cert, private: secret } = await generate([{ name: 'commonName', value: 'localhost' }]);
	server = await startPostgres(['-c', 'fsync=off', '-c', 'ssl=on'], {
		'server.crt': cert,
		'server.key': secret,
	});
	const { host, port, database, user, password } = server;
	target = { host, port, database, user, password, tls: 'none', maxConnections: 100 };
	admin = await connectAdmin();
	// time passes when a test says so
	await admin.query('CREATE TABLE test_clock (now timestamptz)');
	await admin.query('INSERT INTO test_clock VALUES (NULL)');
}, 60_000);

afterAll(async () => {
	await admin.end();
	await server.close();
});

const clock = '(SELECT now FROM public.test_clock)';
const LEASE_MS = 15_000;
const TICK_MS = 5_000;

async function createWorld(): Promise<World> {
	await admin.query('DROP SCHEMA IF EXISTS revenue_relay CASCADE');
	let now = Date.UTC(2026, 0, 1);
	const set = async () => {
		// a process knows by its own clock when to renew its leases
		jest.spyOn(Date, 'now').mockReturnValue(now);
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
			jest.restoreAllMocks();
		},
	};
}

describeStore('a record in PostgreSQL', createWorld);
describeModel('a record in PostgreSQL', createWorld, 25);

describe('a record in PostgreSQL, by the real clock', () => {
	const stores: Store[] = [];
	const open = (own: Partial<PostgresTarget> = {}, timing: Partial<Timing> = {}) => {
		const connection = new PostgresConnection(
			{ ...target, ...own },
			{ patienceMs: 0, lockMs: 100, ...timing },
		);
		const store = createStore(connection);
		stores.push(store);
		return store;
	};
	beforeEach(async () => {
		await admin.query('DROP SCHEMA IF EXISTS revenue_relay CASCADE');
	});
	afterEach(async () => {
		for (const store of stores.splice(0)) await store.close();
	});

	const failureOf = async (store: Store) => {
		const error: unknown = await store
			.begin(owner)
			.claim([event(1)])
			.catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(RecordFailure);
		const { kind, message } = error as RecordFailure;
		expect(message).toMatch(/^The delivery record in PostgreSQL \(/);
		expect(message).not.toContain(target.password);
		// n8n takes a message with a code of the system for one of its own
		expect(message).not.toMatch(/\bE[A-Z]{4,}\b/);
		return { kind, message };
	};

	/** A user with these rights, as long as the test takes. */
	const asUser = async (
		rights: string,
		use: (own: Partial<PostgresTarget>) => Promise<void>,
	): Promise<void> => {
		await admin.query(`CREATE ROLE relay LOGIN PASSWORD 'its-password' ${rights}`);
		try {
			await use({ user: 'relay', password: 'its-password' });
		} finally {
			for (const store of stores.splice(0)) await store.close();
			await admin.query('DROP OWNED BY relay; DROP ROLE relay');
		}
	};

	describe('says in a sentence what is missing', () => {
		it('where nothing answers', async () => {
			expect(await failureOf(open({ port: 1 }))).toMatchObject({
				kind: 'unreachable',
				message: expect.stringContaining(
					'(127.0.0.1:1, database postgres) cannot be reached',
				) as string,
			});
		});

		it('where the host is not known', async () => {
			const { kind, message } = await failureOf(open({ host: 'postgres.invalid' }));
			expect(kind).toBe('unreachable');
			expect(message).toContain('postgres.invalid');
		});

		it('where the password is wrong', async () => {
			const { kind, message } = await failureOf(open({ password: 'wrong-password' }));
			expect(kind).toBe('unauthorized');
			expect(message).toContain('Check its user and password');
			expect(message).not.toContain('wrong-password');
		});

		it('where the database does not exist', async () => {
			const { kind, message } = await failureOf(open({ database: 'nowhere' }));
			expect(kind).toBe('noDatabase');
			expect(message).toContain('database nowhere');
		});

		it('where the user may not make the schema, and once it is made for the user it is used', async () => {
			await asUser('', async (own) => {
				expect(await failureOf(open(own))).toMatchObject({
					kind: 'forbidden',
					message: expect.stringContaining('the right to create a schema') as string,
				});
				await admin.query('CREATE SCHEMA revenue_relay AUTHORIZATION relay');
				expect(
					await open(own)
						.begin(owner)
						.claim([event(1)]),
				).toEqual([{ kind: 'claimed' }]);
			});
		});

		it('where another user has made it', async () => {
			await open()
				.begin(owner)
				.claim([event(1)]);
			await asUser('', async (own) => {
				expect(await failureOf(open(own))).toMatchObject({ kind: 'forbidden' });
			});
		});

		it('where it is read-only', async () => {
			await asUser('', async (own) => {
				await admin.query('GRANT CREATE ON DATABASE postgres TO relay');
				await admin.query('ALTER ROLE relay SET default_transaction_read_only = on');
				expect(await failureOf(open(own))).toMatchObject({ kind: 'standby' });
			});
		});

		it('where it has no connection left', async () => {
			await asUser('CONNECTION LIMIT 0', async (own) => {
				expect(await failureOf(open(own))).toMatchObject({ kind: 'crowded' });
			});
		});

		it('where its certificate cannot be checked, unless that is not asked for', async () => {
			const { kind, message } = await failureOf(open({ tls: 'checked' }));
			expect(kind).toBe('untrusted');
			expect(message).toContain('Ignore SSL Issues');
			const trusting = open({ tls: 'unchecked' });
			expect(await trusting.begin(owner).claim([event(1)])).toEqual([{ kind: 'claimed' }]);
			const { rows } = await admin.query<{ ssl: boolean }>(`SELECT bool_and(ssl) AS ssl
				FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
				WHERE application_name = 'n8n-nodes-revenue-relay'`);
			expect(rows).toEqual([{ ssl: true }]);
		});

		it('where a newer version of the package has made the tables', async () => {
			await open()
				.begin(owner)
				.claim([event(1)]);
			await admin.query('UPDATE revenue_relay.version SET number = 99');
			expect(await failureOf(open())).toMatchObject({ kind: 'newer' });
		});

		it('where another keeps it locked', async () => {
			const store = open();
			await store.begin(owner).queue([event(1)]);
			await admin.query('BEGIN; LOCK TABLE revenue_relay.open');
			try {
				expect(await failureOf(store)).toMatchObject({ kind: 'locked' });
			} finally {
				await admin.query('ROLLBACK');
			}
		});

		it('and quotes no password that was typed into another field', async () => {
			const host = `postgres.${target.password}.invalid`;
			expect((await failureOf(open({ host }))).message).toContain('***');
		});
	});

	it('several that come at once make the tables once, and others of the database are not touched', async () => {
		const others = async () => {
			const { rows } = await admin.query<{ name: string }>(`SELECT
				table_schema || '.' || table_name AS name FROM information_schema.tables
				WHERE table_schema NOT IN ('pg_catalog', 'information_schema', 'revenue_relay')`);
			return rows.map(({ name }) => name);
		};
		const before = await others();
		const claims = await Promise.all(
			Array.from({ length: 8 }, (_, at) =>
				open()
					.begin(owner)
					.claim([event(at)]),
			),
		);
		expect(claims.flat()).toEqual(Array.from({ length: 8 }, () => ({ kind: 'claimed' })));
		expect(await others()).toEqual(before);
	});

	it('all runs of a process share a few connections, which are given back when nobody uses them', async () => {
		const store = open({}, { idleMs: 20 });
		const connections = async () => {
			const { rows } = await admin.query<{ count: number }>(`SELECT count(*)::integer
				FROM pg_stat_activity WHERE application_name = 'n8n-nodes-revenue-relay'`);
			return rows[0]?.count ?? 0;
		};
		const runs = Array.from({ length: 200 }, () => store.begin(owner));
		const claims = Promise.all(runs.map((run, at) => run.claim([event(at)])));
		let most = 0;
		const done = new AbortController();
		void claims.finally(() => {
			done.abort();
		});
		while (!done.signal.aborted) most = Math.max(most, await connections());
		await claims;
		expect(most).toBeLessThanOrEqual(3);
		while ((await connections()) > 0) await pause(20);
	});

	it('killed in the middle and back, it has all that was written, and its runs go on', async () => {
		const store = open();
		const run = store.begin(owner);
		await run.claim([1, 2, 3].map(event));
		await run.mark([key(1), key(2)], 'sending');
		await run.end(ended('delivered', 1));
		await admin.end();
		await server.kill();
		const { kind, message } = await failureOf(store);
		expect(kind).toBe('unreachable');
		expect(message).toContain('See that PostgreSQL runs');
		await expect(run.end(ended('delivered', 2))).rejects.toMatchObject({ kind: 'unreachable' });
		await server.start();
		admin = await connectAdmin();
		expect(await run.mark([key(3)], 'sending')).toEqual([true]);
		// what could not be written is, in the end
		await run.finish();
		const claims = await open().begin(owner).claim([1, 2, 3].map(event));
		expect(claims.map(({ kind: how }) => how)).toEqual(['delivered', 'delivered', 'unknown']);
	}, 30_000);

	it('a call waits for one that is just starting again', async () => {
		const store = open({}, { patienceMs: 20_000 });
		const run = store.begin(owner);
		await run.claim([event(1)]);
		await admin.end();
		await server.kill();
		const marking = run.mark([key(1)], 'sending');
		await server.start();
		admin = await connectAdmin();
		expect(await marking).toEqual([true]);
	}, 30_000);

	it('tables that were dropped are made again', async () => {
		const store = open({}, { patienceMs: 5_000 });
		await store.begin(owner).claim([event(1)]);
		await admin.query('DROP SCHEMA revenue_relay CASCADE');
		expect(await store.begin(owner).claim([event(1)])).toEqual([{ kind: 'claimed' }]);
	});

	it('is durable also where the database is set not to wait for its disk', async () => {
		await admin.query('ALTER DATABASE postgres SET synchronous_commit = off');
		try {
			const store = open();
			await admin.query(`CREATE TABLE IF NOT EXISTS seen (how text)`);
			await store.begin(owner).queue([event(1)]);
			await admin.query(`CREATE FUNCTION revenue_relay.note() RETURNS trigger LANGUAGE plpgsql AS
				$$ BEGIN INSERT INTO public.seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
				CREATE TRIGGER note AFTER INSERT ON revenue_relay.open EXECUTE FUNCTION revenue_relay.note()`);
			await store.begin(owner).queue([event(2)]);
			expect((await admin.query('SELECT DISTINCT how FROM seen')).rows).toEqual([{ how: 'on' }]);
		} finally {
			await admin.query('ALTER DATABASE postgres RESET synchronous_commit');
		}
	});
});
