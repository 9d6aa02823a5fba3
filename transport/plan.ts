import type { WireEvent } from './provider';

/** A valid event and the input item it was made of. */
export interface PlannedEvent {
	readonly itemIndex: number;
	readonly event: WireEvent;
}

/** The events of one request. */
export interface Batch {
	readonly events: readonly PlannedEvent[];
	/** Batches of one lane go out one after another; without a lane in any order. */
	readonly lane?: string;
}

/**
 * Puts events together into batches: input order kept, each batch filled before the next is
 * begun, no batch with events of two lanes.
 *
 * @param mostEvents most events in one batch
 * @param laneOf the lane that an event keeps its order in, if any
 */
export async function* plan(
	events: AsyncIterable<PlannedEvent>,
	mostEvents: number,
	laneOf: (event: WireEvent) => string | undefined = () => undefined,
): AsyncGenerator<Batch> {
	const filling = new Map<string | undefined, PlannedEvent[]>();
	for await (const planned of events) {
		const lane = laneOf(planned.event);
		const batch = filling.get(lane) ?? [];
		batch.push(planned);
		if (batch.length < mostEvents) {
			filling.set(lane, batch);
		} else {
			filling.delete(lane);
			yield { events: batch, lane };
		}
	}
	for (const [lane, batch] of filling) yield { events: batch, lane };
}
