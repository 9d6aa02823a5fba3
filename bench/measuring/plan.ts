/** What is run: how many events, how often, in which order. */
import type { Contender, NodeContender } from '../contenders/contender';
import type { ProviderName } from '../contenders/events';
import type { Protocol } from '../receiver/receiver';

/** A contender in a situation. */
export interface Row {
	readonly provider: ProviderName;
	readonly contender: Contender;
	readonly latencyMs: number;
	/** What the receiver agrees on; HTTP/1.1 where it is left out. The HTTP Request node speaks no other. */
	readonly protocol?: Protocol;
	readonly events: number;
	/** How many rounds of its stage it takes part in, from the first on. */
	readonly rounds: number;
	/** Runs only if no other batch size has been faster so far. */
	readonly onlyIfFastest?: boolean;
	/** Limits the heap to what the baseline held in the same stage plus this much. */
	readonly spareHeapMb?: number;
	/** Which run it is in a process that lives on. */
	readonly execution?: number;
}

/** Rows that are compared with each other: every round runs all of them, one after another. */
export interface Stage {
	readonly id: StageId;
	readonly title: string;
	readonly about?: string;
	readonly rows: readonly Row[];
}

export type StageId =
	| 'batching'
	| 'justtrack'
	| 'justtrackHttp2'
	| 'myTracker'
	| 'myTrackerHttp2'
	| 'scale'
	| 'computed'
	| 'files'
	| 'living';

/** Where the same workflow runs several times in one n8n. */
export interface Living {
	readonly situations: readonly Pick<Row, 'provider' | 'latencyMs' | 'events'>[];
	readonly rounds: number;
}

export interface Plan {
	readonly isQuick: boolean;
	readonly stages: readonly Stage[];
	readonly living: Living;
	/** How many events go alone, each in an execution of its own, with the record and as many without. */
	readonly singleEvents: number;
	/** How many events of each provider the floor sends at most. */
	readonly maxFloorEvents: number;
	/** Fresh processes in which the nodes are loaded. */
	readonly loads: number;
}

const ROUNDS = 3;
const batchSizes = ['httpRequest50', 'httpRequest200'] as const;
const EVENTS = 10_000;
/** How much memory ours may need beyond n8n's items. */
export const SPARE_MB = 50;
/** The last run in an n8n that lives on: by then it is warm. */
export const LAST_EXECUTION = 3;
/** Outside the first situation the slow contenders get fewer events, each of which costs them the same. */
const SLOW_EVENTS = 3_000;
/** With more, n8n's declarative run takes minutes. */
const DECLARATIVE_EVENTS = 500;

