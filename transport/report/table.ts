/** n8n's error details show text without its blanks, but keep these. */
const BLANK = '\u00a0';
const BETWEEN = BLANK.repeat(2);

/** The lines of a table for a fixed-width font: cells under each other, blanks that n8n keeps. */
export function tableOf(rows: readonly (readonly string[])[]): string[] {
	const widths = rows.reduce<number[]>(
		(most, row) => row.map((cell, column) => Math.max(cell.length, most[column] ?? 0)),
		[],
	);
	return rows.map((row) =>
		row
			.map((cell, column) =>
				// the last cell may be a sentence, which breaks between its words
				column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0).replaceAll(' ', BLANK),
			)
			.join(BETWEEN),
	);
}
