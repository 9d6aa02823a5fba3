import { setTimeout } from 'node:timers/promises';

import type { Ending } from '../model/ending';
import type { Batch, PlannedEvent } from '../model/event';
import { RunRefused } from '../model/outcome';
import type { Operation } from '../model/provider';
import type { Claim, Owner, Store, StoreRun } from '../store/store';
import { messageOf } from '../text/show';
import { toClaimedEvent } from './content';
import { forgetInPassing } from './forgetInPassing';
import type { Identify } from './identity';
import { keysOf, Marks } from './marks';

/** What sends now can do without a record. */
const TURN_OFF = 'Or set Delivery Record to Off: then nothing guards against sending twice.';

/** So many events are claimed at once at first, so that the first requests leave soon. */
const FIRST_CHUNK = 16;
/** And at most, ahead of those that are being sent; marks of others wait while they are written. */
const MAX_CHUNK = 128;
/** Where many events go in one request: enough for so many requests. */
const MAX_CHUNK_IN_BATCHES = 25;

/** Where all events are stored before the first is sent, so many are claimed at once. */
const STORED_CHUNK = 500;

/** Of what a live run has, so many are asked for at once, the first ones: they end first. */
const MAX_ASKED = 500;
/** Looks for the end of another run's claim come this soon at first, then ever more seldom. */
const FIRST_LOOK_MS = 10;
const MAX_LOOK_MS = 250;

type Events = AsyncGenerator<PlannedEvent, void>;
type Round = AsyncIterable<PlannedEvent> | Iterable<PlannedEvent>;

/** Why an event does not go out. */
export type Held = Exclude<Claim, { kind: 'claimed' }>;

/** What one run of a node has the record do. */
export interface Recording {
	readonly store: Store;
	readonly owner: Owner;
	readonly identify: Identify;
	/** What the record keeps of an event beside its content. */
	readonly operation: Pick<Operation, 'money' | 'lane'>;
	/** Told of each event that is not this run's to send. */
	readonly onHeld: (planned: PlannedEvent, held: Held) => void;
	/** Told of each event that the record cannot know again. */
	readonly onUnidentified: () => void;
	/** Most events in one request. */
	readonly batchSize: number;
	/** Milliseconds to wait for the ends of what live runs have, from the last that came. */
	readonly waitMs: number;
	/** Aborts when the execution is stopped. */
	readonly cancelSignal?: AbortSignal;
}

/** The way of one run's events through the record. */
export class RecordedRun {
	private readonly run: StoreRun;
	private readonly marks: Marks;
	private busy: PlannedEvent[] = [];

	constructor(private readonly recording: Recording) {
		this.run = recording.store.begin(recording.owner);
		this.marks = new Marks(this.run, TURN_OFF);
	}

	/**
	 * The events that are this run's to send, in rounds, claimed a chunk ahead of those that are being
	 * sent: what is held does not grow with the events. What a live run has, which may be this one, is
	 * asked for again when all others are on their way: its end may depend on them.
	 *
	 * @throws {RunRefused} where the record cannot be used
	 */
	async *rounds(events: Events): AsyncGenerator<Round, void> {
		yield this.admit(events);
		yield* this.busyRounds();
	}

	/**
	 * The same, but the first round begins when all events are stored: what a run that dies had not
	 * begun, another can then send.
	 *
	 * @throws {RunRefused} where the record cannot be used
	 */
	async *storedRounds(events: Events): AsyncGenerator<Round, void> {
		yield await this.store(events);
		yield* this.busyRounds();
	}

	private async *busyRounds(): AsyncGenerator<Round, void> {
		const { waitMs, onHeld, cancelSignal: signal } = this.recording;
		let changedAt = performance.now();
		for (
			let pause = FIRST_LOOK_MS;
			this.busy.length > 0;
			pause = Math.min(MAX_LOOK_MS, pause * 2)
		) {
			const isLast = performance.now() - changedAt > waitMs;
			const asked = isLast ? this.busy : this.busy.slice(0, MAX_ASKED);
			const later = this.busy.slice(asked.length);
			this.busy = [];
			const claims = await this.claim(asked);
			const own = this.sort(asked, claims);
			if (own.length > 0) yield own;
			if (this.busy.length < asked.length) {
				changedAt = performance.now();
				pause = FIRST_LOOK_MS;
			} else if (isLast) {
				for (const [index, planned] of asked.entries()) {
					const held = claims[index];
					if (held !== undefined && held.kind !== 'claimed') onHeld(planned, held);
				}
				return;
			}
			if (signal?.aborted) return;
			this.busy = [...this.busy, ...later];
			// an aborted wait is over
			await setTimeout(pause, undefined, { signal }).catch(() => undefined);
		}
	}

