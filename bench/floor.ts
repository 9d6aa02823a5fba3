import { fork } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { ReceivedRequest } from './receiver';
import { resultOf } from './childProcess';

/** A request as undici takes it. */
export interface FloorRequest {
	method: string;
	path: string;
	headers: string[];
	body?: string;
}

export interface FloorTask {
	origin: string;
	/** JSON of all requests. */
	file: string;
	/** How many of them are sent. */
	requests: number;
	connections: number;
}

export interface FloorResult {
	/** From the first dispatch to the last answer. */
	durationMs: number;
	/** Processor time of all threads in that time. */
	cpuMs: number;
}

/** What undici writes itself. */
const ownHeaders = new Set(['host', 'connection', 'content-length']);

/** Keeps requests that were received, so that the floor can send the same bytes again. */
export async function writeFloorRequests(
	file: string,
	received: readonly ReceivedRequest[],
): Promise<void> {
	const requests = received.map(({ method, path, rawHeaders, body }): FloorRequest => ({
		method,
		path,
		headers: withoutOwn(rawHeaders),
		...(body !== '' && { body }),
	}));
	await writeFile(file, JSON.stringify(requests));
}

function withoutOwn(rawHeaders: readonly string[]): string[] {
	return rawHeaders.filter((_, index) => {
		const name = rawHeaders[index - (index % 2)] ?? '';
		return !ownHeaders.has(name.toLowerCase());
	});
}

/** Sends requests with a bare undici, outside n8n, in a fresh process. */
export async function runFloor(
	task: FloorTask,
	certificateFile: string,
	timeoutMs: number,
	signal: AbortSignal,
): Promise<FloorResult> {
	const child = fork(join(__dirname, 'floorProcess.ts'), {
		env: { ...process.env, NODE_EXTRA_CA_CERTS: certificateFile },
		stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
	});
	const message = new Promise<FloorResult>((done) => child.once('message', done));
	child.send(task);
	return await resultOf(child, message, timeoutMs, signal);
}
