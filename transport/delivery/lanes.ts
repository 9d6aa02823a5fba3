import type { Ending } from '../model/ending';

/** Keeps the order of batches that share a lane. */
export class Lanes {
	/** The end of the last work of each lane that has any. */
	private readonly tails = new Map<string, Promise<void>>();
	/** Lanes whose last batch may or may not have been accepted. */
	private readonly uncertain = new Set<string>();

	/** Runs the work after all earlier work of these lanes. */
	inOrder(lanes: readonly string[], work: () => Promise<void>): Promise<void> {
		if (lanes.length === 0) return work();
		const tail = Promise.all(lanes.map(async (lane) => await this.tails.get(lane)))
			.then(work)
			.then(() => {
				for (const lane of lanes) {
					if (this.tails.get(lane) === tail) this.tails.delete(lane);
				}
			});
		for (const lane of lanes) this.tails.set(lane, tail);
		return tail;
	}

	/** The ending of a batch, which says where the order it was sent in has become uncertain. */
	inView(lanes: readonly string[], ending: Ending): Ending {
		if (lanes.length === 0 || ending.kind === 'notSent') return ending;
		const followsUnknown = lanes.some((lane) => this.uncertain.has(lane));
		for (const lane of lanes) {
			if (ending.outcome === 'unknown') this.uncertain.add(lane);
			else this.uncertain.delete(lane);
		}
		return followsUnknown && ending.kind !== 'defect' ? { ...ending, followsUnknown } : ending;
	}
}
