import type { CrossRule } from '../model/provider';

/** At least one of these fields is given. */
export function needsOneOf(first: string, ...others: readonly string[]): CrossRule {
	const keys = [first, ...others];
	return {
		fields: keys,
		holds: (event) => keys.some((key) => event[key] !== undefined),
		says: `is required, or ${others.length > 1 ? 'one of ' : ''}${others.join(', ')}`,
		of: first,
	};
}
