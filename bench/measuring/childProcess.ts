import type { ChildProcess } from 'node:child_process';

/** Stands between what went wrong and what the process printed. */
export const PRINTED = '\nIt printed:\n';
/** How much of what a process printed is told when it fails. */
const TOLD_CHARACTERS = 4_000;

/**
 * Waits for the result of a process, then ends the process.
 *
 * @throws {Error} with the end of what it printed, if it ends without a result, takes too long or is stopped
 */
export async function resultOf<T>(
	child: ChildProcess,
	result: Promise<T>,
	timeoutMs: number,
	signal: AbortSignal,
): Promise<T> {
	let printed = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream?.setEncoding('utf8').on('data', (text: string) => {
			printed = (printed + text).slice(-TOLD_CHARACTERS);
		});
	}
	const closed = new Promise<void>((done) => {
		child.once('close', () => {
			done();
		});
		child.once('error', () => {
			done();
		});
	});
	let fail: (reason: string) => void = () => undefined;
	const failed = new Promise<never>((_, reject) => {
		fail = (reason) => {
			reject(new Error(`${reason}.${PRINTED}${printed}`));
		};
	});
	const timer = setTimeout(() => {
		fail(`A process of the benchmark took longer than ${String(timeoutMs / 1000)} s`);
	}, timeoutMs);
	const onAbort = () => {
		fail('Stopped');
	};
	signal.addEventListener('abort', onAbort);
	const ended = closed.then(() => {
		// a result that it sent has arrived by then
		setImmediate(() => {
			fail('A process of the benchmark ended without a result');
		});
		return failed;
	});
	try {
		return await Promise.race([result, failed, ended]);
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', onAbort);
		failed.catch(() => undefined);
		child.kill('SIGKILL');
		await closed;
	}
}
