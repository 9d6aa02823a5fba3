import { once } from 'node:events';

import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { messageOf } from '../text/show';
import type { Stringifier } from '../vendor/csvStringify';
import { withOwnColumns } from './ownColumns';
import type { Row, Table } from './row';

/** Writes down the rows that were not delivered, as they come, into a CSV file of n8n's. */
export class Undelivered {
	private csv: Stringifier | undefined;
	private stored: Promise<IBinaryData | undefined> | undefined;
	/** Why the file cannot be written, if so. */
	failure: string | undefined;

	/** @param fileName of the file that the rows come from */
	constructor(
		private readonly context: Pick<IExecuteFunctions, 'helpers'>,
		private readonly fileName: string,
		private readonly table: Pick<Table, 'columns' | 'hasHeader'>,
		private readonly stringify: (typeof import('../vendor/csvStringify'))['stringify'],
	) {}

	add(row: Row, outcome: string, reason: string): void {
		this.csv ??= this.begin();
		if (this.failure !== undefined) return;
		const flat = reason.replace(/\s*\n\s*/g, ' ');
		const { cells, rest } = this.written(row);
		this.csv.write([...cells, String(row.number), outcome, flat, rest]);
	}

	/** Resolves when further rows may come: what is not written yet is in memory. */
	async hasRoom(): Promise<void> {
		while (this.csv?.writableNeedDrain && this.failure === undefined) {
			const aborter = new AbortController();
			const { signal } = aborter;
			await Promise.race([once(this.csv, 'drain', { signal }), this.stored]).catch(() => undefined);
			aborter.abort();
		}
	}

	/** The file, if there is any row in it. */
	async end(): Promise<IBinaryData | undefined> {
		this.csv?.end();
		return await this.stored;
	}

	private begin(): Stringifier {
		const csv = this.stringify({ record_delimiter: '\n' });
		csv.write(withOwnColumns(this.table.columns));
		const [base = ''] = this.fileName.split(/[\\/]/).slice(-1);
		const name = `undelivered-${base.replace(/\.gz$/i, '').replace(/\.[^.]*$/, '')}.csv`;
		this.stored = this.context.helpers
			.prepareBinaryData(csv, name, 'text/csv')
			.catch((error: unknown) => {
				this.failure = messageOf(error);
				csv.destroy();
				return undefined;
			});
		csv.on('error', () => undefined);
		return csv;
	}

	/**
	 * A row that its columns cannot hold stands in `rest`, whole, and they are empty: half a row would
	 * be another event when it is sent again.
	 */
	private written({ json, cells, rest }: Row): { cells: string[]; rest: string } {
		const { columns, hasHeader } = this.table;
		const line = rest ?? (hasHeader ? undefined : lineBeyond(json, columns));
		if (line !== undefined) return { cells: columns.map(() => ''), rest: line };
		const written = hasHeader
			? columns.map((_, at) => cells[at] ?? '')
			: columns.map((name) => asText(json[name]));
		return { cells: written, rest: '' };
	}
}

/** The line of an object of NDJSON that has more than these columns, which are those of the first ones. */
function lineBeyond(json: Row['json'], columns: readonly string[]): string | undefined {
	return Object.keys(json).every((name) => columns.includes(name))
		? undefined
		: JSON.stringify(json);
}

function asText(value: unknown): string {
	if (typeof value === 'string') return value;
	return value === undefined || value === null ? '' : JSON.stringify(value);
}
