/**
 * Shows the package at work: a real n8n with it, the sandbox in the providers' place, each provider's example workflow
 * run on its data, and what became of every event and every cent.
 *
 *     npm run demo                stays up, to look at the workflows in the editor
 *     npm run demo -- --once      ends after the print; its exit code says whether all counts are the expected ones
 */
import { copyFile, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INode,
	INodeExecutionData,
} from 'n8n-workflow';

import { startSandbox, type ReportedEvent, type Sandbox } from '../sandbox';
import { add, equal, format, parseDecimal, zero, type Decimal } from './decimal';
import {
	outputItems,
	startN8n,
	type CredentialReference,
	type Execution,
	type N8n,
	type WorkflowInput,
} from './n8n-host';
import { buildPackage, packageName, projectRoot } from './package';

/** What the demo has to know of a provider. One more provider is one more entry in `examples`. */
interface Example {
	/** The node's name, and the sandbox's name for the provider. */
	provider: string;
	/** In `examples`. It may hold several nodes of the provider, one for each operation. */
	workflow: string;
	/** In `examples`; the workflow reads a file of this name. */
	data: string;
	credentialType: string;
	credential: (sandboxUrl: string) => ICredentialDataDecryptedObject;
	/** The money in a row of the data, and where the sandbox has it. */
	moneyInRow: (row: IDataObject) => Money;
	moneyInEvent: (event: ReportedEvent['event']) => Money;
	/** How many rows are broken on purpose. */
	broken: number;
}

/** An event without an amount has no money. */
interface Money {
	amount: unknown;
	currency: unknown;
}

const examples: Example[] = [
	{
		provider: 'justtrack',
		workflow: 'justtrack-impressions.json',
		data: 'data/impressions.csv',
		credentialType: 'justtrackApi',
		credential: (sandboxUrl) => ({ apiKey: 'demo-key', baseUrl: `${sandboxUrl}/justtrack` }),
		moneyInRow: ({ revenue }) => ({ amount: revenue, currency: 'USD' }),
		moneyInEvent: ({ value }) => ({ amount: value, currency: 'USD' }),
		broken: 2,
	},
	{
		provider: 'myTracker',
		workflow: 'myTracker-day.json',
		data: 'data/day.csv',
		credentialType: 'myTrackerApi',
		credential: (sandboxUrl) => ({
			token: 'demo-token',
			testAppId: '51870',
			baseUrl: `${sandboxUrl}/myTracker`,
		}),
		moneyInRow: ({ amount, currency }) => ({ amount, currency }),
		moneyInEvent: ({ total, currency }) => ({ amount: total, currency }),
		broken: 3,
	},
];

