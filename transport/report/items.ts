import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { isSuccess, type Failure, type Outcome, type Success } from '../model/outcome';
import { inTurns } from './inTurns';
import type { RunName } from './runName';

/** One output item per input item, in input order, as the Contract says. */
export async function toItems(
	outcomes: readonly Outcome[],
	run: RunName,
): Promise<INodeExecutionData[]> {
	const items: INodeExecutionData[] = [];
	await inTurns(outcomes, (outcome, item) => {
		const json = isSuccess(outcome) ? successJson(outcome, run) : errorJson(outcome);
		items.push({ json, pairedItem: { item } });
	});
	return items;
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

function successJson(outcome: Success, { provider, operation }: RunName): IDataObject {
	const json: IDataObject = { provider, operation };
	for (const key of told) {
		if (outcome[key] !== undefined) json[key] = outcome[key];
	}
	return json;
}

/**
 * n8n sends an item to the error branch, with the input's columns merged in, only when `error` is
 * set and no key but `error`, `message` and `details` stands beside it.
 */
function errorJson({ outcome, reason, httpStatus, attempts, fields }: Failure): IDataObject {
	return {
		error: reason,
		details: withoutUndefined({
			outcome,
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
