/**
 * Keeps the order of lanes where events of several operations are in them: each operation keeps the
 * order of its own events, and has a lane for as long as one of them is under way in it.
 */
export class LaneOrder {
	private readonly holders = new Map<string, { operation: string; underWay: number }>();
	/** Lanes with an event that waits for a later run. */
	private readonly closed = new Set<string>();

	/** Whether an event of the operation may be handed over, with all before it in these lanes. */
	mayGo(lanes: readonly string[], operation: string): boolean {
		return lanes.every((lane) => (this.holders.get(lane)?.operation ?? operation) === operation);
	}

	/** An event of the operation goes. */
	begin(lanes: readonly string[], operation: string): void {
		for (const lane of lanes) {
			const holder = this.holders.get(lane);
			if (holder) holder.underWay++;
			else this.holders.set(lane, { operation, underWay: 1 });
		}
	}

	/** An event has ended, or will not go in this run. */
	end(lanes: readonly string[]): void {
		for (const lane of lanes) {
			const holder = this.holders.get(lane);
			if (holder && --holder.underWay === 0) this.holders.delete(lane);
		}
	}

	/** An event of these lanes waits for a later run, and so does all that comes after it. */
	close(lanes: readonly string[]): void {
		for (const lane of lanes) this.closed.add(lane);
	}

	isClosed(lanes: readonly string[]): boolean {
		return lanes.some((lane) => this.closed.has(lane));
	}
}
