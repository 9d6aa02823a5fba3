import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { RecordFailure } from '../../transport/store/failure';
import { accountOf } from '../../transport/credential/account';
import { createStore } from '../../transport/store/createStore';
import { openDatabase } from '../../transport/store/sqlite/database';
import { connectInProcess } from '../../transport/store/sqlite/inProcess';
import type { Machine } from '../../transport/store/sqlite/machine';
import { Writer } from '../../transport/store/sqlite/writer';
import type { Store } from '../../transport/store/store';
import { describeModel } from './model.suite';
import { DAY, describeStore, ended, event, key, MINUTE, owner, type World } from './store.suite';

let folder: string;
let path: string;

beforeEach(() => {
	// time passes when a test says so
	jest.useFakeTimers({
		now: Date.UTC(2026, 0, 1),
		doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'hrtime'],
	});
	folder = mkdtempSync(join(tmpdir(), 'record-'));
	path = join(folder, 'record.sqlite');
});

afterEach(() => {
	rmSync(folder, { recursive: true });
	jest.useRealTimers();
});

let files = 0;

/** Processes of this machine, whose IDs count up, and of another one, each with a host of its own. */
function createWorld(): World {
	const file = join(folder, `${++files}.sqlite`);
	const running = new Map<Store, number>();
	let pids = 100;
	return {
		start: (place = 'here') => {
			const pid = ++pids;
			const machine: Machine = {
				host: place === 'here' ? 'here' : `host-${pid}`,
				pid,
				isRunning: (other) => [...running.values()].includes(other),
			};
			const store = createStore(connectInProcess(file, machine));
			running.set(store, pid);
			return store;
		},
		kill: async (store) => {
			running.delete(store);
			await store.close();
		},
		now: () => Math.floor(Date.now() / 1000),
		live: (ms) => {
			// days need not be lived through
			if (ms > 10 * MINUTE) jest.setSystemTime(Date.now() + ms - MINUTE);
			jest.advanceTimersByTime(Math.min(ms, 10 * MINUTE));
			return Promise.resolve();
		},
		freeze: (ms) => {
			jest.setSystemTime(Date.now() + ms);
			return Promise.resolve();
		},
		end: async () => {
			for (const store of running.keys()) await store.close();
		},
	};
}

describeStore('a record in a file of SQLite', createWorld);
describeModel('a record in a file of SQLite', createWorld, 40);

const machine: Machine = { host: 'here', pid: 1, isRunning: () => true };
const open = (own: Partial<Machine> = {}) =>
	createStore(connectInProcess(path, { ...machine, ...own }));

describe('a dead process of this machine', () => {
	it('is known at once', async () => {
		const dead = open({ pid: 2 });
		await dead.begin(owner).claim([event(1)]);
		await dead.close();
		const store = open({ isRunning: (pid) => pid !== 2 });
		expect(await store.begin(owner).claim([event(1)])).toEqual([{ kind: 'claimed' }]);
		await store.close();
	});

	it('is known at once by a process that has its ID, as in a container that was started again', async () => {
		const dead = open();
		await dead.begin(owner).claim([event(1)]);
		await dead.close();
		const store = open();
		expect(await store.begin(owner).claim([event(1)])).toEqual([{ kind: 'claimed' }]);
		await store.close();
	});
});

/** All bytes of the record's files, as Latin-1 text. */
const bytes = () =>
	readdirSync(folder)
		.map((name) => readFileSync(join(folder, name), 'latin1'))
		.join('');

it('the files are for their owner’s eyes alone', async () => {
	const store = open();
	await store.begin(owner).claim([event(1)]);
	const names = readdirSync(folder);
	expect(names.sort()).toEqual(['record.sqlite', 'record.sqlite-shm', 'record.sqlite-wal']);
	for (const name of names) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
	await store.close();
});

it('of a done event the file holds no more than its digest, amount and currency', async () => {
	const store = open();
	const account = accountOf('https://api.example', ['the-secret']);
	const run = store.begin({ ...owner, account });
	const person = 'anna@example.com'.repeat(200);
	const events = Array.from({ length: 100 }, (_, number) => ({
		...event(number),
		content: person,
	}));
	await run.claim(events);
	await run.mark(
		events.map((one) => one.key),
		'sending',
	);
	expect(bytes()).toContain('anna@example.com');
	await run.end(ended('delivered', ...events.keys()));
	await run.finish();
	// a few seconds later
	jest.advanceTimersByTime(10_000);
	expect(bytes()).not.toContain('anna@');
	expect(bytes()).not.toContain('the-secret');
	expect(bytes()).not.toContain('api.example');
	expect(bytes()).toContain('1.25USD');
	await store.close();
	expect(bytes()).not.toContain('anna@');
});

