import { createSchema } from '../../transport/input/schema';
import type { Field } from '../../transport/model/declaration';
import type { CrossRule } from '../../transport/model/provider';
import { amount } from '../../transport/values/amount';
import { flag } from '../../transport/values/choice';
import { needsOneOf } from '../../transport/values/crossRules';
import { members, textMap } from '../../transport/values/object';
import { identifier, text } from '../../transport/values/text';
import type { ZodObject, ZodType } from '../../transport/vendor/zod';

/** A field that the declaration asks of every event. */
const required = (key: string): Field => ({
	key,
	label: key,
	place: 'query',
	parameter: key,
	isRequired: true,
});

const problemsOf = (schema: ZodType, given: unknown) =>
	Object.fromEntries(
		(schema.safeParse(given).error?.issues ?? []).map(({ path, message }) => [
			path.join('.'),
			message,
		]),
	);

describe('a rule across fields', () => {
	const values = {
		ip: identifier([1, 15]),
		useIp: flag(),
		country: identifier([2, 2]),
		e: members({ platform: text([1, 5]) }),
	};
	const schemaWith = (...rules: CrossRule[]) => createSchema({ values, rules }, []);
	const needsIp: CrossRule = {
		fields: ['ip', 'useIp'],
		holds: ({ ip, useIp }) => ip !== undefined || useIp === true,
		says: 'is required, or useIp',
		of: 'ip',
	};
	const schema = schemaWith(needsIp);
	const rule = { ip: 'is required, or useIp' };

	it.each([{ ip: '1' }, { useIp: true }, { ip: '1', useIp: false }])(
		'is content where the rule holds: %p',
		(given) => {
			expect(schema.parse(given)).toStrictEqual(given);
		},
	);

	it.each([{}, { useIp: false }, { country: 'DE' }])(
		'puts the problem down to one field: %p',
		(given) => {
			expect(problemsOf(schema, given)).toEqual(rule);
		},
	);

	it('looks at values as they are sent', () => {
		expect(schema.parse({ useIp: ' TRUE ' })).toStrictEqual({ useIp: true });
		expect(problemsOf(schema, { useIp: '0' })).toEqual(rule);
	});

	it('is told beside the problems of other fields', () => {
		expect(problemsOf(schema, { country: 'DEU', e: { platform: 'sixsix' } })).toEqual({
			...rule,
			country: 'must be text of 2 characters',
			'e.platform': 'must be text of 1 to 5 characters',
		});
	});

	it('is not looked at where one of its fields has a problem already', () => {
		expect(problemsOf(schema, { useIp: 'maybe' })).toEqual({ useIp: 'must be true or false' });
		expect(problemsOf(schema, { ip: 'x'.repeat(16), useIp: 'maybe' })).toEqual({
			ip: 'must be text of 1 to 15 characters',
			useIp: 'must be true or false',
		});
	});

	it('is not looked at where a member of one of its objects has a problem', () => {
		const holds = jest.fn(() => false);
		const ofObject = schemaWith({ fields: ['e'], holds, says: 'is odd', of: 'e' });
		expect(problemsOf(ofObject, { e: { platform: 'sixsix' } })).toEqual({
			'e.platform': 'must be text of 1 to 5 characters',
		});
		expect(holds).not.toHaveBeenCalled();
		expect(problemsOf(ofObject, { e: { platform: 'ad' } })).toEqual({ e: 'is odd' });
	});

	it('may be one of several, each told', () => {
		const both = schemaWith(needsIp, {
			fields: ['country'],
			holds: ({ country }) => country !== undefined,
			says: 'is needed',
			of: 'country',
		});
		expect(problemsOf(both, {})).toEqual({ ...rule, country: 'is needed' });
		expect(problemsOf(both, { ip: '1' })).toEqual({ country: 'is needed' });
		expect(both.parse({ ip: '1', country: 'DE' })).toStrictEqual({ ip: '1', country: 'DE' });
	});

	it('leaves the event as it is, and lets it be changed afterwards', () => {
		const changed = createSchema(
			{ values, rules: [needsIp], complete: (event) => ({ ...event, more: 1 }) },
			[],
		);
		expect(changed.parse({ ip: '1' })).toStrictEqual({ ip: '1', more: 1 });
		expect(problemsOf(changed, {})).toEqual(rule);
	});
});

