import { setImmediate } from 'node:timers/promises';

import type { Field } from './compile';
import type { Ledger } from './ledger';
import type { FieldProblem, Outcome } from './outcome';
import type { PlannedEvent } from './plan';
import type { WireEvent } from './provider';
import type { Reader } from './read';
import type { EncodedEvent } from './request';
import { describeProblem, type Checked, type Validator } from './validate';

/** Reading and checking gives way to the network at least this often, in ms. */
const SLICE_MS = 10;

/** What reading and validating needs. */
export interface EventSource {
	readonly fields: readonly Field[];
	/** How many input items there are. */
	readonly items: number;
	readonly read: Reader;
	readonly validate: Validator;
	readonly encode: (event: WireEvent) => EncodedEvent;
	/** Bytes that one event may have, encoded. */
	readonly mostBytes: number;
	/** Told of every valid event. */
	readonly noteValid: (event: WireEvent) => void;
	readonly ledger: Ledger;
	/** Aborts when the execution is stopped. */
	readonly cancelSignal?: AbortSignal;
}

/**
 * Reads and validates one input item after another, no faster than its events are taken. Items
 * that are in the ledger already are passed over; invalid ones are recorded there.
 */
export async function* validEvents(source: EventSource): AsyncGenerator<PlannedEvent> {
	const { items, noteValid, ledger, cancelSignal } = source;
	let sliceStart = performance.now();
	for (let itemIndex = 0; itemIndex < items; itemIndex++) {
		if (cancelSignal?.aborted) return;
		if (ledger.has(itemIndex)) continue;

		const checked = check(source, itemIndex);
		if (checked.ok) {
			noteValid(checked.value.event);
			yield { itemIndex, ...checked.value };
		} else {
			ledger.record(itemIndex, invalid(checked.problems));
		}

		if (performance.now() - sliceStart > SLICE_MS) {
			await setImmediate();
			sliceStart = performance.now();
		}
	}
}

function check(
	{ read, validate, encode, mostBytes, fields }: EventSource,
	itemIndex: number,
): Checked<Omit<PlannedEvent, 'itemIndex'>> {
	try {
		const raw = read(itemIndex);
		if (!raw.ok) return raw;
		const event = validate(raw.value);
		if (!event.ok) return event;
		const encoded = encode(event.value);
		return encoded.bytes > mostBytes
			? { ok: false, problems: [tooLong(event.value, encoded, mostBytes, fields)] }
			: { ok: true, value: { event: event.value, encoded } };
	} catch (error) {
		// a defect of ours, yet no reason to lose the other events
		const rule = `could not be checked: ${String(error)}`;
		return { ok: false, problems: [{ field: '', rule, sentence: `The event ${rule}` }] };
	}
}

/** The problem of an event that no request can hold, put down to its longest field. */
function tooLong(
	event: WireEvent,
	{ bytes }: EncodedEvent,
	mostBytes: number,
	fields: readonly Field[],
): FieldProblem {
	const bytesOf = ({ key }: Field) => Buffer.byteLength(JSON.stringify(event[key] ?? ''));
	const [longest] = fields
		.filter(({ place }) => place === 'body')
		.sort((a, b) => bytesOf(b) - bytesOf(a));
	const rule = `must be shorter: the event has ${bytes} bytes as it would be sent, ${mostBytes} are accepted`;
	return describeProblem(longest ?? { key: '', label: 'The event' }, rule);
}

function invalid(fields: readonly FieldProblem[]): Outcome {
	const reason = `${fields.map(({ sentence }) => sentence).join('; ')}.`;
	return { outcome: 'invalid', reason, fields, attempts: 0 };
}
