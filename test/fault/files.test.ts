/** Files instead of items, against the sandbox: what becomes of each row. */
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { subjects, type Subject } from '../providers';
import { prepareFiles, runFiles, toCsv } from '../support/fileRun';
import { prepareRecorded, recordFile, withRecordFolder } from '../support/recordFolder';
import { startRecorder } from '../support/recorder';
import { prepare, testSideBySide, useSandbox } from '../support/sandboxRun';
import { until } from '../support/until';

const numbers = (count: number, first = 1) =>
	Array.from({ length: count }, (_, index) => first + index);

/** The subject's own items as a file with so many rows. */
const table = ({ item }: Subject, count: number) => toCsv(numbers(count).map(item));

const subjectOf = (operation: string) => {
	const found = subjects.find((subject) => subject.operation === operation);
	if (!found) throw new Error(`${operation} is an operation`);
	return found;
};
const justtrack = subjectOf('revenueEvent');

/** All timers but intervals. */
const others = [
	'Date',
	'clearImmediate',
	'clearTimeout',
	'hrtime',
	'nextTick',
	'performance',
	'queueMicrotask',
	'setImmediate',
	'setTimeout',
] as const;

/** A CSV file as it was written, row by row. */
const rowsIn = (csv = '') => parse<Record<string, string>>(csv, { columns: true });

describe('a file is', () => {
	for (const subject of subjects) {
		const name = `${subject.provider.name} ${subject.operation}`;

		testSideBySide(`${name}: delivered row by row, and told in one item`, async (sandbox) => {
			const content = gzipSync(table(subject, 40));
			const { jsons, items } = await runFiles(subject, sandbox.url, [
				{ name: 'day.csv.gz', content },
			]);
			expect(jsons).toEqual([
				{
					provider: subject.provider.displayName,
					operation: subject.operation,
					source: 'file',
					file: 'day.csv.gz',
					rows: 40,
					outcomes: { delivered: 40 },
					amounts: expect.any(Object) as object,
					seconds: expect.any(Number) as number,
				},
			]);
			expect(items[0]?.pairedItem).toEqual({ item: 0 });
			expect(items[0]?.binary).toBeUndefined();
			expect(sandbox.report().events).toHaveLength(40);
		});

		// a value that is broken as text as well
		if (typeof subject.broken.value !== 'string') continue;
		testSideBySide(
			`${name}: written down where a row is not delivered, with all its columns`,
			async (sandbox) => {
				const { key } = subject.broken;
				const value = String(subject.broken.value);
				const rows = numbers(30).map((number): IDataObject => ({
					...subject.item(number),
					[key]: number === 7 ? value : (subject.item(number)[key] ?? ''),
					note: `row, "${number}"\nof 30`,
				}));
				const { jsons, items, undelivered, hints } = await runFiles(subject, sandbox.url, [
					{ content: toCsv(rows) },
				]);
				expect(jsons[0]).toMatchObject({ rows: 30, outcomes: { delivered: 29, invalid: 1 } });
				expect(items[0]?.binary?.undelivered).toMatchObject({
					fileName: 'undelivered-day.csv',
					mimeType: 'text/csv',
				});
				const [row, ...others] = rowsIn(undelivered[0]);
				expect(others).toEqual([]);
				expect(row).toMatchObject({
					note: 'row, "7"\nof 30',
					row: '8',
					outcome: 'invalid',
					reason: expect.stringContaining(key) as string,
				});
				expect(Object.keys(row ?? {})).toEqual([
					...Object.keys(rows[0] ?? {}),
					...['row', 'outcome', 'reason', 'rest'],
				]);
				expect(hints[0]).toMatchObject({
					type: 'warning',
					message: expect.stringContaining('day.csv: 30 rows: 29 delivered, 1 invalid.') as string,
				});
			},
		);
	}
});

