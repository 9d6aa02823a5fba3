/** What must be true of events whose execution was cut off and run again. */
import { type Aftermath, maxBatch } from './crash';

export interface Counts {
	readonly once: number;
	readonly twice: number;
	readonly unknown: number;
	/** Neither taken by the provider nor named as unknown. */
	readonly missing: number;
	/** The most that may have been under way at once. */
	readonly underWay: number;
}

export function countsOf({ crash, taken, outcomes }: Aftermath): Counts {
	const numbers = Array.from({ length: crash.events }, (_, own) => crash.first + own);
	const times = [...taken.values()];
	return {
		once: times.filter((count) => count === 1).length,
		twice: times.filter((count) => count > 1).length,
		unknown: [...outcomes.values()].filter((outcome) => outcome === 'unknown').length,
		missing: numbers.filter((one) => !taken.has(one) && outcomes.get(one) !== 'unknown').length,
		underWay: crash.maxConcurrency * maxBatch(crash.subject),
	};
}

/** A sentence for each rule that was broken. */
export function brokenRules(aftermath: Aftermath): string[] {
	const { crash, outcomes, error } = aftermath;
	const { twice, unknown, missing, underWay } = countsOf(aftermath);
	const { provider, operation } = crash.subject;
	const mayRepeat = provider.operations[operation]?.deduplicates === true;
	const ends = new Map<string, number>();
	for (const outcome of outcomes.values()) ends.set(outcome, (ends.get(outcome) ?? 0) + 1);
	const others = [...ends].filter(
		([name]) => !['delivered', 'duplicate', 'unknown'].includes(name),
	);

	return [
		error !== undefined && `the execution that was run again failed: ${error}`,
		outcomes.size !== crash.events && `${outcomes.size} of ${crash.events} events have an outcome`,
		missing > 0 && `${missing} events neither arrived nor are named unknown`,
		!mayRepeat && twice > 0 && `${twice} events were taken twice`,
		mayRepeat &&
			twice > underWay &&
			`${twice} events were sent twice, more than the ${underWay} that were under way`,
		unknown > underWay &&
			`${unknown} events are unknown, more than the ${underWay} that were under way`,
		...others.map(([name, count]) => `${count} events ended as ${name}`),
	].filter((rule) => rule !== false);
}
