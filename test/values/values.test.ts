import fc from 'fast-check';
import { DateTime } from 'luxon';

import { JsonNumber } from '../../transport/model/event';
import {
	amount,
	amountBetween,
	jsonAmount,
	seconds,
	type DecimalSign,
} from '../../transport/values/amount';
import { asciiText, deviceIdentifier, identifier, text } from '../../transport/values/text';
import { country, currency, currencyOrDigits, flag, oneOf } from '../../transport/values/choice';
import { ipAddress, ipv4, ipv4OrMapped, ipv6 } from '../../transport/values/ipAddress';
import { isoTime, unixTime } from '../../transport/values/time';
import { textMap } from '../../transport/values/object';
import { wholeNumber, zeroOrOne } from '../../transport/values/number';
import { object, type ZodType } from '../../transport/vendor/zod';

/** What goes out for the value, or the rule that it breaks. */
function read(schema: ZodType, given: unknown): { sent: unknown } | { rule?: string } {
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
		['1,000.50'],
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

describe('amountBetween', () => {
	const exact = amountBetween('0.01', '200.0');
	const inCents = amountBetween('0.01', '200.0', { decimals: 2 });
	const rounded = amountBetween('0.01', '200.0', { decimals: 2, onMore: 'round' });

	it.each([
		['0.01', '0.01'],
		['200.0', '200.0'],
		['200', '200'],
		['200.00', '200.00'],
		['00200.000', '00200.000'],
		['0.0100000000000000000001', '0.0100000000000000000001'],
		['199.99999999999999999999999999', '199.99999999999999999999999999'],
		['1.98', '1.98'],
		[1.98, '1.98'],
		[200, '200'],
		[0.01, '0.01'],
		['1e2', '100'],
		['1E-2', '0.01'],
		['2.', '2'],
		[200n, '200'],
		[' 5 ', '5'],
	])('%p is within the bounds, and its digits go out: %p', (given, sent) => {
		expect(read(exact, given)).toEqual({ sent });
	});

	const wrong = [
		'200.00000000000000000001',
		'0.00999999999999999999999',
		'0.0099999999999999999',
		'200.01',
		'201',
		'1e3',
		200.5,
		'0',
		0,
		'0.00',
		'1e-3',
		'-1',
		-0.01,
		'$1',
		'',
		' ',
		'.',
		'abc',
		NaN,
		Infinity,
		true,
		null,
		{},
		[1],
	];

	it.each(wrong)('%p is not, by however little', (given) => {
		expect(read(exact, given)).toEqual({
			rule: 'must be a plain decimal number from 0.01 to 200.0, e.g. 1.98',
		});
	});

	it('compares all digits, of bounds of any length', () => {
		const decimals = fc.stringMatching(/^\d{1,25}(?:\.\d{1,25})?$/);
		fc.assert(
			fc.property(decimals, decimals, decimals, (least, most, given) => {
				const fits = scaled(least) <= scaled(given) && scaled(given) <= scaled(most);
				expect(amountBetween(least, most).safeParse(given).success).toBe(fits);
				expect(amountBetween(given, given).safeParse(given).success).toBe(true);
			}),
		);
	});

	describe('with a number of decimals', () => {
		const rule =
			'must be a plain decimal number from 0.01 to 200.0 with at most 2 decimals (further ones only if they are zeros), e.g. 1.98';

		it.each([
			['1', '1.00'],
			['1.9', '1.90'],
			['1.98', '1.98'],
			['1.980', '1.98'],
			['2.1000', '2.10'],
			['200.00', '200.00'],
			['200.000', '200.00'],
			['0.01', '0.01'],
			['0.0100000000000000000000', '0.01'],
			['007', '7.00'],
			['.5', '0.50'],
			[1.5, '1.50'],
			[200n, '200.00'],
			['1.5e1', '15.00'],
		])('it goes out with that many, zeros added or left out: %p as %p', (given, sent) => {
			expect(read(inCents, given)).toEqual({ sent });
		});

		it.each(['1.985', '1.9800001', '0.005', '200.001', 0.1 + 0.2, '1e-3', '150e-4', ...wrong])(
			'%p is refused',
			(given) => {
				expect(read(inCents, given)).toEqual({ rule });
			},
		);
	});

	it('says what else to do about further decimals', () => {
		const schema = amountBetween('0.01', '200.0', { decimals: 2, advice: 'or ask someone' });
		expect(read(schema, '1.985')).toMatchObject({
			rule: expect.stringContaining(
				'(further ones only if they are zeros, or ask someone)',
			) as string,
		});
	});

	describe('that is rounded', () => {
		it('may have any decimals, and says that its bounds are those of the rounded one', () => {
			expect(read(rounded, '0.0049')).toEqual({
				rule: 'must be a plain decimal number from 0.01 to 200.0 once it is rounded to 2 decimals, e.g. 1.98',
			});
		});

		it.each([
			['0.995', '1.00'],
			['0.994', '0.99'],
			['0.9949999999999999999999', '0.99'],
			['1.005', '1.01'],
			['1.004999999999999999999999', '1.00'],
			['1.015', '1.02'],
			['2.675', '2.68'],
			['9.995', '10.00'],
			['99.999', '100.00'],
			['199.995', '200.00'],
			['200.004', '200.00'],
			['200.00499999999999999999', '200.00'],
			['0.005', '0.01'],
			['0.0149', '0.01'],
			['0.015', '0.02'],
			['007.555', '7.56'],
			[1.005, '1.01'],
			[0.1 + 0.2, '0.30'],
			['1e-2', '0.01'],
			['5e-3', '0.01'],
			['1.980', '1.98'],
		])('half up, as decimal text: %p is %p', (given, sent) => {
			expect(read(rounded, given)).toEqual({ sent });
		});

		it.each([
			['1', '1.00'],
			['1.9', '1.90'],
			['1.98', '1.98'],
			['007.5', '7.50'],
		])('has that many decimals too where it need not be: %p as %p', (given, sent) => {
			expect(read(rounded, given)).toEqual({ sent });
		});

		it.each(['200.005', '200.01', '201.001', '0.0049', '0.004999999999', '0.000', '-0.005', '-1'])(
			'has to be within the bounds then: %p',
			(given) => {
				expect(read(rounded, given)).toHaveProperty('rule');
			},
		);

		it('is the nearest with so many decimals, and the upper one of two', () => {
			const decimals = fc.stringMatching(/^\d{1,20}\.\d{1,25}$/);
			fc.assert(
				fc.property(decimals, fc.integer({ min: 0, max: 6 }), (given, places) => {
					const schema = amountBetween('0', '9'.repeat(25), { decimals: places, onMore: 'round' });
					const sent = schema.parse(given);
					const unit = 10n ** BigInt(60 - places);
					const up = scaled(given) + unit / 2n;
					expect(sent).toMatch(/^\d+(?:\.\d+)?$/);
					expect(sent.split('.')[1]?.length ?? 0).toBe(places);
					expect(scaled(sent)).toBe(up - (up % unit));
				}),
			);
		});
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
		'20260517T080910Z',
		'20260517T0809Z',
		'20260517T080910.123Z',
		'20260517T080910,5Z',
		'20260517T080910+0530',
		'20260517T080910-08',
		'20260517T080910',
		'20240229T000000Z',
	])('so does its basic form: %p', (given) => {
		expect(read(isoTime(), given)).toEqual({ sent: given });
		expect(read(isoTime(), ` ${given}\n`)).toEqual({ sent: given });
	});

	it.each([
		['spaced, read as UTC', '2026-01-31 12:00:00', '2026-01-31T12:00:00.000Z'],
		['spaced, without seconds', '2026-01-31 12:00', '2026-01-31T12:00:00.000Z'],
		['spaced, with a zone', '2026-01-31 12:00:00.25+02:00', '2026-01-31T10:00:00.250Z'],
		['spaced, with Z', '2026-01-31 12:00:00Z', '2026-01-31T12:00:00.000Z'],
		['as PostgreSQL writes it', '2026-05-17 08:09:10+00', '2026-05-17T08:09:10.000Z'],
		[
			'as PostgreSQL writes microseconds',
			'2026-05-17 08:09:10.123456-03',
			'2026-05-17T11:09:10.123Z',
		],
		['as PostgreSQL writes half hours', '2026-05-17 08:09:10+05:30', '2026-05-17T02:39:10.000Z'],
		['spaced, with a zone without a colon', '2026-05-17 08:09+0530', '2026-05-17T02:39:00.000Z'],
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
		['the first second of 2000', 946684800, '2000-01-01T00:00:00.000Z'],
		['the last millisecond of 2099', 4102444799999, '2099-12-31T23:59:59.999Z'],
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
		['hour 24', '2026-01-31T24:00:00Z'],
		['31 February, basic', '20260231T120000Z'],
		['hour 24, basic', '20260131T240000Z'],
		['minute 60, basic', '20260131T126000Z'],
		['basic with an extended time', '20260131T12:00:00Z'],
		['extended with a basic time', '2026-01-31T120000Z'],
		['basic with an extended zone', '20260131T120000+05:30'],
		['basic with a space', '20260131 120000'],
		['basic with an hour alone', '20260131T12Z'],
		['spaced, with an hour alone as its zone', '2026-01-31 12:00:00+1'],
		['a day as a spreadsheet counts them', 45000],
		['a year', 2026],
		['a day without signs', '20260131'],
		['microseconds', 1769860800123456],
		['the second before 2000', 946684799],
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
		fc.assert(
			fc.property(fc.integer({ min: 946684800, max: 4102444799 }), (seconds) => {
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
		const rule = Number.isInteger(given)
			? 'has lost precision: pass it as text'
			: 'must be text that is not blank';
		expect(read(identifier(), given)).toEqual({ rule });
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

	it.each([null, NaN, Infinity, {}, [], ['a'], () => 'a', Symbol('a'), '\ud83e'])(
		'anything else is refused: %p',
		(given) => {
			expect(read(text(), given)).toEqual({ rule: 'must be text' });
		},
	);
});

describe('asciiText', () => {
	const schema = asciiText([1, 32]);

	it.each([
		['level_complete', 'level_complete'],
		[' level up\n', 'level up'],
		['a'.repeat(32), 'a'.repeat(32)],
		[` ${'a'.repeat(32)} `, 'a'.repeat(32)],
		['!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}', '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}'],
		['~', '~'],
		[5, '5'],
		[true, 'true'],
	])('%p goes out as %p', (given, sent) => {
		expect(read(schema, given)).toEqual({ sent });
	});

	it.each([
		'',
		' ',
		'a'.repeat(33),
		'Größe',
		'雪',
		'🦄',
		'a\tb',
		'a\nb',
		'a\u0000',
		'a\u007f',
		'a\u00a0b',
		'“a”',
		null,
		NaN,
		{},
		['a'],
	])('anything else is refused: %p', (given) => {
		expect(read(schema, given)).toEqual({ rule: 'must be ASCII text of 1 to 32 characters' });
	});

	it('takes every printable text of its length, and no other', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (given) => {
				const fits = /^[\x20-\x7e]{1,32}$/.test(given.trim());
				expect(schema.safeParse(given).success).toBe(fits);
			}),
		);
	});
});

describe('the length of text', () => {
	const schema = text([2, 4]);
	const rule = 'must be text of 2 to 4 characters';

	it.each(['ab', 'abc', 'abcd', ' a', '🦄🦄', '🦄🦄🦄🦄', '雪雪雪雪', 'é́é', 12, 1234, true])(
		'inside its bounds is sent as given: %p',
		(given) => {
			expect(read(schema, given)).toEqual({ sent: String(given) });
		},
	);

	it.each(['', 'a', 'abcde', '🦄', '🦄🦄🦄🦄🦄', '    a', 1, 12345, false, null, ['ab']])(
		'outside its bounds is refused, with the bounds in the message: %p',
		(given) => {
			expect(read(schema, given)).toEqual({ rule });
		},
	);

	it('is counted in characters, not in halves of surrogate pairs', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 0, max: 8 }),
				fc.constantFrom('a', 'ß', '雪', '🦄'),
				(n, one) => {
					const given = one.repeat(n);
					expect(read(schema, given)).toEqual(n >= 2 && n <= 4 ? { sent: given } : { rule });
				},
			),
		);
	});

	it('is one number where only one is accepted', () => {
		expect(read(text([3, 3]), 'ab')).toEqual({ rule: 'must be text of 3 characters' });
		expect(read(text([3, 3]), 'abc')).toEqual({ sent: 'abc' });
		expect(read(text([3, 3]), 'abcd')).toEqual({ rule: 'must be text of 3 characters' });
	});
});

