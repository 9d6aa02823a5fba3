import type { INodeProperties } from 'n8n-workflow';

import { inBothModes } from '../../transport/declaration/mappingModes';
import {
	dataModeProperty,
	decimalSign,
	firstProperties,
	forFieldsOf,
	optionWithEvents,
	sendingProperties,
	sourceProperties,
} from '../../transport/declaration/properties';

/** The click's id is a part of the path. */
const url = '=/api/v1/cpa/action/{{ $parameter["click_id"] }}';

const roundToCents: INodeProperties = {
	displayName: 'Round to Cents',
	name: 'roundToCents',
	type: 'boolean',
	default: false,
	displayOptions: optionWithEvents,
	description:
		'Whether to round the value of a conversion to two decimals, half a cent up. Otherwise a third decimal that is not zero is invalid.',
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
				name: 'Send Conversion',
				value: 'conversion',
				action: 'Send a conversion',
				description: 'Report that a click was successful, with or without its payout',
				routing: { request: { method: 'GET', url } },
			},
			{
				name: 'Send Lead',
				value: 'lead',
				action: 'Send a lead',
				description: 'Report one of several leads of a click, each with a price of its own',
				routing: { request: { method: 'GET', url } },
			},
		],
		default: 'conversion',
	}),
	...sourceProperties,
	dataModeProperty,
	{
		displayName: 'Click ID',
		name: 'click_id',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. c86b8a88b91228911e723b93c65a5900bb49bc99',
		displayOptions: { show: forFieldsOf('conversion', 'lead') },
		description:
			'The ID that RUNative put in place of {click_id} in the address of your landing page: 40 characters of 0-9 and a-f',
	},
	{
		displayName: 'Value',
		name: 'value',
		type: 'string',
		default: '',
		placeholder: 'e.g. 2.10',
		displayOptions: { show: forFieldsOf('conversion') },
		description: 'Payout, from 0.01 to 200.0. It goes out with two decimals: 5 as 5.00.',
		routing: { send: { type: 'query', property: 'value' } },
	},
	{
		displayName: 'Value',
		name: 'value',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 2.1',
		displayOptions: { show: forFieldsOf('lead') },
		description: 'Price of the lead, from 0.01 to 200.0. It goes out as given.',
		routing: { send: { type: 'query', property: 'value' } },
	},
	{
		displayName: 'Lead Code',
		name: 'leadCode',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. abcd1234567890',
		displayOptions: { show: forFieldsOf('lead') },
		description: 'A code of your own, another one for each lead',
		routing: { send: { type: 'query', property: 'lead_code' } },
	},
	...sendingProperties({ hasRetryUnknown: true, own: [decimalSign(), roundToCents] }),
]);
