/** Adds up plain decimal digits, such as `1.98`, without rounding. */
export class ExactSum {
	/** The sum, times 10 to the power of `scale`. */
	private digits = 0n;
	private scale = 0;

	add(amount: string): void {
		const [whole = '', fraction = ''] = amount.split('.');
		if (fraction.length > this.scale) {
			this.digits *= 10n ** BigInt(fraction.length - this.scale);
			this.scale = fraction.length;
		}
		this.digits += BigInt(whole + fraction.padEnd(this.scale, '0'));
	}

	/** With as many decimals as the longest that was added. */
	toString(): string {
		const sign = this.digits < 0n ? '-' : '';
		const digits = this.digits
			.toString()
			.replace('-', '')
			.padStart(this.scale + 1, '0');
		if (this.scale === 0) return sign + digits;
		return `${sign}${digits.slice(0, -this.scale)}.${digits.slice(-this.scale)}`;
	}
}
