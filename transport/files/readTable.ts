import type { Encoding, FileFormat } from '../declaration/fileOptions';
import { readCsv } from './csv';
import { decoded } from './decode';
import { unpacked } from './gunzip';
import { withHead } from './head';
import { readNdjson } from './ndjson';
import { FileTrouble, type Table } from './row';
import { delimiterOf, formatOf } from './sniff';

/** How a file is read, as the node's options say. */
export interface Reading {
	readonly format: FileFormat;
	/** One character, or `auto`. */
	readonly delimiter: string;
	readonly encoding: Encoding;
}

/** Characters from which format and delimiter are found. */
const HEAD_CHARACTERS = 65_536;

/**
 * Opens a file as a table whose rows are read as they are asked for. No more of it is in memory than
 * a chunk and the rows in it.
 *
 * @throws {FileTrouble} where not even its first row can be read
 */
export async function readTable(
	bytes: AsyncGenerator<Buffer, void>,
	{ format: asked, delimiter, encoding }: Reading,
): Promise<Table> {
	const texts = decoded(unpacked(bytes), encoding);
	const { head = '', all } = await withHead(texts, HEAD_CHARACTERS, (a, b) => a + b);
	const format = asked === 'auto' ? formatOf(head) : asked;
	if (format === 'jsonList') {
		await all.return();
		throw new FileTrouble(
			'is a JSON list. Save it as NDJSON, an object on each line, or use Extract from File and Source Items.',
		);
	}
	const isAuto = delimiter === 'auto';
	const table =
		format === 'csv'
			? await readCsv(all, isAuto ? delimiterOf(head) : delimiter)
			: await readNdjson(all);
	const isEmpty = head.trim() === '';
	return {
		...table,
		hasHeader: format === 'csv' && !isEmpty,
		remarks: isEmpty ? ['The file is empty.'] : table.remarks,
	};
}
