import { setImmediate } from 'node:timers/promises';

import type { Call, Connection, Kind, Results } from './calls';

interface Waiting {
	readonly call: Call;
	readonly resolve: (result: Results[Kind]) => void;
	readonly reject: (error: unknown) => void;
}

/**
 * Gathers calls into groups: while one is being written, the next one fills. How an event ended and
 * the mark of the one that takes its place are in one group: no more are marked than are under way.
 */
export class Groups {
	private waiting: Waiting[] = [];
	private writing: Promise<void> | undefined;

	constructor(private readonly connection: Connection) {}

	/** @throws {RecordFailure} */
	async add<C extends Call>(call: C): Promise<Results[C['kind']]> {
		const result = await new Promise<Results[Kind]>((resolve, reject) => {
			this.waiting.push({ call, resolve, reject });
			this.writing ??= this.writeAll();
		});
		// a connection answers each call with its own kind of result
		return result as Results[C['kind']];
	}

	/** When nothing is left to write, closes the connection. */
	async close(): Promise<void> {
		await this.writing;
		await this.connection.close();
	}

	private async writeAll(): Promise<void> {
		// calls of the same turn go together
		await setImmediate();
		while (this.waiting.length > 0) {
			const group = this.waiting;
			this.waiting = [];
			try {
				const results = await this.connection.write(group.map(({ call }) => call));
				for (const [index, { resolve }] of group.entries()) resolve(results[index]);
			} catch (error) {
				for (const { reject } of group) reject(error);
			}
		}
		this.writing = undefined;
	}
}
