/** A sum of decimal texts, to the last digit. */
export class DecimalSum {
	private scaled = 0n;
	private places = 0;

	/** @param digits as `asDecimal` gives them */
	add(digits: string): void {
		const [whole = '', fraction = ''] = digits.split('.');
		if (fraction.length > this.places) {
			this.scaled *= 10n ** BigInt(fraction.length - this.places);
			this.places = fraction.length;
		}
		this.scaled += BigInt(whole + fraction.padEnd(this.places, '0'));
	}

	/** With as many digits after the point as the longest of all had. */
	toString(): string {
		const sign = this.scaled < 0n ? '-' : '';
		const digits = String(this.scaled < 0n ? -this.scaled : this.scaled);
		if (this.places === 0) return sign + digits;
		const padded = digits.padStart(this.places + 1, '0');
		return `${sign}${padded.slice(0, -this.places)}.${padded.slice(-this.places)}`;
	}
}