describe('the same table through items and through a file', () => {
	for (const subject of subjects) {
		test(`${subject.provider.name} ${subject.operation}: makes the same requests, byte for byte`, async () => {
			const recorder = await startRecorder();
			const columns = Object.keys(subject.item(1));
			const cell = fc.oneof(
				fc.string({ unit: 'grapheme', maxLength: 12 }),
				fc.constantFrom('', ' ', '1.50', '0', '-1', 'a"b', 'x,y', 'line\nbreak', 'true', '1e3'),
			);
			/** A column's own values, so that many rows are valid, or any other text. */
			const row = fc.tuple(
				fc.integer({ min: 1, max: 50 }),
				fc.array(fc.option(cell, { freq: 8 }), {
					minLength: columns.length,
					maxLength: columns.length,
				}),
			);
			const mapping = fc.constantFrom<IDataObject>(
				{ dataMode: 'autoMapInputData' },
				{ dataMode: 'defineBelow', ...subject.dragged },
				{ dataMode: 'defineBelow', ...computed(subject.dragged) },
			);
			try {
				await fc.assert(
					fc.asyncProperty(
						fc.array(row, { minLength: 1, maxLength: 45 }),
						mapping,
						async (drawn, parameters) => {
							const rows = drawn.map(([number, others]) => {
								const own = subject.item(number);
								return Object.fromEntries(
									columns.map((name, at): [string, string] => {
										const value = others[at] ?? own[name] ?? '';
										return [name, typeof value === 'string' ? value : JSON.stringify(value)];
									}),
								);
							});
							// as n8n's own node makes items of a file
							const items = rows.map((one) =>
								Object.fromEntries(Object.entries(one).filter(([, value]) => value !== '')),
							);
							const sentBy = async (run: () => Promise<unknown>) => {
								recorder.requests.length = 0;
								await run();
								return recorder.requests.map(({ target, body }) => `${target}\n${body}`).sort();
							};
							const variation = { parameters: { ...subject.parameters, ...parameters } as never };
							const content = toCsv(rows, columns);
							const throughFile = await sentBy(() =>
								runFiles(subject, recorder.url, [{ content }], variation),
							);
							const throughItems = await sentBy(() =>
								prepare(subject, recorder.url, items, variation).run(),
							);
							expect(throughFile).toEqual(throughItems);
						},
					),
					{ numRuns: 12 },
				);
			} finally {
				await recorder.close();
			}
		}, 60_000);
	}
});

/** The same mapping with more around each column: what is evaluated for many rows at once, or row by row. */
function computed(dragged: IDataObject): IDataObject {
	let turn = 0;
	const wrap = (value: unknown): unknown => {
		if (typeof value === 'object' && value !== null) {
			return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, wrap(part)]));
		}
		const column = /^=\{\{ (\$json\.\w+) \}\}$/.exec(String(value))?.[1];
		if (column === undefined) return value;
		return [
			`={{ ${column} }}`,
			`={{ ${column} ?? '' }}`,
			`={{ ${column} ? ${column}.trim() : undefined }}`,
			`={{ [${column}].map((it) => it)[0] }}`,
		][turn++ % 4];
	};
	return wrap(dragged) as IDataObject;
}

