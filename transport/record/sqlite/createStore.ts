import type { Store } from '../store';
import type { Connection } from './calls';
import { Groups } from './groups';

/** The record in a file of SQLite. */
export function createSqliteStore(connection: Connection): Store {
	const groups = new Groups(connection);
	let runs = 0;
	return {
		begin(owner) {
			const run = ++runs;
			const { execution } = owner;
			return {
				claim: (events) => groups.add({ kind: 'claim', run, owner, events }),
				mark: (keys, state) => groups.add({ kind: 'mark', run, keys, state }),
				end: (ends) => groups.add({ kind: 'end', run, execution, ends }),
				finish: () => groups.add({ kind: 'finish', run }),
			};
		},
		left: (of, maxEvents) => groups.add({ kind: 'left', of, maxEvents }),
		forget: () => groups.add({ kind: 'forget' }),
		close: () => groups.close(),
	};
}
