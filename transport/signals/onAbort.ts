const listenersOf = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls the listener when the signal, which has not, aborts. For signals that thousands of requests listen to: one
 * real listener serves all of them, since adding and removing those takes longer the more there are.
 *
 * @returns removes the listener
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
	const listeners = listenersOf.get(signal) ?? listenTo(signal);
	listeners.add(listener);
	return () => {
		listeners.delete(listener);
	};
}

function listenTo(signal: AbortSignal): Set<() => void> {
	const listeners = new Set<() => void>();
	listenersOf.set(signal, listeners);
	signal.addEventListener('abort', () => {
		for (const listener of listeners) listener();
	});
	return listeners;
}
