/** How many webhooks a second n8n takes in with a node that queues, beside a node that does nothing. */
import type { WorkflowInput } from '../../scripts/n8n/types';
import { packageName } from '../../scripts/package/project';
import { createCredential, type Place } from '../crash/place';
import { names, webhookWorkflow } from '../n8n/workflow';
import { subjectOf } from '../providers';

const subject = subjectOf('justtrack.revenueEvent');
const WEBHOOKS = 100;
const AT_ONCE = 20;
/** Of each, in turns, and in turns first: what else the machine does then meets both. */
const ROUNDS = 5;
/** What queueing has to reach of what No-Op does. */
export const MIN_SHARE = 0.9;

export interface TakingIn {
	/** Webhooks a second, in the order of the rounds. */
	readonly noOp: readonly number[];
	readonly queue: readonly number[];
	/** Of the medians. */
	readonly share: number;
}

export async function measureTakingIn(place: Place): Promise<TakingIn> {
	const queueing = webhookWorkflow({
		path: 'taking-queue',
		responseMode: 'lastNode',
		type: `${packageName}.${subject.provider.name}`,
		credential: await createCredential(place, subject),
		parameters: {
			operation: subject.operation,
			dataMode: 'autoMapInputData',
			delivery: 'queue',
		},
	});
	await publish(place, queueing);
	await publish(place, withNoOp({ ...queueing, name: 'taking-noOp' }));
	let number = 0;
	const rate = async (path: string) => {
		const last = number + WEBHOOKS;
		const began = performance.now();
		const work = async () => {
			while (number < last)
				await place.n8n.postToWebhook(path, { events: [subject.item(number++)] });
		};
		await Promise.all(Array.from({ length: AT_ONCE }, work));
		return (WEBHOOKS * 1000) / (performance.now() - began);
	};
	// both are warm then
	await rate('taking-noOp');
	await rate('taking-queue');
	const noOp: number[] = [];
	const queue: number[] = [];
	const both = [
		async () => noOp.push(await rate('taking-noOp')),
		async () => queue.push(await rate('taking-queue')),
	];
	for (let round = 0; round < ROUNDS; round++) {
		for (const measure of round % 2 === 0 ? both : both.toReversed()) await measure();
	}
	return { noOp, queue, share: median(queue) / median(noOp) };
}

/** The same workflow with a node that does nothing in place of ours. */
function withNoOp(workflow: WorkflowInput): WorkflowInput {
	const nodes = workflow.nodes.map((node) => {
		if (node.name === names.trigger) {
			return {
				...node,
				parameters: { ...node.parameters, path: 'taking-noOp' },
				webhookId: 'noOp',
			};
		}
		if (node.name !== names.relay) return node;
		const { credentials: _, ...rest } = node;
		return { ...rest, type: 'n8n-nodes-base.noOp', parameters: {} };
	});
	return { ...workflow, nodes };
}

async function publish({ n8n }: Place, workflow: WorkflowInput): Promise<void> {
	await n8n.activateWorkflow(await n8n.createWorkflow(workflow));
}

function median(numbers: readonly number[]): number {
	const sorted = numbers.toSorted((a, b) => a - b);
	const middle = sorted.length / 2;
	const [low = 0, high = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
	return (low + high) / 2;
}
