import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { SEND_QUEUED, SUMMARIZE } from '../model/queueOperations';
import { numberOptions, queueOptions, type NumberOption } from './options';
import { NAME_OF_PAIR, pairsOf } from './vocabulary';

/** The operations that every node has beside the provider's own: they are about what it has stored. */
export const queueOperations: readonly INodePropertyOptions[] = [
	{
		name: 'Send Queued Events',
		value: SEND_QUEUED,
		action: 'Send queued events',
		description: 'Send the events that wait in the queue, oldest first',
	},
	{
		name: 'Summarize Deliveries',
		value: SUMMARIZE,
		action: 'Summarize deliveries',
		description: 'Count what was delivered and what waits, by day, with exact sums',
	},
];

/**
 * Where the editor draws the credentials. Without it n8n draws all of a node's credentials right above the last
 * parameter that one of them depends on, which is no place for the one that everybody needs.
 */
const credentialsPlace: INodeProperties = {
	displayName: 'Credentials',
	name: 'credentials',
	type: 'credentials',
	default: '',
};

/** Near the top, where the credential is drawn that a choice here asks for. */
const deliveryRecordProperty: INodeProperties = {
	displayName: 'Delivery Record',
	name: 'deliveryRecord',
	type: 'options',
	noDataExpression: true,
	options: [
		{
			name: 'This n8n Instance',
			value: 'thisInstance',
			description:
				'Remember what was delivered, and send it only once, also after a crash or a retry',
		},
		{
			name: 'PostgreSQL',
			value: 'postgres',
			description: 'The same in a database that all workers of n8n share',
		},
		{
			name: 'Off',
			value: 'off',
			description: 'Send every event, whatever was delivered before',
			// what is queued or counted is in the record
			displayOptions: { hide: { operation: [SEND_QUEUED, SUMMARIZE], delivery: ['queue'] } },
		},
	],
	default: 'thisInstance',
	description: 'Where to keep the record of what was delivered',
};

/**
 * What every node begins with.
 *
 * @param operation the provider's operations, which those of the queue follow
 */
export const firstProperties = (operation: INodeProperties): INodeProperties[] => [
	credentialsPlace,
	{ ...operation, options: [...(operation.options ?? []), ...queueOperations] },
	deliveryRecordProperty,
];

/** For what makes an event, and so has no place beside the operations of the queue. */
export const withEvents = {
	hide: { operation: queueOperations.map(({ value }) => value) },
};

/** The same for an option of the node. */
export const optionWithEvents = { hide: { '/operation': withEvents.hide.operation } };

/** Where events come from: parameters that every node has before its Mapping Mode. */
export const sourceProperties: INodeProperties[] = [
	{
		displayName: 'Source',
		name: 'source',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Input Items',
				value: 'items',
				description: 'Each input item is an event',
			},
			{
				name: 'File',
				value: 'file',
				description:
					'Each row of a CSV or NDJSON file is an event. The file is read row by row, so it may have millions of them.',
			},
		],
		default: 'items',
		displayOptions: withEvents,
		description: 'Where the events come from',
	},
	{
		displayName: 'Input Binary Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		placeholder: 'e.g. data',
		displayOptions: { show: { source: ['file'] }, ...withEvents },
		description: 'The name of the input binary field that has the file, which may be gzipped',
		hint: "Map the file's columns by their names, e.g. {{ $json.revenue }}",
	},
];

/** The options of how a file is read. */
const fileOptions: INodeProperties[] = [
	{
		displayName: 'Delimiter',
		name: 'delimiter',
		type: 'string',
		default: 'auto',
		placeholder: 'e.g. ;',
		displayOptions: { show: { '/source': ['file'] } },
		description:
			'The character between the values of a CSV file; \\t for a tab. With auto it is found: a comma, a semicolon, a tab or a |.',
	},
	{
		displayName: 'Encoding',
		name: 'encoding',
		type: 'options',
		options: [
			{ name: 'Latin-1 (Windows-1252)', value: 'latin1' },
			{ name: 'UTF-16 BE', value: 'utf16be' },
			{ name: 'UTF-16 LE', value: 'utf16le' },
			{ name: 'UTF-8', value: 'utf8' },
		],
		default: 'utf8',
		displayOptions: { show: { '/source': ['file'] } },
		description: 'How the text of the file is written. A byte order mark in it counts for more.',
	},
	{
		displayName: 'File Format',
		name: 'fileFormat',
		type: 'options',
		options: [
			{ name: 'Auto', value: 'auto', description: 'Find it from the beginning of the file' },
			{ name: 'CSV', value: 'csv', description: 'A header, and a row on each line' },
			{ name: 'NDJSON', value: 'ndjson', description: 'A JSON object on each line' },
		],
		default: 'auto',
		displayOptions: { show: { '/source': ['file'] } },
		description: 'The format of the file',
	},
];

/** The parameters that every node has before its fields. */
export const dataModeProperty: INodeProperties = {
	displayName: 'Mapping Mode',
	name: 'dataMode',
	type: 'options',
	noDataExpression: true,
	displayOptions: withEvents,
	options: [
		{
			name: 'Map Each Field Below',
			value: 'defineBelow',
			description: 'Set each field by hand, from columns, expressions or fixed values',
		},
		{
			name: 'Map Automatically',
			value: 'autoMapInputData',
			description:
				"Take each item's columns that are named like the fields. Fill in what no column has.",
		},
	],
	default: 'defineBelow',
};

