/** Runs the stages of a plan, contender after contender, round after round. */
import { join } from 'node:path';

import { httpRequests, ours, type Contender } from '../contenders/contender';
import type { ProviderName } from '../contenders/events';
import type { FloorTask } from '../contenders/floor';
import type { Receiver } from '../receiver/receiver';
import { runFileFloor } from './fileFloorRuns';
import { withFloor, writeFloorRequests } from './floorRuns';
import type { Row, Stage } from './plan';
import { labelOf, msPerEvent, type Result, type Run, type StageResult } from './result';
import { medianOfKnown } from './statistics';
import type { Surroundings } from './surroundings';

/** Nobody waits longer than this for a run. */
const MAX_RUN_MS = 15 * 60_000;
/** What the transport opens by default. */
const DEFAULT_CONNECTIONS = 100;
/** And has in flight over HTTP/2. */
const MAX_CONCURRENCY = 400;
const EVENTS_PER_BATCH = 20;

/** Runs a stage. A run that fails is noted and does not end the stage. */
export async function runStage(
	stage: Stage,
	earlier: readonly StageResult[],
	surroundings: Surroundings,
): Promise<StageResult> {
	const { signal, log } = surroundings;
	const results = stage.rows.map((row): Result => ({ row, runs: [], failures: [] }));
	const known = [...earlier.flatMap(({ results }) => results), ...results];
	const rounds = Math.max(...stage.rows.map((row) => row.rounds));
	log(`\n${stage.title}`);
	for (let round = 1; round <= rounds; round++) {
		for (const { row, runs, failures } of results) {
			if (round > row.rounds || (row.onlyIfFastest && !isFastest(row, known))) continue;
			signal.throwIfAborted();
			const what = `round ${round}  ${row.provider}  ${row.protocol ?? 'HTTP/1.1'}  ${row.latencyMs} ms  ${labelOf(row)}  ${row.events} events`;
			try {
				const run = await runOnce(row, results, surroundings);
				runs.push(run);
				log(`  ${what}  ${(run.durationMs / 1000).toFixed(2)} s`);
			} catch (error) {
				signal.throwIfAborted();
				const reason = error instanceof Error ? error.message : String(error);
				failures.push(reason);
				log(`  ${what}  failed: ${reason}`);
			}
		}
	}
	return {
		stage,
		results: results.filter(({ runs, failures }) => runs.length + failures.length > 0),
	};
}

/** Lets ours send events once and keeps its requests for the floor, which sends them again. */
export async function recordRequests(
	provider: ProviderName,
	events: number,
	{ n8n, receiver, folder }: Surroundings,
): Promise<void> {
	await receiver.reset(0, 'HTTP/1.1', true);
	await n8n.run(provider, 'oursBelow', events, timeoutOf(events));
	await writeFloorRequests(requestsFile(folder, provider), await receiver.recording());
}

async function runOnce(
	row: Row,
	results: readonly Result[],
	surroundings: Surroundings,
): Promise<Run> {
	const { n8n, receiver, certificateFile, folder, signal } = surroundings;
	const { provider, contender, events } = row;
	const timeoutMs = timeoutOf(events);
	return await counted(row, receiver, async () => {
		if (contender === 'fileFloor') {
			return await runFileFloor(row, connectionsOf(row, results), timeoutMs, surroundings);
		}
		if (contender !== 'floor') {
			return await n8n.run(provider, contender, events, timeoutMs, heapLimit(row, results));
		}
		const task = floorTask(row, connectionsOf(row, results), { receiver, folder });
		return await withFloor(certificateFile, timeoutMs, signal, async (send) => await send(task));
	});
}

/** @throws {Error} if the receiver gets another number of requests than the row's */
export async function counted(
	row: Row,
	receiver: Receiver,
	run: () => Promise<Omit<Run, 'counts'>>,
): Promise<Run> {
	await receiver.reset(row.latencyMs, row.protocol);
	const figures = await run();
	const counts = await receiver.counts();
	const requests = requestsOf(row);
	if (counts.requests !== requests) {
		throw new Error(`The receiver got ${counts.requests} requests instead of ${requests}`);
	}
	return { ...figures, counts };
}

export function floorTask(
	row: Row,
	connections: number,
	{ receiver, folder }: Pick<Surroundings, 'receiver' | 'folder'>,
): FloorTask {
	return {
		origin: receiver.origin,
		file: requestsFile(folder, row.provider),
		requests: requestsOf(row),
		connections,
		streams: row.protocol === 'HTTP/2' ? Math.ceil(MAX_CONCURRENCY / connections) : 1,
	};
}

/** Arguments for Node that limit the heap, if the row asks for it. */
function heapLimit({ events, spareHeapMb }: Row, results: readonly Result[]): string[] {
	if (spareHeapMb === undefined) return [];
	const baseline = results.find(({ row }) => row.contender === 'baseline' && row.events === events);
	const heldKb = medianOfKnown(baseline?.runs.map((run) => run.heldKb) ?? []);
	if (heldKb === undefined) throw new Error('There is no baseline for the limit');
	return [`--max-old-space-size=${Math.ceil(heldKb / 1024) + spareHeapMb}`];
}

/** How many requests the contender's events make. */
function requestsOf({ provider, contender, events }: Row): number {
	if (contender === 'baseline') return 0;
	const isBatching = ours.includes(contender) || contender === 'floor';
	return provider === 'myTracker' && isBatching ? Math.ceil(events / EVENTS_PER_BATCH) : events;
}

/** As many for the floor as ours had open last in the same situation. */
export function connectionsOf(
	{ provider, latencyMs, protocol }: Row,
	results: readonly Result[],
): number {
	const last = results
		.filter(({ row }) => row.contender === 'oursBelow')
		.filter(({ row }) => row.provider === provider && row.latencyMs === latencyMs)
		.filter(({ row }) => row.protocol === protocol)
		.at(-1)
		?.runs.at(-1);
	return last?.counts.maxOpen ?? DEFAULT_CONNECTIONS;
}

/** Whether no other batch size has been faster in the same situation so far. */
function isFastest(
	{ provider, contender, latencyMs, protocol }: Row,
	known: readonly Result[],
): boolean {
	const timeOf = (name: Contender) =>
		known
			.filter(({ row }) => row.provider === provider && row.latencyMs === latencyMs)
			.filter(({ row }) => protocol === undefined || row.protocol === protocol)
			.filter(({ row, runs }) => row.contender === name && runs.length > 0)
			.map(msPerEvent)[0] ?? Infinity;
	const sizes = httpRequests.filter((name) => name !== 'httpRequest');
	return sizes.every((name) => timeOf(contender) <= timeOf(name));
}

export function timeoutOf(events: number): number {
	return Math.min(MAX_RUN_MS, 60_000 + events * 60);
}

function requestsFile(folder: string, provider: ProviderName): string {
	return join(folder, `${provider}-requests.json`);
}
