interface Awaited {
	readonly count: number;
	readonly done: () => void;
}

/** Counts events in the moment in which a sandbox reads them: its `onArrival`. */
export class Arrivals {
	private counted = 0;
	private awaited: Awaited[] = [];
	private instants: number[] = [];

	/** Events since the last reset. */
	get count(): number {
		return this.counted;
	}

	readonly add = (events: number): void => {
		this.counted += events;
		this.instants.push(performance.now());
		const reached = this.awaited.filter(({ count }) => count <= this.counted);
		this.awaited = this.awaited.filter(({ count }) => count > this.counted);
		for (const { done } of reached) done();
	};

	/** Resolves in the moment in which so many have arrived since the last reset. */
	async reach(count: number): Promise<void> {
		if (count <= this.counted) return;
		await new Promise<void>((done) => this.awaited.push({ count, done }));
	}

	/** The most requests that arrived within any such time. */
	mostWithin(ms: number): number {
		let first = 0;
		let most = 0;
		for (const [last, instant] of this.instants.entries()) {
			while (instant - (this.instants[first] ?? instant) >= ms) first++;
			most = Math.max(most, last - first + 1);
		}
		return most;
	}

	/** Whoever waits goes on waiting. */
	reset(): void {
		this.counted = 0;
		this.instants = [];
	}
}
