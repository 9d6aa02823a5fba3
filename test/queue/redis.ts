/** A Redis of one's own, in memory: Debian's `redis-server`, or wherever PATH has one. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { freePorts } from '../../scripts/n8n/freePorts';
import { until } from '../../scripts/n8n/until';

const START_TIMEOUT_MS = 10_000;

export interface Redis {
	readonly port: number;
	/** Gone as by a crash: what it held is lost. */
	kill(): Promise<void>;
	/** On the same port again, empty. */
	start(): Promise<void>;
	close(): Promise<void>;
}

/** @throws {Error} where there is no `redis-server` */
export async function startRedis(): Promise<Redis> {
	if (spawnSync('redis-server', ['--version']).status !== 0) {
		throw new Error('There is no redis-server. Install it: apt-get install redis-server');
	}
	const [port] = await freePorts();
	let child: ChildProcess | undefined;
	const kill = async () => {
		const running = child;
		child = undefined;
		if (running?.exitCode !== null) return;
		const closed = once(running, 'close');
		running.kill('SIGKILL');
		await closed;
	};
	const start = async () => {
		const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', '/tmp'];
		const started = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] });
		child = started;
		let printed = '';
		started.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
		await until('Redis', START_TIMEOUT_MS, () =>
			printed.includes('Ready to accept connections') ? true : undefined,
		);
	};
	await start();
	return { port, kill, start, close: kill };
}
