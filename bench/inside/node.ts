import type { INodeTypeDescription } from 'n8n-workflow';

import type { ProviderName } from '../events';

/** What this n8n process is to do, given in its environment. */
export interface Task {
	provider: ProviderName;
	events: number;
	/** Where the package is installed. */
	packageFolder: string;
}

/** The environment variable that holds the task as JSON. */
export const taskVariable = 'BENCH_TASK';

export function readTask(): Task {
	return JSON.parse(process.env[taskVariable] ?? '{}') as Task;
}

/** The description of a node without parameters. */
export function nodeDescription(name: string, displayName: string): INodeTypeDescription {
	return {
		name,
		displayName,
		group: ['transform'],
		version: 1,
		description: displayName,
		defaults: { name: displayName },
		inputs: ['main'],
		outputs: ['main'],
		properties: [],
	};
}