describe('a file', () => {
	const sandboxOf = useSandbox();
	const run = (content: string | Buffer | Readable, more: Parameters<typeof runFiles>[3] = {}) =>
		runFiles(justtrack, sandboxOf().url, [{ content }], more);

	test('has its amounts summed up to the last digit, by outcome and currency', async () => {
		const revenue = subjectOf('customRevenue');
		const rows = numbers(60).map((number) => ({
			...revenue.item(number),
			total: number === 3 ? '0.10' : '1000000000000000.1',
			currency: number % 2 === 0 ? 'EUR' : 'USD',
		}));
		const { jsons } = await runFiles(revenue, sandboxOf().url, [{ content: toCsv(rows) }]);
		expect(jsons[0]?.amounts).toEqual({
			delivered: { USD: '29000000000000003.00', EUR: '30000000000000003.0' },
		});
	});

	test('comes after another: one item each, in their order', async () => {
		const files = [table(justtrack, 3), '', toCsv(numbers(2, 50).map(justtrack.item))].map(
			(content, index) => ({ name: `${index}.csv`, content }),
		);
		const { items, jsons } = await runFiles(justtrack, sandboxOf().url, files);
		expect(jsons.map(({ file, rows, outcomes }) => [file, rows, outcomes])).toEqual([
			['0.csv', 3, { delivered: 3 }],
			['1.csv', 0, {}],
			['2.csv', 2, { delivered: 2 }],
		]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
	});

	test('that is NDJSON is read as well, and what is not delivered keeps all names', async () => {
		const rows = [
			justtrack.item(1),
			{ ...justtrack.item(2), value: 'x', tags: ['a'] },
			...numbers(300, 3).map(justtrack.item),
			{ ...justtrack.item(400), value: 'y', late: 1 },
		];
		const content = rows.map((row) => JSON.stringify(row)).join('\n');
		const { jsons, undelivered } = await run(content);
		expect(jsons[0]).toMatchObject({ rows: 303, outcomes: { delivered: 301, invalid: 2 } });
		const written = rowsIn(undelivered[0]);
		expect(written.map(({ row, value, tags, rest }) => [row, value, tags, rest])).toEqual([
			['2', 'x', '["a"]', ''],
			// the columns are those of the first objects
			['303', '', '', JSON.stringify(rows.at(-1))],
		]);
	});

	test.each([
		[
			'CSV with a value too many',
			(own: string[]) => `${own.slice(0, 4).join('\n')}\n${own[4]},234.50\n${own[5]}\n`,
			['6'],
		],
		[
			'CSV with a quote that is not closed',
			(own: string[]) =>
				`${own.slice(0, 3).join('\n')}\n${own[3]?.slice(0, -1)}\n${own.slice(4).join('\n')}\n`,
			['5', '6'],
		],
	])(
		'has the whole of each row that cannot be read in undelivered, and sent again unchanged that is invalid again: %s',
		async (_, damage, numbersOf) => {
			const [header = '', ...own] = table(justtrack, 6).trim().split('\n');
			const damaged = damage(own);
			const first = await run(`${header}\n${damaged}`);
			expect(first.jsons[0]).toMatchObject({
				rows: 6,
				outcomes: { delivered: 6 - numbersOf.length, invalid: numbersOf.length },
			});
			const written = rowsIn(first.undelivered[0]);
			expect(written.map(({ row, rest }) => [row, rest])).toEqual(
				numbersOf.map((row) => [row, damaged.split('\n')[Number(row) - 2]]),
			);
			const { requests } = sandboxOf().report();
			const again = await run(first.undelivered[0] ?? '');
			expect(again.jsons[0]).toMatchObject({ outcomes: { invalid: numbersOf.length } });
			expect(sandboxOf().report().requests).toBe(requests);
			// and its own columns are there once
			const [line = ''] = again.undelivered[0]?.split('\n') ?? [];
			expect(line).toBe(first.undelivered[0]?.split('\n')[0]);
			expect(rowsIn(again.undelivered[0]).map(({ rest }) => rest)).toEqual(
				written.map(({ rest }) => rest),
			);
		},
	);

	test('of NDJSON has broken lines whole in undelivered, and what was corrected there can be sent', async () => {
		const lines = numbers(3).map((number) =>
			JSON.stringify({ ...justtrack.item(number), value: number === 2 ? 'x' : '1.5' }),
		);
		const first = await run(
			`${lines.slice(0, 2).join('\n')}\n${lines[2]?.slice(0, -1)}\n${lines[2]}\n`,
		);
		expect(first.jsons[0]).toMatchObject({ outcomes: { delivered: 2, invalid: 2 } });
		const written = rowsIn(first.undelivered[0]);
		expect(written.map(({ row, rest }) => [row, rest])).toEqual([
			['2', ''],
			['3', lines[2]?.slice(0, -1)],
		]);
		const again = await run((first.undelivered[0] ?? '').replace(/,x,/, ',2.5,'));
		expect(again.jsons[0]).toMatchObject({ outcomes: { delivered: 1, invalid: 1 } });
		expect(again.hints[0]?.message).not.toContain('ignored');
	});

	test('is shown by its first 100 rows, and nothing is sent', async () => {
		const rows = numbers(500).map((number) => ({
			...justtrack.item(number),
			...(number === 2 && { value: 'none' }),
		}));
		const { jsons, hints } = await run(toCsv(rows), { parameters: { previewOnly: true } });
		expect(hints[0]?.message).toContain('The preview shows the first 100 rows of the file.');
		const whole = await run(toCsv(rows.slice(0, 100)), { parameters: { previewOnly: true } });
		expect(whole.hints[0]?.message).not.toContain('first 100 rows');
		expect(jsons[0]).toMatchObject({ rows: 100, outcomes: { preview: 99, invalid: 1 } });
		expect(jsons[0]?.preview).toHaveLength(100);
		expect(jsons[0]?.preview?.[0]).toMatchObject({
			row: 2,
			outcome: 'preview',
			request: { method: 'GET', url: expect.stringContaining('transactionid=') as string },
		});
		expect(jsons[0]?.preview?.[1]).toMatchObject({ row: 3, outcome: 'invalid' });
		expect(JSON.stringify(jsons)).not.toContain(justtrack.secret);
		expect(sandboxOf().report().requests).toBe(0);
	});

	test('that lacks a column that a field is mapped to is refused, with the file, the row and the column', async () => {
		const { jsons, hints } = await run('transactionid,value\n1,2\n', {
			parameters: { dataMode: 'defineBelow', ...justtrack.dragged, userid: '={{ $json.user }}' },
		});
		expect(jsons[0]).toMatchObject({
			error: expect.stringMatching(
				/^day\.csv, row 1: the file has no column "\w+", which .* is mapped to\. Its header has: "transactionid, value"\.$/,
			) as string,
			details: { outcome: 'failed', row: 1, rows: 0 },
		});
		expect(hints[0]?.message).toContain('the file has no column');
		expect(sandboxOf().report().requests).toBe(0);
	});

	test.each([
		"={{ $('Set').item.json.user }}",
		'={{ $now }}',
		'={{ $json.user + $itemIndex }}',
		'=x-{{ $input.item.json.user }}',
	])('is not read where a field needs more than its row: %s', async (expression) => {
		const { jsons } = await run(table(justtrack, 2), {
			parameters: { dataMode: 'defineBelow', ...justtrack.dragged, userid: expression },
		});
		expect(jsons[0]).toMatchObject({
			error: `User ID cannot be taken from a file: ${expression} needs more than the row's own columns. With Source File a field may have {{ $json.column }}, fixed values, text around them, and what depends on columns alone.`,
			details: { outcome: 'invalid' },
		});
		expect(sandboxOf().report().requests).toBe(0);
	});

	test('is read as well where n8n keeps files in memory', async () => {
		const content = gzipSync(table(justtrack, 300));
		const { context, run: start } = prepareFiles(justtrack, sandboxOf().url, []);
		context.getInputData = () => [{ json: {} }];
		context.helpers.assertBinaryData = () => ({
			data: content.toString('base64'),
			mimeType: 'application/gzip',
			fileName: 'day.csv.gz',
		});
		context.helpers.getBinaryDataBuffer = () => Promise.resolve(content);
		const { items } = await start();
		expect(items[0]?.json).toMatchObject({ file: 'day.csv.gz', outcomes: { delivered: 300 } });
	});

	test("is told of in n8n's log every 10 s, while it is sent", async () => {
		const stop = new AbortController();
		const told: string[] = [];
		const { context, run: start } = prepareFiles(
			justtrack,
			sandboxOf().url,
			[{ content: table(justtrack, 300) }],
			{ abortSignal: stop.signal, options: { maxConcurrency: 1 } },
		);
		Object.defineProperty(context, 'logger', {
			value: { info: (line: string) => told.push(line), warn: () => undefined },
		});
		sandboxOf().setFaults([{ kind: 'delay', ms: 5 }]);
		jest.useFakeTimers({ doNotFake: [...others] });
		try {
			const running = start();
			await until(() => sandboxOf().report().events.length > 3);
			jest.advanceTimersByTime(9_999);
			expect(told).toEqual([]);
			jest.advanceTimersByTime(10_001);
			expect(told).toHaveLength(2);
			expect(told[1]).toMatch(
				/^justtrack: day\.csv: \d+ rows, \d+ a second, 0 not delivered so far$/,
			);
			stop.abort();
			await running;
			jest.advanceTimersByTime(60_000);
			expect(told).toHaveLength(2);
		} finally {
			jest.useRealTimers();
		}
	});

	test('that is not there is a sentence that says what to do', async () => {
		const { context, run: again } = prepareFiles(justtrack, sandboxOf().url, [{ content: '' }]);
		context.helpers.assertBinaryData = () => {
			throw new Error('none');
		};
		const [item] = (await again()).items;
		expect(item?.json.error).toMatch(/^Item 0 has no file in the binary field data\. Let the node/);
	});

	test.each([
		[{ delimiter: ';;' }, 'The option Delimiter (delimiter) must be one character'],
		[{ encoding: 'morse' }, 'The option Encoding (encoding) must be utf8 or'],
		[{ fileFormat: 'xlsx' }, 'The option File Format (fileFormat) must be auto or csv or ndjson'],
	])('is not read with an option that cannot be used: %j', async (options, sentence) => {
		const { jsons } = await run(table(justtrack, 2), { options });
		expect(jsons[0]?.error).toContain(sentence);
		expect(jsons[0]?.details.outcome).toBe('invalid');
	});

	test('whose node stops on error ends in one that names the file, and what was delivered', async () => {
		const content = gzipSync(toCsv(numbers(2_000).map(justtrack.item)));
		const { run: start } = prepareFiles(
			justtrack,
			sandboxOf().url,
			[{ name: 'day.csv.gz', content: content.subarray(0, content.length / 2) }],
			{ settings: { onError: 'stopWorkflow' } },
		);
		const error = (await start().catch((thrown: unknown) => thrown)) as Error & {
			description: string;
		};
		const delivered = sandboxOf().report().events.length;
		expect(delivered).toBeGreaterThan(500);
		expect(error.message).toBe(
			`justtrack: day.csv.gz, row ${delivered + 2}: the file breaks off: its gzip data has no end. Transfer it again, completely. Before it: ${delivered} delivered. Nothing was read after row ${delivered + 1}. Run the whole file again.`,
		);
		expect(error.description).toContain('what was delivered is not sent twice');
	});

	test('whose rows were not delivered is told with a reason of theirs, in the hint too', async () => {
		const rows = numbers(3).map((number) => ({ ...justtrack.item(number), value: 'none' }));
		const { hints } = await run(toCsv(rows));
		expect(hints[0]?.message).toMatch(
			/^justtrack: day\.csv: 3 rows: 3 invalid\. Those not delivered are in .* Row 2: Value \(value\) /,
		);
	});

	test('among several is named with each of its reasons, and no output is spoken of where the node stops', async () => {
		const broken = numbers(8).map((number) => ({
			...justtrack.item(number),
			value: number < 7 ? `none ${number}` : '1',
		}));
		const { run: start } = prepareFiles(
			justtrack,
			sandboxOf().url,
			[
				{ name: 'a.csv', content: toCsv(broken) },
				{ name: 'b.csv', content: toCsv(broken.slice(0, 1)) },
				{ name: 'c.csv', content: Buffer.from([0x89, 0x50, 0x4e, 0x47]) },
			],
			{ settings: { onError: 'stopWorkflow' } },
		);
		const error = (await start().catch((thrown: unknown) => thrown)) as Error & {
			description: string;
		};
		expect(error.description).not.toContain('binary field');
		for (const told of [
			'a.csv: 8 rows: 2 delivered, 6 invalid.',
			'a.csv, row 2: Value (value)',
			'a.csv, row 4: Value (value)',
			'a.csv: 3 more rows have other reasons.',
			'b.csv, row 2: Value (value)',
		])
			expect(error.description).toContain(told);
	});

	test('is not queued where a workflow says so all the same, and the refusal names it', async () => {
		const content = table(justtrack, 2);
		const { context, run: start } = prepareFiles(justtrack, sandboxOf().url, [{ content }]);
		const given = context.getNodeParameter.bind(context);
		Object.defineProperty(context, 'getNodeParameter', {
			value: (...[name, ...others]: Parameters<typeof given>): unknown =>
				name === 'delivery' ? 'queue' : given(name, ...others),
		});
		const [item] = (await start()).items;
		expect(item?.json).toMatchObject({
			error: expect.stringContaining('The rows of a file cannot be queued.') as string,
			details: { outcome: 'invalid', file: 'day.csv', rows: 0 },
		});
		expect(sandboxOf().report().requests).toBe(0);
	});

	test('with a refused credential is not read on, and no further file is', async () => {
		sandboxOf().setFaults([{ kind: 'status', status: 401 }]);
		const files = [1, 2].map((file) => ({
			name: `${file}.csv`,
			content: table(justtrack, 20_000),
		}));
		const { jsons, hints } = await runFiles(justtrack, sandboxOf().url, files);
		expect(jsons.map(({ details }) => details.outcome)).toEqual(['unauthorized', 'unauthorized']);
		const [first, second] = jsons;
		const { rows = 0, outcomes, amounts } = first?.details ?? {};
		expect(rows).toBeLessThan(20_000);
		expect(first?.error).toMatch(
			new RegExp(
				`^1\\.csv: Not sent: justtrack answered 401.*Nothing was read after row ${rows + 1}\\. Run the whole file again\\.$`,
			),
		);
		// of each row that was read
		expect(outcomes).toEqual({ unauthorized: rows });
		const worth = numbers(rows).reduce(
			(sum, number) => sum + Number(justtrack.item(number).value),
			0,
		);
		expect(Number(amounts?.unauthorized?.USD)).toBeCloseTo(worth, 6);
		expect(second).toMatchObject({
			error: expect.stringMatching(/^Not read, since an earlier file ended so: 1\.csv: /) as string,
			details: { file: '2.csv', rows: 0 },
		});
		expect(hints[0]?.message).toContain(`Nothing was read after row ${rows + 1}.`);
	});

	test('is read and checked to its end where the provider answers nothing any more: amounts and invalid rows are exact', async () => {
		sandboxOf().setFaults([{ kind: 'resetBefore' }]);
		const rows = numbers(1_500).map((number) => ({
			...justtrack.item(number),
			value: number % 500 === 0 ? 'none' : '0.001',
		}));
		const { jsons, undelivered } = await run(toCsv(rows), {
			options: { maxRetries: 0, timeout: 100 },
			patience: { maxSilenceMs: 0 },
		});
		const { outcomes = {}, amounts = {} } = jsons[0] ?? {};
		expect(outcomes.invalid).toBe(3);
		const sums = Object.values(amounts).map(({ USD }) => Number(USD));
		expect(sums.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1.497, 9);
		// in their order
		expect(rowsIn(undelivered[0]).map(({ row }) => Number(row))).toEqual(numbers(1_500, 2));
	});

	test('that a disk gives slowly is no longer read than the execution runs', async () => {
		const stop = new AbortController();
		let isWaiting = false;
		async function* slow() {
			yield Buffer.from(table(justtrack, 5));
			isWaiting = true;
			await setTimeout(60_000, undefined, { ref: false });
		}
		const running = run(Readable.from(slow()), { abortSignal: stop.signal });
		await until(() => isWaiting);
		const stoppedAt = performance.now();
		stop.abort();
		await running;
		expect(performance.now() - stoppedAt).toBeLessThan(2_000);
	});
});

describe('a file that cannot be read on', () => {
	const sandboxOf = useSandbox();
	const rows = numbers(30).map(justtrack.item);
	const good = toCsv(rows);
	const ndjson = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
	const packed = gzipSync(toCsv(numbers(2_000).map(justtrack.item)));
	const brokenOff =
		'breaks off inside a quoted value. Transfer the file again, completely, or close the quote.';

	test.each<[string, string | Buffer, { sentence: string; header?: number; atLeast?: number }]>([
		[
			'cut in the middle of its gzip data',
			packed.subarray(0, packed.length * 0.7),
			{
				sentence: 'breaks off: its gzip data has no end. Transfer it again, completely.',
				atLeast: 1_000,
			},
		],
		['cut inside a quoted value', `${good}"cut off, `, { sentence: brokenOff }],
		[
			'packed, and cut inside a quoted value',
			gzipSync(`${good}"cut off, `),
			{ sentence: brokenOff },
		],
		[
			'cut inside a row',
			`${good}"cut"`,
			{ sentence: 'breaks off in the middle. Transfer it again, completely.' },
		],
		[
			'cut inside a line of NDJSON',
			`${ndjson}{"value":`,
			{ sentence: 'breaks off in the middle. Transfer it again, completely.', header: 0 },
		],
		[
			'in another encoding than the one that is set',
			Buffer.concat([Buffer.from(good), Buffer.from('"Gr\xf6\xdfe"\n', 'latin1')]),
			{
				sentence:
					'is not UTF-8 text. Set the option Encoding to the one that the file was written in.',
			},
		],
	])(
		'is told with the row, and what was before it is delivered: %s',
		async (_, content, { sentence, header = 1, atLeast = 30 }) => {
			const { jsons } = await runFiles(justtrack, sandboxOf().url, [{ content }]);
			const delivered = sandboxOf().report().events.length;
			const row = delivered + header + 1;
			expect(delivered).toBeGreaterThanOrEqual(atLeast);
			expect(jsons[0]).toMatchObject({
				error: `day.csv, row ${row}: the file ${sentence} Before it: ${delivered} delivered. Nothing was read after row ${row - 1}. Run the whole file again.`,
				details: { outcome: 'failed', row, rows: delivered, outcomes: { delivered } },
			});
		},
	);

	const MEBIBYTE = 1_048_576;
	const filler = Buffer.alloc(MEBIBYTE, 'x');
	const packedFiller = gzipSync(filler);
	const asText = (text: string) => Buffer.from(text);
	const asGzip = (text: string) => gzipSync(text);
	test.each<[string, string, (text: string) => Buffer, Buffer, number]>([
		['in quotes', `${good}"`, asText, filler, 1],
		['without quotes', good, asText, filler, 1],
		['of NDJSON', `${ndjson}{"a":"`, asText, filler, 0],
		['that is packed to a megabyte', `${good}"`, asGzip, packedFiller, 1],
	])(
		'is given up at a line of a gigabyte, of which next to nothing is read: %s',
		async (_, begin, pack, piece, header) => {
			let taken = 0;
			function* gigabyte() {
				yield pack(begin);
				for (; taken < 1_024; taken++) yield piece;
			}
			const content = Readable.from(gigabyte(), { highWaterMark: 1 });
			const { jsons } = await runFiles(justtrack, sandboxOf().url, [{ content }]);
			expect(taken).toBeLessThan(16);
			expect(sandboxOf().report().events).toHaveLength(30);
			const row = 31 + header;
			expect(jsons[0]).toMatchObject({
				error: expect.stringMatching(
					new RegExp(
						`^day\\.csv, row ${row}: the file has a (row|line) of more than 1,000,000 characters\\.`,
					),
				) as string,
				details: { outcome: 'failed', row, rows: 30, outcomes: { delivered: 30 } },
			});
		},
	);

	test.each<[string, Buffer]>([
		['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d])],
		['a picture', gzipSync(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10]))],
		['an Excel workbook or a ZIP archive', Buffer.from([0x50, 0x4b, 0x03, 0x04, 0x14, 0])],
	])('is told by what it is, and nothing is sent: %s', async (what, content) => {
		const { jsons } = await runFiles(justtrack, sandboxOf().url, [{ content }]);
		expect(jsons[0]).toMatchObject({
			error: `day.csv: the file is ${what}, not CSV or NDJSON.`,
			details: { outcome: 'failed', rows: 0 },
		});
		expect(sandboxOf().report().requests).toBe(0);
	});
});

