import { countOf, messageOf, show } from '../text/show';
import type { CsvError } from '../vendor/csvParse';
import { FileTrouble, MAX_ROW_CHARACTERS, type Row, type Table } from './row';

/** Columns named in a sentence. */
const MAX_NAMED = 10;

/** A line of a CSV file; the header is the first. */
interface Line {
	readonly number: number;
	readonly cells: readonly string[];
	readonly flaw?: string;
	/** Whether the file ends in it, without a line break. */
	readonly isUnended?: boolean;
}

/** What the parser does not tell, yet has: the record that it is at. */
interface Inside {
	readonly state: { readonly record: string[]; quoting: boolean };
}

/** The CSV errors that are one row's own; after all others nothing can be read. */
const ofRow: Readonly<Record<string, string>> = {
	CSV_INVALID_CLOSING_QUOTE: 'has text behind a closing quote',
	INVALID_OPENING_QUOTE: 'has a quote inside a value that does not begin with one',
};

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
	let trouble: FileTrouble | undefined;
	/** The parser makes a new list for each record: so errors of one are told from those of the next. */
	let flawed: unknown;
	const parser = new Parser({
		delimiter,
		max_record_size: MAX_ROW_CHARACTERS,
		relax_column_count: true,
		skip_records_with_error: true,
		on_record: (cells: string[]) => {
			number++;
			const isBlank = cells.length === 1 && cells[0]?.trim() === '';
			if (!isBlank) lines.push({ number, cells });
			// taken
			return null;
		},
		on_skip: (error) => {
			const what = ofRow[error?.code ?? ''];
			if (error === undefined || what === undefined) throw (trouble = troubleOf(error, number + 1));
			const { state } = parser as unknown as Inside;
			const { record } = state;
			// else all rows up to the next quote would be a part of the value
			state.quoting = false;
			if (record === flawed) return;
			flawed = record;
			number++;
			const flaw = `The row ${what}: put the whole value in quotes, and double each quote in it.`;
			lines.push({ number, cells: [...record], flaw });
		},
	});
	const taken = () => {
		const all = lines;
		lines = [];
		return all;
	};
	// its error is that of the write
	parser.on('error', () => undefined);
	const write = (text: string) =>
		new Promise<FileTrouble | undefined>((resolve) => {
			parser.write(text, (error) => {
				resolve(error ? (trouble ?? troubleOf(error, number + 1)) : undefined);
			});
		});
	const end = () =>
		new Promise<FileTrouble | undefined>((resolve) => {
			parser.once('error', (error: Error) => {
				resolve(trouble ?? troubleOf(error, number + 1));
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
			const error = await write(text);
			yield taken();
			if (error) throw error;
		}
		const error = await end();
		const rest = taken();
		const ending = rest.pop();
		if (ending) rest.push({ ...ending, isUnended: !/[\r\n]/.test(last) });
		yield rest;
		if (error) throw error;
	} finally {
		parser.destroy();
	}
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
	const columns = header?.cells ?? [];
	if (header?.flaw !== undefined) throw new FileTrouble(header.flaw, header.number);
	const doubled = columns.filter((name, at) => name !== '' && columns.lastIndexOf(name) !== at);
	return {
		columns,
		remarks: doubled.length === 0 ? [] : [tellDoubled([...new Set(doubled)])],
		rows: rowsOf(columns, others, all),
	};
}

function tellDoubled(names: readonly string[]): string {
	const named = names.slice(0, MAX_NAMED).map((name) => show(name));
	return `The header has ${named.join(', ')} more than once: the last column of the name counts.`;
}

async function* rowsOf(
	columns: readonly string[],
	first: readonly Line[],
	rest: AsyncGenerator<Line[], void>,
): AsyncGenerator<Row[], void> {
	const named = columns.flatMap((name, at): [string, number][] =>
		name !== '' && columns.lastIndexOf(name) === at ? [[name, at]] : [],
	);
	const toRow = ({ number, cells, flaw, isUnended }: Line): Row => {
		if (isUnended && cells.length < columns.length) {
			throw new FileTrouble('breaks off in the middle. Transfer it again, completely.', number);
		}
		const json: Row['json'] = {};
		for (const [name, at] of named) {
			const cell = cells[at];
			// as items that n8n makes of a file have no empty cells
			if (cell !== undefined && cell !== '') json[name] = cell;
		}
		return { number, json, cells, flaw: flaw ?? surplusIn(cells, columns.length) };
	};
	try {
		yield* inOrder(first, toRow);
		for await (const lines of rest) yield* inOrder(lines, toRow);
	} finally {
		await rest.return();
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

/** A value too many has moved all others: a delimiter inside a value that is not in quotes. */
function surplusIn(cells: readonly string[], columns: number): string | undefined {
	if (cells.length <= columns || cells.slice(columns).every((cell) => cell === ''))
		return undefined;
	return `The row has ${countOf(cells.length, 'value')} for ${countOf(columns, 'column')}: put a value that has the delimiter in it in quotes.`;
}
