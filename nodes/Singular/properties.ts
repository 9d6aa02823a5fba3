import type { INodeProperties } from 'n8n-workflow';

import { inBothModes } from '../../transport/declaration/mappingModes';
import { objectsAsJson, PAIRS_AS_OBJECT, pairsOf } from '../../transport/declaration/vocabulary';
import {
	additionalFields,
	additionalParameters,
	dataModeProperty,
	decimalSign,
	firstProperties,
	forFieldsOf,
	queryField,
	recommended,
	sendingProperties,
	shownFor,
	sourceProperties,
} from '../../transport/declaration/properties';

/** Wire value of every platform; case matters to Singular. */
export const PLATFORMS = [
	'Android',
	'iOS',
	'PC',
	'Xbox',
	'Playstation',
	'Nintendo',
	'MetaQuest',
	'CTV',
	'Web',
];

/** The event name by which Singular knows ad revenue. */
export const AD_REVENUE_EVENT = '__ADMON_USER_LEVEL_REVENUE__';

const forAdRevenue = forFieldsOf('adRevenue');
const forRevenue = forFieldsOf('adRevenue', 'revenueEvent');
const forNamed = forFieldsOf('event', 'revenueEvent');
const forAll = forFieldsOf('adRevenue', 'revenueEvent', 'event', 'session');

/** The operations that have an event name go to one path or the other, by an option. */
const EVENT_PATH = '=/api/{{ $parameter["options"]["apiVersion"] ?? "v1" }}/evt';

/** Which app, on which platform. */
const app: INodeProperties[] = [
	{
		displayName: 'Platform',
		name: 'platform',
		type: 'options',
		options: [
			{ name: 'Android', value: 'Android' },
			{ name: 'CTV', value: 'CTV' },
			{ name: 'iOS', value: 'iOS' },
			{ name: 'MetaQuest', value: 'MetaQuest' },
			{ name: 'Nintendo', value: 'Nintendo' },
			{ name: 'PC', value: 'PC' },
			{ name: 'Playstation', value: 'Playstation' },
			{ name: 'Web', value: 'Web' },
			{ name: 'Xbox', value: 'Xbox' },
		],
		// eslint-disable-next-line n8n-nodes-base/node-param-default-wrong-for-options -- a preset platform would count iOS revenue as Android where nobody chose one
		default: '',
		required: true,
		displayOptions: { show: forAll },
		description: 'The platform of the app. It decides which device identifier is needed.',
		routing: { send: { type: 'query', property: 'p' } },
	},
	{
		displayName: 'App Identifier',
		name: 'appIdentifier',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. com.singular.app',
		displayOptions: { show: forAll },
		description:
			'Package name or bundle ID of the app, as in Singular under Apps. Upper and lower case matter. For tests use a development identifier of its own, such as com.singular.app.dev: what Singular has taken cannot be deleted.',
		routing: { send: { type: 'query', property: 'i' } },
	},
];

/** Which device, by the identifiers of its platform. */
const deviceIdentifiers: INodeProperties = {
	displayName: 'Device Identifiers',
	name: 'deviceIdentifiers',
	type: 'collection',
	placeholder: 'Add identifier',
	default: {},
	displayOptions: { show: forAll },
	// n8n shows no description of a collection's fields but their own
	description:
		'At least one that fits the platform: of Android or of iOS, and on PC, consoles, CTV and Web the Singular Device ID. Map all that your table has: empty ones are not sent.',
	options: (
		[
			['Amazon Advertising ID', 'amid', 'Android: advertising identifier of Amazon devices'],
			['Android ID', 'andi', 'Android: identifier of the device'],
			['App Set ID', 'asid', 'Android: App Set ID'],
			['Google Advertising ID', 'aifa', 'Android: Google advertising identifier (GAID)'],
			['IDFA', 'idfa', "iOS: Apple's identifier for advertisers, where the user has allowed it"],
			['IDFV', 'idfv', "iOS: Apple's identifier for vendors"],
			['OAID', 'oaid', 'Android: Open Advertising Identifier, for devices without Google Play'],
			[
				'Singular Device ID',
				'sdid',
				'The Singular device ID (SDID). Needed on a PC, console, connected TV and the web, and with API Version 2; elsewhere it may stand beside the others.',
			],
		] as const
	).map(([displayName, key, description]) => queryField(displayName, key, key, { description })),
};

const attStatus: INodeProperties = {
	displayName: 'ATT Status',
	name: 'attAuthorizationStatus',
	type: 'options',
	options: [
		{ name: 'Authorized', value: '3' },
		{ name: 'Denied', value: '2' },
		{ name: 'Restricted', value: '1' },
		{ name: 'Undetermined, or No ATT Prompt', value: '0' },
	],
	default: '0',
	description:
		'What the user has answered to the App Tracking Transparency prompt of iOS. Without it 0 is sent for iOS, as Singular wants it.',
	routing: { send: { type: 'query', property: 'att_authorization_status' } },
};

