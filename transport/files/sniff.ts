/** What a file is, by its beginning. */

export type Format = 'csv' | 'ndjson';

/**
 * Delimiters that are found; tables with others need the option. The first counts where two may be
 * it: a comma may stand in every amount.
 */
const delimiters = ['\t', ';', '|', ','] as const;

/** Lines that are looked at. */
const MAX_LINES = 20;

/** NDJSON begins with an object; a JSON text that is a list is neither. */
export function formatOf(head: string): Format | 'jsonList' {
	const text = head.trimStart();
	if (/^\{\s*["}]/.test(text)) return 'ndjson';
	return /^\[\s*[[{\]]/.test(text) ? 'jsonList' : 'csv';
}

/** The delimiter that all lines have as often as the header, or else the header has most. */
export function delimiterOf(head: string): string {
	const lines = linesOf(head);
	const [best] = delimiters
		.map((delimiter) => {
			const counts = lines.map((line) => line.split(delimiter).length - 1);
			const [inHeader = 0] = counts;
			const isEven = inHeader > 0 && counts.every((count) => count === inHeader);
			return { delimiter, isEven, inHeader };
		})
		.sort((a, b) => Number(b.isEven) - Number(a.isEven) || b.inHeader - a.inHeader);
	return best?.inHeader ? best.delimiter : ',';
}

/** The first lines, without what is in quotes; the last one only if nothing comes after it. */
function linesOf(head: string): string[] {
	const bare = head.replace(/"(?:[^"]|"")*(?:"|$)/g, '');
	const lines = bare.split(/\r\n|\n|\r/);
	const whole = lines.length > 1 ? lines.slice(0, -1) : lines;
	return whole.filter((line) => line !== '').slice(0, MAX_LINES);
}
