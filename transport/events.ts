import { setImmediate } from 'node:timers/promises';

import type { Ledger } from './ledger';
import type { FieldProblem, Outcome } from './outcome';
import type { PlannedEvent } from './plan';
import type { WireEvent } from './provider';
import type { Reader } from './read';
import type { Validator } from './validate';

/** Reading and checking gives way to the network at least this often, in ms. */
const SLICE_MS = 10;

/** What reading and validating needs. */
export interface EventSource {
	/** How many input items there are. */
	readonly items: number;
	readonly read: Reader;
	readonly validate: Validator;
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
export async function* validEvents({
	items,
	read,
	validate,
	noteValid,
	ledger,
	cancelSignal,
}: EventSource): AsyncGenerator<PlannedEvent> {
	let sliceStart = performance.now();
	for (let itemIndex = 0; itemIndex < items; itemIndex++) {
		if (cancelSignal?.aborted) return;
		if (ledger.has(itemIndex)) continue;

		const event = check(read, validate, itemIndex);
		if (event.ok) {
			noteValid(event.value);
			yield { itemIndex, event: event.value };
		} else {
			ledger.record(itemIndex, invalid(event.problems));
		}

		if (performance.now() - sliceStart > SLICE_MS) {
			await setImmediate();
			sliceStart = performance.now();
		}
	}
}

function check(read: Reader, validate: Validator, itemIndex: number): ReturnType<Validator> {
	try {
		const raw = read(itemIndex);
		return raw.ok ? validate(raw.value) : raw;
	} catch (error) {
		// a defect of ours, yet no reason to lose the other events
		const rule = `could not be checked: ${String(error)}`;
		return { ok: false, problems: [{ field: '', rule, sentence: `The event ${rule}` }] };
	}
}

function invalid(fields: readonly FieldProblem[]): Outcome {
	const reason = `${fields.map(({ sentence }) => sentence).join('; ')}.`;
	return { outcome: 'invalid', reason, fields, attempts: 0 };
}
