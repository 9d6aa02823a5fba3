import type { LookupFunction } from 'node:net';

import type {
	ICredentialDataDecryptedObject,
	IExecuteFunctions,
	INodeExecutionData,
	RequestHelperFunctions,
} from 'n8n-workflow';

import { compile, type Field } from './compile';
import { defaultsOf, readAddress, readCredential, secretsOf } from './credential';
import { validEvents } from './events';
import { exchange, sharedDispatcher, type Reply } from './http';
import { openLedger } from './ledger';
import { CANCELLED, isSuccess, RunRefused, type Outcome } from './outcome';
import { plan, type Batch } from './plan';
import type { Operation, Provider, WireEvent } from './provider';
import { readBoth, readColumns, readParameters, type Reader } from './read';
import { createRedactor, type Redact } from './redact';
import { remarksOn, toError, toHint, toItems, type Notes } from './report';
import { createRequestForm } from './request';
import { send } from './send';
import { readOptions, readSettings } from './settings';
import { show } from './show';
import { createValidator } from './validate';

/**
 * Runs a node of the provider: the way of every input item to its output item.
 *
 * @returns one output item per input item, in input order
 * @throws {NodeOperationError} when the node stops on error and an event was not delivered, after
 * everything deliverable was delivered
 */
export async function run(
	context: IExecuteFunctions,
	provider: Provider,
): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[]];

	const operation = context.getNodeParameter('operation', 0);
	const name = { provider: provider.name, displayName: provider.displayName, operation };
	const notes: Notes = {
		ignoredColumns: new Set(),
		missingRecommended: new Map(),
		ids: { seen: new Set(), repeated: { countedOnce: 0, countedAgain: 0 } },
	};

	let redact = createRedactor([]);
	let found: readonly Outcome[];
	try {
		const values = await getCredential(context, provider, operation);
		redact = createRedactor(secretsOf(provider.credential, values));
		found = await deliver(context, provider, operation, values, items, notes, redact);
	} catch (error) {
		// thrown, it would make n8n pass the items on as if all were well where it continues on error
		const refused = error instanceof RunRefused ? error : new RunRefused('failed', describe(error));
		const { outcome, message: reason } = refused;
		found = items.map(() => ({ outcome, reason, attempts: 0 }));
	}

	const outcomes = found.map(redact);
	const remarks = redact(remarksOn(notes, name));
	const hint = toHint(outcomes, remarks, name);
	// older n8n has no hints
	(context as Partial<IExecuteFunctions>).addExecutionHints?.(hint);
	// a stopped execution shows no hint
	if (context.getExecutionCancelSignal()?.aborted) context.logger.warn(hint.message);
	if (!context.continueOnFail() && !outcomes.every(isSuccess)) {
		throw toError(context.getNode(), outcomes, remarks, name);
	}
	return [toItems(outcomes, name)];
}

/** From items to outcomes, stage by stage: the outcome of each item, in input order. */
async function deliver(
	context: IExecuteFunctions,
	provider: Provider,
	operationName: string,
	credentialValues: ICredentialDataDecryptedObject,
	items: readonly INodeExecutionData[],
	notes: Notes,
	redact: Redact,
): Promise<readonly Outcome[]> {
	const declared = operationOf(provider, operationName);
	const settings = readSettings(context, declared.batch?.mostEvents);
	const operation = { ...declared, ...declared.adaptTo?.(readOptions(context)) };
	const read = operation.isWithoutSecret ? readAddress : readCredential;
	const credential = read(provider.credential, credentialValues, operation.baseUrlParts);
	const createLookup = await admit(context, credential.baseUrl);
	const declaration = compile(provider, operationName);
	const cancelSignal = context.getExecutionCancelSignal();
	const ledger = openLedger(context, operation.repeatIsHarmless || settings.retryUnknown);

	const form = createRequestForm(declaration, credential, operation);
	const { mostBytes = Infinity } = operation.batch ?? {};
	const events = validEvents({
		fields: declaration.fields,
		items: items.length,
		read: createReader(context, items, declaration.fields, operation, notes),
		validate: createValidator(operation.schema, declaration.fields, redact),
		encode: (event) => form.encode(event),
		mostBytes,
		noteValid: (event) => {
			note(operation, event, declaration.fields, notes);
		},
		ledger,
		cancelSignal,
	});
	const limits = { mostEvents: settings.batchSize, mostBytes };
	const batches = plan(events, limits, operation.lane?.of);
	const settle = (batch: Batch, outcome: Outcome) => {
		for (const { itemIndex, event } of batch.events) {
			const id = operation.idKey && event[operation.idKey];
			ledger.record(itemIndex, typeof id === 'string' ? { ...outcome, id } : outcome);
		}
	};

	if (readPreviewOnly(context)) {
		for await (const batch of batches) {
			settle(batch, { outcome: 'preview', request: form.show(batch) });
		}
		return ledger.close(items.length, CANCELLED);
	}
	const dispatcher = await sharedDispatcher(createLookup);
	const halted = await send(batches, {
		displayName: provider.displayName,
		laneName: operation.lane?.name,
		exchange: async (batch) => {
			const answer = await exchange(dispatcher, form.build(batch), settings.timeout);
			return 'body' in answer ? { ...answer, body: redactBody(answer, redact) } : answer;
		},
		judge: operation.judge,
		repeatIsHarmless: operation.repeatIsHarmless,
		settle,
		cancelSignal,
		settings,
	});
	return ledger.close(items.length, halted ?? CANCELLED);
}

