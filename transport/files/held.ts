/** Bytes of a file that somebody may still ask for, by their places in it. */
export class Held {
	private chunks: Buffer[] = [];
	/** The place of the first byte. */
	private from = 0;

	add(chunk: Buffer): void {
		this.chunks.push(chunk);
	}

	text(from: number, to: number): string {
		return this.whole().toString('utf8', from - this.from, to - this.from);
	}

	/** Nobody asks for what is before this place any more. */
	dropBefore(place: number): void {
		for (let [first] = this.chunks; first && this.from < place; [first] = this.chunks) {
			const dropped = Math.min(first.length, place - this.from);
			this.from += dropped;
			if (dropped === first.length) this.chunks.shift();
			else this.chunks[0] = first.subarray(dropped);
		}
	}

	private whole(): Buffer {
		const [first = Buffer.alloc(0), ...others] = this.chunks;
		if (others.length === 0) return first;
		const whole = Buffer.concat([first, ...others]);
		this.chunks = [whole];
		return whole;
	}
}
