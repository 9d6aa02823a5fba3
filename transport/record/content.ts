import { hash } from 'node:crypto';

import { JsonNumber, type PlannedEvent, type WireEvent, type WireValue } from '../model/event';
import type { Operation } from '../model/provider';
import type { ClaimedEvent } from '../store/store';

/** What the store keeps of an event until it is done; nothing for one without an identity. */
export function toClaimedEvent(
	planned: PlannedEvent,
	{ money, lane }: Pick<Operation, 'money' | 'lane'>,
): ClaimedEvent | undefined {
	const { key, event } = planned;
	if (key === undefined) return undefined;
	return {
		key,
		content: toContent(planned),
		...(lane && { lanes: lane.of(event).map(digestOf) }),
		...worthOf(event, money),
	};
}

/** What an event is worth: decimal digits, and the currency where there is one. */
export function worthOf(
	event: WireEvent,
	money: Operation['money'],
): Pick<ClaimedEvent, 'amount' | 'currency'> {
	const amount = money && textOf(event[money.amount]);
	const currency = money && currencyOf(event, money);
	return {
		...(amount !== undefined && { amount }),
		...(currency !== undefined && { currency }),
	};
}

/** What another run needs to send the event as this one would. */
export interface StoredEvent {
	readonly event: WireEvent;
	/** The operation's path as it was when the event was stored: the node's options have a say in it. */
	readonly path: string;
	/** The ID that the user gave it, if any. */
	readonly eventId?: string;
}

/** The event as text, without secrets. */
export function toContent({ event, encoded, eventId }: PlannedEvent): string {
	const values = Object.entries(event)
		.filter(([, value]) => value !== undefined)
		.map(([name, value]) => [name, pack(value)]);
	return JSON.stringify([encoded.path, eventId ?? null, values]);
}

/** The event that `toContent` has written; `undefined` where the text is something else. */
export function fromContent(content: string): StoredEvent | undefined {
	const [path, eventId, values] = parseList(content);
	if (typeof path !== 'string' || !Array.isArray(values) || !values.every(isEntry))
		return undefined;
	const event = Object.fromEntries(values.map(([name, value]) => [name, unpack(value)]));
	return { event, path, ...(typeof eventId === 'string' && { eventId }) };
}

function isEntry(value: unknown): value is [string, unknown] {
	return Array.isArray(value) && typeof value[0] === 'string' && (value[1] ?? null) !== null;
}

function parseList(content: string): unknown[] {
	try {
		const parsed = JSON.parse(content) as unknown;
		return Array.isArray(parsed) ? parsed : [];
	} catch {
		return [];
	}
}

/** Numbers that keep their digits and maps, told apart from all else. */
function pack(value: WireValue | undefined): unknown {
	if (value instanceof JsonNumber) return { digits: value.digits };
	return typeof value === 'object' ? { map: value } : value;
}

function unpack(packed: unknown): WireValue {
	if (typeof packed !== 'object' || packed === null) return packed as WireValue;
	return 'digits' in packed ? new JsonNumber(String(packed.digits)) : (packed as Packed).map;
}

interface Packed {
	readonly map: Exclude<WireValue, JsonNumber | string | number | boolean>;
}

/** What a device is known by is nobody else's business. */
function digestOf(lane: string): string {
	return hash('sha256', lane).slice(0, 16);
}

function currencyOf(
	event: WireEvent,
	{ currency }: NonNullable<Operation['money']>,
): string | undefined {
	if (currency === undefined) return undefined;
	return 'code' in currency ? currency.code : textOf(event[currency.key]);
}

function textOf(value: WireValue | undefined): string | undefined {
	return value === undefined || (typeof value === 'object' && !(value instanceof JsonNumber))
		? undefined
		: String(value);
}
