import { setImmediate } from 'node:timers/promises';

import type { Field } from '../model/declaration';
import type { EncodedEvent, PlannedEvent, WireEvent } from '../model/event';
import type { FieldProblem } from '../model/outcome';
import { messageOf } from '../text/show';
import { asText } from '../values/text';
import type { EventIdReader } from './eventId';
import { describeProblem, type Checked } from './problem';
import type { Reader } from './rawEvent';
import type { Validator } from './validate';

/** Reading and checking gives way to the network at least this often, in ms. */
const SLICE_MS = 10;

/** What reading and validating needs. */
export interface EventSource {
	readonly fields: readonly Field[];
	/** How many input items there are. */
	readonly items: number;
	/** Whether an item has its outcome already: it is passed over. */
	readonly isDone: (itemIndex: number) => boolean;
	/** Whether an item's event was sent before, and may have been accepted then. */
	readonly isDoubtful: (itemIndex: number) => boolean;
	readonly read: Reader;
	readonly readEventId: EventIdReader;
	readonly validate: Validator;
	readonly encode: (event: WireEvent) => EncodedEvent;
	/** Bytes that one event may have, encoded. */
	readonly maxBytes: number;
	/** Told of every valid event. */
	readonly onValid: (event: WireEvent) => void;
	/** Told of every item that breaks a rule, with what identifies its event, if anything does. */
	readonly onInvalid: (itemIndex: number, problems: readonly FieldProblem[], id?: string) => void;
	/** The wire key that identifies events, if there is one. */
	readonly idKey?: string;
	/** Aborts when the execution is stopped. */
	readonly cancelSignal?: AbortSignal;
}

/** Reads and validates one input item after another, no faster than its events are taken. */
export async function* validEvents(source: EventSource): AsyncGenerator<PlannedEvent, void> {
	const { items, isDone, isDoubtful, onValid, onInvalid, cancelSignal } = source;
	let sliceStart = performance.now();
	for (let itemIndex = 0; itemIndex < items; itemIndex++) {
		if (cancelSignal?.aborted) return;
		if (isDone(itemIndex)) continue;

		const checked = check(source, itemIndex);
		if (checked.ok) {
			onValid(checked.value.event);
			yield isDoubtful(itemIndex)
				? { itemIndex, ...checked.value, mayBeAccepted: true }
				: { itemIndex, ...checked.value };
		} else {
			onInvalid(itemIndex, checked.problems, checked.id);
		}

		if (performance.now() - sliceStart > SLICE_MS) {
			await setImmediate();
			sliceStart = performance.now();
		}
	}
}

function check(
	{ read, readEventId, validate, encode, maxBytes, fields, idKey }: EventSource,
	itemIndex: number,
): Checked<Omit<PlannedEvent, 'itemIndex'>> & { id?: string } {
	try {
		const raw = read(itemIndex);
		if (!raw.ok) return raw;
		const event = validate(raw.value);
		const eventId = readEventId(itemIndex);
		const ownId = idKey === undefined ? undefined : asText(raw.value[idKey])?.trim();
		const id = [ownId, eventId.ok ? eventId.value : undefined].find((text) => text);
		if (!event.ok || !eventId.ok) {
			const problems = [event, eventId].flatMap((it) => (it.ok ? [] : it.problems));
			return { ok: false, problems, id };
		}
		const encoded = encode(event.value);
		return encoded.bytes > maxBytes
			? { ok: false, problems: [tooLong(event.value, encoded, maxBytes, fields)], id }
			: { ok: true, value: { event: event.value, encoded, eventId: eventId.value } };
	} catch (error) {
		// a column that throws when it is read, or a defect of ours: no reason to lose the other events
		const rule = `could not be checked: ${messageOf(error)}`;
		return { ok: false, problems: [{ field: '', rule, sentence: `The event ${rule}` }] };
	}
}

/** The problem of an event that no request can hold, put down to its longest field. */
function tooLong(
	event: WireEvent,
	{ bytes }: EncodedEvent,
	maxBytes: number,
	fields: readonly Field[],
): FieldProblem {
	const [longest] = fields
		.filter(({ place }) => place === 'body')
		.map((field) => ({
			field,
			size: Buffer.byteLength(JSON.stringify(event[field.key] ?? '')),
		}))
		.sort((a, b) => b.size - a.size);
	const rule = `must be shorter: the event has ${bytes} bytes as it would be sent, ${maxBytes} are accepted`;
	return describeProblem(longest?.field ?? { key: '', label: 'The event' }, rule);
}
