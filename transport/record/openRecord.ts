import type { IExecuteFunctions } from 'n8n-workflow';

import type { Operation } from '../model/provider';
import { createIdentify } from './identity';
import { numberingOf } from './numbering';
import { RecordedRun, type Recording } from './recordedRun';
import { openStore } from './openStore';
import type { Owner } from '../store/store';

/** What a run brings along. */
export type OfRun = Omit<Recording, keyof OfRecord>;

/** What is the same for all runs that an operation has in the record. */
export type OfRecord = Pick<Recording, 'store' | 'owner' | 'identify' | 'operation'>;

type Place = Parameters<typeof openStore>[1];
type Recorded = Pick<Operation, 'idKeys' | 'times' | 'money' | 'lane'>;

/**
 * Begins a run in the record. Nothing is opened before the first event.
 *
 * @throws {RunRefused} where the record cannot be used
 */
export async function openRecord(
	context: IExecuteFunctions,
	place: Place,
	operation: Recorded,
	owner: Owner,
	ofRun: OfRun,
): Promise<RecordedRun> {
	return new RecordedRun({ ...(await ofRecord(context, place, operation, owner)), ...ofRun });
}

/**
 * The record, and how it knows the events of an operation.
 *
 * @throws {RunRefused} where the record cannot be used
 */
export async function ofRecord(
	context: IExecuteFunctions,
	place: Place,
	operation: Recorded,
	owner: Owner,
): Promise<OfRecord> {
	const { idKeys = [], times = [] } = operation;
	const runIndex = Number(context.getWorkflowDataProxy(0).$runIndex);
	const numberOf = numberingOf({
		context: context.getContext('node'),
		runIndex,
		nodeRun: context.getExecuteData(),
	});
	return {
		store: await openStore(context, place),
		owner,
		identify: createIdentify(owner, { idKeys, timeKeys: times }, numberOf),
		operation,
	};
}
