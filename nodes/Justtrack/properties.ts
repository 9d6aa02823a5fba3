import type { INodeProperties } from 'n8n-workflow';

import { inBothModes } from '../../transport/declaration/mappingModes';
import {
	additionalFields,
	dataModeProperty,
	decimalSign,
	firstProperties,
	forFieldsOf,
	recommended,
	sendingProperties,
	sourceProperties,
} from '../../transport/declaration/properties';

const showForFields = forFieldsOf('revenueEvent');

/** The fields of https://docs.justtrack.io, "Revenue Events": name is the wire key. */
const requiredFields: INodeProperties[] = [
	{
		displayName: 'Platform',
		name: 'platform',
		type: 'options',
		options: [
			{ name: 'Android', value: 'android' },
			{ name: 'iOS', value: 'ios' },
		],
		// eslint-disable-next-line n8n-nodes-base/node-param-default-wrong-for-options -- a preset platform would count iOS revenue as Android where nobody chose one
		default: '',
		required: true,
		displayOptions: { show: showForFields },
		description: 'The platform of the app that earned the money',
		routing: { send: { type: 'query', property: 'platform' } },
	},
	{
		displayName: 'Package ID',
		name: 'packageid',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. com.my.app',
		displayOptions: { show: showForFields },
		description: 'Package ID (Android) or bundle ID (iOS) of the app',
		routing: { send: { type: 'query', property: 'packageid' } },
	},
	{
		displayName: 'Transaction ID',
		name: 'transactionid',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 5f0c9a7e-42',
		displayOptions: { show: showForFields },
		description:
			'A unique ID of this event, by which justtrack can deduplicate: the same event must always have the same ID',
		routing: { send: { type: 'query', property: 'transactionid' } },
	},
	{
		displayName: 'User ID',
		name: 'userid',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. player-4711',
		displayOptions: { show: showForFields },
		description:
			'The justtrack user ID, or the custom user ID that your app gave to the justtrack SDK',
		routing: { send: { type: 'query', property: 'userid' } },
	},
	{
		displayName: 'Value',
		name: 'value',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 1.98',
		displayOptions: { show: showForFields },
		description:
			'Revenue in US dollars, as a decimal number. There is no currency field: convert other currencies first.',
		routing: { send: { type: 'query', property: 'value' } },
	},
];

/** What the vendor's table calls recommended. */
const recommendedFields: INodeProperties[] = [
	recommended({
		displayName: 'Network',
		name: 'monetizationnetwork',
		type: 'string',
		default: '',
		placeholder: 'e.g. AdMob',
		displayOptions: { show: showForFields },
		description: 'Network that filled the ad impression',
		routing: { send: { type: 'query', property: 'monetizationnetwork' } },
	}),
	recommended({
		displayName: 'Provider',
		name: 'monetizationprovider',
		type: 'string',
		default: '',
		placeholder: 'e.g. MAX',
		displayOptions: { show: showForFields },
		description: 'Reporting provider',
		routing: { send: { type: 'query', property: 'monetizationprovider' } },
	}),
];

const optionalFields: INodeProperties[] = [
	{
		displayName: 'App Bundle ID',
		name: 'monetizationbundleid',
		type: 'string',
		default: '',
		placeholder: 'e.g. com.advertised.app',
		description: 'Bundle ID or package name of the app that was advertised',
		routing: { send: { type: 'query', property: 'monetizationbundleid' } },
	},
	{
		displayName: 'Happened At',
		name: 'happenedat',
		type: 'string',
		default: '',
		placeholder: 'e.g. 2026-01-31T12:00:00Z',
		description:
			'When the event happened: ISO 8601 text, extended or basic, which is sent as it is, or a date, unix seconds or milliseconds, which are sent in UTC',
		routing: { send: { type: 'query', property: 'happenedat' } },
	},
	{
		displayName: 'Instance Name',
		name: 'monetizationinstancename',
		type: 'string',
		default: '',
		placeholder: 'e.g. Default',
		description: 'The position in the waterfall that received the impression',
		routing: { send: { type: 'query', property: 'monetizationinstancename' } },
	},
	{
		displayName: 'Placement',
		name: 'monetizationplacement',
		type: 'string',
		default: '',
		placeholder: 'e.g. level_end',
		description: 'Name of the placement within the app',
		routing: { send: { type: 'query', property: 'monetizationplacement' } },
	},
	{
		displayName: 'Segment',
		name: 'monetizationsegment',
		type: 'string',
		default: '',
		placeholder: 'e.g. payers',
		description: 'Identifier of the audience group, where ads are limited to groups',
		routing: { send: { type: 'query', property: 'monetizationsegment' } },
	},
	{
		displayName: 'Test Group',
		name: 'monetizationtestgroup',
		type: 'string',
		default: '',
		placeholder: 'e.g. B',
		description: 'Identifier of the test group, where users are split for testing',
		routing: { send: { type: 'query', property: 'monetizationtestgroup' } },
	},
	{
		displayName: 'Type',
		name: 'monetizationtype',
		type: 'string',
		default: '',
		placeholder: 'e.g. rewarded',
		description: 'Type of the ad that was shown',
		routing: { send: { type: 'query', property: 'monetizationtype' } },
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
				name: 'Send Revenue Event',
				value: 'revenueEvent',
				action: 'Send a revenue event',
				description: 'Report the revenue of an ad impression',
				routing: { request: { method: 'GET', url: '/monetization/v0/jt' } },
			},
		],
		default: 'revenueEvent',
	}),
	...sourceProperties,
	dataModeProperty,
	...requiredFields,
	...recommendedFields,
	additionalFields(['revenueEvent'], optionalFields),
	...sendingProperties({ own: [decimalSign()] }),
]);
