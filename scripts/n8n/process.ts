/** An n8n process, which ends with this one. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';

import { endWithParent, environmentOf, n8nBinary } from './environment';
import { until } from './until';

const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 10_000;

export class N8nProcess {
	private readonly child: ChildProcess;
	private readonly closed: Promise<void>;
	private printed = '';
	private hasEnded = false;

	/** @throws {Error} where this Node is too old for n8n, or n8n is not installed */
	constructor(command: readonly string[], userFolder: string, environment: NodeJS.ProcessEnv) {
		assertRunnable();
		this.child = spawn(process.execPath, [`--import=${endWithParent}`, n8nBinary, ...command], {
			cwd: userFolder,
			stdio: ['pipe', 'pipe', 'pipe'],
			env: { ...environmentOf(userFolder), ...environment },
		});
		for (const stream of [this.child.stdout, this.child.stderr]) {
			stream?.setEncoding('utf8').on('data', (text: string) => (this.printed += text));
		}
		this.closed = new Promise<void>((done) => {
			this.child.once('close', () => {
				done();
			});
			this.child.once('error', (error) => {
				this.printed += `\n${error.message}\n`;
				done();
			});
		}).finally(() => {
			this.hasEnded = true;
		});
	}

	get pid(): number {
		return this.child.pid ?? 0;
	}

	/** Everything that it has printed so far. */
	get output(): string {
		return this.printed;
	}

	async waitUntilReady(isReady: () => Promise<boolean>, signal?: AbortSignal): Promise<void> {
		await until('n8n to be ready', START_TIMEOUT_MS, async () => {
			signal?.throwIfAborted();
			if (this.hasEnded) throw new Error(`n8n ended while starting. It printed:\n${this.printed}`);
			return (await isReady()) || undefined;
		});
	}

	async kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
		this.child.kill(signal);
		const patience = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT_MS);
		await this.closed;
		clearTimeout(patience);
	}
}

function assertRunnable(): void {
	const major = Number(process.versions.node.split('.')[0]);
	if (major < 24) {
		throw new Error(
			`n8n needs Node 24 or later, and this is ${process.version}. Start this through npm (npm test, npm run demo), which uses the project's own Node 24.`,
		);
	}
	if (!existsSync(n8nBinary)) {
		throw new Error('n8n is not installed in .n8n-host. Run: node scripts/setup.mjs');
	}
}
