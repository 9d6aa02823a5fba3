/**
 * Executions in a real n8n without an editor: each in a fresh process, so that its memory is the contender's, or several
 * in one that lives on.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { build } from 'esbuild';

import { N8nClient } from '../../scripts/n8n/client';
import { endWithParent, environmentOf, n8nBinary } from '../../scripts/n8n/environment';
import { freePorts } from '../../scripts/n8n/freePorts';
import { until } from '../../scripts/n8n/until';
import { installPackageInto } from '../../scripts/package/install';
import { packageName } from '../../scripts/package/project';
import { fromFile, type NodeContender } from '../contenders/contender';
import { credentials } from '../contenders/credentials';
import type { ProviderName } from '../contenders/events';
import { nodeOf } from '../contenders/nodes';
import { resultOf } from './childProcess';
import type { ExecutionResult } from './inside/hook';
import { taskVariable, type Task } from './inside/task';
import { nodeNames, workflowOf } from './workflow';

const START_TIMEOUT_MS = 180_000;

/** What one execution told the benchmark. */
export interface NodeRun {
	/** The node's own time, as n8n reports it. */
	durationMs: number;
	/** Of the n8n process, from the node's start to its end; unknown where it lives on. */
	peakKb?: number;
	startKb?: number;
	heldKb?: number;
	cpuMs?: number;
	/** The node's start and end on the clock that profiles use, in microseconds. */
	window: { from: number; to: number };
}

/** Runs a contender once more in an n8n that lives on, with events that it has not had yet. */
export type Execute = (contender: NodeContender) => Promise<NodeRun>;

/** What a process of n8n is started for. */
interface Start {
	/** n8n's own arguments. */
	command: readonly string[];
	nodeArguments?: readonly string[];
	task?: Pick<Task, 'provider' | 'events' | 'livesOn'>;
	/** Where n8n keeps what it writes. */
	userFolder?: string;
	port?: number;
}

/** An n8n that is set up with the package, the contenders' workflows and their credentials. */
export class N8nRuns {
	private readonly workflowIds = new Map<string, string>();

	private constructor(
		private readonly folder: string,
		private readonly origin: string,
		private readonly certificateFile: string,
		private readonly signal: AbortSignal,
	) {}

	/** @param workflows the contenders that will run */
	static async prepare(
		origin: string,
		certificateFile: string,
		workflows: readonly [ProviderName, NodeContender][],
		signal: AbortSignal,
	): Promise<N8nRuns> {
		const folder = await realpath(await mkdtemp(join(tmpdir(), 'revenue-relay-bench-n8n-')));
		const runs = new N8nRuns(folder, origin, certificateFile, signal);
		try {
			await installPackageInto(join(folder, '.n8n', 'nodes'));
			await runs.buildInside();
			await runs.importCredentials();
			await runs.importWorkflows(workflows);
		} catch (error) {
			await runs.remove();
			throw error;
		}
		return runs;
	}

	async remove(): Promise<void> {
		await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
	}

	/**
	 * Runs a contender once.
	 *
	 * @param nodeArguments for the Node process, e.g. `--cpu-prof`
	 * @throws {Error} unless the execution succeeds with an output item for every event, or one for a file
	 */
	async run(
		provider: ProviderName,
		contender: NodeContender,
		events: number,
		timeoutMs: number,
		nodeArguments: readonly string[] = [],
	): Promise<NodeRun> {
		await this.emptyRecord();
		const child = await this.start({
			command: ['execute', `--id=${this.workflowId(provider, contender)}`],
			nodeArguments,
			task: { provider, events, livesOn: false },
		});
		let told = '';
		const pipe = child.stdio[3] as NodeJS.ReadableStream;
		pipe.setEncoding('utf8').on('data', (text: string) => (told += text));
		const result = new Promise<ExecutionResult>((done) => {
			// not before the process has ended: that is when it writes a profile
			child.once('close', () => {
				if (told !== '') done(JSON.parse(told) as ExecutionResult);
			});
		});
		const ended = await resultOf(child, result, START_TIMEOUT_MS + timeoutMs, this.signal);
		// of a file there is one item
		return check(ended, fromFile.includes(contender) ? 1 : events);
	}

	/**
	 * Starts an n8n that lives on for the work: a fresh process with an empty record.
	 *
	 * @param events of each execution
	 * @param timeoutMs for the work
	 */
	async live<T>(
		provider: ProviderName,
		events: number,
		timeoutMs: number,
		work: (execute: Execute) => Promise<T>,
	): Promise<T> {
		await this.emptyRecord();
		// a copy: it has no owner yet, and does not take the last one's end for a crash
		const userFolder = await mkdtemp(join(this.folder, 'living-'));
		await cp(join(this.folder, '.n8n'), join(userFolder, '.n8n'), { recursive: true });
		const [port] = await freePorts();
		const task = { provider, events, livesOn: true };
		const child = await this.start({ command: ['start'], task, userFolder, port });
		const results = createInterface({ input: child.stdio[3] as NodeJS.ReadableStream });
		const lines = results[Symbol.asyncIterator]();
		const working = async () => {
			const client = await ready(child, `http://127.0.0.1:${String(port)}`);
			return await work(async (contender) => {
				await client.runWorkflow(this.workflowId(provider, contender), nodeNames.trigger);
				const line = await lines.next();
				// n8n has ended: `resultOf` says so, and what it printed
				if (line.done) return await new Promise<never>(() => undefined);
				return check(JSON.parse(line.value) as ExecutionResult, events);
			});
		};
		try {
			return await resultOf(child, working(), START_TIMEOUT_MS + timeoutMs, this.signal);
		} finally {
			await rm(userFolder, { recursive: true, force: true, maxRetries: 5 });
		}
	}

