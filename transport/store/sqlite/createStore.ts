import type { Claim, EventEnd, Owner, Store, StoreRun } from '../store';
import type { Connection } from './calls';
import { Groups } from './groups';

/** The record in a file of SQLite. */
export function createSqliteStore(connection: Connection): Store {
	const groups = new Groups(connection);
	let runs = 0;
	return {
		begin: (owner) => {
			connection.load();
			return beginRun(groups, ++runs, owner);
		},
		left: (of, maxEvents) => groups.add({ kind: 'left', of, maxEvents }),
		forget: () => groups.add({ kind: 'forget' }),
		close: () => groups.close(),
	};
}

function beginRun(groups: Groups, run: number, owner: Owner): StoreRun {
	const { execution } = owner;
	/** What the run may have, with its end where that is not written yet. */
	const open = new Map<string, EventEnd['outcome'] | undefined>();
	return {
		async claim(events) {
			const asked = events.map(({ key }) => {
				if (open.has(key)) return undefined;
				open.set(key, undefined);
				return key;
			});
			let claims: readonly Claim[] = [];
			try {
				return (claims = await groups.add({ kind: 'claim', run, owner, events }));
			} finally {
				for (const [index, key] of asked.entries()) {
					if (key !== undefined && claims[index]?.kind !== 'claimed') open.delete(key);
				}
			}
		},
		mark: (keys, state) => groups.add({ kind: 'mark', run, keys, state }),
		async end(ends) {
			for (const { key, outcome } of ends) open.set(key, outcome);
			await groups.add({ kind: 'end', run, execution, ends });
			for (const { key } of ends) open.delete(key);
		},
		finish() {
			const ends = [...open].flatMap(([key, outcome]) => (outcome ? [{ key, outcome }] : []));
			const keys = [...open.keys()].filter((key) => open.get(key) === undefined);
			const finished = groups.add({ kind: 'finish', run, execution, ends, keys });
			// a run that has nothing loses nothing
			return open.size === 0 ? finished.catch(() => undefined) : finished;
		},
	};
}
