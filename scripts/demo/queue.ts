/** The examples of the queue: callbacks that are stored first, and the report of what the record holds. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../../sandbox';
import { goesOn, RestError } from '../n8n/client';
import { outputItems } from '../n8n/outputItems';
import type { N8n } from '../n8n/start';
import { until } from '../n8n/until';
import { projectRoot } from '../package/project';
import type { Account, Ending } from './account';
import { displayNameOf, providers } from './examples';
import { describe, isSame, sum } from './money';
import { printTable, step } from './print';
import { choose, ended, readWorkflow, type Credentials } from './run';

export const queueExample = {
	workflow: 'callbacks-queued.json',
	data: 'data/queued-callbacks.json',
};
export const reportExample = { workflow: 'revenue-report.json' };

/** How many of its callbacks are broken on purpose: one has no amount. */
const BROKEN = 1;
const provider = 'justtrack';

/** Posts the callbacks, which are stored, and has what waits sent. */
export async function runQueue(
	n8n: N8n,
	sandbox: Sandbox,
	credentials: Credentials,
	signal: AbortSignal,
): Promise<{ account: Account; wrong: string[] }> {
	console.log(`\n--- examples/${queueExample.workflow} on examples/${queueExample.data}\n`);
	const before = sandbox.report();
	const workflow = await readWorkflow(queueExample.workflow);
	choose(workflow, credentials);
	const text = await readFile(join(projectRoot, 'examples', queueExample.data), 'utf8');
	const callbacks = JSON.parse(text) as IDataObject[];

	signal.throwIfAborted();
	const id = await n8n.createWorkflow(workflow);
	await n8n.activateWorkflow(id);
	const answers = await step(
		`Publishing the workflow, and posting ${String(callbacks.length)} callbacks to its webhook`,
		async () => await Promise.all(callbacks.map((callback) => statusOf(n8n, callback))),
	);
	await step('Sending what waits, as the schedule does', async () => {
		ended(await n8n.waitForExecution(await n8n.runWorkflow(id, 'Every Five Minutes')));
	});
	// the schedule may have sent some of it by itself
	const executions = await until('all executions to end', 30_000, async () => {
		const kept = await n8n.executions(id);
		return kept.some(goesOn)
			? undefined
			: await Promise.all(kept.map((one) => n8n.execution(one.id)));
	});
	const outputs = (node: string, output: number) =>
		executions.flatMap((execution) => outputItems(execution, node, output).map(({ json }) => json));
	const endings = outputs('Send Queued', 0).map((json): Ending => {
		const row = callbacks.findIndex(({ impression_id }) => impression_id === json.id);
		const { revenue, currency } = callbacks[row] ?? {};
		const { operation, outcome } = json as { operation: string; outcome: string };
		return { row, provider, operation, outcome, reason: '', money: { amount: revenue, currency } };
	});
	const invalid = outputs('Queue', 1).map(({ error }): Ending => ({
		row: callbacks.findIndex(({ revenue }) => revenue === null),
		provider,
		operation: 'revenueEvent',
		outcome: 'invalid',
		reason: error as string,
		money: { amount: undefined, currency: undefined },
	}));
	const queued = outputs('Queue', 0).length;
	const held = sandbox
		.report()
		.events.filter(({ requests }) => (requests[0] ?? 0) > before.requests);
	console.log(`\n  stored ${String(queued)}, invalid ${String(invalid.length)}`);
	console.log(
		`  sent from the queue ${String(endings.length)}, in the sandbox ${String(held.length)}`,
	);
	const expected = callbacks.length - BROKEN;
	const taken = answers.filter((status) => status === 200).length;
	const checks: [string, boolean][] = [
		[`${String(taken)} answered 200, ${String(expected)} expected`, taken === expected],
		['a broken one was not answered 400', answers.every((status) => [200, 400].includes(status))],
		[`${String(queued)} stored, ${String(expected)} expected`, queued === expected],
		[`${String(invalid.length)} invalid, ${String(BROKEN)} expected`, invalid.length === BROKEN],
		[`${String(endings.length)} sent, ${String(queued)} stored`, endings.length === queued],
		[`${String(held.length)} in the sandbox, ${String(queued)} stored`, held.length === queued],
		['some were not delivered', endings.every(({ outcome }) => outcome === 'delivered')],
		['some were nobody’s callback', endings.every(({ row }) => row >= 0)],
	];
	return {
		account: { provider, endings: [...endings, ...invalid], held },
		wrong: wrongOf(queueExample.workflow, checks),
	};
}

/** How the webhook answers a callback. */
async function statusOf(n8n: N8n, callback: IDataObject): Promise<number> {
	try {
		await n8n.postToWebhook('callbacks-queued', callback);
		return 200;
	} catch (error) {
		if (error instanceof RestError) return error.status;
		throw error;
	}
}

/** Runs the report, and compares what it says of each provider with the account of all examples. */
export async function runReport(
	n8n: N8n,
	all: readonly Account[],
	credentials: Credentials,
	signal: AbortSignal,
): Promise<string[]> {
	console.log(`\n--- examples/${reportExample.workflow}\n`);
	const workflow = await readWorkflow(reportExample.workflow);
	const nodes = choose(workflow, credentials);
	signal.throwIfAborted();
	const execution = await step('Running the workflow', async () => {
		const id = await n8n.createWorkflow(workflow);
		return ended(await n8n.waitForExecution(await n8n.runWorkflow(id, 'Every Morning')));
	});
	console.log('\nWhat the record holds, and what the examples have delivered:\n');
	const rows: string[][] = [];
	const checks = nodes.map((node): [string, boolean] => {
		// where there is none, n8n gives an empty item
		const sums = outputItems(execution, node.name)
			.map(({ json }) => json)
			.filter(({ outcome }) => outcome !== undefined);
		const delivered = sums.filter(({ outcome }) => outcome === 'delivered');
		const endings = all
			.filter((account) => account.provider === node.provider)
			.flatMap((account) => account.endings)
			.filter(({ outcome }) => outcome === 'delivered');
		const told = sum(
			// without a currency the provider's own document means US dollars
			delivered.map(({ amount, currency = 'USD' }) => ({ amount, currency })),
		);
		const known = sum(endings.map(({ money }) => money));
		const events = delivered.reduce((count, one) => count + Number(one.events), 0);
		const name = displayNameOf(node.provider);
		rows.push([name, String(events), describe(told), describe(known)]);
		return [
			`${name}: ${String(events)} events and ${describe(told)} in the record, ${String(endings.length)} and ${describe(known)} delivered`,
			events === endings.length && isSame(told, known) && delivered.length === sums.length,
		];
	});
	printTable(['provider', 'events', 'money in the record', 'money delivered'], rows);
	const text = outputItems(execution, 'Report')[0]?.json.text;
	return wrongOf(reportExample.workflow, [
		...checks,
		[`${String(nodes.length)} nodes of the report`, nodes.length === providers.length],
		['the report has no text', typeof text === 'string' && text !== ''],
	]);
}

function wrongOf(workflow: string, checks: readonly [string, boolean][]): string[] {
	return checks.filter(([, holds]) => !holds).map(([what]) => `${workflow}: ${what}`);
}