/** Where it is, and on which system. */
const place: INodeProperties[] = [
	{
		displayName: 'OS Version',
		name: 'osVersion',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 17.4',
		displayOptions: { show: forAll },
		description: 'Version of the operating system at the time of the event',
		routing: { send: { type: 'query', property: 've' } },
	},
	{
		displayName: 'IP Address From',
		name: 'ipFrom',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Field Below', value: 'field', description: "The device's address, from your data" },
			{
				name: 'This Request',
				value: 'request',
				description: 'Singular takes the address of this n8n: only where it is the device itself',
			},
		],
		default: 'field',
		displayOptions: { show: forAll },
	},
	{
		displayName: 'IP Address',
		name: 'ip',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 203.0.113.7',
		displayOptions: { show: { ...forAll, ipFrom: ['field'] } },
		description:
			'Public IPv4 address of the device, also as ::ffff:203.0.113.7. Singular does not support IPv6.',
		routing: { send: { type: 'query', property: 'ip' } },
	},
	{
		displayName: 'Use IP',
		name: 'useIp',
		type: 'hidden',
		default: 'true',
		displayOptions: { show: { ...forAll, ipFrom: ['request'] } },
		routing: { send: { type: 'query', property: 'use_ip' } },
	},
	{
		displayName: 'Country',
		name: 'country',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. DE',
		displayOptions: { show: { ...forAll, ipFrom: ['request'] } },
		description: 'ISO 3166-1 code of the country of the user, two letters',
		routing: { send: { type: 'query', property: 'country' } },
	},
];

/** What happened. */
const what: INodeProperties[] = [
	{
		displayName: 'Event Name',
		name: 'eventName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. level_complete',
		displayOptions: { show: forNamed },
		description: 'Name of the event, up to 32 ASCII characters',
		routing: { send: { type: 'query', property: 'n' } },
	},
	{
		displayName: 'Amount',
		name: 'amount',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 0.00782',
		displayOptions: { show: forRevenue },
		description: 'Revenue, as a decimal number',
		routing: { send: { type: 'query', property: 'amt' } },
	},
	{
		displayName: 'Currency',
		name: 'currency',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. USD',
		displayOptions: { show: forRevenue },
		description: 'ISO 4217 code of the currency',
		routing: { send: { type: 'query', property: 'cur' } },
	},
	{
		displayName: 'Specify Ad Attributes',
		name: 'adAttributesInput',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'In Fields', value: 'fields' },
			{ name: 'As JSON or Object', value: 'json' },
		],
		default: 'fields',
		displayOptions: { show: forAdRevenue },
	},
	{
		displayName: 'Ad Platform',
		name: 'adPlatform',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. AdMob',
		displayOptions: { show: { ...forAdRevenue, adAttributesInput: ['fields'] } },
		description:
			'The mediation platform that reported the revenue, e.g. AdMob, AppLovin or ironSource',
		routing: { send: { type: 'query', property: 'e.ad_platform' } },
	},
	{
		displayName: 'Ad Attributes',
		name: 'adAttributes',
		type: 'collection',
		placeholder: 'Add attribute',
		default: {},
		displayOptions: { show: { ...forAdRevenue, adAttributesInput: ['fields'] } },
		options: (
			[
				['Ad Group ID', 'adGroupId', 'ad_group_id', 'ID of the ad group'],
				['Ad Group Name', 'adGroupName', 'ad_group_name', 'Name of the ad group'],
				['Ad Group Priority', 'adGroupPriority', 'ad_group_priority', 'Priority of the ad group'],
				['Ad Group Type', 'adGroupType', 'ad_group_type', 'Type of the ad group'],
				['Ad Impression ID', 'adImpressionId', 'ad_impression_id', 'ID of the impression'],
				[
					'Ad Mediation Platform',
					'adMediationPlatform',
					'ad_mediation_platform',
					'Adapter or network that filled the impression, e.g. admob.AdMobAdapter',
				],
				['Ad Placement ID', 'adPlacementId', 'ad_placement_id', 'ID of the placement'],
				['Ad Placement Name', 'adPlacementName', 'ad_placement_name', 'Name of the placement'],
				[
					'Ad Precision',
					'adPrecision',
					'ad_precision',
					'How exact the amount is, in the words of the mediation platform',
				],
				['Ad Type', 'adType', 'ad_type', 'Type of the ad, e.g. Rewarded'],
				['Ad Unit ID', 'adUnitId', 'ad_unit_id', 'ID of the ad unit'],
				['Ad Unit Name', 'adUnitName', 'ad_unit_name', 'Name of the ad unit'],
			] as const
		).map(([displayName, name, member, description]): INodeProperties => ({
			displayName,
			name,
			type: 'string',
			default: '',
			description: `${description}, up to 500 characters`,
			routing: { send: { type: 'query', property: `e.${member}` } },
		})),
	},
	{
		displayName: 'Ad Attributes (JSON)',
		name: 'adAttributesJson',
		type: 'json',
		default: '',
		required: true,
		placeholder: 'e.g. { "ad_platform": "AdMob" }',
		displayOptions: { show: { ...forAdRevenue, adAttributesInput: ['json'] } },
		description:
			'An object with ad_platform and the other attributes of the ad, also such as have no field. Names and values up to 500 characters.',
		routing: { send: { type: 'query', property: 'e' } },
	},
	{
		displayName: 'Specify Event Attributes',
		name: 'eventAttributesInput',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'As Names and Values', value: 'pairs' },
			{ name: 'As JSON or Object', value: 'json' },
		],
		default: 'pairs',
		displayOptions: { show: forNamed },
	},
	{
		displayName: 'Event Attributes',
		name: 'eventAttributePairs',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Attribute',
		default: {},
		displayOptions: { show: { ...forNamed, eventAttributesInput: ['pairs'] } },
		options: pairsOf('Attribute'),
		description:
			'Names and values that describe the event, each up to 500 characters. A value may be an object or a list.',
		routing: {
			send: {
				type: 'query',
				property: 'e',
				value: PAIRS_AS_OBJECT,
			},
		},
	},
	{
		displayName: 'Event Attributes (JSON)',
		name: 'eventAttributesJson',
		type: 'json',
		default: '',
		placeholder: 'e.g. { "level": "2" }',
		displayOptions: { show: { ...forNamed, eventAttributesInput: ['json'] } },
		description:
			'An object of names and values, each up to 500 characters. A value may be an object or a list, which counts as JSON text.',
		routing: { send: { type: 'query', property: 'e' } },
	},
];

