import type { IExecuteFunctions } from 'n8n-workflow';

import { RunRefused } from '../../transport/model/outcome';
import { openStore } from '../../transport/record/openStore';
import { readPostgresTarget } from '../../transport/record/postgresTarget';

/** What n8n's own Postgres credential says by default, and a password. */
const usual = {
	host: 'localhost',
	database: 'postgres',
	user: 'postgres',
	password: 'hunter2hunter2',
	maxConnections: 100,
	allowUnauthorizedCerts: false,
	ssl: 'disable',
	port: 5432,
	sshTunnel: false,
};

/** A node with this credential. */
function nodeWith(values: object | Error | undefined): IExecuteFunctions {
	return {
		getNode: () => ({ credentials: values && { postgres: { id: '1', name: 'Record' } } }),
		getCredentials: () =>
			values instanceof Error ? Promise.reject(values) : Promise.resolve(values),
		helpers: { getStoragePath: () => '/storage/type' },
	} as unknown as IExecuteFunctions;
}

const targetOf = (own: object) => readPostgresTarget(nodeWith({ ...usual, ...own }));

/** Why a run with this credential is refused. */
async function refusalOf(values: object | Error | undefined): Promise<string> {
	const error: unknown = await readPostgresTarget(nodeWith(values)).catch(
		(thrown: unknown) => thrown,
	);
	expect(error).toBeInstanceOf(RunRefused);
	const { outcome, message } = error as RunRefused;
	expect(outcome).toBe('failed');
	expect(message).toMatch(/^Not sent: Delivery Record is PostgreSQL, and .*\.$/);
	expect(message).not.toContain(usual.password);
	return message;
}

it('the fields of n8n’s own credential say where PostgreSQL is', async () => {
	expect(await targetOf({})).toEqual({
		host: 'localhost',
		port: 5432,
		database: 'postgres',
		user: 'postgres',
		password: 'hunter2hunter2',
		tls: 'none',
		maxConnections: 100,
	});
});

it.each([
	[{ ssl: 'disable' }, 'none'],
	[{ ssl: undefined }, 'none'],
	[{ ssl: 'allow' }, 'checked'],
	[{ ssl: 'require' }, 'checked'],
	[{ allowUnauthorizedCerts: true, ssl: 'disable' }, 'unchecked'],
])('TLS is as n8n’s own Postgres node has it: of %j %s', async (own, tls) => {
	expect(await targetOf(own)).toMatchObject({ tls });
});

it.each([
	[{ sshTunnel: true }, 'cannot use an SSH Tunnel'],
	[{ host: ' ' }, 'Host is empty'],
	[{ database: '' }, 'Database is empty'],
	[{ user: '' }, 'User is empty'],
	[{ port: 0 }, 'Port must be a whole number'],
	[{ maxConnections: 0 }, 'Maximum Number of Connections must be'],
	[{ host: `postgres://me:${usual.password}@there` }, 'not postgres://me:***@there'],
])('a credential that cannot be used is refused, with what is wrong: %j', async (own, words) => {
	expect(await refusalOf({ ...usual, ...own })).toContain(words);
});

it('a node without the credential is refused, and so is one whose credential cannot be read', async () => {
	expect(await refusalOf(undefined)).toContain('choose one in the node');
	expect(await refusalOf(new Error('it is gone'))).toContain('could not be read (it is gone)');
});

it('runs with the same credential share a record, others do not', async () => {
	const open = (own: object) => openStore(nodeWith({ ...usual, ...own }), 'postgres');
	const store = await open({});
	expect(await open({})).toBe(store);
	for (const own of [{ database: 'other' }, { user: 'other' }, { password: 'other' }]) {
		expect(await open(own)).not.toBe(store);
	}
	expect(await openStore(nodeWith(usual), 'thisInstance')).not.toBe(store);
});
