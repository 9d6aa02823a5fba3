/** A real n8n of its own: started in a fresh folder, driven through the REST interface that its editor uses, removed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parse } from 'flatted';
import type {
	ExecutionStatus,
	IConnections,
	ICredentialDataDecryptedObject,
	ICredentialType,
	INode,
	INodeExecutionData,
	INodeTypeDescription,
	IPinData,
	IRunExecutionData,
	IWorkflowSettings,
} from 'n8n-workflow';

import { installPackageInto, projectRoot } from './package';

export const binary = join(projectRoot, '.n8n-host', 'node_modules', 'n8n', 'bin', 'n8n');

/** Nothing that would leave this machine, and nothing that a test would have to wait for. */
const quietAndOffline = {
	N8N_AI_GATEWAY_ENABLED: 'false',
	N8N_DIAGNOSTICS_ENABLED: 'false',
	// The first of these asks the network at once, with no switch of its own; the others only make the start longer.
	N8N_DISABLED_MODULES: 'mcp-registry,agents,chat-hub,instance-ai,workflow-builder',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '5',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_LISTEN_ADDRESS: '127.0.0.1',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_PUBLIC_API_DISABLED: 'true',
	N8N_SECURE_COOKIE: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	NODE_COMPILE_CACHE: join(projectRoot, '.n8n-host', '.compile-cache'),
};

/**
 * Loaded into n8n first: whatever ends this process, even SIGKILL, closes n8n's standard input, and n8n ends too.
 * Worker threads load it as well, and have a standard input that is closed from the start.
 */
export const endWithParent = `data:text/javascript,${encodeURIComponent(`
	import { isMainThread } from 'node:worker_threads';
	if (isMainThread) process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume();
`)}`;

/** Of the surrounding environment n8n gets these alone: its own variables, npm's and a proxy would make runs differ. */
const passedOn = ['PATH', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'ComSpec'];

export interface N8nOptions {
	/** Installs the package as built in `dist`. Without it n8n has its built-in nodes only. */
	withPackage?: boolean;
	/** A wish: any free port is taken when this one is in use. */
	port?: number;
	logLevel?: 'debug' | 'info' | 'warn' | 'error';
	env?: Record<string, string>;
	/** Aborts the start. */
	signal?: AbortSignal;
}

export interface WorkflowInput {
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
	pinData?: IPinData;
}

export interface CredentialReference {
	id: string;
	name: string;
	type: string;
}

export interface CredentialTest {
	status: 'OK' | 'Error';
	message: string;
}

export interface Execution {
	id: string;
	workflowId: string;
	status: ExecutionStatus;
	startedAt: string;
	stoppedAt: string | null;
	data: IRunExecutionData;
	/** The same as n8n sent it, for a search through all of it. */
	raw: string;
}

interface StoredExecution extends Omit<Execution, 'data' | 'raw'> {
	data: string;
}

interface ExecutionList {
	results: { id: string }[];
	nextCursor: string | null;
}

interface Owner {
	email: string;
	password: string;
}

export class RestError extends Error {
	constructor(
		readonly status: number,
		request: string,
		readonly body: string,
	) {
		super(`n8n answered ${request} with ${String(status)}: ${body.slice(0, 2000)}`);
	}
}

