import type { Found } from './calls';

/** An event of the queue, as far as its turn depends on it. */
export interface InLine {
	readonly place: number;
	/** Digests with blanks between them. */
	readonly lanes: string | null;
	/** Who has it now. */
	readonly holder: 'nobody' | 'thisRun' | 'another';
}

/** What of a part of the queue a run may have. */
export type Picked<E> = Pick<Found, 'place' | 'lanes'> & {
	readonly events: E[];
	/** Whether there were more than it may take. */
	readonly isCut: boolean;
};

/**
 * Picks what a run may take, oldest first: what nobody has, unless it is in a lane of something
 * earlier that was passed over.
 *
 * @param lanes of what the run has passed over before
 */
export function pick<E extends InLine>(
	queue: readonly E[],
	lanes: Iterable<string>,
	maxEvents: number,
	place: number,
): Picked<E> {
	const known = new Set(lanes);
	const passed = new Set<string>();
	const events: E[] = [];
	let seen = place;
	for (const event of queue) {
		if (events.length >= maxEvents) return { events, place: seen, lanes: [...passed], isCut: true };
		seen = event.place;
		if (event.holder === 'thisRun') continue;
		const own = lanesOf(event) ?? [];
		const isFree =
			event.holder === 'nobody' && !own.some((lane) => known.has(lane) || passed.has(lane));
		if (isFree) events.push(event);
		else for (const lane of own) passed.add(lane);
	}
	return { events, place: seen, lanes: [...passed], isCut: false };
}

export function lanesOf({ lanes }: Pick<InLine, 'lanes'>): string[] | undefined {
	return lanes?.split(' ');
}
