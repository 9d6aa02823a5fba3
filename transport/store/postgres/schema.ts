/** All tables of ours are in it: nothing else in the database is touched. */
export const SCHEMA = 'revenue_relay';
export const VERSION = 1;

/** What is done in the database under this number, one after another: any number that is ours alone. */
export const LOCK_CLASS = 1_937_074_412;
/** Making the schema. Others under the class are accounts, whose numbers begin at 1. */
export const SCHEMA_LOCK = 0;

/**
 * The same tables as in SQLite: `open` has what live runs work on, dead ones left and the queue
 * holds, `done` what has ended.
 *
 * A key's 16 bytes are a `uuid`, which compares and packs well. Times are unix seconds. `state`:
 * 0 waiting, 1 sending. `outcome`: 0 delivered, 1 unknown. `keep`: days. `queued`: what its run does
 * not deliver stays for a later one. Where `run` is null it is nobody's.
 */
export const TABLES = `
	CREATE TABLE ${SCHEMA}.version (number integer NOT NULL);
	INSERT INTO ${SCHEMA}.version VALUES (${VERSION});
	CREATE TABLE ${SCHEMA}.runs (
		id uuid PRIMARY KEY,
		alive_until timestamptz NOT NULL
	);
	CREATE TABLE ${SCHEMA}.accounts (
		id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		provider text NOT NULL,
		account uuid NOT NULL,
		UNIQUE (provider, account)
	);
	CREATE TABLE ${SCHEMA}.scopes (
		id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		account integer NOT NULL,
		operation text NOT NULL,
		UNIQUE (account, operation)
	);
	CREATE SEQUENCE ${SCHEMA}.places;
	CREATE TABLE ${SCHEMA}.open (
		key uuid PRIMARY KEY,
		run uuid,
		account integer NOT NULL,
		scope integer NOT NULL,
		state smallint NOT NULL,
		at bigint NOT NULL,
		execution text NOT NULL,
		keep integer NOT NULL,
		amount text,
		currency text,
		content text NOT NULL,
		lanes text,
		place bigint NOT NULL,
		queued boolean NOT NULL,
		queued_at bigint NOT NULL,
		queued_by text NOT NULL
	) WITH (fillfactor = 70);
	CREATE INDEX ON ${SCHEMA}.open (account, place);
	CREATE TABLE ${SCHEMA}.done (
		key uuid PRIMARY KEY,
		at bigint NOT NULL,
		scope integer NOT NULL,
		keep integer NOT NULL,
		outcome smallint NOT NULL,
		execution text NOT NULL,
		amount text,
		currency text
	);
`;
