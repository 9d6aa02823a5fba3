import { object } from '../../transport/vendor/zod';
import { createRedactor } from '../../transport/credential/redact';
import { amount } from '../../transport/values/amount';
import { members, textMap } from '../../transport/values/object';
import { oneOf } from '../../transport/values/choice';
import { text } from '../../transport/values/text';
import { createValidator } from '../../transport/input/validate';
import { describeProblem } from '../../transport/input/problem';

const platform = { key: 'platform', label: 'Platform' };

describe('describeProblem', () => {
	it('names label, wire key, rule and value', () => {
		expect(describeProblem({ key: 'packageid', label: 'Package ID' }, 'must be text', [1])).toEqual(
			{
				field: 'packageid',
				value: '[1]',
				rule: 'must be text',
				sentence: 'Package ID (packageid) must be text, not [1]',
			},
		);
	});

	it('names a field once where label and key are the same', () => {
		expect(describeProblem({ key: 'value', label: 'value' }, 'is required').sentence).toBe(
			'value is required',
		);
	});

	it('says nothing of a value when none was given', () => {
		expect(describeProblem(platform, 'is required')).toStrictEqual({
			field: 'platform',
			rule: 'is required',
			sentence: 'Platform (platform) is required',
		});
	});

	const circular: Record<string, unknown> = {};
	circular.self = circular;

	it.each<[string, unknown, string]>([
		['text as it is', 'a "b"', 'a "b"'],
		['a number', 1.5, '1.5'],
		['NaN by its name', NaN, 'NaN'],
		['Infinity by its name', Infinity, 'Infinity'],
		['a bigint', 12345678901234567890n, '12345678901234567890'],
		['a boolean', false, 'false'],
		['null', null, 'null'],
		['an object as JSON', { a: [1] }, '{"a":[1]}'],
		['a date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
		['a NaN date', new Date(NaN), 'null'],
		['a circular value by its type', circular, 'object'],
		['an object with a bigint by its type', { a: 1n }, 'object'],
		['a function by its type', () => 1, 'function'],
		['a symbol by its type', Symbol('a'), 'symbol'],
	])('shows %s', (_, given, shown) => {
		expect(describeProblem(platform, 'must fit', given).value).toBe(shown);
	});

	it('quotes text in the sentence, where it stands among words', () => {
		expect(describeProblem(platform, 'must fit', 'a "b"').sentence).toBe(
			'Platform (platform) must fit, not "a \\"b\\""',
		);
	});

	it.each([
		['a'.repeat(78), 'a'.repeat(78), `"${'a'.repeat(78)}"`],
		['a'.repeat(80), 'a'.repeat(80), `"${'a'.repeat(79)}…`],
		['a'.repeat(81), `${'a'.repeat(80)}…`, `"${'a'.repeat(79)}…`],
		['a'.repeat(10_000), `${'a'.repeat(80)}…`, `"${'a'.repeat(79)}…`],
	])('cuts what is longer than 80 characters', (given, value, quoted) => {
		expect(describeProblem(platform, 'must fit', given)).toMatchObject({
			value,
			sentence: `Platform (platform) must fit, not ${quoted}`,
		});
	});

	it('cuts no character in two', () => {
		for (const start of ['a'.repeat(78), 'a'.repeat(79)]) {
			const { value, sentence } = describeProblem(platform, 'must fit', `${start}🦄🦄`);
			expect([value?.isWellFormed(), sentence.isWellFormed()]).toEqual([true, true]);
		}
	});
});

const SECRET = 'relay-key-0123456789'.repeat(8);

describe('createValidator', () => {
	const validate = createValidator(
		object({ platform: oneOf(['ios', 'android']), value: amount(), note: text().optional() }),
		[
			{
				key: 'platform',
				label: 'Platform',
				place: 'query',
				parameter: 'platform',
				isRequired: false,
			},
			{
				key: 'value',
				label: 'Value',
				place: 'query',
				parameter: 'value',
				isRequired: false,
			},
		],
		createRedactor([SECRET]),
	);

	it('makes an event of valid values', () => {
		expect(validate({ platform: 'IOS', value: 1e-7 })).toStrictEqual({
			ok: true,
			value: { platform: 'ios', value: '0.0000001' },
		});
	});

	it('names every broken field, in the order of the schema', () => {
		expect(validate({ value: '1,50', platform: 'windows' })).toEqual({
			ok: false,
			problems: [
				{
					field: 'platform',
					value: 'windows',
					rule: 'must be ios or android',
					sentence: 'Platform (platform) must be ios or android, not "windows"',
				},
				{
					field: 'value',
					value: '1,50',
					rule: 'must be a plain decimal number of at least 0, with a point, e.g. 1.98 (or set the option Decimal Sign to Comma)',
					sentence:
						'Value (value) must be a plain decimal number of at least 0, with a point, e.g. 1.98 (or set the option Decimal Sign to Comma), not "1,50"',
				},
			],
		});
	});

	it('says of a missing field that it is required', () => {
		expect(validate({ platform: 'ios' })).toEqual({
			ok: false,
			problems: [{ field: 'value', rule: 'is required', sentence: 'Value (value) is required' }],
		});
	});

	it('names a key without a label by itself', () => {
		expect(validate({ platform: 'ios', value: 1, note: {} })).toMatchObject({
			problems: [{ sentence: 'note must be text, not {}' }],
		});
	});

	it('drops keys that the schema does not know', () => {
		expect(validate({ platform: 'ios', value: 1, apikey: 'x' })).toStrictEqual({
			ok: true,
			value: { platform: 'ios', value: '1' },
		});
	});

	it('masks a secret before it cuts a long value', () => {
		const checked = validate({ platform: 'ios', value: `x${SECRET}` });
		expect(JSON.stringify(checked)).not.toContain('relay-key');
	});
});

describe('of an object, createValidator', () => {
	const member = (key: string, name?: string, label = 'Ad Attributes') => ({
		key,
		member: name,
		label,
		place: 'query' as const,
		parameter: label,
		isRequired: false,
	});
	const validate = createValidator(
		object({
			e: members({ ad_platform: text([1, 5]), ad_type: text([1, 5]).optional() }),
			more: textMap([1, 5]).optional(),
		}),
		[
			member('e', 'ad_platform', 'Ad Platform'),
			member('e'),
			member('e', 'ad_type', 'Ad Type'),
			member('more', undefined, 'More'),
		],
		createRedactor([SECRET]),
	);
	const problemsOf = (raw: object) => {
		const checked = validate(raw as Record<string, unknown>);
		return checked.ok ? [] : checked.problems;
	};

	it('names a broken member as the editor shows it, with its value', () => {
		expect(problemsOf({ e: { ad_platform: 'AppLovin', ad_type: 'Video' } })).toEqual([
			{
				field: 'e.ad_platform',
				value: 'AppLovin',
				rule: 'must be text of 1 to 5 characters',
				sentence: 'Ad Platform (e.ad_platform) must be text of 1 to 5 characters, not "AppLovin"',
			},
		]);
	});

	it('shows the value of a member that is given in JSON too', () => {
		expect(problemsOf({ e: '{"ad_platform":"a","ad_type":"Rewarded"}' })).toMatchObject([
			{ field: 'e.ad_type', value: 'Rewarded' },
		]);
	});

	it.each<[string, object]>([
		['object', { e: { ad_type: 'Video' } }],
		['object in JSON', { e: '{"ad_type":"Video"}' }],
		['list of pairs', { e: { pair: [{ name: 'ad_type', value: 'Video' }] } }],
		['nothing', {}],
	])('says of a missing member that it is required: %s', (_, raw) => {
		expect(problemsOf(raw)).toEqual([
			{
				field: 'e.ad_platform',
				rule: 'is required',
				sentence: 'Ad Platform (e.ad_platform) is required',
			},
		]);
	});

	it('names a member without a field by key and name', () => {
		expect(problemsOf({ e: { ad_platform: 'a', ad_size: 5 } })).toEqual([
			{
				field: 'e.ad_size',
				value: '5',
				rule: 'is not known; the names are ad_platform, ad_type',
				sentence: 'e.ad_size is not known; the names are ad_platform, ad_type, not 5',
			},
		]);
	});

	it('names the object itself where it is none', () => {
		expect(problemsOf({ e: 'AdMob' })).toEqual([
			{
				field: 'e',
				value: 'AdMob',
				rule: 'must be an object with the names ad_platform, ad_type',
				sentence:
					'Ad Attributes (e) must be an object with the names ad_platform, ad_type, not "AdMob"',
			},
		]);
	});

	it('names a map as a whole', () => {
		expect(problemsOf({ e: { ad_platform: 'a' }, more: { a: 'sixsix' } })).toMatchObject([
			{ field: 'more', value: '{"a":"sixsix"}' },
		]);
	});

	it('masks a secret in a member before it cuts it', () => {
		for (const e of [{ ad_platform: `x${SECRET}` }, `{"ad_platform":"x${SECRET}"}`]) {
			expect(JSON.stringify(problemsOf({ e }))).not.toContain('relay-key');
		}
	});

	it('makes an event of a valid object', () => {
		expect(validate({ e: '{"ad_platform":"AdMob","ad_type":""}' })).toStrictEqual({
			ok: true,
			value: { e: { ad_platform: 'AdMob' } },
		});
	});
});
