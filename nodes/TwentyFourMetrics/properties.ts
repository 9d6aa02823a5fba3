import type { INodeProperties } from 'n8n-workflow';

import { inBothModes } from '../../transport/declaration/mappingModes';
import {
	additionalFields,
	additionalParameters,
	dataModeProperty,
	decimalSign,
	firstProperties,
	forFieldsOf,
	queryField as field,
	optionWithEvents,
	sendingProperties,
	shownFor,
	sourceProperties,
} from '../../transport/declaration/properties';

const timeForms =
	'YYYY-MM-DD hh:mm:ss, ISO 8601 text, a date or unix seconds. A time with a zone is converted into the Timezone of the options.';

const advertiser = field('Advertiser', 'advertiser', 'advertiser', {
	placeholder: 'e.g. 12',
	description: 'ID or name of the advertiser in your tracker',
});
const publisher = field('Publisher', 'publisher', 'publisher', {
	placeholder: 'e.g. 4711',
	description: 'ID or name of the publisher, also called affiliate, in your tracker',
});
const offer = field('Offer', 'offer', 'offer', {
	placeholder: 'e.g. 815',
	description: 'ID or name of the offer in your tracker',
});
const externalTransactionId = field(
	'External Transaction ID',
	'externalTransactionId',
	'external_transaction_id',
	{
		placeholder: 'e.g. click-1234',
		description: "The publisher's click ID, by which your tracker knows the event",
	},
);

const transactionId = field('Transaction ID', 'transactionId', 'transaction_id', {
	placeholder: 'e.g. {{ $json.transaction_id }}',
	description:
		'The transaction_id that 24metrics answered to the click of this conversion, which ties the two together',
});

const forClick = forFieldsOf('click');
const forConversion = forFieldsOf('conversion');
const forImpression = forFieldsOf('impression');

const clickTime = (description: string) =>
	field('Click Time', 'clickTime', 'click_time', {
		placeholder: 'e.g. 2026-01-31 12:00:00',
		description: `${description}: ${timeForms}`,
	});
const ip = (displayName: string, name: string, property: string) =>
	field(displayName, name, property, {
		placeholder: 'e.g. 203.0.113.7',
		description: 'IP address of the user, IPv4 or IPv6',
	});

const browserLanguages = field('Browser Languages', 'browserLanguages', 'browser_languages', {
	placeholder: 'e.g. de-DE,de;q=0.9',
	description: 'The Accept-Language header of the user',
});
const deviceId = field('Device ID', 'deviceId', 'device_id', {
	description: 'Advertising identifier of the device',
});
const payout = field('Payout', 'payout', 'payout', {
	placeholder: 'e.g. 1.20',
	description: 'What the publisher gets, as a decimal number',
});
const referer = field('Referer', 'referer', 'referer', {
	description: 'The page that the user came from',
});
const revenue = field('Revenue', 'revenue', 'revenue', {
	placeholder: 'e.g. 1.98',
	description: 'What the advertiser pays, as a decimal number',
});
const subId = field('Sub ID', 'subId', 'sub_id', {
	description: 'ID of the sub-publisher or placement',
});
const userAgent = field('User Agent', 'userAgent', 'user_agent', {
	placeholder: 'e.g. Mozilla/5.0',
	description: 'User agent of the browser',
});

