import fc from 'fast-check';
import { DateTime } from 'luxon';

import { unixMilliseconds, unixSeconds, zonedTime } from '../../transport/values/time';
import type { ZodType } from '../../transport/vendor/zod';

/** What goes out for the value, or the rule that it breaks. */
function read(schema: ZodType, given: unknown): { sent: unknown } | { rule?: string } {
	const result = schema.safeParse(given);
	return result.success ? { sent: result.data } : { rule: result.error.issues[0]?.message };
}

/** Noon of 31 January 2026, UTC. */
const NOON = Date.UTC(2026, 0, 31, 12);

const zones = [
	'UTC',
	'Europe/Berlin',
	'America/New_York',
	'Asia/Kolkata',
	'Asia/Kathmandu',
	'America/St_Johns',
	'Australia/Lord_Howe',
	'Pacific/Kiritimati',
	'Pacific/Pago_Pago',
];

/** What is no time, of any kind. */
const unreadable: [string, unknown][] = [
	['31 February', '2026-02-31'],
	['31 February at a time', '2026-02-31 12:00:00'],
	['month 13', '2026-13-01T00:00:00Z'],
	['hour 25', '2026-01-31T25:00:00Z'],
	['hour 25, spaced', '2026-01-31 25:00:00'],
	['minute 60', '2026-01-31 12:60:00'],
	['a day as a spreadsheet counts them', 45000],
	['its text', '45000'],
	['a year', 2026],
	['a day without signs', '20260131'],
	['microseconds', NOON * 1000 + 456],
	['the second before 2000', 946684799],
	['the millisecond before 2000', 946684799999],
	['the first second of 2100', 4102444800],
	['the first millisecond of 2100', 4102444800000],
	['zero', 0],
	['a negative number', -1],
	['an American date', '01/31/2026'],
	['an RFC 2822 date', 'Sat, 31 Jan 2026 12:00:00 GMT'],
	['a word', 'now'],
	['empty', ''],
	['blank', ' '],
	['NaN', NaN],
	['Infinity', Infinity],
	['a NaN Date', new Date(NaN)],
	['an invalid Luxon DateTime', DateTime.invalid('for the test')],
	['a boolean', true],
	['null', null],
	['an object', {}],
	['a list', [1769860800]],
];

/** Moments that numbers may not mean either. */
const otherYears: [string, unknown][] = [
	['a Date before 1970', new Date(-1)],
	['a Date before 2000', new Date('1999-12-31T23:59:59.999Z')],
	['ISO 8601 text before 2000', '1969-07-20T20:17:40Z'],
	['ISO 8601 text after 2099', '2100-01-01T00:00:00Z'],
	['a Luxon DateTime before 2000', DateTime.fromISO('1999-12-31T00:00:00Z')],
];

