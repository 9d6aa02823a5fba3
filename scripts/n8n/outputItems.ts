import type { INodeExecutionData } from 'n8n-workflow';

import type { Execution } from './types';

/** The items that left a node by one of its outputs, over all its runs. */
export function outputItems(execution: Execution, node: string, output = 0): INodeExecutionData[] {
	const runs = execution.data.resultData.runData[node] ?? [];
	return runs.flatMap((run) => run.data?.main?.[output] ?? []);
}
