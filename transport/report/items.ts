import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { isSuccess, type Failure, type Outcome, type Success } from '../model/outcome';
import { inTurns } from './inTurns';
import type { RunName } from './runName';

/** What output items hold beside what is known of the event. */
export interface Form {
	/** Whether what was not delivered leaves by the error output, where n8n puts the columns in. */
	readonly hasErrorOutput: boolean;
	/** Whether success items hold the input's columns. */
	readonly includesInput: boolean;
	/** The columns of an input item, secrets masked. */
	readonly columnsOf: (item: number) => IDataObject;
}

/** One output item per input item, in input order, as the Contract says. */
export async function toItems(
	outcomes: readonly Outcome[],
	run: RunName,
	{ hasErrorOutput, includesInput, columnsOf }: Form,
): Promise<INodeExecutionData[]> {
	const jsonOf = (outcome: Outcome, item: number): IDataObject => {
		if (isSuccess(outcome)) {
			const json = successJson(outcome, run);
			return includesInput ? withColumns(json, withoutError(columnsOf(item))) : json;
		}
		const json = errorJson(outcome, run);
		// first what delivered rows begin with: a table has its columns in the order of its first row
		return hasErrorOutput
			? json
			: withColumns({ ...nameOf(outcome, run), ...json }, columnsOf(item));
	};
	const items: INodeExecutionData[] = [];
	await inTurns(outcomes, (outcome, item) => {
		items.push({ json: jsonOf(outcome, item), pairedItem: { item } });
	});
	return items;
}

/** Ours first; where a name clashes, ours wins. */
function withColumns(ours: IDataObject, columns: IDataObject): IDataObject {
	return { ...ours, ...columns, ...ours };
}

/** n8n takes an item with an `error` for one that failed: Retry On Fail would run the node again. */
function withoutError({ error: _, ...columns }: IDataObject): IDataObject {
	return columns;
}

/** What the Contract has of a success, in its order. */
const told = [
	'outcome',
	'id',
	'httpStatus',
	'attempts',
	'verdict',
	'reason',
	'response',
	'request',
] as const satisfies readonly (keyof Success)[];

function successJson(outcome: Success, { displayName, operation }: RunName): IDataObject {
	const json: IDataObject = { provider: displayName, operation };
	for (const key of told) {
		if (outcome[key] !== undefined) json[key] = outcome[key];
	}
	return json;
}

/** What tells an event and its ending, in items of every kind. */
function nameOf({ outcome, id }: Outcome, { displayName, operation }: RunName): IDataObject {
	return { provider: displayName, operation, outcome, ...(id !== undefined && { id }) };
}

/**
 * n8n sends an item to the error branch, with the input's columns merged in, only when `error` is
 * set and no key but `error`, `message` and `details` stands beside it.
 */
function errorJson(failure: Failure, run: RunName): IDataObject {
	const { reason, httpStatus, attempts, fields } = failure;
	return {
		error: reason,
		details: withoutUndefined({
			...nameOf(failure, run),
			httpStatus,
			attempts,
			fields: fields?.map(({ field, value, rule }) => withoutUndefined({ field, value, rule })),
		}),
	};
}

function withoutUndefined(values: object): IDataObject {
	return Object.fromEntries<IDataObject[string]>(
		Object.entries(values).filter(([, value]) => value !== undefined),
	);
}
