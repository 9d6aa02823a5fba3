/** Memory and processor time of this process, from the moment the items are there. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const SETTLE_MS = 300;
/** A global name for the zero point, since the nodes and the hook are bundled separately. */
const zeroPoint: unique symbol = Symbol.for('bench zero point');

interface ZeroPoint {
	/** Otherwise the peak is that since the start of the process. */
	peakIsReset: boolean;
	residentKb?: number;
	cpu: NodeJS.CpuUsage;
}

const shared = globalThis as { [zeroPoint]?: ZeroPoint };

export interface Measured {
	/** Highest resident memory since the zero point; known on Linux only. */
	peakKb?: number;
	/** Resident memory at the zero point. */
	startKb?: number;
	/** What JavaScript holds at the end, after a collection: heap and buffers. */
	heldKb: number;
	/** Processor time of all threads since the zero point. */
	cpuMs: number;
}

/** Collects garbage, lets the process settle, and sets the peak to what is resident now. */
export async function beginMeasuring(): Promise<void> {
	collectGarbage();
	await sleep(SETTLE_MS);
	collectGarbage();
	const peakIsReset = resetPeak();
	shared[zeroPoint] = {
		peakIsReset,
		residentKb: readStatus('VmRSS'),
		cpu: process.cpuUsage(),
	};
}

/** What has happened since `beginMeasuring`. */
export function endMeasuring(): Measured {
	const zero = shared[zeroPoint];
	if (zero === undefined) throw new Error('The measuring was not begun');
	const cpu = process.cpuUsage(zero.cpu);
	const peakKb = zero.peakIsReset ? readStatus('VmHWM') : undefined;
	collectGarbage();
	const { heapUsed, external } = process.memoryUsage();
	return {
		peakKb,
		startKb: zero.residentKb,
		heldKb: (heapUsed + external) / 1024,
		cpuMs: (cpu.user + cpu.system) / 1000,
	};
}

function collectGarbage(): void {
	// set at run time, so that n8n itself is started as always
	setFlagsFromString('--expose-gc');
	const collect = runInNewContext('gc') as () => void;
	collect();
	collect();
}

function resetPeak(): boolean {
	try {
		writeFileSync('/proc/self/clear_refs', '5');
		return true;
	} catch {
		return false;
	}
}

function readStatus(name: string): number | undefined {
	try {
		const line = new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(
			readFileSync('/proc/self/status', 'utf8'),
		);
		return line?.[1] === undefined ? undefined : Number(line[1]);
	} catch {
		return undefined;
	}
}
