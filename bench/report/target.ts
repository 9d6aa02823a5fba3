import type { Result } from '../measuring/result';

export interface Target {
	readonly what: string;
	/** `at least 20x`. */
	readonly bound: string;
	/** `23.4x`, or why there is no figure. */
	readonly measured: string;
	readonly isMet: boolean;
}

/** Nothing is judged where the plan has no such rows. */
export function allFinish(what: string, results: readonly Result[]): Target | undefined {
	if (results.length === 0) return undefined;
	const finished = results.filter(({ failures }) => failures.length === 0).length;
	return {
		what,
		bound: 'all',
		measured: `${finished} of ${results.length}`,
		isMet: finished === results.length,
	};
}

export function atLeast(what: string, value: number, min: number): Target {
	return {
		what,
		bound: `at least ${min}x`,
		measured: Number.isNaN(value) ? 'no figure' : `${value.toFixed(1)}x`,
		isMet: value >= min,
	};
}

export function atMost(
	what: string,
	unit: 'x' | 'ms' | 'kB' | 'MB' | '',
	value: number,
	max: number,
): Target {
	const gap = unit === 'x' || unit === '' ? '' : ' ';
	return {
		what,
		bound: `at most ${max}${gap}${unit}`,
		measured: Number.isNaN(value)
			? 'no figure'
			: `${value.toFixed(unit === 'x' ? 2 : 0)}${gap}${unit}`,
		isMet: value <= max,
	};
}
