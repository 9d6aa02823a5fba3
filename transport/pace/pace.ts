import { FoundRate } from './rate';

/** What a reply says about the provider's strength. */
export type Sign = 'good' | 'slow' | 'throttled' | 'neutral';

/** A place among the requests in flight, from when a request may start. */
export interface Turn {
	/** `performance.now()` of the start. */
	readonly startedAt: number;
	/** Gives the place back. Each turn is ended once. */
	end(sign: Sign): void;
}

const START_CONCURRENCY = 8;
/** By how much a round of good replies raises the concurrency, until the first strain. */
const GROWTH = 1.5;
/** Refused for rate, everybody holds back, twice as long with each refusal in a row. */
const FIRST_HOLD_BACK_MS = 50;
const MAX_HOLD_BACK_MS = 10_000;
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
	private readonly minInterval: number;
	private readonly waiting = new Set<() => void>();
	private timer: NodeJS.Timeout | undefined;

	/**
	 * @param ceiling requests in flight at most
	 * @param requestsPerSecond starts in any one second at most; 0 for no bound
	 */
	constructor(
		private readonly ceiling: number,
		requestsPerSecond: number,
	) {
		this.limit = Math.min(START_CONCURRENCY, ceiling);
		this.minInterval = requestsPerSecond > 0 ? (1000 + SLACK_MS) / requestsPerSecond : 0;
	}

	/**
	 * Resolves with a turn when a request may start, first come, first served; with none when the
	 * signal aborts before.
	 */
	acquire(signal: AbortSignal): Promise<Turn | undefined> {
		if (signal.aborted) return Promise.resolve(undefined);
		return new Promise((resolve) => {
			const start = () => {
				signal.removeEventListener('abort', leave);
				resolve(this.begin());
			};
			const leave = () => {
				this.waiting.delete(start);
				if (this.waiting.size === 0) clearTimeout(this.timer);
				resolve(undefined);
			};
			this.waiting.add(start);
			signal.addEventListener('abort', leave);
			this.admit();
		});
	}

	/** Starts nothing for so many ms. */
	pause(ms: number): void {
		this.pausedUntil = Math.max(this.pausedUntil, performance.now() + ms);
	}

	private begin(): Turn {
		this.inFlight++;
		const startedAt = performance.now();
		return {
			startedAt,
			end: (sign) => {
				this.inFlight--;
				this.learn(sign, startedAt);
				this.admit();
			},
		};
	}

	/**
	 * @param startedAt of the request: strain that was met by requests older than the last cut is
	 * the strain that was cut for
	 */
	private learn(sign: Sign, startedAt: number): void {
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
		this.pause(Math.min(MAX_HOLD_BACK_MS, FIRST_HOLD_BACK_MS * 2 ** this.refusals));
		this.refusals++;
	}

	/** Starts whoever may start, and comes back when the next one may. */
	private admit(): void {
		for (const start of this.waiting) {
			if (this.inFlight >= (this.refusals > 0 ? 1 : this.limit)) return;
			const now = performance.now();
			const wait = Math.max(this.pausedUntil, this.nextStart) - now;
			if (wait > 0) {
				clearTimeout(this.timer);
				this.timer = setTimeout(() => {
					this.admit();
				}, Math.ceil(wait));
				return;
			}
			const interval = Math.max(this.minInterval, 1000 / this.rate.perSecond(now));
			this.nextStart = Math.max(this.nextStart, now - SLACK_MS) + interval;
			this.waiting.delete(start);
			start();
		}
	}
}
