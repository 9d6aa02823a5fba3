import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';

import type { CredentialReference, WorkflowInput } from '../../scripts/n8n/types';

/** The names of the nodes that `relayWorkflow` makes. */
export const names = {
	trigger: 'Start',
	rows: 'Rows',
	relay: 'Relay',
	delivered: 'Delivered',
	notDelivered: 'Not delivered',
} as const;

export interface RelayWorkflow {
	/** Full node type, e.g. `n8n-nodes-revenue-relay.justtrack`. */
	type: string;
	/** Null for a node without one. */
	credential: CredentialReference | null;
	parameters: INodeParameters;
	/** The json of the items that the node gets. They are pinned to the trigger. */
	items: IDataObject[];
	settings?: Pick<INode, 'onError' | 'retryOnFail' | 'maxTries' | 'waitBetweenTries'>;
}

/** Start (with pinned items) → the node under test → one node on each of its branches. */
export function relayWorkflow(input: RelayWorkflow): WorkflowInput {
	return {
		name: 'Relay',
		nodes: [
			node(names.trigger, 'n8n-nodes-base.manualTrigger', 0),
			relayNode(input, 1),
			node(names.delivered, 'n8n-nodes-base.noOp', 2),
			node(names.notDelivered, 'n8n-nodes-base.noOp', 3),
		],
		connections: {
			[names.trigger]: { main: [to(names.relay)] },
			[names.relay]: {
				main:
					input.settings?.onError === 'continueErrorOutput'
						? [to(names.delivered), to(names.notDelivered)]
						: [to(names.delivered)],
			},
		},
		pinData: { [names.trigger]: input.items.map((json) => ({ json })) },
	};
}

/** A webhook that is posted `{ events: [json, …] }` → an item for each → the node under test. */
export interface WebhookWorkflow extends Omit<RelayWorkflow, 'items'> {
	path: string;
	/** When the webhook answers. */
	responseMode?: 'onReceived' | 'lastNode';
}

/**
 * What runs in production, unlike what a manual trigger starts: n8n can retry it after a crash.
 */
export function webhookWorkflow({
	path,
	responseMode = 'onReceived',
	...input
}: WebhookWorkflow): WorkflowInput {
	return {
		name: path,
		nodes: [
			{
				...node(names.trigger, 'n8n-nodes-base.webhook', 0),
				parameters: { httpMethod: 'POST', path, responseMode, options: {} },
				webhookId: path,
			},
			{
				...node(names.rows, 'n8n-nodes-base.splitOut', 1),
				parameters: { fieldToSplitOut: 'body.events', include: 'noOtherFields', options: {} },
			},
			relayNode(input, 2),
		],
		connections: {
			[names.trigger]: { main: [to(names.rows)] },
			[names.rows]: { main: [to(names.relay)] },
		},
	};
}

function relayNode(
	{ type, parameters, credential, settings }: Omit<RelayWorkflow, 'items'>,
	column: number,
): INode {
	return {
		...node(names.relay, type, column),
		parameters,
		...(credential && {
			credentials: { [credential.type]: { id: credential.id, name: credential.name } },
		}),
		...settings,
	};
}

function to(node: string) {
	return [{ node, type: 'main' as const, index: 0 }];
}

function node(name: string, type: string, column: number): INode {
	return { id: name, name, type, typeVersion: 1, position: [column * 220, 0], parameters: {} };
}
