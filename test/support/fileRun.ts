import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

import type { IBinaryData, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { Subject } from '../providers';
import { prepare, type Variation } from './sandboxRun';

/** A file as a binary field of an item, and what a run makes of it. */
export interface GivenFile {
	readonly name?: string;
	/** Its bytes; in a stream, what n8n would read from a disk. */
	readonly content: string | Buffer | Readable;
}

/**
 * A run of the subject's node on files, with what n8n gives to read and write them: one item per
 * file.
 *
 * @param prepareRun another than `prepare`, such as one with the record on
 */
export function prepareFiles(
	subject: Subject,
	baseUrl: string,
	files: readonly GivenFile[],
	variation: Variation = {},
	prepareRun: typeof prepare = prepare,
) {
	const { parameters } = variation;
	const prepared = prepareRun(
		subject,
		baseUrl,
		files.map((): IDataObject => ({})),
		{ ...variation, parameters: { source: 'file', ...parameters } },
	);
	const { helpers }: Pick<IExecuteFunctions, 'helpers'> = prepared.context;
	const written: string[] = [];
	const streams = files.map(({ content }) =>
		content instanceof Readable ? content : Readable.from(chunksOf(Buffer.from(content))),
	);
	helpers.assertBinaryData = (itemIndex) => ({
		id: String(itemIndex),
		data: '',
		mimeType: 'text/csv',
		fileName: files[itemIndex]?.name ?? 'day.csv',
	});
	helpers.getBinaryStream = (id) => Promise.resolve(streams[Number(id)] ?? Readable.from([]));
	helpers.prepareBinaryData = async (content, fileName = '', mimeType = '') => {
		const at = written.push('') - 1;
		written[at] = await text(content as Readable);
		return { data: written[at] ?? '', mimeType, fileName } satisfies IBinaryData;
	};
	return { ...prepared, written };
}

/** Runs the subject's node on files. */
export async function runFiles(...given: Parameters<typeof prepareFiles>) {
	const { run, written } = prepareFiles(...given);
	const { items, hints } = await run();
	const jsons = items.map(({ json }) => json as unknown as FileJson);
	return { items, jsons, hints, undelivered: written };
}

/** An output item of a file. */
export interface FileJson {
	readonly file: string;
	readonly rows: number;
	readonly outcomes: Readonly<Record<string, number>>;
	readonly amounts: Readonly<Record<string, Readonly<Record<string, string>>>>;
	readonly seconds: number;
	readonly preview?: readonly IDataObject[];
	readonly error?: string;
	readonly details: FileJson & { readonly outcome: string; readonly row?: number };
}

/** A table as CSV, every value in quotes. */
export function toCsv(rows: readonly IDataObject[], columns = Object.keys(rows[0] ?? {})): string {
	const quoted = (value: unknown) => {
		const text = typeof value === 'string' ? value : JSON.stringify(value ?? '');
		return `"${(value ?? '') === '' ? '' : text.replaceAll('"', '""')}"`;
	};
	const lines = [columns, ...rows.map((row) => columns.map((name) => row[name]))];
	return lines.map((line) => line.map(quoted).join(',')).join('\n') + '\n';
}

/** As a disk gives them: no chunk ends where a row does. */
function* chunksOf(whole: Buffer): Generator<Buffer, void> {
	for (let at = 0; at < whole.length; at += 1_013) yield whole.subarray(at, at + 1_013);
}
