import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	INodeExecutionData,
} from 'n8n-workflow';

import { getCredential, readAddress, readCredential } from './credential/read';
import { createRedactor, redactBrokenOff, redactOutcome, type Redact } from './credential/redact';
import { createRedactorOf } from './credential/secrets';
import { compile } from './declaration/compile';
import { outcomeOfHalt } from './delivery/conclude';
import { usualPatience, type Patience } from './delivery/patience';
import { send } from './delivery/send';
import { sharedDispatcher } from './http/dispatcher';
import { admit } from './http/egress';
import { exchange } from './http/exchange';
import { validEvents } from './input/events';
import { createReader } from './input/mappingMode';
import { createNotes, noteEvent } from './input/notes';
import { readOperation } from './input/operation';
import { createSchema } from './input/schema';
import { readOptions, readPreviewOnly, readSettings } from './input/settings';
import { createValidator } from './input/validate';
import { idOf, type Batch } from './model/event';
import type { Notes } from './model/notes';
import { isSuccess, type Outcome } from './model/outcome';
import type { Provider } from './model/provider';
import { openLedger } from './record/ledger';
import { withinBounds } from './report/bounds';
import { toError } from './report/stopError';
import { toHint } from './report/hint';
import { toItems } from './report/items';
import { remarksOn } from './report/remarks';
import { tellEnding, tellHalt, tellInvalid, tellPreview, tellRefusal } from './report/words';
import { planBatches } from './request/batches';
import { createRequestForm } from './request/formRequest';
import { show } from './text/show';

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
	const declared = Object.hasOwn(provider.operations, operation)
		? provider.operations[operation]
		: undefined;
	const name = { provider: provider.name, displayName: provider.displayName, operation };
	const notes = createNotes();

	let redact = createRedactor([]);
	let outcomes: readonly Outcome[];
	try {
		const isOptional = declared?.isWithoutSecret === true;
		const values = await getCredential(context, provider.credential, isOptional);
		redact = createRedactorOf(provider.credential, values);
		outcomes = await deliver({
			context,
			provider,
			operation,
			values,
			items,
			notes,
			redact,
			patience,
		});
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
	const hint = toHint(outcomes, remarks, name);
	// older n8n has no hints
	(context as Partial<IExecuteFunctions>).addExecutionHints?.(hint);
	// a stopped execution shows no hint
	if (context.getExecutionCancelSignal()?.aborted) context.logger.warn(hint.message);
	if (!context.continueOnFail() && !outcomes.every(isSuccess)) {
		throw await toError(context.getNode(), outcomes, remarks, name);
	}
	return [await toItems(outcomes, name)];
}

/** An outcome as it may be told: masked, then cut, since half a secret would not be found any more. */
function toBeTold(outcome: Outcome, redact: Redact): Outcome {
	return withinBounds(redactOutcome(outcome, redact));
}

/** What one run delivers, and with what. */
interface Task {
	readonly context: IExecuteFunctions;
	readonly provider: Provider;
	/** The name of the operation. */
	readonly operation: string;
	/** The credential's. */
	readonly values: ICredentialDataDecryptedObject;
	readonly items: readonly INodeExecutionData[];
	readonly notes: Notes;
	readonly redact: Redact;
	readonly patience: Partial<Patience>;
}

/**
 * From items to outcomes, stage by stage: the outcome of each item, in input order. Secrets are
 * masked when all is judged and told, so that none changes what is found.
 */
async function deliver({ context, provider, items, notes, redact, ...task }: Task) {
	const operation = readOperation(context, provider, task.operation);
	const settings = readSettings(context, operation.batch?.maxEvents);
	const read = operation.isWithoutSecret ? readAddress : readCredential;
	const credential = read(provider.credential, task.values, operation.baseUrlParts);
	const createLookup = await admit(context, credential.baseUrl);
	const declaration = compile(provider, task.operation, readOptions(context));
	const { fields } = declaration;
	const form = createRequestForm(declaration, credential, operation);
	const { maxBytes = Infinity } = operation.batch ?? {};
	const { deduplicates, authorizedPer } = operation;
	const laneName = operation.lane?.name;
	const speaker = { displayName: provider.displayName, deduplicates, laneName };
	const cancelSignal = context.getExecutionCancelSignal();
	const ledger = openLedger(context, deduplicates || settings.retryUnknown);

	const events = validEvents({
		fields,
		items: items.length,
		isDone: (itemIndex) => ledger.has(itemIndex),
		isDoubtful: (itemIndex) => ledger.isDoubtful(itemIndex),
		read: await createReader(context, items, fields, operation, notes.ignoredColumns),
		validate: createValidator(createSchema(operation, fields), fields, redact),
		encode: (event) => form.encode(event),
		maxBytes,
		onValid: (event) => {
			noteEvent(notes, event, operation, fields);
		},
		onInvalid: (itemIndex, problems) => {
			ledger.record(itemIndex, toBeTold(tellInvalid(problems), redact));
		},
		cancelSignal,
	});
	const batches = planBatches(
		events,
		{ maxEvents: settings.batchSize, maxBytes },
		operation.lane?.of,
	);
	// told as soon as it is known: at the end 50,000 at once would hold up all else that n8n does
	const settle = (batch: Batch, ending: Outcome) => {
		const outcome = toBeTold(ending, redact);
		for (const { itemIndex, event } of batch.events) {
			const id = redact(idOf(event, operation.idKey));
			ledger.record(itemIndex, id === undefined ? outcome : { ...outcome, id });
		}
	};

	const sendAll = async (): Promise<Outcome> => {
		const dispatcher = await sharedDispatcher(createLookup);
		const halt = await send(batches, {
			exchange: async (batch, cutOff) => {
				const answer = await exchange(dispatcher, form.build(batch), settings.timeout, cutOff);
				return answer.kind === 'reply' ? redactBrokenOff(answer, redact) : answer;
			},
			judge: operation.judge,
			deduplicates,
			partOf:
				authorizedPer &&
				(({ events: [first] }) => `${authorizedPer.name} ${show(first?.event[authorizedPer.key])}`),
			hasLanes: operation.lane !== undefined,
			settle: (batch, ending) => {
				settle(batch, tellEnding(ending, speaker));
			},
			cancelSignal,
			settings,
			patience: { ...usualPatience, ...task.patience },
		});
		const rest = halt ?? { kind: 'stopped' };
		return tellHalt(rest, outcomeOfHalt(rest), speaker);
	};
	const showAll = async (): Promise<Outcome> => {
		for await (const batch of batches) settle(batch, tellPreview(form.show(batch)));
		return tellHalt({ kind: 'stopped' }, 'cancelled', speaker);
	};
	const isPreview = readPreviewOnly(context);
	// what is thrown on the way ends what has no outcome yet, and nothing else
	const rest = await (isPreview ? showAll() : sendAll()).catch(tellRefusal);
	return ledger.close(items.length, toBeTold(rest, redact));
}
