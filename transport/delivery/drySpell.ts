/** Watches how long something good has not come: any answer at all, or a request that is taken. */
export class DrySpell {
	/** Start of the first request since the last good that brought none. */
	private since: number | undefined;

	end(): void {
		this.since = undefined;
	}

	/**
	 * A request brought nothing good.
	 *
	 * @param startedAt `performance.now()` of its start
	 * @returns milliseconds of the spell so far
	 */
	goOn(startedAt: number): number {
		this.since ??= startedAt;
		return performance.now() - this.since;
	}
}
