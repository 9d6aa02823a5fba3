/** How values are shown in sentences. */

/** Characters of one value or name in a sentence. */
const USUAL_CHARACTERS = 80;

/** A value as short text: text in quotes, everything else as JSON, at most so many characters. */
export function show(given: unknown, maxCharacters = USUAL_CHARACTERS): string {
	return excerpt(asJson(given), maxCharacters);
}

/** The beginning of a text, cut between characters. */
export function excerpt(text: string, maxCharacters = USUAL_CHARACTERS): string {
	if (text.length <= maxCharacters) return text;
	// the first half of a surrogate pair is no character
	const beginning = text.slice(0, maxCharacters).replace(/[\ud800-\udbff]$/, '');
	// copied, since V8 makes a slice of a text keep all of it in memory
	return Buffer.from(`${beginning}…`).toString();
}

/** What was thrown, in its own words. Anything at all can be thrown; this never throws. */
export function messageOf(thrown: unknown): string {
	try {
		// read once: it may be a getter
		const message: unknown = thrown instanceof Error ? thrown.message : thrown;
		return String(message);
	} catch {
		// an object without a prototype has no text, and a getter or toString may throw again
		return 'an error without a message';
	}
}

/** A text without such characters at its end; `[.]+$` would begin anew at each dot of a text. */
export function withoutTrailing(text: string, character: RegExp): string {
	let end = text.length;
	while (end > 0 && character.test(text.charAt(end - 1))) end--;
	return text.slice(0, end);
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
