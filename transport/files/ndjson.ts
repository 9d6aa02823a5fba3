import { isPlainObject } from '../text/json';
import { messageOf } from '../text/show';
import { FileTrouble, MAX_ROW_CHARACTERS, type Row, type Table } from './row';

/** Rows that are looked at for the names of columns. */
const MAX_LOOKED_AT = 200;

/**
 * A file with an object in JSON on each line, as a table. Its columns are the names in the first
 * rows.
 */
export async function readNdjson(
	texts: AsyncGenerator<string, void>,
): Promise<Pick<Table, 'columns' | 'remarks' | 'rows'>> {
	const rows = rowsOf(texts);
	const first = await rows.next();
	const head = first.done ? [] : first.value;
	const names = new Set(head.slice(0, MAX_LOOKED_AT).flatMap(({ json }) => Object.keys(json)));
	return { columns: [...names], remarks: [], rows: withFirst(head, rows) };
}

async function* withFirst(
	head: Row[],
	rest: AsyncGenerator<Row[], void>,
): AsyncGenerator<Row[], void> {
	try {
		yield head;
		yield* rest;
	} finally {
		await rest.return();
	}
}

async function* rowsOf(texts: AsyncGenerator<string, void>): AsyncGenerator<Row[], void> {
	let number = 0;
	let begun = '';
	for await (const text of texts) {
		const lines = (begun + text).split('\n');
		begun = lines.pop() ?? '';
		const tooLong = [...lines, begun].findIndex((line) => line.length > MAX_ROW_CHARACTERS);
		const readable = tooLong === -1 ? lines : lines.slice(0, tooLong);
		const rows = readable.flatMap((line) => toRow(line, ++number) ?? []);
		yield rows;
		if (tooLong !== -1) {
			throw new FileTrouble(
				`has a line of more than ${MAX_ROW_CHARACTERS.toLocaleString('en')} characters. NDJSON has one object on each line.`,
				number + 1,
			);
		}
	}
	const last = toRow(begun, ++number);
	if (last?.flaw !== undefined) {
		throw new FileTrouble('breaks off in the middle. Transfer it again, completely.', number);
	}
	if (last) yield [last];
}

/** The row of a line, none for a blank one. */
function toRow(line: string, number: number): Row | undefined {
	if (line.trim() === '') return undefined;
	const broken = (flaw: string): Row => ({ number, json: {}, cells: [], flaw, rest: line.trim() });
	try {
		const json = JSON.parse(line) as unknown;
		if (isPlainObject(json)) return { number, json: json as Row['json'], cells: [] };
		return broken('The line is no JSON object.');
	} catch (error) {
		return broken(`The line is no JSON: ${messageOf(error)}`);
	}
}
