/** How values are shown in sentences. */

/** A value as short text: text in quotes, everything else as JSON, at most so many characters. */
export function show(given: unknown, mostCharacters = 80): string {
	return excerpt(asJson(given), mostCharacters);
}

/** The beginning of a text, cut between characters. */
export function excerpt(text: string, mostCharacters: number): string {
	if (text.length <= mostCharacters) return text;
	// the first half of a surrogate pair is no character
	return `${text.slice(0, mostCharacters).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** `1 event`, `2 events`. */
export function countOf(number: number, noun: string): string {
	return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function asJson(given: unknown): string {
	if (typeof given === 'number' || typeof given === 'bigint') return String(given);
	try {
		const json: unknown = JSON.stringify(given);
		return typeof json === 'string' ? json : typeof given;
	} catch {
		// circular, or a bigint inside: what it is has to do
		return typeof given;
	}
}
