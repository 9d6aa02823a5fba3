/**
 * Sends large files through a real n8n with little memory, kills it at a third of the last one and
 * runs that again, and tells what arrived, how fast, and how much memory it took.
 *
 *     npm run file-check                            100,000 rows, 1,000,000 rows, and 1,000,000 with a kill
 *     npm run file-check -- --rows 20000,200000     these instead
 *     npm run file-check -- --without kill          only the plain runs; `--without plain` only the kill
 */
import './support/outsideJest';

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import type { IDataObject } from 'n8n-workflow';

import { fileWorkflow } from '../scripts/files/fileWorkflow';
import { idOf, makeFile, worthOf, type DayFile } from '../scripts/files/makeFile';
import { collectsOnSignal, settle } from '../scripts/n8n/collectGarbage';
import { goesOn } from '../scripts/n8n/client';
import { memoryOf, resetPeak } from '../scripts/n8n/memory';
import { outputItems } from '../scripts/n8n/outputItems';
import { startN8n, type N8n } from '../scripts/n8n/start';
import { buildPackageIfStale } from '../scripts/package/build';
import { printTable } from './support/table';

/** V8's heap may grow to so much, in MB; n8n alone takes about a third of it. */
const HEAP_MB = 700;
const MAX_BEYOND_REST_MB = 250;
const MAX_GROWTH_MB = 60;
const MAX_RUN_MS = 3_600_000;
const SMALL_ROWS = 100;
const environment = {
	NODE_OPTIONS: `--max-old-space-size=${HEAP_MB} ${collectsOnSignal}`,
	N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
};

/** Takes every event, and counts how often each came. */
class Receiver {
	private counts = new Uint8Array();
	private server: Server | undefined;
	arrived = 0;

	async start(): Promise<string> {
		const first = idOf(0).length - 9;
		this.server = createServer((request, response) => {
			const at = request.url?.indexOf('transactionid=') ?? -1;
			const from = at + 'transactionid='.length + first;
			const row = Number(request.url?.slice(from, from + 9));
			// those of the small file are not counted
			if (Number.isInteger(row)) {
				this.counts[row] = (this.counts[row] ?? 0) + 1;
				this.arrived++;
			}
			response.setHeader('content-type', 'application/json').end('{"status":"ok"}');
		});
		this.server.keepAliveTimeout = 60_000;
		await new Promise<void>((done) => this.server?.listen(0, '127.0.0.1', done));
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	reset(rows: number): void {
		this.counts = new Uint8Array(rows);
		this.arrived = 0;
	}

	/** Rows that came so often. */
	came(times: number): number {
		return this.counts.reduce((sum, count) => sum + Number(count === times), 0);
	}

	close(): void {
		this.server?.close();
		this.server?.closeAllConnections();
	}
}

interface Result {
	readonly what: string;
	readonly rows: number;
	readonly seconds: number;
	readonly n8nMb: number;
	readonly restMb: number;
	readonly peakMb: number;
	readonly told: string;
	readonly problems: readonly string[];
}

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

void main().catch((error: unknown) => {
	console.error(error);
	process.exitCode = 1;
});

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			rows: { type: 'string', default: '100000,1000000' },
			without: { type: 'string' },
		},
	});
	const sizes = values.rows.split(',').map(Number);
	await buildPackageIfStale();
	const receiver = new Receiver();
	const origin = await receiver.start();
	const results: Result[] = [];
	try {
		if (values.without !== 'plain') {
			for (const rows of sizes) results.push(await runPlain(receiver, origin, rows));
		}
		if (values.without !== 'kill') {
			results.push(await runKilled(receiver, origin, sizes.at(-1) ?? 0));
		}
	} finally {
		receiver.close();
	}
	printTable(
		['what', 'rows', 'seconds', 'rows/s', 'n8n MB', 'at rest MB', 'peak MB', 'beyond MB', 'told'],
		results.map(({ what, rows, seconds, n8nMb, restMb, peakMb, told }) =>
			[
				what,
				rows,
				seconds.toFixed(1),
				Math.round(rows / seconds),
				n8nMb,
				restMb,
				peakMb,
				peakMb - restMb,
				told,
			].map(String),
		),
	);
	const beyond = results.map(({ peakMb, restMb }) => peakMb - restMb);
	const peaks = results.filter(({ what }) => what === 'plain').map(({ peakMb }) => peakMb);
	const problems = [
		...results.flatMap((result) => result.problems),
		...(Math.max(...beyond, 0) > MAX_BEYOND_REST_MB
			? [`more than ${MAX_BEYOND_REST_MB} MB beyond n8n at rest`]
			: []),
		...(peaks.length > 1 && Math.max(...peaks) - Math.min(...peaks) > MAX_GROWTH_MB
			? [`the memory grows by more than ${MAX_GROWTH_MB} MB with the rows`]
			: []),
	];
	console.log(problems.length === 0 ? '\nAll held.' : `\nBROKEN:\n${problems.join('\n')}`);
	if (problems.length > 0) process.exitCode = 1;
}

/** A published workflow, and the path of the webhook that starts it. */
interface Started {
	readonly workflow: string;
	readonly path: string;
	readonly relay: string;
}

