import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';

import type { CredentialReference, WorkflowInput } from '../../scripts/n8n/types';

/** The names of the nodes that `relayWorkflow` makes. */
export const names = {
	trigger: 'Start',
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
	const { credential } = input;
	const to = (node: string) => [{ node, type: 'main' as const, index: 0 }];
	return {
		name: 'Relay',
		nodes: [
			node(names.trigger, 'n8n-nodes-base.manualTrigger', 0),
			{
				...node(names.relay, input.type, 1),
				parameters: input.parameters,
				...(credential && {
					credentials: { [credential.type]: { id: credential.id, name: credential.name } },
				}),
				...input.settings,
			},
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

function node(name: string, type: string, column: number): INode {
	return { id: name, name, type, typeVersion: 1, position: [column * 220, 0], parameters: {} };
}