/** The results to be quoted: about an hour. */
export const fullPlan: Plan = {
	isQuick: false,
	maxFloorEvents: EVENTS,
	loads: 15,
	stages: [
		{
			id: 'batching',
			title: 'HTTP Request on 500 events: which batch size is the best',
			about: 'The best of these sizes takes part below, with more events.',
			rows: [
				...situation('justtrack', 30, 500, batchSizes, 1),
				...situation('justtrack', 0, 500, batchSizes, 1),
				...situation('myTracker', 30, 500, batchSizes, 1),
			],
		},
		{
			id: 'justtrack',
			title: 'justtrack, one event a request',
			about:
				'Ratios are by the time per event. At 0 ms the slow contenders get fewer events: each costs them the same.',
			rows: [
				...comparison('justtrack', 30, EVENTS),
				...situation('justtrack', 30, EVENTS, ['oursUnrecorded']),
				...comparison('justtrack', 0, SLOW_EVENTS),
				...situation('justtrack', 0, EVENTS, ['oursUnrecorded']),
				...comparison('justtrack', 100, SLOW_EVENTS),
			],
		},
		{
			id: 'justtrackHttp2',
			title: 'justtrack over HTTP/2',
			about: http2Remark(),
			rows: [30, 0, 100].flatMap((latencyMs) =>
				overHttp2([
					...comparison('justtrack', latencyMs, SLOW_EVENTS),
					...situation('justtrack', latencyMs, EVENTS, ['oursUnrecorded']),
				]),
			),
		},
		{
			id: 'myTracker',
			title: 'myTracker, custom revenue, ours in batches of 20',
			rows: [
				...comparison('myTracker', 30, SLOW_EVENTS),
				...situation('myTracker', 0, EVENTS, ['oursBelow', 'oursAuto', 'floor']),
			],
		},
		{
			id: 'myTrackerHttp2',
			title: 'myTracker over HTTP/2, custom revenue, ours in batches of 20',
			rows: [30, 0, 100].flatMap((latencyMs) =>
				overHttp2(situation('myTracker', latencyMs, EVENTS, ['oursBelow', 'oursAuto', 'floor'])),
			),
		},
		{
			id: 'scale',
			title: 'From 1,000 to 100,000 events in one execution, justtrack',
			about: memoryRemark(),
			rows: [
				...situation('justtrack', 0, 100_000, ['baseline']),
				...[1_000, 10_000, 100_000].flatMap((events) => [
					...situation('justtrack', 30, events, ['oursBelow']),
					...situation('justtrack', 0, events, ['oursBelow', 'oursAuto']),
				]),
				...situation('justtrack', 0, 100_000, ['oursBelow'], 1).map((row) => ({
					...row,
					spareHeapMb: SPARE_MB,
				})),
			],
		},
		{
			id: 'computed',
			title: 'One of the eight fields is computed, justtrack',
			about: computedRemark(),
			rows: [
				...situation('justtrack', 30, 1_000, ['httpRequestComputed', 'oursComputed']),
				...situation('justtrack', 0, 1_000, ['httpRequestComputed', 'oursComputed']),
			],
		},
		filesStage(50_000, ROUNDS),
	],
	living: {
		situations: (['justtrack', 'myTracker'] as const).flatMap((provider) =>
			[30, 0].map((latencyMs) => ({ provider, latencyMs, events: EVENTS })),
		),
		rounds: ROUNDS,
	},
	singleEvents: 30,
};

/** A first impression in about four minutes. */
export const quickPlan: Plan = {
	isQuick: true,
	maxFloorEvents: EVENTS,
	loads: 5,
	stages: [
		{
			id: 'justtrack',
			title: 'justtrack, one event a request',
			rows: [
				...situation('justtrack', 30, 400, ['httpRequest', 'httpRequest50', 'httpRequest200'], 1),
				...situation('justtrack', 30, 100, ['declarative'], 1),
				...situation('justtrack', 30, 2_000, ['oursBelow', 'oursUnrecorded'], 2),
				...situation('justtrack', 30, 2_000, ['oursAuto'], 1),
				...situation('justtrack', 30, 2_000, ['floor'], 2),
				...situation('justtrack', 0, 400, ['httpRequest'], 1),
				...situation('justtrack', 0, 2_000, ['oursBelow', 'oursUnrecorded'], 2),
				...situation('justtrack', 0, 2_000, ['oursAuto'], 1),
				...situation('justtrack', 0, 2_000, ['floor'], 2),
			],
		},
		{
			id: 'justtrackHttp2',
			title: 'justtrack over HTTP/2',
			about: http2Remark(),
			rows: overHttp2([
				...situation('justtrack', 30, 400, ['httpRequest'], 1),
				...situation('justtrack', 30, 10_000, ['oursBelow', 'oursUnrecorded', 'floor'], 2),
				...situation('justtrack', 0, 2_000, ['oursBelow', 'floor'], 1),
				...situation('justtrack', 100, 2_000, ['oursBelow', 'floor'], 1),
			]),
		},
		{
			id: 'myTracker',
			title: 'myTracker, custom revenue, ours in batches of 20',
			rows: [
				...situation('myTracker', 30, 400, ['httpRequest'], 1),
				...situation('myTracker', 30, 2_000, ['oursBelow', 'oursAuto', 'floor'], 1),
			],
		},
		{
			id: 'scale',
			title: 'From 1,000 to 10,000 events in one execution, justtrack',
			about: memoryRemark(),
			rows: [
				...situation('justtrack', 0, 10_000, ['baseline'], 1),
				...situation('justtrack', 0, 1_000, ['oursBelow'], 1),
				...situation('justtrack', 0, 10_000, ['oursBelow'], 1),
			],
		},
		{
			id: 'computed',
			title: 'One of the eight fields is computed, justtrack',
			about: computedRemark(),
			rows: situation('justtrack', 30, 400, ['httpRequestComputed', 'oursComputed'], 1),
		},
		filesStage(5_000, 1),
	],
	living: {
		situations: [
			{ provider: 'justtrack', latencyMs: 0, events: 2_000 },
			{ provider: 'myTracker', latencyMs: 30, events: 2_000 },
		],
		rounds: 1,
	},
	singleEvents: 10,
};

