/** Runs of the bare script that sends the rows of a file. */
import { fork } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { csvOf } from '../contenders/events';
import { fileFloorScript, type FileFloorTask } from '../contenders/fileFloor';
import type { FloorResult } from '../contenders/floor';
import { resultOf } from './childProcess';
import type { Row } from './plan';
import type { Surroundings } from './surroundings';

/** Sends a file with the row's events in a fresh process; justtrack's alone. */
export async function runFileFloor(
	{ provider, events }: Row,
	connections: number,
	timeoutMs: number,
	{ receiver, folder, certificateFile, signal }: Surroundings,
): Promise<FloorResult> {
	const file = join(folder, `${provider}-${events}.csv`);
	await writeFile(file, Readable.from(csvOf(provider, events)));
	const child = fork(fileFloorScript, {
		env: { ...process.env, NODE_EXTRA_CA_CERTS: certificateFile },
		stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
	});
	const result = new Promise<FloorResult>((done) => child.once('message', done));
	const path = '/monetization/v0/jt?apikey=bench-key-0123456789';
	const task: FileFloorTask = { origin: receiver.origin, file, path, connections };
	child.send(task);
	return await resultOf(child, result, timeoutMs, signal);
}
