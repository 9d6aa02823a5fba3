import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { RunRefused } from './outcome';
import { show } from './show';

/** How a run sends: the node's `options`, defaults filled in. */
export interface Settings {
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
	readonly name: keyof Settings;
	readonly displayName: string;
	readonly description: string;
	readonly default: number;
	readonly least: number;
	readonly most: number;
}

/** In the editor's order, which n8n wants alphabetical. */
const numberOptions: readonly NumberOption[] = [
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

/** The parameters that every node has after its fields. */
export const sendingProperties: INodeProperties[] = [
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
		options: numberOptions.map(({ name, displayName, description, ...option }) => ({
			displayName,
			name,
			type: 'number' as const,
			typeOptions: { minValue: option.least, maxValue: option.most, numberPrecision: 0 },
			default: option.default,
			description,
		})),
	},
];

/**
 * The node's `options`, which hold for the whole run.
 *
 * @throws {RunRefused} where one is out of its bounds, which an expression can cause
 */
export function readSettings(context: IExecuteFunctions): Settings {
	const given = context.getNodeParameter('options', 0, {}) as Record<string, unknown>;
	const read = ({ name, displayName, least, most, ...option }: NumberOption): number => {
		const value = given[name] ?? option.default;
		const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
		if (typeof number === 'number' && Number.isInteger(number)) {
			if (number >= least && number <= most) return number;
		}
		throw new RunRefused(
			'invalid',
			`The option ${displayName} (${name}) must be a whole number from ${least} to ${most}, not ${show(value)}.`,
		);
	};
	return Object.fromEntries(
		numberOptions.map((option) => [option.name, read(option)]),
	) as unknown as Settings;
}