describe('the length of an identifier', () => {
	it.each([
		[' abc ', 'abc'],
		['🦄🦄🦄\n', '🦄🦄🦄'],
		[123, '123'],
	])('is that of its trimmed text: %p', (given, sent) => {
		expect(read(identifier([3, 3]), given)).toEqual({ sent });
	});

	it.each(['ab', ' ab', 'abcd', '🦄🦄', '🦄🦄🦄🦄', 12, 1234])(
		'outside is refused: %p',
		(given) => {
			expect(read(identifier([3, 3]), given)).toEqual({ rule: 'must be text of 3 characters' });
		},
	);

	it.each(['', ' ', '\t\n\u00a0'])('does not let a blank one pass: %p', (given) => {
		expect(read(identifier([0, 3]), given)).toEqual({ rule: 'must be text of 0 to 3 characters' });
	});

	it.each([
		[36, 36],
		[1, 1024],
	])('is accepted at both bounds and refused beyond them: %d to %d', (least, most) => {
		const schema = identifier([least, most]);
		expect(read(schema, 'x'.repeat(least))).toEqual({ sent: 'x'.repeat(least) });
		expect(read(schema, 'x'.repeat(most))).toEqual({ sent: 'x'.repeat(most) });
		expect(read(schema, 'x'.repeat(least - 1))).toHaveProperty('rule');
		expect(read(schema, 'x'.repeat(most + 1))).toHaveProperty('rule');
	});
});

