import { outcomeNames, type Outcome } from '../model/outcome';

/** `198 delivered, 2 invalid`. */
export function countByOutcome(outcomes: readonly Outcome[]): string {
	const times = new Map<string, number>();
	for (const { outcome } of outcomes) times.set(outcome, (times.get(outcome) ?? 0) + 1);
	return outcomeNames
		.filter((name) => times.has(name))
		.map((name) => `${times.get(name) ?? 0} ${name}`)
		.join(', ');
}
