import type { INodeProperties } from 'n8n-workflow';

import { inBothModes } from '../../transport/declaration/mappingModes';
import {
	additionalFields,
	dataModeProperty,
	forFieldsOf,
	queryField,
} from '../../transport/declaration/properties';
import { singular } from '../../nodes/Singular/provider';

const send = (value: string) => ({
	name: value,
	value,
	routing: { request: { method: 'GET' as const, url: '/' } },
});

const operation: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	options: [send('click'), send('sale'), { name: 'Summarize', value: 'summarize' }],
	default: 'click',
};

const show = forFieldsOf('sale');
const required = queryField('App ID', 'appId', 'app', {
	required: true,
	displayOptions: { show: { ...show, from: ['field'] } },
});
const choice = queryField('Platform', 'platform', 'p', {
	type: 'options',
	options: [{ name: 'iOS', value: 'ios' }],
	displayOptions: { show },
});
const from: INodeProperties = {
	displayName: 'From',
	name: 'from',
	type: 'options',
	options: [{ name: 'Field', value: 'field' }],
	default: 'field',
};
const plain = queryField('Country', 'country', 'country');

const properties = inBothModes([operation, dataModeProperty, plain, choice, from, required]);
const named = (wanted: string) => properties.filter(({ name }) => name === wanted);

it('marks a required field as such only where people map by hand, under the conditions it has', () => {
	expect(named('appId')).toEqual([
		{
			...required,
			displayOptions: { show: { ...show, from: ['field'], dataMode: ['defineBelow'] } },
		},
		{
			...queryField('App ID', 'appId', 'app'),
			displayOptions: { show: { ...show, from: ['field'], dataMode: ['autoMapInputData'] } },
		},
	]);
});

it('lets a choice that nobody has made say that its column decides, in automatic mapping alone', () => {
	expect(named('platform').map(({ options, default: preset }) => [options, preset])).toEqual([
		[[{ name: 'iOS', value: 'ios' }], ''],
		[
			[
				{ name: 'From Its Column', value: '' },
				{ name: 'iOS', value: 'ios' },
			],
			'',
		],
	]);
});

it('keeps the editor from marking a choice whose column spells it in another case', () => {
	const inCollection = inBothModes([
		operation,
		dataModeProperty,
		additionalFields(['sale'], [choice, plain]),
	]).find(({ name }) => name === 'additionalFields');
	const choices = [...named('platform'), ...((inCollection?.options ?? []) as INodeProperties[])];
	expect(choices.map(({ name, allowArbitraryValues }) => [name, allowArbitraryValues])).toEqual([
		['platform', true],
		['platform', true],
		['country', undefined],
		['platform', true],
	]);
	// nothing of an event: what stands there is read as it is
	expect(named('from')[0]?.allowArbitraryValues).toBeUndefined();
});

it('leaves all else as it is, and in its order', () => {
	expect(named('country')).toEqual([plain]);
	expect(named('from')).toEqual([from]);
	expect([...new Set(properties.map(({ name }) => name))]).toEqual([
		...['operation', 'dataMode', 'columnsNotice', 'country', 'platform', 'from', 'appId'],
	]);
});

it('tells the columns of each operation that sends, beneath the Mapping Mode', () => {
	const head = 'Takes the columns with these names, whatever their case and separators:<ul>';
	const tail = '</ul>A field that is filled in below wins over its column.';
	expect(named('columnsNotice')).toMatchObject([
		{
			displayName: `${head}<li>Columns: Country.</li>${tail}`,
			type: 'notice',
			displayOptions: { show: { operation: ['click'], dataMode: ['autoMapInputData'] } },
		},
		{
			displayName: `${head}<li>Required: App ID (app).</li><li>Others: Country, Platform (p).</li>${tail}`,
			displayOptions: { show: { operation: ['sale'], dataMode: ['autoMapInputData'] } },
		},
	]);
});

it('tells as required what is so as long as nobody chooses otherwise', () => {
	const { displayName: text = '' } =
		singular.properties.find(
			({ name, displayOptions }) =>
				name === 'columnsNotice' && displayOptions?.show?.operation?.includes('adRevenue'),
		) ?? {};
	expect(text.split(/<\/?li>/)[1]).toBe(
		'Required: Platform (p), App Identifier (i), OS Version (ve), IP Address (ip), Amount (amt), Currency (cur), Ad Platform.',
	);
});
