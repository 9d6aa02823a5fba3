import { dirname, join } from 'node:path';

import type { IExecuteFunctions } from 'n8n-workflow';

import { RunRefused } from '../model/outcome';
import { postgresStore } from '../store/postgres/open';
import { sqliteStore } from '../store/sqlite/open';
import type { Store } from '../store/store';
import { readPostgresTarget } from './postgresTarget';

/**
 * The record: in this n8n, one file for all nodes, beside the folders that n8n gives each type of
 * node; or in the PostgreSQL of the node's credential. Nothing is opened before the first event.
 *
 * @throws {RunRefused} where this n8n gives no folder, or the credential cannot be used
 */
export async function openStore(
	context: IExecuteFunctions,
	place: 'thisInstance' | 'postgres',
): Promise<Store> {
	if (place === 'postgres') return postgresStore(await readPostgresTarget(context));
	return sqliteStore(recordPath(context));
}

function recordPath({ helpers }: IExecuteFunctions): string {
	// older n8n has no such folder
	const { getStoragePath } = helpers as Partial<typeof helpers>;
	if (getStoragePath) return join(dirname(getStoragePath()), 'revenue-relay', 'record.sqlite');
	throw new RunRefused(
		'failed',
		'This n8n has no folder for the delivery record. Update n8n, or choose another Delivery Record.',
	);
}
