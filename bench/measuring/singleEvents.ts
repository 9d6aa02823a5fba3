/** What a webhook's event costs: one event an execution, in an n8n that lives on, with the delivery record and without. */
import { setTimeout as sleep } from 'node:timers/promises';

import { timeoutOf } from './runner';
import { median } from './statistics';
import type { Surroundings } from './surroundings';

/** Pairs of executions before those that count. */
const WARMING = 5;
/** In which n8n finishes what it does after an execution. */
const PAUSE_MS = 100;

/** The node's own times, in milliseconds: n8n counts whole ones. */
export interface SingleEvents {
	readonly recorded: readonly number[];
	readonly unrecorded: readonly number[];
}

/**
 * Runs with the record and without by turns. An n8n that fails is noted, and ends it early.
 *
 * @param times how often each
 */
export async function measureSingleEvents(
	times: number,
	{ n8n, receiver, signal, log }: Surroundings,
): Promise<SingleEvents> {
	log('\nSingle events in an n8n that lives on');
	await receiver.reset(0);
	const recorded: number[] = [];
	const unrecorded: number[] = [];
	const both = [
		['oursBelow', recorded],
		['oursUnrecorded', unrecorded],
	] as const;
	try {
		await n8n.live('justtrack', 1, timeoutOf(1), async (execute) => {
			for (let turn = 0; turn < WARMING + times; turn++) {
				for (const [contender, into] of both) {
					await sleep(PAUSE_MS);
					const { durationMs } = await execute(contender);
					if (turn >= WARMING) into.push(durationMs);
				}
			}
		});
		log(`  median ${median(recorded)} ms with the record, ${median(unrecorded)} ms without`);
	} catch (error) {
		signal.throwIfAborted();
		log(`  failed: ${error instanceof Error ? error.message : String(error)}`);
	}
	return { recorded, unrecorded };
}
