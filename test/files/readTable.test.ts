import { gzipSync } from 'node:zlib';

import fc from 'fast-check';

import { readTable, type Reading } from '../../transport/files/readTable';
import { FileTrouble, type Row } from '../../transport/files/row';

const usual: Reading = { format: 'auto', delimiter: 'auto', encoding: 'utf8' };

/** Bytes in chunks of this size, as they come from a disk or a network. */
async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer, void> {
	for (let at = 0; at < bytes.length; at += size) {
		await Promise.resolve();
		yield bytes.subarray(at, at + size);
	}
}

interface Read {
	readonly columns: readonly string[];
	readonly rows: readonly Row[];
	readonly remarks: readonly string[];
	/** What ended it, if something did. */
	readonly trouble?: FileTrouble;
}

async function read(
	content: string | Buffer,
	reading: Partial<Reading> = {},
	chunkSize = 7,
): Promise<Read> {
	const rows: Row[] = [];
	try {
		const bytes = inChunks(Buffer.from(content), chunkSize);
		const table = await readTable(bytes, { ...usual, ...reading });
		try {
			for await (const some of table.rows) rows.push(...some);
			return { ...table, rows };
		} catch (trouble) {
			return { ...table, rows, trouble: trouble as FileTrouble };
		}
	} catch (trouble) {
		return { columns: [], rows, remarks: [], trouble: trouble as FileTrouble };
	}
}

const jsons = ({ rows }: Read) => rows.map(({ json }) => json);

