import type { Contender } from '../contenders/contender';
import type { ProviderName } from '../contenders/events';
import type { StageId } from '../measuring/plan';
import { msPerEvent, type Result, type StageResult } from '../measuring/result';

/** Finds results by their situation. */
export class Figures {
	constructor(private readonly stages: readonly StageResult[]) {}

	of(id: StageId): Result[] {
		return this.stages
			.filter(({ stage }) => stage.id === id)
			.flatMap(({ results }) => [...results]);
	}

	/**
	 * The time per event of the fastest of the contenders, each with the largest number of events that it finished.
	 *
	 * @returns undefined where the plan has no such row, `NaN` where no run was finished
	 */
	timeOf(
		id: StageId,
		provider: ProviderName,
		latencyMs: number,
		contenders: readonly Contender[],
	): number | undefined {
		const rows = contenders.flatMap((contender) => this.rows(id, provider, latencyMs, contender));
		if (rows.length === 0) return undefined;
		const times = contenders
			.map((contender) => this.largest(id, provider, latencyMs, contender))
			.filter((result) => result !== undefined)
			.map(msPerEvent);
		return times.length === 0 ? NaN : Math.min(...times);
	}

	rows(id: StageId, provider: ProviderName, latencyMs: number, contender: Contender): Result[] {
		return this.of(id)
			.filter(({ row }) => row.provider === provider && row.latencyMs === latencyMs)
			.filter(({ row }) => row.contender === contender && row.spareHeapMb === undefined);
	}

	/** The contender's row with the largest number of events that it finished. */
	private largest(
		id: StageId,
		provider: ProviderName,
		latencyMs: number,
		contender: Contender,
	): Result | undefined {
		return this.rows(id, provider, latencyMs, contender)
			.filter(({ runs }) => runs.length > 0)
			.sort((a, b) => b.row.events - a.row.events)[0];
	}
}
