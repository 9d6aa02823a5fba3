import { onAbort } from '../signals/onAbort';
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

/** A run that shares a pace. What it bounds is bounded for all, for as long as it is joined. */
export interface Member {
	/** Requests in flight at most. */
	readonly maxConcurrency: number;
	/** Starts in any one second at most; 0 for no bound. */
	readonly requestsPerSecond: number;
	/** Most milliseconds that it waits because the provider asks to. */
	readonly maxPauseMs: number;
	/**
	 * Called when the provider asks for a longer pause, or has done so before the run joined.
	 *
	 * @param until when the pause ends, as `Date.now()` gives it
	 */
	readonly onLongPause: (until: number) => void;
}

/** Refused for rate, everybody holds back, twice as long with each refusal in a row. */
const FIRST_HOLD_BACK_MS = 50;
const MAX_HOLD_BACK_MS = 10_000;
/**
 * A server may ask to wait for any time, also by mistake, and what it asked is kept while the process
 * lives: after an hour it is asked again.
 */
const MAX_PAUSE_MS = 60 * 60_000;
/**
 * Starts may be late by this many ms (timers are coarse) and make up for it; the interval is
 * stretched so that no window of one second holds more than the bound.
 */
const SLACK_MS = 5;

/**
 * Decides when a request may start, for all runs that have joined: concurrency and rate that find
 * the provider's strength, a bound on requests per second, and pauses that the provider asks for.
 * What was found stays when they leave.
 *
 * A refusal for rate halves the concurrency, sets the rate, and makes everybody wait for one
 * request that is taken.
 */
export class Pace {
	private readonly members = new Set<Member>();
	private readonly concurrency = new Concurrency();
	private readonly rate = new FoundRate();
	private maxConcurrency = Infinity;
	private minInterval = 0;
	private inFlight = 0;
	/** Until when the provider asked to wait. */
	private pausedUntil = -Infinity;
	private heldBackUntil = -Infinity;
	private nextStart = 0;
	/** Refusals for rate since the last request that was taken; of runs that have all left no more than one. */
	private refusals = 0;
	private lastTaken = -Infinity;
	/** Those that wait to start, each with the room that its connections have. */
	private readonly waiting = new Map<() => void, () => number>();
	private timer: NodeJS.Timeout | undefined;

	/** A run begins. */
	join(member: Member): void {
		this.members.add(member);
		this.setBounds();
		this.tellOfPause(member);
	}

	/** It has ended; nothing of it is in flight or waits. */
	leave(member: Member): void {
		this.members.delete(member);
		// whoever comes next asks with one request first, but waits no longer for what others were refused
		if (this.members.size === 0) this.refusals = Math.min(this.refusals, 1);
		this.setBounds();
		this.admit();
	}

	/**
	 * Resolves with a turn when a request may start, first come, first served; with none when the
	 * signal aborts before.
	 *
	 * @param room how many requests the connections hold, as far as it is known when it is asked
	 */
	acquire(signal: AbortSignal, room: () => number = () => Infinity): Promise<Turn | undefined> {
		if (signal.aborted) return Promise.resolve(undefined);
		return new Promise((resolve) => {
			const start = () => {
				forget();
				resolve(this.begin());
			};
			const leave = () => {
				this.waiting.delete(start);
				if (this.waiting.size === 0) clearTimeout(this.timer);
				resolve(undefined);
			};
			const forget = onAbort(signal, leave);
			this.waiting.set(start, room);
			this.admit();
		});
	}

	/** The provider asks to start nothing for so many ms. */
	pause(ms: number): void {
		const until = performance.now() + Math.min(ms, MAX_PAUSE_MS);
		if (until <= this.pausedUntil) return;
		this.pausedUntil = until;
		for (const member of this.members) this.tellOfPause(member);
	}

	/** Milliseconds since a request was taken, whosever; `Infinity` where none was. */
	msSinceTaken(): number {
		return performance.now() - this.lastTaken;
	}

	private setBounds(): void {
		const members = [...this.members];
		const rates = members.map((member) => member.requestsPerSecond).filter((rate) => rate > 0);
		this.maxConcurrency = Math.min(...members.map(({ maxConcurrency }) => maxConcurrency));
		this.concurrency.ceiling = this.maxConcurrency;
		this.minInterval = (1000 + SLACK_MS) / Math.min(...rates);
	}

	private tellOfPause({ maxPauseMs, onLongPause }: Member): void {
		const ms = Math.round(this.pausedUntil - performance.now());
		if (ms > maxPauseMs) onLongPause(Date.now() + ms);
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
			this.lastTaken = now;
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
		const ms = Math.min(MAX_HOLD_BACK_MS, FIRST_HOLD_BACK_MS * 2 ** this.refusals);
		this.heldBackUntil = now + ms;
		this.refusals++;
	}

	/** Starts whoever may start, and comes back when the next one may. */
	private admit(): void {
		for (const [start, room] of this.waiting) {
			if (this.refusals > 0 && this.inFlight > 0) return;
			this.concurrency.ceiling = Math.min(this.maxConcurrency, room());
			if (this.inFlight >= this.concurrency.limit) {
				this.concurrency.feel();
				return;
			}
			const now = performance.now();
			const wait = Math.max(this.pausedUntil, this.heldBackUntil, this.nextStart) - now;
			if (wait > 0) {
				clearTimeout(this.timer);
				this.timer = setTimeout(() => {
					this.admit();
				}, Math.ceil(wait));
				return;
			}
			const onTime = Math.max(this.nextStart, now - SLACK_MS);
			this.rate.skip(onTime - this.nextStart, now);
			const interval = Math.max(this.minInterval, 1000 / this.rate.perSecond(now));
			this.nextStart = onTime + interval;
			this.waiting.delete(start);
			start();
		}
	}
}