describe('what has ended', () => {
	const rowsOf = (table: string) => {
		const database = new DatabaseSync(path, { readOnly: true });
		const { rows } = database.prepare(`SELECT count(*) AS rows FROM ${table}`).get() as {
			rows: number;
		};
		database.close();
		return rows;
	};
	const deliver = async (store: Store, numbers: readonly number[]) => {
		const run = store.begin(owner);
		await run.claim(numbers.map(event));
		await run.end(ended('delivered', ...numbers));
		await run.finish();
	};

	it('is moved to the done ones a thousand at a time, and known all the while', async () => {
		const numbers = Array.from({ length: 998 }, (_, number) => number);
		const store = open();
		// what one process leaves the next one moves: the first time at once
		await deliver(store, [5_000]);
		await deliver(store, numbers);
		expect([rowsOf('open'), rowsOf('done')]).toEqual([999, 0]);
		const run = store.begin(owner);
		expect(await run.claim([0, 997, 1_000].map(event))).toMatchObject([
			{ kind: 'delivered' },
			{ kind: 'delivered' },
			{ kind: 'claimed' },
		]);
		await run.finish();
		await deliver(store, [2_000]);
		expect([rowsOf('open'), rowsOf('done')]).toEqual([0, 1_000]);
		expect(await store.begin(owner).claim([event(997)])).toMatchObject([{ kind: 'delivered' }]);
		await store.close();
	});

	it('is moved by the next process', async () => {
		const store = open();
		await deliver(store, [1, 2]);
		await store.close();
		const next = open();
		await deliver(next, [3]);
		expect([rowsOf('open'), rowsOf('done')]).toEqual([1, 2]);
		await next.close();
	});

	it('is forgotten in its time, moved or not', async () => {
		const store = open();
		await deliver(store, [1, 2]);
		jest.setSystemTime(Date.now() + 15 * DAY);
		await store.forget();
		expect([rowsOf('open'), rowsOf('done')]).toEqual([0, 0]);
		await store.close();
	});
});

it('nothing is left in the file of what many events held, however long they were', async () => {
	for (const length of [0, 100, 300, 400, 5_000]) {
		const store = open();
		const run = store.begin({ ...owner, execution: `${length}` });
		const count = 2_500;
		// spread as digests are
		const events = Array.from({ length: count }, (_, number) => ({
			...event(number),
			key: accountOf(`${length}-${number}`, []),
			content: `anna@example.com${'x'.repeat((number * 37) % (length + 1))}`,
		}));
		for (let at = 0; at < count; at += 50) await run.claim(events.slice(at, at + 50));
		for (let at = 0; at < count; at += 7) {
			const keys = events.slice(at, at + 7).map((one) => one.key);
			await run.mark(keys, 'sending');
			await run.end(keys.map((of) => ({ key: of, outcome: 'delivered' as const })));
		}
		await run.finish();
		await store.close();
		expect({ length, isThere: bytes().includes('anna@') }).toEqual({ length, isThere: false });
	}
}, 30_000);

it('a done event takes less than 100 bytes', async () => {
	const store = open();
	const run = store.begin({ ...owner, execution: '1234567' });
	const count = 20_000;
	// digests are spread evenly: so are these
	const spread = Array.from({ length: count }, (_, number) => accountOf(`${number}`, []));
	const content = JSON.stringify({ text: 'x'.repeat(500) });
	for (let at = 0; at < count; at += 2_000) {
		const keys = spread.slice(at, at + 2_000);
		await run.claim(keys.map((of) => ({ ...event(0), key: of, content })));
		await run.end(keys.map((of) => ({ key: of, outcome: 'delivered' as const })));
	}
	await store.close();
	const database = new DatabaseSync(path);
	const { pages } = database
		.prepare("SELECT count(*) AS pages FROM dbstat WHERE name = 'done'")
		.get() as { pages: number };
	database.close();
	expect((pages * 4096) / count).toBeLessThan(100);
	expect(statSync(path).size / count).toBeLessThan(200);
}, 30_000);

