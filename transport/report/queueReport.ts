import {
	NodeOperationError,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type NodeExecutionHint,
} from 'n8n-workflow';

import { isSuccess, type Failure, type Outcome } from '../model/outcome';
import { SUMMARIZE } from '../model/queueOperations';
import type { Waiting } from '../store/store';
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
	/** Where it was not delivered: what it takes to send it again. */
	readonly again?: Again;
}

/** An event as it may be told, so that people can correct it and send it again. */
export interface Again {
	/** Its values by their wire keys, as JSON has them. */
	readonly values: IDataObject;
	/** A sentence that says how. */
	readonly advice: string;
}

/** What came of one run through the queue. */
export interface QueueReport {
	readonly ended: readonly EndedEvent[];
	/** What waits for a later run; `undefined` where it could not be counted. */
	readonly waiting?: Waiting;
	/** Events that were sent and stay in the queue. */
	readonly tried?: number;
	/** The option, where the run has sent as many as that. */
	readonly maxEvents?: number;
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
	const add = (own: IDataObject, error?: string, more: IDataObject = {}) => {
		const failed = { error, details: { ...own, ...more } };
		// n8n sends to the error branch what has nothing beside its error
		const json = error === undefined ? own : hasErrorOutput ? failed : { ...own, ...failed };
		items.push({ json, pairedItem: 0 });
	};
	await inTurns(ended, (event) => {
		const { outcome, again } = event;
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
		else {
			const error = again ? `${outcome.reason} ${again.advice}` : outcome.reason;
			add(own, error, {
				...(httpStatus !== undefined && { httpStatus }),
				attempts,
				...(again && { event: again.values }),
			});
		}
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
	operation: string,
): NodeExecutionHint {
	const { ended, failure, reasons } = report;
	const outcomes = ended.map(({ outcome }) => outcome);
	const isWell = outcomes.every(isSuccess) && reasons.length === 0 && failure === undefined;
	return {
		message: [
			`${displayName}: ${operation === SUMMARIZE ? 'nothing was counted' : summaryOf(report)}.`,
			...remarksOn(report),
		].join(' '),
		type: isWell ? 'info' : 'warning',
		location: 'outputPane',
	};
}

function summaryOf({ ended, tried = 0 }: QueueReport): string {
	if (ended.length > 0) {
		const counts = countByOutcome(ended.map(({ outcome }) => outcome));
		return `${countOf(ended.length, 'queued event')}: ${counts}`;
	}
	if (tried === 0) return 'no queued event was sent';
	return `${countOf(tried, 'queued event')} ${tried === 1 ? 'was' : 'were'} sent, and none is known to be delivered`;
}

function remarksOn(report: QueueReport): string[] {
	const { waiting, reasons, failure, isRecordApart } = report;
	const told = reasons.slice(0, TOLD);
	return [
		...(failure ? [failure.reason] : []),
		...(waiting === undefined ? [] : tellWaiting(waiting, report)),
		...told.filter((reason) => reason !== failure?.reason),
		...(isRecordApart === true ? [RECORD_APART] : []),
	];
}

/** What waits, and why, where that is no reason of the provider's. */
function tellWaiting({ events, taken }: Waiting, { maxEvents }: QueueReport): string[] {
	if (events === 0) return ['Nothing waits any more.'];
	const them = events === 1 ? 'it' : 'them';
	return [
		`${countOf(events, 'event')} still ${events === 1 ? 'waits' : 'wait'} in the queue.`,
		...(taken > 0
			? [`Another run is sending ${taken === events ? them : `${taken} of them`}.`]
			: []),
		...(maxEvents !== undefined && taken < events
			? [`This run has sent as many as Max Events (${maxEvents}): the next one goes on.`]
			: []),
	];
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
	const error = new NodeOperationError(node, summary, {
		description: [
			...(reasons.length > 0 ? [listOf(reasons)] : []),
			linesOf([
				...(untold > 0 ? [`… and ${countOf(untold, 'more reason')}.`] : []),
				...remarksOn(report),
				...(failed.length > 0
					? [
							`They have left the queue. Their values: see Error details, From ${displayName}.`,
							ADVICE,
						]
					: []),
			]),
		].join('\n'),
		level: 'warning',
	});
	error.messages.push(...valuesOf(failed));
	return error;
}

const ADVICE =
	'To handle undelivered events in the workflow, set On Error to "Continue (using error output)" in the node settings.';

/** Events whose values stand in the details of an error. */
const MAX_VALUES = 100;

/** A line for each event, since an error leaves no items. */
function valuesOf(failed: readonly EndedEvent[]): string[] {
	const untold = failed.length - MAX_VALUES;
	return [
		...failed
			.slice(0, MAX_VALUES)
			.map(({ operation, outcome, again }) =>
				JSON.stringify({ operation, outcome: outcome.outcome, event: again?.values }),
			),
		...(untold > 0 ? [`… and ${countOf(untold, 'more event')}.`] : []),
	];
}

/** `Event 3`, `Events 3, 4, 5, 6, 7 and 12 more`. */
function nameEvents(names: readonly string[]): string {
	const named = names.slice(0, TOLD).join(', ');
	const more = names.length > TOLD ? ` and ${names.length - TOLD} more` : '';
	return `Event${names.length > 1 ? 's' : ''} ${named}${more}`;
}
