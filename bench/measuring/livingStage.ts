/** The same workflow several times in an n8n that lives on, and the floor as often in one process. */
import { setTimeout as sleep } from 'node:timers/promises';

import { withFloor } from './floorRuns';
import { LAST_EXECUTION, type Living, type Row } from './plan';
import { labelOf, type Result, type Run, type StageResult } from './result';
import { connectionsOf, counted, floorTask, timeoutOf } from './runner';
import type { Surroundings } from './surroundings';

/** In which n8n finishes what it does after an execution. */
const PAUSE_MS = 500;
/** The runs that the tables have: the first of a process, and one that is warm. */
const toldExecutions = [1, LAST_EXECUTION];

const stage = {
	id: 'living',
	title: `In an n8n that lives on: the same workflow ${LAST_EXECUTION} times, with other events each time`,
	about:
		'Run 1 loads the transport and opens connections; later ones find n8n, the code and what the package keeps warm. ' +
		'The floor as well sends as often in one process, and keeps its connections. The time between two runs is half a second.',
} as const;

/** Runs all situations. A process that fails is noted and does not end the stage. */
export async function runLivingStage(
	{ situations, rounds }: Living,
	surroundings: Surroundings,
): Promise<StageResult> {
	surroundings.log(`\n${stage.title}`);
	const processes = situations.flatMap((situation) =>
		(['oursBelow', 'floor'] as const).map((contender) =>
			toldExecutions.map((execution): Result => {
				const row = { ...situation, contender, rounds, execution };
				return { row, runs: [], failures: [] };
			}),
		),
	);
	const results = processes.flat();
	for (let round = 1; round <= rounds; round++) {
		for (const told of processes) await runProcess(told, results, surroundings);
	}
	return { stage, results };
}

/** @param told of the process that is run */
async function runProcess(
	told: readonly Result[],
	results: readonly Result[],
	surroundings: Surroundings,
): Promise<void> {
	const { signal, log } = surroundings;
	signal.throwIfAborted();
	try {
		const [first] = told;
		if (first === undefined) return;
		const runs =
			first.row.contender === 'floor'
				? await runFloor(first.row, connectionsOf(first.row, results), surroundings)
				: await runOurs(first.row, surroundings);
		for (const result of told) {
			const run = runs[(result.row.execution ?? 1) - 1];
			if (run === undefined) continue;
			result.runs.push(run);
			log(`  ${describe(result.row)}  ${(run.durationMs / 1000).toFixed(2)} s`);
		}
	} catch (error) {
		signal.throwIfAborted();
		const reason = error instanceof Error ? error.message : String(error);
		for (const { row, failures } of told) {
			failures.push(reason);
			log(`  ${describe(row)}  failed: ${reason}`);
		}
	}
}

async function runOurs(row: Row, { n8n, receiver }: Surroundings): Promise<Run[]> {
	return await n8n.live(row.provider, row.events, timeoutOf(row.events), async (execute) =>
		inTurn(async () => await counted(row, receiver, async () => await execute('oursBelow'))),
	);
}

async function runFloor(row: Row, connections: number, surroundings: Surroundings): Promise<Run[]> {
	const { receiver, certificateFile, signal } = surroundings;
	const task = floorTask(row, connections, surroundings);
	return await withFloor(certificateFile, timeoutOf(row.events), signal, async (send) =>
		inTurn(async () => await counted(row, receiver, async () => await send(task))),
	);
}

async function inTurn(run: () => Promise<Run>): Promise<Run[]> {
	const runs: Run[] = [];
	while (runs.length < LAST_EXECUTION) {
		await sleep(PAUSE_MS);
		runs.push(await run());
	}
	return runs;
}

function describe(row: Row): string {
	return `${row.provider}  ${row.latencyMs} ms  ${labelOf(row)}  ${row.events} events`;
}
