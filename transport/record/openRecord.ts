import { dirname, join } from 'node:path';

import type { IExecuteFunctions } from 'n8n-workflow';

import { RunRefused } from '../model/outcome';
import type { Operation } from '../model/provider';
import { createIdentify } from './identity';
import { numberingOf, type PlaceOfRun } from './numbering';
import { RecordedRun, type Recording } from './recordedRun';
import { sqliteStore } from '../store/sqlite/open';
import type { Owner } from '../store/store';

/** What a run brings along. */
export type OfRun = Omit<Recording, 'store' | 'owner' | 'identify' | 'money'>;

/** Where in its execution the run of the node is. */
export function placeOfRun(context: IExecuteFunctions): PlaceOfRun {
	return {
		context: context.getContext('node'),
		runIndex: Number(context.getWorkflowDataProxy(0).$runIndex),
		nodeRun: context.getExecuteData(),
	};
}

/**
 * Begins a run in the record of this n8n: one file for all nodes, beside the folders that n8n gives
 * each type of node. Nothing is opened before the first event.
 *
 * @param numberOf tells equal contents apart, as `numberingOf` does
 * @throws {RunRefused} where this n8n gives no folder
 */
export function openRecord(
	context: IExecuteFunctions,
	{ idKeys = [], times = [], money }: Pick<Operation, 'idKeys' | 'times' | 'money'>,
	owner: Owner,
	ofRun: OfRun,
	numberOf = numberingOf(placeOfRun(context)),
): RecordedRun {
	return new RecordedRun({
		store: sqliteStore(recordPath(context)),
		owner,
		identify: createIdentify(owner, { idKeys, timeKeys: times }, numberOf),
		money,
		...ofRun,
	});
}

function recordPath({ helpers }: IExecuteFunctions): string {
	// older n8n has no such folder
	const { getStoragePath } = helpers as Partial<typeof helpers>;
	if (getStoragePath) return join(dirname(getStoragePath()), 'revenue-relay', 'record.sqlite');
	throw new RunRefused(
		'failed',
		'Not sent: this n8n has no folder for the delivery record. Update n8n, or set Delivery Record to Off.',
	);
}
