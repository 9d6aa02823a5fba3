/** How a run sends: the node's `options`, defaults filled in. */
export interface Settings {
	/** Most events in one request. */
	readonly batchSize: number;
	/** Whether an unclear try is repeated where the provider does not remove duplicates. */
	readonly retryUnknown: boolean;
	/** Most requests in flight at once. */
	readonly maxConcurrency: number;
	/** Tries after the first. */
	readonly maxRetries: number;
	/** Milliseconds that one try may take. */
	readonly timeout: number;
	/** Most requests started in any one second; 0 for no limit. */
	readonly requestsPerSecond: number;
	/** Days that the record keeps what is delivered or unknown. */
	readonly recordDays: number;
}
