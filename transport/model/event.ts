/** A number whose digits go out as they are, also where a JavaScript number would change them. */
export class JsonNumber {
	constructor(readonly digits: string) {}

	toString(): string {
		return this.digits;
	}

	/** For whoever shows it; what is sent are the digits. */
	toJSON(): string {
		return this.digits;
	}
}

export type Scalar = string | number | boolean;

/** What JSON can say. */
export type Json = Scalar | null | readonly Json[] | { readonly [name: string]: Json };

/** A map travels as a JSON object: as text in the query, as it is in a body. */
export type WireValue = Scalar | JsonNumber | Readonly<Record<string, Json>>;

/** A valid event: wire key to the value that goes out, absent where nothing was given. */
export type WireEvent = Readonly<Record<string, WireValue | undefined>>;

/** An event as it goes out, without the secret. */
export interface EncodedEvent {
	/** Appended to the Base URL when it goes out alone. */
	readonly path: string;
	/** `key=value&…`; events share a request only when it is the same. */
	readonly query: string;
	/** A JSON object; absent where the operation has no body. */
	readonly body?: string;
	/** Bytes of the body. */
	readonly bytes: number;
}

/** A valid event and the input item it was made of. */
export interface PlannedEvent {
	readonly itemIndex: number;
	readonly event: WireEvent;
	readonly encoded: EncodedEvent;
	/** The ID that the user gives it, if any. */
	readonly eventId?: string;
	/** What the record knows it by; absent where there is no record, or nothing to know it by. */
	readonly key?: string;
	/** Whether it was sent before, and may have been accepted then. */
	readonly mayBeAccepted?: boolean;
}

/** The events of one request. */
export interface Batch {
	readonly events: readonly PlannedEvent[];
	/** Batches that share a lane go out one after another; without lanes in any order. */
	readonly lanes: readonly string[];
	/** Whether its events may have been accepted before: all of them, or none. */
	readonly mayBeAccepted?: boolean;
}

/**
 * The event's own identifier.
 *
 * @param idKey the wire key that identifies events of the operation, if it has one
 */
export function idOf(event: WireEvent, idKey: string | undefined): string | undefined {
	const id = idKey === undefined ? undefined : event[idKey];
	return typeof id === 'string' ? id : undefined;
}
