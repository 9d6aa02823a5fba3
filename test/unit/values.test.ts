import fc from 'fast-check';
import { DateTime } from 'luxon';

import { amount, fields, identifier, isoTime, oneOf, text } from '../../transport/values';
import type { ZodType } from '../../transport/vendor/zod';

/** What goes out for the value, or the rule that it breaks. */
function read(schema: ZodType<string>, given: unknown): { sent: string } | { rule?: string } {
	const result = schema.safeParse(given);
	return result.success ? { sent: result.data } : { rule: result.error.issues[0]?.message };
}

/** The plain decimal text times 10^60, exact. */
function scaled(decimal: string): bigint {
	const [whole = '', fraction = ''] = decimal.split('.');
	return BigInt(whole + fraction.padEnd(60, '0'));
}

describe('amount', () => {
	const rule = 'must be a plain decimal number of at least 0, with a point, e.g. 1.98';

	it.each([
		[4e-7, '0.0000004'],
		[1e-7, '0.0000001'],
		[1.5e-7, '0.00000015'],
		[5e-324, `0.${'0'.repeat(323)}5`],
		[1e21, '1000000000000000000000'],
		[1.25e21, '1250000000000000000000'],
		[0.1 + 0.2, '0.30000000000000004'],
		[0, '0'],
		[-0, '0'],
		[1.98, '1.98'],
		[12n, '12'],
		[123456789012345678901234567890n, '123456789012345678901234567890'],
		['1e-7', '0.0000001'],
		['4E-7', '0.0000004'],
		['1e21', '1000000000000000000000'],
		['12.5e+1', '125'],
		['12.50e1', '125.0'],
		['12.5e-1', '1.25'],
		['0e5', '0'],
		['.5e1', '5'],
		['-0', '0'],
		['-0.00', '0.00'],
		['.5', '0.5'],
		['5.', '5'],
		['+1', '1'],
		[' 1.98\n', '1.98'],
	])('decimal text without an exponent goes out: %p as %p', (given, sent) => {
		expect(read(amount(), given)).toEqual({ sent });
	});

	it.each(['007.50', '1.10', '0.000', '12345678901234567890.123456789012345678901'])(
		'decimal text passes digit for digit: %p',
		(given) => {
			expect(read(amount(), given)).toEqual({ sent: given });
		},
	);

	it.each([
		['1,50'],
		['1.000,50'],
		['1 000'],
		["1'000"],
		['$1'],
		['1.2.3'],
		['1e'],
		['e5'],
		['.'],
		['+'],
		['0x10'],
		['١'],
		['NaN'],
		['Infinity'],
		[''],
		[' '],
		['-1'],
		['-0.01'],
		['-1e-300'],
		[-1],
		[-5e-324],
		[-1n],
		[NaN],
		[Infinity],
		[-Infinity],
		[null],
		[true],
		[{}],
		[{ value: 1 }],
		[[]],
		[[1.98]],
		[new Date(0)],
	])('what is no plain amount is refused by its rule: %p', (given) => {
		expect(read(amount(), given)).toEqual({ rule });
	});

	it('passes every decimal string unchanged', () => {
		fc.assert(
			fc.property(fc.stringMatching(/^\d{1,40}(?:\.\d{1,40})?$/), (given) => {
				expect(read(amount(), given)).toEqual({ sent: given });
			}),
		);
	});

	it('writes every finite number without an exponent and without losing any of it', () => {
		const numbers = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
		fc.assert(
			fc.property(numbers, (given) => {
				const sent = amount().parse(given);
				expect(sent).toMatch(/^\d+(?:\.\d+)?$/);
				expect(Number(sent)).toBe(given);
			}),
		);
	});

	it('moves the point by the exponent and computes no digit', () => {
		const mantissas = fc.stringMatching(/^\d{1,20}(?:\.\d{1,20})?$/);
		fc.assert(
			fc.property(mantissas, fc.integer({ min: 0, max: 30 }), (mantissa, exponent) => {
				const up = amount().parse(`${mantissa}e${String(exponent)}`);
				const down = amount().parse(`${mantissa}e-${String(exponent)}`);
				expect(scaled(up)).toBe(scaled(mantissa) * 10n ** BigInt(exponent));
				expect(scaled(down) * 10n ** BigInt(exponent)).toBe(scaled(mantissa));
			}),
		);
	});
});

