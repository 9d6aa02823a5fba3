import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	INodeExecutionData,
} from 'n8n-workflow';

import { accountOf } from './credential/account';
import { getCredential, readAddress, readCredential } from './credential/read';
import { createRedactor, redactBrokenOff, redactOutcome, type Redact } from './credential/redact';
import { createRedactorOf, secretsOf, textOf } from './credential/secrets';
import { compile } from './declaration/compile';
import { outcomeOfHalt } from './delivery/conclude';
import { usualPatience, type Patience } from './delivery/patience';
import { send } from './delivery/send';
import { sharedDispatcher } from './http/dispatcher';
import { admit } from './http/egress';
import { exchange } from './http/exchange';
import { createEventIdReader } from './input/eventId';
import { validEvents } from './input/events';
import { createReader } from './input/mappingMode';
import { createNotes, noteEvent, noteId } from './input/notes';
import { readOperation } from './input/operation';
import { createSchema } from './input/schema';
import { readDeliveryRecord, readOptions, readPreviewOnly, readSettings } from './input/settings';
import { createValidator } from './input/validate';
import { judgeOf } from './judging/judgeOf';
import { idOf, type Batch, type PlannedEvent } from './model/event';
import type { Notes } from './model/notes';
import { isSuccess, type Outcome } from './model/outcome';
import type { Provider } from './model/provider';
import { sharedPace } from './pace/sharedPace';
import { openLedger } from './record/ledger';
import { openRecord } from './record/openRecord';
import { withinBounds } from './report/bounds';
import { toError } from './report/stopError';
import { toHint } from './report/hint';
import { toItems } from './report/items';
import { remarksOn } from './report/remarks';
import {
	tellEnding,
	tellHalt,
	tellHeld,
	tellInvalid,
	tellPreview,
	tellRefusal,
} from './report/words';
import { planAll } from './request/batches';
import { createRequestForm } from './request/formRequest';
import { messageOf, show } from './text/show';

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
	const secrets = operation.isWithoutSecret ? [] : secretsOf(provider.credential, task.values);
	const account = accountOf(textOf(task.values.baseUrl), secrets);
	const createLookup = await admit(context, credential.baseUrl);
	const declaration = compile(provider, task.operation, readOptions(context));
	const { fields } = declaration;
	const form = createRequestForm(declaration, credential, operation);
	const { maxBytes = Infinity } = operation.batch ?? {};
	const { deduplicates, authorizedPer } = operation;
	const laneName = operation.lane?.name;
	const speaker = { displayName: provider.displayName, deduplicates, laneName };
	const cancelSignal = context.getExecutionCancelSignal();
	const mayRepeat = deduplicates || settings.retryUnknown;
	const ledger = openLedger(context, mayRepeat);
	const isPreview = readPreviewOnly(context);
	const isRecorded = readDeliveryRecord(context) !== 'off' && !isPreview;

	const events = validEvents({
		fields,
		items: items.length,
		isDone: (itemIndex) => ledger.has(itemIndex),
		isDoubtful: (itemIndex) => ledger.isDoubtful(itemIndex),
		read: await createReader(context, items, fields, operation, notes.ignoredColumns),
		readEventId: await createEventIdReader(context, items),
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
	const record = isRecorded
		? openRecord(
				context,
				operation,
				{
					provider: provider.name,
					operation: task.operation,
					account,
					execution: context.getExecutionId(),
					keepDays: settings.recordDays,
					mayRepeat,
				},
				{
					onHeld: (planned, held) => {
						settleOne(planned, toBeTold(tellHeld(held, speaker), redact));
					},
					onUnidentified: () => {
						notes.unidentified++;
					},
					batchSize: settings.batchSize,
					waitMs: settings.timeout,
					cancelSignal,
				},
			)
		: undefined;
	const limits = { maxEvents: settings.batchSize, maxBytes };
	const batches = planAll(record?.rounds(events) ?? [events], limits, operation.lane?.of);
	// told as soon as it is known: at the end 50,000 at once would hold up all else that n8n does
	const settle = (batch: Batch, ending: Outcome) => {
		const outcome = toBeTold(ending, redact);
		for (const planned of batch.events) {
			if (planned.key === undefined) noteId(notes, planned.event, operation.idKey);
			settleOne(planned, outcome);
		}
	};
	const settleOne = ({ itemIndex, event, eventId }: PlannedEvent, outcome: Outcome) => {
		const id = redact(idOf(event, operation.idKey) ?? eventId);
		ledger.record(itemIndex, id === undefined ? outcome : { ...outcome, id });
	};

	const sendAll = async (): Promise<Outcome> => {
		const dispatcher = await sharedDispatcher(createLookup);
		const halt = await send(batches, {
			exchange: async (batch, cutOff) => {
				const answer = await exchange(dispatcher, form.build(batch), settings.timeout, cutOff);
				return answer.kind === 'reply' ? redactBrokenOff(answer, redact) : answer;
			},
			judge: judgeOf(operation),
			deduplicates,
			partOf:
				authorizedPer &&
				(({ events: [first] }) => `${authorizedPer.name} ${show(first?.event[authorizedPer.key])}`),
			hasLanes: operation.lane !== undefined,
			begin: record && ((batch) => record.begin(batch)),
			holdBack:
				record &&
				((batch) => {
					record.holdBack(batch);
				}),
			settle: (batch, ending) => {
				record?.end(batch, ending.outcome);
				settle(batch, tellEnding(ending, speaker));
			},
			pace: sharedPace(credential.baseUrl.origin, account),
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
	// what is thrown on the way ends what has no outcome yet, and nothing else
	const rest = await (isPreview ? showAll() : sendAll()).catch(tellRefusal);
	await record?.finish().catch((error: unknown) => {
		notes.recordFailure = messageOf(error);
	});
	return ledger.close(items.length, toBeTold(rest, redact));
}