describe('a record that cannot be used says so in a sentence with what to do', () => {
	const failure = async (of: Store) => {
		const error: unknown = await of
			.begin(owner)
			.claim([event(1)])
			.catch((thrown: unknown) => thrown);
		expect(error).toBeInstanceOf(RecordFailure);
		const { kind, message } = error as RecordFailure;
		expect(message).toContain(path);
		// whoever can do without it says so: the queue cannot
		expect(message).not.toContain('to Off');
		return { kind, message };
	};

	it('where its folder cannot be made', async () => {
		writeFileSync(join(folder, 'file'), '');
		path = join(folder, 'file', 'record.sqlite');
		expect(await failure(open())).toMatchObject({
			kind: 'unopenable',
			message: expect.stringContaining('Let n8n create and write files') as string,
		});
	});

	it('where it is a folder', async () => {
		path = folder;
		expect(await failure(open())).toMatchObject({ kind: 'unopenable' });
	});

	it('where it is no database, or damaged', async () => {
		writeFileSync(path, 'something else '.repeat(1_000));
		expect(await failure(open())).toMatchObject({
			kind: 'damaged',
			message: expect.stringContaining('move the file away') as string,
		});
		rmSync(path);

		const store = open();
		const run = store.begin(owner);
		const events = Array.from({ length: 500 }, (_, number) => event(number));
		await run.claim(events);
		await store.close();
		const whole = readFileSync(path);
		writeFileSync(path, whole.fill(0x5a, 8_192));
		expect(await failure(open())).toMatchObject({ kind: 'damaged' });
	});

	it('where a newer version has written it', async () => {
		const database = new DatabaseSync(path);
		database.exec('PRAGMA user_version = 4');
		database.close();
		expect(await failure(open())).toMatchObject({
			kind: 'newer',
			message: expect.stringContaining('newer version of this package') as string,
		});
	});

	/** A store that is opened in this way. */
	const openedBy = (how: typeof openDatabase) => {
		const writer = new Writer(path, machine, how);
		return createStore({
			load: () => undefined,
			write: (calls) =>
				new Promise((resolve) => {
					resolve(writer.write(calls));
				}),
			close: () => {
				writer.close();
				return Promise.resolve();
			},
		});
	};

	it('where another program keeps it locked; when that is over it is used', async () => {
		await open().begin(owner).finish();
		const other = new DatabaseSync(path);
		other.exec('BEGIN IMMEDIATE');
		const store = openedBy((at) => openDatabase(at, 100));
		expect(await failure(store)).toMatchObject({
			kind: 'locked',
			message: expect.stringContaining('kept locked by another program') as string,
		});
		other.exec('ROLLBACK');
		other.close();
		expect(await store.begin(owner).claim([event(1)])).toEqual([{ kind: 'claimed' }]);
		await store.close();
	});

	it('where it is read-only', async () => {
		const store = openedBy((at) => {
			const database = openDatabase(at);
			database.exec('PRAGMA query_only = ON');
			return database;
		});
		expect(await failure(store)).toMatchObject({
			kind: 'readOnly',
			message: expect.stringContaining('it is read-only') as string,
		});
		await store.close();
	});

	it('what a run left that could not even end is a dead run’s', async () => {
		let database: DatabaseSync | undefined;
		const store = openedBy((at) => (database = openDatabase(at)));
		const run = store.begin(owner);
		await run.claim([event(1), event(2)]);
		await run.mark([key(2)], 'sending');
		database?.exec('PRAGMA query_only = ON');
		await expect(run.finish()).rejects.toMatchObject({ kind: 'readOnly' });
		database?.exec('PRAGMA query_only = OFF');
		const claims = await store.begin(owner).claim([event(1), event(2)]);
		expect(claims.map(({ kind }) => kind)).toEqual(['claimed', 'unknown']);
		await store.close();
	});

	it('where the disk is full; nothing that was delivered is forgotten', async () => {
		let database: DatabaseSync | undefined;
		const store = openedBy((at) => (database = openDatabase(at)));
		const run = store.begin(owner);
		await run.claim([event(1), event(2)]);
		await run.end(ended('delivered', 1));
		await run.mark([key(2)], 'sending');
		database?.exec('PRAGMA max_page_count = 1');
		const long = { ...event(3), content: 'x'.repeat(100_000) };
		await expect(run.claim([long])).rejects.toMatchObject({
			kind: 'full',
			message: expect.stringContaining('Free some space') as string,
		});
		database?.exec('PRAGMA query_only = ON');
		await expect(run.end(ended('delivered', 2))).rejects.toMatchObject({ kind: 'readOnly' });
		database?.exec('PRAGMA query_only = OFF; PRAGMA max_page_count = 100000');
		// the end of the run makes up for it
		await run.finish();
		const claims = await store.begin(owner).claim([event(1), event(2), long]);
		expect(claims.map(({ kind }) => kind)).toEqual(['delivered', 'delivered', 'claimed']);
		await store.close();
	});
});