describe('CSV', () => {
	test('has a row in each line, and a row is told by the number that a spreadsheet gives it', async () => {
		const { columns, rows } = await read('a,b\n1,2\n\n3,4\n');
		expect(columns).toEqual(['a', 'b']);
		expect(rows).toEqual([
			{ number: 2, json: { a: '1', b: '2' }, cells: ['1', '2'] },
			{ number: 4, json: { a: '3', b: '4' }, cells: ['3', '4'] },
		]);
	});

	test('may have delimiters, line breaks and doubled quotes inside of quotes', async () => {
		const { rows } = await read('a,b\n"1,5\nx","say ""hi"""\n2,3');
		expect(rows.map(({ number, json }) => [number, json])).toEqual([
			[2, { a: '1,5\nx', b: 'say "hi"' }],
			[3, { a: '2', b: '3' }],
		]);
	});

	test.each([
		['a comma', 'a,b c\n1,2;3\n'],
		['a semicolon', 'a;b,c\n1;2,5\n3;4,5\n'],
		['a tab', 'a\tb c\n1\t2,5\n'],
		['a bar', 'a|b\n1|2;5\n'],
		['a comma, with others inside of quotes', 'a,b\n"x;;;;;",2\n"y;;",3\n'],
		['a comma, where there is one column alone', 'a\n1\n'],
	])('is read by the delimiter that its beginning shows: %s', async (_, text) => {
		const [first = {}] = jsons(await read(text));
		expect(Object.keys(first)[0]).toBe('a');
		expect(Object.keys(first).length).toBe(text.startsWith('a\n') ? 1 : 2);
	});

	test('is read by the delimiter that is set', async () => {
		expect(jsons(await read('a;b,c\n1;2,3\n', { delimiter: ',' }))).toEqual([
			{ 'a;b': '1;2', c: '3' },
		]);
	});

	test.each(['\n', '\r\n', '\r'])('has any line break: %j', async (lineBreak) => {
		const text = ['a,b', '1,2', '3,4', ''].join(lineBreak);
		expect(jsons(await read(text))).toEqual([
			{ a: '1', b: '2' },
			{ a: '3', b: '4' },
		]);
	});

	test('has no cell where it is empty, as items that n8n makes of it', async () => {
		expect(jsons(await read('a,b,c\n1,,"\n"\n,,\n'))).toEqual([{ a: '1', c: '\n' }, {}]);
	});

	test('of a name that the header has twice, the last column counts, and that is told', async () => {
		const { rows, remarks } = await read('a,b,a\n1,2,3\n4,5,\n');
		expect(rows.map(({ json }) => json)).toEqual([{ a: '3', b: '2' }, { b: '5' }]);
		expect(rows[0]?.cells).toEqual(['1', '2', '3']);
		expect(remarks).toEqual([
			'The header has "a" more than once: the last column of the name counts.',
		]);
	});

	test('a row with too few values lacks the last columns; one with too many is broken, the others are not', async () => {
		const { rows } = await read('a,b\n1\n1,2,3\n4,5,,\n6,7\n');
		expect(rows.map(({ json, flaw, rest }) => [json, flaw, rest])).toEqual([
			[{ a: '1' }, undefined, undefined],
			[
				{},
				'The row has 3 values for 2 columns: put a value that has the delimiter in it in quotes.',
				'1,2,3',
			],
			[{ a: '4', b: '5' }, undefined, undefined],
			[{ a: '6', b: '7' }, undefined, undefined],
		]);
	});

	test('a row whose quotes are broken is broken alone, with its number and its whole line', async () => {
		const { rows, trouble } = await read('a,b\n1,x\n2,9.7" wide\n"3"x,y\n4,"z"\n');
		expect(trouble).toBeUndefined();
		const flaw =
			'The row has a quote that is neither around a whole value nor doubled: put the whole value in quotes, and double each quote in it.';
		expect(rows).toMatchObject([
			{ number: 2, json: { a: '1', b: 'x' } },
			{ number: 3, json: {}, flaw, rest: '2,9.7" wide' },
			{ number: 4, json: {}, flaw, rest: '"3"x,y' },
			{ number: 5, json: { a: '4', b: 'z' } },
		]);
	});

	test('a broken quote that takes in the rows after it swallows none: each line is a broken row, and names the row of the quote', async () => {
		const line = (row: number) => `${row},${row === 502 || row === 1_502 ? '"' : ''}home`;
		const lines = Array.from({ length: 2_000 }, (_, index) => line(index + 2));
		for (const lineBreak of ['\n', '\r\n']) {
			const text = ['a,b', ...lines, ''].join(lineBreak);
			for (const size of [7, 65_536]) {
				const { rows, trouble } = await read(text, {}, size);
				expect(trouble).toBeUndefined();
				expect(rows.map(({ number }) => number)).toEqual(lines.map((_, index) => index + 2));
				const broken = rows.filter(({ flaw }) => flaw !== undefined);
				expect(broken.map(({ number }) => number)).toEqual(
					Array.from({ length: 1_001 }, (_, index) => 502 + index),
				);
				expect(broken.map(({ rest }) => rest)).toEqual(lines.slice(500, 1_501));
				expect(new Set(broken.map(({ flaw }) => flaw))).toEqual(
					new Set([
						'The quote that row 502 opens is not closed where its value ends, so rows 502 to 1502 cannot be told apart. Close it or take it away, and send these rows again.',
					]),
				);
			}
		}
	});

	test('where a quote is missing among quoted values, the row after it is not lost', async () => {
		const { rows } = await read('a,b\n"1","x"\n"2","y\n"3","z"\n"4","w"\n');
		expect(rows.map(({ number, flaw }) => [number, flaw?.slice(0, 30)])).toEqual([
			[2, undefined],
			[3, 'The quote that row 3 opens is '],
			[4, 'The quote that row 3 opens is '],
			[5, undefined],
		]);
	});

	test.each([
		['too few', '1,"x\n2,y\n3,z"\n', 'A quote makes rows 2 to 4 one, which has 2 values for 3 c'],
		['too many', '1,"x\n2",y,z\n', 'A quote makes rows 2 to 3 one, which has 4 values for 3 c'],
	])('rows that a quote makes one of %s values are told apart again', async (_, text, sentence) => {
		const { rows } = await read(`a,b,c\n${text}7,8,9\n`);
		const lines = text.trim().split('\n');
		expect(rows.map(({ number, rest }) => [number, rest])).toEqual([
			...lines.map((line, index) => [2 + index, line]),
			[2 + lines.length, undefined],
		]);
		expect(rows.slice(0, -1).map(({ flaw }) => flaw?.slice(0, sentence.length))).toEqual(
			lines.map(() => sentence),
		);
	});

	test('what is quoted behind a broken quote is text, not a row', async () => {
		const { rows } = await read('a,b\n9.7" wide,"x\n5,6\ny"\n7,8\n');
		expect(rows.map(({ number, flaw }) => [number, flaw !== undefined])).toEqual([
			[2, true],
			[3, true],
			[4, true],
			[5, false],
		]);
	});

	test('a row of nothing but broken quotes takes no more time than any other', async () => {
		const startedAt = performance.now();
		const { rows } = await read(`a,b\nx${'"'.repeat(900_000)},1\n2,3\n`, {}, 65_536);
		expect(rows.map(({ flaw }) => flaw !== undefined)).toEqual([true, false]);
		// a quadratic reader takes minutes
		expect(performance.now() - startedAt).toBeLessThan(5_000);
	});

	test('whose header has a broken quote is told in a sentence', async () => {
		const { trouble } = await read('a,b" c\n1,2\n');
		expect([trouble?.row, trouble?.message.slice(0, 53)]).toEqual([
			1,
			'has a header that cannot be read. The row has a quote',
		]);
	});

	test('of undelivered rows has the columns of the rows alone, and a line that could not be read still cannot', async () => {
		const text =
			'a,b,row,outcome,reason,rest\n1,x,7,invalid,why,\n,,8,invalid,why,"2,y,z"\n3,4,9,failed,why,\n';
		const { columns, rows } = await read(text);
		expect(columns).toEqual(['a', 'b']);
		expect(rows).toMatchObject([
			{ number: 2, json: { a: '1', b: 'x' } },
			{
				number: 3,
				json: {},
				flaw: expect.stringMatching(/^The column rest has a line/) as string,
				rest: '2,y,z',
			},
			{ number: 4, json: { a: '3', b: '4' } },
		]);
		expect(Object.keys(rows[0]?.json ?? {})).toEqual(['a', 'b']);
	});

	test('with a header alone has no rows, and an empty file is told', async () => {
		expect(await read('a,b\n')).toMatchObject({ columns: ['a', 'b'], rows: [], remarks: [] });
		for (const empty of ['', '\n\n', '\ufeff']) {
			expect(await read(empty)).toMatchObject({ rows: [], remarks: ['The file is empty.'] });
		}
	});
});

