import type { ProviderName } from '../../contenders/events';

/** What this n8n process has to do, passed in its environment. */
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
