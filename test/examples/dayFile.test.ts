/** The file of the demo and of the example workflow for files. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { parse } from 'csv-parse/sync';

import { idOf, makeFile, worthOf } from '../../scripts/files/makeFile';
import { root } from '../support/imports';

const day = { rows: 2_500, broken: [5, 1_250, 2_499] };
let rows: Record<string, string>[];

beforeAll(async () => {
	const folder = await mkdtemp(join(tmpdir(), 'revenue-relay-day-'));
	try {
		const path = join(folder, 'day.csv.gz');
		await makeFile({ ...day, path });
		rows = parse(gunzipSync(await readFile(path)), { columns: true });
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
});

test('has so many rows, each with an ID of its own, and values that need quotes', () => {
	expect(rows.map(({ event_id: id }) => id)).toEqual(
		Array.from({ length: day.rows }, (_, row) => idOf(row)),
	);
	for (const needsQuotes of [',', '"', '\n']) {
		expect(rows.some(({ placement }) => placement?.includes(needsQuotes))).toBe(true);
	}
});

test('is worth what is said of it, without the broken rows', () => {
	const amounts = rows.map(({ revenue = '' }) => revenue);
	expect(amounts.flatMap((amount, row) => (amount === 'n/a' ? [row] : []))).toEqual(day.broken);
	const sum = amounts
		.filter((amount) => amount !== 'n/a')
		.reduce((total, amount) => total + BigInt(amount.replace('.', '')), 0n);
	expect(worthOf(day).replace('.', '')).toBe(String(sum).padStart(6, '0'));
});

test('has every column that the example maps', async () => {
	const example = await readFile(join(root, 'examples', 'million-rows.json'), 'utf8');
	const { nodes } = JSON.parse(example) as { nodes: { name: string; parameters: unknown }[] };
	const relay = JSON.stringify(nodes.find(({ name }) => name === 'justtrack')?.parameters);
	const mapped = [...relay.matchAll(/\{\{ \$json\.(\w+) \}\}/g)].map(([, column]) => column);
	expect(mapped.length).toBeGreaterThan(5);
	for (const column of mapped) expect(Object.keys(rows[0] ?? {})).toContain(column);
});