describe('NDJSON', () => {
	test('has an object in each line, with values as they are', async () => {
		const read1 = await read('{"a":1,"b":{"c":[2]}}\r\n\n{"a":"x"}');
		expect(read1.rows.map(({ number, json }) => [number, json])).toEqual([
			[1, { a: 1, b: { c: [2] } }],
			[3, { a: 'x' }],
		]);
		expect(read1.columns).toEqual(['a', 'b']);
	});

	test('a line that is none is broken alone', async () => {
		const { rows, trouble } = await read('{"a":1}\n{"a":\n[1]\n"{}"\n{"a":2}\n');
		expect(trouble).toBeUndefined();
		expect(rows.map(({ number, flaw }) => [number, flaw?.slice(0, 16)])).toEqual([
			[1, undefined],
			[2, 'The line is no J'],
			[3, 'The line is no J'],
			[4, 'The line is no J'],
			[5, undefined],
		]);
		expect(rows.map(({ rest }) => rest)).toEqual([undefined, '{"a":', '[1]', '"{}"', undefined]);
	});

	test('a JSON list is neither, and a sentence says what to do', async () => {
		const { trouble } = await read('[{"a":1},{"a":2}]');
		expect(trouble?.message).toMatch(/^is a JSON list\. Save it as NDJSON/);
	});
});

