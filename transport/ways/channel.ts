import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';

import { accountOf } from '../credential/account';
import { readAddress, readCredential } from '../credential/read';
import { redactBrokenOff, redactOutcome, type Redact } from '../credential/redact';
import { secretsOf, textOf } from '../credential/secrets';
import { compile } from '../declaration/compile';
import { outcomeOfHalt } from '../delivery/conclude';
import { usualPatience, type Patience } from '../delivery/patience';
import { send } from '../delivery/send';
import { sharedDispatcher } from '../http/dispatcher';
import { admit } from '../http/egress';
import { exchange } from '../http/exchange';
import { readOperation } from '../input/operation';
import { readOptions, readSettings } from '../input/settings';
import { judgeOf } from '../judging/judgeOf';
import type { Field } from '../model/declaration';
import { idOf, type Batch, type PlannedEvent } from '../model/event';
import type { Ending, Halt } from '../model/ending';
import type { Outcome } from '../model/outcome';
import type { Operation, Provider } from '../model/provider';
import type { Settings } from '../model/settings';
import { sharedPace } from '../pace/sharedPace';
import { withinBounds } from '../report/bounds';
import { tellEnding, tellHalt, tellPreview, type Speaker } from '../report/words';
import { planAll } from '../request/batches';
import { createRequestForm, type RequestForm } from '../request/formRequest';
import { show } from '../text/show';

/** What a run of a node works with. */
export interface Task {
	readonly context: IExecuteFunctions;
	readonly provider: Provider;
	/** The name of the operation. */
	readonly operation: string;
	/** The credential's. */
	readonly values: ICredentialDataDecryptedObject;
	readonly redact: Redact;
	/** Other waits than the usual ones. */
	readonly patience: Partial<Patience>;
}

/** All that takes the events of one operation to the provider, with one credential. */
export interface Channel {
	readonly task: Task;
	readonly operation: Operation;
	readonly settings: Settings;
	/** What the credential stands for, as `accountOf` gives it. */
	readonly account: string;
	/** Of the Base URL. */
	readonly origin: string;
	/** Looks hosts up as n8n's egress policy wants it, where there is one. */
	readonly createLookup: Parameters<typeof sharedDispatcher>[0];
	readonly fields: readonly Field[];
	readonly form: RequestForm;
	/** Most bytes of a body. */
	readonly maxBytes: number;
	readonly speaker: Speaker;
	/** Whether what may have arrived may be sent again. */
	readonly mayRepeat: boolean;
	/** Aborts when the execution is stopped. */
	readonly cancelSignal?: AbortSignal;
}

/** @throws {RunRefused} where a setting or the credential cannot be used */
export async function openChannel(task: Task): Promise<Channel> {
	const { context, provider, values } = task;
	const operation = readOperation(context, provider, task.operation);
	const settings = readSettings(context, operation.batch?.maxEvents);
	const read = operation.isWithoutSecret ? readAddress : readCredential;
	const credential = read(provider.credential, values, operation.baseUrlParts);
	const createLookup = await admit(context, credential.baseUrl);
	const declaration = compile(provider, task.operation, readOptions(context));
	const { deduplicates } = operation;
	return {
		task,
		operation,
		settings,
		account: operationAccount(task, operation),
		origin: credential.baseUrl.origin,
		createLookup,
		fields: declaration.fields,
		form: createRequestForm(declaration, credential, operation),
		maxBytes: operation.batch?.maxBytes ?? Infinity,
		speaker: {
			displayName: provider.displayName,
			deduplicates,
			laneName: operation.lane?.name,
		},
		mayRepeat: deduplicates || settings.retryUnknown,
		cancelSignal: context.getExecutionCancelSignal(),
	};
}

/** The account that an operation's events belong to: without a secret it is another one. */
export function operationAccount(
	{ provider, values }: Pick<Task, 'provider' | 'values'>,
	{ isWithoutSecret }: Pick<Operation, 'isWithoutSecret'>,
): string {
	const secrets = isWithoutSecret ? [] : secretsOf(provider.credential, values);
	return accountOf(textOf(values.baseUrl), secrets);
}

