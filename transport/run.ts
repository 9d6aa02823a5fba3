import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { getCredential } from './credential/read';
import { createRedactor, type Redact } from './credential/redact';
import { createRedactorOf } from './credential/secrets';
import type { Patience } from './delivery/patience';
import { runFiles } from './fileRun';
import { createNotes } from './input/notes';
import { readIncludeInput, readPreviewOnly } from './input/settings';
import { isSuccess, type Outcome } from './model/outcome';
import type { Provider } from './model/provider';
import { SEND_QUEUED, SUMMARIZE } from './model/queueOperations';
import { runQueueOperation } from './queueRun';
import { openLedger } from './record/ledger';
import { isTool } from './report/asTool';
import { toError, toPreviewError } from './report/stopError';
import { toHint } from './report/hint';
import { toItems } from './report/items';
import { recommendationsOn, remarksOn } from './report/remarks';
import { tellRefusal } from './report/words';
import { isPlainObject } from './text/json';
import { toBeTold } from './ways/channel';
import { deliverItems } from './ways/items';

/**
 * Runs a node of the provider: the way of every input item to its output item.
 *
 * @param patience other waits than the usual ones
 * @returns one output item per input item, in input order
 * @throws {NodeOperationError} when the node stops on error and an event was not delivered, after
 * everything deliverable was delivered
 */
export async function run(
	context: IExecuteFunctions,
	provider: Provider,
	patience: Partial<Patience> = {},
): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[]];

	const operation = context.getNodeParameter('operation', 0);
	if (operation === SEND_QUEUED || operation === SUMMARIZE) {
		return [await runQueueOperation(context, provider, operation, patience)];
	}
	if (context.getNodeParameter('source', 0, 'items') !== 'items') {
		return [await runFiles(context, provider, patience)];
	}
	const declared = Object.hasOwn(provider.operations, operation)
		? provider.operations[operation]
		: undefined;
	const name = { displayName: provider.displayName, operation };
	const notes = createNotes();

	let redact = createRedactor([]);
	let outcomes: readonly Outcome[];
	let isPreview = false;
	let includesInput = false;
	try {
		const isOptional = declared?.isWithoutSecret === true;
		const values = await getCredential(context, provider.credential, isOptional);
		redact = createRedactorOf(provider.credential, values);
		isPreview = readPreviewOnly(context);
		includesInput = readIncludeInput(context);
		const task = { context, provider, operation, values, redact, patience };
		outcomes = await deliverItems(task, items, notes);
	} catch (error) {
		// thrown, it would make n8n pass the items on as if all were well where it continues on error;
		// what an earlier try of the same run has settled stays as it is
		const refused = toBeTold(tellRefusal(error), redact);
		outcomes = openLedger(context, false).close(items.length, refused);
	}

	const speaker = {
		displayName: provider.displayName,
		deduplicates: declared?.deduplicates ?? false,
		laneName: declared?.lane?.name,
	};
	const remarks = remarksOn(notes, speaker, redact);
	const hint = toHint(outcomes, [...remarks, ...recommendationsOn(notes)], name);
	// older n8n has no hints
	(context as Partial<IExecuteFunctions>).addExecutionHints?.(hint);
	// a stopped execution shows no hint
	if (context.getExecutionCancelSignal()?.aborted) context.logger.warn(hint.message);
	if (stopsOnError(context) && !outcomes.every(isSuccess)) {
		const tell = isPreview ? toPreviewError : toError;
		throw await tell(context.getNode(), outcomes, remarks, name);
	}
	const node = context.getNode();
	const form = {
		// a model knows what it has filled in
		hasErrorOutput: node.onError === 'continueErrorOutput' || isTool(node),
		includesInput,
		columnsOf: (item: number) => columnsOf(items[item], redact),
	};
	return [await toItems(outcomes, name, form)];
}

/**
 * Whether undelivered events end the node with an error.
 *
 * An agent's tool gives items unless On Error says otherwise, as n8n has it for tools: of an error
 * the model reads the message alone, and not what to correct.
 */
function stopsOnError(context: IExecuteFunctions): boolean {
	const node = context.getNode();
	return isTool(node) ? node.onError === 'stopWorkflow' : !context.continueOnFail();
}

/** An item's columns as they may be told: the secret may be among them. */
function columnsOf(item: INodeExecutionData | undefined, redact: Redact): IDataObject {
	const columns: unknown = redact(item?.json);
	// what cannot be searched is masked whole
	return isPlainObject(columns) ? (columns as IDataObject) : {};
}
