/** Does what a person would do with an example: imports it, makes and chooses the credentials, runs it. */
import { copyFile, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

import type { IDataObject, INode } from 'n8n-workflow';

import { outputItems } from '../n8n/outputItems';
import type { N8n } from '../n8n/start';
import type { CredentialReference, Execution, WorkflowInput } from '../n8n/types';
import { until } from '../n8n/until';
import { packageName, projectRoot } from '../package/project';
import { providers, type Example } from './examples';
import { step } from './print';

const triggerType = 'n8n-nodes-base.manualTrigger';
const webhookType = 'n8n-nodes-base.webhook';
const fileReaderType = 'n8n-nodes-base.readWriteFile';
const rowsType = 'n8n-nodes-base.extractFromFile';

/** A provider's node in a workflow. */
export interface RelayNode {
	name: string;
	provider: string;
	operation: string;
}

/** An example's workflow in n8n. */
export interface Imported {
	workflowId: string;
	/** The node that it starts from. */
	trigger: string;
	relayNodes: RelayNode[];
	/** The node whose items are the rows. */
	rowsNode: string;
}

export interface Run extends Imported {
	rows: IDataObject[];
	/** One for a table; one for each callback. */
	executions: { execution: Execution; firstRow: number }[];
}

/** By type; made once for all examples. */
export type Credentials = Map<string, CredentialReference>;

export async function createCredentials(n8n: N8n, sandboxUrl: string): Promise<Credentials> {
	const credentials: Credentials = new Map();
	for (const { displayName, credentialType, credential } of providers) {
		const made = await n8n.createCredential(
			credentialType,
			`${displayName} (sandbox)`,
			credential(sandboxUrl),
		);
		credentials.set(credentialType, made);
	}
	return credentials;
}

/** An example as it is imported, with its credentials chosen and its table where n8n may read it. */
export interface ReadyExample {
	workflow: WorkflowInput;
	relayNodes: RelayNode[];
}

export async function readyExample(
	{ workflow: file, data }: Example,
	n8n: N8n,
	credentials: Credentials,
): Promise<ReadyExample> {
	const workflow = await readWorkflow(file);
	const relayNodes = choose(workflow, credentials);
	const reader = workflow.nodes.find(({ type }) => type === fileReaderType);
	if (reader !== undefined) {
		const copy = join(n8n.filesFolder, basename(data));
		await copyFile(join(projectRoot, 'examples', data), copy);
		reader.parameters.fileSelector = copy;
	}
	return { workflow, relayNodes };
}

export async function runExample(
	example: Example,
	n8n: N8n,
	credentials: Credentials,
	signal: AbortSignal,
): Promise<Run> {
	const { workflow, relayNodes } = await readyExample(example, n8n, credentials);

	signal.throwIfAborted();
	const workflowId = await n8n.createWorkflow(workflow);
	if (workflow.nodes.some(({ type }) => type === webhookType)) {
		const path = join(projectRoot, 'examples', example.data);
		const callbacks = JSON.parse(await readFile(path, 'utf8')) as IDataObject[];
		const webhook = find(workflow, webhookType);
		const executions = await step(
			`Publishing the workflow, and posting ${String(callbacks.length)} callbacks to its webhook`,
			async () => await postCallbacks(workflowId, webhook, callbacks, n8n, signal),
		);
		const { name } = webhook;
		const rows = callbacks;
		return { workflowId, trigger: name, relayNodes, rowsNode: name, rows, executions };
	}

	const trigger = find(workflow, triggerType).name;
	const rowsNode = find(workflow, rowsType).name;
	return await runTable({ workflowId, trigger, relayNodes, rowsNode }, n8n);
}

/** Runs a workflow that reads a table. */
export async function runTable(imported: Imported, n8n: N8n): Promise<Run> {
	const { workflowId, trigger, rowsNode, relayNodes } = imported;
	const execution = await step('Running the workflow', async () => {
		const run = await n8n.runWorkflow(workflowId, trigger);
		return ended(await n8n.waitForExecution(run));
	});
	const rows = outputItems(execution, rowsNode).map(({ json }) => json);
	const executions = [{ execution, firstRow: 0 }];
	return { workflowId, trigger, relayNodes, rowsNode, rows, executions };
}

/** @param file in `examples` */
export async function readWorkflow(file: string): Promise<WorkflowInput> {
	const text = await readFile(join(projectRoot, 'examples', file), 'utf8');
	return JSON.parse(text) as WorkflowInput;
}

/** Gives every provider's node its credential. */
export function choose({ nodes }: WorkflowInput, credentials: Credentials): RelayNode[] {
	return providers.flatMap(({ name: provider, credentialType }) => {
		const own = nodes.filter(({ type }) => type === `${packageName}.${provider}`);
		const { id = null, name = '' } = credentials.get(credentialType) ?? {};
		for (const node of own) node.credentials = { [credentialType]: { id, name } };
		return own.map(({ name, parameters }) => ({
			name,
			provider,
			operation: parameters.operation as string,
		}));
	});
}

function find({ name, nodes }: WorkflowInput, type: string): INode {
	const found = nodes.find((node) => node.type === type);
	if (found === undefined) throw new Error(`The workflow "${name}" has no node of type ${type}`);
	return found;
}

export function ended(execution: Execution): Execution {
	if (execution.status === 'success') return execution;
	const { error } = execution.data.resultData;
	const message = error?.message ?? 'no message';
	throw new Error(`The workflow ended with ${execution.status}: ${message}`);
}

/** As the apps would: each device one after the other, the devices side by side. */
async function postCallbacks(
	id: string,
	webhook: INode,
	callbacks: IDataObject[],
	n8n: N8n,
	signal: AbortSignal,
): Promise<Run['executions']> {
	await n8n.activateWorkflow(id);
	const executions = new Map<string, Execution>();
	for (const wave of waves(callbacks)) {
		signal.throwIfAborted();
		await Promise.all(
			wave.map(async (callback) => {
				await n8n.postToWebhook(webhook.parameters.path as string, callback);
			}),
		);
		const awaited = executions.size + wave.length;
		const ids = await until(`${String(awaited)} executions`, 30_000, async () => {
			const all = await n8n.executionIds(id);
			return all.length === awaited ? all : undefined;
		});
		for (const one of ids.filter((known) => !executions.has(known))) {
			executions.set(one, ended(await n8n.waitForExecution(one)));
		}
	}
	return [...executions.values()].map((execution) => {
		const { body } = outputItems(execution, webhook.name)[0]?.json ?? {};
		const text = JSON.stringify(body);
		return {
			execution,
			firstRow: callbacks.findIndex((callback) => JSON.stringify(callback) === text),
		};
	});
}

/** The first callback of every device, then the second of those that have one, and so on. */
function waves(callbacks: IDataObject[]): IDataObject[][] {
	const byDevice = Map.groupBy(callbacks, ({ gaid, idfv }) => gaid ?? idfv);
	const maxCallbacks = Math.max(...[...byDevice.values()].map(({ length }) => length));
	return Array.from({ length: maxCallbacks }, (_, turn) =>
		[...byDevice.values()].flatMap((own) => own.slice(turn, turn + 1)),
	);
}