describe('textMap', () => {
	const schema = textMap([1, 5]);
	const rule = 'must be an object of names and values, each text of 1 to 5 characters';

	it.each<[string, unknown]>([
		['an object', { level: '2', mode: 'hard' }],
		['its JSON', '{"level":"2","mode":"hard"}'],
		['its JSON with white space around', ' {"level": "2", "mode": "hard"}\n'],
		[
			"n8n's list of pairs",
			{
				pair: [
					{ name: 'level', value: '2' },
					{ name: 'mode', value: 'hard' },
				],
			},
		],
		['numbers', { level: 2, mode: 'hard' }],
		['numbers in JSON', '{"level":2,"mode":"hard"}'],
		[
			'numbers in pairs',
			{
				pair: [
					{ name: 'level', value: 2 },
					{ name: 'mode', value: 'hard' },
				],
			},
		],
		[
			'empty values, which are left out',
			{ level: '2', mode: 'hard', a: '', b: null, c: undefined, d: ' \n' },
		],
		['empty values in JSON', '{"level":"2","mode":"hard","a":"","b":null}'],
		[
			'empty values in pairs',
			{
				pair: [
					{ name: 'level', value: '2' },
					{ name: 'a', value: '' },
					{ name: '', value: '' },
					{ name: 'b' },
					{ name: 'mode', value: 'hard' },
				],
			},
		],
	])('understands %s', (_, given) => {
		expect(read(schema, given)).toEqual({ sent: { level: '2', mode: 'hard' } });
	});

	it.each([
		[2, '2'],
		[-0.5, '-0.5'],
		[1e-3, '0.001'],
		[0, '0'],
		[true, 'true'],
		[false, 'false'],
		[12n, '12'],
	])('numbers and booleans become text: %p as %p', (value, sent) => {
		expect(read(schema, { name: value })).toEqual({ sent: { name: sent } });
		expect(read(schema, { pair: [{ name: 'name', value }] })).toEqual({ sent: { name: sent } });
	});

	it.each<[string, unknown]>([
		['an empty object', {}],
		['an empty object in JSON', '{}'],
		['an empty list of pairs', { pair: [] }],
		['empty values only', { a: '', b: null }],
		['empty pairs only', { pair: [{ name: '', value: '' }, { name: 'a' }] }],
	])('%s is as if nothing was given', (_, given) => {
		expect(read(schema, given)).toEqual({ sent: undefined });
		expect(JSON.stringify(object({ map: schema }).parse({ map: given }))).toBe('{}');
	});

	it.each<[string, unknown]>([
		['an object in it', { a: { b: '1' } }],
		['an empty object in it', { a: {} }],
		['a list in it', { a: ['1'] }],
		['an object in it, in JSON', '{"a":{"b":"1"}}'],
		['an object in a pair', { pair: [{ name: 'a', value: { b: '1' } }] }],
		['a pair without a name', { pair: [{ value: '1' }] }],
		['a pair whose name is empty', { pair: [{ name: '', value: '1' }] }],
		['a list named pair of something else', { pair: ['a', 'b'] }],
		['a list named pair of nothing', { pair: [null] }],
		['a list beside the pairs', { pair: [{ name: 'a', value: '1' }], other: 'x' }],
		['a list', [{ name: 'a', value: '1' }]],
		['a list in JSON', '[]'],
		['text', 'level=2'],
		['blank text', ' '],
		['text in JSON', '"level"'],
		['a number', 5],
		['a number in JSON', '5'],
		['null in JSON', 'null'],
		['broken JSON', '{"a":"1"'],
		['a boolean', true],
		['null', null],
		['half of a surrogate pair', { a: '\ud83e' }],
		['a number that has lost digits', { a: 2 ** 53 }],
		['a number that lost its digits in JSON', '{"a":12345678901234567890}'],
		['a name that is too long', { sixsix: '1' }],
		['a value that is too long', { a: 'sixsix' }],
		['a name that is empty', { '': '1' }],
		['a long name in a pair', { pair: [{ name: 'sixsix', value: '1' }] }],
		['a long value in a pair', { pair: [{ name: 'a', value: 'sixsix' }] }],
		['one fault among good ones', { a: '1', b: 'sixsix', c: '3' }],
	])('refuses %s', (_, given) => {
		expect(read(schema, given)).toEqual({ rule });
	});

	it('counts the length of names and values in characters', () => {
		const five = '🦄'.repeat(5);
		expect(read(schema, { [five]: five })).toEqual({ sent: { [five]: five } });
		expect(read(schema, { [`${five}🦄`]: five })).toEqual({ rule });
		expect(read(schema, { [five]: `${five}🦄` })).toEqual({ rule });
	});

	it('sends a parameter named pair like any other', () => {
		expect(read(schema, { pair: '1' })).toEqual({ sent: { pair: '1' } });
		expect(read(schema, { pair: '1', other: '2' })).toEqual({ sent: { pair: '1', other: '2' } });
	});

	it.each<[string, unknown]>([
		['JSON', '{"__proto__":"x","a":"1"}'],
		['an object', JSON.parse('{"__proto__":"x","a":"1"}')],
		[
			'pairs',
			{
				pair: [
					{ name: '__proto__', value: 'x' },
					{ name: 'a', value: '1' },
				],
			},
		],
	])('sends a parameter named __proto__ like any other, given in %s', (_, given) => {
		const sent: unknown = textMap([1, 9]).parse(given);
		expect(JSON.stringify(sent)).toBe('{"__proto__":"x","a":"1"}');
	});

	it('gives every map back, in each of the three forms', () => {
		const names = fc
			.string({ unit: 'binary', minLength: 1, maxLength: 5 })
			.filter((name) => name.trim() !== '');
		fc.assert(
			fc.property(fc.dictionary(names, names, { minKeys: 1, noNullPrototype: true }), (map) => {
				const pair = Object.entries(map).map(([name, value]) => ({ name, value }));
				for (const given of [map, JSON.stringify(map), { pair }]) {
					expect(read(schema, given)).toEqual({ sent: map });
				}
			}),
		);
	});
});