it('calls of one turn, and those that come while others are written, share a commit', async () => {
	const groups: number[] = [];
	const connection = connectInProcess(path, machine);
	const store = createStore({
		...connection,
		load: () => undefined,
		write: (calls) => {
			groups.push(calls.length);
			return connection.write(calls);
		},
	});
	const claim = (number: number) => store.begin(owner).claim([event(number)]);
	await Promise.all([claim(1), claim(2), claim(3)]);
	expect(groups).toEqual([3]);
	const first = claim(4);
	await Promise.all([first, first.then(() => Promise.all([claim(5), claim(6)]))]);
	expect(groups).toEqual([3, 1, 2]);
	await store.close();
});

it('how an event ended is in one commit with the mark of the next, so that no more are marked than are under way', async () => {
	const groups: string[][] = [];
	const connection = connectInProcess(path, machine);
	const store = createStore({
		...connection,
		write: (calls) => {
			groups.push(calls.map(({ kind }) => kind));
			return connection.write(calls);
		},
	});
	const run = store.begin(owner);
	await run.claim([event(1), event(2), event(3)]);
	const first = run.mark([key(1)], 'sending');
	await first;
	groups.length = 0;
	// while others are written, too
	const writing = run.claim([event(4)]);
	const ended = run.end([{ key: key(1), outcome: 'delivered' }]);
	await Promise.all([writing, ended, run.mark([key(2)], 'sending')]);
	const busy = run.claim([event(5)]);
	await new Promise((resolve) => {
		process.nextTick(resolve);
	});
	await Promise.all([
		busy,
		run.end([{ key: key(2), outcome: 'delivered' }]),
		run.mark([key(3)], 'sending'),
	]);
	for (const group of groups) expect(group.includes('mark')).toBe(group.includes('end'));
	await store.close();
});

it('the row of a process that has long been dead is taken out', async () => {
	for (let pid = 2; pid < 5; pid++) {
		const dead = open({ pid });
		await dead.begin(owner).claim([event(pid)]);
		await dead.close();
	}
	jest.setSystemTime(Date.now() + 2 * DAY);
	const store = open();
	await store.forget();
	// what it left is a dead run's all the same
	expect(await store.summarize(owner)).toMatchObject([{ events: 3 }]);
	await store.close();
	const database = new DatabaseSync(path);
	expect(database.prepare('SELECT count(*) AS rows FROM instances').get()).toEqual({ rows: 1 });
	database.close();
});

/** Tables that were the same from the first version on. */
const OF_ALL_VERSIONS = `
	CREATE TABLE instances (
		id INTEGER PRIMARY KEY AUTOINCREMENT, host TEXT NOT NULL, pid INTEGER NOT NULL,
		aliveUntil INTEGER NOT NULL
	) STRICT;
	CREATE TABLE scopes (
		id INTEGER PRIMARY KEY, provider TEXT NOT NULL, operation TEXT NOT NULL,
		account BLOB NOT NULL, UNIQUE (provider, operation, account)
	) STRICT;
	CREATE TABLE done (
		key BLOB PRIMARY KEY, scope INTEGER NOT NULL, outcome INTEGER NOT NULL,
		at INTEGER NOT NULL, execution TEXT NOT NULL, keep INTEGER NOT NULL,
		amount TEXT, currency TEXT
	) STRICT, WITHOUT ROWID;
`;

