import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { RunRefused } from './outcome';
import { show } from './show';

/** How a run sends: the node's `options`, defaults filled in. */
export interface Settings {
	/** Most events in one request. */
	readonly batchSize: number;
	/** Whether an unclear try is repeated where the provider does not remove duplicates. */
	readonly retryUnknown: boolean;
	/** Most requests in flight at once. */
	readonly maxConcurrency: number;
	/** Tries after the first. */
	readonly maxRetries: number;
	/** Milliseconds that one try may take. */
	readonly timeout: number;
	/** Most requests started in any one second; 0 for no limit. */
	readonly requestsPerSecond: number;
}

interface NumberOption {
	readonly name: Exclude<keyof Settings, 'retryUnknown'>;
	readonly displayName: string;
	readonly description: string;
	readonly default: number;
	readonly least: number;
	readonly most: number;
}

/** The option of providers that take many events in one request. */
const batchSize = (most: number): NumberOption => ({
	name: 'batchSize',
	displayName: 'Batch Size',
	description: 'Most events in one request',
	default: most,
	least: 1,
	most,
});

const commonOptions: readonly NumberOption[] = [
	{
		name: 'maxConcurrency',
		displayName: 'Max Concurrency',
		description:
			'Most requests in flight at once. The node starts low, grows while replies are good, and halves on 429, 503 and timeouts.',
		default: 100,
		least: 1,
		most: 500,
	},
	{
		name: 'maxRetries',
		displayName: 'Max Retries',
		description: 'How many times a request is tried again after the first try',
		default: 3,
		least: 0,
		most: 20,
	},
	{
		name: 'requestsPerSecond',
		displayName: 'Requests per Second',
		description: 'Most requests started in any one second. 0 means no limit.',
		default: 0,
		least: 0,
		most: 10_000,
	},
	{
		name: 'timeout',
		displayName: 'Timeout (Ms)',
		description: 'How many milliseconds one try may take',
		default: 30_000,
		least: 1,
		most: 600_000,
	},
];

/** The parameters that every node has before its fields. */
export const dataModeProperty: INodeProperties = {
	displayName: 'Mapping Mode',
	name: 'dataMode',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'Map Each Field Below',
			value: 'defineBelow',
			description: 'Set each field by hand, from columns, expressions or fixed values',
		},
		{
			name: 'Map Automatically',
			value: 'autoMapInputData',
			description: "Take each item's columns whose names are the provider's own field names",
		},
	],
	default: 'defineBelow',
};

/** What a provider's options have beyond those of all. */
export interface OwnOptions {
	/** Most events that the provider takes in one request. */
	readonly mostEvents?: number;
	/** Whether there are operations without duplicate removal, so that the user may take the risk. */
	readonly hasRetryUnknown?: boolean;
	/** Options of the provider's own, which its operations read in `adaptTo`. */
	readonly own?: readonly INodeProperties[];
}

/** The parameters that every node has after its fields. */
export function sendingProperties({
	mostEvents,
	hasRetryUnknown,
	own = [],
}: OwnOptions): INodeProperties[] {
	const options: INodeProperties[] = numberOptions(mostEvents).map(
		({ name, displayName, description, ...option }) => ({
			displayName,
			name,
			type: 'number',
			typeOptions: { minValue: option.least, maxValue: option.most, numberPrecision: 0 },
			default: option.default,
			description,
		}),
	);
	if (hasRetryUnknown) options.push(retryUnknownProperty);
	options.push(...own);
	return [
		{
			displayName: 'Preview Only',
			name: 'previewOnly',
			type: 'boolean',
			noDataExpression: true,
			default: false,
			description:
				'Whether to build and check the requests without sending them. The output shows each request with its secrets masked.',
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			// n8n wants them in alphabetical order
			options: options.sort((a, b) => a.displayName.localeCompare(b.displayName)),
		},
	];
}

const retryUnknownProperty: INodeProperties = {
	displayName: 'Retry Unknown',
	name: 'retryUnknown',
	type: 'boolean',
	default: false,
	description:
		'Whether to try again when an event may have been accepted already. The provider may then count it twice.',
};

function numberOptions(mostEvents: number | undefined): readonly NumberOption[] {
	return mostEvents === undefined ? commonOptions : [batchSize(mostEvents), ...commonOptions];
}

/** The node's `options` as they were given. They hold for the whole run. */
export function readOptions(context: IExecuteFunctions): Readonly<Record<string, unknown>> {
	return context.getNodeParameter('options', 0, {});
}

/**
 * The option `timezone`, of providers whose times have no zone: an IANA name, UTC if empty.
 *
 * @throws {RunRefused} where there is no such zone
 */
export function readTimezone({ timezone }: Readonly<Record<string, unknown>>): string {
	const zone = typeof timezone === 'string' ? timezone.trim() : timezone;
	if (zone === undefined || zone === null || zone === '') return 'UTC';
	try {
		// what is no text is no name either
		const timeZone = typeof zone === 'string' ? zone : '?';
		return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
	} catch {
		throw new RunRefused(
			'invalid',
			`The option Timezone (timezone) must be the IANA name of a time zone, e.g. Europe/Berlin, not ${show(timezone)}.`,
		);
	}
}

/**
 * How to send, by the node's `options`.
 *
 * @param mostEvents most events that the operation takes in one request, if more than one
 * @throws {RunRefused} where one is out of its bounds, which an expression can cause
 */
export function readSettings(context: IExecuteFunctions, mostEvents?: number): Settings {
	const given = readOptions(context);
	const numbers = numberOptions(mostEvents).map((option) => [
		option.name,
		readNumber(option, given[option.name] ?? option.default),
	]);
	return {
		batchSize: 1,
		...(Object.fromEntries(numbers) as Omit<Settings, 'batchSize' | 'retryUnknown'>),
		retryUnknown: given.retryUnknown === true,
	};
}

function readNumber({ name, displayName, least, most }: NumberOption, given: unknown): number {
	const number = typeof given === 'string' && /^\s*\d+\s*$/.test(given) ? Number(given) : given;
	if (typeof number === 'number' && Number.isInteger(number)) {
		if (number >= least && number <= most) return number;
	}
	throw new RunRefused(
		'invalid',
		`The option ${displayName} (${name}) must be a whole number from ${least} to ${most}, not ${show(given)}.`,
	);
}
