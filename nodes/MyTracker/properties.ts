import type { INodeProperties } from 'n8n-workflow';

import { PAIRS_AS_OBJECT, pairsOf } from '../../transport/declaration/vocabulary';
import { inBothModes } from '../../transport/declaration/mappingModes';
import {
	additionalFields,
	dataModeProperty,
	decimalSign,
	firstProperties,
	forFieldsOf,
	sendingProperties,
	sourceProperties,
	withEvents,
} from '../../transport/declaration/properties';

/** "Maximum size 20" of the array that each batch method takes. */
export const MAX_EVENTS = 20;

const forRegistrationAndLogin = forFieldsOf('registration', 'login');
const forEvent = forFieldsOf('customEvent');
const forRevenue = forFieldsOf('customRevenue');
const everyOperation = ['registration', 'login', 'customEvent', 'customRevenue'];
const forAll = forFieldsOf(...everyOperation);

/** The app that the events belong to: `idApp` in the URL. */
const app: INodeProperties = {
	displayName: 'App ID',
	name: 'appId',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. 666',
	displayOptions: withEvents,
	description:
		'The ID of the app in myTracker, a number and not its package name. It may be an expression: events of different apps go out in requests of their own.',
	routing: { send: { type: 'query', property: 'idApp' } },
};

/** Who: the user. */
const who: INodeProperties[] = [
	{
		displayName: 'User ID',
		name: 'customUserId',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. player-4711',
		displayOptions: { show: forRegistrationAndLogin },
		description: "The user's ID in your app",
		routing: { send: { type: 'body', property: 'customUserId' } },
	},
	{
		displayName: 'User ID',
		name: 'customUserId',
		type: 'string',
		default: '',
		placeholder: 'e.g. player-4711',
		displayOptions: { show: forFieldsOf('customEvent', 'customRevenue') },
		description:
			"The user's ID in your app, if there is one. Without it a device identifier is needed.",
		routing: { send: { type: 'body', property: 'customUserId' } },
	},
];

/** What: the event or the payment. */
const what: INodeProperties[] = [
	{
		displayName: 'Event Name',
		name: 'customEventName',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. levelUp',
		displayOptions: { show: forEvent },
		description: 'What happened',
		routing: { send: { type: 'body', property: 'customEventName' } },
	},
	{
		displayName: 'Specify Event Parameters',
		name: 'eventParametersInput',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'As Names and Values', value: 'pairs' },
			{ name: 'As JSON or Object', value: 'json' },
		],
		default: 'pairs',
		displayOptions: { show: forEvent },
	},
	{
		displayName: 'Event Parameters',
		name: 'eventParameterPairs',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Parameter',
		default: {},
		displayOptions: { show: { ...forEvent, eventParametersInput: ['pairs'] } },
		options: pairsOf('Parameter'),
		description: 'Names and values that describe the event, each up to 255 characters',
		routing: {
			send: {
				type: 'body',
				property: 'customEventParams',
				value: PAIRS_AS_OBJECT,
			},
		},
	},
	{
		displayName: 'Event Parameters (JSON)',
		name: 'eventParametersJson',
		type: 'json',
		default: '',
		displayOptions: { show: { ...forEvent, eventParametersInput: ['json'] } },
		placeholder: 'e.g. { "level": "2" }',
		description: 'An object of names and values, each up to 255 characters',
		routing: { send: { type: 'body', property: 'customEventParams' } },
	},
	{
		displayName: 'Transaction ID',
		name: 'idTransaction',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. order-1234',
		displayOptions: { show: forRevenue },
		description: 'ID of the payment, unique in the project. myTracker removes duplicates by it.',
		routing: { send: { type: 'body', property: 'idTransaction' } },
	},
	{
		displayName: 'Total',
		name: 'total',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 1.99',
		displayOptions: { show: forRevenue },
		description: 'Amount of the payment, as a decimal number',
		routing: { send: { type: 'body', property: 'total' } },
	},
	{
		displayName: 'Currency',
		name: 'currency',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. USD',
		displayOptions: { show: forRevenue },
		description: 'ISO 4217 code of the currency: 3 letters, or its 3 digits such as 840',
		routing: { send: { type: 'body', property: 'currency' } },
	},
];

/** When. */
const when: INodeProperties[] = [
	{
		displayName: 'Event Time',
		name: 'eventTimestamp',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 2026-01-31T12:00:00Z',
		displayOptions: { show: forRevenue },
		description: 'When the payment was made: unix seconds or milliseconds, ISO 8601 text or a date',
		routing: { send: { type: 'body', property: 'eventTimestamp' } },
	},
	{
		displayName: 'Event Time',
		name: 'eventTimestamp',
		type: 'string',
		default: '',
		placeholder: 'e.g. 2026-01-31T12:00:00Z',
		displayOptions: { show: forFieldsOf('registration', 'login', 'customEvent') },
		description:
			'When it happened: unix seconds or milliseconds, ISO 8601 text or a date. Without it myTracker takes the time of arrival.',
		routing: { send: { type: 'body', property: 'eventTimestamp' } },
	},
];

