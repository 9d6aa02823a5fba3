import type { IDataObject } from 'n8n-workflow';

/** A row of a file. */
export interface Row {
	/** As a spreadsheet counts: the header of a CSV file is row 1, the first line of NDJSON too. */
	readonly number: number;
	/** What mappings see as `$json`: of a CSV file text alone, without its empty cells. */
	readonly json: IDataObject;
	/** In the order of the file's columns, for whoever writes the row down again. */
	readonly cells: readonly string[];
	/** Why it cannot be an event, in a sentence, if so. */
	readonly flaw?: string;
	/** Its line as it is in the file, where it is no row or its columns cannot hold it. */
	readonly rest?: string;
}

/** Rows of a file, and what they have in common. */
export interface Table {
	/** Names of the columns, doubled ones included; of a file of undelivered rows those of the rows alone. */
	readonly columns: readonly string[];
	/** Whether the columns are those of every row, as a header says. */
	readonly hasHeader: boolean;
	/** Ends where the file ends, or where it cannot be read on: then a `FileTrouble` says why. */
	readonly rows: AsyncGenerator<Row[], void>;
	/** What is to be told of it, in sentences. */
	readonly remarks: readonly string[];
}

/** A file, or what follows in it, cannot be read. The message is a sentence's end: `x.csv ${message}`. */
export class FileTrouble extends Error {
	/** @param row where it is, if that is known */
	constructor(
		message: string,
		readonly row?: number,
	) {
		super(message);
	}
}

/** Most characters of one row: nobody's event is as long, and a row must fit into memory. */
export const MAX_ROW_CHARACTERS = 1_000_000;
