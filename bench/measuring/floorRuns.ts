/** Runs of the floor: outside n8n, each in a fresh process. */
import { fork } from 'node:child_process';
import { writeFile } from 'node:fs/promises';

import { floorRequestOf, floorScript, type FloorResult, type FloorTask } from '../contenders/floor';
import type { ReceivedRequest } from '../receiver/receiver';
import { resultOf } from './childProcess';

/** Keeps requests that were received, so that the floor can send the same bytes again. */
export async function writeFloorRequests(
	file: string,
	received: readonly ReceivedRequest[],
): Promise<void> {
	await writeFile(file, JSON.stringify(received.map(floorRequestOf)));
}

export async function runFloor(
	task: FloorTask,
	certificateFile: string,
	timeoutMs: number,
	signal: AbortSignal,
): Promise<FloorResult> {
	const child = fork(floorScript, {
		env: { ...process.env, NODE_EXTRA_CA_CERTS: certificateFile },
		stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
	});
	const message = new Promise<FloorResult>((done) => child.once('message', done));
	child.send(task);
	return await resultOf(child, message, timeoutMs, signal);
}
