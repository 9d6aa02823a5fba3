import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { sqliteStore } from '../../transport/store/sqlite/open';
import type { Subject } from '../providers';
import { prepare, type Variation } from './sandboxRun';

/** A folder of n8n's for the record, as long as `use` takes. */
export async function withRecordFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
	const folder = mkdtempSync(join(tmpdir(), 'revenue-relay-'));
	try {
		return await use(folder);
	} finally {
		await sqliteStore(recordFile(folder)).close();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Where the record is in a folder. */
export const recordFile = (folder: string) => join(folder, 'revenue-relay', 'record.sqlite');

/** The same as `prepare` with the record on, in this folder. Each is an execution of its own. */
export function prepareRecorded(
	folder: string,
	subject: Subject,
	baseUrl: string,
	items: readonly IDataObject[],
	variation: Variation = {},
) {
	const { parameters } = variation;
	const prepared = prepare(subject, baseUrl, items, {
		...variation,
		parameters: { deliveryRecord: 'thisInstance', ...parameters },
	});
	const { helpers }: Pick<IExecuteFunctions, 'helpers'> = prepared.context;
	helpers.getStoragePath = () => join(folder, 'n8n-nodes-revenue-relay.test');
	return prepared;
}
