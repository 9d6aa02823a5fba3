/** The targets, each with what was measured: met or not met. */
import { httpRequests, ours, type Contender } from '../contenders/contender';
import type { ProviderName } from '../contenders/events';
import type { PackageFigures } from '../measuring/packageFigures';
import { LAST_EXECUTION, SPARE_MB, type StageId } from '../measuring/plan';
import { msPerEvent, type Result, type StageResult } from '../measuring/result';
import type { SingleEvents } from '../measuring/singleEvents';
import { median, medianOfKnown } from '../measuring/statistics';
import { Figures } from './figures';
import { allFinish, atLeast, atMost, type Target } from './target';

const KB_PER_MB = 1024;
const modes: readonly [Contender, string][] = [
	['oursBelow', 'defineBelow'],
	['oursAuto', 'autoMapInputData'],
];

const http2Modes: readonly [Contender, string][] = [
	['oursBelow', 'HTTP/2'],
	['oursUnrecorded', 'HTTP/2 without the record'],
];

/** Holds the results against all targets. */
export function judgeTargets(
	stages: readonly StageResult[],
	singleEvents: SingleEvents,
	packageFigures: PackageFigures,
): readonly Target[] {
	const all = new Targets(new Figures(stages));
	return [
		...modes.flatMap(([mode, name]) => [
			all.fasterThanHttpRequest('justtrack', 30, mode, name, 20),
			all.fasterThanHttpRequest('justtrack', 0, mode, name, 30),
			all.fasterThanHttpRequest('myTracker', 30, mode, name, 80),
		]),
		...http2Modes.flatMap(([mode, name]) => [
			all.fasterThanHttpRequest('justtrack', 30, mode, name, 60, 'justtrackHttp2'),
			all.nearFloor('justtrack', 30, mode, name, 'justtrackHttp2'),
			all.nearFloor('justtrack', 100, mode, name, 'justtrackHttp2'),
		]),
		all.connections(10),
		...modes.flatMap(([mode, name]) => [
			all.nearFloor('justtrack', 30, mode, name),
			all.nearFloor('justtrack', 0, mode, name),
			all.nearFloor('myTracker', 30, mode, name),
			all.nearFloor('myTracker', 0, mode, name),
		]),
		all.living('justtrack', 30),
		all.living('justtrack', 0),
		all.living('myTracker', 30),
		all.living('myTracker', 0),
		all.recordCosts(30, 1.15),
		all.recordCosts(0, 1.4),
		singleEventCosts(singleEvents),
		...all.growth(30),
		...all.growth(0),
		all.finishes(),
		...modes.map(([mode, name]) => all.memory(mode, name)),
		all.spareHeap(),
		all.computed(30),
		all.computed(0),
		all.fromFile('oursBelow', 'the same rows as items', 1.17),
		all.fromFile('fileFloor', 'a bare script with csv-parse and undici', 1.5),
		atMost(
			'loading all nodes and credentials on top of n8n-workflow',
			'ms',
			packageFigures.loadMs,
			80,
		),
		atMost('the packed tarball', 'kB', packageFigures.tarballBytes / 1000, 500),
	].filter((target) => target !== undefined);
}

/** There is no target where the plan leaves its situation out. */
class Targets {
	constructor(private readonly figures: Figures) {}

	fasterThanHttpRequest(
		provider: ProviderName,
		latencyMs: number,
		mode: Contender,
		modeName: string,
		min: number,
		stage: StageId = provider,
	): Target | undefined {
		const our = this.figures.timeOf(stage, provider, latencyMs, [mode]);
		const better = this.figures.timeOf(stage, provider, latencyMs, httpRequests);
		if (our === undefined || better === undefined) return undefined;
		const what = `${provider}, ${latencyMs} ms, ${modeName}: faster than the better of 1 and 2`;
		return atLeast(what, better / our, min);
	}

	nearFloor(
		provider: ProviderName,
		latencyMs: number,
		mode: Contender,
		modeName: string,
		stage: StageId = provider,
	): Target | undefined {
		const our = this.figures.timeOf(stage, provider, latencyMs, [mode]);
		const floor = this.figures.timeOf(stage, provider, latencyMs, ['floor']);
		if (our === undefined || floor === undefined) return undefined;
		const what = `${provider}, ${latencyMs} ms, ${modeName}: time against the floor`;
		return atMost(what, 'x', our / floor, 1.3);
	}

	/** Over HTTP/2. */
	connections(max: number): Target | undefined {
		const runs = this.figures
			.rows('justtrackHttp2', 'justtrack', 30, 'oursBelow')
			.flatMap((result) => result.runs);
		if (runs.length === 0) return undefined;
		const most = Math.max(...runs.map(({ counts }) => counts.connections));
		return atMost('justtrack, 30 ms, HTTP/2: connections', '', most, max);
	}