describe('needsOneOf', () => {
	const schema = createSchema(
		{
			values: {
				userId: identifier([1, 3]),
				gaid: identifier(),
				idfa: identifier(),
				name: text(),
				map: textMap([1, 5]),
			},
			rules: [needsOneOf('userId', 'gaid', 'idfa')],
		},
		[required('name')],
	);
	const problemsOf = (given: unknown) =>
		schema.safeParse(given).error?.issues.map(({ path, message }) => [path.join('.'), message]);
	const rule = 'is required, or one of gaid, idfa';

	it.each([{ userId: '1' }, { gaid: '1' }, { idfa: '1' }, { userId: '1', idfa: '1' }])(
		'is content with any of them: %p',
		(given) => {
			expect(schema.parse({ ...given, name: 'n' })).toEqual({ ...given, name: 'n' });
		},
	);

	it('names the first where none is given, with the others in the message', () => {
		expect(problemsOf({ name: 'n' })).toEqual([['userId', rule]]);
		expect(problemsOf({ name: 'n', userId: undefined })).toEqual([['userId', rule]]);
	});

	it('is not content with another field, nor with one that the schema does not know', () => {
		expect(problemsOf({ name: 'n', map: { a: '1' }, other: '1' })).toEqual([['userId', rule]]);
	});

	it('of one that is given but broken says what is wrong with it, and only that', () => {
		expect(problemsOf({ name: 'n', userId: 'long' })).toEqual([
			['userId', 'must be text of 1 to 3 characters'],
		]);
	});

	it('names a missing one together with the other broken fields', () => {
		expect(new Map(problemsOf({ map: 5 }) as [string, string][])).toEqual(
			new Map([
				['name', 'is required'],
				['map', 'must be an object of names and values, each text of 1 to 5 characters'],
				['userId', rule],
			]),
		);
	});

	it('keeps the shape of the schema', () => {
		expect(Object.keys((schema as unknown as ZodObject).shape)).toEqual([
			'userId',
			'gaid',
			'idfa',
			'name',
			'map',
		]);
	});
});

describe('createSchema', () => {
	const schema = createSchema({ values: { id: identifier(), note: text(), value: amount() } }, [
		required('id'),
		required('value'),
	]);

	it('keeps the fields and drops unknown keys', () => {
		expect(schema.parse({ id: ' 1 ', value: 2, note: 'n', other: 'x' })).toStrictEqual({
			id: '1',
			value: '2',
			note: 'n',
		});
	});

	it('lets an optional field be absent', () => {
		expect(schema.parse({ id: '1', value: '2' })).toStrictEqual({ id: '1', value: '2' });
	});

	it.each([
		['names every required field that is missing', {}, { id: 'is required', value: 'is required' }],
		[
			'names every broken field',
			{ id: ' ', note: {}, value: '1' },
			{ id: 'must be text that is not blank', note: 'must be text' },
		],
	])('%s', (_, given, problems) => {
		const issues = schema.safeParse(given).error?.issues ?? [];
		expect(Object.fromEntries(issues.map(({ path, message }) => [path[0], message]))).toEqual(
			problems,
		);
	});
});

describe('the same schema again', () => {
	const values = { id: identifier() };
	const rules = [needsOneOf('id', 'other')];
	const schema = createSchema({ values, rules }, [required('id')]);

	it('is given where it is made of the same: zod takes milliseconds for one', () => {
		expect(createSchema({ values, rules }, [required('id')])).toBe(schema);
	});

	it.each([
		['other required fields', { values, rules }, []],
		['other rules', { values, rules: [...rules] }, [required('id')]],
		['another last touch', { values, rules, complete: (event: object) => event }, [required('id')]],
	])('is not given for %s', (_, operation, fields) => {
		expect(createSchema(operation as never, fields)).not.toBe(schema);
	});
});