const countryWithIp: INodeProperties = {
	displayName: 'Country',
	name: 'countryOfUser',
	type: 'string',
	default: '',
	placeholder: 'e.g. DE',
	displayOptions: { show: { '/ipFrom': ['field'] } },
	description: 'ISO 3166-1 code of the country of the user, two letters',
	routing: { send: { type: 'query', property: 'country' } },
};

const customUserId: INodeProperties = {
	displayName: 'Custom User ID',
	name: 'customUserId',
	type: 'string',
	default: '',
	description: 'Your own ID of the user',
	routing: { send: { type: 'query', property: 'custom_user_id' } },
};

const dataSharing: INodeProperties[] = [
	{
		displayName: 'Data Sharing Options (JSON)',
		name: 'dataSharingOptionsJson',
		type: 'json',
		default: '',
		placeholder: 'e.g. { "limit_data_sharing": true }',
		description: 'The same as Limit Data Sharing, as JSON or an object',
		routing: { send: { type: 'query', property: 'data_sharing_options' } },
	},
];

const eventTime: INodeProperties = {
	displayName: 'Event Time',
	name: 'eventTime',
	type: 'string',
	default: '',
	placeholder: 'e.g. 2026-01-31T12:00:00Z',
	description:
		'When it happened: ISO 8601 text (UTC where it names no zone), a date, unix seconds or milliseconds. Sent as utime in seconds, or as umilisec where it has milliseconds.',
	routing: { send: { type: 'query', property: 'utime' } },
};

const limitDataSharing: INodeProperties = {
	displayName: 'Limit Data Sharing',
	name: 'limitDataSharing',
	type: 'options',
	options: [
		{ name: 'No: The User Has Agreed to Sharing', value: 'false' },
		{ name: 'Yes: The User Has Not Agreed', value: 'true' },
	],
	default: 'true',
	description:
		'Whether data of the user may be shared. Once set, Singular wants it with every session and event of the user.',
	routing: { send: { type: 'query', property: 'data_sharing_options.limit_data_sharing' } },
};

const optional = (
	displayName: string,
	name: string,
	property: string,
	description: string,
): INodeProperties => queryField(displayName, name, property, { description });

const purchase: INodeProperties[] = [
	optional(
		'Product ID',
		'purchaseProductId',
		'purchase_product_id',
		'ID of the product that was bought',
	),
	optional('Purchase Receipt', 'purchaseReceipt', 'purchase_receipt', 'Receipt of the store'),
	optional(
		'Receipt Signature',
		'receiptSignature',
		'receipt_signature',
		'Signature of the receipt, on Android',
	),
	optional(
		'Transaction ID',
		'purchaseTransactionId',
		'purchase_transaction_id',
		'ID of the purchase in the store',
	),
];

const common = [
	attStatus,
	countryWithIp,
	customUserId,
	...dataSharing,
	limitDataSharing,
	eventTime,
];

