import type { Batch } from '../model/event';
import { DrySpell } from './drySpell';

/** Fewer may have failed for what is in them: one broken event, tried again and again, is no outage. */
const MIN_BATCHES = 10;

/** Watches for how long a provider has answered different batches with server errors alone. */
export class ServerErrors {
	private readonly spell = new DrySpell();
	private readonly batches = new Set<Batch>();

	/** The provider has answered something else. */
	end(): void {
		this.spell.end();
		this.batches.clear();
	}

	/**
	 * A request of the batch was answered with a server error.
	 *
	 * @param startedAt `performance.now()` of its start
	 * @returns milliseconds of the spell so far; `undefined` while it may be due to the events
	 */
	goOn(batch: Batch, startedAt: number): number | undefined {
		const ms = this.spell.goOn(startedAt);
		if (this.batches.size < MIN_BATCHES) this.batches.add(batch);
		return this.batches.size < MIN_BATCHES ? undefined : ms;
	}
}
