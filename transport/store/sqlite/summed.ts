import type { Sum } from '../store';
import { ExactSum } from '../../text/exactSum';

const MS_PER_DAY = 86_400_000;

/** An event, as far as it counts. */
export interface Counted {
	readonly operation: string;
	readonly outcome: Sum['outcome'];
	/** Days since 1970. */
	readonly day: number;
	readonly currency: string | null;
	readonly amount: string | null;
}

/** Events by day, operation, outcome and currency, in this order. */
export function summed(events: Iterable<Counted>): Sum[] {
	const groups = new Map<string, { of: Counted; events: number; amount: ExactSum | undefined }>();
	for (const event of events) {
		const { day, operation, outcome, currency, amount } = event;
		const name = JSON.stringify([String(day).padStart(8, '0'), operation, outcome, currency ?? '']);
		const group = groups.get(name) ?? { of: event, events: 0, amount: undefined };
		groups.set(name, group);
		group.events++;
		if (amount !== null) (group.amount ??= new ExactSum()).add(amount);
	}
	return [...groups]
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([, { of, events: count, amount }]) => ({
			day: new Date(of.day * MS_PER_DAY).toISOString().slice(0, 10),
			operation: of.operation,
			outcome: of.outcome,
			...(of.currency !== null && { currency: of.currency }),
			events: count,
			...(amount && { amount: String(amount) }),
		}));
}
