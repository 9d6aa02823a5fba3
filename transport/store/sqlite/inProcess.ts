import type { Connection } from '../calls';
import { thisMachine, type Machine } from './machine';
import type { Writer } from './writer';

/** Writes in this thread, which each commit holds up. */
export function connectInProcess(path: string, machine: Machine = thisMachine): Connection {
	let writer: Promise<Writer> | undefined;
	// loads SQLite
	const load = () =>
		(writer ??= import('./writer').then((loaded) => new loaded.Writer(path, machine)));
	return {
		load: () => {
			// its error is the next call's
			load().catch(() => undefined);
		},
		write: async (calls) => (await load()).write(calls),
		close: async () => {
			(await writer)?.close();
		},
	};
}
