/** n8n's hook for the end of an execution: tells the benchmark what n8n measured, and ends the process. */
import { writeSync } from 'node:fs';

import type { IRun } from 'n8n-workflow';

import { endMeasuring, type Measured } from './measure';

/** The pipe to the benchmark. */
const RESULT_FD = 3;

export interface NodeResult {
	/** Milliseconds, as n8n reports them. */
	executionTime: number;
	/** When it began, in unix milliseconds. */
	startTime: number;
	/** Items that left it by its first output. */
	items: number;
}

/** What is known about an execution when it ends. */
export interface ExecutionResult {
	status: string;
	error?: string;
	nodes: Record<string, NodeResult>;
	measured: Measured;
	/** The same moment on both clocks: profiles count monotonic microseconds. */
	clock: { unixMs: number; monotonicMicros: number };
}

function postExecute({ status, data }: IRun): Promise<void> {
	const { runData, error } = data.resultData;
	const nodes = Object.entries(runData).map(([name, [run]]): [string, NodeResult] => [
		name,
		{
			executionTime: run?.executionTime ?? NaN,
			startTime: run?.startTime ?? NaN,
			items: run?.data?.main?.[0]?.length ?? 0,
		},
	]);
	const result: ExecutionResult = {
		status,
		error: error && [error.message, error.description].join('\n'),
		nodes: Object.fromEntries(nodes),
		measured: endMeasuring(),
		clock: {
			unixMs: Date.now(),
			monotonicMicros: Number(process.hrtime.bigint() / 1000n),
		},
	};
	writeSync(RESULT_FD, JSON.stringify(result));
	// otherwise n8n would go on to print all items
	process.exit(0);
}

export const workflow = { postExecute: [postExecute] };
