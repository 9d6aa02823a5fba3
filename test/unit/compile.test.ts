import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { justtrack } from '../../nodes/Justtrack/provider';
import { compile, type Declaration } from '../../transport/compile';

type Routing = INodeProperties['routing'];

const field = (more: Partial<INodeProperties> = {}): INodeProperties => ({
	displayName: 'App ID',
	name: 'appId',
	type: 'string',
	default: '',
	routing: { send: { type: 'query', property: 'app_id' } },
	...more,
});

const routed = (routing: Routing) => [field({ routing })];

const operation = (option: Partial<INodePropertyOptions> = {}): INodeProperties => ({
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	options: [
		{ name: 'Other', value: 'other', routing: { request: { method: 'PUT', url: '/other' } } },
		{
			name: 'Send',
			value: 'send',
			routing: { request: { method: 'POST', url: '/send' } },
			...option,
		},
	],
	default: 'send',
});

const compileFields = (fields: INodeProperties[], option?: Partial<INodePropertyOptions>) =>
	compile({ ...justtrack, properties: [operation(option), ...fields] }, 'send');

describe('justtrack', () => {
	let declaration: Declaration;
	beforeAll(() => {
		declaration = compile(justtrack, 'revenueEvent');
	});

	it('is one GET to the documented path', () => {
		expect(declaration).toMatchObject({ method: 'GET', path: '/monetization/v0/jt' });
	});

	it('has the documented wire keys, each in the query', () => {
		expect(declaration.fields.map(({ key }) => key).sort()).toEqual([
			'happenedat',
			'monetizationbundleid',
			'monetizationinstancename',
			'monetizationnetwork',
			'monetizationplacement',
			'monetizationprovider',
			'monetizationsegment',
			'monetizationtestgroup',
			'monetizationtype',
			'packageid',
			'platform',
			'transactionid',
			'userid',
			'value',
		]);
		expect(new Set(declaration.fields.map(({ place }) => place))).toEqual(new Set(['query']));
	});

	it('has a rule for every field, and a field for every rule', () => {
		expect(declaration.fields.map(({ key }) => key).sort()).toEqual(
			Object.keys(justtrack.operations.revenueEvent?.schema.shape ?? {}).sort(),
		);
	});

	it('has the required fields at the top and the others in their collection', () => {
		const top = declaration.fields.filter(({ collection }) => collection === undefined);
		expect(top.map(({ key }) => key)).toEqual([
			'platform',
			'packageid',
			'transactionid',
			'userid',
			'value',
		]);
		const others = declaration.fields.filter((other) => !top.includes(other));
		expect(new Set(others.map(({ collection }) => collection))).toEqual(
			new Set(['additionalFields']),
		);
	});
});

describe('a field', () => {
	it('is read with key, label, place and parameter', () => {
		expect(compileFields([field()]).fields).toEqual([
			{ key: 'app_id', label: 'App ID', place: 'query', parameter: 'appId' },
		]);
	});

	it('of the body travels there', () => {
		const fields = routed({ send: { type: 'body', property: 'app_id' } });
		expect(compileFields(fields).fields[0]?.place).toBe('body');
	});

	it('without a place travels in the query, as n8n has it', () => {
		expect(compileFields(routed({ send: { property: 'app_id' } })).fields[0]?.place).toBe('query');
	});

	it('in a collection names it', () => {
		const collection = field({
			displayName: 'More',
			name: 'more',
			type: 'collection',
			routing: undefined,
			options: [field(), field({ name: 'note', routing: undefined })],
		});
		expect(compileFields([collection]).fields).toEqual([
			{
				key: 'app_id',
				label: 'App ID',
				place: 'query',
				parameter: 'appId',
				collection: 'more',
			},
		]);
	});

	it('without routing is not sent', () => {
		expect(compileFields(routed(undefined)).fields).toEqual([]);
	});

	it('belongs to the operations that show it, or to all', () => {
		const shown = (name: string, operations?: string[]) =>
			field({ name, displayOptions: operations && { show: { operation: operations } } });
		const { fields } = compileFields([
			shown('all'),
			shown('ours', ['send']),
			shown('both', ['other', 'send']),
			shown('theirs', ['other']),
		]);
		expect(fields.map(({ parameter }) => parameter)).toEqual(['all', 'ours', 'both']);
	});
});

describe('an operation', () => {
	it('is found by its value', () => {
		expect(compileFields([])).toEqual({ method: 'POST', path: '/send', fields: [] });
	});

	it.each<[string, INodePropertyOptions['routing']]>([
		['no routing', undefined],
		['no request', {}],
		['no method', { request: { url: '/send' } }],
		['no url', { request: { method: 'POST' } }],
	])('with %s is refused', (_, routing) => {
		expect(() => compileFields([], { routing })).toThrow(
			'justtrack: the operation send declares no method and url',
		);
	});

	it('that is not declared is refused', () => {
		expect(() => compile(justtrack, 'refund')).toThrow(
			'justtrack: the operation refund declares no method and url',
		);
	});
});

describe('a form that the transport does not know is refused, not passed over', () => {
	it.each<[string, INodeProperties[]]>([
		['no property', routed({ send: { type: 'query' } })],
		['a value', routed({ send: { type: 'query', property: 'a', value: '={{ $value }}' } })],
		['a path of keys', routed({ send: { type: 'body', property: 'a.b' } })],
		[
			'a function before sending',
			routed({
				send: {
					type: 'query',
					property: 'a',
					preSend: [async (request) => await Promise.resolve(request)],
				},
			}),
		],
		['paging', routed({ send: { type: 'query', property: 'a', paginate: true } })],
		['a request by a field', routed({ request: { headers: { 'x-app': '={{ $value }}' } } })],
		[
			'a fixed collection',
			[
				field({
					type: 'fixedCollection',
					routing: undefined,
					options: [{ displayName: 'Pair', name: 'pair', values: [field()] }],
				}),
			],
		],
		[
			'a collection with routing of its own',
			[
				field({
					type: 'collection',
					options: [],
					routing: { send: { type: 'body', property: 'all' } },
				}),
			],
		],
	])('in a field: %s', (_, fields) => {
		expect(() => compileFields(fields)).toThrow();
	});

	it.each<[string, INodePropertyOptions['routing']]>([
		['an expression as url', { request: { method: 'POST', url: '=/send/{{ $parameter.appId }}' } }],
		['an expression as method', { request: { method: '={{ $value }}' as 'GET', url: '/send' } }],
		['query', { request: { method: 'POST', url: '/send', qs: { v: '1' } } }],
		['headers', { request: { method: 'POST', url: '/send', headers: { 'x-v': '1' } } }],
		['a body', { request: { method: 'POST', url: '/send', body: { v: 1 } } }],
		[
			'a key to send',
			{
				request: { method: 'POST', url: '/send' },
				send: { type: 'query', property: 'kind', value: 'send' },
			},
		],
	])('in an operation: %s', (_, routing) => {
		expect(() => compileFields([], { routing })).toThrow();
	});
});
