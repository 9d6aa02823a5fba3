import fc from 'fast-check';

import { flag } from '../../transport/values/choice';
import { identifier, text } from '../../transport/values/text';
import { jsonMap, members, textMap } from '../../transport/values/object';
import { wholeNumber } from '../../transport/values/number';
import { object, type ZodType } from '../../transport/vendor/zod';

/** What goes out for the value, or the rule that it breaks. */
function read(schema: ZodType, given: unknown): { sent: unknown } | { rule?: string } {
	const result = schema.safeParse(given);
	return result.success ? { sent: result.data } : { rule: result.error.issues[0]?.message };
}

const problemsOf = (schema: ZodType, given: unknown) =>
	Object.fromEntries(
		(schema.safeParse(given).error?.issues ?? []).map(({ path, message }) => [
			path.join('.'),
			message,
		]),
	);

describe('textMap without a length', () => {
	const schema = textMap();
	const rule = 'must be an object of names and values, each text';
	const long = 'x'.repeat(5000);

	it.each<[string, unknown]>([
		['an object', { tag1: long, n: 5, yes: true }],
		['its JSON', JSON.stringify({ tag1: long, n: 5, yes: true })],
		[
			"n8n's list of pairs",
			{
				pair: [
					{ name: 'tag1', value: long },
					{ name: 'n', value: 5 },
					{ name: 'yes', value: true },
					{ name: '', value: '' },
				],
			},
		],
	])('understands %s, of any length', (_, given) => {
		expect(read(schema, given)).toEqual({ sent: { tag1: long, n: '5', yes: 'true' } });
	});

	it.each<[string, unknown]>([
		['blank values', { a: ' ', b: '\t\n', c: '' }],
		['pairs without a value', { pair: [{ name: 'a', value: ' ' }, { name: 'b' }] }],
		['nothing', {}],
	])('%s are as if nothing was given', (_, given) => {
		expect(read(schema, given)).toEqual({ sent: undefined });
	});

	it.each<[string, unknown]>([
		['an object in it', { a: { b: '1' } }],
		['text', 'tag1=x'],
		['a list', ['a']],
		['half of a surrogate pair', { a: '\ud83e' }],
		['a name that is empty', { '': '1' }],
		['a name that is blank', { ' ': '1' }],
		['a pair whose name is empty', { pair: [{ name: '', value: '1' }] }],
	])('refuses %s', (_, given) => {
		expect(read(schema, given)).toEqual({ rule });
	});
});

describe('jsonMap', () => {
	const schema = jsonMap([1, 5]);
	const rule = 'must be an object of names and values, each of 1 to 5 characters';

	it.each<[string, unknown]>([
		['an object', { level: 2, mode: 'hard', done: true, off: false }],
		['its JSON', '{"level":2,"mode":"hard","done":true,"off":false}'],
		[
			"n8n's list of pairs",
			{
				pair: [
					{ name: 'level', value: 2 },
					{ name: 'mode', value: 'hard' },
					{ name: 'done', value: true },
					{ name: 'off', value: false },
				],
			},
		],
		[
			'empty values, which are left out',
			{ level: 2, mode: 'hard', done: true, off: false, a: '', b: null, c: ' ' },
		],
	])('keeps numbers and booleans what they are, in %s', (_, given) => {
		expect(schema.parse(given)).toStrictEqual({
			level: 2,
			mode: 'hard',
			done: true,
			off: false,
		});
	});

	it.each([0, -1, 1.5, 12345, 0.001, '007', '1', 'true', ' a '])('%p is sent as it is', (a) => {
		expect(schema.parse({ a })).toStrictEqual({ a });
	});

	it('makes text of what JSON has no form for', () => {
		expect(schema.parse({ a: 12n })).toStrictEqual({ a: '12' });
	});

	it.each<[string, unknown]>([
		['a name that is too long', { sixsix: '1' }],
		['text that is too long', { a: 'sixsix' }],
		['a number that is too long as text', { a: 123456 }],
		['a small number that is too long as text', { a: 1e-7 }],
		['a number that has lost digits', { a: 2 ** 53 }],
		['no number', { a: NaN }],
		['an infinite number', { a: Infinity }],
		['a list', [1]],
		['text', 'a=1'],
		['a name that is empty', { '': 1 }],
		['a pair whose name is empty', { pair: [{ name: '', value: 1 }] }],
	])('refuses %s', (_, given) => {
		expect(read(schema, given)).toEqual({ rule });
	});

	it.each<[string, unknown]>([
		['an empty object', {}],
		['empty values', { a: '', b: null }],
		['an empty list of pairs', { pair: [] }],
	])('%s is as if nothing was given', (_, given) => {
		expect(read(schema, given)).toEqual({ sent: undefined });
	});

	it('sends what is named __proto__ like any other', () => {
		const given: unknown = JSON.parse('{"__proto__":5,"a":1}');
		expect(JSON.stringify(jsonMap([1, 9]).parse(given))).toBe('{"__proto__":5,"a":1}');
	});

	it('takes objects and lists as values, of so many characters as JSON text', () => {
		const nested = { items: [{ id: 'a', n: 1.5 }], none: null, yes: true, blank: '' };
		const { length } = JSON.stringify(nested);
		const map = { nested, empty: {}, list: [1, 'a', null, [false]], pair: [1, 2] };
		for (const given of [map, JSON.stringify(map)]) {
			expect(jsonMap([1, length]).parse(given)).toStrictEqual(map);
			expect(jsonMap([1, length - 1]).safeParse(given).success).toBe(false);
		}
		expect(jsonMap([1, 50]).parse({ pair: [{ name: 'a', value: [1] }] })).toStrictEqual({ a: [1] });
		expect(jsonMap([1, 50]).parse({ a: { b: undefined, c: 1 } })).toStrictEqual({ a: { c: 1 } });
	});

	const circle: unknown[] = [];
	circle.push(circle);
	it.each<[string, unknown]>([
		['a number that has lost digits', [2 ** 53]],
		['no number', { a: NaN }],
		['an infinite number', [Infinity]],
		['a bigint', [1n]],
		['a date', [new Date(0)]],
		['a function', { toJSON: () => 1 }],
		['half of a surrogate pair', ['\ud83e']],
		['nothing in a list', [undefined]],
		['itself', circle],
		['more than can be read', JSON.parse('['.repeat(200_000) + ']'.repeat(200_000))],
	])('refuses what JSON has no form for, within a value: %s', (_, given) => {
		expect(read(jsonMap([1, 50]), { a: given })).toHaveProperty('rule');
	});

	it('gives every map back, in each of the three forms', () => {
		const names = fc.stringMatching(/^[ -~]{1,5}$/).filter((name) => name.trim() !== '');
		const values = fc.oneof(names, fc.integer({ min: -999, max: 9999 }), fc.boolean());
		fc.assert(
			fc.property(fc.dictionary(names, values, { minKeys: 1, noNullPrototype: true }), (map) => {
				const pair = Object.entries(map).map(([name, value]) => ({ name, value }));
				for (const given of [map, JSON.stringify(map), { pair }]) {
					expect(schema.parse(given)).toStrictEqual(map);
				}
			}),
		);
	});
});

