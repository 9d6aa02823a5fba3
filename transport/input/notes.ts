import type { Field } from '../model/declaration';
import { idOf, type WireEvent } from '../model/event';
import { MAX_NAMES, type Notes } from '../model/notes';
import type { Operation } from '../model/provider';
import { asInstant } from '../values/readTime';

/** Lanes whose latest time is kept: those that came last. */
const MAX_LANES = 20_000;

/** Takes no more than so many names. */
class SomeNames extends Set<string> {
	override add(name: string): this {
		return this.size < MAX_NAMES ? super.add(name) : this;
	}
}

export function createNotes(): Notes {
	return {
		ignoredColumns: new SomeNames(),
		missingRecommended: new Map(),
		ids: new Set(),
		repeatedIds: 0,
		unidentified: 0,
		latestTimes: new Map(),
		backwardTimes: 0,
	};
}

/** Notes what the hint tells of a valid event. */
export function noteEvent(
	notes: Notes,
	event: WireEvent,
	operation: Pick<Operation, 'recommended' | 'lane' | 'times'>,
	fields: readonly Field[],
): void {
	const { recommended = [] } = operation;
	for (const key of recommended) {
		if (event[key] !== undefined) continue;
		const label = fields.find((field) => field.key === key)?.label ?? key;
		const name = `${label} (${key})`;
		notes.missingRecommended.set(name, (notes.missingRecommended.get(name) ?? 0) + 1);
	}
	noteTime(notes, event, operation);
}

/** Notes the ID of an event that nothing but the provider could know again. */
export function noteId(notes: Notes, event: WireEvent, idKey: string | undefined): void {
	const id = idOf(event, idKey);
	if (id === undefined) return;
	if (notes.ids.has(id)) notes.repeatedIds++;
	else notes.ids.add(id);
}

function noteTime(
	notes: Notes,
	event: WireEvent,
	{ lane, times = [] }: Pick<Operation, 'lane' | 'times'>,
): void {
	if (lane === undefined) return;
	const key = times.find((time) => event[time] !== undefined);
	const at = key === undefined ? undefined : asInstant(event[key]);
	if (at === undefined) return;
	const lanes = lane.of(event);
	if (lanes.some((name) => at < (notes.latestTimes.get(name) ?? -Infinity))) notes.backwardTimes++;
	const { latestTimes } = notes;
	for (const name of lanes) {
		const latest = Math.max(at, latestTimes.get(name) ?? -Infinity);
		// anew at the end of the map
		latestTimes.delete(name);
		latestTimes.set(name, latest);
	}
	for (const name of latestTimes.keys()) {
		if (latestTimes.size <= MAX_LANES) break;
		latestTimes.delete(name);
	}
}
