import { extname } from 'node:path';

import { createStore } from '../createStore';
import type { Store } from '../store';
import { connectInProcess } from './inProcess';
import { connectInWorker } from './inWorker';

const stores = new Map<string, Store>();

/**
 * The record in this file, which all runs of the process share. Nothing is opened or made before
 * the first call, and a file that could not be opened is tried again by the next one.
 */
export function sqliteStore(path: string): Store {
	const store = stores.get(path) ?? createStore(connect(path));
	stores.set(path, store);
	return store;
}

/** Where sources run as they are, as in tests, there is no JavaScript file to start a thread with. */
function connect(path: string) {
	return extname(__filename) === '.js' ? connectInWorker(path) : connectInProcess(path);
}
