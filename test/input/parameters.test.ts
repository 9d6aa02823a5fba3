import fc from 'fast-check';
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { Field } from '../../transport/model/declaration';
import { readBoth } from '../../transport/input/mappingMode';
import { readColumns } from '../../transport/input/columns';
import { readParameters } from '../../transport/input/parameters';
import type { RawEvent, Reader } from '../../transport/input/rawEvent';

/** A node's parameters as they are saved, and an engine that is asked for what they mean. */
function contextOf(
	parameters: Readonly<Record<string, unknown>>,
	evaluate: (parameter: string, item: number) => unknown = () => 'evaluated',
) {
	/** What the engine was asked for: parameter and item. */
	const asked: [string, number][] = [];
	const getNodeParameter = (
		name: string,
		item: number,
		fallback?: unknown,
		options?: { rawExpressions?: boolean },
	): unknown => {
		if (options?.rawExpressions) return parameters[name] ?? fallback;
		asked.push([name, item]);
		return evaluate(name, item);
	};
	return { context: { getNodeParameter } as unknown as IExecuteFunctions, asked };
}

const field = (parameter: string, collection?: string): Field => ({
	key: `key_${parameter}`,
	label: parameter,
	place: 'body',
	parameter,
	collection,
	isAutomatic: true,
	isRequired: false,
});

const itemsOf = (...rows: INodeExecutionData['json'][]): INodeExecutionData[] =>
	rows.map((json) => ({ json }));

describe('a list of pairs', () => {
	const pairs = (...values: unknown[]) => ({
		pair: values.map((value, index) => ({ name: `p${index}`, value })),
	});

	it.each([
		['as a value', pairs('2', '={{ $now }}')],
		['as a name', { pair: [{ name: '={{ $now }}', value: '2' }] }],
		['deep in it', { pair: [{ name: 'a', value: { deep: ['={{ $now }}'] } }] }],
	])('with an expression %s goes to the engine, once an item', (_, parameters) => {
		const { context, asked } = contextOf({ params: parameters }, (_name, item) =>
			pairs(`of item ${item}`),
		);
		const read = readParameters(context, itemsOf({ level: 1 }, { level: 2 }), [field('params')]);
		expect([read(0), read(1)]).toEqual([
			{ ok: true, value: { key_params: pairs('of item 0') } },
			{ ok: true, value: { key_params: pairs('of item 1') } },
		]);
		expect(asked).toEqual([
			['params', 0],
			['params', 1],
		]);
	});

	it('of columns is read without the engine, part by part', () => {
		const { context, asked } = contextOf({ params: pairs('={{ $json.level }}', 'hard') });
		const read = readParameters(context, itemsOf({ level: 1 }, { level: 2 }), [field('params')]);
		expect([read(0), read(1)]).toEqual([
			{ ok: true, value: { key_params: pairs(1, 'hard') } },
			{ ok: true, value: { key_params: pairs(2, 'hard') } },
		]);
		expect(asked).toEqual([]);
	});

	it.each([
		['constants', pairs('2', 'hard', 5, true, null, '', 'a={{ $json.a }}')],
		['nothing', {}],
		['no pair', { pair: [] }],
	])('of %s is read without the engine', (_, parameters) => {
		const { context, asked } = contextOf({ params: parameters });
		const read = readParameters(context, itemsOf({}, {}), [field('params')]);
		expect([read(0), read(1)]).toEqual([
			{ ok: true, value: { key_params: parameters } },
			{ ok: true, value: { key_params: parameters } },
		]);
		expect(asked).toEqual([]);
	});

	it('in a collection is asked for by its whole name', () => {
		const { context, asked } = contextOf({ more: { params: pairs('={{ 1 }}') } });
		readParameters(context, itemsOf({}), [field('params', 'more')])(0);
		expect(asked).toEqual([['more.params', 0]]);
	});

	it('goes to the engine exactly when any text in it is an expression', () => {
		const someText = fc.oneof(fc.constantFrom('={{ 1 }}', '=', '=a'), fc.string());
		const someJson = fc.letrec((tie) => ({
			json: fc.oneof(
				{ depthSize: 'small' },
				someText,
				fc.integer(),
				fc.constant(null),
				fc.boolean(),
				fc.array(tie('json'), { maxLength: 3 }),
				fc.dictionary(fc.string(), tie('json'), { maxKeys: 3, noNullPrototype: true }),
			),
		})).json;
		fc.assert(
			fc.property(fc.array(someJson, { maxLength: 3 }), (values) => {
				const { context, asked } = contextOf({ params: { values } });
				readParameters(context, itemsOf({}), [field('params')])(0);
				// keys are no text of a value: a value's text begins with its quote
				const texts: string[] = [];
				JSON.stringify(values, (_, value: unknown) => {
					if (typeof value === 'string') texts.push(value);
					return value;
				});
				expect(asked.length > 0).toBe(texts.some((text) => text.startsWith('=')));
			}),
		);
	});
});

