import { messageOf, show } from '../text/show';
import type { CsvError } from '../vendor/csvParse';
import { brokenLines, type BrokenLine } from './brokenLines';
import { Held } from './held';
import { withoutOwnColumns } from './ownColumns';
import { FileTrouble, MAX_ROW_CHARACTERS, type Row, type Table } from './row';

/** Columns named in a sentence. */
const MAX_NAMED = 10;

/** Of a row that was no row before, and is sent again as it was written down. */
const STILL_BROKEN =
	'The column rest has a line that could not be read. Put its values into their columns and empty rest, or correct it in the file that it comes from and send that again.';

/** A line of a CSV file; the header is the first. */
interface Line {
	readonly number: number;
	readonly cells: readonly string[];
	/** Why it is no row, and the line as it is in the file. */
	readonly broken?: BrokenLine;
	/** Whether the file ends in it, before it does. */
	readonly isCutOff?: boolean;
}

/**
 * The lines of a CSV file, blank ones left out. Those that were read come before the error of what
 * cannot be.
 *
 * @throws {FileTrouble} where the file cannot be read on
 */
async function* linesOfCsv(
	texts: AsyncGenerator<string, void>,
	delimiter: string,
): AsyncGenerator<Line[], void> {
	const { Parser } = await import('../vendor/csvParse');
	let lines: Line[] = [];
	let number = 0;
	let columns: number | undefined;
	/** Values of the last record, and where it ends. */
	let values = 0;
	let end = 0;
	const held = new Held();
	const parser = new Parser({
		delimiter,
		max_record_size: MAX_ROW_CHARACTERS,
		relax_column_count: true,
		// a quote in the wrong place stays in its value, and is found there
		relax_quotes: true,
		on_record: (cells: string[], { bytes }) => {
			const start = end;
			end = bytes;
			values = cells.length;
			const isBlank = values === 1 && cells[0]?.trim() === '';
			if (!isBlank) {
				columns ??= values;
				const broken = mayBeBroken(cells, columns)
					? brokenLines({
							text: held.text(start, end).replace(/(?:\r\n|\n|\r)$/, ''),
							row: number + 1,
							delimiter,
							values,
							columns,
							hasSurplus: hasSurplus(cells, columns),
						})
					: [];
				for (const line of broken) {
					number++;
					if (line.text.trim() !== '') lines.push({ number, cells: [], broken: line });
				}
				if (broken.length === 0) lines.push({ number: ++number, cells });
			} else number++;
			// taken
			return null;
		},
	});
	const taken = () => {
		const all = lines;
		lines = [];
		return all;
	};
	// its error is that of the write
	parser.on('error', () => undefined);
	const write = (chunk: Buffer) =>
		new Promise<FileTrouble | undefined>((resolve) => {
			held.add(chunk);
			parser.write(chunk, (error) => {
				resolve(error ? troubleOf(error, number + 1) : undefined);
				held.dropBefore(end);
			});
		});
	const finish = () =>
		new Promise<FileTrouble | undefined>((resolve) => {
			parser.once('error', (error: Error) => {
				resolve(troubleOf(error, number + 1));
			});
			parser.once('end', () => {
				resolve(undefined);
			});
			parser.resume();
			parser.end();
		});
	try {
		let last = '';
		for await (const text of texts) {
			if (text === '') continue;
			last = text.slice(-1);
			const error = await write(Buffer.from(text));
			yield taken();
			if (error) throw error;
		}
		const error = await finish();
		const rest = taken();
		const ending = rest.pop();
		const isCutOff = !/[\r\n]/.test(last) && values < (columns ?? 0);
		if (ending) rest.push({ ...ending, isCutOff });
		yield rest;
		if (error) throw error;
	} finally {
		parser.destroy();
	}
}

/** Whether it is worth a look at how the record is written, which most need not have. */
function mayBeBroken(cells: readonly string[], columns: number): boolean {
	return (
		cells.some((cell) => cell.includes('"')) ||
		(cells.length < columns && cells.some((cell) => /[\r\n]/.test(cell))) ||
		hasSurplus(cells, columns)
	);
}

