/**
 * What a file of undelivered rows has behind the columns of the rows: their number, how they ended,
 * why, and the whole line of a row that its columns cannot hold.
 */
const ownColumns = ['row', 'outcome', 'reason', 'rest'] as const;

/** The header of a file of undelivered rows. */
export function withOwnColumns(columns: readonly string[]): string[] {
	return [...columns, ...ownColumns];
}

/**
 * Where such a file is sent again, the columns of its rows alone, and the place of the lines that
 * still are no rows; `undefined` for any other file.
 */
export function withoutOwnColumns(
	header: readonly string[],
): { readonly columns: readonly string[]; readonly restAt: number } | undefined {
	const first = header.length - ownColumns.length;
	if (!ownColumns.every((name, at) => header[first + at] === name)) return undefined;
	return { columns: header.slice(0, first), restAt: header.length - 1 };
}
