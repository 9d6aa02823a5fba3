/** What came of one try to send a request. */
export type Answer = Reply | NoReply;

/** A provider's answer. */
export interface Reply {
	readonly kind: 'reply';
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	/** The first 64 kB, as text. */
	readonly body: string;
	/** Whether `body` is not all of it: it broke off, or it is longer. */
	readonly truncated: boolean;
}

/** A try without an answer. */
export interface NoReply {
	readonly kind: 'noReply';
	/** Whether the provider may have taken the request: it may have reached it, and was not certainly turned away. */
	readonly sent: boolean;
	readonly timedOut: boolean;
	/** A sentence without the provider's name, e.g. `gave no answer within 30000 ms`. */
	readonly reason: string;
}
