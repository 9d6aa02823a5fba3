/** Slots of a part at first; each doubles on its own, so that nobody waits for all to be moved. */
const FIRST_SLOTS = 64;
/** A part grows when it is so full. */
const MAX_FILL = 0.75;
/** Numbers of 32 bits in a slot: two of a digest, and how often it has come. */
const NUMBERS = 3;

/** Digests and their counts, side by side in one list of numbers. */
class Part {
	private slots = new Uint32Array(FIRST_SLOTS * NUMBERS);
	private used = 0;

	/** @returns the count of the digest, this time included */
	add(a: number, b: number): number {
		if (this.used >= (this.slots.length / NUMBERS) * MAX_FILL) this.grow();
		const at = placeOf(this.slots, a, b);
		const count = (this.slots[at + 2] ?? 0) + 1;
		if (count === 1) this.used++;
		this.slots.set([a, b, count], at);
		return count;
	}

	of(a: number, b: number): number {
		return this.slots[placeOf(this.slots, a, b) + 2] ?? 0;
	}

	private grow(): void {
		const old = this.slots;
		this.slots = new Uint32Array(old.length * 2);
		for (let from = 0; from < old.length; from += NUMBERS) {
			if (old[from + 2] === 0) continue;
			const slot = old.subarray(from, from + NUMBERS);
			this.slots.set(slot, placeOf(this.slots, slot[0] ?? 0, slot[1] ?? 0));
		}
	}
}

/** Where a digest is, or the empty slot where it would be. */
function placeOf(slots: Uint32Array, a: number, b: number): number {
	const mask = slots.length / NUMBERS - 1;
	for (let slot = a & mask; ; slot = (slot + 1) & mask) {
		const at = slot * NUMBERS;
		if (slots[at + 2] === 0 || (slots[at] === a && slots[at + 1] === b)) return at;
	}
}

/** Counts equal contents among millions: of each digest 8 bytes are kept, in some 25 bytes. */
export class ContentCounts {
	private readonly parts = new Map<string, Part>();

	/**
	 * @param digest of a content, in hex
	 * @returns how often it has come, this time included
	 */
	add(digest: string): number {
		const name = digest.slice(0, 2);
		const part = this.parts.get(name) ?? new Part();
		this.parts.set(name, part);
		return part.add(...numbersOf(digest));
	}

	/** How often it has come. */
	of(digest: string): number {
		return this.parts.get(digest.slice(0, 2))?.of(...numbersOf(digest)) ?? 0;
	}
}

function numbersOf(digest: string): [number, number] {
	return [Number.parseInt(digest.slice(2, 10), 16), Number.parseInt(digest.slice(10, 18), 16)];
}

/** What the runs of a node have counted, by n8n's own object for the node in its execution. */
const counted = new WeakMap<object, Map<number, ContentCounts>>();

/**
 * Numbers equal contents in the files of a node, as `numberingOf` does it for items. It keeps nothing
 * with the execution, which would grow with the rows: a file that is read again from its beginning
 * gives the same numbers.
 *
 * @param context n8n's `getContext('node')`
 * @param runIndex counts the runs of the node: a further try of one counts anew
 */
export function fileNumberingOf(context: object, runIndex: number): (digest: string) => number {
	const runs = counted.get(context) ?? new Map<number, ContentCounts>();
	counted.set(context, runs);
	const own = new ContentCounts();
	runs.set(runIndex, own);
	const earlier = [...runs].flatMap(([run, counts]) => (run < runIndex ? [counts] : []));
	return (digest) => earlier.reduce((sum, counts) => sum + counts.of(digest), 0) + own.add(digest);
}