describe('wholeNumber', () => {
	const rule = 'must be a whole number from 0 to 128';

	it.each([
		[0, 0],
		[128, 128],
		[25, 25],
		['25', 25],
		[' 25 ', 25],
		['025', 25],
		['25.0', 25],
		['2.5e1', 25],
		[25n, 25],
	])('of a number or numeric text goes out as a number: %p', (given, sent) => {
		expect(read(wholeNumber(0, 128), given)).toEqual({ sent });
	});

	it.each([
		-1,
		129,
		0.5,
		'-1',
		'129',
		'25.5',
		'128.00000000000000000001',
		'twenty',
		'',
		' ',
		'0x10',
		'1,0',
		NaN,
		Infinity,
		true,
		false,
		null,
		{},
		[],
		[25],
		'9'.repeat(400),
	])('anything else is refused, with the bounds in the message: %p', (given) => {
		expect(read(wholeNumber(0, 128), given)).toEqual({ rule });
	});

	it('is within its bounds or refused', () => {
		const bounds = fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 }));
		fc.assert(
			fc.property(bounds, fc.integer({ min: -200, max: 200 }), ([least, more], given) => {
				const isWithin = given >= least && given <= least + more;
				for (const spelling of [given, String(given)]) {
					expect(wholeNumber(least, least + more).safeParse(spelling).success).toBe(isWithin);
				}
			}),
		);
	});
});