/** An n8n with the file and a small one, and a workflow for each. */
async function prepare(origin: string, day: Omit<DayFile, 'path'>) {
	const n8n = await startN8n({ withPackage: true, logLevel: 'info', environment });
	const credential = await n8n.createCredential('justtrackApi', 'justtrack', {
		apiKey: 'a-key',
		baseUrl: origin,
	});
	const add = async (path: string, file: Omit<DayFile, 'path'>, ids: string): Promise<Started> => {
		const fullPath = join(n8n.filesFolder, `${path}.csv.gz`);
		await makeFile({ ...file, path: fullPath });
		const { workflow, reader, relay } = await fileWorkflow(fullPath, n8n.filesFolder, credential);
		const own = workflow.nodes.filter(({ name }) => [reader, relay].includes(name));
		for (const { name, parameters } of own) if (name === relay) parameters.transactionid = ids;
		const id = await n8n.createWorkflow({
			...workflow,
			nodes: [webhookAt(path), ...own],
			connections: {
				Webhook: { main: [[{ node: reader, type: 'main', index: 0 }]] },
				[reader]: { main: [[{ node: relay, type: 'main', index: 0 }]] },
			},
		});
		await n8n.activateWorkflow(id);
		return { workflow: id, path, relay };
	};
	return {
		n8n,
		small: await add('small', { rows: SMALL_ROWS, broken: [] }, '=small-{{ $json.event_id }}'),
		whole: await add('day', day, '={{ $json.event_id }}'),
	};
}

function webhookAt(path: string) {
	return {
		id: path,
		name: 'Webhook',
		type: 'n8n-nodes-base.webhook',
		typeVersion: 1,
		position: [0, 0] as [number, number],
		parameters: { httpMethod: 'POST', path, responseMode: 'onReceived', options: {} },
		webhookId: path,
	};
}

async function start(n8n: N8n, { workflow, path }: Started): Promise<string> {
	const before = await n8n.executionIds(workflow);
	await n8n.postToWebhook(path, {});
	for (;;) {
		const id = (await n8n.executionIds(workflow)).find((one) => !before.includes(one));
		if (id !== undefined) return id;
		await sleep(50);
	}
}

/** Starts it, and looks seldom whether it has ended: each look is work for n8n. */
async function run(n8n: N8n, started: Started): Promise<IDataObject> {
	const execution = await start(n8n, started);
	while ((await n8n.executions()).some((one) => one.id === execution && goesOn(one))) {
		await sleep(500);
	}
	const found = await n8n.waitForExecution(execution, MAX_RUN_MS);
	const [item] = outputItems(found, started.relay);
	return item?.json ?? { error: found.data.resultData.error?.message };
}

/**
 * Runs the whole file, and measures n8n's memory on the way, each time after a garbage collection,
 * when nothing comes back any more: `n8nMb` of an n8n that has run nothing yet, `restMb` of one that
 * has run a small file, so that all code and threads are there that a file needs. From there on the
 * peak is counted.
 */
async function runMeasured(n8n: N8n, small: Started, whole: Started) {
	const n8nMb = (await settle(n8n.pid)) ?? 0;
	await run(n8n, small);
	const restMb = (await settle(n8n.pid)) ?? 0;
	resetPeak(n8n.pid);
	const startedAt = performance.now();
	const json = await run(n8n, whole);
	const seconds = (performance.now() - startedAt) / 1000;
	return { json, seconds, n8nMb, restMb, peakMb: memoryOf(n8n.pid)?.peak ?? 0 };
}

async function runPlain(receiver: Receiver, origin: string, rows: number): Promise<Result> {
	const day = { rows, broken: [5, Math.floor(rows / 2), rows - 1] };
	const { n8n, small, whole } = await prepare(origin, day);
	try {
		receiver.reset(rows);
		const { json, ...measured } = await runMeasured(n8n, small, whole);
		console.log(JSON.stringify(json));
		const expected = { delivered: rows - 3, invalid: 3 };
		return {
			what: 'plain',
			rows,
			...measured,
			told: JSON.stringify(json.outcomes),
			problems: [
				...differ('outcomes', json.outcomes, expected),
				...differ('amounts', json.amounts, { delivered: { USD: worthOf(day) } }),
				...differ('events that came once', receiver.came(1), rows - 3),
			],
		};
	} finally {
		await n8n.stop();
	}
}

async function runKilled(receiver: Receiver, origin: string, rows: number): Promise<Result> {
	const day = { rows, broken: [5, Math.floor(rows / 2), rows - 1] };
	const { n8n, small, whole } = await prepare(origin, day);
	receiver.reset(rows);
	const { userFolder } = n8n;
	await start(n8n, whole);
	while (receiver.arrived < rows / 3) await sleep(20);
	await n8n.kill('SIGKILL');
	const before = receiver.arrived;
	const again = await startN8n({ userFolder, logLevel: 'info', environment });
	try {
		const { json, ...measured } = await runMeasured(again, small, whole);
		const twice = receiver.came(2);
		console.log(JSON.stringify(json), `${before} had arrived, ${twice} came twice`);
		return {
			what: `killed at ${before}, and again`,
			rows,
			...measured,
			told: `${JSON.stringify(json.outcomes)}, ${twice} twice`,
			problems: [
				...differ('events that came', receiver.came(1) + twice, rows - 3),
				...(twice > 100 ? [`${twice} came twice, and at most 100 were under way`] : []),
			],
		};
	} finally {
		await again.stop();
	}
}

function differ(what: string, found: unknown, expected: unknown): string[] {
	const [a, b] = [found, expected].map((value) => JSON.stringify(value));
	return a === b ? [] : [`${what}: ${a}, and ${b} expected`];
}
