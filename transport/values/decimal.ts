/** Decimal numbers as text: digits are moved and compared, never computed as floating point. */

/** A whole number past 2^53 is not the one that was written. */
export function hasLostDigits(given: unknown): boolean {
	return Number.isInteger(given) && !Number.isSafeInteger(given);
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Decimal text of a number or of numeric text, exact: digits are moved, never computed. */
export function asDecimal(given: unknown): string | undefined {
	if (typeof given !== 'number' && typeof given !== 'string' && typeof given !== 'bigint') {
		return undefined;
	}
	const parts = DECIMAL.exec(String(given).trim());
	if (parts === null) return undefined;
	const [, sign, whole = '', fraction = '', exponent] = parts;
	if (whole === '' && fraction === '') return undefined;
	const unsigned =
		exponent === undefined
			? joinDecimal(whole, fraction)
			: shift(whole, fraction, Number(exponent));
	if (!Number.isFinite(Number(unsigned))) return undefined;
	return sign === '-' && /[1-9]/.test(unsigned) ? `-${unsigned}` : unsigned;
}

function joinDecimal(whole: string, fraction: string): string {
	return fraction === '' ? whole : `${whole === '' ? '0' : whole}.${fraction}`;
}

/** Moves the decimal point by `exponent` places: 4e-7 is 0.0000004. */
function shift(whole: string, fraction: string, exponent: number): string {
	const digits = whole + fraction;
	const point = whole.length + exponent;
	if (point <= 0) return joinDecimal('0', '0'.repeat(-point) + digits);
	if (point >= digits.length)
		return (digits + '0'.repeat(point - digits.length)).replace(/^0+(?=\d)/, '');
	return joinDecimal(digits.slice(0, point).replace(/^0+(?=\d)/, ''), digits.slice(point));
}

export function fractionOf(digits: string): string {
	return digits.split('.')[1] ?? '';
}

/** The whole part without leading zeros: as a number it has 309 digits at most. */
function wholeOf(digits: string): string {
	return (digits.split('.')[0] ?? '').replace(/^0+/, '');
}

/**
 * Negative, zero or positive, as for sorting; of amounts. Digit by digit: to make a number of a
 * million of them would take more than a million steps.
 */
export function compare(a: string, b: string): number {
	const [wholeA, wholeB] = [wholeOf(a), wholeOf(b)];
	if (wholeA.length !== wholeB.length) return wholeA.length - wholeB.length;
	const places = Math.max(fractionOf(a).length, fractionOf(b).length);
	const [digitsA, digitsB] = [a, b].map((digits) => fractionOf(digits).padEnd(places, '0'));
	const [x, y] = [wholeA + (digitsA ?? ''), wholeB + (digitsB ?? '')];
	return x < y ? -1 : Number(x > y);
}

/** Half up, as cash is counted: 0.005 is 0.01. */
export function round(digits: string, places: number): string {
	const isUp = (fractionOf(digits)[places] ?? '0') >= '5';
	const kept = BigInt(wholeOf(digits) + fractionOf(digits).slice(0, places).padEnd(places, '0'));
	const scaled = String(kept + (isUp ? 1n : 0n)).padStart(places + 1, '0');
	return joinDecimal(scaled.slice(0, scaled.length - places), scaled.slice(scaled.length - places));
}