describe('a text', () => {
	const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
	test.each<[string, Buffer, Partial<Reading>]>([
		['UTF-8', Buffer.from('a\nGröße 😀\n'), {}],
		['UTF-8 with its mark', Buffer.from('\ufeffa\nGröße 😀\n'), {}],
		['UTF-16 LE by its mark', Buffer.from('\ufeffa\nGröße 😀\n', 'utf16le'), {}],
		['UTF-16 BE by its mark', utf16be('\ufeffa\nGröße 😀\n'), { encoding: 'latin1' }],
		['UTF-16 LE as set', Buffer.from('a\nGröße 😀\n', 'utf16le'), { encoding: 'utf16le' }],
		['UTF-16 BE as set', utf16be('a\nGröße 😀\n'), { encoding: 'utf16be' }],
	])('is read in %s', async (_, bytes, reading) => {
		for (const size of [1, 2, 3, 1_000]) {
			expect(jsons(await read(bytes, reading, size))).toEqual([{ a: 'Größe 😀' }]);
		}
	});

	test('is read in Latin-1 as Windows has it', async () => {
		const bytes = Buffer.from([0x61, 0x0a, 0x47, 0x72, 0xf6, 0xdf, 0x65, 0x80, 0x0a]);
		expect(jsons(await read(bytes, { encoding: 'latin1' }))).toEqual([{ a: 'Größe€' }]);
	});

	test('in another encoding than the one that is set is no text: what came before it is read', async () => {
		const good = 'a,b\n1,x\n2,y\n';
		const bytes = Buffer.concat([Buffer.from(good), Buffer.from('3,Gr\xf6\xdfe\n4,z\n', 'latin1')]);
		for (const size of [1, 7, 1_000]) {
			const { rows, trouble } = await read(bytes, {}, size);
			expect(rows.map(({ number }) => number)).toEqual([2, 3]);
			expect(trouble?.message).toBe(
				'is not UTF-8 text. Set the option Encoding to the one that the file was written in.',
			);
		}
	});

	test('may itself have the character that stands for what cannot be read', async () => {
		const text = `a\n${'x\ufffdy\n'.repeat(50)}`;
		for (const size of [1, 2, 3, 5, 7]) {
			const { rows, trouble } = await read(text, {}, size);
			expect([rows.length, trouble]).toEqual([50, undefined]);
		}
	});

	test.each<[string, Buffer]>([
		['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d])],
		['a picture', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46, 0x49, 0x46])],
		['an Excel workbook or a ZIP archive', Buffer.from([0x50, 0x4b, 0x03, 0x04, 0x14, 0, 6, 0])],
		['a picture', gzipSync(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0]))],
	])('is not read from %s', async (name, bytes) => {
		expect((await read(bytes)).trouble?.message).toBe(`is ${name}, not CSV or NDJSON.`);
	});

	test('is not read from bytes that are no text', async () => {
		const { trouble } = await read(Buffer.from([1, 2, 0, 0, 7, 8, 0, 0]));
		expect(trouble?.message).toMatch(/^is no text: it has zero bytes/);
	});
});

describe('a file that breaks off', () => {
	const rowsOf = (count: number) =>
		Array.from({ length: count }, (_, row) => `${row},"${row}, ""${row * 7919}""\n"`).join('\n');
	const text = `id,note\n${rowsOf(5_000)}\n`;

	test.each([0.3, 0.6, 0.99])(
		'in the middle of its gzip data is read up to there (%d of it)',
		async (share) => {
			const whole = gzipSync(text);
			const cut = whole.subarray(0, Math.floor(whole.length * share));
			const { rows, trouble } = await read(cut, {}, 1_000);
			expect(trouble?.message).toBe(
				'breaks off: its gzip data has no end. Transfer it again, completely.',
			);
			// but for what the packer still held back
			expect(rows.length).toBeGreaterThan(5_000 * share * 0.8);
			expect(rows.every(({ number, json }) => json.id === String(number - 2))).toBe(true);
		},
	);

	test('in damaged gzip data is read up to there', async () => {
		const whole = gzipSync(text);
		whole.fill(0x55, Math.floor(whole.length / 2), Math.floor(whole.length / 2) + 200);
		const { rows, trouble } = await read(whole, {}, 1_000);
		expect(trouble?.message).toMatch(/^is damaged: its gzip data cannot be unpacked/);
		expect(rows.length).toBeGreaterThan(1_000);
	});

	test('inside a quoted value says in which row', async () => {
		const { rows, trouble } = await read('a,b\n1,x\n2,"y\n3,z\n4');
		expect(rows.map(({ number }) => number)).toEqual([2]);
		expect([trouble?.row, trouble?.message]).toEqual([
			3,
			'breaks off inside a quoted value. Transfer the file again, completely, or close the quote.',
		]);
	});

	test('inside a row says in which, and a last row without a line break is whole', async () => {
		const { rows, trouble } = await read('a,b,c\n1,2,3\n4,5');
		expect(rows.map(({ number }) => number)).toEqual([2]);
		expect([trouble?.row, trouble?.message]).toEqual([
			3,
			'breaks off in the middle. Transfer it again, completely.',
		]);
		expect((await read('a,b\n1,2')).trouble).toBeUndefined();
		expect((await read('a,b,c\n1,2\n')).trouble).toBeUndefined();
	});

	test('inside a line of NDJSON says in which', async () => {
		const { rows, trouble } = await read('{"a":1}\n{"a":');
		expect([rows.length, trouble?.row]).toEqual([1, 2]);
	});
});