/** A value too many has moved all others: a delimiter inside a value that is not in quotes. */
function hasSurplus(cells: readonly string[], columns: number): boolean {
	return cells.length > columns && cells.slice(columns).some((cell) => cell !== '');
}

function troubleOf(error: CsvError | Error | undefined, row: number): FileTrouble {
	switch (error !== undefined && 'code' in error ? error.code : undefined) {
		case 'CSV_QUOTE_NOT_CLOSED':
			return new FileTrouble(
				'breaks off inside a quoted value. Transfer the file again, completely, or close the quote.',
				row,
			);
		case 'CSV_MAX_RECORD_SIZE':
			return new FileTrouble(
				`has a row of more than ${MAX_ROW_CHARACTERS.toLocaleString('en')} characters. Look for a quote that is not closed, or for another Delimiter.`,
				row,
			);
		default:
			return new FileTrouble(`cannot be read as CSV: ${messageOf(error)}`, row);
	}
}

/**
 * A CSV file as a table. Names of columns are those of its first row; a name that is there twice is
 * the last one's, as in items that n8n makes of such a file.
 */
export async function readCsv(
	texts: AsyncGenerator<string, void>,
	delimiter: string,
): Promise<Pick<Table, 'columns' | 'remarks' | 'rows'>> {
	const all = linesOfCsv(texts, delimiter);
	let first: Line[] = [];
	while (first.length === 0) {
		const next = await all.next();
		if (next.done) break;
		first = next.value;
	}
	const [header, ...others] = first;
	if (header?.broken) {
		throw new FileTrouble(`has a header that cannot be read. ${header.broken.flaw}`, header.number);
	}
	const { columns, restAt } = columnsOf(header?.cells ?? []);
	const doubled = columns.filter((name, at) => name !== '' && columns.lastIndexOf(name) !== at);
	return {
		columns,
		remarks: doubled.length === 0 ? [] : [tellDoubled([...new Set(doubled)])],
		rows: rowsOf(columns, restAt, others, all),
	};
}

function tellDoubled(names: readonly string[]): string {
	const named = names.slice(0, MAX_NAMED).map((name) => show(name));
	return `The header has ${named.join(', ')} more than once: the last column of the name counts.`;
}

/** A file of undelivered rows may be sent again: what it says of them is no column of theirs. */
function columnsOf(header: readonly string[]) {
	return withoutOwnColumns(header) ?? { columns: header, restAt: -1 };
}

async function* rowsOf(
	columns: readonly string[],
	restAt: number,
	first: readonly Line[],
	others: AsyncGenerator<Line[], void>,
): AsyncGenerator<Row[], void> {
	const named = columns.flatMap((name, at): [string, number][] =>
		name !== '' && columns.lastIndexOf(name) === at ? [[name, at]] : [],
	);
	const toRow = ({ number, cells, broken, isCutOff }: Line): Row => {
		if (isCutOff) {
			throw new FileTrouble('breaks off in the middle. Transfer it again, completely.', number);
		}
		if (broken) return { number, json: {}, cells, flaw: broken.flaw, rest: broken.text };
		const rest = cells[restAt] ?? '';
		if (rest !== '') return { number, json: {}, cells: [], flaw: STILL_BROKEN, rest };
		const json: Row['json'] = {};
		for (const [name, at] of named) {
			const cell = cells[at];
			// as items that n8n makes of a file have no empty cells
			if (cell !== undefined && cell !== '') json[name] = cell;
		}
		return { number, json, cells };
	};
	try {
		yield* inOrder(first, toRow);
		for await (const lines of others) yield* inOrder(lines, toRow);
	} finally {
		await others.return();
	}
}

/** What was made of the lines before one that throws comes first. */
function* inOrder(lines: readonly Line[], toRow: (line: Line) => Row): Generator<Row[], void> {
	const rows: Row[] = [];
	try {
		for (const line of lines) rows.push(toRow(line));
	} catch (error) {
		yield rows;
		throw error;
	}
	yield rows;
}