/** When the fields of these operations are shown: in both mapping modes, since n8n empties what it hides. */
export const forFieldsOf = (...operation: string[]) => ({ operation });

/** A field that the provider recommends: it stands among the fields, and says so. */
export const recommended = (property: INodeProperties): INodeProperties => ({
	hint: 'Recommended',
	...property,
});

/** Properties that are shown under a condition. */
export const shownFor = (
	show: NonNullable<INodeProperties['displayOptions']>['show'],
	...properties: INodeProperties[]
): INodeProperties[] => properties.map((property) => ({ ...property, displayOptions: { show } }));

/** A field of text that becomes a parameter of the query. */
export const queryField = (
	displayName: string,
	name: string,
	property: string,
	more: Partial<INodeProperties> = {},
): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
	routing: { send: { type: 'query', property } },
	...more,
});

/** The collection of the fields that these operations can do without. */
export const additionalFields = (
	operations: readonly string[],
	options: readonly INodeProperties[],
): INodeProperties => ({
	displayName: 'Additional Fields',
	name: 'additionalFields',
	type: 'collection',
	placeholder: 'Add field',
	default: {},
	displayOptions: { show: forFieldsOf(...operations) },
	options: byName(options),
});

/** A list of query parameters under names that the user chooses; in every mapping mode. */
export const additionalParameters = (description: string): INodeProperties => ({
	displayName: 'Additional Parameters',
	name: 'additionalParameters',
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Parameter',
	default: {},
	displayOptions: withEvents,
	options: pairsOf('Parameter', { send: { type: 'query', property: NAME_OF_PAIR } }),
	description,
});

/** n8n wants optional fields in alphabetical order. */
const byName = (options: readonly INodeProperties[]): INodeProperties[] =>
	options.toSorted((a, b) => a.displayName.localeCompare(b.displayName));

/** What a provider's options have beyond those of all. */
export interface OwnOptions {
	/** Most events that the provider takes in one request. */
	readonly maxEvents?: number;
	/** Whether there are operations without duplicate removal, so that the user may take the risk. */
	readonly hasRetryUnknown?: boolean;
	/** Options of the provider's own, which its operations read in `adaptTo`. */
	readonly own?: readonly INodeProperties[];
}

/** The parameters that every node has after its fields. */
export function sendingProperties({
	maxEvents,
	hasRetryUnknown,
	own = [],
}: OwnOptions): INodeProperties[] {
	const options: INodeProperties[] = [
		...numberOptions(maxEvents).map(toProperty),
		...shownFor({ '/operation': [SEND_QUEUED] }, ...queueOptions.map(toProperty)),
	];
	options.push(includeInputProperty);
	if (hasRetryUnknown) options.push(retryUnknownProperty);
	options.push(...fileOptions, ...own);
	return [
		{
			displayName: 'Preview Only',
			name: 'previewOnly',
			type: 'boolean',
			noDataExpression: true,
			displayOptions: withEvents,
			default: false,
			description:
				'Whether to build and check the requests without sending them. The output shows each request with its secrets masked.',
		},
		{
			displayName: 'Delivery',
			name: 'delivery',
			type: 'options',
			noDataExpression: true,
			// a file is what waits itself
			displayOptions: { hide: { ...withEvents.hide, source: ['file'] } },
			options: [
				{ name: 'Send Now', value: 'send', description: 'Send the events in this run' },
				{
					name: 'Queue',
					value: 'queue',
					description:
						'Store the events in the delivery record. The operation Send Queued Events sends them.',
				},
			],
			default: 'send',
			description: 'When to send the events',
		},
		{
			displayName: 'Event ID',
			name: 'eventId',
			type: 'string',
			displayOptions: withEvents,
			default: '',
			placeholder: 'e.g. {{ $json.id }}',
			description:
				"What the delivery record knows the event by. It is not sent. Empty: the provider's own ID of the event, or else its content, if that holds a time.",
		},
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			displayOptions: { hide: { operation: [SUMMARIZE] } },
			options: byName(options),
		},
	];
}

/** The option of providers that take amounts. @param operations those that do, if not all */
export const decimalSign = (...operations: string[]): INodeProperties => ({
	displayName: 'Decimal Sign',
	name: 'decimalSign',
	type: 'options',
	options: [
		{ name: 'Point', value: 'point', description: 'As in 1234.56' },
		{ name: 'Comma', value: 'comma', description: 'As in 1234,56 or 1.234,56' },
	],
	default: 'point',
	displayOptions: operations.length > 0 ? { show: { '/operation': operations } } : optionWithEvents,
	description: 'What stands before the decimals of amounts that are text. Numbers need no sign.',
});

const includeInputProperty: INodeProperties = {
	displayName: 'Include Input',
	name: 'includeInput',
	type: 'boolean',
	default: false,
	displayOptions: optionWithEvents,
	description:
		"Whether the output of delivered events has the columns of the input too. Where a name clashes, this node's own column wins.",
};

function toProperty({
	name,
	displayName,
	description,
	...option
}: NumberOption<string>): INodeProperties {
	return {
		displayName,
		name,
		type: 'number',
		typeOptions: { minValue: option.min, maxValue: option.max, numberPrecision: 0 },
		default: option.default,
		description,
	};
}

const retryUnknownProperty: INodeProperties = {
	displayName: 'Retry Unknown',
	name: 'retryUnknown',
	type: 'boolean',
	default: false,
	description:
		'Whether to try again when an event may have been accepted already. The provider may then count it twice.',
};