describe('zonedTime', () => {
	const rule = 'must be a time: YYYY-MM-DD hh:mm:ss, ISO 8601 text, a date or unix seconds';
	const berlin = zonedTime('Europe/Berlin');

	it.each([
		['ISO 8601 text', '2026-01-31T12:00:00Z', '2026-01-31 13:00:00'],
		['ISO 8601 text of another zone', '2026-01-31T12:00:00+05:30', '2026-01-31 07:30:00'],
		['a zone in its short form', '2026-01-31T12:00:00-0800', '2026-01-31 21:00:00'],
		['a zone in its shortest form', '2026-01-31T12:00+01', '2026-01-31 12:00:00'],
		['spaced text with a zone', '2026-01-31 12:00:00+02:00', '2026-01-31 11:00:00'],
		['a time of PostgreSQL', '2026-01-31 12:00:00+00', '2026-01-31 13:00:00'],
		['microseconds of PostgreSQL', '2026-01-31 12:00:00.123456-08', '2026-01-31 21:00:00'],
		['ISO 8601 text in its basic form', '20260131T120000Z', '2026-01-31 13:00:00'],
		['its basic form with a zone', '20260131T1200+0530', '2026-01-31 07:30:00'],
		['spaced text with Z', ' 2026-01-31 12:00:00Z\n', '2026-01-31 13:00:00'],
		['a fraction of a second', '2026-01-31T12:00:00.999Z', '2026-01-31 13:00:00'],
		['a Date', new Date(NOON), '2026-01-31 13:00:00'],
		['a Date before 2000', new Date(Date.UTC(1999, 11, 31, 23)), '2000-01-01 00:00:00'],
		[
			'a Luxon DateTime of another zone',
			DateTime.fromMillis(NOON, { zone: 'Asia/Tokyo' }),
			'2026-01-31 13:00:00',
		],
		['unix seconds', NOON / 1000, '2026-01-31 13:00:00'],
		['unix seconds with a fraction', NOON / 1000 + 0.75, '2026-01-31 13:00:00'],
		['unix milliseconds', NOON + 999, '2026-01-31 13:00:00'],
		['unix seconds as text', String(NOON / 1000), '2026-01-31 13:00:00'],
		['unix milliseconds as text', String(NOON), '2026-01-31 13:00:00'],
		['the first second of 2000', 946684800, '2000-01-01 01:00:00'],
		['the last millisecond of 2099', 4102444799999, '2100-01-01 00:59:59'],
	])('what has a zone is converted: %s', (_, given, sent) => {
		expect(read(berlin, given)).toEqual({ sent });
	});

	it.each([
		['2026-01-31 12:00:00', '2026-01-31 12:00:00'],
		['2026-01-31T12:00:00', '2026-01-31 12:00:00'],
		['2026-01-31 12:00', '2026-01-31 12:00:00'],
		['2026-01-31T12:00', '2026-01-31 12:00:00'],
		['2026-01-31 12:00:00.999', '2026-01-31 12:00:00'],
		['2026-01-31T12:00:00,999', '2026-01-31 12:00:00'],
		['20260131T120000', '2026-01-31 12:00:00'],
		['20260131T1200', '2026-01-31 12:00:00'],
		['20260131T120000.999', '2026-01-31 12:00:00'],
		[' 2026-01-31 12:00:00\n', '2026-01-31 12:00:00'],
		['2026-01-31', '2026-01-31 00:00:00'],
		['2024-02-29', '2024-02-29 00:00:00'],
		// neither the hour that is left out nor the one that comes twice is looked for
		['2026-03-29 02:30:00', '2026-03-29 02:30:00'],
		['2026-10-25 02:30:00', '2026-10-25 02:30:00'],
		['1990-01-01 00:00:00', '1990-01-01 00:00:00'],
	])('what has none passes as it is, in any zone: %p', (given, sent) => {
		for (const zone of zones) expect(read(zonedTime(zone), given)).toEqual({ sent });
	});

	it.each([
		['Europe/Berlin', '2026-03-29T00:59:59Z', '2026-03-29 01:59:59'],
		['Europe/Berlin', '2026-03-29T01:00:00Z', '2026-03-29 03:00:00'],
		['Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25 02:30:00'],
		['Europe/Berlin', '2026-10-25T01:30:00Z', '2026-10-25 02:30:00'],
		['Europe/Berlin', '2026-10-25T02:00:00Z', '2026-10-25 03:00:00'],
		['Europe/Berlin', '2026-07-01T12:00:00Z', '2026-07-01 14:00:00'],
		['America/New_York', '2026-03-08T06:59:59Z', '2026-03-08 01:59:59'],
		['America/New_York', '2026-03-08T07:00:00Z', '2026-03-08 03:00:00'],
		['America/New_York', '2026-11-01T05:59:59Z', '2026-11-01 01:59:59'],
		['America/New_York', '2026-11-01T06:00:00Z', '2026-11-01 01:00:00'],
		['Asia/Kolkata', '2026-01-31T18:29:59Z', '2026-01-31 23:59:59'],
		['Asia/Kolkata', '2026-01-31T18:30:00Z', '2026-02-01 00:00:00'],
		['Asia/Kathmandu', '2026-01-31T12:00:00Z', '2026-01-31 17:45:00'],
		['America/St_Johns', '2026-01-31T12:00:00Z', '2026-01-31 08:30:00'],
		['Australia/Lord_Howe', '2026-01-31T12:00:00Z', '2026-01-31 23:00:00'],
		['Australia/Lord_Howe', '2026-07-01T12:00:00Z', '2026-07-01 22:30:00'],
		['Pacific/Kiritimati', '2025-12-31T10:00:00Z', '2026-01-01 00:00:00'],
		['UTC', '2026-01-31T00:00:00Z', '2026-01-31 00:00:00'],
	])('in %s, %s is %s', (zone, given, sent) => {
		expect(read(zonedTime(zone), given)).toEqual({ sent });
	});

	it.each(['0001-01-01T00:00:00Z', '1899-12-31 00:00:00', '9999-12-31T23:59:59Z', new Date(0)])(
		'what systems write for no time is refused: %p',
		(given) => {
			expect(read(berlin, given)).toEqual({ rule });
		},
	);

	it('is what the clocks of a zone show, at any moment in any form', () => {
		const format = 'yyyy-MM-dd HH:mm:ss';
		const moments = fc.date({
			noInvalidDate: true,
			min: new Date('2000-01-01T00:00:00Z'),
			max: new Date('2099-12-31T23:59:59.999Z'),
		});
		fc.assert(
			fc.property(moments, fc.constantFrom(...zones), (moment, zone) => {
				const instant = moment.getTime();
				const schema = zonedTime(zone);
				const sent = DateTime.fromMillis(instant, { zone }).toFormat(format);
				for (const given of [moment, moment.toISOString(), String(instant), instant]) {
					expect(read(schema, given)).toEqual({ sent });
				}
				expect(read(schema, Math.floor(instant / 1000))).toEqual({ sent });
				// what it makes has no zone, and stays what it is
				expect(read(schema, sent)).toEqual({ sent });
			}),
			{ numRuns: 300 },
		);
	});

	it.each(unreadable)('an unreadable time is refused: %s', (_, given) => {
		expect(read(berlin, given)).toEqual({ rule });
	});

	it('needs a zone that there is', () => {
		expect(() => zonedTime('Europe/Bonn')).toThrow(RangeError);
	});
});

