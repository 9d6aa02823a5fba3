import { countOf } from '../text/show';

/** A line of the file that is no row, and why not. */
export interface BrokenLine {
	readonly text: string;
	readonly flaw: string;
}

/** How a record is written in a CSV file. */
interface Written {
	/** Without the line break at its end. */
	readonly text: string;
	/** The row that it begins in. */
	readonly row: number;
	readonly delimiter: string;
	readonly values: number;
	/** Columns of the header, as far as it is known. */
	readonly columns: number;
	/** Whether it has values, and not only delimiters, beyond those columns. */
	readonly hasSurplus: boolean;
}

const LINE_BREAK = /\r\n|\n|\r/;

/**
 * The lines of a record that cannot be read as a row; none where it can. A quote in the wrong place
 * may have taken in the rows that follow, or what they say may be text: which is which nobody knows,
 * so each line is kept as it is, and none is taken for a row.
 */
export function brokenLines(record: Written): BrokenLine[] {
	const { text, row, delimiter, values, columns, hasSurplus } = record;
	const lines = text.split(LINE_BREAK);
	const last = row + lines.length - 1;
	const strayAt = strayQuoteIn(text, delimiter);
	const toBroken = (flaw: string) => lines.map((line) => ({ text: line, flaw }));
	if (strayAt !== -1) {
		const at = row + text.slice(0, strayAt).split(LINE_BREAK).length - 1;
		return toBroken(
			lines.length === 1
				? 'The row has a quote that is neither around a whole value nor doubled: put the whole value in quotes, and double each quote in it.'
				: `The quote that row ${at} opens is not closed where its value ends, so rows ${row} to ${last} cannot be told apart. Close it or take it away, and send these rows again.`,
		);
	}
	const account = `${countOf(values, 'value')} for ${countOf(columns, 'column')}`;
	if (lines.length === 1) {
		if (!hasSurplus) return [];
		return toBroken(`The row has ${account}: put a value that has the delimiter in it in quotes.`);
	}
	if (!hasSurplus && values >= columns) return [];
	return toBroken(
		`A quote makes rows ${row} to ${last} one, which has ${account}. Look for a quote that is not closed, or a value with the delimiter in it that is not in quotes.`,
	);
}

/** The place of the first quote that neither encloses a whole value nor is doubled inside of one. */
function strayQuoteIn(text: string, delimiter: string): number {
	const end = delimiter.replace(/[\\^$.*+?()[\]{}|]/, '\\$&');
	const quotedValue = new RegExp(`(?:^|${end})"[^"]*(?:""[^"]*)*"(?=${end}|$)`, 'g');
	return text.replace(quotedValue, ({ length }) => ' '.repeat(length)).indexOf('"');
}
