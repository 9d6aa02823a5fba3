import { setMaxListeners } from 'node:events';

import type { Halt } from '../model/ending';

/** Ends a run early: whatever waits is let go, and sends nothing. */
export class Brake {
	/** Why the run ended early, if it did. */
	halt: Halt | undefined;

	private readonly controller = new AbortController();
	/** Aborts when the run is to end. */
	readonly signal = this.controller.signal;

	private readonly cutter = new AbortController();
	/** Aborts when what is in flight is to end as well. */
	readonly cutOff = this.cutter.signal;

	constructor() {
		setMaxListeners(0, this.signal, this.cutOff);
	}

	/** The first reason counts. */
	pull(halt: Halt): void {
		this.halt ??= halt;
		this.controller.abort();
	}

	/** Ends what is in flight. */
	cut(): void {
		this.cutter.abort();
	}

	/** Waits so many ms, or until the run is to end. */
	rest(ms: number): Promise<void> {
		if (this.signal.aborted) return Promise.resolve();
		return new Promise((resolve) => {
			const end = () => {
				clearTimeout(timer);
				this.signal.removeEventListener('abort', end);
				resolve();
			};
			const timer = setTimeout(end, ms);
			this.signal.addEventListener('abort', end);
		});
	}
}
