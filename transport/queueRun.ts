import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { getCredential, isCredentialChosen } from './credential/read';
import { createRedactor, type Redact } from './credential/redact';
import { createRedactorOf } from './credential/secrets';
import { queueOperations } from './declaration/properties';
import type { Patience } from './delivery/patience';
import type { Failure } from './model/outcome';
import type { Provider } from './model/provider';
import { SUMMARIZE } from './model/queueOperations';
import {
	toQueueError,
	toQueueHint,
	toQueueItems,
	type EndedEvent,
	type QueueReport,
} from './report/queueReport';
import { tellRefusal } from './report/words';
import type { Sum } from './store/store';
import { sendQueued } from './ways/queued';
import { summarize } from './ways/summary';

/** What earlier tries of a node run had sent: n8n forgets it when Retry On Fail calls the node again. */
const endedBefore = new WeakMap<object, readonly EndedEvent[]>();

/**
 * Runs one of the operations that are about what the record holds.
 *
 * @throws {NodeOperationError} when the node stops on error and an event ended undelivered, or the run failed
 */
export async function runQueueOperation(
	context: IExecuteFunctions,
	provider: Provider,
	operation: string,
	patience: Partial<Patience>,
): Promise<INodeExecutionData[]> {
	let redact = createRedactor([]);
	let report: QueueReport;
	try {
		const served = operationsServed(context, provider);
		const values = await getCredential(context, provider.credential, served.length > 0);
		redact = createRedactorOf(provider.credential, values);
		const task = { context, provider, values, redact, patience };
		if (operation === SUMMARIZE) {
			return (await summarize(task, served)).map((sum) => toSumItem(sum, provider.displayName));
		}
		report = withEarlierTries(context, await sendQueued(task, served));
	} catch (error) {
		report = { ended: [], reasons: [], failure: refusalOf(error, redact) };
	}
	const name = {
		displayName: provider.displayName,
		operation: queueOperations.find(({ value }) => value === operation)?.name ?? operation,
	};
	const hint = toQueueHint(report, name, operation);
	// older n8n has no hints
	(context as Partial<IExecuteFunctions>).addExecutionHints?.(hint);
	// a stopped execution shows no hint
	if (context.getExecutionCancelSignal()?.aborted) context.logger.warn(hint.message);
	const error = toQueueError(context.getNode(), report, name);
	if (error && !context.continueOnFail()) throw error;
	const hasErrorOutput = context.getNode().onError === 'continueErrorOutput';
	return await toQueueItems(report, name, operation, hasErrorOutput);
}

function refusalOf(error: unknown, redact: Redact): Failure {
	const refusal = tellRefusal(error);
	return { ...refusal, reason: redact(refusal.reason) };
}

/** Those of the provider's operations for which the node has what they need. */
function operationsServed(context: IExecuteFunctions, provider: Provider): string[] {
	const isChosen = isCredentialChosen(context, provider.credential);
	return Object.entries(provider.operations)
		.filter(([, { isWithoutSecret }]) => isChosen || isWithoutSecret)
		.map(([name]) => name);
}

function withEarlierTries(context: IExecuteFunctions, report: QueueReport): QueueReport {
	if (!context.getNode().retryOnFail) return report;
	const run = context.getExecuteData();
	const ended = [...(endedBefore.get(run) ?? []), ...report.ended];
	endedBefore.set(run, ended);
	return { ...report, ended };
}

function toSumItem(
	{ operation, day, outcome, currency, events, amount }: Sum,
	provider: string,
): INodeExecutionData {
	const json: IDataObject = { provider, operation, day, outcome };
	if (currency !== undefined) json.currency = currency;
	json.events = events;
	if (amount !== undefined) json.amount = amount;
	return { json, pairedItem: 0 };
}