/** An outcome as it may be told: masked, then cut, since half a secret would not be found any more. */
export function toBeTold(outcome: Outcome, redact: Redact): Outcome {
	return withinBounds(redactOutcome(outcome, redact));
}

/** The outcome of one event, with the ID that people know it by. */
export function outcomeWithId(
	{ operation, task }: Channel,
	{ event, eventId }: PlannedEvent,
	outcome: Outcome,
): Outcome {
	const id = task.redact(idOf(event, operation.idKey) ?? eventId);
	return id === undefined ? outcome : { ...outcome, id };
}

/** Where the events that are to be sent come from, and where their outcomes go. */
export interface Passage {
	/** One round after the other, as `planAll` takes them. */
	readonly rounds: Parameters<typeof planAll>[0];
	/**
	 * Told of each event how it ended, as soon as it is known, in words that may be told; as facts too,
	 * where it was to be sent.
	 */
	readonly onEnd: (planned: PlannedEvent, outcome: Outcome, ending?: Ending) => void;
	readonly record?: RequestGuard;
}

/** What is asked before a request leaves, and told how it ended: a run in the record. */
export interface RequestGuard {
	/** @returns why nothing more may leave, if so */
	begin(batch: Batch): Promise<Halt | undefined>;
	/** Its last request was certainly not taken, and it is to be tried again. */
	holdBack(batch: Batch): void;
	end(batch: Batch, ending: Ending): void;
	/** Why this batch alone must not leave, if so. */
	haltOf?(batch: Batch): Halt | undefined;
}

/**
 * Sends the events of all rounds.
 *
 * @returns the outcome of the events that were not taken from the rounds
 * @throws what the rounds throw, after everything taken from them before has ended
 */
export async function sendAll(
	channel: Channel,
	{ rounds, onEnd, record }: Passage,
): Promise<Outcome> {
	const { operation, settings, speaker, form, cancelSignal, task } = channel;
	const { redact } = task;
	const { authorizedPer } = operation;
	const dispatcher = await sharedDispatcher(channel.createLookup);
	const connections = dispatcher.to(channel.origin, channel.mayRepeat);
	const halt = await send(batchesOf(channel, rounds), {
		exchange: async (batch, cutOff) => {
			const answer = await exchange(connections, form.build(batch), settings.timeout, cutOff);
			return answer.kind === 'reply' ? redactBrokenOff(answer, redact) : answer;
		},
		judge: judgeOf(operation),
		deduplicates: operation.deduplicates,
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
		haltOf: (batch) => record?.haltOf?.(batch),
		settle: (batch, ending) => {
			record?.end(batch, ending);
			const outcome = toBeTold(tellEnding(ending, speaker), redact);
			for (const planned of batch.events) onEnd(planned, outcome, ending);
		},
		pace: sharedPace(channel.origin, channel.account),
		room: () => connections.room(),
		cancelSignal,
		settings,
		patience: { ...usualPatience, ...task.patience },
	});
	const rest = halt ?? { kind: 'stopped' };
	return toBeTold(tellHalt(rest, outcomeOfHalt(rest), speaker), redact);
}

/** As `sendAll`, but each event ends with the request that would send it. */
export async function showAll(channel: Channel, { rounds, onEnd }: Passage): Promise<Outcome> {
	const { form, speaker, task } = channel;
	for await (const batch of batchesOf(channel, rounds)) {
		const outcome = toBeTold(tellPreview(form.show(batch)), task.redact);
		for (const planned of batch.events) onEnd(planned, outcome);
	}
	return tellHalt({ kind: 'stopped' }, 'cancelled', speaker);
}

function batchesOf({ operation, settings, maxBytes }: Channel, rounds: Passage['rounds']) {
	return planAll(rounds, { maxEvents: settings.batchSize, maxBytes }, operation.lane?.of);
}
