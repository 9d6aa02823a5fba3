/**
 * Shows the package at work: a real n8n with it, the sandbox in the providers' place, each example workflow run on its
 * data, and what became of every event and every cent.
 *
 *     npm run demo                stays up, to look at the workflows in the editor
 *     npm run demo -- --once      ends after the print; its exit code says whether all counts are the expected ones
 */
import type { Sandbox } from '../sandbox';
import { runExamples } from './demo/all';
import { endingSignal, unlessEnding } from './demo/ending';
import { step } from './demo/print';
import { startSandboxAtItsPort } from './demo/sandbox';
import { startN8n, type N8n } from './n8n/start';
import { buildPackageIfStale } from './package/build';

const ending = endingSignal();

void main();

async function main(): Promise<void> {
	const args = process.argv.slice(2);
	const unknown = args.filter((arg) => arg !== '--once');
	if (unknown.length > 0) {
		console.error(`Unknown option ${unknown.join(' ')}. Known: --once`);
		process.exitCode = 2;
		return;
	}

	let n8n: N8n | undefined;
	let sandbox: Sandbox | undefined;
	try {
		await step('Building the package', buildPackageIfStale);
		ending.throwIfAborted();
		sandbox = await step('Starting the sandbox', startSandboxAtItsPort);
		n8n = await step(
			'Starting n8n with the package',
			async () => await startN8n({ withPackage: true, port: 5678, signal: ending }),
		);

		const asExpected = await unlessEnding(ending, runExamples(n8n, sandbox, ending));
		if (!asExpected) process.exitCode = 1;
		if (!args.includes('--once')) {
			await stayUp(n8n, sandbox);
			process.exitCode = asExpected ? 0 : 1;
		}
	} catch (error) {
		if (!ending.aborted) {
			console.error(`\n${error instanceof Error ? error.message : String(error)}`);
			process.exitCode = 1;
		}
	} finally {
		if (ending.aborted) console.log('\nEnding ...');
		await n8n?.stop();
		await sandbox?.close();
	}
}

async function stayUp(n8n: N8n, sandbox: Sandbox): Promise<void> {
	console.log(`\nThe editor: ${n8n.url}`);
	console.log(`  e-mail    ${n8n.owner.email}`);
	console.log(`  password  ${n8n.owner.password}`);
	console.log(`What the sandbox holds, live: ${sandbox.url}/`);
	console.log(
		'The credentials are made. In one of your own, turn on Use Sandbox, with the Sandbox URL',
	);
	console.log(`  ${sandbox.url} and any text as the secret.`);
	console.log('Ctrl-C ends the demo and removes all of it.');
	await new Promise((done) => {
		ending.addEventListener('abort', done);
	});
}
