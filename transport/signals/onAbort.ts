/** A listener and its place in the list. */
interface Entry {
	readonly listener: () => void;
	at: number;
}

/**
 * Lists, not sets: when a set of V8 makes room for more, the old table of its entries still points at the new one. Once
 * old, it keeps all that ever comes into the set until V8 collects everything.
 */
const listenersOf = new WeakMap<AbortSignal, Entry[]>();

/**
 * Calls the listener when the signal, which has not, aborts. For signals that thousands of requests listen to: one
 * real listener serves all of them, since adding and removing those takes longer the more there are.
 *
 * @returns removes the listener
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
	const entries = listenersOf.get(signal) ?? listenTo(signal);
	const entry: Entry = { listener, at: entries.length };
	entries.push(entry);
	return () => {
		if (entries[entry.at] !== entry) return;
		const last = entries.pop();
		if (last === undefined || last === entry) return;
		entries[entry.at] = last;
		last.at = entry.at;
	};
}

function listenTo(signal: AbortSignal): Entry[] {
	const entries: Entry[] = [];
	listenersOf.set(signal, entries);
	signal.addEventListener('abort', () => {
		// one may remove others
		for (const entry of [...entries]) if (entries[entry.at] === entry) entry.listener();
	});
	return entries;
}
