import type { Field } from '../model/declaration';
import { idOf, type WireEvent } from '../model/event';
import type { Notes } from '../model/notes';
import type { Operation } from '../model/provider';

export function createNotes(): Notes {
	return {
		ignoredColumns: new Set(),
		missingRecommended: new Map(),
		ids: new Set(),
		repeatedIds: 0,
	};
}

/** Notes what the hint tells of a valid event. */
export function noteEvent(
	notes: Notes,
	event: WireEvent,
	{ recommended = [], idKey }: Pick<Operation, 'recommended' | 'idKey'>,
	fields: readonly Field[],
): void {
	for (const key of recommended) {
		if (event[key] !== undefined) continue;
		const label = fields.find((field) => field.key === key)?.label ?? key;
		const name = `${label} (${key})`;
		notes.missingRecommended.set(name, (notes.missingRecommended.get(name) ?? 0) + 1);
	}
	const id = idOf(event, idKey);
	if (id === undefined) return;
	if (notes.ids.has(id)) notes.repeatedIds++;
	else notes.ids.add(id);
}
