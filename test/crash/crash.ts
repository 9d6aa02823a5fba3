/** One execution that is cut off while its events arrive, and what becomes of them when it is run again. */
import type { IDataObject } from 'n8n-workflow';

import { outputItems } from '../../scripts/n8n/outputItems';
import type { Execution } from '../../scripts/n8n/types';
import { packageName } from '../../scripts/package/project';
import { names, webhookWorkflow } from '../n8n/workflow';
import type { Subject } from '../providers';
import { createCredential, type Place } from './place';

/** How an execution is cut off: its n8n is killed, or told to end, or its Stop button is used. */
export const cuts = ['SIGKILL', 'SIGTERM', 'stop'] as const;

export type Cut = (typeof cuts)[number];

export interface Crash {
	readonly subject: Subject;
	/** The events' numbers are this one and the ones that follow it; no other crash may have them. */
	readonly first: number;
	readonly events: number;
	readonly cut: Cut;
	/** How many events have arrived when it is cut off. */
	readonly at: number;
	/** Most requests in flight at once. */
	readonly maxConcurrency: number;
}

/** What became of the events, by their numbers. */
export interface Aftermath {
	readonly crash: Crash;
	/** How many had arrived when it was cut off. */
	readonly arrivedBefore: number;
	/** Whether it was, or had ended before. */
	readonly wasCutOff: boolean;
	/** How often each was taken by the provider. */
	readonly taken: ReadonlyMap<number, number>;
	/** As the execution that was run again tells them. */
	readonly outcomes: ReadonlyMap<number, string>;
	/** The error that ended it, if one did. */
	readonly error?: string;
	/** What was run again: n8n's Retry, or the same events anew where n8n had nothing to retry. */
	readonly again: 'retried' | 'anew';
}

/** Until the answer: long enough that many requests are under way. */
const DELAY_MS = 50;
/** And while n8n ends, or the execution is stopped: else all would be sent before it has. */
const ENDING_DELAY_MS = 2_000;
const REACH_MS = 60_000;

/** Runs the events, cuts the execution off, and runs it again to its end. */
export async function runCrash(place: Place, crash: Crash): Promise<Aftermath> {
	const { sandbox, arrivals } = place;
	const { subject, first, events, at } = crash;
	const path = `crash-${first}`;
	const body = { events: Array.from({ length: events }, (_, own) => subject.item(first + own)) };

	sandbox.reset();
	arrivals.reset();
	sandbox.setFaults([{ kind: 'delay', ms: DELAY_MS }]);
	const workflow = await publish(place, crash, path);
	await place.n8n.postToWebhook(path, body);
	await within(REACH_MS, arrivals.reach(at), `${at} events`);
	const arrivedBefore = arrivals.count;
	sandbox.setFaults([{ kind: 'delay', ms: ENDING_DELAY_MS }]);
	const execution = await cutOff(place, workflow, crash.cut);
	sandbox.setFaults([]);
	const allIsRead = new Promise((done) => setTimeout(done, ENDING_DELAY_MS));

	const { n8n } = place;
	const { status } = await n8n.waitForExecution(execution);
	// refused where all had ended before it was cut off
	const retried = await n8n.retryExecution(execution, 'original').catch(() => undefined);
	let again = retried === undefined ? undefined : await n8n.execution(retried);
	const wasRetried = again !== undefined && runsIn(again).length > 0;
	if (again === undefined || !wasRetried) {
		await n8n.postToWebhook(path, body);
		const [newest = ''] = await n8n.executionIds(workflow);
		again = await n8n.waitForExecution(newest);
	}
	// what was under way in the first execution as well
	await allIsRead;
	const error = runsIn(again).find((run) => run.error !== undefined)?.error?.message;
	return {
		crash,
		arrivedBefore,
		wasCutOff: status !== 'success',
		taken: takenOf(place, crash),
		outcomes: outcomesOf(again, first),
		...(error !== undefined && { error }),
		again: wasRetried ? 'retried' : 'anew',
	};
}

/** How many events may share a request. */
export function maxBatch({ provider, operation }: Subject): number {
	return provider.operations[operation]?.batch?.maxEvents ?? 1;
}

async function publish(place: Place, crash: Crash, path: string): Promise<string> {
	const { subject, maxConcurrency } = crash;
	const workflow = webhookWorkflow({
		path,
		type: `${packageName}.${subject.provider.name}`,
		credential: await createCredential(place, subject),
		parameters: {
			...subject.parameters,
			operation: subject.operation,
			dataMode: 'autoMapInputData',
			options: { maxConcurrency },
		},
		settings: { onError: 'continueErrorOutput' },
	});
	const id = await place.n8n.createWorkflow(workflow);
	await place.n8n.activateWorkflow(id);
	return id;
}

/** Gives the only execution of the workflow. */
async function cutOff(place: Place, workflow: string, cut: Cut): Promise<string> {
	if (cut !== 'stop') await place.restart(cut);
	const [id = ''] = await place.n8n.executionIds(workflow);
	// it may just have ended
	if (cut === 'stop') await place.n8n.stopExecution(id).catch(() => undefined);
	return id;
}

/** The runs of the node under test in this execution, without what a retried one has of the first. */
function runsIn({ data, startedAt }: Execution) {
	const runs = data.resultData.runData[names.relay] ?? [];
	return runs.filter(({ startTime }) => startTime >= Date.parse(startedAt));
}

function outcomesOf(execution: Execution, first: number): Map<number, string> {
	const runData = { [names.relay]: runsIn(execution) };
	const own = { ...execution, data: { ...execution.data, resultData: { runData } } };
	const items = [0, 1].flatMap((output) => outputItems(own, names.relay, output));
	return new Map(
		items.map(({ json, pairedItem }) => {
			const { item } = pairedItem as { item: number };
			const { outcome = json.outcome } = (json.details ?? {}) as IDataObject;
			return [first + item, typeof outcome === 'string' ? outcome : 'nothing'];
		}),
	);
}

/** How often the provider took each of these events, by their numbers. */
export function takenOf(
	{ sandbox }: Place,
	{ subject, first, events }: Pick<Crash, 'subject' | 'first' | 'events'>,
): Map<number, number> {
	const numbers = Array.from({ length: events }, (_, own) => first + own);
	const byId = new Map(numbers.map((number) => [subject.id(number), number]));
	const taken = new Map<number, number>();
	for (const { id = '', repeats } of sandbox.report().events) {
		const number = byId.get(id);
		if (number === undefined) throw new Error(`The sandbox has an event that nobody sent: ${id}`);
		taken.set(number, (taken.get(number) ?? 0) + 1 + repeats);
	}
	return taken;
}

export async function within(ms: number, what: Promise<void>, name: string): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, failed) => {
		timer = setTimeout(() => {
			failed(new Error(`Waited ${ms / 1000} s in vain for ${name}`));
		}, ms);
	});
	await Promise.race([what, late]).finally(() => {
		clearTimeout(timer);
	});
}
