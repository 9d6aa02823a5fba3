import type { Field } from '../model/declaration';
import { asObject, isPlainObject } from '../text/json';
import type { Checked } from './problem';

/** Wire key to the value as it was given, members of an object put together; empty values are absent. */
export type RawEvent = Record<string, unknown>;

/** Reads the values of one input item. */
export type Reader = (itemIndex: number) => Checked<RawEvent>;

/** Sets a field's value. An object and single members of it come together; a member wins. */
export function put(event: RawEvent, { key, member }: Field, given: unknown): void {
	const present = event[key];
	if (member !== undefined) {
		const object = present === undefined ? {} : asObject(present);
		// what is no object stays, and the schema says so
		if (object) event[key] = { ...object, [member]: given };
	} else {
		const object = isPlainObject(present) ? asObject(given) : undefined;
		event[key] = object ? { ...object, ...asObject(present) } : given;
	}
}
