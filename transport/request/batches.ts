import type { Batch, PlannedEvent, WireEvent } from '../model/event';

/** What one request may hold. */
export interface BatchLimits {
	readonly maxEvents: number;
	/** Bytes of the body, encoded. */
	readonly maxBytes: number;
}

/** A batch that is not full yet. */
interface OpenBatch {
	readonly lanes: readonly string[];
	readonly mayBeAccepted?: boolean;
	readonly events: PlannedEvent[];
	/** Of the body that it makes: an array, with brackets and commas. */
	bytes: number;
}

/** The plan of rounds of events, one after the other: no batch waits for what a later round has. */
export async function* planAll(
	rounds: AsyncIterable<Events> | Iterable<Events>,
	limits: BatchLimits,
	lanesOf?: (event: WireEvent) => readonly string[],
): AsyncGenerator<Batch> {
	for await (const events of rounds) yield* planBatches(events, limits, lanesOf);
}

type Events = AsyncIterable<PlannedEvent> | Iterable<PlannedEvent>;

/**
 * Puts events together into batches: input order kept, each batch filled before the next is
 * begun, no batch with events of different lanes, with two queries, or of certain and doubtful events.
 *
 * @param lanesOf the lanes that an event keeps its order in, if any
 */
export async function* planBatches(
	events: Events,
	{ maxEvents, maxBytes }: BatchLimits,
	lanesOf: (event: WireEvent) => readonly string[] = () => [],
): AsyncGenerator<Batch> {
	const open = new Map<string, OpenBatch>();
	for await (const planned of events) {
		const lanes = lanesOf(planned.event);
		const { mayBeAccepted } = planned;
		if (maxEvents === 1) {
			yield { events: [planned], lanes, mayBeAccepted };
			continue;
		}
		const group = JSON.stringify([lanes, planned.encoded.query, mayBeAccepted]);
		// a comma or the closing bracket
		const added = planned.encoded.bytes + 1;
		const filling = open.get(group);
		if (filling && filling.bytes + added <= maxBytes) {
			filling.events.push(planned);
			filling.bytes += added;
		} else {
			if (filling) yield filling;
			open.set(group, { lanes, mayBeAccepted, events: [planned], bytes: 1 + added });
		}
		const current = open.get(group);
		if (current && current.events.length >= maxEvents) {
			open.delete(group);
			yield current;
		}
	}
	yield* open.values();
}
