/** How often it is asked whether npm is still there, in ms. */
const ASKED_EVERY_MS = 250;

/**
 * Aborts when the demo is to end: on a signal, and when the shell is gone that npm started it with.
 * npm passes SIGTERM to that shell alone, which ends and passes nothing on.
 */
export function endingSignal(): AbortSignal {
	const ending = new AbortController();
	const end = () => {
		process.exitCode = 130;
		ending.abort();
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, end);
	if (process.env.npm_lifecycle_event !== undefined) {
		const shell = process.ppid;
		const watch = setInterval(() => {
			if (process.ppid === shell) return;
			clearInterval(watch);
			end();
		}, ASKED_EVERY_MS);
		// it keeps nothing up
		watch.unref();
	}
	return ending.signal;
}

/** Waits for the work, but no longer than until the demo is to end. */
export async function unlessEnding<T>(ending: AbortSignal, work: Promise<T>): Promise<T> {
	return await Promise.race([
		work,
		new Promise<never>((_, reject) => {
			ending.addEventListener('abort', () => {
				reject(new Error('The demo ends.'));
			});
		}),
	]);
}
