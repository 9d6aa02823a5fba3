import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { Certificate } from './certificate';

/** What it agrees on with clients that speak both. Those that do not get what they speak. */
export type Protocol = 'HTTP/1.1' | 'HTTP/2';

/** What the receiver counted since it was reset. */
export interface Counts {
	connections: number;
	requests: number;
	/** Bytes of requests, decrypted. */
	bytes: number;
	/** How many connections were open together at most. */
	maxOpen: number;
	/** Processor time that the receiver itself needed. */
	cpuMs: number;
}

export interface ReceivedRequest {
	method: string;
	path: string;
	/** Names and values by turns, as they came. */
	rawHeaders: string[];
	body: string;
}

export type ReceiverOrder =
	| { kind: 'start'; key: string; cert: string }
	| { kind: 'reset'; latencyMs: number; protocol: Protocol; record: boolean }
	| { kind: 'report' };

export type ReceiverAnswer =
	| { kind: 'started'; port: number }
	| { kind: 'done' }
	| { kind: 'report'; counts: Counts; recording?: ReceivedRequest[] };

/** The process that receives all requests of the benchmark. */
export class Receiver {
	private constructor(
		private readonly child: ChildProcess,
		readonly origin: string,
	) {}

	static async start({ key, cert }: Certificate): Promise<Receiver> {
		const child = fork(join(__dirname, 'receiverProcess.ts'));
		const { port } = await ask(child, { kind: 'start', key, cert }, 'started');
		return new Receiver(child, `https://127.0.0.1:${String(port)}`);
	}

	/** Sets all counts to zero. With `record` the requests themselves are kept as well. */
	async reset(latencyMs: number, protocol: Protocol = 'HTTP/1.1', record = false): Promise<void> {
		await ask(this.child, { kind: 'reset', latencyMs, protocol, record }, 'done');
	}

	async counts(): Promise<Counts> {
		return (await ask(this.child, { kind: 'report' }, 'report')).counts;
	}

	/** The requests since a reset with `record`, in the order of their ends. */
	async recording(): Promise<ReceivedRequest[]> {
		return (await ask(this.child, { kind: 'report' }, 'report')).recording ?? [];
	}

	stop(): void {
		this.child.kill('SIGKILL');
	}
}

/** Gives an order and waits for its answer. Orders are given one at a time. */
async function ask<Kind extends ReceiverAnswer['kind']>(
	child: ChildProcess,
	order: ReceiverOrder,
	kind: Kind,
): Promise<Extract<ReceiverAnswer, { kind: Kind }>> {
	const ended = new AbortController();
	const onExit = () => {
		ended.abort(new Error('The receiver has ended'));
	};
	child.once('exit', onExit);
	try {
		child.send(order);
		const [answer] = (await once(child, 'message', { signal: ended.signal })) as [ReceiverAnswer];
		if (answer.kind !== kind) throw new Error(`The receiver answered ${answer.kind} to ${kind}`);
		return answer as Extract<ReceiverAnswer, { kind: Kind }>;
	} finally {
		child.off('exit', onExit);
	}
}