describe('fields mapped by hand', () => {
	it('of constants and plain columns are read without the engine', () => {
		const { context, asked } = contextOf({
			a: 'constant',
			b: '={{ $json.column }}',
			more: { c: 5, d: "={{ $json['a b'] }}" },
		});
		const fields = [field('a'), field('b'), field('c', 'more'), field('d', 'more')];
		const read = readParameters(context, itemsOf({ column: 1, 'a b': 'x' }, { column: 2 }), fields);
		expect(read(0)).toEqual({
			ok: true,
			value: { key_a: 'constant', key_b: 1, key_c: 5, key_d: 'x' },
		});
		expect(read(1)).toEqual({ ok: true, value: { key_a: 'constant', key_b: 2, key_c: 5 } });
		expect(asked).toEqual([]);
	});

	it('that are empty are absent, whatever they came from', () => {
		const { context } = contextOf(
			{ a: '', b: null, c: '={{ $json.c }}', d: '={{ $json.d }}', e: '={{ 1 + 1 }}' },
			() => '',
		);
		const fields = ['a', 'b', 'c', 'd', 'e', 'unset'].map((name) => field(name));
		expect(readParameters(context, itemsOf({ c: null, d: '' }), fields)(0)).toEqual({
			ok: true,
			value: {},
		});
	});

	it('that the engine cannot read are named, each, and nothing is read of the item', () => {
		const { context } = contextOf({ a: '={{ 1 + }}', b: 'x', c: '={{ ? }}' }, (name) => {
			throw new Error(`no ${name}`);
		});
		const read = readParameters(
			context,
			itemsOf({}),
			['a', 'b', 'c'].map((name) => field(name)),
		);
		expect(read(0)).toEqual({
			ok: false,
			problems: [
				{
					field: 'key_a',
					rule: 'could not be read: no a',
					sentence: 'a (key_a) could not be read: no a',
				},
				{
					field: 'key_c',
					rule: 'could not be read: no c',
					sentence: 'c (key_c) could not be read: no c',
				},
			],
		});
	});
});

/** A field of the object `e`, or with no name the object itself. */
const ofObject = (member?: string, parameter = member ?? 'e'): Field => ({
	...field(parameter),
	key: 'e',
	member,
});

const AD = [ofObject('ad_platform'), ofObject('ad_type'), ofObject(), ofObject('ad_unit')];

/** What is read of the one item by columns. */
const columnsOf = (
	json: INodeExecutionData['json'],
	fields: readonly Field[] = AD,
	aliases: Readonly<Record<string, string>> = {},
) => {
	const ignored = new Set<string>();
	const read = readColumns(itemsOf(json), fields, aliases, ignored)(0);
	return { value: read.ok ? read.value : undefined, ignored: [...ignored] };
};

describe.each<[string, (given: Readonly<Record<string, unknown>>) => RawEvent | undefined]>([
	['columns', (given) => columnsOf(given as INodeExecutionData['json']).value],
	[
		'fields mapped by hand',
		(given) => {
			// in the order given: what is read first has to make no difference
			const fields = Object.keys(given).map((name) => ofObject(name === 'e' ? undefined : name));
			const read = readParameters(contextOf(given).context, itemsOf({}), fields)(0);
			return read.ok ? read.value : undefined;
		},
	],
])('the members of an object, from %s', (_, read) => {
	it('come together in one object under its key', () => {
		expect(read({ ad_type: 'Rewarded', ad_platform: 'AdMob', ad_unit: 5 })).toEqual({
			e: { ad_platform: 'AdMob', ad_type: 'Rewarded', ad_unit: 5 },
		});
	});

	it('come together with the object, and win over it, whichever comes first', () => {
		const object = { ad_platform: 'of the object', ad_type: 'Rewarded' };
		const merged = { e: { ad_platform: 'AdMob', ad_type: 'Rewarded', ad_unit: 5 } };
		for (const e of [object, JSON.stringify(object)]) {
			expect(read({ ad_platform: 'AdMob', e, ad_unit: 5 })).toEqual(merged);
			expect(read({ e, ad_platform: 'AdMob', ad_unit: 5 })).toEqual(merged);
			expect(read({ ad_unit: 5, ad_platform: 'AdMob', e })).toEqual(merged);
		}
	});

	it('may be missing: the object is read as it was given', () => {
		expect(read({ e: { ad_type: 'Rewarded' } })).toEqual({ e: { ad_type: 'Rewarded' } });
		expect(read({ e: '{"ad_type":"Rewarded"}' })).toEqual({ e: '{"ad_type":"Rewarded"}' });
	});

	it.each(['level=2', '[1]', '{"a":', '"a"', 5, true])(
		'do not hide an object that is none: %p stays, and the schema says so',
		(e) => {
			expect(read({ ad_platform: 'AdMob', e })).toEqual({ e });
			expect(read({ e, ad_platform: 'AdMob' })).toEqual({ e });
		},
	);

	it('that are empty are absent, and hide nothing of the object', () => {
		expect(read({ ad_platform: ' ', ad_type: null })).toEqual({});
		expect(read({ e: { ad_platform: 'AdMob' }, ad_platform: '' })).toEqual({
			e: { ad_platform: 'AdMob' },
		});
		expect(read({ ad_platform: 'AdMob', e: '' })).toEqual({ e: { ad_platform: 'AdMob' } });
	});

	it('leave the object that was given as it was', () => {
		const e = { ad_platform: 'of the object' };
		read({ e, ad_platform: 'AdMob' });
		read({ ad_platform: 'AdMob', e });
		expect(e).toEqual({ ad_platform: 'of the object' });
	});
});

