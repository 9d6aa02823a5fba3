/**
 * The HTML that n8n's output panel shows of an error's description. It keeps line breaks, lists,
 * bold and code; Markdown, line ends, tables and styles are lost.
 */

/** A text that stands in HTML as it is. A backtick would make code of what follows. */
export function escapeHtml(text: string): string {
	return text.replace(/[&<>`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A line for each; ends in line ends too, for whoever reads the text itself. */
export function listOf(lines: readonly string[]): string {
	return `<ul>\n${lines.map((line) => `<li>${escapeHtml(line)}</li>\n`).join('')}</ul>`;
}

export function linesOf(sentences: readonly string[]): string {
	return sentences.map(escapeHtml).join('<br>\n');
}
