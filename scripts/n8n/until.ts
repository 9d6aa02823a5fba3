const INTERVAL_MS = 50;

/** Asks again until the answer is not undefined. */
export async function until<T>(
	what: string,
	timeoutMs: number,
	ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const answer = await ask();
		if (answer !== undefined) return answer;
		if (Date.now() > deadline)
			throw new Error(`Waited ${String(timeoutMs / 1000)} s in vain for ${what}`);
		await new Promise((done) => setTimeout(done, INTERVAL_MS));
	}
}
