/** The first guess may be far too low: until the second cut it doubles in this time. */
const DOUBLING_MS = 700;
/** A cut goes below what was taken, and comes back to it in this time. */
const CUT = 0.9;
const RECOVERY_MS = 2_000;
/** From there the rate is doubled after this time, and again ever sooner. */
const PROBING_MS = 4_000;

/** After a cut longer ago it is not known any more what was asked for meanwhile. */
const MAX_AVERAGED_MS = 10_000;
/** A provider saves up no more than this while it is asked for nothing. */
const MAX_SAVED_MS = 1_000;

const BUCKET_MS = 100;
const BUCKETS_PER_SECOND = 1000 / BUCKET_MS;

/**
 * The rate that a provider was found to take: unbounded until it refuses for rate, then what it
 * took in the last second, which is approached from below, kept for a while, and left again in
 * search of more. It rises only while it is used. All times are `performance.now()`, in ms.
 */
export class FoundRate {
	private taken = Infinity;
	private cuts = 0;
	private since = -Infinity;
	private takenSinceCut = 0;
	private countedFrom = -Infinity;
	/** Good replies by tenth of a second. */
	private readonly replies = new Map<number, number>();

	/** A request was taken. */
	good(now: number): void {
		const bucket = Math.floor(now / BUCKET_MS);
		const count = this.replies.get(bucket);
		this.replies.set(bucket, (count ?? 0) + 1);
		if (count === undefined) this.forget(bucket);
		this.takenSinceCut++;
	}

	/** A request was refused for rate. */
	cut(now: number): void {
		const rate = this.perSecond(now);
		this.forget(Math.floor(now / BUCKET_MS));
		const inLastSecond = [...this.replies.values()].reduce((sum, count) => sum + count, 0);
		this.taken = Math.max(1, Math.min(rate, inLastSecond, this.averageSinceCut(now)));
		this.since = now;
		this.takenSinceCut = 0;
		this.countedFrom = now;
		this.cuts++;
	}

	/** After a cut, a request was taken again: only from here does the rate rise. */
	resume(now: number): void {
		this.since = now;
		this.countedFrom = Math.max(this.countedFrom, now - MAX_SAVED_MS);
	}

	/** For so many ms nothing was asked for, which says nothing of whether more would be taken. */
	skip(ms: number, now: number): void {
		this.since = Math.min(now, this.since + ms);
	}

	/** Requests that may be started in a second. */
	perSecond(now: number): number {
		if (this.cuts === 0) return Infinity;
		const age = now - this.since;
		if (this.cuts === 1) return this.taken * 2 ** (age / DOUBLING_MS);
		if (age < RECOVERY_MS) return this.taken * (CUT + (1 - CUT) * (age / RECOVERY_MS));
		return this.taken * 2 ** (((age - RECOVERY_MS) / PROBING_MS) ** 2);
	}

	/**
	 * What was taken in a second between two cuts. The last second alone may hold, beside the rate,
	 * all that a provider had saved up for a burst. Where less than a second is between them, the last
	 * second says more.
	 */
	private averageSinceCut(now: number): number {
		const ms = now - this.countedFrom;
		if (ms < 1000 || ms > MAX_AVERAGED_MS) return Infinity;
		return (this.takenSinceCut * 1000) / ms;
	}

	/** Drops what is older than a second. */
	private forget(current: number): void {
		for (const bucket of this.replies.keys()) {
			if (bucket <= current - BUCKETS_PER_SECOND) this.replies.delete(bucket);
		}
	}
}
