import type { Call, Kind, Results } from '../calls';
import { failureOf, openDatabase } from './database';
import type { Machine } from './machine';
import { Tables } from './tables';

/** Writes groups of calls into a file. It is opened by the first one, and again after it could not be. */
export class Writer {
	private tables: Tables | undefined;

	constructor(
		private readonly path: string,
		private readonly machine: Machine,
		private readonly open = openDatabase,
	) {}

	/** @throws {RecordFailure} */
	write(calls: readonly Call[]): Results[Kind][] {
		try {
			this.tables ??= new Tables(this.open(this.path), this.machine);
			return this.tables.write(calls);
		} catch (error) {
			throw failureOf(error, this.path);
		}
	}

	close(): void {
		this.tables?.close();
		this.tables = undefined;
	}
}
