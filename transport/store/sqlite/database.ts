import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { RecordFailure, type FailureKind } from '../failure';

/** Milliseconds to wait for another process that writes. */
const MAX_LOCK_MS = 10_000;

const VERSION = 3;

/**
 * `open` has what live runs work on and dead ones left, in the order in which it was stored, and for a
 * while what has just ended. `done`, which grows large, gets many of those at once in the order of their
 * keys: one by one each would be written on a page of its own.
 *
 * What an event holds is in `contents` until it ends: SQLite overwrites what is taken out, but when it moves
 * rows from page to page, copies may stay where they were until the page is free. So these pages become free.
 *
 * Times are unix seconds, of leases ms. `state`: 0 waiting, 1 sending, 2 delivered, 3 unknown.
 * `outcome`: 0 delivered, 1 unknown. `keep`: days. `place` is never given twice. `queued`: what its run
 * does not deliver stays for a later one. Where `instance` is 0 it is nobody's.
 */
const OPEN = `
	CREATE TABLE accounts (
		id INTEGER PRIMARY KEY,
		provider TEXT NOT NULL,
		account BLOB NOT NULL,
		UNIQUE (provider, account)
	) STRICT;
	CREATE TABLE open (
		place INTEGER PRIMARY KEY AUTOINCREMENT,
		key BLOB NOT NULL UNIQUE,
		instance INTEGER NOT NULL,
		run INTEGER NOT NULL,
		account INTEGER NOT NULL,
		scope INTEGER NOT NULL,
		state INTEGER NOT NULL,
		at INTEGER NOT NULL,
		execution TEXT NOT NULL,
		keep INTEGER NOT NULL,
		amount TEXT,
		currency TEXT,
		queued INTEGER NOT NULL,
		queuedAt INTEGER NOT NULL,
		queuedBy TEXT NOT NULL
	) STRICT;
	CREATE INDEX openInOrder ON open (account, place) WHERE state < 2;
	CREATE INDEX endedByKey ON open (key) WHERE state >= 2;
	CREATE TABLE contents (place INTEGER PRIMARY KEY, content TEXT NOT NULL, lanes TEXT) STRICT;
	CREATE TRIGGER ended AFTER UPDATE OF state ON open WHEN new.state >= 2 BEGIN
		DELETE FROM contents WHERE place = new.place;
	END;
	CREATE TRIGGER takenOut AFTER DELETE ON open WHEN old.state < 2 BEGIN
		DELETE FROM contents WHERE place = old.place;
	END;
`;

const SCHEMA = `
	${OPEN}
	CREATE TABLE instances (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		host TEXT NOT NULL,
		pid INTEGER NOT NULL,
		aliveUntil INTEGER NOT NULL
	) STRICT;
	CREATE TABLE scopes (
		id INTEGER PRIMARY KEY,
		provider TEXT NOT NULL,
		operation TEXT NOT NULL,
		account BLOB NOT NULL,
		UNIQUE (provider, operation, account)
	) STRICT;
	CREATE TABLE done (
		key BLOB PRIMARY KEY,
		scope INTEGER NOT NULL,
		outcome INTEGER NOT NULL,
		at INTEGER NOT NULL,
		execution TEXT NOT NULL,
		keep INTEGER NOT NULL,
		amount TEXT,
		currency TEXT
	) STRICT, WITHOUT ROWID;
`;

/** Version 1 had no queue: what its runs were sending may have arrived, the rest is the user's. */
const FROM_1 = `
	INSERT OR IGNORE INTO done
		SELECT key, scope, 1, at, execution, keep, amount, currency FROM open WHERE state = 1;
	DROP TABLE open;
	${OPEN}
`;

/** Version 2 had what was open in the order of its keys, with places of each account's own. */
const FROM_2 = `
	ALTER TABLE accounts RENAME TO oldAccounts;
	ALTER TABLE open RENAME TO oldOpen;
	DROP INDEX openInOrder;
	${OPEN}
	INSERT INTO accounts SELECT id, provider, account FROM oldAccounts;
	INSERT INTO open (key, instance, run, account, scope, state, at, execution, keep, amount, currency,
			queued, queuedAt, queuedBy)
		SELECT key, instance, run, account, scope, state, at, execution, keep, amount, currency,
			queued, queuedAt, queuedBy FROM oldOpen ORDER BY account, place;
	INSERT INTO contents SELECT open.place, content, lanes FROM oldOpen JOIN open USING (key);
	DROP TABLE oldAccounts;
	DROP TABLE oldOpen;
`;

/**
 * Opens the record's file, made on first use, for its owner's eyes alone.
 *
 * @throws {RecordFailure} of a newer version; what SQLite and the file system throw goes to
 * `failureOf`
 */
export function openDatabase(path: string, maxLockMs = MAX_LOCK_MS): DatabaseSync {
	mkdirSync(dirname(path), { recursive: true });
	// SQLite gives the files beside it the same mode
	closeSync(openSync(path, 'a', 0o600));
	const database = new DatabaseSync(path, { timeout: maxLockMs });
	try {
		prepare(database, path);
		return database;
	} catch (error) {
		database.close();
		throw error;
	}
}

function prepare(database: DatabaseSync, path: string): void {
	// what is taken out is overwritten: it may be personal data
	database.exec('PRAGMA secure_delete = ON; PRAGMA synchronous = FULL');
	// the log is emptied in small steps, 1 MB each: a run waits for them
	database.exec('PRAGMA wal_autocheckpoint = 250');
	if (versionOf(database) < VERSION) {
		database.exec('PRAGMA journal_mode = WAL; BEGIN IMMEDIATE');
		// another process may have come first
		const version = versionOf(database);
		if (version === 0) database.exec(SCHEMA);
		if (version === 1) database.exec(FROM_1);
		if (version === 2) database.exec(FROM_2);
		if (version < VERSION) database.exec(`PRAGMA user_version = ${VERSION}`);
		database.exec('COMMIT');
	}
	if (versionOf(database) > VERSION) throw new RecordFailure('newer', path);
}

function versionOf(database: DatabaseSync): number {
	return Number(database.prepare('PRAGMA user_version').get()?.user_version);
}

/** By SQLite's primary result code. Source: https://sqlite.org/rescode.html */
const kindByCode: Readonly<Record<number, FailureKind>> = {
	5: 'locked',
	6: 'locked',
	8: 'readOnly',
	11: 'damaged',
	13: 'full',
	14: 'unopenable',
	26: 'damaged',
};

/** By the file system's code. */
const kindByErrno: Readonly<Record<string, FailureKind>> = {
	ENOSPC: 'full',
	EDQUOT: 'full',
	EROFS: 'readOnly',
	EACCES: 'unopenable',
	EPERM: 'unopenable',
	ENOENT: 'unopenable',
	ENOTDIR: 'unopenable',
	EEXIST: 'unopenable',
	EISDIR: 'unopenable',
};

/** What an error of the file means. */
export function failureOf(error: unknown, path: string): RecordFailure {
	if (error instanceof RecordFailure) return error;
	const { errcode, errstr, code, message } = error as Partial<Thrown>;
	if (errcode !== undefined) {
		const kind = kindByCode[errcode & 0xff];
		return new RecordFailure(kind ?? 'broken', path, kind ? '' : errstr);
	}
	const kind = kindByErrno[code ?? ''];
	return new RecordFailure(kind ?? 'broken', path, kind ? '' : message);
}

/** What is read of errors: SQLite's have a result code, the file system's an errno. */
interface Thrown extends NodeJS.ErrnoException {
	readonly errcode: number;
	readonly errstr: string;
}
