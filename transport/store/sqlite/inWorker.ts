import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import { RecordFailure, type FailureKind } from '../failure';
import type { Call, Connection, Kind, Results } from '../calls';

/** What the thread is told, as JSON: a text is handed over in one go, objects are copied one by one. */
export type Order = readonly Call[] | 'close';

/** What the thread says to a group, as JSON. */
export type Answer =
	| { readonly results: readonly Results[Kind][] }
	| { readonly failure: { readonly kind: FailureKind; readonly detail: string } };

function tell(worker: Worker, order: Order): void {
	worker.postMessage(JSON.stringify(order));
}

/** Writes in a thread of its own: a commit waits for the disk, and the event loop must not. */
export function connectInWorker(path: string): Connection {
	let worker: Worker | undefined;
	/** Takes the answer to the group that is being written. */
	let take: (answer: Answer) => void = () => undefined;

	const start = () => {
		const started = new Worker(join(__dirname, 'worker.js'), { workerData: { path } });
		const fail = (detail: string) => {
			// an error is followed by its exit, when the next thread may be at work
			if (worker !== started) return;
			worker = undefined;
			take({ failure: { kind: 'broken', detail } });
		};
		started.on('message', (answer: string) => {
			take(JSON.parse(answer) as Answer);
		});
		started.on('error', (error) => {
			fail(String(error));
		});
		started.on('exit', () => {
			fail('its thread has ended');
		});
		return started;
	};

	return {
		load: () => {
			if (worker) return;
			worker = start();
			worker.unref();
		},
		write: async (calls) => {
			const writing = (worker ??= start());
			// it keeps the process only while it has something to do
			writing.ref();
			const answer = await new Promise<Answer>((resolve) => {
				take = resolve;
				tell(writing, calls);
			});
			writing.unref();
			if ('results' in answer) return answer.results;
			throw new RecordFailure(answer.failure.kind, path, answer.failure.detail);
		},
		close: async () => {
			if (!worker) return;
			const closing = worker;
			closing.ref();
			const exit = once(closing, 'exit');
			tell(closing, 'close');
			await exit;
		},
	};
}
