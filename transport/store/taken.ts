import { lanesOf } from './pick';
import type { Past, TakenEvent } from './store';

/** An event as a store has it. */
export interface Stored {
	readonly operation: string;
	readonly content: string;
	readonly lanes: string | null;
	readonly amount: string | null;
	readonly currency: string | null;
	readonly queuedAt: number;
	readonly queuedBy: string;
}

/** What a run is told of an event that it takes. */
export function toTaken(
	stored: Stored,
	key: string,
	kind: TakenEvent['kind'],
	doubt: Past | undefined,
): TakenEvent {
	const { operation, content, amount, currency, queuedAt, queuedBy } = stored;
	const lanes = lanesOf(stored);
	return {
		kind,
		key,
		operation,
		content,
		queuedAt,
		execution: queuedBy,
		...(lanes && { lanes }),
		...(amount !== null && { amount }),
		...(currency !== null && { currency }),
		...(doubt && { doubt: pastOf(doubt) }),
	};
}

export function pastOf({ at, execution }: Past): Past {
	return { at, execution };
}
