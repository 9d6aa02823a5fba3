import type { Connection } from './calls';
import { thisMachine, type Machine } from './machine';
import type { Writer } from './writer';

/** Writes in this thread, which each commit holds up. */
export function connectInProcess(path: string, machine: Machine = thisMachine): Connection {
	let writer: Promise<Writer> | undefined;
	return {
		write: async (calls) => {
			// loads SQLite
			writer ??= import('./writer').then((loaded) => new loaded.Writer(path, machine));
			return (await writer).write(calls);
		},
		close: async () => {
			(await writer)?.close();
		},
	};
}
