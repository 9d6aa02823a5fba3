import type { IWorkflowBase } from 'n8n-workflow';

import type { NodeUnderTest } from '../contenders/contender';

export const nodeNames = { trigger: 'Start', items: 'Items', underTest: 'Under test' } as const;

/** A trigger, the items, and the contender's node at the end. */
export function workflowOf(
	id: string,
	underTest: NodeUnderTest,
): Omit<IWorkflowBase, 'createdAt' | 'updatedAt'> {
	const isFile = underTest.parameters.source === 'file';
	const place = (name: string, column: number) => ({
		id: name,
		name,
		typeVersion: 1,
		position: [column * 220, 0] as [number, number],
		parameters: {},
	});
	const to = (node: string) => ({ main: [[{ node, type: 'main' as const, index: 0 }]] });
	return {
		id,
		name: id,
		active: false,
		isArchived: false,
		activeVersionId: null,
		nodes: [
			{ ...place(nodeNames.trigger, 0), type: 'n8n-nodes-base.manualTrigger' },
			{ ...place(nodeNames.items, 1), type: isFile ? 'CUSTOM.benchFile' : 'CUSTOM.benchItems' },
			{ ...place(nodeNames.underTest, 2), ...underTest },
		],
		connections: {
			[nodeNames.trigger]: to(nodeNames.items),
			[nodeNames.items]: to(nodeNames.underTest),
		},
		// what n8n stores afterwards is not what is measured
		settings: {
			saveDataSuccessExecution: 'none',
			saveDataErrorExecution: 'none',
			saveManualExecutions: false,
		},
	};
}
