import { FoundRate } from './rate';

/** What a reply says about the provider's strength. */
export type Sign = 'good' | 'slow' | 'throttled' | 'neutral';

const START_CONCURRENCY = 8;
/** By how much a round of good replies raises the concurrency, until the first strain. */
const GROWTH = 1.5;
/** Refused for rate, everybody holds back, twice as long with each refusal in a row. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 10_000;
/**
 * Starts may be late by this many ms (timers are coarse) and make up for it; the interval is
 * stretched so that no window of one second holds more than the bound.
 */
const SLACK_MS = 5;

/**
 * Decides when a request may start: concurrency and rate that find the provider's strength, a
 * bound on requests per second, and pauses that the provider asks for.
 *
 * Concurrency starts low and grows with each round of good replies, as many as may be in flight:
 * by half until the first strain, then by one. Strain halves it, as in TCP. A refusal for rate
 * also sets the rate (`FoundRate`), and makes everybody wait for one request that is taken.
 */
export class Pace {
	private limit: number;
	private steady = Infinity;
	private goodInRound = 0;
	private lastCut = -Infinity;
	private inFlight = 0;
	private pausedUntil = -Infinity;
	private nextStart = -Infinity;
	/** Refusals for rate since the last request that was taken. */
	private refusals = 0;
	private readonly rate = new FoundRate();
	private readonly leastInterval: number;
	private readonly waiting: (() => void)[] = [];
	private timer: NodeJS.Timeout | undefined;

	/**
	 * @param ceiling most requests in flight
	 * @param requestsPerSecond most starts in any one second; 0 for no bound
	 */
	constructor(
		private readonly ceiling: number,
		requestsPerSecond: number,
	) {
		this.limit = Math.min(START_CONCURRENCY, ceiling);
		this.leastInterval = requestsPerSecond > 0 ? (1000 + SLACK_MS) / requestsPerSecond : 0;
	}

	/** Resolves when a request may start, first come, first served. Each turn ends with `done`. */
	turn(): Promise<void> {
		return new Promise((start) => {
			this.waiting.push(start);
			this.admit();
		});
	}

	/**
	 * @param startedAt `performance.now()` of the start: strain that was met by requests older
	 * than the last cut is the strain that was cut for
	 */
	done(sign: Sign, startedAt: number): void {
		this.inFlight--;
		const now = performance.now();
		const isSinceCut = startedAt > this.lastCut;
		if (sign === 'good') {
			this.rate.good(now);
			if (isSinceCut && this.refusals > 0) {
				this.refusals = 0;
				this.rate.resume(now);
			}
			this.grow();
		} else if (sign !== 'neutral' && isSinceCut) {
			this.limit = Math.max(1, Math.floor(this.limit / 2));
			this.steady = this.limit;
			this.goodInRound = 0;
			this.lastCut = now;
			if (sign === 'throttled') this.holdBack(now);
		}
		this.admit();
	}

	/** Starts nothing for so many ms. */
	pause(ms: number): void {
		this.pausedUntil = Math.max(this.pausedUntil, performance.now() + ms);
	}

	/** Lets everybody start at once: they find the run halted and send nothing. */
	open(): void {
		clearTimeout(this.timer);
		for (const start of this.waiting.splice(0)) {
			this.inFlight++;
			start();
		}
	}

	private grow(): void {
		if (++this.goodInRound < this.limit) return;
		this.goodInRound = 0;
		const grown = this.limit < this.steady ? Math.ceil(this.limit * GROWTH) : this.limit + 1;
		this.limit = Math.min(this.ceiling, grown);
	}

	private holdBack(now: number): void {
		// what is refused while waiting for a first success says nothing new of the rate
		if (this.refusals === 0) this.rate.cut(now);
		this.pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.refusals));
		this.refusals++;
	}

	private admit(): void {
		while (this.waiting.length > 0 && this.inFlight < (this.refusals > 0 ? 1 : this.limit)) {
			const now = performance.now();
			const wait = Math.max(this.pausedUntil, this.nextStart) - now;
			if (wait > 0) {
				clearTimeout(this.timer);
				this.timer = setTimeout(() => {
					this.admit();
				}, Math.ceil(wait));
				return;
			}
			const interval = Math.max(this.leastInterval, 1000 / this.rate.perSecond(now));
			this.nextStart = Math.max(this.nextStart, now - SLACK_MS) + interval;
			this.inFlight++;
			this.waiting.shift()?.();
		}
	}
}
