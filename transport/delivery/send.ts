import type { Defect, Ending, Halt } from '../model/ending';
import type { Batch } from '../model/event';
import type { Member } from '../pace/pace';
import { messageOf } from '../text/show';
import { Access } from './access';
import { Backlog } from './backlog';
import { Brake } from './brake';
import type { Delivery } from './delivery';
import { DrySpell } from './drySpell';
import { deliverHalves } from './halving';
import { Lanes } from './lanes';
import { ServerErrors } from './serverErrors';
import { untilCertain, type Past, type Run } from './tries';

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
 * @throws what the plan throws, after everything taken from it before was settled
 */
export async function send(
	batches: AsyncIterable<Batch>,
	delivery: Delivery,
): Promise<Halt | undefined> {
	const { settings, cancelSignal, hasLanes, patience, pace, room = () => Infinity } = delivery;
	const { maxConcurrency, requestsPerSecond } = settings;
	const brake = new Brake();
	const run: Run = {
		delivery,
		brake,
		access: new Access(delivery.partOf),
		silence: new DrySpell(),
		throttling: new DrySpell(),
		serverErrors: new ServerErrors(),
	};
	const lanes = new Lanes();
	// what waits longer than it has to is in memory longer than it has to
	const backlog = new Backlog(() =>
		hasLanes ? BACKLOG_WITH_LANES : BACKLOG_PER_REQUEST * Math.min(maxConcurrency, room()),
	);
	const member: Member = {
		maxConcurrency,
		requestsPerSecond,
		maxPauseMs: patience.maxPauseMs,
		onLongPause: (until) => {
			brake.pull({ kind: 'paused', until });
		},
	};
	let cutOff: NodeJS.Timeout | undefined;
	const stop = () => {
		brake.pull({ kind: 'stopped' });
		cutOff = setTimeout(() => {
			brake.cut();
		}, patience.stopGraceMs);
	};
	if (cancelSignal?.aborted) stop();
	cancelSignal?.addEventListener('abort', stop);
	pace.join(member);
	try {
		for await (const batch of batches) {
			backlog.add(
				lanes.inOrder(batch.lanes, async () => {
					const { mayBeAccepted = false } = batch;
					await deliver(batch, { attempts: 0, mayBeAccepted }, run, lanes);
				}),
			);
			await backlog.hasRoom();
			if (brake.halt !== undefined) break;
		}
	} finally {
		// also where the plan threw: what is under way is accounted for
		await backlog.isEmpty();
		pace.leave(member);
		cancelSignal?.removeEventListener('abort', stop);
		clearTimeout(cutOff);
	}
	return brake.halt;
}

/**
 * Delivers a batch, in halves where an event of it is broken, and settles each of its parts. Never
 * fails.
 *
 * @returns whether all of the batch was accepted
 */
async function deliver(batch: Batch, past: Past, run: Run, lanes: Lanes): Promise<boolean> {
	const ending = await untilCertain(batch, past, run).catch(toDefect);
	if (ending.kind === 'holdsBroken') {
		await deliverHalves(batch, (part) => deliver(part, ending, run, lanes));
		return false;
	}
	settle(batch, lanes.inView(batch.lanes, ending), run);
	return ending.kind === 'accepted';
}

function settle(batch: Batch, ending: Ending, { delivery }: Run): void {
	try {
		delivery.settle(batch, ending);
	} catch (error) {
		delivery.settle(batch, toDefect(error));
	}
}

function toDefect(error: unknown): Defect {
	return { kind: 'defect', outcome: 'unknown', error: messageOf(error) };
}
