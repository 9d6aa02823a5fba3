import type { Encoding } from '../declaration/fileOptions';
import { withHead } from './head';
import { FileTrouble } from './row';

const byEncoding: Readonly<Record<Encoding, { readonly label: string; readonly name: string }>> = {
	utf8: { label: 'utf-8', name: 'UTF-8' },
	utf16le: { label: 'utf-16le', name: 'UTF-16 LE' },
	utf16be: { label: 'utf-16be', name: 'UTF-16 BE' },
	latin1: { label: 'windows-1252', name: 'Latin-1 (Windows-1252)' },
};

/** Byte order marks: where a file begins with one, it says more than the option. */
const marks: readonly (readonly [Encoding, readonly number[]])[] = [
	['utf8', [0xef, 0xbb, 0xbf]],
	['utf16le', [0xff, 0xfe]],
	['utf16be', [0xfe, 0xff]],
];

/** Beginnings of files that people take for tables. */
const others: readonly (readonly [string, readonly number[]])[] = [
	['an Excel workbook or a ZIP archive', [0x50, 0x4b, 0x03, 0x04]],
	['an old Excel workbook', [0xd0, 0xcf, 0x11, 0xe0]],
	['a PDF', [0x25, 0x50, 0x44, 0x46]],
	['a picture', [0x89, 0x50, 0x4e, 0x47]],
	['a picture', [0xff, 0xd8, 0xff]],
	['a picture', [0x47, 0x49, 0x46, 0x38]],
	['a Parquet file', [0x50, 0x41, 0x52, 0x31]],
];

/** What stands for bytes that are no text in an encoding. */
const REPLACEMENT = '\ufffd';
const HEAD_BYTES = 4_096;

/**
 * The text of a file's bytes. What could be read comes before the error of what cannot.
 *
 * @throws {FileTrouble} where the bytes are no text in this encoding
 */
export async function* decoded(
	bytes: AsyncGenerator<Buffer, void>,
	chosen: Encoding,
): AsyncGenerator<string, void> {
	const { head = Buffer.alloc(0), all } = await withHead(bytes, HEAD_BYTES, (a, b) =>
		Buffer.concat([a, b]),
	);
	try {
		const begins = ([, sign]: (typeof marks)[number] | (typeof others)[number]) =>
			sign.every((byte, at) => head[at] === byte);
		const [other] = others.find(begins) ?? [];
		if (other !== undefined) throw new FileTrouble(`is ${other}, not CSV or NDJSON.`);
		const encoding = marks.find(begins)?.[0] ?? chosen;
		if (!encoding.startsWith('utf16') && head.includes(0)) {
			throw new FileTrouble(
				'is no text: it has zero bytes. A picture or a workbook cannot be read; for UTF-16 text set the option Encoding.',
			);
		}
		yield* decodedFrom(all, encoding);
	} finally {
		await all.return();
	}
}

async function* decodedFrom(
	bytes: AsyncGenerator<Buffer, void>,
	encoding: Encoding,
): AsyncGenerator<string, void> {
	const { label, name } = byEncoding[encoding];
	// takes the byte order mark away
	const decoder = new TextDecoder(label);
	let before: Buffer = Buffer.alloc(0);
	const checked = (text: string, chunk: Buffer): { text: string; isWhole: boolean } => {
		const first = text.indexOf(REPLACEMENT);
		if (first === -1) return { text, isWhole: true };
		// the file itself may have the character
		const own = count(Buffer.concat([before, chunk]), written(encoding));
		if (own >= text.split(REPLACEMENT).length - 1) return { text, isWhole: true };
		return { text: text.slice(0, first), isWhole: false };
	};
	const wrong = () =>
		new FileTrouble(
			`is not ${name} text. Set the option Encoding to the one that the file was written in.`,
		);
	for await (const chunk of bytes) {
		const { text, isWhole } = checked(decoder.decode(chunk, { stream: true }), chunk);
		yield text;
		if (!isWhole) throw wrong();
		before = chunk.subarray(-2);
	}
	const { text, isWhole } = checked(decoder.decode(), Buffer.alloc(0));
	yield text;
	if (!isWhole) throw wrong();
}

/** The character that stands for what cannot be read, where the text itself has it. */
function written(encoding: Encoding): Buffer {
	if (encoding === 'utf16be') return Buffer.from(REPLACEMENT, 'utf16le').swap16();
	return Buffer.from(REPLACEMENT, encoding === 'utf16le' ? 'utf16le' : 'utf8');
}

function count(bytes: Buffer, sought: Buffer): number {
	let found = 0;
	for (let at = bytes.indexOf(sought); at !== -1; at = bytes.indexOf(sought, at + 1)) found++;
	return found;
}