/** @throws {RunRefused} where n8n has no such credential for this node, and it is needed */
async function getCredential(
	context: IExecuteFunctions,
	{ credential, operations }: Provider,
	operationName: string,
): Promise<ICredentialDataDecryptedObject> {
	const isChosen = context.getNode().credentials?.[credential.name] !== undefined;
	if (!isChosen && operations[operationName]?.isWithoutSecret) return defaultsOf(credential);
	if (!isChosen) {
		const reason = `This operation needs a credential of the type ${credential.displayName}: choose one in the node.`;
		throw new RunRefused('unauthorized', reason);
	}
	try {
		return await context.getCredentials(credential.name);
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new RunRefused('unauthorized', `The credential could not be read: ${reason}`);
	}
}

function operationOf({ operations }: Provider, name: string): Operation {
	const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
	if (operation) return operation;
	const known = Object.keys(operations).join(', ');
	throw new RunRefused(
		'invalid',
		`Operation must be one of ${known}, not ${JSON.stringify(name)}.`,
	);
}

/**
 * Asks n8n's egress policy, which n8n before 2.41 lacks, whether the host may be reached.
 *
 * @returns what makes the look-up that enforces it on every connection
 * @throws {RunRefused} where it may not
 */
async function admit(
	context: IExecuteFunctions,
	baseUrl: URL,
): Promise<(() => LookupFunction) | undefined> {
	const helpers: Partial<RequestHelperFunctions> = context.helpers;
	const filter = helpers.getSecureEgressFilter?.();
	const allowed = await filter?.validateUrl(baseUrl);
	if (allowed?.ok === false) {
		const reason = `This n8n does not allow requests to the Base URL: ${allowed.error.message}`;
		throw new RunRefused('unauthorized', reason);
	}
	return filter && (() => filter.createSecureLookup());
}

function createReader(
	context: IExecuteFunctions,
	items: readonly INodeExecutionData[],
	fields: readonly Field[],
	{ columnAliases = {} }: Operation,
	{ ignoredColumns }: Notes,
): Reader {
	if (context.getNodeParameter('dataMode', 0) !== 'autoMapInputData') {
		return readParameters(context, items, fields);
	}
	const fromColumns = fields.filter(({ isAutomatic }) => isAutomatic);
	const always = fields.filter(({ isAutomatic }) => !isAutomatic);
	return readBoth(
		readColumns(items, fromColumns, columnAliases, ignoredColumns),
		readParameters(context, items, always),
	);
}

/** A reply may quote the secret: it is masked before anything is cut out of the body. */
function redactBody({ body, truncated }: Reply, redact: Redact): string {
	// the end of a body that broke off may be a part of the secret, which no search would find
	return redact(truncated ? body.slice(0, -redact.longestSpelling) : body);
}

/** @throws {RunRefused} where it is neither true nor false: sending by mistake cannot be undone */
function readPreviewOnly(context: IExecuteFunctions): boolean {
	const given = context.getNodeParameter('previewOnly', 0, false);
	if (typeof given === 'boolean') return given;
	throw new RunRefused('invalid', `Preview Only must be true or false, not ${show(given)}.`);
}

/** Notes what the hint tells of valid events. */
function note(
	{ recommended = [], idKey, repeatIsHarmless }: Operation,
	event: WireEvent,
	fields: readonly Field[],
	{ missingRecommended, ids }: Notes,
): void {
	for (const key of recommended) {
		if (event[key] === undefined) {
			const label = fields.find((field) => field.key === key)?.label ?? key;
			const name = `${label} (${key})`;
			missingRecommended.set(name, (missingRecommended.get(name) ?? 0) + 1);
		}
	}
	const id = idKey && event[idKey];
	if (typeof id === 'string') {
		if (ids.seen.has(id)) ids.repeated[repeatIsHarmless ? 'countedOnce' : 'countedAgain']++;
		else ids.seen.add(id);
	}
}

function describe(error: unknown): string {
	const reason = error instanceof Error ? error.message : String(error);
	return `Nothing was sent: ${reason}`;
}
