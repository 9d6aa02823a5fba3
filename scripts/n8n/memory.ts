/** Memory of a process as Linux tells it, in megabytes; `undefined` on other systems. */
import { readFileSync, writeFileSync } from 'node:fs';

export interface Memory {
	/** Resident now. */
	readonly now: number;
	/** The most that was resident since the last reset, or since the process began. */
	readonly peak: number;
}

export function memoryOf(pid: number): Memory | undefined {
	try {
		const status = readFileSync(`/proc/${pid}/status`, 'utf8');
		return { now: megabytes(status, 'VmRSS'), peak: megabytes(status, 'VmHWM') };
	} catch {
		return undefined;
	}
}

/** From here on, `peak` is counted anew. */
export function resetPeak(pid: number): void {
	try {
		writeFileSync(`/proc/${pid}/clear_refs`, '5');
	} catch {
		// another system: there is no peak either
	}
}

function megabytes(status: string, name: string): number {
	const [, kilobytes] = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status) ?? [];
	return Math.round(Number(kilobytes) / 1024);
}