describe('unixMilliseconds', () => {
	const rule = 'must be a time: unix milliseconds or seconds, or ISO 8601 text';

	it.each([
		['unix milliseconds', NOON + 123, NOON + 123],
		['unix milliseconds as text', ` ${String(NOON + 123)} `, NOON + 123],
		['unix milliseconds with a fraction', NOON + 0.4, NOON],
		['unix seconds', NOON / 1000, NOON],
		['unix seconds with a fraction', NOON / 1000 + 0.123, NOON + 123],
		['unix seconds with a fraction as text', '1769860800.123', NOON + 123],
		['ISO 8601 text', '2026-01-31T12:00:00.123Z', NOON + 123],
		['more digits than milliseconds', '2026-01-31T12:00:00.123999Z', NOON + 123],
		['ISO 8601 text of a zone', '2026-01-31T17:30:00+05:30', NOON],
		['a time of PostgreSQL', '2026-01-31 14:00:00+02', NOON],
		['ISO 8601 text in its basic form', '20260131T120000.123Z', NOON + 123],
		['text without a zone, read as UTC', '2026-01-31 12:00:00', NOON],
		['a date alone', '2026-01-31', NOON - 43_200_000],
		['a Date', new Date(NOON + 123), NOON + 123],
		['a Luxon DateTime', DateTime.fromMillis(NOON + 123, { zone: 'Asia/Tokyo' }), NOON + 123],
		['the first second of 2000', 946684800, 946684800000],
		['the last millisecond of 2099', 4102444799999, 4102444799999],
	])('%s goes out as whole milliseconds', (_, given, sent) => {
		expect(read(unixMilliseconds(), given)).toEqual({ sent });
	});

	it.each(unreadable)('an unreadable time is refused: %s', (_, given) => {
		expect(read(unixMilliseconds(), given)).toEqual({ rule });
	});

	it.each(otherYears)(
		'what is not of the years 2000 to 2099 is refused in every form: %s',
		(_, given) => {
			expect(read(unixMilliseconds(), given)).toEqual({ rule });
		},
	);

	it('gives every moment back, in each of its spellings', () => {
		fc.assert(
			fc.property(fc.integer({ min: 946684800000, max: 4102444799999 }), (instant) => {
				const iso = new Date(instant).toISOString();
				for (const given of [instant, String(instant), new Date(instant), iso]) {
					expect(read(unixMilliseconds(), given)).toEqual({ sent: instant });
				}
			}),
		);
	});
});

describe('unixSeconds', () => {
	const rule = 'must be a time: unix seconds or milliseconds, or ISO 8601 text';

	it.each([
		['unix seconds', NOON / 1000, NOON / 1000],
		['unix seconds with a fraction', NOON / 1000 + 0.999, NOON / 1000],
		['unix seconds as text', String(NOON / 1000), NOON / 1000],
		['unix milliseconds', NOON + 999, NOON / 1000],
		['ISO 8601 text', '2026-01-31T12:00:00.999Z', NOON / 1000],
		['a Date', new Date(NOON + 999), NOON / 1000],
		['a Luxon DateTime', DateTime.fromMillis(NOON + 999), NOON / 1000],
		['the first second of 2000', 946684800, 946684800],
		['the last second of 2099', 4102444799, 4102444799],
	])('%s goes out as whole seconds', (_, given, sent) => {
		expect(read(unixSeconds(), given)).toEqual({ sent });
	});

	it.each([...unreadable, ...otherYears])('is refused: %s', (_, given) => {
		expect(read(unixSeconds(), given)).toEqual({ rule });
	});
});
