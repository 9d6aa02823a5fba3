import { add, equal, format, parseDecimal, zero, type Decimal } from '../../sandbox/decimal';

/** An event without an amount has no money. */
export interface Money {
	amount: unknown;
	currency: unknown;
}

/** Sums by currency, and how many amounts could not be read. */
export interface Sum {
	totals: Map<string, Decimal>;
	unreadable: number;
}

export function sum(money: Money[]): Sum {
	const totals = new Map<string, Decimal>();
	let unreadable = 0;
	for (const { amount, currency } of money) {
		const read = parseDecimal(String(amount));
		if (read !== undefined) {
			const name = String(currency).toUpperCase();
			totals.set(name, add(totals.get(name) ?? zero, read));
		} else if (amount !== undefined && amount !== '') {
			unreadable += 1;
		}
	}
	return { totals, unreadable };
}

/** `12.5 EUR + 3 USD, 1 unreadable` */
export function describe({ totals, unreadable }: Sum): string {
	const money = [...totals].sort(([a], [b]) => a.localeCompare(b));
	return [
		money.map(([currency, total]) => `${format(total)} ${currency}`).join(' + '),
		unreadable === 0 ? '' : `${String(unreadable)} unreadable`,
	]
		.filter((part) => part !== '')
		.join(', ');
}

export function isSame(a: Sum, b: Sum): boolean {
	return (
		a.unreadable === b.unreadable &&
		a.totals.size === b.totals.size &&
		[...a.totals].every(([currency, total]) => {
			const other = b.totals.get(currency);
			return other !== undefined && equal(total, other);
		})
	);
}
