/** Makes a day of impressions, as a mediation platform exports it: a CSV file, gzipped if its name says so. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, constants } from 'node:zlib';

const header = [
	'event_id',
	'event_time',
	'platform',
	'bundle_id',
	'user_id',
	'network',
	'mediation',
	'ad_format',
	'placement',
	'instance_name',
	'country',
	'revenue',
];

const networks = ['AdMob', 'Unity Ads', 'AppLovin', 'ironSource', 'Mintegral', 'Pangle'];
const formats = ['banner', 'interstitial', 'rewarded_video'];
/** Some have what has to be in quotes. */
const placements = [
	'level_end',
	'main_menu',
	'shop, second tab',
	'the "lucky" wheel',
	'two\nlines',
];

/** Milliseconds of 2026-07-14T00:00:00Z. */
const DAY = 1_783_987_200_000;
const MS_PER_DAY = 86_400_000;
const CHUNK_ROWS = 1_000;

/** Amounts in hundred-thousandths of a dollar: 0.00001 to 0.09000. */
const amountOf = (row: number) => 1 + ((row * 7919) % 9_000);

/** The ID of the event in a row, counted from 0. */
export const idOf = (row: number) => `5f0c9a7e-${String(row).padStart(9, '0')}`;

export interface DayFile {
	readonly path: string;
	readonly rows: number;
	/** Rows, counted from 0, whose revenue is no number. */
	readonly broken: readonly number[];
}

export async function makeFile({ path, rows, broken }: DayFile): Promise<void> {
	const bad = new Set(broken);
	const text = Readable.from(chunks(rows, bad), { objectMode: false });
	const out = createWriteStream(path);
	if (!path.endsWith('.gz')) await pipeline(text, out);
	else await pipeline(text, createGzip({ level: constants.Z_BEST_SPEED }), out);
}

/** What the rows that are not broken are worth, in dollars, to the last digit. */
export function worthOf({ rows, broken }: Pick<DayFile, 'rows' | 'broken'>): string {
	const bad = new Set(broken);
	let sum = 0n;
	for (let row = 0; row < rows; row++) if (!bad.has(row)) sum += BigInt(amountOf(row));
	return inDollars(sum);
}

function inDollars(amount: number | bigint): string {
	const digits = String(amount).padStart(6, '0');
	return `${digits.slice(0, -5)}.${digits.slice(-5)}`;
}

function* chunks(rows: number, bad: ReadonlySet<number>): Generator<string, void> {
	yield `${header.join(',')}\n`;
	for (let first = 0; first < rows; first += CHUNK_ROWS) {
		let chunk = '';
		for (let row = first; row < Math.min(rows, first + CHUNK_ROWS); row++) {
			chunk += `${lineOf(row, rows, bad.has(row)).map(quoted).join(',')}\n`;
		}
		yield chunk;
	}
}

function lineOf(row: number, rows: number, isBroken: boolean): string[] {
	const network = pick(networks, row);
	return [
		idOf(row),
		new Date(DAY + Math.floor((row / rows) * MS_PER_DAY)).toISOString(),
		row % 3 === 0 ? 'ios' : 'android',
		`com.lumenfox.game${row % 5}`,
		`player-${(row * 7919) % 100_003}`,
		network,
		'AppLovin MAX',
		pick(formats, row),
		pick(placements, row),
		`${network} ${pick(formats, row)}, bidding`,
		'US',
		isBroken ? 'n/a' : inDollars(amountOf(row)),
	];
}

function pick(from: readonly string[], row: number): string {
	return from[row % from.length] ?? '';
}

function quoted(value: string): string {
	return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
