import { hostname } from 'node:os';

/** What tells live processes from dead ones. */
export interface Machine {
	/** Process IDs mean something on the same host alone. */
	readonly host: string;
	readonly pid: number;
	readonly isRunning: (pid: number) => boolean;
}

export const thisMachine: Machine = {
	host: hostname(),
	pid: process.pid,
	isRunning: (pid) => {
		try {
			return process.kill(pid, 0);
		} catch (error) {
			// another user's process is a process too
			return (error as NodeJS.ErrnoException).code === 'EPERM';
		}
	},
};