describe('no more of a file is read than is under way', () => {
	const sandboxOf = useSandbox();
	const LINES = 10;
	const ROWS = 4_000;
	const MOST_ROWS = 2_000;

	/** A file of more rows, and how many of them were asked for. */
	function longFile({ item }: Subject) {
		const taken = { rows: 0 };
		function* chunks() {
			for (; taken.rows < ROWS; taken.rows += LINES) {
				const csv = toCsv(numbers(LINES, taken.rows + 1).map(item));
				yield Buffer.from(taken.rows === 0 ? csv : csv.slice(csv.indexOf('\n') + 1));
			}
		}
		return { taken, content: Readable.from(chunks()) };
	}

	/** Resolves when nothing more is asked for. */
	async function toRest(taken: { readonly rows: number }): Promise<void> {
		for (let before = -1; before !== taken.rows;) {
			before = taken.rows;
			await setTimeout(300);
		}
	}

	test.each(['revenueEvent', 'adRevenue', 'customRevenue'])(
		'%s: where the provider is slow to answer',
		async (operation) => {
			const subject = subjectOf(operation);
			await withRecordFolder(async (folder) => {
				sandboxOf().setFaults([{ kind: 'delay', ms: 20_000 }]);
				const { taken, content } = longFile(subject);
				const stop = new AbortController();
				const running = runFiles(
					subject,
					sandboxOf().url,
					[{ content }],
					{ abortSignal: stop.signal },
					(...[one, url, items, more]) => prepareRecorded(folder, one, url, items, more),
				);
				await until(() => sandboxOf().report().requests > 0);
				await toRest(taken);
				expect(taken.rows).toBeLessThan(MOST_ROWS);
				stop.abort();
				await running;
			});
		},
	);

	test('where the disk is slow to take the rows that are not delivered', async () => {
		const broken = { ...justtrack, item: () => ({ ...justtrack.item(1), value: 'none' }) };
		const { taken, content } = longFile(broken);
		const { context, run } = prepareFiles(broken, sandboxOf().url, [{ content }]);
		const disk = new AbortController();
		context.helpers.prepareBinaryData = async () => {
			await new Promise((full) => {
				disk.signal.addEventListener('abort', full);
			});
			throw new Error('the disk is full');
		};
		const running = run();
		await until(() => taken.rows > 0);
		await toRest(taken);
		expect(taken.rows).toBeLessThan(MOST_ROWS);
		disk.abort();
		const { items } = await running;
		expect(items[0]?.json).toMatchObject({ rows: ROWS, outcomes: { invalid: ROWS } });
	});
});

