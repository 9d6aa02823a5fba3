/** What a reply says about the provider's strength. */
export type Sign = 'good' | 'slow' | 'throttled' | 'neutral';

const START_CONCURRENCY = 8;
/** Refused for rate, everybody holds back, the longer the more cuts there are in a row. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 10_000;
/**
 * Starts may be late by this many ms (timers are coarse) and make up for it; the interval is
 * stretched so that no window of one second holds more than the bound.
 */
const SLACK_MS = 5;

/**
 * Decides when a request may start: concurrency that finds the provider's strength, a bound on
 * requests per second, and pauses that the provider asks for.
 *
 * Concurrency starts low, grows by one with each good reply, and is halved under strain, from
 * where it grows by one per round; as TCP does it.
 */
export class Pace {
	private limit: number;
	private steady = Infinity;
	private lastCut = -Infinity;
	/** Cuts for rate since the last good reply. */
	private throttles = 0;
	private inFlight = 0;
	private pausedUntil = -Infinity;
	private nextStart = -Infinity;
	private readonly interval: number;
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
		this.interval = requestsPerSecond > 0 ? (1000 + SLACK_MS) / requestsPerSecond : 0;
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
		if (sign === 'good') {
			this.throttles = 0;
			this.limit = Math.min(
				this.ceiling,
				this.limit + (this.limit < this.steady ? 1 : 1 / this.limit),
			);
		} else if (sign !== 'neutral' && startedAt > this.lastCut) {
			this.limit = Math.max(1, this.limit / 2);
			this.steady = this.limit;
			this.lastCut = performance.now();
			if (sign === 'throttled') {
				this.pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.throttles++));
			}
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

	private admit(): void {
		while (this.waiting.length > 0 && this.inFlight < Math.floor(this.limit)) {
			const now = performance.now();
			const wait = Math.max(this.pausedUntil, this.nextStart) - now;
			if (wait > 0) {
				clearTimeout(this.timer);
				this.timer = setTimeout(() => {
					this.admit();
				}, Math.ceil(wait));
				return;
			}
			this.nextStart = Math.max(this.nextStart, now - SLACK_MS) + this.interval;
			this.inFlight++;
			this.waiting.shift()?.();
		}
	}
}
