import type { Halt } from '../model/ending';
import type { Batch } from '../model/event';
import type { Refusal } from '../model/verdict';

/** Refusals in a row, of events that stand alone, with which the credential itself is refused. */
const MAX_REFUSALS = 3;

/** What is known of the credential for a part of the provider. */
interface Part {
	/** Whether an event was accepted with it. */
	isProven: boolean;
	/** Of events that stand alone, since the last acceptance. */
	refusals: number;
	/** Why nothing more is sent to it, once the credential is refused. */
	halt?: Halt;
}

/**
 * Tells a refused credential from a refused event: a lone 401 or 403 among accepted events is that
 * event's, since a firewall gives them too. Each part of the provider that the credential is checked
 * for by itself (an app, say) has its own count.
 */
export class Access {
	private readonly parts = new Map<string, Part>();

	/** @param partOf the part that a batch is for, where there are several */
	constructor(private readonly partOf: (batch: Batch) => string = () => '') {}

	/** Why the batch must not be sent, if so. */
	haltOf(batch: Batch): Halt | undefined {
		return this.parts.get(this.partOf(batch))?.halt;
	}

	accepted(batch: Batch): void {
		const part = this.of(batch);
		part.isProven = true;
		part.refusals = 0;
	}

	/**
	 * Takes note of a refused credential.
	 *
	 * @returns the halt of the batch's part, or none where the refusal is of an event in it
	 */
	refused(batch: Batch, verdict: Refusal): Halt | undefined {
		const part = this.of(batch);
		// a batch says nothing of how many of its events are refused: its halves will
		if (batch.events.length === 1) part.refusals++;
		if (verdict.isByStatusAlone && part.isProven && part.refusals < MAX_REFUSALS) return part.halt;
		const name = this.partOf(batch);
		part.halt ??= { kind: 'refusal', verdict, ...(name !== '' && { part: name }) };
		return part.halt;
	}

	private of(batch: Batch): Part {
		const name = this.partOf(batch);
		const part = this.parts.get(name) ?? { isProven: false, refusals: 0 };
		this.parts.set(name, part);
		return part;
	}
}
