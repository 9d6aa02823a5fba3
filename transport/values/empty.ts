/** What is empty is never sent, by any provider: nothing, null, and text that is blank. */
export function isEmpty(value: unknown): boolean {
	if (typeof value === 'string') return value.trim() === '';
	return value === undefined || value === null;
}
