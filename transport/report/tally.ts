import { isSuccess, outcomeNames, type Outcome, type OutcomeName } from '../model/outcome';
import { DecimalSum } from '../values/decimalSum';

/** What an event is worth: decimal digits, and the currency where there is one. */
export interface Worth {
	readonly amount?: string;
	readonly currency?: string;
}

/** Stands for the currency of amounts that have none. */
const NO_CURRENCY = 'none';
/** Reasons that are told; the file of undelivered rows has all. */
const MAX_TOLD = 3;

/** How the rows of a file ended, counted and summed up as they end. */
export class Tally {
	private readonly counts = new Map<OutcomeName, number>();
	private readonly sums = new Map<OutcomeName, Map<string, DecimalSum>>();
	/** Rows, and those that are no success. */
	rows = 0;
	undelivered = 0;
	/** The first reasons, with the rows that they came up at. */
	private readonly reasons = new Map<string, number>();
	/** Undelivered rows whose reason is none of these. */
	withOtherReasons = 0;

	add(row: number, outcome: Outcome, { amount, currency = NO_CURRENCY }: Worth): void {
		const { outcome: name } = outcome;
		this.rows++;
		this.counts.set(name, this.of(name) + 1);
		if (!isSuccess(outcome)) {
			this.undelivered++;
			if (!this.reasons.has(outcome.reason)) {
				if (this.reasons.size < MAX_TOLD) this.reasons.set(outcome.reason, row);
				else this.withOtherReasons++;
			}
		}
		if (amount === undefined) return;
		const sums = this.sums.get(name) ?? new Map<string, DecimalSum>();
		this.sums.set(name, sums);
		const sum = sums.get(currency) ?? new DecimalSum();
		sums.set(currency, sum);
		sum.add(amount);
	}

	of(name: OutcomeName): number {
		return this.counts.get(name) ?? 0;
	}

	/** `{ delivered: 999997, invalid: 3 }` */
	get outcomes(): Record<string, number> {
		const named = outcomeNames.filter((name) => this.counts.has(name));
		return Object.fromEntries(named.map((name) => [name, this.of(name)]));
	}

	/** `{ delivered: { USD: '1200.00' } }`, to the last digit. */
	get amounts(): Record<string, Record<string, string>> {
		const named = outcomeNames.flatMap((name) => {
			const sums = this.sums.get(name);
			return sums ? [[name, texts(sums)] as const] : [];
		});
		return Object.fromEntries(named);
	}

	/** `999997 delivered, 3 invalid` */
	get inWords(): string {
		return Object.entries(this.outcomes)
			.map(([name, count]) => `${count} ${name}`)
			.join(', ');
	}

	/** The first reasons, each with the row that it came up at. */
	get firstReasons(): { readonly row: number; readonly reason: string }[] {
		return [...this.reasons].map(([reason, row]) => ({ row, reason }));
	}
}

function texts(sums: ReadonlyMap<string, DecimalSum>): Record<string, string> {
	return Object.fromEntries([...sums].map(([currency, sum]) => [currency, String(sum)]));
}
