import { setTimeout } from 'node:timers/promises';

import type { Store } from '../store/store';

/** What has been kept long enough is looked for this often. */
const INTERVAL_MS = 3_600_000;
/** Between two small steps, so that the runs come first. */
const PAUSE_MS = 20;

const lookedAt = new WeakMap<object, number>();

/**
 * Forgets what has been kept long enough, if that was not done of late. Runs need not wait for it,
 * and where it fails, the next call of a run says so.
 */
export async function forgetInPassing(store: Pick<Store, 'forget'>): Promise<void> {
	const now = Date.now();
	if (now - (lookedAt.get(store) ?? -Infinity) < INTERVAL_MS) return;
	lookedAt.set(store, now);
	try {
		// the process may end meanwhile
		while (await store.forget()) await setTimeout(PAUSE_MS, undefined, { ref: false });
	} catch {
		// nothing depends on it
	}
}