describe('a line that never ends', () => {
	/** A gigabyte would do as well: what is never read takes no time. */
	async function* endless(begin: string): AsyncGenerator<Buffer, void> {
		yield Buffer.from(begin);
		for (let chunk = 0; chunk < 16_384; chunk++) {
			await Promise.resolve();
			yield Buffer.alloc(65_536, 'x');
		}
	}

	test.each([
		['in quotes', 'a,b\n1,2\n3,"', 3],
		['without quotes', 'a,b\n1,2\n3,', 3],
		['of NDJSON', '{"a":1}\n{"a":"', 2],
	])('%s is given up, and what came before it is read', async (_, begin, row) => {
		const table = await readTable(endless(begin), usual);
		const rows: Row[] = [];
		const reading = (async () => {
			for await (const some of table.rows) rows.push(...some);
		})();
		await expect(reading).rejects.toMatchObject({
			row,
			message: expect.stringContaining('of more than 1,000,000 characters') as string,
		});
		expect(rows).toHaveLength(1);
	});
});

test('every line of a table is read or told, whatever quotes are in it', async () => {
	const line = fc.array(fc.constantFrom('a', '"', '""', ',', '1', ' '), { maxLength: 8 });
	await fc.assert(
		fc.asyncProperty(
			fc.array(line, { maxLength: 12 }),
			fc.integer({ min: 1, max: 40 }),
			async (drawn, chunkSize) => {
				const lines = drawn.map((parts) => parts.join(''));
				const text = ['h,i,j', ...lines, ''].join('\n');
				const { rows, trouble } = await read(text, {}, chunkSize);
				let [at, number] = [0, 2];
				/** Lines of a record that is whole: as many as its quotes take in. */
				const take = () => {
					let taken = lines[at++] ?? '';
					while (at < lines.length && (taken.split('"').length - 1) % 2 === 1)
						taken += `\n${lines[at++] ?? ''}`;
					number++;
					return taken;
				};
				for (const row of rows) {
					while (number < row.number) expect(take().replaceAll('"', '').trim()).toBe('');
					if (row.rest === undefined)
						expect(take().match(/\n/g)).toEqual(row.cells.join('').match(/\n/g));
					else expect([row.rest, number++]).toEqual([lines[at++], row.number]);
				}
				if (trouble) expect(trouble.row).toBeGreaterThanOrEqual(number);
				else while (at < lines.length) expect(take().replaceAll('"', '').trim()).toBe('');
			},
		),
	);
});

test('tables are read as they were written, however the bytes come', async () => {
	const cell = fc.oneof(
		fc.string({ unit: 'grapheme' }),
		fc.constantFrom('', ' ', '"', '""', ',', ';', '\n', '\r\n', 'a"b', '1,5'),
	);
	const table = fc
		.integer({ min: 2, max: 5 })
		.chain((width) =>
			fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 8 }),
		);
	await fc.assert(
		fc.asyncProperty(
			table,
			fc.constantFrom(',', ';', '\t', '|'),
			fc.integer({ min: 1, max: 40 }),
			fc.boolean(),
			async (rows, delimiter, chunkSize, isPacked) => {
				const header = (rows[0] ?? ['', '']).map((_, at) => `column ${at}`);
				const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
				const text = [header, ...rows]
					.map((line) => `${line.map(quoted).join(delimiter)}\n`)
					.join('');
				const found = await read(isPacked ? gzipSync(text) : text, {}, chunkSize);
				expect(found.columns).toEqual(header);
				expect(found.rows.map(({ cells }) => cells)).toEqual(rows);
				expect(found.trouble).toBeUndefined();
			},
		),
	);
});
