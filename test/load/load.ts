/** Webhooks, each an execution with a few events of its own, many of them at once. */
import type { INodeParameters } from 'n8n-workflow';

import type { Fault } from '../../sandbox';
import { goesOn } from '../../scripts/n8n/client';
import { until } from '../../scripts/n8n/until';
import { packageName } from '../../scripts/package/project';
import type { Place } from '../crash/place';
import { webhookWorkflow } from '../n8n/workflow';
import { subjectOf } from '../providers';

const END_MS = 180_000;

const justtrack = subjectOf('justtrack.revenueEvent');

export interface Scenario {
	/** What it is, in a sentence. */
	readonly title: string;
	readonly webhooks: number;
	/** How many are posted together. Each is answered at once, so that more executions may run. */
	readonly atOnce: number;
	readonly eventsPerWebhook: number;
	readonly faults: Fault[];
	readonly options: INodeParameters;
	/** The part of the requests that may be refused: 0 to 1. */
	readonly maxRefused: number;
	/** Most requests in any second. */
	readonly maxPerSecond: number;
	/** Whether the provider or the setting was what held requests back: else nothing is proved. */
	readonly isHeldBack: (load: Load) => boolean;
}

const taking = (beyondPerSecond: number): Fault[] => [
	{ kind: 'status', status: 429, retryAfter: '1', beyondPerSecond },
];

const usual: Omit<Scenario, 'title' | 'webhooks' | 'faults'> = {
	atOnce: 50,
	eventsPerWebhook: 1,
	options: {},
	maxRefused: 0.1,
	maxPerSecond: Infinity,
	isHeldBack: ({ refused }) => refused > 0,
};

export const scenarios: ReadonlyMap<string, Scenario> = new Map([
	[
		'20',
		{
			...usual,
			title: '500 webhooks, 50 at a time; the provider takes 20 requests a second',
			webhooks: 500,
			faults: taking(20),
		},
	],
	[
		'5',
		{
			...usual,
			title: '200 webhooks, 50 at a time; the provider takes 5 requests a second',
			webhooks: 200,
			faults: taking(5),
		},
	],
	[
		'perSecond',
		{
			...usual,
			title: '50 webhooks of 3 events each at once; Requests per Second is 10',
			webhooks: 50,
			eventsPerWebhook: 3,
			faults: [],
			options: { requestsPerSecond: 10 },
			maxRefused: 0,
			maxPerSecond: 11,
			isHeldBack: ({ mostPerSecond }) => mostPerSecond >= 8,
		},
	],
]);

export interface Load {
	readonly webhooks: number;
	readonly events: number;
	/** Events that the provider has. */
	readonly delivered: number;
	readonly twice: number;
	/** Executions that failed. */
	readonly failed: number;
	/** Why the first of them did. */
	readonly failure?: string;
	readonly requests: number;
	readonly refused: number;
	readonly mostPerSecond: number;
	readonly seconds: number;
}

/** @param name tells the scenario's events and account from those of others in the same n8n */
export async function runLoad(place: Place, name: string, scenario: Scenario): Promise<Load> {
	const { n8n, sandbox, arrivals } = place;
	const { webhooks, atOnce, eventsPerWebhook, faults } = scenario;
	sandbox.reset();
	arrivals.reset();
	sandbox.setFaults(faults);
	const path = `load-${name}`;
	const workflow = await publish(place, path, scenario);

	const began = performance.now();
	let begun = 0;
	const work = async () => {
		while (begun < webhooks) {
			const first = begun++ * eventsPerWebhook;
			const events = Array.from({ length: eventsPerWebhook }, (_, own) => ({
				...justtrack.item(first + own),
				transactionid: `${name}-${first + own}`,
			}));
			await n8n.postToWebhook(path, { events });
		}
	};
	await Promise.all(Array.from({ length: atOnce }, work));
	const executions = await until('all executions to end', END_MS, async () => {
		const kept = await n8n.executions(workflow);
		return kept.some(goesOn) ? undefined : kept;
	});
	const seconds = (performance.now() - began) / 1000;
	const failed = executions.filter(({ status }) => status !== 'success');
	const failure = failed[0] && (await n8n.execution(failed[0].id)).data.resultData.error?.message;

	const { requests, events } = sandbox.report();
	return {
		webhooks,
		events: webhooks * eventsPerWebhook,
		delivered: events.length,
		twice: events.filter(({ repeats }) => repeats > 0).length,
		failed: failed.length,
		...(failure !== undefined && { failure }),
		requests,
		refused: requests - events.reduce((taken, { repeats }) => taken + 1 + repeats, 0),
		mostPerSecond: arrivals.mostWithin(1000),
		seconds,
	};
}

/** A sentence for each rule that was broken. */
export function brokenRules(scenario: Scenario, load: Load): string[] {
	const { maxRefused, maxPerSecond, isHeldBack } = scenario;
	const { events, delivered, twice, failed, failure = '', requests, refused, mostPerSecond } = load;
	return [
		delivered < events && `${events - delivered} of ${events} events were not delivered`,
		twice > 0 && `${twice} events were sent twice`,
		failed > 0 && `${failed} executions failed; one of them: ${failure}`,
		refused > maxRefused * requests && `${refused} of ${requests} requests were refused`,
		mostPerSecond > maxPerSecond && `${mostPerSecond} requests came within a second`,
		!isHeldBack(load) && 'this machine was too busy to come up against the limit: run it again',
	].filter((rule) => rule !== false);
}

async function publish(
	{ n8n, sandbox }: Place,
	path: string,
	{ options }: Scenario,
): Promise<string> {
	const { provider, operation } = justtrack;
	// an account of its own, so that it begins without a pace
	const made = await n8n.createCredential(provider.credential.name, path, {
		apiKey: `key-of-${path}`,
		useSandbox: true,
		sandboxUrl: sandbox.url,
	});
	const workflow = webhookWorkflow({
		path,
		type: `${packageName}.${provider.name}`,
		credential: made,
		parameters: { operation, dataMode: 'autoMapInputData', options },
	});
	const id = await n8n.createWorkflow(workflow);
	await n8n.activateWorkflow(id);
	return id;
}
