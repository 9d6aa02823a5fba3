/**
 * Finds a secret in a text, however its characters are spelled there. A spelling is a way through
 * the text: at each place goes on with the character that stands there, or with what an escape that
 * begins there stands for. All ways are followed at once, as one bit for each place in the secret.
 * A long secret is followed piece by piece, so the time grows in line with the text.
 */

/** From where to where in a text, the end not included. */
export type Span = readonly [start: number, end: number];

/**
 * Finds a secret in a text, and of a long one also its beginning, as far as it goes on.
 *
 * @param isCut whether the text was cut at its end: there, any beginning of the secret is enough
 */
export type Search = (text: string, isCut: boolean) => Span[];

/** A piece of text that stands for one character. */
interface Unit {
	readonly code: number;
	readonly length: number;
}

/** A part of a secret whose places, between its characters and at its ends, fit in one number. */
interface Piece {
	/** By character: at which places it comes next. */
	readonly bits: ReadonlyMap<number, number>;
	/** The place after the last character. */
	readonly end: number;
}

const MOST_IN_PIECE = 31;

/** How much of a secret has to stand where a text was cut for it to be taken for one. */
const SHORTEST_BEGINNING = 4;
const BEGINNINGS = ~0 << SHORTEST_BEGINNING;

/** `%25252541`: what a server escapes more often it does not hold any more. */
const MAX_PERCENT_LEVELS = 4;

/** Four bytes of a character, each with all its levels. */
const LONGEST_UNIT = 4 * (1 + 2 * MAX_PERCENT_LEVELS);

/**
 * A search for one secret.
 *
 * @param secret at least four characters
 * @param formsOf a character: what may stand for it
 */
export function createSearch(
	secret: string,
	formsOf: (character: string) => readonly string[] = (character) => [character],
): Search {
	const characters = Array.from(secret, (character) => formsOf(character).map(codeOf));
	const isAsItIs = characters.every((forms) => forms.length === 1);
	const [first, ...others] = Array.from(
		{ length: Math.ceil(characters.length / MOST_IN_PIECE) },
		(_, index) => toPiece(characters.slice(index * MOST_IN_PIECE, (index + 1) * MOST_IN_PIECE)),
	);
	return (text, isCut) => {
		const spans: Span[] = [];
		if (text.length < SHORTEST_BEGINNING) return spans;
		// most texts hold no escape, and are searched in no time
		if (!isCut && isAsItIs && !text.includes(secret) && !MAY_BE_SPELLED.test(text)) return spans;
		let covered = 0;
		for (const start of first ? startsIn(text, first, isCut) : []) {
			if (start < covered) continue;
			covered = endOf(text, start, [first, ...others], isCut);
			spans.push([start, covered]);
		}
		return spans;
	};
}

function toPiece(characters: readonly (readonly number[])[]): Piece {
	const bits = new Map<number, number>();
	for (const [place, forms] of characters.entries()) {
		for (const code of forms) bits.set(code, (bits.get(code) ?? 0) | (1 << place));
	}
	return { bits, end: 1 << characters.length };
}

/** Where in a text a piece begins, from left to right. */
function startsIn(text: string, { bits, end }: Piece, isCut: boolean): number[] {
	const starts: number[] = [];
	/** For the next places in the text: after which places of the piece the rest of it follows. */
	const ways = new Int32Array(LONGEST_UNIT + 1).fill(end);
	const size = ways.length;
	if (isCut) ways[text.length % size] = end | BEGINNINGS;
	for (let place = text.length - 1; place >= 0; place--) {
		const code = text.charCodeAt(place);
		let found = isCut && isUnfinished(text, place) ? BEGINNINGS : 0;
		if (isPlain(code)) {
			found |= ((ways[(place + 1) % size] ?? 0) >>> 1) & (bits.get(code) ?? 0);
		} else {
			for (const unit of unitsAt(text, place)) {
				found |= ((ways[(place + unit.length) % size] ?? 0) >>> 1) & (bits.get(unit.code) ?? 0);
			}
		}
		if ((found & 1) === 1) starts.push(place);
		ways[place % size] = found | end;
	}
	return starts.reverse();
}

/** Ends of a piece from which the next one is followed. */
const MOST_ENDS = 16;

/** Where the longest spelling ends that begins there, or leaves the pieces. */
function endOf(
	text: string,
	start: number,
	pieces: readonly (Piece | undefined)[],
	isCut: boolean,
): number {
	let ends = [start];
	let longest = start;
	for (const [index, piece] of pieces.entries()) {
		if (piece === undefined) break;
		const isLast = index === pieces.length - 1;
		/** By place in the text: to which places of the piece one may have come there. */
		const ways = new Map(Array.from(ends, (place) => [place, 1]));
		const isBeginning = index === 0 ? BEGINNINGS : ~0;
		ends = [];
		while (ways.size > 0) {
			const place = Math.min(...ways.keys());
			const bits = ways.get(place) ?? 0;
			ways.delete(place);
			if ((bits & piece.end) !== 0) ends.push(place);
			if ((bits & piece.end) !== 0 || (index > 0 && !isLast)) longest = Math.max(longest, place);
			if (isCut && (bits & isBeginning) !== 0 && isUnfinished(text, place)) return text.length;
			if (place === text.length) continue;
			for (const { code, length } of unitsAt(text, place)) {
				const next = (bits & (piece.bits.get(code) ?? 0)) << 1;
				if (next !== 0) ways.set(place + length, (ways.get(place + length) ?? 0) | next);
			}
		}
		if (ends.length === 0) break;
		// where a secret of backslashes alone could end nearly anywhere, the shortest and longest do
		if (ends.length > MOST_ENDS)
			ends = [...ends.slice(0, MOST_ENDS / 2), ...ends.slice(-MOST_ENDS / 2)];
	}
	return longest;
}