describe('ipv4', () => {
	it.each([
		['203.0.113.7', '203.0.113.7'],
		[' 203.0.113.7\n', '203.0.113.7'],
		['0.0.0.0', '0.0.0.0'],
		['255.255.255.255', '255.255.255.255'],
	])('a valid address is sent: %p', (given, sent) => {
		expect(read(ipv4(), given)).toEqual({ sent });
	});

	it.each([
		'256.0.0.1',
		'1.2.3',
		'1.2.3.4.5',
		'1.2.3.04',
		'1.2.3.4/24',
		'1.2.3.4:80',
		'2001:db8::7',
		'::ffff:1.2.3.4',
		'localhost',
		'',
		3405803783,
		1.2,
		null,
		['1.2.3.4'],
	])('anything else is refused: %p', (given) => {
		expect(read(ipv4(), given)).toEqual({ rule: 'must be an IPv4 address, e.g. 203.0.113.7' });
	});

	it('takes every address', () => {
		fc.assert(
			fc.property(fc.ipV4(), (given) => {
				expect(read(ipv4(), given)).toEqual({ sent: given });
			}),
		);
	});
});

describe('ipv4OrMapped', () => {
	it.each([
		['203.0.113.9', '203.0.113.9'],
		['::ffff:203.0.113.9', '203.0.113.9'],
		[' ::FFFF:203.0.113.9 ', '203.0.113.9'],
	])('an IPv4 address is sent as such, also in the clothes of IPv6: %p', (given, sent) => {
		expect(read(ipv4OrMapped(), given)).toEqual({ sent });
	});

	it.each([
		'2001:db8::7',
		'::203.0.113.9',
		'::ffff:256.0.0.1',
		'::ffff:::ffff:203.0.113.9',
		'64:ff9b::203.0.113.9',
		'',
		{},
	])('anything else is refused: %p', (given) => {
		expect(read(ipv4OrMapped(), given)).toEqual({
			rule: 'must be an IPv4 address, e.g. 203.0.113.7',
		});
	});
});

describe('ipv6', () => {
	it.each([
		['2001:db8::7', '2001:db8::7'],
		[' 2001:DB8::7 ', '2001:DB8::7'],
		['::', '::'],
		['::1', '::1'],
		['::ffff:203.0.113.7', '::ffff:203.0.113.7'],
		[
			'ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255',
			'ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255',
		],
	])('a valid address is sent: %p', (given, sent) => {
		expect(read(ipv6(), given)).toEqual({ sent });
	});

	it.each([
		'203.0.113.7',
		'2001:db8::7::1',
		'2001:db8',
		'g::1',
		'[::1]',
		'::1/64',
		'fe80::1%eth0',
		'',
		1,
		null,
		['::1'],
	])('anything else is refused, a zone too: %p', (given) => {
		expect(read(ipv6(), given)).toEqual({ rule: 'must be an IPv6 address, e.g. 2001:db8::7' });
	});

	it('takes every address', () => {
		fc.assert(
			fc.property(fc.ipV6(), (given) => {
				expect(read(ipv6(), given)).toEqual({ sent: given });
			}),
		);
	});
});

