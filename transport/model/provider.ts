import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';
import type { ZodType } from 'zod/v4';

import type { Reply } from './answer';
import type { WireEvent } from './event';
import type { Verdict } from './verdict';

/** A rule that several fields keep together. */
export interface CrossRule {
	/** The fields concerned. Where one of them has a problem already, the rule is not looked at. */
	readonly fields: readonly string[];
	readonly holds: (event: Readonly<Record<string, unknown>>) => boolean;
	/** What is accepted, as a sentence goes on after the field's name: `is required beside use_ip`. */
	readonly says: string;
	/** The field that the problem is put down to. */
	readonly of: string;
	/** What of the values as they were given is wrong, where it is not all that the field has. */
	readonly shown?: (given: Readonly<Record<string, unknown>>) => unknown;
}

/** One thing that can be sent: what its events may hold and how it behaves. */
export interface Operation {
	/**
	 * Wire key to kind of value. Whether a field is required stands in its property alone
	 * (`required: true`).
	 */
	readonly values: Readonly<Record<string, ZodType>>;
	/** What fields keep together. */
	readonly rules?: readonly CrossRule[];
	/** The last touch on a valid event: what goes out without being asked for, what is left out. */
	readonly complete?: (event: WireEvent) => WireEvent;
	/** Keys of the query that no field has: `complete` makes their values of others. */
	readonly madeKeys?: readonly string[];
	/** Fills placeholders of the Base URL, as the credential's fields do: `{ endpoint: 'clicks' }`. */
	readonly baseUrlParts?: Readonly<Record<string, string>>;
	/**
	 * Whether no secret goes along: then a credential is only needed for another Base URL, and no
	 * refusal is the credential's.
	 */
	readonly isWithoutSecret?: boolean;
	/** The wire key that identifies the event; its value is the output's `id`. */
	readonly idKey?: string;
	/**
	 * The wire keys that together are the provider's own ID of the event, by which the record knows it
	 * again; where one is not given, the event's content does, if it has one of `times`.
	 */
	readonly idKeys?: readonly string[];
	/** What the event is worth: the wire key of the amount, and that of the currency or the only one. */
	readonly money?: {
		readonly amount: string;
		readonly currency?: { readonly key: string } | { readonly code: string };
	};
	/** Wire keys that the provider recommends; a run where they are missing says so in its hint. */
	readonly recommended?: readonly string[];
	/** Further column names that automatic mapping takes for a wire key: `{ packageId: 'packageid' }`. */
	readonly columnAliases?: Readonly<Record<string, string>>;
	/** Whether the provider can tell a repeat by its ID, so that an unclear request may be sent again. */
	readonly deduplicates: boolean;
	/**
	 * What the provider checks the credential for by itself: refused for one app, say, it may still
	 * serve the others. It is part of the query, and so the same for all events of a request.
	 */
	readonly authorizedPer?: {
		/** As sentences name it: `app`. */
		readonly name: string;
		/** The wire key that tells which. */
		readonly key: string;
	};
	/** Events that share a lane go out one after another, in input order. */
	readonly lane?: {
		/** What a lane stands for, in sentences: `device`. */
		readonly name: string;
		/** The lanes of an event, by every name that its device is known by, say; none is no order. */
		readonly of: (event: WireEvent) => readonly string[];
	};
	/**
	 * Wire keys that tell when an event happened, of which the first that is given counts. Where there
	 * are lanes, the provider wants the events of each in that order; the hint counts those that are not.
	 */
	readonly times?: readonly string[];
	/** How events go out together, where the provider takes many in one request. */
	readonly batch?: {
		/** Appended to the Base URL for two events and more; one alone goes to the operation's path. */
		readonly path: string;
		readonly maxEvents: number;
		/** Bytes of the whole body, encoded. */
		readonly maxBytes: number;
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

/** What a credential test asks the provider; it must write nothing. */
export interface CredentialQuestion {
	readonly method: 'GET' | 'POST' | 'OPTIONS';
	/** Appended to the Base URL. */
	readonly path: string;
	/** Fills placeholders of the Base URL, as for an operation. */
	readonly baseUrlParts?: Readonly<Record<string, string>>;
	readonly body?: string;
	/** Whether the secret goes along, as in the credential's `authenticate`. */
	readonly carriesSecret: boolean;
	/** What the answer says against the credential, in a sentence that quotes nothing of it. */
	readonly problemOf: (reply: Reply) => string | undefined;
	/** What is certain when nothing speaks against it; n8n's editor does not show it. */
	readonly success: string;
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
	/** What the test of a credential with these values asks. */
	readonly credentialQuestion: (values: ICredentialDataDecryptedObject) => CredentialQuestion;
	/** By the value of the `operation` parameter. */
	readonly operations: Readonly<Record<string, Operation>>;
}
