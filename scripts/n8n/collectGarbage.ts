/** Collects the garbage of an n8n, so that its memory at rest is what it needs, and not what V8 has left lying since its start. */
import { setTimeout as sleep } from 'node:timers/promises';

import { memoryOf } from './memory';

/** Of `NODE_OPTIONS`: n8n then collects its garbage whenever it gets this signal. */
const SIGNAL = 'SIGUSR2';
export const collectsOnSignal = `--import=data:text/javascript,${encodeURIComponent(`
	import { setFlagsFromString } from 'node:v8';
	import { runInNewContext } from 'node:vm';
	import { isMainThread } from 'node:worker_threads';
	if (isMainThread) process.on('${SIGNAL}', () => {
		setFlagsFromString('--expose-gc');
		runInNewContext('gc')();
		setFlagsFromString('--no-expose-gc');
	});
`)}`;

/** V8 gives pages back to the system some seconds after it has emptied them. */
const PAUSE_MS = 10_000;
/** Two looks that differ by less are of a process at rest. */
const SETTLED_MB = 4;
const MAX_LOOKS = 10;

/**
 * Collects garbage until that changes nothing any more.
 *
 * @param pid of an n8n that was started with `collectsOnSignal`
 * @returns the resident memory that is left, in megabytes; `undefined` where the system does not tell
 */
export async function settle(pid: number): Promise<number | undefined> {
	let before = memoryOf(pid)?.now;
	for (let look = 1; before !== undefined; look++) {
		process.kill(pid, SIGNAL);
		await sleep(PAUSE_MS);
		const now = memoryOf(pid)?.now;
		if (now === undefined || look >= MAX_LOOKS || Math.abs(before - now) < SETTLED_MB) return now;
		before = now;
	}
	return undefined;
}