	/** Durable, before a request leaves. */
	begin(batch: Batch) {
		return this.marks.begin(batch);
	}

	holdBack(batch: Batch): void {
		this.marks.holdBack(batch);
	}

	/** How the events of a batch ended. What cannot be written now, `finish` writes. */
	end({ events }: Batch, { outcome }: Pick<Ending, 'outcome'>): void {
		this.marks.end(
			keysOf(events),
			outcome === 'delivered' || outcome === 'unknown' ? outcome : 'none',
		);
	}

	/**
	 * Ends the run when nothing is under way any more.
	 *
	 * @throws {RecordFailure} where its ends could not be written
	 */
	async finish(): Promise<void> {
		await this.run.finish();
		void forgetInPassing(this.recording.store);
	}

	/** Claims events ahead of those that are being sent. */
	private async *admit(events: Events): AsyncGenerator<PlannedEvent> {
		const maxChunk = Math.max(MAX_CHUNK, MAX_CHUNK_IN_BATCHES * this.recording.batchSize);
		let next = this.claimNext(events, FIRST_CHUNK);
		try {
			for (let size = FIRST_CHUNK; ; size = Math.min(maxChunk, size * 2)) {
				const own = await next;
				if (own === undefined) return;
				next = this.claimNext(events, size);
				// its error is thrown when its turn comes
				next.catch(() => undefined);
				yield* own;
			}
		} finally {
			// nothing is claimed any more when the run is finished
			await next.catch(() => undefined);
			await events.return(undefined);
		}
	}

	/** Claims all events, and gives those that are this run's to send. */
	private async store(events: Events): Promise<PlannedEvent[]> {
		const own: PlannedEvent[] = [];
		let claiming = Promise.resolve<PlannedEvent[]>([]);
		try {
			for (;;) {
				// while the chunk before it is being written
				const chunk = await this.read(events, STORED_CHUNK);
				own.push(...(await claiming));
				if (chunk.length === 0) return own;
				claiming = this.claim(chunk).then((claims) => this.sort(chunk, claims));
				// its error is thrown when its turn comes
				claiming.catch(() => undefined);
			}
		} finally {
			await claiming.catch(() => undefined);
		}
	}

	/** The next events that are this run's to send, maybe none; `undefined` after the last. */
	private async claimNext(events: Events, size: number): Promise<PlannedEvent[] | undefined> {
		const chunk = await this.read(events, size);
		if (chunk.length === 0) return undefined;
		return this.sort(chunk, await this.claim(chunk));
	}

	/** The next events with their identities; none after the last. */
	private async read(events: Events, size: number): Promise<PlannedEvent[]> {
		const { identify, onUnidentified } = this.recording;
		const chunk: PlannedEvent[] = [];
		while (chunk.length < size) {
			const next = await events.next();
			if (next.done) break;
			const planned = next.value;
			const key = identify(planned.event, planned.itemIndex, planned.eventId);
			if (key === undefined) onUnidentified();
			chunk.push({ ...planned, key });
		}
		return chunk;
	}

	/** The claim of each event, none for those without an identity. */
	private async claim(events: readonly PlannedEvent[]): Promise<(Claim | undefined)[]> {
		const { operation } = this.recording;
		const asked = events.flatMap((planned) => toClaimedEvent(planned, operation) ?? []);
		if (asked.length === 0) return [];
		const claims = await this.run.claim(asked).catch((error: unknown) => {
			throw new RunRefused('failed', `Not sent: ${messageOf(error)} ${TURN_OFF}`);
		});
		let place = 0;
		return events.map(({ key }) => (key === undefined ? undefined : claims[place++]));
	}

	/** Those that are to be sent; the others are told of, or kept for a later round. */
	private sort(
		events: readonly PlannedEvent[],
		claims: readonly (Claim | undefined)[],
	): PlannedEvent[] {
		const own: PlannedEvent[] = [];
		for (const [index, planned] of events.entries()) {
			const claim = claims[index];
			if (claim === undefined) own.push(planned);
			else if (claim.kind === 'claimed') {
				own.push(claim.doubt ? { ...planned, mayBeAccepted: true } : planned);
			} else if (claim.kind === 'busy') this.busy.push(planned);
			else this.recording.onHeld(planned, claim);
		}
		return own;
	}
}