describe('isoTime', () => {
	const rule = 'must be a time: ISO 8601 text, e.g. 2026-01-31T12:00:00Z, or unix seconds';

	it.each([
		'2026-01-31T12:00:00Z',
		'2026-01-31T12:00Z',
		'2026-01-31T12:00:00.123456Z',
		'2026-01-31T12:00:00,5Z',
		'2026-01-31T12:00:00+05:30',
		'2026-01-31T12:00:00-0800',
		'2026-01-31T12:00:00+01',
		'2026-01-31T12:00:00',
		'2024-02-29T00:00:00Z',
		'1969-07-20T20:17:40Z',
	])('ISO 8601 text passes as it is: %p', (given) => {
		expect(read(isoTime(), given)).toEqual({ sent: given });
	});

	it.each([
		['spaced, read as UTC', '2026-01-31 12:00:00', '2026-01-31T12:00:00.000Z'],
		['spaced, without seconds', '2026-01-31 12:00', '2026-01-31T12:00:00.000Z'],
		['spaced, with a zone', '2026-01-31 12:00:00.25+02:00', '2026-01-31T10:00:00.250Z'],
		['spaced, with Z', '2026-01-31 12:00:00Z', '2026-01-31T12:00:00.000Z'],
		['spaced, with blanks around', ' 2026-01-31 12:00 ', '2026-01-31T12:00:00.000Z'],
		['a date alone', '2026-01-31', '2026-01-31T00:00:00.000Z'],
		['blanks around ISO text', ' 2026-01-31T12:00:00Z\n', '2026-01-31T12:00:00Z'],
		['a Date', new Date(Date.UTC(2026, 0, 31, 12)), '2026-01-31T12:00:00.000Z'],
		['a Date before 1970', new Date(-1), '1969-12-31T23:59:59.999Z'],
		[
			'a Luxon DateTime',
			DateTime.fromISO('2026-01-31T12:00:00', { zone: 'Asia/Kolkata' }),
			'2026-01-31T06:30:00.000Z',
		],
		['unix seconds', 1769860800, '2026-01-31T12:00:00.000Z'],
		['unix seconds with a fraction', 1769860800.25, '2026-01-31T12:00:00.250Z'],
		['unix milliseconds', 1769860800123, '2026-01-31T12:00:00.123Z'],
		['unix seconds as text', '1769860800', '2026-01-31T12:00:00.000Z'],
		['unix seconds with a fraction as text', ' 1769860800.5 ', '2026-01-31T12:00:00.500Z'],
		['unix milliseconds as text', '1769860800123', '2026-01-31T12:00:00.123Z'],
		['the last second that is read as seconds', 99999999999, '5138-11-16T09:46:39.000Z'],
		['the first millisecond that is read as such', 100000000000, '1973-03-03T09:46:40.000Z'],
		['zero', 0, '1970-01-01T00:00:00.000Z'],
	])('%s is understood', (_, given, sent) => {
		expect(read(isoTime(), given)).toEqual({ sent });
	});

	it.each([
		['31 February', '2026-02-31'],
		['31 February at a time', '2026-02-31T12:00:00Z'],
		['31 February, spaced', '2026-02-31 12:00:00'],
		['29 February of another year', '2026-02-29T12:00:00Z'],
		['month 13', '2026-13-01T00:00:00Z'],
		['hour 25', '2026-01-31T25:00:00Z'],
		['minute 60', '2026-01-31T12:60:00Z'],
		['zone +25', '2026-01-31T12:00:00+25:00'],
		['an American date', '01/31/2026'],
		['a date in words', '31 January 2026'],
		['an RFC 2822 date', 'Sat, 31 Jan 2026 12:00:00 GMT'],
		['a word', 'yesterday'],
		['blank', ' '],
		['empty', ''],
		['a negative number', -1],
		['negative text', '-1'],
		['NaN', NaN],
		['Infinity', Infinity],
		['a number past every Date', 8.64e15 + 2],
		['a NaN Date', new Date(NaN)],
		['an invalid Luxon DateTime', DateTime.invalid('for the test')],
		['a boolean', true],
		['null', null],
		['an object', {}],
		['an empty array', []],
		['an array of a time', ['2026-01-31T12:00:00Z']],
		['an array of unix seconds', [1769860800]],
	])('an unreadable time is refused: %s', (_, given) => {
		expect(read(isoTime(), given)).toEqual({ rule });
	});

	it('gives every Date back to the millisecond', () => {
		const dates = fc.date({
			noInvalidDate: true,
			min: new Date('0000-01-01T00:00:00Z'),
			max: new Date('9999-12-31T23:59:59.999Z'),
		});
		fc.assert(
			fc.property(dates, (date) => {
				const sent = isoTime().parse(date);
				expect(new Date(sent)).toEqual(date);
				expect(read(isoTime(), sent)).toEqual({ sent });
			}),
		);
	});

	it('reads unix seconds, unix milliseconds and their text as the same moment', () => {
		// below 1e11 milliseconds, in March 1973, milliseconds cannot be told from seconds
		fc.assert(
			fc.property(fc.integer({ min: 1e8, max: 1e11 - 1 }), (seconds) => {
				const sent = new Date(seconds * 1000).toISOString();
				for (const given of [seconds, seconds * 1000, String(seconds), String(seconds * 1000)]) {
					expect(read(isoTime(), given)).toEqual({ sent });
				}
			}),
		);
	});
});

