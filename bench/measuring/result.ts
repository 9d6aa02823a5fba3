/** What the runs gave. */
import { labels } from '../contenders/contender';
import type { Counts } from '../receiver/receiver';
import type { Row, Stage } from './plan';
import { medianOfKnown } from './statistics';

/** One run of a contender. */
export interface Run {
	/** The node's own time as n8n reports it; for the floor, from first dispatch to last answer. */
	readonly durationMs: number;
	/** Processor time of all threads of the process in that time; unknown in an n8n that lives on. */
	readonly cpuMs?: number;
	/** Highest resident memory of the process while the node ran. */
	readonly peakKb?: number;
	/** What JavaScript held afterwards. */
	readonly heldKb?: number;
	readonly counts: Counts;
}

/** All runs of a row. */
export interface Result {
	readonly row: Row;
	readonly runs: Run[];
	/** Why a run did not finish. */
	readonly failures: string[];
}

export interface StageResult {
	readonly stage: Pick<Stage, 'id' | 'title' | 'about'>;
	readonly results: readonly Result[];
}

/** How tables and progress name a row. */
export function labelOf({ contender, spareHeapMb, execution }: Row): string {
	const limited = spareHeapMb === undefined ? '' : `, heap limited to ${spareHeapMb} MB to spare`;
	const nth = execution === undefined ? '' : `, run ${execution} in one process`;
	return labels[contender] + limited + nth;
}

/** The median time per event; `NaN` where no run finished. */
export function msPerEvent({ row, runs }: Result): number {
	return (medianOfKnown(runs.map(({ durationMs }) => durationMs)) ?? NaN) / row.events;
}