describe('a file of the version without a queue', () => {
	/** As that version made it, with an event of each kind. */
	const writeOld = () => {
		const database = new DatabaseSync(path);
		database.exec(`
			PRAGMA journal_mode = WAL;
			${OF_ALL_VERSIONS}
			CREATE TABLE open (
				key BLOB PRIMARY KEY, instance INTEGER NOT NULL, run INTEGER NOT NULL,
				scope INTEGER NOT NULL, state INTEGER NOT NULL, at INTEGER NOT NULL,
				execution TEXT NOT NULL, keep INTEGER NOT NULL, amount TEXT, currency TEXT,
				content TEXT NOT NULL
			) STRICT, WITHOUT ROWID;
			INSERT INTO scopes VALUES (1, 'provider', 'purchase', x'${owner.account}');
			INSERT INTO open VALUES (x'${key(1)}', 1, 1, 1, 0, 1767225600, '7', 14, '1', 'USD', '{}');
			INSERT INTO open VALUES (x'${key(2)}', 1, 1, 1, 1, 1767225600, '7', 14, '1', 'USD', '{}');
			INSERT INTO done VALUES (x'${key(3)}', 1, 0, 1767225600, '7', 14, '1', 'USD');
			PRAGMA user_version = 1;
		`);
		database.close();
	};

	it('is taken over: what was delivered is known, what was being sent may have arrived', async () => {
		writeOld();
		const store = open();
		const run = store.begin(owner);
		const claims = await run.claim([1, 2, 3].map(event));
		expect(claims.map(({ kind }) => kind)).toEqual(['claimed', 'unknown', 'delivered']);
		expect(await run.queue([event(4)])).toEqual([{ kind: 'queued' }]);
		await store.close();
	});

	it('is taken over once, by whichever process comes first', async () => {
		writeOld();
		openDatabase(path).close();
		const store = open();
		expect(await store.begin(owner).queue([event(4)])).toEqual([{ kind: 'queued' }]);
		await store.close();
		const again = open();
		expect(await again.begin(owner).queue([event(4)])).toMatchObject([{ kind: 'waiting' }]);
		await again.close();
	});
});

it('a file of the version whose queue had places of each account is taken over, in its order', async () => {
	const database = new DatabaseSync(path);
	database.exec(`
		PRAGMA journal_mode = WAL;
		CREATE TABLE accounts (
			id INTEGER PRIMARY KEY, provider TEXT NOT NULL, account BLOB NOT NULL,
			places INTEGER NOT NULL DEFAULT 0, UNIQUE (provider, account)
		) STRICT;
		CREATE TABLE open (
			key BLOB PRIMARY KEY, instance INTEGER NOT NULL, run INTEGER NOT NULL,
			account INTEGER NOT NULL, scope INTEGER NOT NULL, state INTEGER NOT NULL,
			at INTEGER NOT NULL, execution TEXT NOT NULL, keep INTEGER NOT NULL, amount TEXT,
			currency TEXT, content TEXT NOT NULL, lanes TEXT, place INTEGER NOT NULL,
			queued INTEGER NOT NULL, queuedAt INTEGER NOT NULL, queuedBy TEXT NOT NULL
		) STRICT, WITHOUT ROWID;
		CREATE UNIQUE INDEX openInOrder ON open (account, place);
		${OF_ALL_VERSIONS}
		INSERT INTO accounts VALUES (1, 'provider', x'${owner.account}', 3);
		INSERT INTO scopes VALUES (1, 'provider', 'purchase', x'${owner.account}');
		INSERT INTO open VALUES
			(x'${key(1)}', 0, 0, 1, 1, 0, 1767225600, '7', 14, '1', 'USD', '{}', NULL, 3, 1, 1767225600, '7'),
			(x'${key(2)}', 0, 0, 1, 1, 0, 1767225600, '7', 14, '1', 'USD', '{}', NULL, 1, 1, 1767225600, '7');
		INSERT INTO done VALUES (x'${key(3)}', 1, 0, 1767225600, '7', 14, '1', 'USD');
		PRAGMA user_version = 2;
	`);
	database.close();
	const store = open();
	const run = store.begin(owner);
	expect(await run.claim([event(3)])).toMatchObject([{ kind: 'delivered' }]);
	expect(await run.queue([event(4)])).toEqual([{ kind: 'queued' }]);
	const taken = await run.take({ maxEvents: 10, repeatable: [] });
	expect(taken.map((one) => one.key)).toEqual([2, 1, 4].map(key));
	await store.close();
});
