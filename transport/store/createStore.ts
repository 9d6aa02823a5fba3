import type { Connection, End } from './calls';
import { Groups } from './groups';
import type { Claim, EventEnd, Owner, Store, StoreRun } from './store';

/** The record behind a connection. */
export function createStore(connection: Connection): Store {
	const groups = new Groups(connection);
	let runs = 0;
	return {
		begin: (owner) => {
			connection.load();
			return beginRun(groups, ++runs, owner);
		},
		countQueued: (of) => groups.add({ kind: 'countQueued', of }),
		summarize: (of) => groups.add({ kind: 'summarize', of }),
		forget: () => groups.add({ kind: 'forget' }),
		close: () => groups.close(),
	};
}

function beginRun(groups: Groups, run: number, owner: Owner): StoreRun {
	const { execution } = owner;
	/** What the run may have, with its end where that is not written yet. */
	const open = new Map<string, End['outcome'] | undefined>();
	/** What of it comes from the queue, with its lanes. */
	const taken = new Map<string, readonly string[]>();
	/** How far it has gone through the queue, and what it has passed over. */
	let place = -1;
	const passed = new Set<string>();

	const toEnd = ({ key, outcome }: EventEnd): End =>
		outcome === 'none' && !taken.has(key) ? { key, outcome: 'unclaimed' } : { key, outcome };

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
		queue: (events) => groups.add({ kind: 'queue', run, owner, events }),
		async take(asked) {
			for (;;) {
				const lanes = [...passed];
				const found = await groups.add({ kind: 'take', run, owner, place, lanes, ...asked });
				place = found.place;
				for (const lane of found.lanes) passed.add(lane);
				for (const { kind, key, lanes: own = [] } of found.events) {
					if (kind === 'unknown') continue;
					open.set(key, undefined);
					taken.set(key, own);
				}
				if (found.events.length > 0 || found.isEnd) return found.events;
			}
		},
		mark: (keys, state) => groups.add({ kind: 'mark', run, keys, state }),
		async end(given) {
			const ends = given.map(toEnd);
			for (const { key, outcome } of ends) {
				open.set(key, outcome);
				if (outcome !== 'queued' && outcome !== 'doubtful') continue;
				for (const lane of taken.get(key) ?? []) passed.add(lane);
			}
			await groups.add({ kind: 'end', run, execution, ends });
			for (const { key } of ends) {
				open.delete(key);
				taken.delete(key);
			}
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
