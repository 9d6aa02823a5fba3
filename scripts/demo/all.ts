/** All examples, one after the other, in one n8n. */
import type { Sandbox } from '../../sandbox';
import type { N8n } from '../n8n/start';
import { accountFor, accountForRepeat, printSummary, type Account } from './account';
import { examples, type Example } from './examples';
import { step } from './print';
import { runQueue, runReport } from './queue';
import { createCredentials, runExample, runTable, type Run } from './run';

/**
 * Runs every example, and prints what became of it.
 *
 * @returns whether everything adds up
 */
export async function runExamples(
	n8n: N8n,
	sandbox: Sandbox,
	signal: AbortSignal,
): Promise<boolean> {
	const credentials = await step(
		'Making credentials for the sandbox',
		async () => await createCredentials(n8n, sandbox.url),
	);
	const all: Account[] = [];
	const runs: Run[] = [];
	const wrong: string[] = [];
	for (const example of examples) {
		console.log(`\n--- examples/${example.workflow} on examples/${example.data}\n`);
		const before = sandbox.report();
		const run = await runExample(example, n8n, credentials, signal);
		runs.push(run);
		const found = accountFor(example, run, before, sandbox.report());
		all.push(...found.accounts);
		wrong.push(...found.wrong.map((what) => `${example.workflow}: ${what}`));
	}
	wrong.push(...(await runAgain(examples[0], runs[0], all, n8n, sandbox)));
	const queued = await runQueue(n8n, sandbox, credentials, signal);
	all.push(queued.account);
	wrong.push(...queued.wrong, ...(await runReport(n8n, all, credentials, signal)));
	console.log('\n--- All examples together\n');
	printSummary(all);
	console.log(
		wrong.length === 0
			? '\nEverything adds up: each row has one outcome at each node, the sandbox holds exactly what was delivered, nothing twice, no device out of order.'
			: `\nNOT as expected:\n${wrong.map((what) => `  ${what}`).join('\n')}`,
	);
	return wrong.length === 0;
}

/** The first example once more, as somebody would who is not sure that it ran. */
async function runAgain(
	example: Example | undefined,
	first: Run | undefined,
	accounts: Account[],
	n8n: N8n,
	sandbox: Sandbox,
): Promise<string[]> {
	if (example === undefined || first === undefined) throw new Error('There is an example');
	console.log(`\n--- examples/${example.workflow} once more, on the same data\n`);
	const before = sandbox.report();
	const run = await runTable(first, n8n);
	const own = accounts.slice(0, example.shares.length);
	console.log('\nThe record knows what was delivered, so nothing is sent twice:\n');
	return accountForRepeat(example, run, own, before, sandbox.report()).map(
		(what) => `${example.workflow} once more: ${what}`,
	);
}
