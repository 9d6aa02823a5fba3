import { randomBytes } from 'node:crypto';

import type { PlannedEvent } from '../model/event';
import { RunRefused } from '../model/outcome';
import type { Queueing } from '../store/store';
import { messageOf } from '../text/show';
import { toClaimedEvent } from './content';
import { forgetInPassing } from './forgetInPassing';
import type { Recording } from './recordedRun';

/** So many are stored at once. */
const CHUNK = 500;

/** What storing events has to know of the run. */
export interface QueueingRun extends Pick<
	Recording,
	'store' | 'owner' | 'identify' | 'operation' | 'onUnidentified'
> {
	/** Told of each event when it is durable, or why it is not stored. */
	readonly onQueued: (planned: PlannedEvent, queueing: Queueing) => void;
}

/**
 * Stores events for a later run to send. One that nothing tells from others is stored as well: it is
 * an event of its own.
 *
 * @throws {RunRefused} where the record cannot be used; what was told of is stored all the same
 */
export async function queueAll(
	events: AsyncGenerator<PlannedEvent, void>,
	{ store, owner, identify, operation, onUnidentified, onQueued }: QueueingRun,
): Promise<void> {
	const run = store.begin(owner);
	const keep = async (chunk: readonly PlannedEvent[]) => {
		const asked = chunk.flatMap((planned) => toClaimedEvent(planned, operation) ?? []);
		const queued = await run.queue(asked).catch((error: unknown) => {
			throw new RunRefused('failed', `Not queued: ${messageOf(error)}`);
		});
		for (const [index, planned] of chunk.entries()) {
			const queueing = queued[index];
			if (queueing) onQueued(planned, queueing);
		}
	};
	let chunk: PlannedEvent[] = [];
	try {
		for await (const planned of events) {
			let key = identify(planned.event, planned.itemIndex, planned.eventId);
			if (key === undefined) onUnidentified();
			key ??= randomBytes(16).toString('hex');
			chunk.push({ ...planned, key });
			if (chunk.length < CHUNK) continue;
			await keep(chunk);
			chunk = [];
		}
		if (chunk.length > 0) await keep(chunk);
	} finally {
		// it has nothing that could be lost
		await run.finish().catch(() => undefined);
	}
	void forgetInPassing(store);
}
