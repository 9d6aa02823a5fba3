import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { getCredential } from './credential/read';
import { createRedactor } from './credential/redact';
import { createRedactorOf } from './credential/secrets';
import type { Patience } from './delivery/patience';
import { readSource } from './input/fileSettings';
import { createNotes } from './input/notes';
import type { Failure } from './model/outcome';
import type { Provider } from './model/provider';
import { toFileItem, toFilesError, toFilesHint, type FileResult } from './report/fileResult';
import { recommendationsOn, remarksOn } from './report/remarks';
import { tellRefusal } from './report/words';
import { toBeTold } from './ways/channel';
import { deliverFiles, refusedFiles } from './ways/files';

/**
 * Runs a node of the provider on files: each input item has one, and its rows are the events.
 *
 * @param patience other waits than the usual ones
 * @returns one output item per file, in input order
 * @throws {NodeOperationError} when the node stops on error and a file could not be read to its end,
 * or a setting or the credential not be used, after everything deliverable was delivered
 */
export async function runFiles(
	context: IExecuteFunctions,
	provider: Provider,
	patience: Partial<Patience>,
): Promise<INodeExecutionData[]> {
	const items = context.getInputData().length;
	const operation = context.getNodeParameter('operation', 0);
	const { credential, displayName, operations } = provider;
	const declared = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
	const name = { displayName, operation };
	const notes = createNotes();

	let redact = createRedactor([]);
	let results: readonly FileResult[];
	try {
		readSource(context);
		const values = await getCredential(context, credential, declared?.isWithoutSecret === true);
		redact = createRedactorOf(credential, values);
		const task = { context, provider, operation, values, redact, patience };
		results = await deliverFiles(task, items, notes);
	} catch (error) {
		const refused = toBeTold(tellRefusal(error), redact) as Failure;
		results = refusedFiles(context, items, refused, redact);
	}

	const speaker = {
		displayName,
		deduplicates: declared?.deduplicates ?? false,
		laneName: declared?.lane?.name,
	};
	const remarks = remarksOn(notes, speaker, redact);
	const hint = toFilesHint(results, [...remarks, ...recommendationsOn(notes)], name);
	// older n8n has no hints
	(context as Partial<IExecuteFunctions>).addExecutionHints?.(hint);
	// a stopped execution shows no hint
	if (context.getExecutionCancelSignal()?.aborted) context.logger.warn(hint.message);
	if (!context.continueOnFail() && results.some(({ problem }) => problem !== undefined)) {
		throw toFilesError(context.getNode(), results, remarks, name);
	}
	const hasErrorOutput = context.getNode().onError === 'continueErrorOutput';
	return results.map((result, itemIndex) => toFileItem(result, itemIndex, name, hasErrorOutput));
}
