/** Watches how long the provider has answered nothing at all. */
export class Silence {
	/** Start of the first request since the last answer that got none. */
	private since: number | undefined;

	heard(): void {
		this.since = undefined;
	}

	/**
	 * A request got no answer.
	 *
	 * @param startedAt `performance.now()` of its start
	 * @returns milliseconds without any answer
	 */
	missed(startedAt: number): number {
		this.since ??= startedAt;
		return performance.now() - this.since;
	}
}
