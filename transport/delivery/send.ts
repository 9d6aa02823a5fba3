import type { Halt } from '../model/ending';
import type { Batch } from '../model/event';
import { Pace } from '../pace/pace';
import { messageOf } from '../text/show';
import { Brake } from './brake';
import type { Delivery } from './delivery';
import { deliverHalves } from './halving';
import { Lanes } from './lanes';
import { Silence } from './silence';
import { untilCertain, type Run } from './tries';
import { Backlog } from './backlog';

/**
 * Most batches that wait for their lane, their turn, their answer or their next try: with lanes,
 * enough to find many of them in a table that is sorted by lane; without, to keep all connections
 * busy beside those that wait.
 */
const BACKLOG_WITH_LANES = 1_000;
const BACKLOG_PER_REQUEST = 2;

/**
 * Sends batches as fast as the provider takes them, each until its fate is certain or its tries
 * are used up.
 *
 * @returns why the events that were not taken from the plan were not, when sending ended early
 */
export async function send(
	batches: AsyncIterable<Batch>,
	delivery: Delivery,
): Promise<Halt | undefined> {
	const { settings, cancelSignal, hasLanes } = delivery;
	const { maxConcurrency, requestsPerSecond } = settings;
	const brake = new Brake();
	const pace = new Pace(maxConcurrency, requestsPerSecond);
	const run: Run = { delivery, pace, brake, silence: new Silence() };
	const lanes = new Lanes();
	const backlog = new Backlog(hasLanes ? BACKLOG_WITH_LANES : BACKLOG_PER_REQUEST * maxConcurrency);
	const stop = () => {
		brake.pull({ kind: 'stopped' });
	};
	if (cancelSignal?.aborted) stop();
	cancelSignal?.addEventListener('abort', stop);
	try {
		for await (const batch of batches) {
			backlog.add(
				lanes.inOrder(batch.lanes, async () => {
					await deliver(batch, 0, run, lanes);
				}),
			);
			await backlog.hasRoom();
			if (brake.halt !== undefined) break;
		}
		await backlog.isEmpty();
	} finally {
		cancelSignal?.removeEventListener('abort', stop);
	}
	return brake.halt;
}

/**
 * Delivers a batch, in halves where an event of it is broken, and settles each of its parts.
 *
 * @param earlier requests that the batch's events were part of before
 * @returns whether all of the batch was accepted
 */
async function deliver(batch: Batch, earlier: number, run: Run, lanes: Lanes): Promise<boolean> {
	const ending = await untilCertain(batch, earlier, run).catch((error: unknown) => ({
		kind: 'defect' as const,
		outcome: 'unknown' as const,
		error: messageOf(error),
	}));
	if (ending.kind === 'holdsBroken') {
		await deliverHalves(batch, (part) => deliver(part, ending.attempts, run, lanes));
		return false;
	}
	run.delivery.settle(batch, lanes.inView(batch.lanes, ending));
	return ending.kind === 'accepted';
}
