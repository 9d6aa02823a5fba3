/**
 * Looks at the beginning of what comes in chunks, without taking it away.
 *
 * @param join makes one chunk of two
 * @returns at least so much of it, or all that there is; and the whole, with the error that ends it
 */
export async function withHead<T extends { readonly length: number }>(
	chunks: AsyncGenerator<T, void>,
	length: number,
	join: (a: T, b: T) => T,
): Promise<{ head: T | undefined; all: AsyncGenerator<T, void> }> {
	let head: T | undefined;
	let failure: { error: unknown } | undefined;
	while (failure === undefined && (head === undefined || head.length < length)) {
		try {
			const next = await chunks.next();
			if (next.done) break;
			head = head === undefined ? next.value : join(head, next.value);
		} catch (error) {
			failure = { error };
		}
	}
	return { head, all: again(head, failure, chunks) };
}

async function* again<T>(
	head: T | undefined,
	failure: { error: unknown } | undefined,
	rest: AsyncGenerator<T, void>,
): AsyncGenerator<T, void> {
	try {
		if (head !== undefined) yield head;
		if (failure) throw failure.error;
		yield* rest;
	} finally {
		// also where nothing of the rest was asked for
		await rest.return();
	}
}