describe('members', () => {
	const schema = members({
		platform: text([1, 5]),
		share: flag().optional(),
		level: wholeNumber(0, 9).optional(),
	});
	const names = 'platform, share, level';

	it.each<[string, unknown]>([
		['an object', { platform: 'ad', share: 'true', level: '5' }],
		['its JSON', '{"platform":"ad","share":1,"level":5}'],
		[
			"n8n's list of pairs",
			{
				pair: [
					{ name: 'platform', value: 'ad' },
					{ name: 'share', value: true },
					{ name: 'level', value: 5 },
				],
			},
		],
	])('read %s, each name by its own rule', (_, given) => {
		expect(schema.parse(given)).toStrictEqual({ platform: 'ad', share: true, level: 5 });
	});

	it('leave out what is empty', () => {
		const given = { platform: 'ad', share: '', level: null };
		expect(schema.parse(given)).toStrictEqual({ platform: 'ad' });
		expect(schema.parse({ ...given, other: ' ', more: undefined })).toStrictEqual({
			platform: 'ad',
		});
	});

	it.each([
		[undefined],
		[{}],
		['{}'],
		[{ platform: '' }],
		[{ platform: ' ' }],
		[{ platform: null }],
		[{ pair: [] }],
	])('say by name what is required: %p', (given) => {
		expect(problemsOf(schema, given)).toEqual({ platform: 'is required' });
	});

	it('say by name what is wrong, of all at once', () => {
		expect(problemsOf(schema, { platform: 'sixsix', share: 'yes', level: 10, sizes: 1 })).toEqual({
			platform: 'must be text of 1 to 5 characters',
			share: 'must be true or false',
			level: 'must be a whole number from 0 to 9',
			sizes: `is not known; the names are ${names}`,
		});
	});

	it.each(['Platform', 'platform ', 'toString', 'constructor', '__proto__', ''])(
		'do not know %p',
		(name) => {
			const given = JSON.parse(`{"platform":"ad",${JSON.stringify(name)}:"x"}`) as object;
			expect(problemsOf(schema, given)).toEqual({ [name]: `is not known; the names are ${names}` });
		},
	);

	it.each([
		'AdMob',
		'[]',
		'5',
		'null',
		'{"platform":',
		5,
		true,
		null,
		[],
		[{ name: 'platform', value: 'ad' }],
		new Date(0),
	])('have to be an object: %p', (given) => {
		expect(problemsOf(schema, given)).toEqual({ '': `must be an object with the names ${names}` });
	});

	it('may be further ones, of any kind that JSON has', () => {
		const open = members({ platform: text([1, 5]) }, [1, 7]);
		const given = { platform: 'ad', n: 0.5, yes: false, list: [1, 2] };
		for (const form of [given, JSON.stringify(given)])
			expect(open.parse(form)).toStrictEqual(given);
		const proto = '{"platform":"ad","__pr__":1}';
		expect(JSON.stringify(open.parse(proto))).toBe(proto);
		expect(problemsOf(open, { longlong: 1, long: 'longlong', '': 1, list: [1, 2, 3, 4] })).toEqual(
			Object.fromEntries([
				...['longlong', 'long', '', 'list'].map((name) => [
					name,
					'must have a name and a value, each of 1 to 7 characters',
				]),
				['platform', 'is required'],
			]),
		);
	});

	it('are named under the key of their object', () => {
		const event = object({ e: schema, id: identifier() });
		expect(problemsOf(event, { e: { level: 'x', other: 1 } })).toEqual({
			'e.platform': 'is required',
			'e.level': 'must be a whole number from 0 to 9',
			'e.other': `is not known; the names are ${names}`,
			id: 'is required',
		});
		expect(problemsOf(event, { id: '1' })).toEqual({ 'e.platform': 'is required' });
		expect(problemsOf(event, { id: '1', e: 'x' })).toEqual({
			e: `must be an object with the names ${names}`,
		});
	});

	it('may be optional all together', () => {
		const event = object({ e: schema.optional(), id: identifier() });
		expect(event.parse({ id: '1' })).toStrictEqual({ id: '1' });
		expect(problemsOf(event, { id: '1', e: {} })).toEqual({ 'e.platform': 'is required' });
	});
});
