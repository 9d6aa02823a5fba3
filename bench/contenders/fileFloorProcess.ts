/**
 * What somebody would write instead: a bare script in a process of its own that reads a CSV file with csv-parse and sends
 * each row with undici. It checks nothing, remembers nothing and tries nothing again. Its time is that from the first byte
 * read to the last answer.
 */
import { createReadStream } from 'node:fs';

import { parse } from 'csv-parse';
import { Pool } from 'undici';

import type { FileFloorTask } from './fileFloor';
import type { FloorResult } from './floor';

process.on('message', (task: FileFloorTask) => {
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

async function send({ origin, file, path, connections }: FileFloorTask): Promise<FloorResult> {
	const pool = new Pool(origin, { connections, pipelining: 1 });
	const cpuBefore = process.cpuUsage();
	const start = performance.now();
	let open = 0;
	let wake: () => void = () => undefined;
	const sendOne = async (row: Record<string, string>) => {
		const query = new URLSearchParams(row).toString();
		const { statusCode, body } = await pool.request({ method: 'GET', path: `${path}&${query}` });
		await body.dump();
		if (statusCode !== 200) throw new Error(`The receiver answered ${String(statusCode)}`);
		open--;
		wake();
	};
	const rows = createReadStream(file).pipe(parse({ columns: true }));
	for await (const row of rows) {
		open++;
		void sendOne(row as Record<string, string>);
		while (open >= 2 * connections) await new Promise<void>((done) => (wake = done));
	}
	while (open > 0) await new Promise<void>((done) => (wake = done));
	const durationMs = performance.now() - start;
	const { user, system } = process.cpuUsage(cpuBefore);
	return { durationMs, cpuMs: (user + system) / 1000 };
}
