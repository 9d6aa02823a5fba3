import type { PlannedEvent } from '../model/event';

/** Rounds of events that are handed over while those before them are being sent. */
export class Rounds implements AsyncIterable<readonly PlannedEvent[]> {
	private readonly waiting: (readonly PlannedEvent[])[] = [];
	private isClosed = false;
	private wake: () => void = () => undefined;

	add(events: readonly PlannedEvent[]): void {
		this.waiting.push(events);
		this.wake();
	}

	/** No more will come. */
	close(): void {
		this.isClosed = true;
		this.wake();
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<readonly PlannedEvent[], void> {
		for (;;) {
			const round = this.waiting.shift();
			if (round !== undefined) yield round;
			else if (this.isClosed) return;
			else {
				await new Promise<void>((resolve) => {
					this.wake = resolve;
				});
			}
		}
	}
}
