import fc from 'fast-check';
import {
	Expression,
	type IDataObject,
	type INodeParameters,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { readTemplate } from '../../transport/expressions/template';
import type { Field } from '../../transport/model/declaration';
import { plainColumn } from '../../transport/expressions/template';
import { readParameters } from '../../transport/input/parameters';
import { createContext } from '../support/nodeRun';

/** A node whose only parameter is the one that is read. */
const probe = {
	description: {
		name: 'probe',
		properties: [{ displayName: 'Value', name: 'value', type: 'string', default: '' }],
		inputs: ['main'],
		outputs: ['main'],
	} as unknown as INodeTypeDescription,
} as INodeType;

/** The same with a list of names and values. */
const listProbe = {
	description: {
		...probe.description,
		properties: [
			{
				displayName: 'Value',
				name: 'value',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				default: {},
				options: [
					{
						displayName: 'Pair',
						name: 'pair',
						values: ['name', 'value'].map((name) => ({
							displayName: name,
							name,
							type: 'string',
							default: '',
						})),
					},
				],
			},
		],
	} as unknown as INodeTypeDescription,
} as INodeType;

const field: Field = {
	key: 'value',
	label: 'Value',
	place: 'query',
	parameter: 'value',
	isRequired: false,
};

const isEmpty = (value: unknown) =>
	value === undefined || value === null || (typeof value === 'string' && value.trim() === '');

/** What the reader gives and what n8n's own evaluation gives, for one item. */
async function readBothWays(expression: string, json: IDataObject) {
	const context = createContext({
		nodeType: probe,
		parameters: { value: expression },
		items: [json],
	});
	return await context.workflow.expression.withIsolate(() => {
		const read = readParameters(context, [{ json }], [field])(0);
		let evaluated: unknown;
		try {
			evaluated = context.getNodeParameter('value', 0);
		} catch {
			return Promise.resolve({ ours: read.ok ? read.value.value : 'error', engine: 'error' });
		}
		return Promise.resolve({
			ours: read.ok ? read.value.value : 'error',
			engine: isEmpty(evaluated) ? undefined : evaluated,
		});
	});
}

const key = fc.oneof(
	fc.constantFrom(
		'price',
		'a b',
		'user_id',
		'x1',
		'length',
		'toString',
		'constructor',
		'__proto__',
	),
	fc.constantFrom('größe', 'a.b', "it's", 'prototype', 'isEmpty', 'first', 'return', '0', ''),
	fc.string({ maxLength: 4 }),
);
const leaf = fc.oneof(
	fc.string(),
	fc.constantFrom('', '={{ 1 + 1 }}', '{{ $json }}', '=x', 'null'),
	fc.double({ noNaN: true, noDefaultInfinity: true }),
	fc.integer(),
	fc.boolean(),
	fc.constant(null),
);
const value = fc.oneof(
	leaf,
	fc.array(leaf, { maxLength: 2 }),
	fc.dictionary(key, fc.oneof(leaf, fc.dictionary(key, leaf, { maxKeys: 2 })), { maxKeys: 3 }),
);
const item = fc.dictionary(key, value, { maxKeys: 4 }).map((json) => ({ ...json }));

/** The ways of writing a column that the editor produces, and some of people's own. */
const asStep = (name: string) =>
	/^[A-Za-z_]\w*$/.test(name)
		? fc.constantFrom(`.${name}`, `["${name}"]`)
		: fc.constant(`["${name}"]`);
const expression = fc
	.tuple(fc.array(key, { minLength: 1, maxLength: 3 }), fc.constantFrom('', ' ', '  '))
	.chain(([path, space]) =>
		fc
			.tuple(...path.map((name) => asStep(name.replace(/["\\\n]/g, ''))))
			.map((steps) => `={{${space}$json${steps.join('')}${space}}}`),
	);

// what n8n 2.41 runs by default, and what it can be set to
describe.each(['vm', 'legacy'] as const)('with the %s expression engine', (engine) => {
	beforeAll(async () => {
		if (engine === 'legacy') Expression.setExpressionEngine(engine);
		else {
			await Expression.initExpressionEngine({
				engine,
				poolSize: 1,
				maxCodeCacheSize: 1024,
				bridgeTimeout: 5000,
				bridgeMemoryLimit: 128,
			});
		}
	});
	afterAll(async () => {
		await Expression.disposeExpressionEngine();
	});

	test('a column read from the item is what the engine makes of the expression', async () => {
		await fc.assert(
			fc.asyncProperty(item, expression, async (json, text) => {
				const { ours, engine: theirs } = await readBothWays(text, json);
				expect(ours).toEqual(theirs);
			}),
			// a fresh isolate takes some 40 ms
			{ numRuns: engine === 'vm' ? 150 : 1500 },
		);
	}, 60_000);

	test.each([
		['a column', '={{ $json.price }}', { price: 1.98 }],
		['a name with a blank', '={{ $json["a b"] }}', { 'a b': 'x' }],
		['a path', '={{ $json.a.b }}', { a: { b: 'deep' } }],
		['a missing column', '={{ $json.price }}', {}],
		['a path through a missing column', '={{ $json.a.b }}', {}],
		['null', '={{ $json.price }}', { price: null }],
		['a path through null', '={{ $json.a.b }}', { a: null }],
		['a path through text', '={{ $json.a.length }}', { a: 'four' }],
		['a path through a list', '={{ $json.a.length }}', { a: [1, 2] }],
		['an object', '={{ $json.a }}', { a: { b: 1 } }],
		['text that looks like an expression', '={{ $json.a }}', { a: '={{ 1 + 1 }}' }],
		['an inherited name', '={{ $json.toString }}', {}],
		['a computed value', '={{ $json.price * 2 }}', { price: 2 }],
		['text around a column', '=id-{{ $json.id }}', { id: 7 }],
		['two columns', '={{ $json.a }}{{ $json.b }}', { a: 1, b: 2 }],
		['a constant', 'android', {}],
		['a faulty expression', '={{ $json. }}', {}],
	])('%s', async (_, text, json) => {
		const { ours, engine: theirs } = await readBothWays(text, json);
		expect(ours).toEqual(theirs);
	});
});

describe.each(['vm', 'legacy'] as const)('in bulk, with the %s expression engine', (engine) => {
	beforeAll(async () => {
		if (engine === 'legacy') Expression.setExpressionEngine(engine);
		else {
			await Expression.initExpressionEngine({
				engine,
				poolSize: 1,
				maxCodeCacheSize: 1024,
				bridgeTimeout: 5000,
				bridgeMemoryLimit: 128,
			});
		}
	});
	afterAll(async () => {
		await Expression.disposeExpressionEngine();
	});

	/** What the reader gives and what n8n's own evaluation gives, for all items, and its calls. */
	async function readAllBothWays(value: string | INodeParameters, items: IDataObject[]) {
		const nodeType = typeof value === 'string' ? probe : listProbe;
		const context = createContext({ nodeType, parameters: { value }, items });
		return await context.workflow.expression.withIsolate(() => {
			const calls = jest.spyOn(context, 'getNodeParameter');
			const read = readParameters(
				context,
				items.map((json) => ({ json })),
				[field],
			);
			const ours = items.map((_, index) => {
				const value = read(index);
				return value.ok ? value.value.value : 'error';
			});
			// one is to see the expression itself
			const single = calls.mock.calls.length - 1;
			const theirs = items.map((_, index) => {
				try {
					const value = context.getNodeParameter('value', index);
					return isEmpty(value) ? undefined : value;
				} catch {
					return 'error';
				}
			});
			return Promise.resolve({ ours, theirs, single });
		});
	}

	const rows = Array.from({ length: 30 }, (_, index) => ({
		price: index / 7,
		name: `  Name ${index} `,
		flag: index % 2 === 0,
		deep: { a: { b: index } },
		sometimes: index % 3 === 0 ? undefined : `x${index}`,
		list: [index, 'b'],
		'with blank': index,
		text: '{{ $json.price }}',
	})) as unknown as IDataObject[];

	test.each([
		['={{ $json.price * 1.1 }}'],
		['={{ Math.round($json.price * 100) / 100 }}'],
		['={{ $json.name.trim().toUpperCase() }}'],
		['={{ $json.flag ? "yes" : "no" }}'],
		['={{ $json.deep.a.b + 1 }}'],
		['={{ $json["with blank"] + "%" }}'],
		['=id-{{ $json.price }}-{{ $json.flag }} '],
		['={{ $json.sometimes ?? "none" }}'],
		['={{ $json.sometimes }}/{{ $json.price > 2 }}'],
		['={{ $json.missing?.deeper }}!'],
		['={{ $json.list[0] }}'],
		['={{ $json.text + 1 }}'],
		['={{ $json.price === 0 || $json.flag }}'],
		['={{ Number("1.50") + $json.price }}'],
		['={{ $json.name.toTitleCase() }}'],
	])('%s: the same values, in one call', async (text) => {
		const { ours, theirs, single } = await readAllBothWays(text, rows);
		expect(ours).toEqual(theirs);
		expect(single).toBe(0);
	});

	const listOf = (...values: string[]): INodeParameters => ({
		pair: values.map((value, index) => ({ name: `name ${index}`, value })),
	});

	test('a list of names and values: the same values, each in one call or without one', async () => {
		const list = listOf('={{ $json.price }}', '=id-{{ $json.price * 2 }}', 'fixed');
		const { ours, theirs, single } = await readAllBothWays(list, rows);
		expect(ours).toEqual(theirs);
		expect(single).toBe(0);
	});

	test('a list with one value that needs the engine: item by item, with the same result', async () => {
		const list = listOf('={{ $json.price }}', '={{ $itemIndex }}');
		const { ours, theirs, single } = await readAllBothWays(list, rows);
		expect(ours).toEqual(theirs);
		expect(single).toBe(rows.length);
	});

	test.each([
		['an error in one item', '={{ $json.sometimes.length }}'],
		['an object', '={{ $json.deep.a }} '],
		['a date', '={{ $now.year + $json.price }}'],
		['the index', '={{ $itemIndex }}'],
		['a list', '={{ $json.list }}'],
		['not a number', '={{ $json.price / 0 }}'],
		['a faulty expression', '={{ $json.price) + (1 }}'],
		['two expressions in one', '={{ $json.price), ($json.flag }}'],
		['an assignment', '={{ $json.price = 3 }}'],
		['a change', '={{ $json.list.reverse()[0] }}'],
		['a comment', '={{ $json.price // half\n }}'],
		['another node', '={{ $("Table").item.json.price }}'],
		['the whole item', '={{ JSON.stringify($json) }}'],
		['a function', '={{ [1].map(x => x + $json.price)[0] }}'],
		['the item by another name', '={{ [...$input.item.json.list].join("|") }}'],
		['a quote in a regular expression', `={{ $json.name.replace(/"/, $itemIndex + "1") }}`],
	])('%s: item by item, with the same result', async (_, text) => {
		const { ours, theirs, single } = await readAllBothWays(text, rows);
		expect(ours).toEqual(theirs);
		expect(single).toBeGreaterThan(0);
	});

	test('what the engine could not hold is evaluated item by item', async () => {
		const heavy = rows.map((row) => ({ ...row, many: Array.from({ length: 40_000 }, () => ({})) }));
		const { ours, theirs, single } = await readAllBothWays('={{ $json.price * 2 }}', heavy);
		expect(ours).toEqual(theirs);
		expect(single).toBe(heavy.length);
	}, 60_000);

	test('whatever the code, the values are those of the engine', async () => {
		const operand = fc.constantFrom(
			'$json.price',
			'$json.name',
			'$json.flag',
			'$json.sometimes',
			'$json["with blank"]',
			'$json.deep.a.b',
			'$json.list[1]',
			'$json.list',
			'$json.missing',
			'1.5',
			'"a b"',
			"'%'",
			'null',
		);
		const code = fc.letrec<{ code: string }>((tie) => ({
			code: fc.oneof(
				{ maxDepth: 3 },
				operand,
				fc
					.tuple(
						tie('code'),
						fc.constantFrom('+', '-', '*', '/', '%', '??', '||', '&&', '>', '==='),
						tie('code'),
					)
					.map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
				tie('code').map((inner) => `String(${inner}).toUpperCase()`),
				tie('code').map((inner) => `(${inner}).toString()`),
				fc.tuple(tie('code'), operand).map(([test, other]) => `${test} ? ${other} : 'no'`),
			),
		})).code;
		const text = fc.oneof(
			code.map((one) => `={{ ${one} }}`),
			fc.tuple(code, code).map(([one, other]) => `=a {{ ${one} }}-{{${other}}}`),
		);
		await fc.assert(
			fc.asyncProperty(text, async (expression) => {
				const { ours, theirs } = await readAllBothWays(expression, rows);
				expect(ours).toEqual(theirs);
			}),
			{ numRuns: engine === 'vm' ? 60 : 500 },
		);
	}, 120_000);
});

test.each(['={{ ($json.price <<= 1) }}', '={{ $json.list["push"](1) }}', '={{ $json.a.sort() }}'])(
	'what could change a column for the next is never evaluated in bulk: %s',
	(text) => {
		expect(readTemplate(text)).toBeUndefined();
	},
);

test('dragged columns need no engine, everything else does', () => {
	expect(plainColumn('={{ $json.price }}')).toEqual(['price']);
	expect(plainColumn('={{ $json["a b"] }}')).toEqual(['a b']);
	expect(plainColumn("={{ $json['a b'] }}")).toEqual(['a b']);
	expect(plainColumn('={{ $json.a.b }}')).toEqual(['a', 'b']);
	expect(plainColumn('={{ $json.price * 2 }}')).toBeUndefined();
	expect(plainColumn('=id-{{ $json.id }}')).toBeUndefined();
	expect(plainColumn('={{ $json }}')).toBeUndefined();
	expect(plainColumn('={{ $json.constructor }}')).toBeUndefined();
	expect(plainColumn('={{ $("Table").item.json.price }}')).toBeUndefined();
});

test('an event of constants and dragged columns never calls the engine', () => {
	const json = { price: 1, nested: { id: 'x' } };
	const context = createContext({
		nodeType: probe,
		parameters: { value: '={{ $json.nested.id }}' },
		items: [json],
	});
	const getNodeParameter = jest.spyOn(context, 'getNodeParameter');
	expect(readParameters(context, [{ json }], [field])(0)).toEqual({
		ok: true,
		value: { value: 'x' },
	});
	expect(getNodeParameter.mock.calls).toEqual([['value', 0, '', { rawExpressions: true }]]);
});
