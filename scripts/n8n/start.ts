/** A real n8n of its own: started in a fresh folder, driven through its REST interface, killed and started again, removed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { installPackageInto } from '../package/install';
import { N8nClient } from './client';
import { endWithParent, environmentOf, n8nBinary } from './environment';
import { freePorts } from './freePorts';
import { until } from './until';

const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 10_000;
/** The only folder whose files n8n lets workflows read. */
const FILES_FOLDER = '.n8n-files';

export interface N8nOptions {
	/** Installs the package as built in `dist`. Without it n8n has its built-in nodes only. */
	withPackage?: boolean;
	/** Starts again where an n8n was killed, with all that it had. A fresh folder is made without it. */
	userFolder?: string;
	/** Further variables of n8n's own. */
	environment?: NodeJS.ProcessEnv;
	/** Any free port is taken instead when this one is in use. */
	port?: number;
	logLevel?: 'debug' | 'info' | 'warn' | 'error';
	/** Aborts the start. */
	signal?: AbortSignal;
}

export async function startN8n(options: N8nOptions = {}): Promise<N8n> {
	const major = Number(process.versions.node.split('.')[0]);
	if (major < 24) {
		throw new Error(
			`n8n needs Node 24 or later, and this is ${process.version}. Start this through npm (npm test, npm run demo), which uses the project's own Node 24.`,
		);
	}
	if (!existsSync(n8nBinary)) {
		throw new Error('n8n is not installed in .n8n-host. Run: node scripts/setup.mjs');
	}

	const userFolder = options.userFolder ?? (await makeUserFolder(options));
	try {
		const [port, brokerPort] = await freePorts(options.port);
		const child = spawn(process.execPath, [`--import=${endWithParent}`, n8nBinary, 'start'], {
			cwd: userFolder,
			stdio: ['pipe', 'pipe', 'pipe'],
			env: {
				...environmentOf(userFolder),
				...options.environment,
				N8N_PORT: String(port),
				N8N_RUNNERS_BROKER_PORT: String(brokerPort),
				N8N_LOG_LEVEL: options.logLevel ?? 'info',
			},
		});
		const n8n = new N8n(child, `http://127.0.0.1:${String(port)}`, userFolder);
		try {
			await n8n.waitUntilReady(options.signal);
			await (options.userFolder === undefined ? n8n.createOwner() : n8n.login());
		} catch (error) {
			await n8n.stop();
			throw error;
		}
		return n8n;
	} catch (error) {
		await rm(userFolder, { recursive: true, force: true });
		throw error;
	}
}

async function makeUserFolder({ withPackage }: N8nOptions): Promise<string> {
	// n8n refuses files behind a symbolic link, which the temporary folder is on macOS.
	const userFolder = await realpath(await mkdtemp(join(tmpdir(), 'revenue-relay-n8n-')));
	try {
		const n8nFolder = join(userFolder, '.n8n');
		await mkdir(join(userFolder, FILES_FOLDER), { recursive: true });
		await mkdir(n8nFolder, { recursive: true });
		if (withPackage === true) await installPackageInto(join(n8nFolder, 'nodes'));
		return userFolder;
	} catch (error) {
		await rm(userFolder, { recursive: true, force: true });
		throw error;
	}
}

/** One n8n process, and everything that it writes. */
export class N8n extends N8nClient {
	/** Workflows may read what lies here. */
	readonly filesFolder: string;

	private printed = '';
	private readonly closed: Promise<void>;

	constructor(
		private readonly child: ChildProcess,
		url: string,
		readonly userFolder: string,
	) {
		super(url);
		this.filesFolder = join(userFolder, FILES_FOLDER);
		for (const stream of [child.stdout, child.stderr]) {
			stream?.setEncoding('utf8').on('data', (text: string) => (this.printed += text));
		}
		this.closed = new Promise((done) => {
			child.once('close', () => {
				done();
			});
			child.once('error', (error) => {
				this.printed += `\n${error.message}\n`;
				done();
			});
		});
	}

	/** Everything that n8n has printed so far. */
	get output(): string {
		return this.printed;
	}

	async waitUntilReady(signal?: AbortSignal): Promise<void> {
		let ended = false;
		void this.closed.then(() => (ended = true));
		await until('n8n to be ready', START_TIMEOUT_MS, async () => {
			signal?.throwIfAborted();
			if (ended) throw new Error(`n8n ended while starting. It printed:\n${this.printed}`);
			return (await this.isReady()) || undefined;
		});
	}

	/** Ends the process and leaves its folder, so that n8n can be started there again. */
	async kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
		this.child.kill(signal);
		const patience = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT_MS);
		await this.closed;
		clearTimeout(patience);
	}

	async stop(): Promise<void> {
		await this.kill('SIGTERM');
		await rm(this.userFolder, { recursive: true, force: true, maxRetries: 5 });
	}
}