describe('columns', () => {
	const packageId = { ...field('packageid'), key: 'packageid' };

	it('are read by the name of a member, not by that of its object and not by both', () => {
		expect(columnsOf({ ad_platform: 'AdMob', 'e.ad_type': 'x', other: 1 })).toEqual({
			value: { e: { ad_platform: 'AdMob' } },
			ignored: ['e.ad_type', 'other'],
		});
	});

	it('may have another name, and the own spelling wins, whichever comes first', () => {
		const aliases = { packageId: 'packageid' };
		for (const [json, packageid] of [
			[{ packageId: 'a' }, 'a'],
			[{ packageId: 'a', packageid: 'b' }, 'b'],
			[{ packageid: 'b', packageId: 'a' }, 'b'],
			[{ packageid: '', packageId: 'a' }, 'a'],
			[{ packageId: 'a', packageid: null }, 'a'],
		] as const) {
			expect(columnsOf(json, [packageId], aliases)).toEqual({ value: { packageid }, ignored: [] });
		}
	});

	it('of a member may have another name too, whatever was read of its object before', () => {
		const aliases = { adPlatform: 'ad_platform' };
		const e = { ad_platform: 'AdMob', ad_type: 'Rewarded' };
		for (const json of [
			{ adPlatform: 'AdMob', ad_type: 'Rewarded' },
			{ ad_type: 'Rewarded', adPlatform: 'AdMob' },
			{ e: { ad_type: 'Rewarded' }, adPlatform: 'AdMob' },
			{ adPlatform: 'x', ad_platform: 'AdMob', ad_type: 'Rewarded' },
			{ ad_platform: 'AdMob', ad_type: 'Rewarded', adPlatform: 'x' },
		]) {
			expect(columnsOf(json, AD, aliases).value).toEqual({ e });
		}
	});

	it('of an object may have another name too, and the own spelling wins', () => {
		const aliases = { attributes: 'e' };
		for (const [json, e] of [
			[{ attributes: { ad_type: 'a' } }, { ad_type: 'a' }],
			[{ attributes: { ad_type: 'a' }, e: { ad_type: 'b' } }, { ad_type: 'b' }],
			[{ e: { ad_type: 'b' }, attributes: { ad_type: 'a' } }, { ad_type: 'b' }],
		] as const) {
			expect(columnsOf(json, AD, aliases).value).toEqual({ e });
		}
	});

	it.each(['__proto__', 'constructor', 'toString'])('named %p are ignored like others', (name) => {
		const json = JSON.parse(`{"${name}":{"ad_type":"x"},"ad_platform":"AdMob"}`) as object;
		expect(columnsOf(json as INodeExecutionData['json'])).toEqual({
			value: { e: { ad_platform: 'AdMob' } },
			ignored: [name],
		});
	});
});

describe('readBoth', () => {
	const gives =
		(value: RawEvent): Reader =>
		() => ({ ok: true, value });
	const fails =
		(...names: string[]): Reader =>
		() => ({
			ok: false,
			problems: names.map((name) => ({ field: name, rule: 'is bad', sentence: `${name} is bad` })),
		});

	it('gives what both read', () => {
		expect(readBoth(gives({ a: 1 }), gives({ b: 2 }))(0)).toEqual({
			ok: true,
			value: { a: 1, b: 2 },
		});
	});

	it("lets the second's value count where both read the same field", () => {
		expect(readBoth(gives({ a: 1, b: 1 }), gives({ a: 2 }))(0)).toEqual({
			ok: true,
			value: { a: 2, b: 1 },
		});
	});

	it('asks both for the same item, once', () => {
		const first = jest.fn(gives({}));
		const second = jest.fn(gives({}));
		readBoth(first, second)(7);
		expect([first.mock.calls, second.mock.calls]).toEqual([[[7]], [[7]]]);
	});

	it.each<[string, Reader, Reader, string[]]>([
		['of the first', fails('a', 'b'), gives({ c: 1 }), ['a', 'b']],
		['of the second', gives({ c: 1 }), fails('a'), ['a']],
		['of both', fails('a'), fails('b', 'c'), ['a', 'b', 'c']],
	])('names every problem %s', (_, first, second, names) => {
		const read = readBoth(first, second)(0);
		expect(read.ok ? [] : read.problems.map((problem) => problem.field)).toEqual(names);
	});

	it('changes neither value', () => {
		const [a, b] = [{ x: 1 }, { y: 2 }];
		readBoth(gives(a), gives(b))(0);
		expect([a, b]).toEqual([{ x: 1 }, { y: 2 }]);
	});
});
