import type { ProviderName } from '../../contenders/events';

/** What this n8n process has to do, passed in its environment. */
export interface Task {
	provider: ProviderName;
	/** Of each execution. */
	events: number;
	/** Whether the process goes on after an execution. Its memory is not measured then. */
	livesOn: boolean;
	/** Where the package is installed. */
	packageFolder: string;
}

/** The environment variable that holds the task as JSON. */
export const taskVariable = 'BENCH_TASK';

export function readTask(): Task {
	return JSON.parse(process.env[taskVariable] ?? '{}') as Task;
}
