/** Runs of the floor: outside n8n, in a process of its own. */
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

/** Sends a task's requests. One process sends all tasks that it is given. */
export type SendFloor = (task: FloorTask) => Promise<FloorResult>;

/** Starts a process of the floor for the work. */
export async function withFloor<T>(
	certificateFile: string,
	timeoutMs: number,
	signal: AbortSignal,
	work: (send: SendFloor) => Promise<T>,
): Promise<T> {
	const child = fork(floorScript, {
		env: { ...process.env, NODE_EXTRA_CA_CERTS: certificateFile },
		stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
	});
	const send: SendFloor = async (task) => {
		const message = new Promise<FloorResult>((done) => child.once('message', done));
		child.send(task);
		return await message;
	};
	return await resultOf(child, work(send), timeoutMs, signal);
}
