/** The targets, each with what was measured: met or not met. */
import { httpRequests, ours, type Contender } from './contenders';
import type { ProviderName } from './events';
import type { PackageFigures } from './packageFigures';
import { SPARE_MB, type StageId } from './plan';
import { msPerEvent, type Result, type StageResult } from './runner';
import { medianOfKnown } from './statistics';

export interface Target {
	readonly what: string;
	/** `at least 20x`. */
	readonly bound: string;
	/** As it is told: `23.4x`, or why there is no figure. */
	readonly measured: string;
	readonly isMet: boolean;
}

const KB_PER_MB = 1024;
const modes: readonly [Contender, string][] = [
	['oursBelow', 'defineBelow'],
	['oursAuto', 'autoMapInputData'],
];

/** Sets the results against all targets. */
export function judgeTargets(
	stages: readonly StageResult[],
	figures: PackageFigures,
): readonly Target[] {
	const all = new Measured(stages);
	return [
		...modes.flatMap(([mode, name]) => [
			all.fasterThanHttpRequest('justtrack', 30, mode, name, 20),
			all.fasterThanHttpRequest('justtrack', 0, mode, name, 30),
			all.fasterThanHttpRequest('myTracker', 30, mode, name, 80),
		]),
		...modes.flatMap(([mode, name]) => [
			all.nearFloor('justtrack', 30, mode, name),
			all.nearFloor('justtrack', 0, mode, name),
			all.nearFloor('myTracker', 30, mode, name),
			all.nearFloor('myTracker', 0, mode, name),
		]),
		...all.growth(30),
		...all.growth(0),
		all.finishes(),
		...modes.map(([mode, name]) => all.memory(mode, name)),
		all.spareHeap(),
		all.computed(30),
		all.computed(0),
		atMost('loading all nodes and credentials on top of n8n-workflow', 'ms', figures.loadMs, 80),
		atMost('the packed tarball', 'kB', figures.tarballBytes / 1000, 500),
	].filter((target) => target !== undefined);
}

/** Figures by situation. Where the plan leaves a situation out there is no target. */
class Measured {
	constructor(private readonly stages: readonly StageResult[]) {}

	fasterThanHttpRequest(
		provider: ProviderName,
		latencyMs: number,
		mode: Contender,
		modeName: string,
		least: number,
	): Target | undefined {
		const our = this.timeOf(provider, provider, latencyMs, [mode]);
		const better = this.timeOf(provider, provider, latencyMs, httpRequests);
		if (our === undefined || better === undefined) return undefined;
		const what = `${provider}, ${latencyMs} ms, ${modeName}: faster than the better of 1 and 2`;
		return atLeast(what, better / our, least);
	}

	nearFloor(
		provider: ProviderName,
		latencyMs: number,
		mode: Contender,
		modeName: string,
	): Target | undefined {
		const our = this.timeOf(provider, provider, latencyMs, [mode]);
		const floor = this.timeOf(provider, provider, latencyMs, ['floor']);
		if (our === undefined || floor === undefined) return undefined;
		const what = `${provider}, ${latencyMs} ms, ${modeName}: time against the floor`;
		return atMost(what, 'x', our / floor, 1.3);
	}

	/** Both readings: that many events are not slower than few, and that all are alike. */
	growth(latencyMs: number): Target[] {
		const times = this.of('scale')
			.filter(({ row }) => row.contender === 'oursBelow' && row.latencyMs === latencyMs)
			.filter(({ row }) => row.spareHeapMb === undefined)
			.sort((a, b) => a.row.events - b.row.events)
			.map((result) => ({ events: result.row.events, time: msPerEvent(result) }));
		const [least] = times;
		if (least === undefined || times.length < 2) return [];
		const worstGrowth = Math.max(
			...times.flatMap(({ time }, index) => times.slice(index + 1).map((more) => more.time / time)),
		);
		const all = times.map(({ time }) => time);
		const range = `${count(least.events)} to ${count(times.at(-1)?.events ?? 0)} events`;
		return [
			atMost(`${range}, ${latencyMs} ms: growth of the time per event`, 'x', worstGrowth, 1.2),
			atMost(
				`${range}, ${latencyMs} ms: slowest to fastest time per event`,
				'x',
				Math.max(...all) / Math.min(...all),
				1.2,
			),
		];
	}

