/**
 * Compares this package with what people use without it, in a real n8n without an editor.
 *
 *     npm run bench                  the full run, about half an hour; writes bench/results.md
 *     npm run bench -- --quick       fewer events, under three minutes
 *     npm run bench -- --profile     only shows where ours spends its time
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { buildPackageIfStale } from '../scripts/package/build';
import { makeCertificate } from './certificate';
import { ours } from './contenders';
import { describeSurroundings } from './machine';
import { N8nRuns } from './n8nRuns';
import { measurePackage } from './packageFigures';
import { fullPlan, quickPlan, workflowsOf, type Plan } from './plan';
import { profileOurs } from './profile';
import { Receiver } from './receiver';
import { publish } from './report';
import { recordRequests, runStage, type StageResult, type Surroundings } from './runner';
import { judgeTargets } from './targets';

const log = (line: string) => {
	console.log(line);
};

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: { quick: { type: 'boolean' }, profile: { type: 'boolean' } },
	});
	const stopping = new AbortController();
	for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.once(name, () => {
			stopping.abort(new Error('Stopped'));
		});
	}
	const plan = values.quick ? quickPlan : fullPlan;
	log('Building the package, preparing n8n and the receiver ...');
	await buildPackageIfStale();
	await withSurroundings(plan, stopping.signal, async (surroundings) => {
		if (values.profile) await profileOurs(surroundings);
		else await compare(plan, surroundings);
	});
}

/** Runs the plan, and prints and writes what came of it. */
async function compare(plan: Plan, surroundings: Surroundings): Promise<void> {
	const described = describeSurroundings();
	const startedAt = performance.now();
	const figures = await measurePackage(plan.loads);
	// these also warm the caches of the disk, before anything is measured
	for (const provider of ['justtrack', 'myTracker'] as const) {
		await recordRequests(provider, plan.mostFloorEvents, surroundings);
	}
	const stages: StageResult[] = [];
	for (const stage of plan.stages) stages.push(await runStage(stage, stages, surroundings));
	const hasFailed = stages
		.flatMap(({ results }) => results)
		.some(({ row, failures }) => ours.includes(row.contender) && failures.length > 0);
	if (hasFailed) process.exitCode = 1;
	const minutes = (performance.now() - startedAt) / 60_000;
	const targets = judgeTargets(stages, figures);
	await publish(
		{ isQuick: plan.isQuick, surroundings: described, minutes, stages, targets, figures },
		log,
	);
}

/** Gives the work a receiver and an n8n, and removes all of it afterwards. */
async function withSurroundings(
	plan: Plan,
	signal: AbortSignal,
	work: (surroundings: Surroundings) => Promise<void>,
): Promise<void> {
	const folder = await mkdtemp(join(tmpdir(), 'revenue-relay-bench-'));
	let receiver: Receiver | undefined;
	let n8n: N8nRuns | undefined;
	try {
		const certificate = await makeCertificate();
		const certificateFile = join(folder, 'certificate.pem');
		await writeFile(certificateFile, certificate.cert);
		receiver = await Receiver.start(certificate);
		n8n = await N8nRuns.prepare(receiver.origin, certificateFile, workflowsOf(plan), signal);
		await work({ n8n, receiver, certificateFile, folder, signal, log });
	} finally {
		await n8n?.remove();
		receiver?.stop();
		await rm(folder, { recursive: true, force: true });
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
