/** Objects as people give them: as an object, or as the JSON text of one. */
export function asObject(given: unknown): Readonly<Record<string, unknown>> | undefined {
	if (isPlainObject(given)) return given;
	if (typeof given !== 'string') return undefined;
	try {
		const parsed: unknown = JSON.parse(given);
		return isPlainObject(parsed) ? parsed : undefined;
	} catch {
		return undefined;
	}
}

/** An object of names and values: no list, no date, nothing of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
	if (typeof value !== 'object' || value === null) return false;
	const prototype: unknown = Object.getPrototypeOf(value);
	// the expression engine's objects may come from another realm, with an Object of its own
	return prototype === null || Object.getPrototypeOf(prototype) === null;
}
