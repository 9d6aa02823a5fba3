/** Executions in a real n8n without an editor, each in a fresh process, so that its memory is the contender's. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { build } from 'esbuild';

import { endWithParent, environmentOf, n8nBinary } from '../../scripts/n8n/environment';
import { freePorts } from '../../scripts/n8n/freePorts';
import { installPackageInto } from '../../scripts/package/install';
import { packageName } from '../../scripts/package/project';
import type { NodeContender } from '../contenders/contender';
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
	/** Of the n8n process, from the node's start to its end. */
	peakKb?: number;
	startKb?: number;
	heldKb: number;
	cpuMs: number;
	/** The node's start and end on the clock that profiles use, in microseconds. */
	window: { from: number; to: number };
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
	 * @throws {Error} unless the execution succeeds with an output item for every event
	 */
	async run(
		provider: ProviderName,
		contender: NodeContender,
		events: number,
		timeoutMs: number,
		nodeArguments: readonly string[] = [],
	): Promise<NodeRun> {
		const id = this.workflowIds.get(keyOf(provider, contender));
		if (id === undefined) throw new Error(`There is no workflow of ${provider} ${contender}`);
		await this.emptyRecord();
		const task = { provider, events };
		const child = await this.start(['execute', `--id=${id}`], nodeArguments, task);
		let told = '';
		const pipe = child.stdio[3] as NodeJS.ReadableStream;
		pipe.setEncoding('utf8').on('data', (text: string) => (told += text));
		const result = new Promise<ExecutionResult>((done) => {
			// not before the process has ended: that is when it writes a profile
			child.once('close', () => {
				if (told !== '') done(JSON.parse(told) as ExecutionResult);
			});
		});
		return check(await resultOf(child, result, START_TIMEOUT_MS + timeoutMs, this.signal), events);
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
		const child = await this.start([`import:${kind}`, `--input=${file}`]);
		const done = new Promise<void>((resolve) => {
			child.once('close', (code) => {
				if (code === 0) resolve();
			});
		});
		await resultOf(child, done, START_TIMEOUT_MS, this.signal);
	}

	private async start(
		command: readonly string[],
		nodeArguments: readonly string[] = [],
		given: Pick<Task, 'provider' | 'events'> = { provider: 'justtrack', events: 0 },
	) {
		const [, brokerPort] = await freePorts();
		const packageFolder = join(this.folder, '.n8n', 'nodes', 'node_modules', packageName);
		const task: Task = { ...given, packageFolder };
		return spawn(
			process.execPath,
			[`--import=${endWithParent}`, ...nodeArguments, n8nBinary, ...command],
			{
				cwd: this.folder,
				stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
				env: {
					...environmentOf(this.folder),
					N8N_RUNNERS_BROKER_PORT: String(brokerPort),
					// starts no process for code nodes, which would compete for the processor
					N8N_RUNNERS_MODE: 'external',
					N8N_RUNNERS_AUTH_TOKEN: 'not used',
					N8N_CUSTOM_EXTENSIONS: join(this.folder, 'inside'),
					EXTERNAL_HOOK_FILES: join(this.folder, 'inside', 'hook.js'),
					N8N_LOG_LEVEL: 'warn',
					NODE_EXTRA_CA_CERTS: this.certificateFile,
					[taskVariable]: JSON.stringify(task),
				},
			},
		);
	}
}

function keyOf(provider: ProviderName, contender: NodeContender): string {
	return `${provider} ${contender}`;
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
