/** A Markdown table; what a cell says may hold no line break. */
export function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) =>
		`| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/**
 * A page with what stands between `<!-- name -->` and `<!-- end of name -->` made anew.
 *
 * @throws {Error} where the page has no such place
 */
export function withPart(page: string, name: string, part: string): string {
	const place = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- end of ${name} -->)`);
	if (!place.test(page)) throw new Error(`The page has no place for ${name}`);
	return page.replace(place, (_, start: string, end: string) => `${start}\n${part}\n\n${end}`);
}