	/** When loading and connecting are done, for the floor as well. */
	living(provider: ProviderName, latencyMs: number): Target | undefined {
		const [our, floor] = (['oursBelow', 'floor'] as const).map((contender) =>
			this.figures
				.rows('living', provider, latencyMs, contender)
				.find(({ row }) => row.execution === LAST_EXECUTION),
		);
		if (our === undefined || floor === undefined) return undefined;
		const run = `run ${LAST_EXECUTION}`;
		const what = `${provider}, ${latencyMs} ms, ${run} in a living n8n: time against the floor's ${run}`;
		return atMost(what, 'x', msPerEvent(our) / msPerEvent(floor), 1.3);
	}

	/** Ours as people get it, against ours that remembers nothing. */
	recordCosts(latencyMs: number, max: number): Target | undefined {
		const [recorded, unrecorded] = (['oursBelow', 'oursUnrecorded'] as const).map((contender) =>
			this.figures.timeOf('justtrack', 'justtrack', latencyMs, [contender]),
		);
		if (recorded === undefined || unrecorded === undefined) return undefined;
		const what = `justtrack, ${latencyMs} ms: time with the delivery record against without`;
		return atMost(what, 'x', recorded / unrecorded, max);
	}

	/** In both senses: many events are no slower than few, and all numbers of events are alike. */
	growth(latencyMs: number): Target[] {
		const times = this.figures
			.of('scale')
			.filter(({ row }) => row.contender === 'oursBelow' && row.latencyMs === latencyMs)
			.filter(({ row }) => row.spareHeapMb === undefined)
			.sort((a, b) => a.row.events - b.row.events)
			.map((result) => ({ events: result.row.events, time: msPerEvent(result) }));
		const [fewest] = times;
		if (fewest === undefined || times.length < 2) return [];
		const worstGrowth = Math.max(
			...times.flatMap(({ time }, index) => times.slice(index + 1).map((more) => more.time / time)),
		);
		const all = times.map(({ time }) => time);
		const range = `${count(fewest.events)} to ${count(times.at(-1)?.events ?? 0)} events`;
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
			this.largestRuns().filter(({ row }) => row.spareHeapMb === undefined),
		);
	}

	/** Whether ours finishes with a limited heap. */
	spareHeap(): Target | undefined {
		return allFinish(
			`100,000 events finish with ${SPARE_MB} MB of heap beyond what n8n's items hold`,
			this.largestRuns().filter(({ row }) => row.spareHeapMb !== undefined),
		);
	}

	/** The peak beyond that of a node that only returns the same items. */
	memory(mode: Contender, modeName: string): Target | undefined {
		const [baseline] = this.figures.rows('scale', 'justtrack', 0, 'baseline');
		const our = this.figures
			.rows('scale', 'justtrack', 0, mode)
			.find(({ row }) => row.events === baseline?.row.events);
		if (baseline === undefined || our === undefined) return undefined;
		const what = `${count(our.row.events)} events, ${modeName}: peak memory beyond n8n's items`;
		const [peak, baselinePeak] = [our, baseline].map(({ runs }) =>
			medianOfKnown(runs.map(({ peakKb }) => peakKb)),
		);
		// no peak: it did not finish, or this is not Linux
		return atMost(what, 'MB', ((peak ?? NaN) - (baselinePeak ?? NaN)) / KB_PER_MB, SPARE_MB);
	}

	computed(latencyMs: number): Target | undefined {
		const our = this.figures.timeOf('computed', 'justtrack', latencyMs, ['oursComputed']);
		const theirs = this.figures.timeOf('computed', 'justtrack', latencyMs, ['httpRequestComputed']);
		if (our === undefined || theirs === undefined) return undefined;
		return atLeast(`one computed field, ${latencyMs} ms: faster than 1`, theirs / our, 3);
	}

	/** At 1.17 a file is sent at 0.85 times the rate. */
	fromFile(other: Contender, otherName: string, max: number): Target | undefined {
		const [our, theirs] = (['oursFile', other] as const).map((contender) =>
			this.figures.timeOf('files', 'justtrack', 0, [contender]),
		);
		if (our === undefined || theirs === undefined) return undefined;
		return atMost(
			`justtrack, 0 ms, from a file: time against ${otherName}`,
			'x',
			our / theirs,
			max,
		);
	}

	private largestRuns(): Result[] {
		return this.figures
			.of('scale')
			.filter(({ row }) => ours.includes(row.contender) && row.events === 100_000);
	}
}

function singleEventCosts({ recorded, unrecorded }: SingleEvents): Target {
	const what = 'one event alone in a living n8n: more time with the delivery record than without';
	return atMost(what, 'ms', median(recorded) - median(unrecorded), 10);
}

function count(value: number): string {
	return value.toLocaleString('en');
}
