/** Callbacks that come while their provider is down, and n8n that is killed while it sends them at last. */
import { goesOn } from '../../scripts/n8n/client';
import { outputItems } from '../../scripts/n8n/outputItems';
import { until } from '../../scripts/n8n/until';
import { packageName } from '../../scripts/package/project';
import { names, webhookWorkflow } from '../n8n/workflow';
import type { Subject } from '../providers';
import { takenOf, within } from './crash';
import { createCredential, type Place } from './place';

export interface Outage {
	readonly subject: Subject;
	/** The events' numbers are this one and the ones that follow it; nothing else may have them. */
	readonly first: number;
	/** Callbacks, of one event each. */
	readonly events: number;
	/** How many of them are posted together. */
	readonly atOnce: number;
	/** How many have arrived when n8n is killed. */
	readonly at: number;
	/** Most requests in flight at once. */
	readonly maxConcurrency: number;
}

export interface Survival {
	readonly outage: Outage;
	/** Callbacks that were answered with `queued`. */
	readonly queued: number;
	/** Requests that were made before anything was to be sent. */
	readonly sentEarly: number;
	/** How often each event was taken by the provider, by its number. */
	readonly taken: ReadonlyMap<number, number>;
	/** Events that the second run of the queue named as unknown. */
	readonly unknown: number;
	/** Ends of other kinds than delivered and unknown. */
	readonly others: number;
	/** Callbacks a second while they were taken in. */
	readonly perSecond: number;
}

const DELAY_MS = 50;
const REACH_MS = 60_000;
const END_MS = 120_000;

export async function runOutage(place: Place, outage: Outage): Promise<Survival> {
	const { sandbox, arrivals } = place;
	const { subject, first, events, atOnce, at } = outage;
	const path = `outage-${subject.operation}-${first}`;
	sandbox.reset();
	arrivals.reset();
	sandbox.setFaults([{ kind: 'resetBefore' }]);
	const sender = await publish(place, outage, path);
	const began = performance.now();
	let begun = 0;
	let queued = 0;
	const work = async () => {
		while (begun < events) {
			const number = first + begun++;
			const answer = await place.n8n.postToWebhook(path, { events: [subject.item(number)] });
			if (answer.includes('"outcome":"queued"')) queued++;
		}
	};
	await Promise.all(Array.from({ length: atOnce }, work));
	const perSecond = (events * 1000) / (performance.now() - began);
	const sentEarly = sandbox.report().requests;

	sandbox.setFaults([{ kind: 'delay', ms: DELAY_MS }]);
	await place.n8n.postToWebhook(`${path}-send`, { events: [{}] });
	await within(REACH_MS, arrivals.reach(at), `${at} events`);
	await place.restart('SIGKILL');
	// what was under way arrives all the same
	await new Promise((done) => setTimeout(done, 2 * DELAY_MS));
	sandbox.setFaults([]);
	const ends = await sendAgain(place, sender, `${path}-send`);
	return {
		outage,
		queued,
		sentEarly,
		taken: takenOf(place, outage),
		unknown: ends.filter((outcome) => outcome === 'unknown').length,
		others: ends.filter((outcome) => outcome !== 'unknown' && outcome !== 'delivered').length,
		perSecond,
	};
}

/** A sentence for each rule that was broken. */
export function brokenRules(survival: Survival): string[] {
	const { outage, queued, sentEarly, taken, unknown, others } = survival;
	const { subject, first, events, maxConcurrency } = outage;
	const numbers = Array.from({ length: events }, (_, own) => first + own);
	const missing = numbers.filter((number) => !taken.has(number)).length;
	const twice = [...taken.values()].filter((times) => times > 1).length;
	const mayRepeat = subject.provider.operations[subject.operation]?.deduplicates === true;
	return [
		queued !== events && `${queued} of ${events} callbacks were answered as queued`,
		sentEarly > 0 && `${sentEarly} requests were made while events were only to be stored`,
		missing > 0 && `${missing} events did not arrive`,
		!mayRepeat && twice > 0 && `${twice} events arrived twice`,
		twice > maxConcurrency && `${twice} events arrived twice, with ${maxConcurrency} under way`,
		unknown > maxConcurrency && `${unknown} are unknown, with ${maxConcurrency} under way`,
		mayRepeat && unknown > 0 && `${unknown} are unknown, and could have been sent again`,
		others > 0 && `${others} events ended neither delivered nor unknown`,
	].filter((rule) => rule !== false);
}

/**
 * Two workflows: one stores, and answers when it has; the other sends what waits.
 *
 * @returns the id of the second
 */
async function publish(place: Place, outage: Outage, path: string): Promise<string> {
	const { n8n } = place;
	const { subject, maxConcurrency } = outage;
	const common = {
		type: `${packageName}.${subject.provider.name}`,
		credential: await createCredential(place, subject),
		settings: { onError: 'continueRegularOutput' as const },
	};
	const storing = webhookWorkflow({
		...common,
		path,
		responseMode: 'lastNode',
		parameters: {
			...subject.parameters,
			operation: subject.operation,
			dataMode: 'autoMapInputData',
			delivery: 'queue',
		},
	});
	const sending = webhookWorkflow({
		...common,
		path: `${path}-send`,
		parameters: { operation: 'sendQueued', options: { maxConcurrency, ...subject.oneByOne } },
	});
	await n8n.activateWorkflow(await n8n.createWorkflow(storing));
	const sender = await n8n.createWorkflow(sending);
	await n8n.activateWorkflow(sender);
	return sender;
}

/** Has what still waits sent, and tells how it ended. */
async function sendAgain({ n8n }: Place, workflow: string, path: string): Promise<unknown[]> {
	const before = new Set(await n8n.executionIds(workflow));
	await n8n.postToWebhook(path, { events: [{}] });
	const id = await until('what waits to be sent', END_MS, async () => {
		const [newest] = await n8n.executions(workflow);
		return newest && !before.has(newest.id) && !goesOn(newest) ? newest.id : undefined;
	});
	return outputItems(await n8n.execution(id), names.relay).map(({ json }) => {
		const { outcome, details } = json as { outcome?: string; details?: { outcome: string } };
		return outcome ?? details?.outcome;
	});
}
