import type { Halt } from '../model/ending';
import type { Batch, PlannedEvent } from '../model/event';
import type { EventEnd, StoreRun } from '../store/store';
import { messageOf } from '../text/show';

/** What the record is told of the requests of a run, before they leave and when they have ended. */
export class Marks {
	/** Why nothing more may leave, if so. */
	failure: Halt | undefined;

	/** @param without how to go on where the record cannot be used, if there is a way */
	constructor(
		private readonly run: Pick<StoreRun, 'mark' | 'end'>,
		private readonly without?: string,
	) {}

	/** Durable, before a request leaves: from here on its events may have arrived. */
	async begin({ events }: Batch): Promise<Halt | undefined> {
		const keys = keysOf(events);
		if (keys.length === 0 || this.failure !== undefined) return this.failure;
		try {
			const areOwn = await this.run.mark(keys, 'sending');
			return areOwn.every(Boolean) ? undefined : { kind: 'lost' };
		} catch (error) {
			return this.fail(error);
		}
	}

	/** The events certainly have not arrived, and wait for their next try. */
	holdBack({ events }: Batch): void {
		const keys = keysOf(events);
		if (keys.length > 0)
			void this.run.mark(keys, 'waiting').catch((error: unknown) => this.fail(error));
	}

	/** How events ended. What cannot be written now is written when the run of the store finishes. */
	end(keys: readonly string[], outcome: EventEnd['outcome']): void {
		const ends = keys.map((key) => ({ key, outcome }));
		if (ends.length > 0) void this.run.end(ends).catch((error: unknown) => this.fail(error));
	}

	private fail(error: unknown): Halt {
		const reason = [messageOf(error), this.without].filter(Boolean).join(' ');
		return (this.failure ??= { kind: 'record', reason });
	}
}

/** The identities of those that have one. */
export function keysOf(events: readonly PlannedEvent[]): string[] {
	return events.flatMap(({ key }) => key ?? []);
}