describe('ipAddress', () => {
	it.each([
		['203.0.113.7', '203.0.113.7'],
		[' 203.0.113.7\n', '203.0.113.7'],
		['2001:db8::7', '2001:db8::7'],
		[' ::1 ', '::1'],
		['::ffff:203.0.113.7', '::ffff:203.0.113.7'],
	])('a valid address of either kind is sent: %p', (given, sent) => {
		expect(read(ipAddress(), given)).toEqual({ sent });
	});

	it.each([
		'256.0.0.1',
		'1.2.3',
		'1.2.3.4:80',
		'1.2.3.4/24',
		'[::1]',
		'::1/64',
		'fe80::1%eth0',
		'2001:db8',
		'localhost',
		'',
		3405803783,
		null,
		['1.2.3.4'],
	])('anything else is refused, a zone too: %p', (given) => {
		expect(read(ipAddress(), given)).toEqual({
			rule: 'must be an IP address, e.g. 203.0.113.7 or 2001:db8::7',
		});
	});

	it('takes every address', () => {
		fc.assert(
			fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (given) => {
				expect(read(ipAddress(), given)).toEqual({ sent: given });
			}),
		);
	});
});

describe('country', () => {
	it.each([
		['DE', 'DE'],
		['de', 'DE'],
		[' Us ', 'US'],
	])('two letters are sent in capitals: %p as %p', (given, sent) => {
		expect(read(country(), given)).toEqual({ sent });
	});

	it.each(['D', 'DEU', 'D1', 'Ö1', 'ßa', 'ıK', 'D E', '', '49', 49, true, null, {}, ['DE']])(
		'anything else is refused: %p',
		(given) => {
			expect(read(country(), given)).toEqual({
				rule: 'must be a country code of 2 letters, e.g. DE',
			});
		},
	);
});

describe('flag', () => {
	it.each<[unknown, boolean]>([
		[true, true],
		['true', true],
		['True', true],
		[' TRUE\n', true],
		[1, true],
		['1', true],
		[1n, true],
		[false, false],
		['false', false],
		['FALSE', false],
		[0, false],
		[-0, false],
		['0', false],
	])('%p is %p', (given, sent) => {
		expect(read(flag(), given)).toEqual({ sent });
	});

	it.each(['yes', 'no', 'on', 't', '', ' ', '01', '1.0', 2, -1, 0.5, NaN, null, {}, [], [true]])(
		'what may mean anything is refused: %p',
		(given) => {
			expect(read(flag(), given)).toEqual({ rule: 'must be true or false' });
		},
	);
});

describe('currencyOrDigits', () => {
	it.each([
		['USD', 'USD'],
		[' eur ', 'EUR'],
		['840', '840'],
		[840, '840'],
		[' 978\n', '978'],
		['008', '008'],
	])('either form of ISO 4217 goes out as text: %p as %p', (given, sent) => {
		expect(read(currencyOrDigits(), given)).toEqual({ sent });
	});

	it.each([
		'US',
		'USDT',
		'RMB',
		'uſd',
		'84',
		'0840',
		8,
		84.0,
		8.4,
		'٨٤٠',
		'',
		true,
		null,
		{},
		['USD'],
	])('anything else is refused: %p', (given) => {
		expect(read(currencyOrDigits(), given)).toEqual({
			rule: 'must be a currency code of ISO 4217: 3 letters or 3 digits, e.g. USD or 840',
		});
	});
});

describe('zeroOrOne', () => {
	it.each([
		[0, 0],
		[1, 1],
		['1', 1],
		['1.0', 1],
		[true, 1],
		[false, 0],
		['true', 1],
		[' FALSE ', 0],
	])('%p goes out as %p', (given, sent) => {
		expect(read(zeroOrOne(), given)).toEqual({ sent });
	});

	it.each(['yes', 'on', 2, -1, 0.5, '', ' ', NaN, null, {}, [], [true]])(
		'anything else is refused: %p',
		(given) => {
			expect(read(zeroOrOne(), given)).toEqual({ rule: 'must be 0 or 1, or false or true' });
		},
	);
});

