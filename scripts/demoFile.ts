/**
 * Shows a large file at work: makes one, sends it through the example workflow in a real n8n to the sandbox, and tells what
 * became of its rows, how fast, and how much memory it took.
 *
 *     npm run demo:file                      200,000 rows
 *     npm run demo:file -- --rows 1000000    so many
 */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';

import type { IDataObject } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../sandbox';
import { endingSignal, unlessEnding } from './demo/ending';
import { step } from './demo/print';
import { fileWorkflow } from './files/fileWorkflow';
import { makeFile, worthOf, type DayFile } from './files/makeFile';
import { collectsOnSignal, settle } from './n8n/collectGarbage';
import { memoryOf, resetPeak } from './n8n/memory';
import { outputItems } from './n8n/outputItems';
import { startN8n, type N8n } from './n8n/start';
import { buildPackageIfStale } from './package/build';

const MAX_RUN_MS = 3_600_000;
/** V8 lets garbage lie while it has room, in MB: with more, n8n's memory would say nothing of what a file needs. */
const HEAP_MB = 700;
const environment = { NODE_OPTIONS: `--max-old-space-size=${String(HEAP_MB)} ${collectsOnSignal}` };

const ending = endingSignal();

void main();

async function main(): Promise<void> {
	const { values } = parseArgs({ options: { rows: { type: 'string', default: '200000' } } });
	const rows = Number(values.rows);
	if (!Number.isSafeInteger(rows) || rows < 1_000) {
		console.error('--rows has to be a whole number, 1000 at least');
		process.exitCode = 2;
		return;
	}
	let n8n: N8n | undefined;
	let sandbox: Sandbox | undefined;
	try {
		await step('Building the package', buildPackageIfStale);
		ending.throwIfAborted();
		sandbox = await step('Starting the sandbox', async () => await startSandbox());
		n8n = await step(
			`Starting n8n with the package, and a heap of ${String(HEAP_MB)} MB at most`,
			async () => await startN8n({ withPackage: true, signal: ending, environment }),
		);
		const day = {
			path: join(n8n.filesFolder, 'day.csv.gz'),
			rows,
			broken: [5, Math.floor(rows / 2), rows - 1],
		};
		await step(`Making ${basename(day.path)} with ${rows.toLocaleString('en')} rows`, async () => {
			await makeFile(day);
		});
		if (!(await unlessEnding(ending, runDay(n8n, sandbox, day)))) process.exitCode = 1;
	} catch (error) {
		if (!ending.aborted) {
			console.error(error);
			process.exitCode = 1;
		}
	} finally {
		if (ending.aborted) console.log('\nEnding ...');
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
	const { workflow, trigger, relay } = await fileWorkflow(day.path, n8n.filesFolder, credential);
	const id = await n8n.createWorkflow(workflow);
	const restMb = await step('Letting n8n come to rest', async () => await settle(n8n.pid));
	resetPeak(n8n.pid);
	const execution = await step('Running the workflow', async () =>
		n8n.waitForExecution(await n8n.runWorkflow(id, trigger), MAX_RUN_MS),
	);
	const peakMb = memoryOf(n8n.pid)?.peak;
	const [{ json } = { json: {} }] = outputItems(execution, relay);
	console.log(`\nWhat the node says:\n\n${JSON.stringify(json, undefined, 2)}\n`);
	console.log(`What n8n's log said while it ran:\n\n${progressIn(n8n.output)}\n`);
	if (restMb !== undefined && peakMb !== undefined) {
		console.log(
			`Memory of n8n: ${String(restMb)} MB before the run, ${String(peakMb)} MB at most while it ran, ${String(peakMb - restMb)} MB more, most of it garbage that V8 had not collected yet.`,
		);
		console.log('More rows take no more: try  npm run demo:file -- --rows 1000000');
	}
	const undelivered = await readFile(join(n8n.filesFolder, 'undelivered-day.csv'), 'utf8');
	console.log(`\nNot delivered, as the workflow wrote it down:\n\n${undelivered}`);
	return isAsExpected(json, sandbox, day);
}

/** The lines of n8n's log that say how far the file is. */
function progressIn(log: string): string {
	const lines = log.match(/[\w.]+: \d+ rows, .* not delivered so far/g) ?? [];
	return lines.length === 0 ? 'nothing yet: it says so every 10 seconds' : lines.join('\n');
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
