import {
	NodeOperationError,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type NodeExecutionHint,
} from 'n8n-workflow';

import { isSuccess, type Failure, type Outcome } from '../model/outcome';
import { countOf } from '../text/show';
import { countByOutcome } from './count';
import { linesOf, listOf } from './html';
import { inTurns } from './inTurns';
import { RECORD_APART } from './remarks';
import type { RunName } from './runName';

/** An event that has left the queue. */
export interface EndedEvent {
	readonly operation: string;
	readonly outcome: Outcome;
	/** When it was stored, unix time in seconds, and in which execution. */
	readonly queuedAt: number;
	readonly execution: string;
}

/** What came of one run through the queue. */
export interface QueueReport {
	readonly ended: readonly EndedEvent[];
	/** Events that wait for a later run; `undefined` where they could not be counted. */
	readonly waiting?: number;
	/** Why events that were to be sent still wait, each reason once. */
	readonly reasons: readonly string[];
	/** Whether workers of this n8n may each have a queue of their own. */
	readonly isRecordApart?: boolean;
	/** Why the run itself failed, if so: then somebody has to do something. */
	readonly failure?: Failure;
}

/** Reasons told, and events named with each; the others are counted. */
const TOLD = 5;

/**
 * One output item per event that ended, and one for the failure of the run. They are paired with the
 * first input item by its bare number: n8n then merges nothing of it into items of the error branch,
 * since it has nothing to do with the event.
 *
 * @param hasErrorOutput whether what was not delivered leaves by the error output
 */
export async function toQueueItems(
	{ ended, failure }: QueueReport,
	{ displayName }: Pick<RunName, 'displayName'>,
	operation: string,
	hasErrorOutput: boolean,
): Promise<INodeExecutionData[]> {
	const items: INodeExecutionData[] = [];
	const add = (own: IDataObject, error?: string, sent: IDataObject = {}) => {
		const failed = { error, details: { ...own, ...sent } };
		// n8n sends to the error branch what has nothing beside its error
		const json = error === undefined ? own : hasErrorOutput ? failed : { ...own, ...failed };
		items.push({ json, pairedItem: 0 });
	};
	await inTurns(ended, (event) => {
		const { outcome } = event;
		const { id, httpStatus, attempts = 0 } = outcome;
		const own = {
			provider: displayName,
			operation: event.operation,
			outcome: outcome.outcome,
			...(id !== undefined && { id }),
			queuedAt: `${new Date(event.queuedAt * 1000).toISOString().slice(0, 19)}Z`,
			execution: event.execution,
		};
		if (isSuccess(outcome)) add(own);
		else add(own, outcome.reason, { ...(httpStatus !== undefined && { httpStatus }), attempts });
	});
	if (failure) {
		add({ provider: displayName, operation, outcome: failure.outcome }, failure.reason);
	}
	return items;
}

/** The one hint that sums the run up. */
export function toQueueHint(
	report: QueueReport,
	{ displayName }: Pick<RunName, 'displayName'>,
): NodeExecutionHint {
	const { ended, failure, reasons } = report;
	const outcomes = ended.map(({ outcome }) => outcome);
	const isWell = outcomes.every(isSuccess) && reasons.length === 0 && failure === undefined;
	return {
		message: [summaryOf(outcomes, displayName), ...remarksOn(report)].join(' '),
		type: isWell ? 'info' : 'warning',
		location: 'outputPane',
	};
}

function summaryOf(outcomes: readonly Outcome[], displayName: string): string {
	if (outcomes.length === 0) return `${displayName}: no queued event was sent.`;
	return `${displayName}: ${countOf(outcomes.length, 'queued event')}: ${countByOutcome(outcomes)}.`;
}

function remarksOn({ waiting, reasons, failure, isRecordApart }: QueueReport): string[] {
	const told = reasons.slice(0, TOLD);
	return [
		...(failure ? [failure.reason] : []),
		...(waiting === undefined ? [] : [tellWaiting(waiting)]),
		...told.filter((reason) => reason !== failure?.reason),
		...(isRecordApart === true ? [RECORD_APART] : []),
	];
}

function tellWaiting(waiting: number): string {
	if (waiting === 0) return 'Nothing waits any more.';
	return `${countOf(waiting, 'event')} still ${waiting === 1 ? 'waits' : 'wait'} in the queue.`;
}

/**
 * The error of a node that stops on error, where an event ended undelivered or the run failed; what
 * waits is no error.
 */
export function toQueueError(
	node: INode,
	report: QueueReport,
	{ displayName, operation }: RunName,
): NodeOperationError | undefined {
	const { ended, failure } = report;
	const failed = ended.filter(({ outcome }) => !isSuccess(outcome));
	if (failed.length === 0 && failure === undefined) return undefined;
	const byReason = new Map<string, string[]>();
	for (const { outcome, operation } of failed) {
		if (isSuccess(outcome)) continue;
		const why = `${outcome.outcome}: ${outcome.reason}`;
		const names = byReason.get(why) ?? [];
		names.push(outcome.id ?? `one of ${operation}`);
		byReason.set(why, names);
	}
	const reasons = [...byReason]
		.slice(0, TOLD)
		.map(([why, names]) => `${nameEvents(names)}: ${why}`);
	const untold = byReason.size - reasons.length;
	const counts = countByOutcome(failed.map(({ outcome }) => outcome));
	const summary =
		failed.length === 0
			? `${displayName}: ${operation} failed`
			: `${displayName}: ${failed.length} of ${countOf(ended.length, 'queued event')} not delivered (${counts})`;
	return new NodeOperationError(node, summary, {
		description: [
			...(reasons.length > 0 ? [listOf(reasons)] : []),
			linesOf([
				...(untold > 0 ? [`… and ${countOf(untold, 'more reason')}.`] : []),
				...remarksOn(report),
				'To handle undelivered events in the workflow, set On Error to "Continue (using error output)" in the node settings.',
			]),
		].join('\n'),
		level: 'warning',
	});
}

/** `Event 3`, `Events 3, 4, 5, 6, 7 and 12 more`. */
function nameEvents(names: readonly string[]): string {
	const named = names.slice(0, TOLD).join(', ');
	const more = names.length > TOLD ? ` and ${names.length - TOLD} more` : '';
	return `Event${names.length > 1 ? 's' : ''} ${named}${more}`;
}