const triggerType = 'n8n-nodes-base.manualTrigger';
const fileReaderType = 'n8n-nodes-base.readWriteFile';
const rowsType = 'n8n-nodes-base.extractFromFile';

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

	const { workflow, trigger, rowsNode, relayNodes } = await step(
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

	const rows = outputItems(execution, rowsNode).map(({ json }) => json);
	const endings = relayNodes.flatMap((node) =>
		[0, 1].flatMap((output) =>
			outputItems(execution, node.name, output).map((item): Ending => {
				const row = rowOf(item, node.name, rowsNode, execution);
				return { row, operation: node.operation, ...readOutcome(item) };
			}),
		),
	);
	const moneyOf = (some: Ending[]) =>
		sum(some.map(({ row }) => example.moneyInRow(rows[row] ?? {})));
	const delivered = endings.filter(({ outcome }) => outcome === 'delivered');
	const others = endings
		.filter(({ outcome }) => outcome !== 'delivered')
		.sort((a, b) => a.row - b.row);

	console.log(`\nOf ${String(rows.length)} rows:\n`);
	printTable(
		['operation', 'outcome', 'events', 'money'],
		groups(endings, ({ operation, outcome }) => [operation, outcome]).map(([names, ended]) => [
			...names,
			String(ended.length),
			describe(moneyOf(ended)),
		]),
	);

	console.log(`\nNot delivered (row 1 of ${name} is its header):\n`);
	for (const { row, outcome, reason } of others) {
		console.log(`  row ${String(row + 2).padEnd(5)} ${outcome.padEnd(9)} ${reason}`);
	}
	if (others.length === 0) console.log('  none');

	const held = sandbox.report().events.filter(({ provider }) => provider === example.provider);
	const heldMoneyOf = (some: ReportedEvent[]) =>
		sum(some.map(({ event }) => example.moneyInEvent(event)));
	const repeatsOf = (some: ReportedEvent[]) => some.reduce((all, { repeats }) => all + repeats, 0);
	console.log('\nThe sandbox holds:\n');
	printTable(
		['operation', 'events', 'repeats', 'money'],
		groups(held, ({ operation }) => [operation]).map(([names, events]) => [
			...names,
			String(events.length),
			String(repeatsOf(events)),
			describe(heldMoneyOf(events)),
		]),
	);

	const rowsTold = new Set(endings.map(({ row }) => row)).size;
	const invalid = others.filter(({ outcome }) => outcome === 'invalid').length;
	const deliveredMoney = moneyOf(delivered);
	const heldMoney = heldMoneyOf(held);
	const checks: [string, boolean][] = [
		[
			`${String(endings.length)} outcomes of ${String(rowsTold)} rows, for ${String(rows.length)} rows`,
			endings.length === rows.length && rowsTold === rows.length,
		],
		[
			`${String(delivered.length)} delivered, ${String(rows.length - example.broken)} expected`,
			delivered.length === rows.length - example.broken,
		],
		[`${String(invalid)} invalid, ${String(example.broken)} expected`, invalid === example.broken],
		...relayNodes.map(({ operation }): [string, boolean] => {
			const of = (some: { operation: string }[]) =>
				some.filter((one) => one.operation === operation).length;
			return [
				`${String(of(held))} ${operation} in the sandbox, ${String(of(delivered))} delivered`,
				of(held) === of(delivered),
			];
		}),
		[
			`${String(held.length)} events in the sandbox, ${String(delivered.length)} delivered`,
			held.length === delivered.length,
		],
		[`${String(repeatsOf(held))} repeats in the sandbox, 0 expected`, repeatsOf(held) === 0],
		[
			`${describe(heldMoney)} in the sandbox, ${describe(deliveredMoney)} delivered`,
			isSame(heldMoney, deliveredMoney),
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
	/** The node whose items are the rows. */
	rowsNode: string;
	/** The provider's nodes. */
	relayNodes: { name: string; operation: string }[];
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
	const find = (nodeType: string): [INode, ...INode[]] => {
		const [first, ...more] = workflow.nodes.filter((node) => node.type === nodeType);
		if (first === undefined) throw new Error(`${example.workflow} has no node of type ${nodeType}`);
		return [first, ...more];
	};
	find(fileReaderType)[0].parameters.fileSelector = file;
	const relayNodes = find(`${packageName}.${example.provider}`);
	for (const node of relayNodes) node.credentials = { [type]: { id, name } };
	return {
		workflow,
		trigger: find(triggerType)[0].name,
		rowsNode: find(rowsType)[0].name,
		relayNodes: relayNodes.map(({ name, parameters }) => ({
			name,
			operation: parameters.operation as string,
		})),
	};
}

/** How one row ended. */
interface Ending {
	/** Counted from 0, without the header. */
	row: number;
	operation: string;
	outcome: string;
	reason: string;
}

function readOutcome({ json }: INodeExecutionData): Pick<Ending, 'outcome' | 'reason'> {
	const { outcome, error, details } = json as {
		outcome?: string;
		error?: string;
		details?: { outcome?: string };
	};
	return { outcome: details?.outcome ?? outcome ?? 'none', reason: error ?? '' };
}

/** The row that an item of a node comes from: followed back from node to node, as n8n's editor does. */
function rowOf(
	item: INodeExecutionData | undefined,
	node: string,
	rowsNode: string,
	execution: Execution,
): number {
	const { pairedItem } = item ?? {};
	const source = execution.data.resultData.runData[node]?.[0]?.source[0];
	if (typeof pairedItem !== 'object' || Array.isArray(pairedItem) || !source) {
		throw new Error(`An item of ${node} is not paired with its input: ${JSON.stringify(item)}`);
	}
	const { previousNode, previousNodeOutput } = source;
	if (previousNode === rowsNode) return pairedItem.item;
	const previous = outputItems(execution, previousNode, previousNodeOutput)[pairedItem.item];
	return rowOf(previous, previousNode, rowsNode, execution);
}

/** Sums by currency, and how many amounts could not be read. */
interface Sum {
	totals: Map<string, Decimal>;
	unreadable: number;
}

function sum(money: Money[]): Sum {
	const totals = new Map<string, Decimal>();
	let unreadable = 0;
	for (const { amount, currency } of money) {
		const read = parseDecimal(String(amount));
		if (read !== undefined) {
			const name = String(currency).toUpperCase();
			totals.set(name, add(totals.get(name) ?? zero, read));
		} else if (amount !== undefined && amount !== '') {
			unreadable += 1;
		}
	}
	return { totals, unreadable };
}

/** `12.5 EUR + 3 USD, 1 unreadable` */
function describe({ totals, unreadable }: Sum): string {
	const money = [...totals].sort(([a], [b]) => a.localeCompare(b));
	return [
		money.map(([currency, total]) => `${format(total)} ${currency}`).join(' + '),
		unreadable === 0 ? '' : `${String(unreadable)} unreadable`,
	]
		.filter((part) => part !== '')
		.join(', ');
}

function isSame(a: Sum, b: Sum): boolean {
	return (
		a.unreadable === b.unreadable &&
		a.totals.size === b.totals.size &&
		[...a.totals].every(([currency, total]) => {
			const other = b.totals.get(currency);
			return other !== undefined && equal(total, other);
		})
	);
}

/** Those with the same names together, in the order of their first. */
function groups<T>(all: T[], namesOf: (one: T) => string[]): [string[], T[]][] {
	const byKey = Map.groupBy(all, (one) => JSON.stringify(namesOf(one)));
	return [...byKey].map(([key, some]) => [JSON.parse(key) as string[], some]);
}

async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
	ending.signal.throwIfAborted();
	const started = Date.now();
	process.stdout.write(`${title} ... `);
	const result = await work();
	console.log(`${((Date.now() - started) / 1000).toFixed(1)} s`);
	return result;
}

const numberColumns = new Set(['events', 'repeats']);

function printTable(header: string[], rows: string[][]): void {
	const widths = header.map((_, column) =>
		Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)),
	);
	for (const row of [header, ...rows]) {
		const cells = row.map((cell, column) =>
			numberColumns.has(header[column] ?? '')
				? cell.padStart(widths[column] ?? 0)
				: cell.padEnd(widths[column] ?? 0),
		);
		console.log(`  ${cells.join('  ')}`.trimEnd());
	}
}
