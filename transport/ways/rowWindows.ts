import { FileTrouble, type Row, type Table } from '../files/row';
import { messageOf } from '../text/show';

/** Rows that are read and checked together; their expressions are evaluated in one call. */
const WINDOW_ROWS = 200;

/** The rows of a table in windows, in the order of the file, and how far they were read. */
export class RowWindows {
	/** Number of the last row that was read. */
	last: number;
	/** Why it cannot be read on, if so. */
	trouble: FileTrouble | undefined;
	/** Whether all rows were read. */
	isAtEnd = false;
	private isClosed = false;

	/** @param max rows that are read */
	constructor(
		private readonly table: Table,
		private readonly max: number,
		private readonly cancelSignal?: AbortSignal,
	) {
		this.last = table.hasHeader ? 1 : 0;
	}

	/** No further window is read. */
	close(): void {
		this.isClosed = true;
	}

	async *windows(): AsyncGenerator<Row[], void> {
		let given = 0;
		let waiting: Row[] = [];
		const isOver = () => this.isClosed || this.cancelSignal?.aborted === true || given >= this.max;
		const take = () => {
			const rows = waiting.slice(0, Math.min(WINDOW_ROWS, this.max - given));
			waiting = waiting.slice(rows.length);
			given += rows.length;
			this.last = rows.at(-1)?.number ?? this.last;
			return rows;
		};
		try {
			for await (const rows of this.table.rows) {
				waiting.push(...rows);
				while (waiting.length >= WINDOW_ROWS) {
					if (isOver()) return;
					yield take();
				}
			}
			this.isAtEnd = !isOver() && waiting.length <= this.max - given;
		} catch (error) {
			this.trouble = error instanceof FileTrouble ? error : new FileTrouble(messageOf(error));
		}
		if (waiting.length > 0 && !isOver()) yield take();
	}
}
