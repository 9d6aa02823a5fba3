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
		['pairs that are empty', pairs('')],
	])('of %s is read without the engine', (_, parameters) => {
		const { context, asked } = contextOf({ params: parameters });
		const read = readParameters(context, itemsOf({}, {}), [field('params')]);
		expect([read(0), read(1)]).toEqual([
			{ ok: true, value: { key_params: parameters } },
			{ ok: true, value: { key_params: parameters } },
		]);
		expect(asked).toEqual([]);
	});

	it.each([{}, { pair: [] }])('that nobody has added to is not filled: %p', (parameters) => {
		const { context, asked } = contextOf({ params: parameters });
		const read = readParameters(context, itemsOf({}), [field('params')]);
		expect(read(0)).toEqual({ ok: true, value: {} });
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

	it('may be named like the wire key, the parameter or the label, whatever case and separators', () => {
		const own = { ...field('purchaseId'), key: 'tx_id', label: 'Transaction ID' };
		for (const column of [
			...['tx_id', 'TX_ID', 'txId', 'Tx-ID', 'tx id', ' tx.id '],
			...['purchaseId', 'purchase_id', 'Purchase ID'],
			...['Transaction ID', 'transaction_id', 'transactionId', 'TRANSACTION-ID'],
		]) {
			expect(columnsOf({ [column]: 'a' }, [own])).toEqual({ value: { tx_id: 'a' }, ignored: [] });
		}
		for (const column of ['tx', 'id', 'tx_id_2', 'transaction', 'transactions id', '', '_']) {
			expect(columnsOf({ [column]: 'a' }, [own])).toEqual({ value: {}, ignored: [column] });
		}
	});

	it('of an object and of its members may have another name too', () => {
		const fields = AD.map((one) => ({ ...one, label: one.member ? one.label : 'Attributes' }));
		const e = { ad_platform: 'AdMob', ad_type: 'Rewarded' };
		expect(columnsOf({ adPlatform: 'AdMob', 'Ad Type': 'Rewarded' }, fields).value).toEqual({ e });
		expect(columnsOf({ ATTRIBUTES: { ...e } }, fields).value).toEqual({ e });
	});

	it('may have a name that stands for a wire key', () => {
		const aliases = { umilisec: 'purchaseId' };
		const own = { ...field('purchaseId'), key: 'purchaseId' };
		expect(columnsOf({ UMILISEC: 'a' }, [own], aliases).value).toEqual({ purchaseId: 'a' });
	});

	it('of fields that give the same value are one: the first field has it', () => {
		const fields = ['countryOfUser', 'country'].map((name) => ({
			...field(name),
			key: 'country',
			label: name,
		}));
		expect(columnsOf({ country: 'DE' }, fields).value).toEqual({ country: 'DE' });
		expect(columnsOf({ countryOfUser: 'DE' }, fields).value).toEqual({ country: 'DE' });
	});

	it.each([
		[{ 'Package ID': 'a', packageid: 'b' }],
		[{ packageid: 'b', 'Package ID': 'b' }],
		[{ packageId: 0, package_id: false }],
	])('that are two for one field are a problem that names both: %p', (json) => {
		const read = readColumns(itemsOf(json), [packageId], {}, new Set())(0);
		const [first = '', second = ''] = Object.keys(json);
		expect(read).toEqual({
			ok: false,
			problems: [
				expect.objectContaining({
					field: 'packageid',
					sentence: expect.stringContaining(
						`has two columns, ${first} and ${second}: rename or remove one, or fill in the field`,
					) as unknown,
				}),
			],
		});
	});

	it.each([[{ packageid: 'b', 'Package ID': '' }], [{ packageId: null, package_id: 'b' }]])(
		'that are empty are none, and leave the field to another: %p',
		(json) => {
			expect(columnsOf(json, [packageId])).toEqual({ value: { packageid: 'b' }, ignored: [] });
		},
	);

	it('are read once each, in time that grows with their number', () => {
		const row = Object.fromEntries(
			Array.from({ length: 40_000 }, (_, index) => [
				`packageid${'_'.repeat(index % 3)} ${index}`,
				1,
			]),
		);
		const start = performance.now();
		expect(columnsOf({ ...row, packageid: 'a' }, [packageId]).value).toEqual({ packageid: 'a' });
		expect(performance.now() - start).toBeLessThan(1_000);
	});

	it.each(['__proto__', 'constructor', 'toString'])('named %p are ignored like others', (name) => {
		const json = JSON.parse(`{"${name}":{"ad_type":"x"},"ad_platform":"AdMob"}`) as object;
		expect(columnsOf(json as INodeExecutionData['json'])).toEqual({
			value: { e: { ad_platform: 'AdMob' } },
			ignored: [name],
		});
	});
});

