import { setImmediate } from 'node:timers/promises';

/** So many at once take some milliseconds. */
const PER_TURN = 2_000;

/** Visits each in order, and gives way to everything else that n8n does in between. */
export async function inTurns<T>(
	all: readonly T[],
	visit: (one: T, index: number) => void,
): Promise<void> {
	for (const [index, one] of all.entries()) {
		if (index > 0 && index % PER_TURN === 0) await setImmediate();
		visit(one, index);
	}
}