	private workflowId(provider: ProviderName, contender: NodeContender): string {
		const id = this.workflowIds.get(keyOf(provider, contender));
		if (id === undefined) throw new Error(`There is no workflow of ${provider} ${contender}`);
		return id;
	}

	/** Otherwise the events, the same on every run, would be duplicates from the second run on. */
	private async emptyRecord(): Promise<void> {
		await rm(join(this.folder, '.n8n', 'storage', 'revenue-relay'), {
			recursive: true,
			force: true,
		});
	}

	/** Bundles what is in `inside` as plain JavaScript, which n8n can load. */
	private async buildInside(): Promise<void> {
		const entryPoints = [
			'BenchItems.node',
			'BenchFile.node',
			'BenchBaseline.node',
			'DeclarativeJusttrack.node',
			'DeclarativeMyTracker.node',
			'hook',
		].map((name) => join(__dirname, 'inside', `${name}.ts`));
		await build({
			entryPoints,
			outdir: join(this.folder, 'inside'),
			bundle: true,
			platform: 'node',
			target: 'node24',
			format: 'cjs',
		});
	}

	private async importCredentials(): Promise<void> {
		await this.import('credentials', credentials(this.origin));
	}

	private async importWorkflows(
		workflows: readonly [ProviderName, NodeContender][],
	): Promise<void> {
		for (const [provider, contender] of workflows) {
			const key = keyOf(provider, contender);
			if (!this.workflowIds.has(key)) {
				this.workflowIds.set(key, `w${String(this.workflowIds.size)}`);
			}
		}
		await this.import(
			'workflow',
			[...this.workflowIds].map(([key, id]) => {
				const [provider, contender] = key.split(' ') as [ProviderName, NodeContender];
				return workflowOf(id, nodeOf(contender, provider, this.origin));
			}),
		);
	}

	private async import(kind: 'credentials' | 'workflow', content: object[]): Promise<void> {
		await mkdir(join(this.folder, 'import'), { recursive: true });
		const file = join(this.folder, 'import', `${kind}.json`);
		await writeFile(file, JSON.stringify(content));
		const child = await this.start({ command: [`import:${kind}`, `--input=${file}`] });
		const done = new Promise<void>((resolve) => {
			child.once('close', (code) => {
				if (code === 0) resolve();
			});
		});
		await resultOf(child, done, START_TIMEOUT_MS, this.signal);
	}

	private async start({
		command,
		nodeArguments = [],
		task = { provider: 'justtrack', events: 0, livesOn: false },
		userFolder = this.folder,
		port,
	}: Start): Promise<ChildProcess> {
		const [, brokerPort] = await freePorts();
		const packageFolder = join(this.folder, '.n8n', 'nodes', 'node_modules', packageName);
		return spawn(
			process.execPath,
			[`--import=${endWithParent}`, ...nodeArguments, n8nBinary, ...command],
			{
				cwd: userFolder,
				stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
				env: {
					...environmentOf(userFolder),
					...(port !== undefined && { N8N_PORT: String(port) }),
					N8N_RUNNERS_BROKER_PORT: String(brokerPort),
					// starts no process for code nodes, which would compete for the processor
					N8N_RUNNERS_MODE: 'external',
					N8N_RUNNERS_AUTH_TOKEN: 'not used',
					N8N_CUSTOM_EXTENSIONS: join(this.folder, 'inside'),
					EXTERNAL_HOOK_FILES: join(this.folder, 'inside', 'hook.js'),
					N8N_LOG_LEVEL: 'warn',
					NODE_EXTRA_CA_CERTS: this.certificateFile,
					[taskVariable]: JSON.stringify({ ...task, packageFolder } satisfies Task),
				},
			},
		);
	}
}

function keyOf(provider: ProviderName, contender: NodeContender): string {
	return `${provider} ${contender}`;
}

/** Waits until n8n answers, and makes its owner. */
async function ready(child: ChildProcess, url: string): Promise<N8nClient> {
	const client = new N8nClient(url);
	await until('n8n to be ready', START_TIMEOUT_MS, async () => {
		if (child.exitCode !== null || child.signalCode !== null) throw new Error('n8n has ended');
		return (await client.isReady()) || undefined;
	});
	await client.createOwner();
	return client;
}

function check(
	{ status, error, nodes, measured, clock }: ExecutionResult,
	events: number,
): NodeRun {
	const node = nodes[nodeNames.underTest];
	if (status !== 'success' || node?.items !== events) {
		throw new Error(
			`The execution ended with ${status} and ${String(node?.items)} of ${String(events)} items. ${error ?? ''}`,
		);
	}
	const { executionTime, startTime } = node;
	const from = clock.monotonicMicros - (clock.unixMs - startTime) * 1000;
	return {
		durationMs: executionTime,
		...measured,
		window: { from, to: from + executionTime * 1000 },
	};
}