describe('a file that cannot be written down', () => {
	const sandboxOf = useSandbox();

	test('does not hold up the others', async () => {
		const rows = numbers(2_000).map(() => ({ ...justtrack.item(1), value: 'none' }));
		const prepared = prepareFiles(justtrack, sandboxOf().url, [{ content: toCsv(rows) }]);
		prepared.context.helpers.prepareBinaryData = () =>
			Promise.reject(new Error('the disk is full'));
		const { items, hints } = await prepared.run();
		expect(items[0]?.json).toMatchObject({ rows: 2_000, outcomes: { invalid: 2_000 } });
		expect(hints[0]?.message).toContain('could not be written down: the disk is full');
	});
});

describe('with the record', () => {
	const sandboxOf = useSandbox();
	const runRecorded = (
		folder: string,
		subject: Subject,
		content: string | Buffer,
		variation: Parameters<typeof runFiles>[3] = {},
	) =>
		runFiles(subject, sandboxOf().url, [{ content }], variation, (...[one, url, items, more]) =>
			prepareRecorded(folder, one, url, items, more),
		);

	test.each(['revenueEvent', 'click', 'login'])(
		'%s: the same file again, grown by some rows, sends these alone',
		async (operation) => {
			const subject = subjectOf(operation);
			await withRecordFolder(async (folder) => {
				await runRecorded(folder, subject, table(subject, 500));
				const { jsons } = await runRecorded(folder, subject, gzipSync(table(subject, 520)));
				expect(jsons[0]?.outcomes).toEqual({ delivered: 20, duplicate: 500 });
				const { events } = sandboxOf().report();
				expect(events.reduce((sum, { repeats }) => sum + 1 + repeats, 0)).toBe(520);
			});
		},
	);

	test('rows of equal content are as many events, and the same file again has the same', async () => {
		const subject = subjectOf('click');
		await withRecordFolder(async (folder) => {
			const rows = numbers(400).map((number) => subject.item(number % 100));
			const first = await runRecorded(folder, subject, toCsv(rows));
			expect(first.jsons[0]?.outcomes).toEqual({ delivered: 400 });
			const again = await runRecorded(folder, subject, toCsv(rows));
			expect(again.jsons[0]?.outcomes).toEqual({ duplicate: 400 });
		});
	});

	test('what is stopped ends at once, tells what was not sent, and the next run sends the rest', async () => {
		await withRecordFolder(async (folder) => {
			const sandbox = sandboxOf();
			const content = table(justtrack, 800);
			sandbox.setFaults([{ kind: 'delay', ms: 20 }]);
			const stop = new AbortController();
			const running = runRecorded(folder, justtrack, content, {
				abortSignal: stop.signal,
				options: { maxConcurrency: 10 },
			});
			await until(() => sandbox.report().events.length > 200);
			const stoppedAt = performance.now();
			stop.abort();
			const { jsons, undelivered, hints } = await running;
			expect(performance.now() - stoppedAt).toBeLessThan(2_000);
			const { rows = 0, outcomes: { delivered = 0 } = {} } = jsons[0] ?? {};
			expect(delivered).toBe(sandbox.report().events.length);
			expect(rowsIn(undelivered[0])).toHaveLength(rows - delivered);
			expect(rowsIn(undelivered[0]).every(({ outcome }) => outcome === 'cancelled')).toBe(true);
			expect(hints[0]?.message).toMatch(
				/The execution was stopped\. Nothing was read after row \d+\. Run the whole file again\./,
			);
			sandbox.setFaults([]);
			const again = await runRecorded(folder, justtrack, content);
			expect(again.jsons[0]?.outcomes).toEqual({
				delivered: 800 - delivered,
				duplicate: delivered,
			});
		});
	});

	test('where nothing answers any more, all rows are told', async () => {
		await withRecordFolder(async (folder) => {
			sandboxOf().setFaults([{ kind: 'resetBefore' }]);
			const { jsons, undelivered } = await runRecorded(folder, justtrack, table(justtrack, 3_000), {
				options: { maxRetries: 0, timeout: 100 },
				patience: { maxSilenceMs: 0 },
			});
			expect(jsons[0]).toMatchObject({ rows: 3_000 });
			expect(rowsIn(undelivered[0])).toHaveLength(3_000);
			expect(new Set(rowsIn(undelivered[0]).map(({ row }) => row)).size).toBe(3_000);
		});
	});

	test('that cannot be opened is an error, and nothing is sent', async () => {
		await withRecordFolder(async (folder) => {
			const { mkdirSync } = await import('node:fs');
			mkdirSync(recordFile(folder), { recursive: true });
			const { jsons } = await runRecorded(folder, justtrack, table(justtrack, 50));
			expect(jsons[0]?.error).toMatch(/^Not sent: The delivery record/);
			expect(sandboxOf().report().requests).toBe(0);
		});
	});
});

describe("n8n's Retry On Fail", () => {
	const sandboxOf = useSandbox();

	test('sends nothing twice of a file that breaks off, with the record off', async () => {
		const whole = gzipSync(toCsv(numbers(2_000).map(justtrack.item)));
		const content = whole.subarray(0, whole.length / 2);
		const { run } = prepareFiles(
			justtrack,
			sandboxOf().url,
			[
				{ name: 'a.csv', content: table(justtrack, 2) },
				{ name: 'b.csv', content },
			],
			{ settings: { retryOnFail: true } },
		);
		const first = await run();
		const requests = sandboxOf().report().requests;
		expect((await run()).items).toEqual(first.items);
		expect(sandboxOf().report().requests).toBe(requests);
	});
});