	finishes(): Target | undefined {
		return allFinish(
			'100,000 events in one execution finish',
			this.most().filter(({ row }) => row.spareHeapMb === undefined),
		);
	}

	/** Whether ours finishes where the heap is limited. */
	spareHeap(): Target | undefined {
		return allFinish(
			`100,000 events finish with ${SPARE_MB} MB of heap beyond what n8n's items hold`,
			this.most().filter(({ row }) => row.spareHeapMb !== undefined),
		);
	}

	private most(): Result[] {
		return this.of('scale').filter(
			({ row }) => ours.includes(row.contender) && row.events === 100_000,
		);
	}

	/** Peak beyond the peak of a node that only gives the same items. */
	memory(mode: Contender, modeName: string): Target | undefined {
		const [baseline] = this.rows('scale', 'justtrack', 0, 'baseline');
		const our = this.rows('scale', 'justtrack', 0, mode).find(
			({ row }) => row.events === baseline?.row.events,
		);
		if (baseline === undefined || our === undefined) return undefined;
		const what = `${count(our.row.events)} events, ${modeName}: peak memory beyond n8n's items`;
		const [peak, least] = [our, baseline].map(({ runs }) =>
			medianOfKnown(runs.map(({ peakKb }) => peakKb)),
		);
		// no peak: it did not finish, or this is not Linux
		return atMost(what, 'MB', ((peak ?? NaN) - (least ?? NaN)) / KB_PER_MB, SPARE_MB);
	}

	computed(latencyMs: number): Target | undefined {
		const our = this.timeOf('computed', 'justtrack', latencyMs, ['oursComputed']);
		const theirs = this.timeOf('computed', 'justtrack', latencyMs, ['httpRequestComputed']);
		if (our === undefined || theirs === undefined) return undefined;
		return atLeast(`one computed field, ${latencyMs} ms: faster than 1`, theirs / our, 3);
	}

	private of(id: StageId): Result[] {
		return this.stages
			.filter(({ stage }) => stage.id === id)
			.flatMap(({ results }) => [...results]);
	}

	/**
	 * The time of an event with the fastest of the contenders, each with the most events that it finished.
	 *
	 * @returns undefined where the plan has no such row, `NaN` where no run was finished
	 */
	private timeOf(
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

	/** Of a contender's rows, the one with the most events that was finished. */
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

	private rows(
		id: StageId,
		provider: ProviderName,
		latencyMs: number,
		contender: Contender,
	): Result[] {
		return this.of(id)
			.filter(({ row }) => row.provider === provider && row.latencyMs === latencyMs)
			.filter(({ row }) => row.contender === contender && row.spareHeapMb === undefined);
	}
}

/** Nothing to be judged where the plan has no such rows. */
function allFinish(what: string, results: readonly Result[]): Target | undefined {
	if (results.length === 0) return undefined;
	const finished = results.filter(({ failures }) => failures.length === 0).length;
	return {
		what,
		bound: 'all',
		measured: `${finished} of ${results.length}`,
		isMet: finished === results.length,
	};
}

function atLeast(what: string, value: number, least: number): Target {
	return {
		what,
		bound: `at least ${least}x`,
		measured: Number.isNaN(value) ? 'no figure' : `${value.toFixed(1)}x`,
		isMet: value >= least,
	};
}

function atMost(what: string, unit: 'x' | 'ms' | 'kB' | 'MB', value: number, most: number): Target {
	const gap = unit === 'x' ? '' : ' ';
	return {
		what,
		bound: `at most ${most}${gap}${unit}`,
		measured: Number.isNaN(value)
			? 'no figure'
			: `${value.toFixed(unit === 'x' ? 2 : 0)}${gap}${unit}`,
		isMet: value <= most,
	};
}

function count(value: number): string {
	return value.toLocaleString('en');
}