/** All contenders in one situation. */
function comparison(provider: ProviderName, latencyMs: number, slowEvents: number): Row[] {
	return [
		...situation(provider, latencyMs, slowEvents, ['httpRequest']),
		...situation(provider, latencyMs, slowEvents, batchSizes).map((row) => ({
			...row,
			onlyIfFastest: true,
		})),
		...situation(provider, latencyMs, DECLARATIVE_EVENTS, ['declarative']),
		...situation(provider, latencyMs, EVENTS, ['oursBelow', 'oursAuto', 'floor']),
	];
}

/** The same rows as items and as a CSV file. */
function filesStage(events: number, rounds: number): Stage {
	const contenders = [
		'oursBelow',
		'oursFile',
		'oursUnrecorded',
		'oursFileUnrecorded',
		'fileFloor',
	] as const;
	return {
		id: 'files',
		title: 'The same rows as items and from a CSV file, justtrack',
		about:
			'The time from a file has the reading of it in it; that of items begins when n8n has them. The bare script checks and remembers nothing.',
		rows: situation('justtrack', 0, events, contenders, rounds),
	};
}

function situation(
	provider: ProviderName,
	latencyMs: number,
	events: number,
	contenders: readonly Contender[],
	rounds = ROUNDS,
): Row[] {
	return contenders.map((contender) => ({ provider, contender, latencyMs, events, rounds }));
}

function overHttp2(rows: readonly Row[]): Row[] {
	return rows.map((row) => ({ ...row, protocol: 'HTTP/2' }));
}

function http2Remark(): string {
	return (
		"The receiver agrees on HTTP/2 with whoever offers it. The HTTP Request node and n8n's declarative run do not, and " +
		'speak HTTP/1.1 here as well. The floor has as many connections as ours, and 400 requests in flight on all of them.'
	);
}

function memoryRemark(): string {
	return (
		'The baseline is a node that sends nothing and gives items of the same shape as ours. "Held" is what JavaScript ' +
		'still holds when the node has ended, after a garbage collection. The peak also has what V8 had not collected ' +
		'yet; it collects late where memory is plenty, and when it does is a matter of chance. So ours also runs with ' +
		`a heap that is limited to what the baseline holds and ${SPARE_MB} MB more: slower, since V8 then collects all the ` +
		'time, but it shows what the node needs.'
	);
}

function computedRemark(): string {
	return 'The amount is `={{ $json.value * 1.1 }}`, for which the expression engine of n8n is needed.';
}

/** The workflows that the plan needs. */
export function workflowsOf({ stages }: Plan): [ProviderName, NodeContender][] {
	return stages
		.flatMap(({ rows }) => rows)
		.flatMap(({ provider, contender }) =>
			contender === 'floor' || contender === 'fileFloor'
				? []
				: [[provider, contender] as [ProviderName, NodeContender]],
		);
}
