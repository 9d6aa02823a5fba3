const START = 8;
/** By how much a round of good replies raises the concurrency, until the first strain: as TCP starts. */
const GROWTH = 2;

/**
 * How many requests may be in flight. It starts low and grows with each round of good replies, as
 * many as may be in flight, if somebody had to wait meanwhile: to twice as many until the first
 * strain, then by one. Strain halves it, as in TCP, once for all requests that were under way.
 */
export class Concurrency {
	/** Requests in flight at most: bounds what was found, and does not change it. */
	ceiling = Infinity;

	private found = START;
	private steady = Infinity;
	private goodInRound = 0;
	/** Whether the limit kept anybody waiting in this round. */
	private wasFelt = false;
	private lastCut = -Infinity;

	/** Requests that may be in flight. */
	get limit(): number {
		return Math.min(this.found, this.ceiling);
	}

	/** The limit keeps somebody waiting. */
	feel(): void {
		this.wasFelt = true;
	}

	/** A good reply. */
	grow(): void {
		if (++this.goodInRound < this.limit) return;
		// a concurrency that nothing has used says nothing of a higher one
		const hasProven = this.wasFelt && this.found < this.ceiling;
		this.goodInRound = 0;
		this.wasFelt = false;
		if (!hasProven) return;
		const grown = this.found < this.steady ? this.found * GROWTH : this.found + 1;
		this.found = Math.min(this.ceiling, grown);
	}

	/** Strain. Times are `performance.now()`. */
	halve(now: number): void {
		this.found = Math.max(1, Math.floor(this.limit / 2));
		this.steady = this.found;
		this.goodInRound = 0;
		this.lastCut = now;
	}

	/** Whether a request started after the last cut: what older ones meet was cut for already. */
	isSinceCut(startedAt: number): boolean {
		return startedAt > this.lastCut;
	}
}