const deviceIdentifiers: INodeProperties[] = [
	{
		displayName: 'Android ID',
		name: 'androidId',
		type: 'string',
		default: '',
		description: 'Android identifier, 16 characters',
		routing: { send: { type: 'body', property: 'androidId' } },
	},
	{
		displayName: 'Google Advertising ID',
		name: 'gaid',
		type: 'string',
		default: '',
		description: 'Android advertising identifier (gaid), 36 characters',
		routing: { send: { type: 'body', property: 'gaid' } },
	},
	{
		displayName: 'IDFA',
		name: 'idfa',
		type: 'string',
		default: '',
		description: 'Advertising identifier of iOS, 36 characters',
		routing: { send: { type: 'body', property: 'idfa' } },
	},
	{
		displayName: 'Instance ID',
		name: 'instanceId',
		type: 'string',
		default: '',
		description: 'S2S device identifier of a mobile app, 36 characters',
		routing: { send: { type: 'body', property: 'instanceId' } },
	},
	{
		displayName: 'iOS Vendor ID',
		name: 'iosVendorId',
		type: 'string',
		default: '',
		description: 'Vendor identifier of iOS, 36 characters',
		routing: { send: { type: 'body', property: 'iosVendorId' } },
	},
	{
		displayName: 'LVID',
		name: 'lvid',
		type: 'string',
		default: '',
		description: 'S2S device identifier of the web platform, 32 characters',
		routing: { send: { type: 'body', property: 'lvid' } },
	},
];

const optionalFields: INodeProperties[] = [
	{
		displayName: 'Ad Blocker',
		name: 'adBlocker',
		type: 'options',
		options: [
			{ name: 'Off', value: '0' },
			{ name: 'On', value: '1' },
		],
		default: '0',
		description: 'Whether an ad blocker is used, for the web platform',
		routing: { send: { type: 'body', property: 'adBlocker' } },
	},
	{
		displayName: 'Ad Tracking',
		name: 'adTrackingEnabled',
		type: 'options',
		options: [
			{ name: 'Off', value: '0' },
			{ name: 'On', value: '1' },
		],
		default: '1',
		description: 'Whether tracking is permitted, for mobile platforms',
		routing: { send: { type: 'body', property: 'adTrackingEnabled' } },
	},
	{
		displayName: 'Age',
		name: 'age',
		type: 'string',
		default: '',
		placeholder: 'e.g. 25',
		description: 'Age of the user, up to 128',
		routing: { send: { type: 'body', property: 'age' } },
	},
	{
		displayName: 'Bluetooth',
		name: 'bluetoothEnabled',
		type: 'options',
		options: [
			{ name: 'Unknown', value: '0' },
			{ name: 'On', value: '1' },
			{ name: 'Off', value: '2' },
		],
		default: '0',
		description: 'Whether Bluetooth was on',
		routing: { send: { type: 'body', property: 'bluetoothEnabled' } },
	},
	{
		displayName: 'Connection Type',
		name: 'connectionType',
		type: 'options',
		options: [
			{ name: 'Unknown', value: '0' },
			{ name: 'Mobile', value: '1' },
			{ name: 'Wi-Fi', value: '2' },
		],
		default: '0',
		description: 'How the device was connected',
		routing: { send: { type: 'body', property: 'connectionType' } },
	},
	{
		displayName: 'Gender',
		name: 'idGender',
		type: 'options',
		options: [
			{ name: 'Unknown', value: '0' },
			{ name: 'Man', value: '1' },
			{ name: 'Woman', value: '2' },
		],
		default: '0',
		description: 'Gender of the user',
		routing: { send: { type: 'body', property: 'idGender' } },
	},
	{
		displayName: 'IPv4 Address',
		name: 'ipv4',
		type: 'string',
		default: '',
		placeholder: 'e.g. 203.0.113.7',
		description: 'IPv4 address of the device',
		routing: { send: { type: 'body', property: 'ipv4' } },
	},
	{
		displayName: 'IPv6 Address',
		name: 'ipv6',
		type: 'string',
		default: '',
		placeholder: 'e.g. 2001:db8::7',
		description: 'IPv6 address of the device',
		routing: { send: { type: 'body', property: 'ipv6' } },
	},
	{
		displayName: 'User Agent',
		name: 'userAgent',
		type: 'string',
		default: '',
		placeholder: 'e.g. Mozilla/5.0',
		description: 'User agent of the browser, up to 2048 characters',
		routing: { send: { type: 'body', property: 'userAgent' } },
	},
];

/** What the editor shows and what the transport compiles. */
export const properties = inBothModes([
	...firstProperties({
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Send Custom Event',
				value: 'customEvent',
				action: 'Send a custom event',
				description: 'Report an event of your own, such as a level or a delivery',
				routing: { request: { method: 'POST', url: '/v1/customEvent/' } },
			},
			{
				name: 'Send Custom Revenue',
				value: 'customRevenue',
				action: 'Send custom revenue',
				description: 'Report a payment that myTracker does not see by itself',
				routing: { request: { method: 'POST', url: '/v1/customRevenue/' } },
			},
			{
				name: 'Send Login',
				value: 'login',
				action: 'Send a login',
				description: 'Report that a user logged in',
				routing: { request: { method: 'POST', url: '/v1/login/' } },
			},
			{
				name: 'Send Registration',
				value: 'registration',
				action: 'Send a registration',
				description: 'Report that a user registered',
				routing: { request: { method: 'POST', url: '/v1/registration/' } },
			},
		],
		default: 'customRevenue',
	}),
	...sourceProperties,
	dataModeProperty,
	app,
	...who,
	...what,
	...when,
	{
		displayName: 'Device Identifiers',
		name: 'deviceIdentifiers',
		type: 'collection',
		placeholder: 'Add identifier',
		default: {},
		displayOptions: { show: forAll },
		options: deviceIdentifiers,
	},
	additionalFields(everyOperation, optionalFields),
	...sendingProperties({
		maxEvents: MAX_EVENTS,
		hasRetryUnknown: true,
		own: [decimalSign('customRevenue')],
	}),
]);