describe('an amount whose decimals follow a comma', () => {
	const kinds: [string, (sign: DecimalSign) => ZodType][] = [
		['amount', amount],
		['jsonAmount', jsonAmount],
		['amountBetween', (sign) => amountBetween('0', '999999999', { sign })],
		['seconds', seconds],
	];

	it.each(kinds)(
		'is refused with a point as the Decimal Sign, which the rule names: %s',
		(_, kind) => {
			for (const given of ['1,50', '1.234,56', ',5', '1,234', '1.234.567,8']) {
				expect(read(kind('point'), given)).toEqual({
					rule: expect.stringMatching(
						/^must be .*, e\.g\. .*\d\.\d+ \(or set the option Decimal Sign to Comma\)$/,
					) as string,
				});
			}
		},
	);

	it.each([
		['1,50', '1.50'],
		[' 1,98 ', '1.98'],
		['1234,56', '1234.56'],
		['1.234,56', '1234.56'],
		['12.345.678,9', '12345678.9'],
		['1.234.567', '1234567'],
		['1234', '1234'],
		['0,00782', '0.00782'],
		[',5', '0.5'],
		['1,234', '1.234'],
		['1,5e3', '1500'],
		[1.5, '1.5'],
		[1234, '1234'],
		[1e-7, '0.0000001'],
		[12n, '12'],
	])(
		'is read with a comma as the Decimal Sign, and numbers stay what they are: %p as %p',
		(given, sent) => {
			expect(read(amount('comma'), given)).toEqual({ sent });
		},
	);

	it.each(['1.234', '0.5', '1.5', '1234.56', '1.98'])(
		'may not have a lone point then, which is read in two ways: %p',
		(given) => {
			expect(read(amount('comma'), given)).toEqual({
				rule: 'must be a plain decimal number of at least 0, with a comma, e.g. 1,98 (or set the option Decimal Sign to Point)',
			});
		},
	);

	it.each([
		...['1,234.56', '1,234,567', '1.23,4', '1.2345,6', '0.123,45', '01.234,5', '1234.567,8'],
		...['1.234.56', '1..234,5', '.234,5', '1 234,56', '-1,5', ',', '1,5 €', '', null, true, {}],
	])('has groups of three digits or none: %p is refused', (given) => {
		expect(read(amount('comma'), given)).toEqual({
			rule: 'must be a plain decimal number of at least 0, with a comma, e.g. 1,98',
		});
	});

	it('has the same digits as with a point, grouped or not', () => {
		const whole = fc.stringMatching(/^(?:0|[1-9]\d{0,20})$/);
		const decimals = fc.stringMatching(/^\d{1,20}$/);
		fc.assert(
			fc.property(whole, decimals, (before, after) => {
				const sent = `${before}.${after}`;
				const grouped = before.replace(/\B(?=(?:\d{3})+$)/g, '.');
				expect(read(amount('comma'), `${before},${after}`)).toEqual({ sent });
				expect(read(amount('comma'), `${grouped},${after}`)).toEqual({ sent });
			}),
		);
	});
});

describe('seconds', () => {
	it.each([
		[0, '0'],
		[95, '95'],
		['95.50', '95.50'],
		[' 0.25 ', '0.25'],
		[1e-7, '0.0000001'],
		[95n, '95'],
	])('whole or not, the digits go out: %p as %p', (given, sent) => {
		expect(read(seconds(), given)).toEqual({ sent });
	});

	it.each([-1, '-0.5', '1,5,0', '1m', '00:01:30', '', NaN, Infinity, true, null, {}, [95]])(
		'anything else is refused: %p',
		(given) => {
			expect(read(seconds(), given)).toEqual({
				rule: 'must be a number of seconds of at least 0, with a point, e.g. 95 or 95.5',
			});
		},
	);
});

describe('currency', () => {
	it.each([
		['USD', 'USD'],
		['usd', 'USD'],
		[' Eur ', 'EUR'],
	])('a code of ISO 4217 is sent in capitals: %p as %p', (given, sent) => {
		expect(read(currency(), given)).toEqual({ sent });
	});

	it.each(['RMB', 'BTC', 'AAA', 'ıſK', 'US', 'USDT', '', 840, true, null, {}, ['USD']])(
		'anything else is refused: %p',
		(given) => {
			expect(read(currency(), given)).toEqual({
				rule: 'must be a currency code of ISO 4217, e.g. USD',
			});
		},
	);
});

describe('deviceIdentifier', () => {
	it.each([
		[' 8ECD7512-2864-440C-93F3-A3CABE62525B ', '8ECD7512-2864-440C-93F3-A3CABE62525B'],
		['0000-1', '0000-1'],
		[10, '10'],
	])('is sent as given, white space around trimmed: %p', (given, sent) => {
		expect(read(deviceIdentifier(), given)).toEqual({ sent });
	});

	it.each(['00000000-0000-0000-0000-000000000000', '0', ' 0000000000000000 ', 0])(
		'of zeros is as if nothing was given: %p',
		(given) => {
			expect(read(deviceIdentifier(), given)).toEqual({ sent: undefined });
		},
	);

	it.each(['', ' ', null, {}, ['a'], 2 ** 60])('anything else is refused: %p', (given) => {
		expect(read(deviceIdentifier(), given)).toHaveProperty('rule');
	});
});

