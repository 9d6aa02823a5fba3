export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for what another task brings about, 30 s at most: a test that waits in vain should end. */
export async function until(condition: () => boolean): Promise<void> {
	const end = performance.now() + 30_000;
	while (!condition()) {
		if (performance.now() > end) throw new Error(`It never became true: ${String(condition)}`);
		await pause(5);
	}
}
