import type { Redact } from '../credential/redact';
import type { Row } from '../files/row';
import type { Undelivered } from '../files/undelivered';
import { isSuccess, type Outcome } from '../model/outcome';
import type { ShownRow } from '../report/fileResult';
import { Tally, type Worth } from '../report/tally';

/** Undelivered rows that wait for the ends of rows before them, at most. */
const MAX_WAITING = 1_000;

/**
 * A row that has no outcome yet. It is let go of at its end: tables that a map has outgrown keep
 * their entries until V8 collects everything.
 */
interface UnderWay {
	row?: Row;
	/** What its event is worth, once it is checked. */
	worth?: Worth;
}

/** What becomes of each row of a file: every row that was read has one outcome here. */
export class FileAccount {
	readonly tally = new Tally();
	/** Rows that were not sent, by wish. */
	readonly shown: ShownRow[] = [];
	private readonly underWay = new Map<number, UnderWay>();
	/** Undelivered rows that are not written down yet, since one before them is under way. */
	private readonly waiting = new Map<number, { row: Row; outcome: string; reason: string }>();
	/** All rows before this one are written down, if they were to be. */
	private next = 0;
	private last = -1;

	/** @param undelivered takes rows that are not delivered; for a preview there is none */
	constructor(
		private readonly undelivered: Pick<Undelivered, 'add'> | undefined,
		private readonly redact: Redact,
	) {}

	/** These rows, in the order of the file, have an outcome to come. */
	begin(rows: readonly Row[]): void {
		for (const row of rows) this.underWay.set(row.number, { row });
		this.last = rows.at(-1)?.number ?? this.last;
	}

	/** The event of a row is found to be worth this, however it will end. */
	value(number: number, worth: Worth): void {
		const underWay = this.underWay.get(number);
		if (underWay) underWay.worth = worth;
	}

	/** A row has its outcome: once, whatever else is told of it. */
	end(number: number, outcome: Outcome): void {
		const ended = this.underWay.get(number);
		const row = ended?.row;
		if (ended === undefined || row === undefined) return;
		this.underWay.delete(number);
		delete ended.row;
		this.tally.add(number, outcome, ended.worth ?? {});
		if (this.undelivered === undefined) this.shown.push({ row: number, outcome });
		else if (!isSuccess(outcome)) {
			// the secret may be among the columns
			const { json, cells, rest } = this.redact(row);
			const told = { number, json, cells, rest };
			this.waiting.set(number, { row: told, outcome: outcome.outcome, reason: outcome.reason });
			if (number < this.next) this.write(number);
		}
		this.writeInOrder();
	}

	/** All rows that have no outcome yet have this one. */
	endAll(outcome: Outcome): void {
		for (const number of [...this.underWay.keys()]) this.end(number, outcome);
	}

	private writeInOrder(): void {
		for (; this.next <= this.last; this.next++) {
			// one that is tried for long does not hold up the others for ever
			if (this.underWay.has(this.next) && this.waiting.size < MAX_WAITING) return;
			this.write(this.next);
		}
	}

	private write(number: number): void {
		const waiting = this.waiting.get(number);
		if (waiting === undefined) return;
		this.waiting.delete(number);
		this.undelivered?.add(waiting.row, waiting.outcome, waiting.reason);
	}
}
