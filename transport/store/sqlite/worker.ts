import { parentPort, workerData } from 'node:worker_threads';

import { RecordFailure } from '../failure';
import type { Answer, Order } from './inWorker';
import { thisMachine } from './machine';
import { Writer } from './writer';

/** The thread that the file is written in. */
const { path } = workerData as { readonly path: string };
const writer = new Writer(path, thisMachine);

parentPort?.on('message', (json: string) => {
	const order = JSON.parse(json) as Order;
	if (order === 'close') {
		writer.close();
		parentPort?.close();
	} else {
		parentPort?.postMessage(JSON.stringify(answer(order)));
	}
});

function answer(calls: Exclude<Order, 'close'>): Answer {
	try {
		return { results: writer.write(calls) };
	} catch (error) {
		// its class would be lost on the way
		const { kind, detail } = error as RecordFailure;
		return { failure: { kind, detail } };
	}
}
