import { outcomeNames, type Outcome } from '../model/outcome';

/** `198 delivered, 2 invalid`. */
export function countByOutcome(outcomes: readonly Outcome[]): string {
	return outcomeNames
		.map((name) => ({ name, times: outcomes.filter(({ outcome }) => outcome === name).length }))
		.filter(({ times }) => times > 0)
		.map(({ name, times }) => `${times} ${name}`)
		.join(', ');
}
