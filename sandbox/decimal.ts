/** A decimal number as it was written: `digits` × 10^-`scale`. Money is added up without floating point. */
export interface Decimal {
	digits: bigint;
	scale: number;
}

export const zero: Decimal = { digits: 0n, scale: 0 };

/** Reads `12.50`, `0.0000004` or `4.5e-7`; undefined for anything else. */
export function parseDecimal(text: string): Decimal | undefined {
	const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?\s*$/i.exec(text);
	const [, sign, whole = '', fraction = '', exponent = '0'] = match ?? [];
	if (match === null || whole + fraction === '') return undefined;
	const scale = fraction.length - Number(exponent);
	const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
	return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

export function add(a: Decimal, b: Decimal): Decimal {
	const scale = Math.max(a.scale, b.scale);
	const widen = ({ digits, scale: own }: Decimal) => digits * 10n ** BigInt(scale - own);
	return { digits: widen(a) + widen(b), scale };
}

export function equal(a: Decimal, b: Decimal): boolean {
	return add(a, { digits: -b.digits, scale: b.scale }).digits === 0n;
}

/** Plain digits, without zeros at the end. */
export function format({ digits, scale }: Decimal): string {
	const sign = digits < 0n ? '-' : '';
	const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, '0');
	const whole = text.slice(0, text.length - scale);
	const fraction = text.slice(text.length - scale).replace(/0+$/, '');
	return sign + whole + (scale === 0 || fraction === '' ? '' : `.${fraction}`);
}
