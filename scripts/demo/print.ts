/** Does a piece of work, and says what it is and how long it took. */
export async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
	const started = Date.now();
	process.stdout.write(`${title} ... `);
	const result = await work();
	console.log(`${((Date.now() - started) / 1000).toFixed(1)} s`);
	return result;
}

const numberColumns = new Set([
	'events',
	'repeats',
	'duplicates',
	'delivered',
	'in the sandbox',
	'twice',
]);

export function printTable(header: string[], rows: string[][]): void {
	const widths = header.map((_, column) =>
		Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)),
	);
	for (const row of [header, ...rows]) {
		const cells = row.map((cell, column) =>
			numberColumns.has(header[column] ?? '')
				? cell.padStart(widths[column] ?? 0)
				: cell.padEnd(widths[column] ?? 0),
		);
		console.log(`  ${cells.join('  ')}`.trimEnd());
	}
}

/** Those with the same names together, in the order of their first. */
export function groups<T>(all: T[], namesOf: (one: T) => string[]): [string[], T[]][] {
	const byKey = Map.groupBy(all, (one) => JSON.stringify(namesOf(one)));
	return [...byKey].map(([key, some]) => [JSON.parse(key) as string[], some]);
}
