import type { PathPart } from '../../transport/model/declaration';
import { createSchema } from '../../transport/input/schema';
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { justtrack } from '../../nodes/Justtrack/provider';
import { myTracker } from '../../nodes/MyTracker/provider';
import { runative } from '../../nodes/Runative/provider';
import { singular } from '../../nodes/Singular/provider';
import { twentyFourMetrics } from '../../nodes/TwentyFourMetrics/provider';
import {
	columnNamesOf,
	hasColumn,
	targetOf,
	wireNameOf,
} from '../../transport/declaration/columnNames';
import { compile } from '../../transport/declaration/compile';
import type { Declaration } from '../../transport/model/declaration';
import type { Provider } from '../../transport/model/provider';
import { objectsAsJson } from '../../transport/declaration/vocabulary';
import type { ZodType } from '../../transport/vendor/zod';

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

/** A list of names and values, of which each is a parameter of its own. */
const namedPairs = (
	send: Routing = { send: { type: 'query', property: '={{ $parent.name }}' } },
	more: readonly INodeProperties[] = [],
): INodeProperties =>
	field({
		displayName: 'Pairs',
		name: 'pairs',
		type: 'fixedCollection',
		options: [
			{
				displayName: 'Pair',
				name: 'pair',
				values: [
					field({ name: 'name', routing: undefined }),
					field({ name: 'value', routing: send }),
					...more,
				],
			},
		],
		routing: undefined,
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

const providers: readonly Provider[] = [
	justtrack,
	myTracker,
	singular,
	twentyFourMetrics,
	runative,
];

it('every operation of every provider is declared, and has a schema', () => {
	const declared = providers.map(({ name, properties }) => {
		const { options = [] } = properties.find((property) => property.name === 'operation') ?? {};
		// those of the queue send no request of their own
		const sending = options.filter((option) => 'routing' in option);
		return [name, sending.map((option) => 'value' in option && option.value).sort()];
	});
	expect(Object.fromEntries(declared)).toEqual({
		justtrack: ['revenueEvent'],
		myTracker: ['customEvent', 'customRevenue', 'login', 'registration'],
		singular: ['adRevenue', 'event', 'revenueEvent', 'session'],
		twentyFourMetrics: ['click', 'conversion', 'impression'],
		runative: ['conversion', 'lead'],
	});
	const withSchema = providers.map(({ name, operations }) => [
		name,
		Object.keys(operations).sort(),
	]);
	expect(withSchema).toEqual(declared);
});

/** No rule accepts a function. */
const unfit = () => undefined;

/** The keys that complain of an input; a schema may be refined and changed, and hide its shape. */
function complaining(schema: ZodType, input: object): string[] {
	const { issues = [] } = schema.safeParse(input).error ?? {};
	return [...new Set(issues.map(({ path }) => path.map(String).join('.')))].sort();
}

/** An input that has an unfit value under every key that it is asked for. */
const allUnfit = new Proxy({}, { get: () => unfit, has: () => true });

describe.each(
	providers.flatMap((provider) =>
		Object.entries(provider.operations).map(([operationName, operation]) => {
			const { fields } = compile(provider, operationName);
			return {
				name: provider.name,
				provider,
				operationName,
				schema: createSchema(operation, fields),
				fields,
			};
		}),
	),
)('$name $operationName', ({ provider, operationName, schema, fields }) => {
	it('has a rule for every field, and a field for every rule', () => {
		const keys = [...new Set(fields.map(({ key }) => key))].sort();
		const event = Object.fromEntries(keys.map((key) => [key, unfit]));
		expect(complaining(schema, event)).toEqual(keys);
		expect(complaining(schema, allUnfit)).toEqual(keys);
	});

	it('has a rule for every member of an object, and a field for every such rule', () => {
		const members = fields.filter(({ member }) => member !== undefined);
		for (const [key, ofObject] of Map.groupBy(members, (field) => field.key)) {
			const names = ofObject.map(({ member = '' }) => member).sort();
			const object = Object.fromEntries(names.map((name) => [name, unfit]));
			const complaints = complaining(schema, { [key]: object });
			expect(complaints.filter((path) => path.startsWith(`${key}.`))).toEqual(
				names.map((name) => `${key}.${name}`),
			);
			const { issues = [] } = schema.safeParse({ [key]: unfit }).error ?? {};
			const ofKey = issues.find(({ path }) => path.join('.') === key);
			// the rule of the object tells all the names that it knows
			expect(ofKey?.message.split(' the names ')[1]?.split(', ').sort()).toEqual(names);
		}
	});

	it('gives no name of a column to two fields', () => {
		const columns = fields
			.filter(hasColumn)
			.flatMap((field) => columnNamesOf(field).map((name) => ({ name, target: targetOf(field) })));
		for (const [name, sameName] of Map.groupBy(columns, (column) => column.name)) {
			const targets = new Set(sameName.map(({ target }) => target));
			expect({ name, targets: targets.size }).toEqual({ name, targets: 1 });
		}
	});

	it('has no field that fills itself in: in automatic mapping it would win over its column', () => {
		const parameters = new Set(
			fields.flatMap(({ collection, parameter }) => (collection === undefined ? parameter : [])),
		);
		const preset = provider.properties
			// what stands for a choice that the user has made is hidden
			.filter((property) => parameters.has(property.name) && property.type !== 'hidden')
			.filter(
				(property) => !['', '{}'].includes(JSON.stringify(property.default).replaceAll('"', '')),
			);
		expect(preset.map((property) => property.name)).toEqual([]);
	});

	it('shows every field in both mapping modes, so that none loses its value', () => {
		const shownIn = (mode: string) =>
			provider.properties
				.filter(({ displayOptions: { show = {} } = {} }) => {
					const { operation: operations = [operationName], dataMode: modes = [mode] } = show;
					return [operations, modes].every((values, index) =>
						(values as unknown[]).includes([operationName, mode][index]),
					);
				})
				.map((property) => property.name)
				.filter((name) => name !== 'columnsNotice');
		expect(shownIn('autoMapInputData')).toEqual(shownIn('defineBelow'));
		for (const { collection, parameter } of fields) {
			expect(shownIn('autoMapInputData')).toContain(collection ?? parameter);
		}
	});

	it('offers choices as text, as a table has them', () => {
		const choices = [
			...provider.properties,
			...provider.properties.flatMap(({ options = [] }) =>
				options.filter((option): option is INodeProperties => 'type' in option),
			),
		].filter(({ type, routing }) => type === 'options' && routing !== undefined);
		const values = choices.flatMap(({ options = [] }) =>
			options.map((option) => ('value' in option ? option.value : undefined)),
		);
		expect(values.filter((value) => typeof value !== 'string')).toEqual([]);
	});

	it('marks what it recommends, among the fields', () => {
		const { recommended = [] } = provider.operations[operationName] ?? {};
		for (const key of recommended) {
			const field = fields.find((one) => one.key === key);
			expect({ key, collection: field?.collection }).toEqual({ key, collection: undefined });
			const [property] = provider.properties.filter(({ name }) => name === field?.parameter);
			expect(property?.hint).toBe('Recommended');
		}
	});

	it('tells in automatic mapping each column that it takes, required ones first', () => {
		const notices = provider.properties.filter(
			({ type, displayOptions }) =>
				type === 'notice' && displayOptions?.show?.operation?.includes(operationName),
		);
		expect(notices).toHaveLength(1);
		expect(notices[0]?.displayOptions?.show?.dataMode).toEqual(['autoMapInputData']);
		const text = notices[0]?.displayName ?? '';
		const places = fields.filter(hasColumn).map((field) => ({
			isRequired: field.isRequired,
			at: Math.max(text.indexOf(`(${wireNameOf(field)})`), text.indexOf(field.label)),
		}));
		expect(places.filter(({ at }) => at < 0)).toEqual([]);
		const required = places.filter(({ isRequired }) => isRequired).map(({ at }) => at);
		const others = text.indexOf('<li>Others:');
		expect(Math.max(0, ...required)).toBeLessThan(others < 0 ? Infinity : others);
	});
});

describe('justtrack', () => {
	let declaration: Declaration;
	beforeAll(() => {
		declaration = compile(justtrack, 'revenueEvent');
	});

	it('is one GET to the documented path', () => {
		expect(declaration).toMatchObject({ method: 'GET', path: [{ text: '/monetization/v0/jt' }] });
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

	it('has the required and the recommended fields at the top and the others in their collection', () => {
		const top = declaration.fields.filter(({ collection }) => collection === undefined);
		expect(top.map(({ key }) => key)).toEqual([
			'platform',
			'packageid',
			'transactionid',
			'userid',
			'value',
			'monetizationnetwork',
			'monetizationprovider',
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
			expect(declaration).toMatchObject({ method: 'POST', path: [{ text: `/v1/${name}/` }] });
			expect(myTracker.operations[name]?.batch?.path).toBe(`/v1/${name}Batch/`);
		});

		it('has the app in the query and everything else in the body', () => {
			const inQuery = declaration.fields.filter(({ place }) => place === 'query');
			expect(inQuery.map(({ key }) => key)).toEqual(['idApp']);
		});

		it('takes all from columns where they are mapped automatically, also the app', () => {
			expect(declaration.fields.filter((field) => !hasColumn(field))).toEqual([]);
		});
	},
);

describe('singular', () => {
	it('says by constants what an event is', () => {
		const constantsOf = (name: string) => compile(singular, name).constants;
		expect(constantsOf('adRevenue')).toEqual({
			n: '__ADMON_USER_LEVEL_REVENUE__',
			is_admon_revenue: 'true',
			is_revenue_event: 'true',
		});
		expect(constantsOf('revenueEvent')).toEqual({ is_revenue_event: 'true' });
		expect(constantsOf('event')).toEqual({});
		expect(constantsOf('session')).toEqual({});
	});

	it.each([
		['adRevenue', '/api/v1/evt', '/api/v2/evt'],
		['revenueEvent', '/api/v1/evt', '/api/v2/evt'],
		['event', '/api/v1/evt', '/api/v2/evt'],
		['session', '/api/v1/launch', '/api/v1/launch'],
	])('%s is one GET to %s, or %s by its option, all of it in the query', (name, path, path2) => {
		const declaration = compile(singular, name);
		expect(declaration).toMatchObject({ method: 'GET', path: [{ text: path }] });
		expect(compile(singular, name, { apiVersion: 'v2' }).path).toEqual([{ text: path2 }]);
		expect(new Set(declaration.fields.map(({ place }) => place))).toEqual(
			new Set(['query', 'pairs']),
		);
	});

	it('no field travels under the key of a constant', () => {
		for (const name of Object.keys(singular.operations)) {
			const { fields, constants } = compile(singular, name);
			expect(fields.filter(({ key }) => Object.hasOwn(constants, key))).toEqual([]);
		}
	});

	it('takes the attributes of an ad one by one, or as one object', () => {
		const { fields } = compile(singular, 'adRevenue');
		const attributes = fields.filter(({ key }) => key === 'e');
		expect(attributes).toHaveLength(14);
		expect(attributes.filter(({ collection }) => collection === undefined)).toMatchObject([
			{ member: 'ad_platform', parameter: 'adPlatform' },
			{ member: undefined, parameter: 'adAttributesJson' },
		]);
	});
});

describe('twentyFourMetrics', () => {
	it.each([
		['click', { no_redirect: 'true' }],
		['conversion', {}],
		['impression', {}],
	])('%s is one GET to the root of its host', (name, constants) => {
		expect(compile(twentyFourMetrics, name)).toMatchObject({
			method: 'GET',
			path: [{ text: '/' }],
			constants,
		});
	});

	it.each(['click', 'conversion', 'impression'])(
		'%s has parameters of the user, which no column gives',
		(name) => {
			const asked = compile(twentyFourMetrics, name).fields.filter((field) => !hasColumn(field));
			expect(asked).toMatchObject([{ key: 'additionalParameters', place: 'pairs' }]);
		},
	);
});

describe('runative', () => {
	it.each([
		['conversion', ['click_id', 'value']],
		['lead', ['click_id', 'value', 'lead_code']],
	])('%s has the click in the path and the others in the query', (name, keys) => {
		const { method, path, fields } = compile(runative, name);
		expect({ method, path }).toEqual({
			method: 'GET',
			path: [{ text: '/api/v1/cpa/action/' }, { field: 'click_id' }, { text: '' }],
		});
		expect(fields.map(({ key }) => key)).toEqual(keys);
		expect(fields.map(({ place }) => place)).toEqual(['path', ...keys.slice(1).map(() => 'query')]);
	});
});

describe('a field', () => {
	it('is read with key, label, place and parameter', () => {
		expect(compileFields([field()]).fields).toEqual([
			{
				key: 'app_id',
				label: 'App ID',
				place: 'query',
				parameter: 'appId',
				isRequired: false,
			},
		]);
	});

	it.each<[string, Partial<INodeProperties>, boolean]>([
		['is required where it says so', { required: true }, true],
		['is optional where it says nothing', {}, false],
		[
			'is required whatever the operation and the mapping mode',
			{
				required: true,
				displayOptions: { show: { operation: ['send'], dataMode: ['defineBelow'] } },
			},
			true,
		],
		[
			"is not required by itself where it is shown beside another field's value only",
			{ required: true, displayOptions: { show: { operation: ['send'], from: ['field'] } } },
			false,
		],
	])('%s', (_, more, isRequired) => {
		expect(compileFields([field(more)]).fields).toMatchObject([{ isRequired }]);
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
				isRequired: false,
			},
		]);
	});

	it('that is declared once for each mapping mode is one, and required if one of them is', () => {
		const inMode = (mode: string, required?: boolean) =>
			field({ required, displayOptions: { show: { dataMode: [mode] } } });
		const compiled = compileFields([
			inMode('defineBelow', true),
			inMode('autoMapInputData'),
		]).fields;
		expect(compiled).toMatchObject([{ parameter: 'appId', isRequired: true }]);
		const reversed = compileFields([
			inMode('autoMapInputData'),
			inMode('defineBelow', true),
		]).fields;
		expect(reversed).toMatchObject([{ parameter: 'appId', isRequired: true }]);
		const optional = compileFields([inMode('autoMapInputData'), inMode('defineBelow')]).fields;
		expect(optional).toMatchObject([{ parameter: 'appId', isRequired: false }]);
	});

	it('tells beside which values of other parameters it is shown, if it is one to be seen', () => {
		const show = { operation: ['send'], dataMode: ['defineBelow'], from: ['field'] };
		const inCollection = field({
			name: 'more',
			type: 'collection',
			routing: undefined,
			displayOptions: { show: { other: ['a'] } },
			options: [field({ displayOptions: { show: { '/from': ['request'] } } })],
		});
		const { fields } = compileFields([
			field({ displayOptions: { show } }),
			field({ name: 'unseen', type: 'hidden', displayOptions: { show } }),
			inCollection,
		]);
		expect(fields.map(({ shownBeside }) => shownBeside)).toEqual([
			{ from: ['field'] },
			undefined,
			{ other: ['a'], from: ['request'] },
		]);
	});

	it('of pairs is one field with the key of the whole list', () => {
		expect(compileFields([pairs({ value: '={{ $value.pair }}' })]).fields).toEqual([
			{
				key: 'params',
				label: 'Pairs',
				place: 'body',
				parameter: 'pairs',
				collection: undefined,
				isRequired: false,
			},
		]);
	});

	it('of an object has its key and its name within it', () => {
		const fields = routed({ send: { type: 'query', property: 'e.ad_platform' } });
		expect(compileFields(fields).fields).toMatchObject([
			{ key: 'e', member: 'ad_platform', place: 'query', parameter: 'appId' },
		]);
	});

	it('of no object has no name within one', () => {
		expect(compileFields([field()]).fields[0]?.member).toBeUndefined();
	});

	it('of an object in the body travels there', () => {
		const fields = routed({ send: { type: 'body', property: 'e.ad_platform' } });
		expect(compileFields(fields).fields).toMatchObject([
			{ key: 'e', member: 'ad_platform', place: 'body' },
		]);
	});

	it('of an object may stand in a collection', () => {
		const collection = field({
			name: 'more',
			type: 'collection',
			routing: undefined,
			options: routed({ send: { type: 'query', property: 'e.ad_type' } }),
		});
		expect(compileFields([collection]).fields).toMatchObject([
			{ key: 'e', member: 'ad_type', collection: 'more' },
		]);
	});

	it('of pairs, each under a name of its own, is one field of its parameter', () => {
		expect(compileFields([namedPairs()]).fields).toEqual([
			{
				key: 'pairs',
				label: 'Pairs',
				place: 'pairs',
				parameter: 'pairs',
				collection: undefined,
				isRequired: false,
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
		expect(compileFields([])).toEqual({
			method: 'POST',
			path: [{ text: '/send' }],
			constants: {},
			fields: [],
		});
	});

	it('may have query parameters that never change', () => {
		const request = { method: 'GET', url: '/send', qs: { kind: 'ad', v: '1', none: '' } } as const;
		expect(compileFields([], { routing: { request } })).toMatchObject({
			path: [{ text: '/send' }],
			constants: { kind: 'ad', v: '1', none: '' },
		});
	});

	it('may have its objects made JSON before it is sent', () => {
		const request = { method: 'GET', url: '/send' } as const;
		const routing = { request, send: { preSend: [objectsAsJson] } };
		expect(compileFields([field()], { routing }).fields).toHaveLength(1);
	});

	const [text, click, goal] = [
		(value: string): PathPart => ({ text: value }),
		{ field: 'click_id' },
		{ field: 'goal' },
	];

	it.each<[string, readonly PathPart[]]>([
		['=/x/{{ $parameter["click_id"] }}', [text('/x/'), click, text('')]],
		['=/x/{{ $parameter["click_id"] }}/done', [text('/x/'), click, text('/done')]],
		['={{ $parameter["click_id"] }}', [text(''), click, text('')]],
		[
			'=/x/{{ $parameter["click_id"] }}/{{ $parameter["goal"] }}',
			[text('/x/'), click, text('/'), goal, text('')],
		],
		['=/x', [text('/x')]],
		['/x/{id}', [text('/x/{id}')]],
	])('has the path %p', (url, path) => {
		const fields = ['click_id', 'goal'].map((name) => field({ name, routing: undefined }));
		expect(compileFields(fields, { routing: { request: { method: 'GET', url } } }).path).toEqual(
			path,
		);
	});

	it.each<[unknown, PathPart[]]>([
		[undefined, [text('/x/v1/'), click, text('')]],
		[null, [text('/x/v1/'), click, text('')]],
		['v2', [text('/x/v2/'), click, text('')]],
		[
			'{{ $parameter["goal"] }}',
			[text(`/x/${encodeURIComponent('{{ $parameter["goal"] }}')}/`), click, text('')],
		],
	])('has the value of an option in its path, or its default: %p', (version, path) => {
		const url = '=/x/{{ $parameter["options"]["version"] ?? "v1" }}/{{ $parameter["click_id"] }}';
		const properties = [
			operation({ routing: { request: { method: 'GET', url } } }),
			field({ name: 'click_id', routing: undefined }),
		];
		const compiled = compile({ ...justtrack, properties }, 'send', { version });
		expect(compiled.path).toEqual(path);
	});

	it('has a field for each parameter of its path, of that key, and it alone travels there', () => {
		const url = '=/x/{{ $parameter["click_id"] }}';
		const fields = [
			field({ name: 'click_id', routing: undefined }),
			field(),
			field({ name: 'note', routing: undefined }),
		];
		const { fields: compiled } = compileFields(fields, {
			routing: { request: { method: 'GET', url } },
		});
		expect(compiled.map(({ key, place, parameter }) => [key, place, parameter])).toEqual([
			['click_id', 'path', 'click_id'],
			['app_id', 'query', 'appId'],
		]);
	});

	it('takes the text of its path for no field', () => {
		const url = '=note{{ $parameter["click_id"] }}';
		const fields = ['click_id', 'note'].map((name) => field({ name, routing: undefined }));
		const { fields: compiled } = compileFields(fields, {
			routing: { request: { method: 'GET', url } },
		});
		expect(compiled.map(({ key }) => key)).toEqual(['click_id']);
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

/** What n8n's idiom for names that the user chooses says of the property. */
const NAME = '={{ $parent.name }}';

describe('a form that the transport does not know is refused, not passed over', () => {
	it.each<[string, INodeProperties[]]>([
		['no property', routed({ send: { type: 'query' } })],
		['a value', routed({ send: { type: 'query', property: 'a', value: '={{ $value }}' } })],
		['a path of keys', routed({ send: { type: 'body', property: 'a.b.c' } })],
		['nothing before the dot', routed({ send: { type: 'query', property: '.b' } })],
		['nothing after the dot', routed({ send: { type: 'query', property: 'a.' } })],
		['nothing at all', routed({ send: { type: 'query', property: '' } })],
		['an expression as its key', routed({ send: { type: 'query', property: '={{ $value }}' } })],
		[
			'a dot that is part of the key',
			routed({ send: { type: 'query', property: 'a.b', propertyInDotNotation: false } }),
		],
		['objects made JSON by it', routed({ send: { property: 'a', preSend: [objectsAsJson] } })],
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
			'pairs that travel under a member',
			[
				field({
					type: 'fixedCollection',
					routing: { send: { type: 'query', property: 'a.b', value: '={{ $value.pair }}' } },
				}),
			],
		],
		['named pairs of the body', [namedPairs({ send: { type: 'body', property: NAME } })]],
		['named pairs by another name', [namedPairs({ send: { type: 'query', property: '=x' } })]],
		[
			'named pairs with a value of their own',
			[namedPairs({ send: { type: 'query', property: NAME, value: '={{ $value }}' } })],
		],
		['named pairs without routing', [namedPairs({})]],
		[
			'named pairs of two values',
			[
				namedPairs(undefined, [
					field({ name: 'other', routing: { send: { type: 'query', property: NAME } } }),
				]),
			],
		],
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
		...[
			'=/send/{{ $parameter.appId }}',
			"=/send/{{ $parameter['appId'] }}",
			'=/send/{{$parameter["appId"]}}',
			'=/send/{{ $parameter["appId"] + 1 }}',
			'=/send/{{ $json.appId }}',
			'=/{{ $parameter["appId"] }}/{{ $json.appId }}',
			'={{ $value }}',
		].map((url): [string, INodePropertyOptions['routing']] => [
			`the expression ${url} as url`,
			{ request: { method: 'POST', url } },
		]),
		[
			'a parameter of the path that is no field',
			{ request: { method: 'POST', url: '=/{{ $parameter["click_id"] }}' } },
		],
		['an expression as method', { request: { method: '={{ $value }}' as 'GET', url: '/send' } }],
		...[1, true, null, { a: '1' }, ['1'], '={{ $value }}', '=1'].map(
			(v): [string, INodePropertyOptions['routing']] => [
				`${JSON.stringify(v)} as what never changes`,
				{ request: { method: 'POST', url: '/send', qs: { ok: 'yes', v } } },
			],
		),
		['headers', { request: { method: 'POST', url: '/send', headers: { 'x-v': '1' } } }],
		['a body', { request: { method: 'POST', url: '/send', body: { v: 1 } } }],
		[
			'another function before sending',
			{
				request: { method: 'POST', url: '/send' },
				send: { preSend: [async (request) => await Promise.resolve(request)] },
			},
		],
		[
			'another function beside the one that is known',
			{
				request: { method: 'POST', url: '/send' },
				send: { preSend: [objectsAsJson, async (request) => await Promise.resolve(request)] },
			},
		],
		[
			'a function after it',
			{ request: { method: 'POST', url: '/send' }, output: { postReceive: [] } },
		],
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
