import { Concurrency } from './concurrency';
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
 * A refusal for rate halves the concurrency, sets the rate, and makes everybody wait for one
 * request that is taken.
 */
export class Pace {
	private readonly concurrency: Concurrency;
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
	constructor(ceiling: number, requestsPerSecond: number) {
		this.concurrency = new Concurrency(ceiling);
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

	/** Learns from how a request ended that was started then. */
	private learn(sign: Sign, startedAt: number): void {
		const now = performance.now();
		const isSinceCut = this.concurrency.isSinceCut(startedAt);
		if (sign === 'good') {
			this.rate.good(now);
			if (isSinceCut && this.refusals > 0) {
				this.refusals = 0;
				this.rate.resume(now);
			}
			this.concurrency.grow();
		} else if (sign !== 'neutral' && isSinceCut) {
			this.concurrency.halve(now);
			if (sign === 'throttled') this.holdBack(now);
		}
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
			if (this.inFlight >= (this.refusals > 0 ? 1 : this.concurrency.limit)) return;
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
