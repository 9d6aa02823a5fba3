/** A real n8n of its own: started in a fresh folder, driven through its REST interface, killed and started again, removed. */
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { installPackageInto } from '../package/install';
import { N8nClient } from './client';
import { freePorts } from './freePorts';
import { N8nProcess } from './process';

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
	const userFolder = options.userFolder ?? (await makeUserFolder(options));
	try {
		const [port, brokerPort] = await freePorts(options.port);
		const process = new N8nProcess(['start'], userFolder, {
			...options.environment,
			N8N_PORT: String(port),
			N8N_RUNNERS_BROKER_PORT: String(brokerPort),
			N8N_LOG_LEVEL: options.logLevel ?? 'info',
		});
		const n8n = new N8n(process, `http://127.0.0.1:${String(port)}`, userFolder);
		try {
			await process.waitUntilReady(() => n8n.isReady(), options.signal);
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

/** A folder for an n8n process of its own. */
export async function makeUserFolder({
	withPackage,
}: Pick<N8nOptions, 'withPackage'>): Promise<string> {
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

	constructor(
		private readonly process: N8nProcess,
		url: string,
		readonly userFolder: string,
	) {
		super(url);
		this.filesFolder = join(userFolder, FILES_FOLDER);
	}

	/** Of n8n's main process. */
	get pid(): number {
		return this.process.pid;
	}

	/** Everything that n8n has printed so far. */
	get output(): string {
		return this.process.output;
	}

	/** Ends the process and leaves its folder, so that n8n can be started there again. */
	async kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
		await this.process.kill(signal);
	}

	async stop(): Promise<void> {
		await this.kill('SIGTERM');
		await rm(this.userFolder, { recursive: true, force: true, maxRetries: 5 });
	}
}
