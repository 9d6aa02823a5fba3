import type { IExecuteFunctions } from 'n8n-workflow';

import type { Operation } from '../model/provider';
import { createIdentify } from './identity';
import { numberingOf } from './numbering';
import { RecordedRun, type Recording } from './recordedRun';
import { openStore } from './openStore';
import type { Owner } from '../store/store';

/** What a run brings along. */
export type OfRun = Omit<Recording, 'store' | 'owner' | 'identify' | 'money'>;

/**
 * Begins a run in the record. Nothing is opened before the first event.
 *
 * @throws {RunRefused} where the record cannot be used
 */
export async function openRecord(
	context: IExecuteFunctions,
	place: Parameters<typeof openStore>[1],
	{ idKeys = [], times = [], money }: Pick<Operation, 'idKeys' | 'times' | 'money'>,
	owner: Owner,
	ofRun: OfRun,
): Promise<RecordedRun> {
	const runIndex = Number(context.getWorkflowDataProxy(0).$runIndex);
	const numberOf = numberingOf({
		context: context.getContext('node'),
		runIndex,
		nodeRun: context.getExecuteData(),
	});
	return new RecordedRun({
		store: await openStore(context, place),
		owner,
		identify: createIdentify(owner, { idKeys, timeKeys: times }, numberOf),
		money,
		...ofRun,
	});
}
