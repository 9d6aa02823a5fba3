import {
	NodeOperationError,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type NodeExecutionHint,
} from 'n8n-workflow';

import { isSuccess, outcomeNames, type Outcome } from './outcome';
import { countOf } from './show';

/** What the run's hint tells beyond the outcomes; filled in while items are read. */
export interface Notes {
	/** Columns that automatic mapping had no field for. */
	readonly ignoredColumns: Set<string>;
	/** Recommended fields that events came without, and how many of them. */
	readonly missingRecommended: Map<string, number>;
	/** Identifiers of events, and how many events repeat one: for better or, without removal of duplicates, for worse. */
	readonly ids: {
		readonly seen: Set<string>;
		readonly repeated: { countedOnce: number; countedAgain: number };
	};
}

/** Names the run in its texts. */
export interface RunName {
	readonly provider: string;
	readonly displayName: string;
	readonly operation: string;
}

/** One output item per input item, in input order, as the Contract says. */
export function toItems(outcomes: readonly Outcome[], run: RunName): INodeExecutionData[] {
	return outcomes.map((outcome, item) => ({
		json: isSuccess(outcome) ? successJson(outcome, run) : errorJson(outcome),
		pairedItem: { item },
	}));
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
] as const satisfies readonly (keyof Outcome)[];

function successJson(outcome: Outcome, { provider, operation }: RunName): IDataObject {
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
function errorJson({ outcome, reason, httpStatus, attempts, fields }: Outcome): IDataObject {
	return {
		error: reason ?? outcome,
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

/** Reasons told in a summary, and items named with each; the others are counted. */
const TOLD = 5;

/**
 * The error of a node that stops on error: how many of how many, the first reasons with their
 * items, what to do.
 */
export function toError(
	node: INode,
	outcomes: readonly Outcome[],
	remarks: readonly string[],
	{ displayName }: RunName,
): NodeOperationError {
	const failed = [...outcomes.entries()].filter(([, outcome]) => !isSuccess(outcome));
	const byReason = new Map<string, number[]>();
	for (const [item, { outcome, reason = '' }] of failed) {
		const why = `${outcome}: ${reason}`;
		const items = byReason.get(why);
		if (items) items.push(item);
		else byReason.set(why, [item]);
	}
	const reasons = [...byReason]
		.slice(0, TOLD)
		.map(([reason, items]) => `${nameItems(items)}: ${reason}`);
	const untold = byReason.size - reasons.length;
	const description = [
		...reasons,
		...(untold > 0 ? [`… and ${countOf(untold, 'more reason')}.`] : []),
		...remarks,
		outcomes.some(({ outcome }) => outcome === 'delivered')
			? 'All others were delivered.'
			: 'Nothing was delivered.',
		'To handle the others in the workflow, set On Error to "Continue (using error output)" in the node settings.',
	].join('\n');

	const summary = `${displayName}: ${failed.length} of ${countOf(outcomes.length, 'event')} not delivered (${count(failed.map(([, outcome]) => outcome))})`;
	return new NodeOperationError(node, summary, {
		description,
		itemIndex: failed[0]?.[0],
		level: 'warning',
	});
}

/** `Item 3`, `Items 3, 4, 5`, `Items 3, 4, 5, 6, 7 and 12 more`. */
function nameItems(items: readonly number[]): string {
	const named = items.slice(0, TOLD).join(', ');
	const more = items.length > TOLD ? ` and ${items.length - TOLD} more` : '';
	return `Item${items.length > 1 ? 's' : ''} ${named}${more}`;
}

/** The one hint that sums a run up. */
export function toHint(
	outcomes: readonly Outcome[],
	remarks: readonly string[],
	{ displayName }: RunName,
): NodeExecutionHint {
	const done = outcomes.filter(isSuccess).length;
	const summary = `${displayName}: ${countOf(outcomes.length, 'event')}: ${count(outcomes)}.`;
	const sentences = [summary, ...remarks];
	return {
		message: sentences.join(' '),
		type: done === outcomes.length ? 'info' : 'warning',
		location: 'outputPane',
	};
}

/** Columns named in a remark; the others are counted. */
const NAMED_COLUMNS = 10;

/** What is to be told of a run beyond its outcomes, sentence by sentence. */
export function remarksOn(
	{ ignoredColumns, missingRecommended, ids }: Notes,
	{ displayName }: RunName,
): string[] {
	const sentences: string[] = [];
	if (ignoredColumns.size > 0) {
		const named = [...ignoredColumns].slice(0, NAMED_COLUMNS).join(', ');
		const others = ignoredColumns.size - NAMED_COLUMNS;
		const more = others > 0 ? ` and ${others} more` : '';
		sentences.push(`Columns without a field, ignored: ${named}${more}.`);
	}
	for (const [field, events] of missingRecommended) {
		sentences.push(`${countOf(events, 'event')} came without ${field}, which is recommended.`);
	}
	const { countedOnce, countedAgain } = ids.repeated;
	if (countedOnce > 0) {
		sentences.push(
			`${countOf(countedOnce, 'event')} had the ID of an earlier one: ${displayName} counts them once.`,
		);
	}
	if (countedAgain > 0) {
		sentences.push(
			`${countOf(countedAgain, 'event')} had the ID of an earlier one: ${displayName} removes no duplicates and may count them again.`,
		);
	}
	return sentences;
}

/** `198 delivered, 2 invalid`. */
function count(outcomes: readonly Outcome[]): string {
	return outcomeNames
		.map((name) => ({ name, times: outcomes.filter(({ outcome }) => outcome === name).length }))
		.filter(({ times }) => times > 0)
		.map(({ name, times }) => `${times} ${name}`)
		.join(', ');
}