/** What integrators' maps require of a session. */
const recommendedOfSession: INodeProperties[] = [
	optional('App Version', 'appVersion', 'app_v', 'Version of the app'),
	optional('Device Make', 'deviceMake', 'ma', 'Maker of the device, e.g. Samsung'),
	optional('Device Model', 'deviceModel', 'mo', 'Model of the device, e.g. SM-G935F'),
	optional('Locale', 'locale', 'lc', 'Locale of the device, e.g. en_US'),
	optional('Build', 'build', 'bd', 'Build of the device'),
	{
		displayName: 'First Session After Install',
		name: 'install',
		type: 'options',
		options: [
			{ name: 'Not Known', value: '' },
			{ name: 'No', value: 'false' },
			{ name: 'Yes', value: 'true' },
		],
		default: '',
		description: 'Whether this is the first session after the app was installed',
		routing: { send: { type: 'query', property: 'install' } },
	},
];

const session: INodeProperties[] = [
	optional('App Name', 'appName', 'n', 'Name of the app'),
	optional('Carrier', 'carrier', 'cn', 'Name of the mobile carrier'),
	optional('Install Referrer', 'installReferrer', 'install_ref', 'Install referrer of the store'),
	optional('Open URI', 'openUri', 'openuri', 'Link that opened the app'),
	{
		displayName: 'Connection',
		name: 'connection',
		type: 'options',
		options: [
			{ name: 'Carrier', value: 'carrier' },
			{ name: 'Wi-Fi', value: 'wifi' },
		],
		default: 'wifi',
		description: 'How the device was connected',
		routing: { send: { type: 'query', property: 'c' } },
	},
	{
		displayName: 'Do Not Track',
		name: 'doNotTrack',
		type: 'options',
		options: [
			{ name: 'Off', value: '0' },
			{ name: 'On', value: '1' },
		],
		default: '0',
		description: 'Whether the user has limited ad tracking',
		routing: { send: { type: 'query', property: 'dnt' } },
	},
];

const apiVersion: INodeProperties = {
	displayName: 'API Version',
	name: 'apiVersion',
	type: 'options',
	options: [
		{
			name: '1: Devices by the Identifiers of Their Platform',
			value: 'v1',
		},
		{
			name: '2: Devices by Singular Device ID Alone',
			value: 'v2',
		},
	],
	default: 'v1',
	displayOptions: { show: { '/operation': ['adRevenue', 'event', 'revenueEvent'] } },
	description:
		'Which version of the event endpoint to use. Version 2 needs the Singular Device ID on every platform; other identifiers are not sent to it.',
};

/** What the editor shows and what the transport compiles. */
export const properties = inBothModes([
	...firstProperties({
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Send Ad Revenue',
				value: 'adRevenue',
				action: 'Send ad revenue',
				description:
					'Report the revenue of an ad impression. Singular wants a session of the device before its first event.',
				routing: {
					request: {
						method: 'GET',
						url: EVENT_PATH,
						qs: { n: AD_REVENUE_EVENT, is_admon_revenue: 'true', is_revenue_event: 'true' },
					},
					send: { preSend: [objectsAsJson] },
				},
			},
			{
				name: 'Send Event',
				value: 'event',
				action: 'Send an event',
				description:
					'Report an event without revenue. Singular wants a session of the device before its first event.',
				routing: {
					request: { method: 'GET', url: EVENT_PATH },
					send: { preSend: [objectsAsJson] },
				},
			},
			{
				name: 'Send Revenue Event',
				value: 'revenueEvent',
				action: 'Send a revenue event',
				description:
					'Report a purchase or other revenue. Singular wants a session of the device before its first event.',
				routing: {
					request: { method: 'GET', url: EVENT_PATH, qs: { is_revenue_event: 'true' } },
					send: { preSend: [objectsAsJson] },
				},
			},
			{
				name: 'Send Session',
				value: 'session',
				action: 'Send a session',
				description: 'Report that the app was opened. A device needs one before its first event.',
				routing: {
					request: { method: 'GET', url: '/api/v1/launch' },
					send: { preSend: [objectsAsJson] },
				},
			},
		],
		default: 'adRevenue',
	}),
	...sourceProperties,
	dataModeProperty,
	...app,
	deviceIdentifiers,
	...place,
	...what,
	...shownFor(forFieldsOf('session'), ...recommendedOfSession.map(recommended)),
	additionalFields(['adRevenue', 'event'], [...common]),
	additionalFields(['revenueEvent'], [...common, ...purchase]),
	additionalFields(['session'], [...common, ...session]),
	additionalParameters(
		"Parameters of Singular's documents that have no field here, such as install_source, global_properties or ua",
	),
	...sendingProperties({
		hasRetryUnknown: true,
		own: [apiVersion, decimalSign('adRevenue', 'revenueEvent')],
	}),
]);