describe('a field that is filled', () => {
	const reader = (json: INodeExecutionData['json'], filled: RawEvent, fields: readonly Field[]) => {
		const ignored = new Set<string>();
		const read = readColumns(itemsOf(json), fields, {}, ignored);
		const both = readBoth(() => ({ ok: true, value: filled }), read)(0);
		return both.ok ? both.value : both.problems.map(({ sentence }) => sentence);
	};
	const [a, b] = ['a', 'b'].map((name) => ({ ...field(name), key: name, label: name }));
	const plain = [a, b] as Field[];

	it('wins over its column, an empty one takes it', () => {
		expect(reader({ a: 'column', b: 'column' }, { a: 'field' }, plain)).toEqual({
			a: 'field',
			b: 'column',
		});
	});

	it('needs none of its columns, be they two, or such as cannot be read', () => {
		const json = {
			A: 1,
			get a(): string {
				throw new Error('no');
			},
		};
		expect(reader(json, { a: 'field' }, plain)).toEqual({ a: 'field' });
		expect(reader({ A: 1, a: 2 }, {}, plain)).toEqual([expect.stringContaining('A and a')]);
	});

	it('is no part of the columns that are told as ignored', () => {
		const ignored = new Set<string>();
		readColumns(itemsOf({ a: 1, c: 1 }), plain, {}, ignored)(0, { a: 'field' });
		expect([...ignored]).toEqual(['c']);
	});

	it('of an object leaves its other members to their columns', () => {
		const filled = { e: { ad_platform: 'AdMob' } };
		expect(reader({ ad_platform: 'x', ad_type: 'Rewarded' }, filled, AD)).toEqual({
			e: { ad_platform: 'AdMob', ad_type: 'Rewarded' },
		});
		expect(reader({ e: { ad_platform: 'x', ad_unit: 5 } }, filled, AD)).toEqual({
			e: { ad_platform: 'AdMob', ad_unit: 5 },
		});
		expect(reader({ ad_type: 'Rewarded' }, { e: '{"ad_platform":"AdMob"}' }, AD)).toEqual({
			e: { ad_platform: 'AdMob', ad_type: 'Rewarded' },
		});
	});

	it('with an object whose members have no fields wins as a whole', () => {
		const list = { pair: [{ name: 'x', value: '1' }] };
		expect(reader({ a: { y: '2' } }, { a: list }, plain)).toEqual({ a: list });
	});

	it('with what should be an object and is none stays as it is', () => {
		expect(reader({ ad_type: 'x', e: { ad_unit: 1 } }, { e: 'level=2' }, AD)).toEqual({
			e: 'level=2',
		});
	});

	it('has its problems named beside those of columns', () => {
		const fails =
			(...names: string[]): Reader =>
			() => ({
				ok: false,
				problems: names.map((name) => ({ field: name, rule: 'bad', sentence: `${name} is bad` })),
			});
		const good: Reader = () => ({ ok: true, value: {} });
		for (const [parameters, columns, names] of [
			[fails('a', 'b'), good, ['a', 'b']],
			[good, fails('a'), ['a']],
			[fails('a'), fails('b', 'c'), ['a', 'b', 'c']],
		] as const) {
			const read = readBoth(parameters, columns)(0);
			expect(read.ok ? [] : read.problems.map((problem) => problem.field)).toEqual(names);
		}
	});
});
