import type { ICredentialType, INodeProperties } from 'n8n-workflow';

import type { Reply } from './http';
import type { ZodType } from './vendor/zod';

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

/** A map travels as a JSON object: as text in the query, as it is in a body. */
export type WireValue = Scalar | JsonNumber | Readonly<Record<string, Scalar>>;

/** A valid event: wire key to the value that goes out, absent where nothing was given. */
export type WireEvent = Readonly<Record<string, WireValue | undefined>>;

/**
 * What a provider's reply means for the events of its request. Closed set:
 *
 * - `delivered`: accepted
 * - `rejected`: refused for good
 * - `broken`: refused, nothing of it accepted, because an event breaks a rule: alone it is refused
 *   for good, a batch is halved until the broken events stand alone
 * - `unauthorized`: the credential was refused: the run stops sending
 * - `throttled`: refused for rate, certainly not accepted: tried again
 * - `notTaken`: certainly not accepted: tried again
 * - `unclear`: it may have been accepted: tried again only where a repeat is harmless
 */
export type Verdict =
	| { readonly kind: 'delivered'; readonly verdict?: string; readonly reason?: string }
	| {
			readonly kind: 'rejected' | 'broken' | 'unauthorized' | 'throttled' | 'notTaken' | 'unclear';
			/** A sentence without the provider's name, e.g. `answered 400: …`. */
			readonly reason: string;
			/** What to do, where it is not what the outcome says by itself. */
			readonly advice?: string;
			/** Of an unclear reply: whether the provider itself asks for a repeat. */
			readonly asksForRepeat?: boolean;
	  };

/** A verdict that is no acceptance. */
export type Refusal = Exclude<Verdict, { kind: 'delivered' }>;

/** One thing that can be sent: the schema of its events and how it behaves. */
export interface Operation {
	/** Wire key to rule. An event is what this schema makes of the values given. */
	readonly schema: ZodType;
	/** Fills placeholders of the Base URL, as the credential's fields do: `{ endpoint: 'clicks' }`. */
	readonly baseUrlParts?: Readonly<Record<string, string>>;
	/** Whether no secret goes along: then a credential is only needed for another Base URL. */
	readonly isWithoutSecret?: boolean;
	/** The wire key that identifies the event; its value is the output's `id`. */
	readonly idKey?: string;
	/** Wire keys that the provider recommends; a run where they are missing says so in its hint. */
	readonly recommended?: readonly string[];
	/** Further column names that automatic mapping takes for a wire key: `{ packageId: 'packageid' }`. */
	readonly columnAliases?: Readonly<Record<string, string>>;
	/** Whether the provider removes duplicates, so that an unclear request may be sent again. */
	readonly repeatIsHarmless: boolean;
	/** Events that share a lane go out one after another, in input order. */
	readonly lane?: {
		/** What a lane stands for, in sentences: `device`. */
		readonly name: string;
		/** The lanes of an event, by every name that its device is known by, say; none is no order. */
		readonly of: (event: WireEvent) => readonly string[];
	};
	/** How events go out together, where the provider takes many in one request. */
	readonly batch?: {
		/** Appended to the Base URL for two events and more; one alone goes to the operation's path. */
		readonly path: string;
		readonly mostEvents: number;
		/** Bytes of the whole body, encoded. */
		readonly mostBytes: number;
	};
	/** Reads a reply. */
	readonly judge: (reply: Reply) => Verdict;
	/**
	 * What the node's own `options` change of all this, for a run.
	 *
	 * @throws {RunRefused} where one cannot be used
	 */
	readonly adaptTo?: (options: Readonly<Record<string, unknown>>) => Partial<Operation>;
}

/** A provider: data, and how its replies are read. */
export interface Provider {
	/** The node's name, `provider` in the output. */
	readonly name: string;
	readonly displayName: string;
	/** The node's fields in n8n's declarative vocabulary: the transport compiles them. */
	readonly properties: readonly INodeProperties[];
	/**
	 * Its generic `authenticate` places the secret; its password fields are what is masked; a field
	 * fills the placeholder of its name in the Base URL: `{integrationId}`.
	 */
	readonly credential: ICredentialType;
	/** By the value of the `operation` parameter. */
	readonly operations: Readonly<Record<string, Operation>>;
}
