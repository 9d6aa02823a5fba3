import type { Settings } from '../model/settings';

/** A numeric option of the node, as the editor offers it and as a run checks it. */
export interface NumberOption<Name extends string = Exclude<keyof Settings, 'retryUnknown'>> {
	readonly name: Name;
	readonly displayName: string;
	readonly description: string;
	readonly default: number;
	readonly min: number;
	readonly max: number;
}

/** The option of providers that take many events in one request. */
const batchSize = (max: number): NumberOption => ({
	name: 'batchSize',
	displayName: 'Batch Size',
	description: 'Most events in one request',
	default: max,
	min: 1,
	max,
});

const commonOptions: readonly NumberOption[] = [
	{
		name: 'maxConcurrency',
		displayName: 'Max Concurrency',
		description:
			'Most requests in flight at once. The node starts low, grows while replies are good, and halves on 429, 503 and timeouts. With providers that speak HTTP/1.1 alone, at most 100 are.',
		default: 400,
		min: 1,
		max: 500,
	},
	{
		name: 'maxRetries',
		displayName: 'Max Retries',
		description: 'How many times a request is tried again after the first try',
		default: 3,
		min: 0,
		max: 20,
	},
	{
		name: 'recordDays',
		displayName: 'Record Days',
		description: 'How many days the delivery record keeps what was delivered',
		default: 14,
		min: 1,
		max: 365,
	},
	{
		name: 'requestsPerSecond',
		displayName: 'Requests per Second',
		description: 'Most requests started in any one second. 0 means no limit.',
		default: 0,
		min: 0,
		max: 10_000,
	},
	{
		name: 'timeout',
		displayName: 'Timeout (Ms)',
		description: 'How many milliseconds one try may take',
		default: 30_000,
		min: 1,
		max: 600_000,
	},
];

/** The options of sending what is queued. */
export const queueOptions: readonly NumberOption<'maxAge' | 'maxEvents'>[] = [
	{
		name: 'maxAge',
		displayName: 'Max Age (Hours)',
		description:
			'How many hours an event may wait in the queue. One that has waited for longer is not sent any more, and leaves as an error.',
		default: 72,
		min: 1,
		max: 8_760,
	},
	{
		name: 'maxEvents',
		displayName: 'Max Events',
		description: 'Most events of the queue to send in one run. The next run sends the others.',
		default: 10_000,
		min: 1,
		max: 100_000,
	},
];

/**
 * The numeric options of a node.
 *
 * @param maxEvents most events that the provider takes in one request, if more than one
 */
export function numberOptions(maxEvents: number | undefined): readonly NumberOption[] {
	return maxEvents === undefined ? commonOptions : [batchSize(maxEvents), ...commonOptions];
}
