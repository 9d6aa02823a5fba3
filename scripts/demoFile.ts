/**
 * Shows a large file at work: makes one, sends it through the example workflow in a real n8n to the sandbox, and tells what
 * became of its rows, how fast, and how much memory it took.
 *
 *     npm run demo:file                      200,000 rows
 *     npm run demo:file -- --rows 1000000    so many
 */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import type { IDataObject } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../sandbox';
import { step } from './demo/print';
import { fileWorkflow } from './files/fileWorkflow';
import { makeFile, worthOf, type DayFile } from './files/makeFile';
import { memoryOf, resetPeak } from './n8n/memory';
import { outputItems } from './n8n/outputItems';
import { startN8n, type N8n } from './n8n/start';
import { buildPackage } from './package/build';

const MAX_RUN_MS = 3_600_000;
/** After its start n8n is at rest. */
const REST_MS = 5_000;

void main();

async function main(): Promise<void> {
	const { values } = parseArgs({ options: { rows: { type: 'string', default: '200000' } } });
	const rows = Number(values.rows);
	if (!Number.isSafeInteger(rows) || rows < 1_000) {
		console.error('--rows has to be a whole number, 1000 at least');
		process.exitCode = 2;
		return;
	}
	const ending = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.once(signal, () => {
			ending.abort();
		});
	}
	let n8n: N8n | undefined;
	let sandbox: Sandbox | undefined;
	try {
		await step('Building the package', buildPackage);
		sandbox = await step('Starting the sandbox', async () => await startSandbox());
		n8n = await step(
			'Starting n8n with the package',
			async () => await startN8n({ withPackage: true, signal: ending.signal }),
		);
		const day = {
			path: join(n8n.filesFolder, 'day.csv.gz'),
			rows,
			broken: [5, Math.floor(rows / 2), rows - 1],
		};
		await step(`Making ${basename(day.path)} with ${String(rows)} rows`, async () => {
			await makeFile(day);
		});
		if (!(await runDay(n8n, sandbox, day))) process.exitCode = 1;
	} catch (error) {
		if (!ending.signal.aborted) console.error(error);
		process.exitCode = ending.signal.aborted ? 130 : 1;
	} finally {
		await n8n?.stop();
		await sandbox?.close();
	}
}

/** @returns whether all rows and all money are where they belong */
async function runDay(n8n: N8n, sandbox: Sandbox, day: DayFile): Promise<boolean> {
	const credential = await n8n.createCredential('justtrackApi', 'justtrack (sandbox)', {
		apiKey: 'demo-key',
		useSandbox: true,
		sandboxUrl: sandbox.url,
	});
	const undeliveredFile = join(n8n.filesFolder, 'undelivered.csv');
	const { workflow, trigger, relay } = await fileWorkflow(day.path, undeliveredFile, credential);
	const id = await n8n.createWorkflow(workflow);
	await sleep(REST_MS);
	resetPeak(n8n.pid);
	const atRest = memoryOf(n8n.pid);
	const execution = await step('Running the workflow', async () =>
		n8n.waitForExecution(await n8n.runWorkflow(id, trigger), MAX_RUN_MS),
	);
	const memory = memoryOf(n8n.pid);
	const [{ json } = { json: {} }] = outputItems(execution, relay);
	console.log(`\n${JSON.stringify(json, undefined, 2)}\n`);
	if (atRest && memory) {
		const beyond = memory.peak - atRest.now;
		console.log(
			`Memory of n8n: ${String(atRest.now)} MB at rest, ${String(memory.peak)} MB at most while it ran, ${String(beyond)} MB more.`,
		);
	}
	const undelivered = await readFile(undeliveredFile, 'utf8');
	console.log(`\nNot delivered, as the workflow wrote it down:\n\n${undelivered}`);
	return isAsExpected(json, sandbox, day);
}

function isAsExpected(json: IDataObject, sandbox: Sandbox, day: DayFile): boolean {
	const held = sandbox.report().events.length;
	const expected = day.rows - day.broken.length;
	const amounts = { delivered: { USD: worthOf(day) } };
	const holds = held === expected && JSON.stringify(json.amounts) === JSON.stringify(amounts);
	console.log(
		holds
			? `The sandbox holds ${String(held)} events, each once, and the money agrees to the last digit.`
			: `Not as expected: the sandbox holds ${String(held)} of ${String(expected)} events, worth ${worthOf(day)}.`,
	);
	return holds;
}
