const START = 8;
/** By how much a round of good replies raises the concurrency, until the first strain. */
const GROWTH = 1.5;

/**
 * How many requests may be in flight. It starts low and grows with each round of good replies, as
 * many as may be in flight: by half until the first strain, then by one. Strain halves it, as in
 * TCP, once for all requests that were under way.
 */
export class Concurrency {
	/** Requests that may be in flight. */
	limit: number;

	private steady = Infinity;
	private goodInRound = 0;
	private lastCut = -Infinity;

	/** @param ceiling requests in flight at most */
	constructor(private readonly ceiling: number) {
		this.limit = Math.min(START, ceiling);
	}

	/** A good reply. */
	grow(): void {
		if (++this.goodInRound < this.limit) return;
		this.goodInRound = 0;
		const grown = this.limit < this.steady ? Math.ceil(this.limit * GROWTH) : this.limit + 1;
		this.limit = Math.min(this.ceiling, grown);
	}

	/** Strain. Times are `performance.now()`. */
	halve(now: number): void {
		this.limit = Math.max(1, Math.floor(this.limit / 2));
		this.steady = this.limit;
		this.goodInRound = 0;
		this.lastCut = now;
	}

	/** Whether a request started after the last cut: what older ones meet was cut for already. */
	isSinceCut(startedAt: number): boolean {
		return startedAt > this.lastCut;
	}
}
