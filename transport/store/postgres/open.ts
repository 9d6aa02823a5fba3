import { createStore } from '../createStore';
import type { Store } from '../store';
import { PostgresConnection } from './connect';
import type { PostgresTarget } from './target';

const stores = new Map<string, Store>();

/**
 * The record in this PostgreSQL, which all runs of the process with the same credential share.
 * Nothing is opened or made before the first call.
 */
export function postgresStore(target: PostgresTarget): Store {
	const name = JSON.stringify(target);
	const store = stores.get(name) ?? createStore(new PostgresConnection(target));
	stores.set(name, store);
	return store;
}