export async function startN8n(options: N8nOptions = {}): Promise<N8n> {
	const major = Number(process.versions.node.split('.')[0]);
	if (major < 24) {
		throw new Error(
			`n8n needs Node 24 or later, and this is ${process.version}. Start this through npm (npm test, npm run demo), which uses the project's own Node 24.`,
		);
	}
	if (!existsSync(binary)) {
		throw new Error('n8n is not installed in .n8n-host. Run: node scripts/setup.mjs');
	}

	// n8n refuses files behind a symbolic link, which the temporary folder is on macOS.
	const userFolder = await realpath(await mkdtemp(join(tmpdir(), 'revenue-relay-n8n-')));
	try {
		const n8nFolder = join(userFolder, '.n8n');
		// The one folder whose files n8n lets workflows read.
		await mkdir(join(userFolder, '.n8n-files'), { recursive: true });
		await mkdir(n8nFolder, { recursive: true });
		if (options.withPackage === true) await installPackageInto(join(n8nFolder, 'nodes'));

		const [port, brokerPort] = await freePorts(options.port);
		const child = spawn(process.execPath, [`--import=${endWithParent}`, binary, 'start'], {
			cwd: userFolder,
			stdio: ['pipe', 'pipe', 'pipe'],
			env: {
				...environmentOf(userFolder),
				N8N_PORT: String(port),
				N8N_RUNNERS_BROKER_PORT: String(brokerPort),
				N8N_LOG_LEVEL: options.logLevel ?? 'info',
				...options.env,
			},
		});
		const n8n = new N8n(child, `http://127.0.0.1:${String(port)}`, userFolder);
		try {
			await n8n.ready(options.signal);
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

export class N8n {
	readonly owner: Owner = { email: 'owner@example.com', password: 'Relay-Owner-1' };
	/** Workflows may read what lies here. */
	readonly filesFolder: string;

	private cookie = '';
	private printed = '';
	private readonly closed: Promise<void>;

	constructor(
		private readonly child: ChildProcess,
		readonly url: string,
		readonly userFolder: string,
	) {
		this.filesFolder = join(userFolder, '.n8n-files');
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

	/** Waits until n8n answers, then makes its owner and logs in. */
	async ready(signal?: AbortSignal, timeoutMs = 120_000): Promise<void> {
		let ended = false;
		void this.closed.then(() => (ended = true));
		await until('n8n to be ready', timeoutMs, async () => {
			signal?.throwIfAborted();
			if (ended) throw new Error(`n8n ended while starting. It printed:\n${this.printed}`);
			return await this.answers('/healthz/readiness');
		});
		await this.rest('POST', '/rest/owner/setup', {
			...this.owner,
			firstName: 'Revenue',
			lastName: 'Relay',
		});
	}

	async stop(): Promise<void> {
		this.child.kill('SIGTERM');
		const patience = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
		await this.closed;
		clearTimeout(patience);
		await rm(this.userFolder, { recursive: true, force: true, maxRetries: 5 });
	}

	async nodeTypes(): Promise<INodeTypeDescription[]> {
		const response = await this.fetch('GET', '/types/nodes.json');
		return JSON.parse(response) as INodeTypeDescription[];
	}

	async credentialTypes(): Promise<ICredentialType[]> {
		const response = await this.fetch('GET', '/types/credentials.json');
		return JSON.parse(response) as ICredentialType[];
	}

	async createCredential(
		type: string,
		name: string,
		data: ICredentialDataDecryptedObject,
	): Promise<CredentialReference> {
		const { id } = await this.rest<CredentialReference>('POST', '/rest/credentials', {
			type,
			name,
			data,
		});
		return { id, name, type };
	}

	/** What the editor does when a saved credential is opened: sends its fields back, the secret ones masked by n8n. */
	async testCredential(credential: CredentialReference): Promise<CredentialTest> {
		const { data } = await this.rest<{ data: ICredentialDataDecryptedObject }>(
			'GET',
			`/rest/credentials/${credential.id}?includeData=true`,
		);
		return await this.rest('POST', '/rest/credentials/test', {
			credentials: { ...credential, data },
		});
	}

	async createWorkflow(workflow: WorkflowInput): Promise<string> {
		const { id } = await this.rest<{ id: string }>('POST', '/rest/workflows', workflow);
		return id;
	}

	/** What the editor's Publish does: from then on the workflow's triggers and webhooks are in force. */
	async activateWorkflow(workflowId: string): Promise<void> {
		const path = `/rest/workflows/${workflowId}`;
		const { versionId } = await this.rest<{ versionId: string }>('GET', path);
		await this.rest('POST', `${path}/activate`, { versionId });
	}

	/** Calls the production webhook of an active workflow. n8n opens it a moment after it was activated. */
	async postToWebhook(path: string, body: object): Promise<void> {
		await until(`the webhook ${path}`, 20_000, async () => {
			try {
				return await this.fetch('POST', `/webhook/${path}`, body);
			} catch (error) {
				if (error instanceof RestError && error.status === 404) return undefined;
				throw error;
			}
		});
	}

	/** What the editor's button does: runs from the trigger, pinned data included. Gives the execution's id. */
	async runWorkflow(workflowId: string, trigger: string): Promise<string> {
		const result = await this.rest<{ executionId?: string }>(
			'POST',
			`/rest/workflows/${workflowId}/run`,
			{ triggerToStartFrom: { name: trigger } },
		);
		if (result.executionId === undefined) {
			throw new Error(`The workflow did not start: ${JSON.stringify(result)}`);
		}
		return result.executionId;
	}

	async stopExecution(executionId: string): Promise<void> {
		await this.rest('POST', `/rest/executions/${executionId}/stop`);
	}

	/** All that n8n has kept, of one workflow or of all, stopped and running ones included. */
	async executionIds(workflowId?: string): Promise<string[]> {
		const ids: string[] = [];
		const filter =
			workflowId === undefined
				? ''
				: `&filter=${encodeURIComponent(JSON.stringify({ workflowId }))}`;
		let page = '';
		for (;;) {
			const { results, nextCursor } = await this.rest<ExecutionList>(
				'GET',
				`/rest/executions?limit=100${filter}${page}`,
			);
			ids.push(...results.map(({ id }) => id));
			if (nextCursor === null) return ids;
			page = `&cursor=${encodeURIComponent(nextCursor)}`;
		}
	}

	async execution(executionId: string): Promise<Execution> {
		const { data, ...rest } = await this.rest<StoredExecution>(
			'GET',
			`/rest/executions/${executionId}`,
		);
		return { ...rest, data: parse(data) as IRunExecutionData, raw: data };
	}

	async waitForExecution(executionId: string, timeoutMs = 60_000): Promise<Execution> {
		return await until(`execution ${executionId} to end`, timeoutMs, async () => {
			const execution = await this.execution(executionId);
			const goesOn = ['new', 'running', 'waiting', 'unknown'].includes(execution.status);
			return goesOn ? undefined : execution;
		});
	}

	private async rest<T>(method: string, path: string, body?: object): Promise<T> {
		const text = await this.fetch(method, path, body);
		return (JSON.parse(text) as { data: T }).data;
	}

	private async fetch(method: string, path: string, body?: object): Promise<string> {
		const response = await fetch(this.url + path, {
			method,
			headers: {
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
				...(this.cookie === '' ? {} : { cookie: this.cookie }),
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const text = await response.text();
		if (!response.ok) throw new RestError(response.status, `${method} ${path}`, text);
		for (const cookie of response.headers.getSetCookie()) {
			if (cookie.startsWith('n8n-auth=')) this.cookie = cookie.split(';')[0] ?? '';
		}
		return text;
	}

	private async answers(path: string): Promise<true | undefined> {
		try {
			return (await fetch(this.url + path)).ok || undefined;
		} catch {
			return undefined;
		}
	}
}

/** The items that left a node by one of its outputs, over all its runs. */
export function outputItems(execution: Execution, node: string, output = 0): INodeExecutionData[] {
	const runs = execution.data.resultData.runData[node] ?? [];
	return runs.flatMap((run) => run.data?.main?.[output] ?? []);
}

/** Asks again until the answer is not undefined. */
export async function until<T>(
	what: string,
	timeoutMs: number,
	ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const answer = await ask();
		if (answer !== undefined) return answer;
		if (Date.now() > deadline)
			throw new Error(`Waited ${String(timeoutMs / 1000)} s in vain for ${what}`);
		await new Promise((done) => setTimeout(done, 50));
	}
}

/** The environment of an n8n that keeps all of its own in this folder. */
export function environmentOf(userFolder: string): NodeJS.ProcessEnv {
	return {
		...Object.fromEntries(passedOn.map((name) => [name, process.env[name]])),
		HOME: userFolder,
		USERPROFILE: userFolder,
		N8N_USER_FOLDER: userFolder,
		N8N_ENCRYPTION_KEY: 'a key for a throw-away instance',
		...quietAndOffline,
	};
}

/** Two ports that are free at this moment: n8n's own, the wished one if it is free, and its task broker's. */
export async function freePorts(wish?: number): Promise<[number, number]> {
	const first = await holdPort(wish ?? 0).catch(async () => await holdPort(0));
	const second = await holdPort(0);
	await first.release();
	await second.release();
	return [first.port, second.port];
}

async function holdPort(port: number): Promise<{ port: number; release: () => Promise<void> }> {
	return await new Promise((done, failed) => {
		const server = createServer();
		server.once('error', failed);
		server.listen(port, '127.0.0.1', () => {
			done({
				port: (server.address() as AddressInfo).port,
				release: async () => {
					await new Promise((closed) => server.close(closed));
				},
			});
		});
	});
}
