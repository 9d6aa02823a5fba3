import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { justtrack } from '../../nodes/Justtrack/provider';
import { myTracker } from '../../nodes/MyTracker/provider';
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

/** A list of names and values, which n8n makes an object of by the given `value`. */
const pairs = (send: { value?: string }): INodeProperties =>
	field({
		displayName: 'Pairs',
		name: 'pairs',
		type: 'fixedCollection',
		options: [{ displayName: 'Pair', name: 'pair', values: [field({ routing: undefined })] }],
		routing: { send: { type: 'body', property: 'params', ...send } },
	});

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

describe.each(['registration', 'login', 'customEvent', 'customRevenue'])(
	'myTracker: %s',
	(name) => {
		let declaration: Declaration;
		beforeAll(() => {
			declaration = compile(myTracker, name);
		});

		it('is one POST to the documented path, many to that of its twin', () => {
			expect(declaration).toMatchObject({ method: 'POST', path: `/v1/${name}/` });
			expect(myTracker.operations[name]?.batch?.path).toBe(`/v1/${name}Batch/`);
		});

		it('has the app in the query and everything else in the body', () => {
			const inQuery = declaration.fields.filter(({ place }) => place === 'query');
			expect(inQuery.map(({ key }) => key)).toEqual(['idApp']);
		});

		it('has a rule for every field, and a field for every rule', () => {
			const keys = new Set(declaration.fields.map(({ key }) => key));
			expect([...keys].sort()).toEqual(
				Object.keys(myTracker.operations[name]?.schema.shape ?? {}).sort(),
			);
		});

		it('takes all but the app from columns, where they are mapped automatically', () => {
			const asked = declaration.fields.filter(({ isAutomatic }) => !isAutomatic);
			expect(asked.map(({ key }) => key)).toEqual(['idApp']);
		});
	},
);

describe('a field', () => {
	it('is read with key, label, place and parameter', () => {
		expect(compileFields([field()]).fields).toEqual([
			{ key: 'app_id', label: 'App ID', place: 'query', parameter: 'appId', isAutomatic: false },
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
				isAutomatic: false,
			},
		]);
	});

	it('that is shown in a mapping mode is automatic, every other a parameter in every mode', () => {
		const shown = (name: string, show?: IDisplayOptions['show']) =>
			field({ name, displayOptions: show && { show } });
		const { fields } = compileFields([
			shown('always'),
			shown('ofOperation', { operation: ['send'] }),
			shown('byHand', { dataMode: ['defineBelow'] }),
			shown('both', { operation: ['send'], dataMode: ['defineBelow'] }),
		]);
		expect(fields.map(({ parameter, isAutomatic }) => [parameter, isAutomatic])).toEqual([
			['always', false],
			['ofOperation', false],
			['byHand', true],
			['both', true],
		]);
	});

	it.each([true, false])(
		'in a collection is automatic where the collection is: %p',
		(automatic) => {
			const collection = field({
				name: 'more',
				type: 'collection',
				routing: undefined,
				displayOptions: automatic ? { show: { dataMode: ['defineBelow'] } } : undefined,
				options: [field(), field({ name: 'note' })],
			});
			const { fields } = compileFields([collection]);
			expect(fields.map(({ isAutomatic }) => isAutomatic)).toEqual([automatic, automatic]);
		},
	);

	it('of pairs is one field with the key of the whole list', () => {
		expect(compileFields([pairs({ value: '={{ $value.pair }}' })]).fields).toEqual([
			{
				key: 'params',
				label: 'Pairs',
				place: 'body',
				parameter: 'pairs',
				collection: undefined,
				isAutomatic: false,
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
		['pairs without a value', [pairs({})]],
		[
			'a fixed collection without routing',
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
