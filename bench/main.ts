/**
 * Compares this package with what people use without it, in a real n8n without an editor.
 *
 *     npm run bench                  the full run, about an hour; writes bench/report/results.md
 *     npm run bench -- --quick       fewer events, under three minutes
 *     npm run bench -- --profile     only shows where ours spends its time
 */
import { parseArgs } from 'node:util';

import { buildPackageIfStale } from '../scripts/package/build';
import { ours } from './contenders/contender';
import { runLivingStage } from './measuring/livingStage';
import { describeMachine } from './measuring/machine';
import { measurePackage } from './measuring/packageFigures';
import { fullPlan, quickPlan, type Plan } from './measuring/plan';
import { profileOurs } from './measuring/profile';
import type { StageResult } from './measuring/result';
import { recordRequests, runStage } from './measuring/runner';
import { measureSingleEvents } from './measuring/singleEvents';
import { withSurroundings, type Surroundings } from './measuring/surroundings';
import { publish } from './report/report';
import { judgeTargets } from './report/targets';

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
	await withSurroundings(plan, stopping.signal, log, async (surroundings) => {
		if (values.profile) await profileOurs(surroundings);
		else await compare(plan, surroundings);
	});
}

/** Runs the plan, and prints and writes what came of it. */
async function compare(plan: Plan, surroundings: Surroundings): Promise<void> {
	// before the run, whose own load is none of the machine's
	const machine = describeMachine();
	const startedAt = performance.now();
	const figures = await measurePackage(plan.loads);
	// these also warm the caches of the disk, before anything is measured
	for (const provider of ['justtrack', 'myTracker'] as const) {
		await recordRequests(provider, plan.maxFloorEvents, surroundings);
	}
	const stages: StageResult[] = [];
	for (const stage of plan.stages) stages.push(await runStage(stage, stages, surroundings));
	stages.push(await runLivingStage(plan.living, surroundings));
	const singleEvents = await measureSingleEvents(plan.singleEvents, surroundings);
	const hasFailed =
		singleEvents.unrecorded.length < plan.singleEvents ||
		stages
			.flatMap(({ results }) => results)
			.some(({ row, failures }) => ours.includes(row.contender) && failures.length > 0);
	if (hasFailed) process.exitCode = 1;
	const minutes = (performance.now() - startedAt) / 60_000;
	const targets = judgeTargets(stages, singleEvents, figures);
	const { isQuick } = plan;
	await publish({ isQuick, machine, minutes, stages, singleEvents, targets, figures }, log);
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
