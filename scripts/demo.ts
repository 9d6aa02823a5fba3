/**
 * Shows the package at work: a real n8n with it, the sandbox in the providers' place, each provider's example workflow
 * run on its data, and what became of every event and every cent.
 *
 *     npm run demo                stays up, to look at the workflows in the editor
 *     npm run demo -- --once      ends after the print; its exit code says whether all counts are the expected ones
 */
import { copyFile, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import type { ICredentialDataDecryptedObject, INodeExecutionData } from 'n8n-workflow';

import { startSandbox, type ReportedEvent, type Sandbox } from '../sandbox';
import { add, equal, format, parseDecimal, zero, type Decimal } from './decimal';
import {
	outputItems,
	startN8n,
	type CredentialReference,
	type N8n,
	type WorkflowInput,
} from './n8n-host';
import { buildPackage, packageName, projectRoot } from './package';

/** What the demo has to know of a provider. One more provider is one more entry in `examples`. */
interface Example {
	/** The node's name, and the sandbox's name for the provider. */
	provider: string;
	/** In `examples`. */
	workflow: string;
	/** In `examples`; the workflow reads a file of this name. */
	data: string;
	credentialType: string;
	credential: (sandboxUrl: string) => ICredentialDataDecryptedObject;
	/** The column of the data that holds money, and where the sandbox has it. */
	amountColumn: string;
	amountOf: (event: ReportedEvent) => unknown;
	/** How many rows are broken on purpose. */
	broken: number;
}

const examples: Example[] = [
	{
		provider: 'justtrack',
		workflow: 'justtrack-impressions.json',
		data: 'data/impressions.csv',
		credentialType: 'justtrackApi',
		credential: (sandboxUrl) => ({ apiKey: 'demo-key', baseUrl: `${sandboxUrl}/justtrack` }),
		amountColumn: 'revenue',
		amountOf: ({ event }) => event.value,
		broken: 2,
	},
];

const triggerType = 'n8n-nodes-base.manualTrigger';
const fileReaderType = 'n8n-nodes-base.readWriteFile';

/** Aborts when the demo is to end. */
const ending = new AbortController();

void main();

async function main(): Promise<void> {
	const args = process.argv.slice(2);
	const unknown = args.filter((arg) => arg !== '--once');
	if (unknown.length > 0) {
		console.error(`Unknown option ${unknown.join(' ')}. Known: --once`);
		process.exitCode = 2;
		return;
	}
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.once(signal, () => {
			process.exitCode = 130;
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
			async () => await startN8n({ withPackage: true, port: 5678, signal: ending.signal }),
		);

		let asExpected = true;
		for (const example of examples) {
			asExpected = (await runExample(example, n8n, sandbox)) && asExpected;
		}
		if (!asExpected) process.exitCode = 1;
		if (!args.includes('--once')) {
			await stayUp(n8n, sandbox);
			process.exitCode = asExpected ? 0 : 1;
		}
	} catch (error) {
		if (!ending.signal.aborted) {
			console.error(`\n${error instanceof Error ? error.message : String(error)}`);
			process.exitCode = 1;
		}
	} finally {
		if (ending.signal.aborted) console.log('\nEnding ...');
		await n8n?.stop();
		await sandbox?.close();
	}
}

async function stayUp(n8n: N8n, sandbox: Sandbox): Promise<void> {
	console.log(`\nThe editor: ${n8n.url}`);
	console.log(`  e-mail    ${n8n.owner.email}`);
	console.log(`  password  ${n8n.owner.password}`);
	console.log(`What the sandbox holds: ${sandbox.url}/events`);
	console.log('Ctrl-C ends the demo and removes all of it.');
	await new Promise((done) => {
		ending.signal.addEventListener('abort', done);
	});
}

/** Runs one example and tells what came of it. Whether all counts are as they must be. */
async function runExample(example: Example, n8n: N8n, sandbox: Sandbox): Promise<boolean> {
	const name = basename(example.data);
	console.log(`\n${example.provider}: examples/${example.workflow} on examples/${example.data}\n`);

	const { workflow, trigger, rowsNode, relayNode } = await step(
		'Importing the workflow, with a credential for the sandbox',
		async () => await importExample(example, n8n, sandbox.url),
	);
	const execution = await step('Running it', async () => {
		const id = await n8n.createWorkflow(workflow);
		return await n8n.waitForExecution(await n8n.runWorkflow(id, trigger));
	});
	if (execution.status !== 'success') {
		const { error } = execution.data.resultData;
		throw new Error(
			`The workflow ended with ${execution.status}: ${error?.message ?? 'no message'}`,
		);
	}

	const rows = outputItems(execution, rowsNode);
	const endings = [
		...outputItems(execution, relayNode, 0),
		...outputItems(execution, relayNode, 1),
	].map((item) => toEnding(item, rows, example));
	const delivered = endings.filter(({ outcome }) => outcome === 'delivered');
	const others = endings
		.filter(({ outcome }) => outcome !== 'delivered')
		.sort((a, b) => a.row - b.row);

	console.log(`\nOf ${String(rows.length)} rows:\n`);
	printTable(
		['outcome', 'events', 'USD', 'no amount'],
		[...new Set(endings.map(({ outcome }) => outcome))].map((outcome) => {
			const ended = endings.filter((ending) => ending.outcome === outcome);
			const { total, unreadable } = sum(ended.map(({ amount }) => amount));
			return [outcome, String(ended.length), format(total), String(unreadable)];
		}),
	);

	console.log(`\nNot delivered (row 1 of ${name} is its header):\n`);
	for (const { row, outcome, reason } of others) {
		console.log(`  row ${String(row).padEnd(5)} ${outcome.padEnd(9)} ${reason}`);
	}
	if (others.length === 0) console.log('  none');

	const { events } = sandbox.report();
	const held = events.filter(({ provider }) => provider === example.provider);
	const repeats = held.reduce((all, event) => all + event.repeats, 0);
	const heldSum = sum(held.map(example.amountOf));
	console.log('\nThe sandbox holds:\n');
	printTable(
		['provider', 'events', 'USD', 'repeats'],
		[[example.provider, String(held.length), format(heldSum.total), String(repeats)]],
	);

	const invalid = others.filter(({ outcome }) => outcome === 'invalid').length;
	const deliveredSum = sum(delivered.map(({ amount }) => amount));
	const checks: [string, boolean][] = [
		[
			`${String(endings.length)} outcomes for ${String(rows.length)} rows`,
			endings.length === rows.length,
		],
		[
			`${String(delivered.length)} delivered, ${String(rows.length - example.broken)} expected`,
			delivered.length === rows.length - example.broken,
		],
		[`${String(invalid)} invalid, ${String(example.broken)} expected`, invalid === example.broken],
		[`${String(held.length)} events in the sandbox`, held.length === delivered.length],
		[`${String(repeats)} repeats in the sandbox, 0 expected`, repeats === 0],
		[
			`${format(heldSum.total)} USD in the sandbox, ${format(deliveredSum.total)} delivered`,
			equal(heldSum.total, deliveredSum.total) && heldSum.unreadable === 0,
		],
	];
	const wrong = checks.filter(([, holds]) => !holds);
	console.log(
		wrong.length === 0
			? '\nEvery row is accounted for, and the money agrees to the last digit.'
			: `\nNot as expected:\n${wrong.map(([what]) => `  ${what}`).join('\n')}`,
	);
	return wrong.length === 0;
}

interface ImportedExample {
	workflow: WorkflowInput;
	trigger: string;
	/** The node whose items are the rows: the one before the relay node. */
	rowsNode: string;
	relayNode: string;
}

/** What a person does by hand: puts the data where n8n may read it, sets its path, makes and chooses a credential. */
async function importExample(
	example: Example,
	n8n: N8n,
	sandboxUrl: string,
): Promise<ImportedExample> {
	const file = join(n8n.filesFolder, basename(example.data));
	await copyFile(join(projectRoot, 'examples', example.data), file);
	const credential = await n8n.createCredential(
		example.credentialType,
		`${example.provider} (sandbox)`,
		example.credential(sandboxUrl),
	);
	const workflow = JSON.parse(
		await readFile(join(projectRoot, 'examples', example.workflow), 'utf8'),
	) as WorkflowInput;
	return prepare(workflow, example, file, credential);
}

function prepare(
	workflow: WorkflowInput,
	example: Example,
	file: string,
	{ id, name, type }: CredentialReference,
): ImportedExample {
	const find = (nodeType: string) => {
		const node = workflow.nodes.find((candidate) => candidate.type === nodeType);
		if (node === undefined) throw new Error(`${example.workflow} has no node of type ${nodeType}`);
		return node;
	};
	find(fileReaderType).parameters.fileSelector = file;
	const relay = find(`${packageName}.${example.provider}`);
	relay.credentials = { [type]: { id, name } };
	const rowsNode = Object.entries(workflow.connections).find(([, outputs]) =>
		outputs.main?.some((targets) => targets?.some(({ node }) => node === relay.name)),
	)?.[0];
	if (rowsNode === undefined)
		throw new Error(`${example.workflow}: nothing leads to ${relay.name}`);
	return { workflow, trigger: find(triggerType).name, rowsNode, relayNode: relay.name };
}

/** How one row ended. */
interface Ending {
	/** As a spreadsheet counts: the header is row 1. */
	row: number;
	outcome: string;
	reason: string;
	amount: unknown;
}

function toEnding(item: INodeExecutionData, rows: INodeExecutionData[], example: Example): Ending {
	const { pairedItem } = item;
	if (typeof pairedItem !== 'object' || Array.isArray(pairedItem)) {
		throw new Error(`An output item is not paired with its input: ${JSON.stringify(item)}`);
	}
	const { outcome, error, details } = item.json as {
		outcome?: string;
		error?: string;
		details?: { outcome?: string };
	};
	return {
		row: pairedItem.item + 2,
		outcome: details?.outcome ?? outcome ?? 'none',
		reason: error ?? '',
		amount: rows[pairedItem.item]?.json[example.amountColumn],
	};
}

function sum(amounts: unknown[]): { total: Decimal; unreadable: number } {
	const read = amounts.map((amount) => parseDecimal(String(amount)));
	const known = read.filter((amount) => amount !== undefined);
	return { total: known.reduce(add, zero), unreadable: read.length - known.length };
}

async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
	ending.signal.throwIfAborted();
	const started = Date.now();
	process.stdout.write(`${title} ... `);
	const result = await work();
	console.log(`${((Date.now() - started) / 1000).toFixed(1)} s`);
	return result;
}

function printTable(header: string[], rows: string[][]): void {
	const widths = header.map((_, column) =>
		Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)),
	);
	for (const row of [header, ...rows]) {
		const cells = row.map((cell, column) =>
			column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
		);
		console.log(`  ${cells.join('  ')}`);
	}
}
