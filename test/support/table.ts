/** Prints rows under their columns' names, each column as wide as its widest cell. */
export function printTable(columns: readonly string[], rows: readonly (readonly string[])[]): void {
	const widths = columns.map((name, column) =>
		Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
	);
	for (const row of [columns, widths.map((width) => '-'.repeat(width)), ...rows]) {
		console.log(
			row
				.map((cell, column) => cell.padEnd(widths[column] ?? 0))
				.join('  ')
				.trimEnd(),
		);
	}
}