describe('jsonAmount', () => {
	it.each([
		['1.98', '1.98'],
		['1.10', '1.10'],
		[1.98, '1.98'],
		[0, '0'],
		['0', '0'],
		['007.50', '7.50'],
		['00', '0'],
		['000.10', '0.10'],
		['010', '10'],
		['.5', '0.5'],
		['5.', '5'],
		['+1', '1'],
		['-0', '0'],
		['-0.00', '0.00'],
		[1e-7, '0.0000001'],
		['4E-7', '0.0000004'],
		[1e21, '1000000000000000000000'],
		['1e3', '1000'],
		['12345678901234567890.123456789012345678901', '12345678901234567890.123456789012345678901'],
		['9'.repeat(300), '9'.repeat(300)],
		[`0.${'1'.repeat(500)}`, `0.${'1'.repeat(500)}`],
		[12345678901234567890n, '12345678901234567890'],
	])('%p goes out with the digits %p', (given, digits) => {
		expect(read(jsonAmount(), given)).toEqual({ sent: new JsonNumber(digits) });
	});

	it.each(['-1', -0.01, '1 000', '$1', '', ' ', '.', 'NaN', NaN, Infinity, true, null, {}, []])(
		'what is no plain amount is refused: %p',
		(given) => {
			expect(read(jsonAmount(), given)).toEqual({
				rule: 'must be a plain decimal number of at least 0, with a point, e.g. 1.98',
			});
		},
	);

	it('refuses a number that a double cannot hold', () => {
		expect(read(jsonAmount(), '9'.repeat(400))).toHaveProperty('rule');
		expect(read(jsonAmount(), '1e400')).toHaveProperty('rule');
	});

	it('is always a JSON number of the same value, without any digit lost', () => {
		const decimals = fc.stringMatching(/^[+]?\d{0,30}(?:\.\d{0,30})?(?:e-?\d{1,2})?$/);
		fc.assert(
			fc.property(decimals, (given) => {
				const amountOf = amount().safeParse(given);
				const number = jsonAmount().safeParse(given);
				expect(number.success).toBe(amountOf.success);
				if (!number.success || !amountOf.success) return;
				const { digits } = number.data;
				expect(digits).toMatch(/^(?:0|[1-9]\d*)(?:\.\d+)?$/);
				expect(JSON.parse(digits)).toBe(Number(given));
				expect(amountOf.data.endsWith(digits)).toBe(true);
				expect(amountOf.data.slice(0, -digits.length)).toMatch(/^0*$/);
			}),
			{ numRuns: 1000 },
		);
	});
});

describe('unixTime', () => {
	const rule = 'must be a time from 1970 to 2106: unix seconds, e.g. 1769860800, or ISO 8601 text';

	it.each([
		[0, 0],
		['0', 0],
		[1769860800, 1769860800],
		['1769860800', 1769860800],
		[1769860800.999, 1769860800],
		['1769860800.5', 1769860800],
		[1769860800123, 1769860800],
		['1769860800999', 1769860800],
		[4294967295, 4294967295],
		['4294967295', 4294967295],
		[4294967295.4, 4294967295],
		[4294967295999, 4294967295],
		['1970-01-01T00:00:00Z', 0],
		['1970-01-01', 0],
		['2026-01-31T12:00:00Z', 1769860800],
		['2026-01-31T12:00:00.999Z', 1769860800],
		['2026-01-31T17:30:00+05:30', 1769860800],
		['2026-01-31 12:00:00', 1769860800],
		['2026-01-31 12:00:00+00', 1769860800],
		['20260131T120000Z', 1769860800],
		['2106-02-07T06:28:15Z', 4294967295],
		['2106-02-07T06:28:15.999Z', 4294967295],
		[new Date(Date.UTC(2026, 0, 31, 12, 0, 0, 999)), 1769860800],
		[DateTime.fromISO('2026-01-31T12:00:00Z'), 1769860800],
	])('a moment goes out in whole unix seconds: %p as %p', (given, sent) => {
		expect(read(unixTime(), given)).toEqual({ sent });
	});

	it.each([
		-1,
		-0.5,
		'-1',
		4294967296,
		'4294967296',
		4294967296000,
		'2106-02-07T06:28:16Z',
		'1969-12-31T23:59:59Z',
		'1969-12-31T23:59:59.999Z',
		new Date(-1),
		new Date(NaN),
		'2026-02-31',
		'yesterday',
		'',
		' ',
		NaN,
		Infinity,
		true,
		null,
		{},
		[1769860800],
	])('what is before or after, or no time, is refused: %p', (given) => {
		expect(read(unixTime(), given)).toEqual({ rule });
	});

	it('gives every second back, in each of its spellings', () => {
		fc.assert(
			fc.property(fc.integer({ min: 1e8, max: 0xffffffff }), fc.nat(999), (seconds, ms) => {
				const instant = seconds * 1000 + ms;
				const spellings = [seconds, instant, String(instant), new Date(instant)];
				for (const given of [...spellings, new Date(instant).toISOString()]) {
					expect(read(unixTime(), given)).toEqual({ sent: seconds });
				}
			}),
		);
	});
});
