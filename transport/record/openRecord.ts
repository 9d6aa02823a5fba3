import type { IExecuteFunctions } from 'n8n-workflow';

import type { Operation } from '../model/provider';
import { createIdentify } from './identity';
import { numberingOf, type PlaceOfRun } from './numbering';
import { RecordedRun, type Recording } from './recordedRun';
import { openStore } from './openStore';
import type { Owner } from '../store/store';

/** What a run brings along. */
export type OfRun = Omit<Recording, keyof OfRecord>;

/** What is the same for all runs that an operation has in the record. */
export type OfRecord = Pick<Recording, 'store' | 'owner' | 'identify' | 'operation'>;

type Place = Parameters<typeof openStore>[1];
type Recorded = Pick<Operation, 'idKeys' | 'times' | 'money' | 'lane'>;

/** Where in its execution the run of the node is. */
export function placeOfRun(context: IExecuteFunctions): PlaceOfRun {
	return {
		context: context.getContext('node'),
		runIndex: Number(context.getWorkflowDataProxy(0).$runIndex),
		nodeRun: context.getExecuteData(),
	};
}

/**
 * Begins a run in the record. Nothing is opened before the first event.
 *
 * @param numberOf tells equal contents apart, as `numberingOf` does
 * @throws {RunRefused} where the record cannot be used
 */
export async function openRecord(
	context: IExecuteFunctions,
	place: Place,
	operation: Recorded,
	owner: Owner,
	ofRun: OfRun,
	numberOf = numberingOf(placeOfRun(context)),
): Promise<RecordedRun> {
	return new RecordedRun({
		...(await ofRecord(context, place, operation, owner, numberOf)),
		...ofRun,
	});
}

/**
 * The record, and how it knows the events of an operation.
 *
 * @param numberOf tells equal contents apart, as `numberingOf` does
 * @throws {RunRefused} where the record cannot be used
 */
export async function ofRecord(
	context: IExecuteFunctions,
	place: Place,
	operation: Recorded,
	owner: Owner,
	numberOf = numberingOf(placeOfRun(context)),
): Promise<OfRecord> {
	const { idKeys = [], times = [] } = operation;
	return {
		store: await openStore(context, place),
		owner,
		identify: createIdentify(owner, { idKeys, timeKeys: times }, numberOf),
		operation,
	};
}