/** HTML's names for the signs that it escapes. */
const HTML_NAMES: Readonly<Record<string, string>> = {
	amp: '&',
	lt: '<',
	gt: '>',
	quot: '"',
	apos: "'",
};

const [PERCENT, BACKSLASH, AMPERSAND, PLUS, SMALL_U, SMALL_X] = Array.from('%\\&+ux', codeOf);

/** A text without these stands for nothing but itself. */
const MAY_BE_SPELLED = /[%\\&+]/;

/** Whether a place in a text stands for nothing but its one UTF-16 unit. */
function isPlain(code: number): boolean {
	return (
		code < 0x80 && code !== PERCENT && code !== BACKSLASH && code !== AMPERSAND && code !== PLUS
	);
}

const HTML_REFERENCE = /&(?:#(\d{1,9})|#[xX]([\da-f]{1,8})|(amp|lt|gt|quot|apos));/iy;
const UNICODE_ESCAPE = /\\(?:u([\da-fA-F]{4})|x([\da-fA-F]{2}))/y;
const HEX_BYTE = /^[\da-f]{2}$/i;
/** A byte of a character beyond ASCII after its first. */
const FURTHER_BYTE = /%(?:25){0,3}([89ab][\da-f])/iy;

/** All that a place in a text may stand for. */
function unitsAt(text: string, place: number): Unit[] {
	const code = text.codePointAt(place) ?? 0;
	const asItIs = { code, length: lengthOf(code) };
	switch (code) {
		case PERCENT:
			return [asItIs, ...percentUnits(text, place)];
		case BACKSLASH:
			return [asItIs, ...backslashUnits(text, place)];
		case AMPERSAND:
			return [asItIs, ...htmlUnits(text, place)];
		case PLUS:
			return [asItIs, { code: codeOf(' '), length: 1 }];
		default:
			return [asItIs];
	}
}

/** `%41`, `%2541`: of the latter the percent sign alone, too. */
function percentUnits(text: string, place: number): Unit[] {
	const units: Unit[] = [];
	for (let level = 1; level <= MAX_PERCENT_LEVELS; level++) {
		const end = place + 1 + 2 * level;
		const hex = text.slice(end - 2, end);
		if (!HEX_BYTE.test(hex)) break;
		units.push(characterOf(text, end, parseInt(hex, 16), place));
		if (hex !== '25') break;
	}
	return units;
}

/** The character that begins with a byte, which ends there in the text. */
function characterOf(text: string, end: number, first: number, place: number): Unit {
	const bytes = [first];
	FURTHER_BYTE.lastIndex = end;
	const further = first < 0xc0 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
	while (bytes.length <= further) {
		const hex = FURTHER_BYTE.exec(text)?.[1];
		if (hex === undefined) return { code: -1, length: end - place };
		bytes.push(parseInt(hex, 16));
	}
	const length = (further === 0 ? end : FURTHER_BYTE.lastIndex) - place;
	return { code: codeOf(Buffer.from(bytes).toString('utf8')), length };
}

/** `\/`, `\u0041`, `\x41`. */
function backslashUnits(text: string, place: number): Unit[] {
	const escaped = text.codePointAt(place + 1);
	if (escaped === undefined) return [];
	const asItIs = { code: escaped, length: 1 + lengthOf(escaped) };
	if (escaped !== SMALL_U && escaped !== SMALL_X) return [asItIs];
	const [whole = '', unicode, byte] = matchAt(UNICODE_ESCAPE, text, place) ?? [];
	const hex = unicode ?? byte;
	return hex === undefined ? [asItIs] : [asItIs, { code: parseInt(hex, 16), length: whole.length }];
}

/** `&#65;`, `&#x41;`, `&amp;`. */
function htmlUnits(text: string, place: number): Unit[] {
	const [whole = '', decimal, hex, name] = matchAt(HTML_REFERENCE, text, place) ?? [];
	if (whole === '') return [];
	const { length } = whole;
	if (name !== undefined) {
		return [{ code: codeOf(HTML_NAMES[name.toLowerCase()] ?? ''), length }];
	}
	return [{ code: decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal), length }];
}

/** The longest beginning of an escape that is none yet. */
const LONGEST_UNFINISHED = 1 + 2 * MAX_PERCENT_LEVELS;
const UNFINISHED =
	/^(?:|%(?:25)*[\da-f]?|\\(?:u[\da-f]{0,3}|x[\da-f]?)?|&(?:#x?[\da-f]*|[a-z]*))$/i;

/** Whether nothing follows in a text, or only an escape that was cut. */
function isUnfinished(text: string, place: number): boolean {
	return text.length - place <= LONGEST_UNFINISHED && UNFINISHED.test(text.slice(place));
}

function matchAt(sticky: RegExp, text: string, place: number): RegExpExecArray | null {
	sticky.lastIndex = place;
	return sticky.exec(text);
}

function codeOf(character: string): number {
	return character.codePointAt(0) ?? -1;
}

/** UTF-16 units of a character. */
function lengthOf(code: number): number {
	return code > 0xffff ? 2 : 1;
}
