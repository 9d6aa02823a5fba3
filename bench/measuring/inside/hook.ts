/** n8n's hook for the end of an execution: tells the benchmark what n8n measured, and ends a process that ran for it alone. */
import { writeSync } from 'node:fs';

import type { IRun } from 'n8n-workflow';

import { endMeasuring, type Measured } from './measure';
import { readTask } from './task';

/** The pipe to the benchmark: a line for every execution. */
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
	/** Unless the process lives on. */
	measured?: Measured;
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
	const { livesOn } = readTask();
	const result: ExecutionResult = {
		status,
		error: error && [error.message, error.description].join('\n'),
		nodes: Object.fromEntries(nodes),
		...(!livesOn && { measured: endMeasuring() }),
		clock: {
			unixMs: Date.now(),
			monotonicMicros: Number(process.hrtime.bigint() / 1000n),
		},
	};
	writeSync(RESULT_FD, `${JSON.stringify(result)}\n`);
	// otherwise n8n would go on to print all items
	if (!livesOn) process.exit(0);
	return Promise.resolve();
}

export const workflow = { postExecute: [postExecute] };
