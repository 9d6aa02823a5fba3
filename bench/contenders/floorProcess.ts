/**
 * The floor: a bare undici script in a process of its own. It gets finished requests, sends them over a given number of
 * connections as fast as it can, and tells how long that took, from the first dispatch to the last answer. It keeps its
 * connections for the next task.
 */
import { readFileSync } from 'node:fs';

import { Pool } from 'undici';

import type { FloorRequest, FloorResult, FloorTask } from './floor';

let pool: Pool | undefined;

process.on('message', (task: FloorTask) => {
	void send(task).then(
		(result) => {
			process.send?.(result);
		},
		(error: unknown) => {
			console.error(error);
			process.exit(1);
		},
	);
});

// the parent is gone
process.on('disconnect', () => process.exit());

async function send({
	origin,
	file,
	requests: count,
	connections,
	streams,
}: FloorTask): Promise<FloorResult> {
	const all = JSON.parse(readFileSync(file, 'utf8')) as FloorRequest[];
	const requests = all.slice(0, count);
	const connected = (pool ??= new Pool(origin, {
		connections,
		...(streams > 1 ? { maxConcurrentStreams: streams } : { allowH2: false, pipelining: 1 }),
	}));
	const cpuBefore = process.cpuUsage();
	const start = performance.now();
	await new Promise<void>((done, failed) => {
		let left = requests.length;
		for (const request of requests) {
			connected.dispatch(request, {
				onRequestStart() {
					// undici insists on it
				},
				onResponseStart(_, status) {
					if (status !== 200) failed(new Error(`The receiver answered ${String(status)}`));
				},
				onResponseData() {
					// drained
				},
				onResponseEnd() {
					if (--left === 0) done();
				},
				onResponseError(_, error) {
					failed(error);
				},
			});
		}
	});
	const durationMs = performance.now() - start;
	const { user, system } = process.cpuUsage(cpuBefore);
	return { durationMs, cpuMs: (user + system) / 1000 };
}
