import { createGunzip } from 'node:zlib';

import { messageOf } from '../text/show';
import { withHead } from './head';
import { FileTrouble } from './row';

/** A piece may grow a thousandfold, and all that it grows to is in memory at once. */
const PIECE_BYTES = 4_096;

/** The bytes of a file, unpacked where it begins as gzip does, whatever its name says. */
export async function* unpacked(bytes: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
	const { head, all } = await withHead(bytes, 2, (a, b) => Buffer.concat([a, b]));
	if (head?.[0] === 0x1f && head[1] === 0x8b) yield* gunzipped(all);
	else yield* all;
}

/** What could be unpacked comes before the error of a file that is damaged further on. */
async function* gunzipped(packed: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
	const gunzip = createGunzip();
	let out: Buffer[] = [];
	const taken = () => {
		const all = out;
		out = [];
		return all;
	};
	gunzip.on('data', (chunk: Buffer) => out.push(chunk));
	let wake: () => void = () => undefined;
	const until = (begin: (done: () => void) => void) =>
		new Promise<void>((resolve) => {
			wake = resolve;
			begin(resolve);
		});
	gunzip.on('error', () => {
		wake();
	});
	try {
		for await (const chunk of packed) {
			for (let at = 0; at < chunk.length && !gunzip.errored; at += PIECE_BYTES) {
				await until((done) => {
					gunzip.write(chunk.subarray(at, at + PIECE_BYTES), done);
				});
				yield* taken();
			}
			if (gunzip.errored) break;
		}
		if (!gunzip.errored) {
			await until((done) => {
				gunzip.once('end', done).end();
			});
		}
		yield* taken();
		if (gunzip.errored) throw new FileTrouble(whatIsWrong(gunzip.errored));
	} finally {
		gunzip.destroy();
	}
}

function whatIsWrong(error: NodeJS.ErrnoException): string {
	return error.code === 'Z_BUF_ERROR'
		? 'breaks off: its gzip data has no end. Transfer it again, completely.'
		: `is damaged: its gzip data cannot be unpacked (${messageOf(error)}). Transfer it again.`;
}
