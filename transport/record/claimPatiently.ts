import { setTimeout } from 'node:timers/promises';

import type { Claim, ClaimedEvent, StoreRun } from './store';

/** Looks for the end of another run's claim come this soon at first, then ever more seldom. */
const FIRST_LOOK_MS = 10;
const MAX_LOOK_MS = 250;

/**
 * Claims events, and waits for the end of those that a live run has.
 *
 * @param waitMs waits no longer than this: what then is still another's is `busy`
 * @param signal aborts the waiting
 */
export async function claimPatiently(
	run: Pick<StoreRun, 'claim'>,
	events: readonly ClaimedEvent[],
	waitMs: number,
	signal?: AbortSignal,
): Promise<Claim[]> {
	const claims = await run.claim(events);
	const end = performance.now() + waitMs;
	for (let pause = FIRST_LOOK_MS; ; pause = Math.min(MAX_LOOK_MS, pause * 2)) {
		const busy = [...claims.keys()].filter((index) => claims[index]?.kind === 'busy');
		const left = end - performance.now();
		if (busy.length === 0 || left <= 0) return claims;
		// an aborted wait is over
		await setTimeout(Math.min(pause, left), undefined, { signal }).catch(() => undefined);
		if (signal?.aborted) return claims;
		const again = await run.claim(busy.flatMap((index) => events[index] ?? []));
		for (const [place, claim] of again.entries()) claims[busy[place] ?? -1] = claim;
	}
}
