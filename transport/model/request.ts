/** A request ready to be sent. Holds the secret: never shown, never logged. */
export interface HttpRequest {
	readonly method: string;
	/** Scheme, host and port. */
	readonly origin: string;
	/** Path and query, encoded. */
	readonly path: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body?: string;
}
