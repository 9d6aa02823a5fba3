import { once } from 'node:events';

import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { messageOf } from '../text/show';
import type { Stringifier } from '../vendor/csvStringify';
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
		this.csv.write([...this.cellsOf(row), String(row.number), outcome, flat]);
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
		const { columns, hasHeader } = this.table;
		const csv = this.stringify({ record_delimiter: '\n' });
		const others = hasHeader ? [] : [OTHERS];
		csv.write([...columns, ...others, 'row', 'outcome', 'reason']);
		const name = `undelivered-${this.fileName.replace(/\.gz$/i, '').replace(/\.[^.]*$/, '')}.csv`;
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

	private cellsOf({ json, cells }: Row): string[] {
		const { columns, hasHeader } = this.table;
		if (hasHeader) return columns.map((_, at) => cells[at] ?? '');
		const others = Object.entries(json).filter(([name]) => !columns.includes(name));
		const rest = others.length === 0 ? '' : JSON.stringify(Object.fromEntries(others));
		return [...columns.map((name) => asText(json[name])), rest];
	}
}

/** Holds what objects of NDJSON have beside the columns of the first ones, in JSON. */
const OTHERS = 'otherColumns';

function asText(value: unknown): string {
	if (typeof value === 'string') return value;
	return value === undefined || value === null ? '' : JSON.stringify(value);
}