describe('identifier', () => {
	it.each([
		[' com.my.app\n', 'com.my.app'],
		['\u00a0id\u00a0', 'id'],
		['a b', 'a b'],
		['1e5', '1e5'],
		['007', '007'],
		['12345678901234567890', '12345678901234567890'],
		['Größe 雪 🦄', 'Größe 雪 🦄'],
		[42, '42'],
		[-5, '-5'],
		[Number.MAX_SAFE_INTEGER, '9007199254740991'],
		[12345678901234567890n, '12345678901234567890'],
		[true, 'true'],
	])('white space around is trimmed, the rest is sent as given: %p as %p', (given, sent) => {
		expect(read(identifier(), given)).toEqual({ sent });
	});

	it.each([
		['blank', ' \t\n'],
		['empty', ''],
		['a whole number that has lost digits', Number('12345678901234567890')],
		['the first whole number that may have', 2 ** 53],
		['NaN', NaN],
		['half of a surrogate pair', 'id-\ud83e'],
		['the other half', '\udd84'],
		['null', null],
		['an object', { id: 1 }],
		['an array', ['id']],
	])('what identifies nothing for certain is refused: %s', (_, given) => {
		expect(read(identifier(), given)).toEqual({ rule: 'must be text that is not blank' });
	});
});

describe('oneOf', () => {
	it.each([
		['ios', 'ios'],
		['IOS', 'ios'],
		['iOS', 'ios'],
		['Android', 'android'],
		[' android ', 'android'],
	])('case and white space around do not matter: %p is %p', (given, sent) => {
		expect(read(oneOf(['ios', 'android']), given)).toEqual({ sent });
	});

	it('sends the documented spelling', () => {
		expect(read(oneOf(['iOS', 'Android']), 'ios')).toEqual({ sent: 'iOS' });
	});

	it('takes a number for its text', () => {
		expect(read(oneOf(['1', '2']), 2)).toEqual({ sent: '2' });
	});

	it.each(['windows', 'io', 'iosx', '', ' ', null, true, {}, ['ios']])(
		'another value is refused, with the allowed ones in the message: %p',
		(given) => {
			expect(read(oneOf(['ios', 'android']), given)).toEqual({ rule: 'must be ios or android' });
		},
	);

	it('refuses a value that fits two documented ones but for case', () => {
		const schema = oneOf(['ab', 'AB']);
		expect(read(schema, 'Ab')).toEqual({ rule: 'must be ab or AB' });
		expect(read(schema, 'AB')).toEqual({ sent: 'AB' });
		expect(read(schema, 'ab')).toEqual({ sent: 'ab' });
	});
});

describe('text', () => {
	it.each([
		['  spaces stay ', '  spaces stay '],
		['1,50', '1,50'],
		['🦄', '🦄'],
		[true, 'true'],
		[false, 'false'],
		[0, '0'],
		[-0, '0'],
		[-1.5, '-1.5'],
		[1e-7, '0.0000001'],
		[10n, '10'],
	])('scalars become text: %p is sent as %p', (given, sent) => {
		expect(read(text(), given)).toEqual({ sent });
	});

	it.each([null, NaN, Infinity, 1e21, {}, [], ['a'], () => 'a', Symbol('a'), '\ud83e'])(
		'anything else is refused: %p',
		(given) => {
			expect(read(text(), given)).toEqual({ rule: 'must be text' });
		},
	);
});

describe('fields', () => {
	const schema = fields({ id: identifier(), note: text().optional(), value: amount() });

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
