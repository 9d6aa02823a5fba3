import { hash } from 'node:crypto';

import { JsonNumber, type WireEvent, type WireValue } from '../model/event';
import type { Scope } from '../store/store';

/** By which of its wire keys an event of an operation is known again. */
export interface Identifying {
	/** Together they are the provider's own ID; none where it has none. */
	readonly idKeys: readonly string[];
	/** Its times: content that holds one is an event of its own, other content may well come again. */
	readonly timeKeys: readonly string[];
}

/**
 * Identifies a valid event of an input item.
 *
 * @param eventId the ID that the user gives it, empty for none
 * @returns 16 bytes in hex; `undefined` for an event that only its run can guard
 */
export type Identify = (
	event: WireEvent,
	itemIndex: number,
	eventId?: string,
) => string | undefined;

/**
 * How the events of a scope are identified: by the user's ID, else by the provider's own, else by
 * their content and a number.
 *
 * @param numberOf tells equal events of one execution apart, as `numberingOf` does
 */
export function createIdentify(
	{ provider, operation, account }: Scope,
	{ idKeys, timeKeys }: Identifying,
	numberOf: (content: string, itemIndex: number) => number,
): Identify {
	const identity = (kind: string, ...parts: readonly unknown[]) =>
		digest([provider, operation, account, kind, ...parts]);
	return (event, itemIndex, eventId = '') => {
		if (eventId !== '') return identity('eventId', eventId);
		if (idKeys.length > 0 && idKeys.every((key) => event[key] !== undefined)) {
			return identity('id', ...idKeys.map((key) => event[key]));
		}
		if (!timeKeys.some((key) => event[key] !== undefined)) return undefined;
		const content = identity('content', sorted(event));
		const number = numberOf(content, itemIndex);
		return number === 1 ? content : identity('repeat', content, number);
	};
}

/** SHA-256 cut to 16 bytes, in hex. JSON keeps the parts apart. */
function digest(parts: readonly unknown[]): string {
	return hash('sha256', JSON.stringify(parts)).slice(0, 32);
}

/** Names and values in the order of the names, so that it does not matter how they were given. */
function sorted(value: WireEvent | WireValue | null | undefined): unknown {
	if (typeof value !== 'object' || value === null || value instanceof JsonNumber) return value;
	if (Array.isArray(value)) return value.map((part) => sorted(part as WireValue));
	return Object.entries(value)
		.filter(([, member]) => member !== undefined)
		.sort(([a], [b]) => (a < b ? -1 : 1))
		.map(([name, member]) => [name, sorted(member as WireValue)]);
}
