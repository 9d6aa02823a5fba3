import { Readable } from 'node:stream';

import type { IExecuteFunctions } from 'n8n-workflow';

import { RunRefused } from '../model/outcome';
import { messageOf } from '../text/show';
import { FileTrouble } from './row';

/** A file of an input item. */
export interface InputFile {
	/** As the file is called, or else the field that it is in. */
	readonly name: string;
	/** Its bytes, read as they are asked for. */
	readonly bytes: AsyncGenerator<Buffer, void>;
}

/**
 * The file in a binary field of an input item, wherever n8n keeps it: in memory, in files, in S3.
 *
 * @param stopSignal ends the reading, also while nothing comes
 * @throws {RunRefused} where there is none
 * @throws {FileTrouble} where it cannot be opened
 */
export async function openFile(
	{ helpers }: Pick<IExecuteFunctions, 'helpers'>,
	itemIndex: number,
	field: string,
	stopSignal?: AbortSignal,
): Promise<InputFile> {
	const binary = fileIn(helpers, itemIndex, field);
	const name = binary.fileName ?? field;
	try {
		const stream =
			binary.id === undefined
				? Readable.from(chunksOf(await helpers.getBinaryDataBuffer(itemIndex, field)))
				: await helpers.getBinaryStream(binary.id);
		return { name, bytes: read(stream, stopSignal) };
	} catch (error) {
		throw new FileTrouble(`cannot be opened: ${messageOf(error)}`);
	}
}

/** As the file of an input item is called, or else the field that it is in. @throws {RunRefused} */
export function nameOfFile(
	{ helpers }: Pick<IExecuteFunctions, 'helpers'>,
	itemIndex: number,
	field: string,
): string {
	return fileIn(helpers, itemIndex, field).fileName ?? field;
}

function fileIn(helpers: IExecuteFunctions['helpers'], itemIndex: number, field: string) {
	try {
		return helpers.assertBinaryData(itemIndex, field);
	} catch {
		throw new RunRefused(
			'invalid',
			`Item ${itemIndex} has no file in the binary field ${field}. Let the node before this one read the file, and set Input Binary Field to the name of the field that it puts it in.`,
		);
	}
}

const CHUNK_BYTES = 65_536;

function* chunksOf(whole: Buffer): Generator<Buffer, void> {
	for (let at = 0; at < whole.length; at += CHUNK_BYTES) yield whole.subarray(at, at + CHUNK_BYTES);
}

async function* read(stream: Readable, stopSignal?: AbortSignal): AsyncGenerator<Buffer, void> {
	const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
	let end: () => void = () => undefined;
	const stop = () => {
		end();
	};
	stopSignal?.addEventListener('abort', stop);
	try {
		while (!stopSignal?.aborted) {
			const next = await new Promise<IteratorResult<Buffer, undefined>>((resolve, reject) => {
				// whatever still comes then is not waited for
				end = () => {
					resolve({ done: true, value: undefined });
				};
				chunks.next().then(resolve, reject);
			});
			if (next.done) return;
			yield next.value;
		}
	} catch (error) {
		throw new FileTrouble(`cannot be read on: ${messageOf(error)}`);
	} finally {
		stopSignal?.removeEventListener('abort', stop);
		stream.destroy();
	}
}