const ownOptions: INodeProperties[] = [
	decimalSign(),
	{
		displayName: 'Timezone',
		name: 'timezone',
		type: 'string',
		default: 'UTC',
		placeholder: 'e.g. Europe/Berlin',
		displayOptions: optionWithEvents,
		description:
			'IANA name of the time zone that your 24metrics account uses. Times that name a zone of their own are converted into it.',
	},
	{
		displayName: 'Treat Rejected as Error',
		name: 'treatRejectedAsError',
		type: 'boolean',
		default: false,
		description:
			'Whether an event that 24metrics has taken and found fraudulent leaves as an error instead of a delivered item with the verdict "rejected"',
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
				name: 'Send Click',
				value: 'click',
				action: 'Send a click',
				description: 'Have a click checked',
				// without no_redirect the answer is a redirect to the offer
				routing: { request: { method: 'GET', url: '/', qs: { no_redirect: 'true' } } },
			},
			{
				name: 'Send Conversion',
				value: 'conversion',
				action: 'Send a conversion',
				description: 'Have a conversion checked',
				routing: { request: { method: 'GET', url: '/' } },
			},
			{
				name: 'Send Impression',
				value: 'impression',
				action: 'Send an impression',
				description: 'Have an impression checked',
				routing: { request: { method: 'GET', url: '/' } },
			},
		],
		default: 'conversion',
	}),
	...sourceProperties,
	dataModeProperty,
	...shownFor(forConversion, {
		...externalTransactionId,
		description: `${externalTransactionId.description ?? ''}. A conversion needs it, or the transaction ID, offer, publisher or an Additional Parameter.`,
	}),
	...shownFor(forConversion, transactionId),
	...shownFor(forClick, {
		...offer,
		description: `${offer.description ?? ''}. A click needs it, or the publisher or an Additional Parameter.`,
	}),
	...shownFor(forConversion, offer),
	...shownFor(forImpression, {
		...offer,
		description: `${offer.description ?? ''}. An impression needs it, or the publisher or an Additional Parameter.`,
	}),
	...shownFor(forFieldsOf('click', 'conversion', 'impression'), publisher, advertiser),
	...shownFor(
		forClick,
		clickTime('When the click happened'),
		ip('Click IP', 'clickIp', 'click_ip'),
	),
	...shownFor(
		forConversion,
		field('Conversion Time', 'conversionTime', 'conversion_time', {
			placeholder: 'e.g. 2026-01-31 12:00:00',
			description: `When the conversion happened: ${timeForms}`,
		}),
		ip('Conversion IP', 'conversionIp', 'conversion_ip'),
	),
	...shownFor(
		forImpression,
		field('Impression Time', 'impressionTime', 'impression_time', {
			placeholder: 'e.g. 2026-01-31 12:00:00',
			description: `When the impression happened: ${timeForms}`,
		}),
		ip('Impression IP', 'impressionIp', 'impression_ip'),
	),
	additionalFields(
		['click'],
		[
			browserLanguages,
			deviceId,
			externalTransactionId,
			field('Fields', 'fields', 'fields', {
				description:
					'Which fields of the result the answer is to hold, as the API of 24metrics names them',
			}),
			field('JavaScript Check Data', 'jsCheckData', 'js_check_data', {
				description: "What 24metrics' script found out in the browser",
			}),
			payout,
			referer,
			revenue,
			subId,
			...[2, 3, 4, 5, 6].map((number) =>
				field(`Sub ID ${String(number)}`, `subId${String(number)}`, `sub_id${String(number)}`, {
					description: `A further ID of the source, number ${String(number)}`,
				}),
			),
			userAgent,
		],
	),
	additionalFields(
		['conversion'],
		[
			browserLanguages,
			clickTime('When the click before it happened'),
			deviceId,
			payout,
			field('Purchase Value', 'purchaseValue', 'purchase_value', {
				placeholder: 'e.g. 49.90',
				description: 'What the user paid, as a decimal number',
			}),
			referer,
			revenue,
			field('Session Time', 'sessionTime', 'session_time', {
				placeholder: 'e.g. 95',
				description: 'How long the session took, in seconds, whole or not',
			}),
			subId,
			field(
				'Third Party Rejected Reason',
				'thirdPartyRejectedReason',
				'third_party_rejected_reason',
				{
					description: 'Why another party rejected the conversion',
				},
			),
			field('Third Party Status', 'thirdPartyStatus', 'third_party_status', {
				description: 'What another party says of the conversion',
			}),
			userAgent,
		],
	),
	additionalFields(
		['impression'],
		[
			deviceId,
			externalTransactionId,
			payout,
			revenue,
			field('Site URL', 'siteUrl', 'site_url', { description: 'The page that showed the ad' }),
			subId,
			userAgent,
		],
	),
	additionalParameters(
		'Parameters that you have mapped in the 24metrics dashboard under names of your own. Names of fields are refused, in whatever spelling.',
	),
	...sendingProperties({ hasRetryUnknown: true, own: ownOptions }),
]);
