import { amount, amountBetween, jsonAmount } from '../../transport/values/amount';
import { country, currency, flag, oneOf } from '../../transport/values/choice';
import { ipAddress, ipv4, ipv6 } from '../../transport/values/ipAddress';
import { wholeNumber } from '../../transport/values/number';
import { members, jsonMap, textMap } from '../../transport/values/object';
import { asciiText, identifier, text } from '../../transport/values/text';
import {
	isoTime,
	unixMilliseconds,
	unixSeconds,
	unixTime,
	zonedTime,
} from '../../transport/values/time';
import type { ZodType } from '../../transport/vendor/zod';

const kinds: Readonly<Record<string, ZodType>> = {
	amount: amount(),
	jsonAmount: jsonAmount(),
	amountBetween: amountBetween('0.01', '200.0'),
	roundedAmount: amountBetween('0.01', '200.0', { decimals: 2, onMore: 'round' }),
	wholeNumber: wholeNumber(0, 10),
	text: text([1, 500]),
	asciiText: asciiText([1, 32]),
	identifier: identifier(),
	textMap: textMap(),
	jsonMap: jsonMap([1, 500]),
	members: members({ a: text() }),
	country: country(),
	currency: currency(),
	flag: flag(),
	oneOf: oneOf(['ios', 'android']),
	ipv4: ipv4(),
	ipv6: ipv6(),
	ipAddress: ipAddress(),
	isoTime: isoTime(),
	zonedTime: zonedTime('Europe/Berlin'),
	unixSeconds: unixSeconds(),
	unixMilliseconds: unixMilliseconds(),
	unixTime: unixTime(),
};

const LENGTH = 4_000_000;
const many = (part: string) => part.repeat(LENGTH / part.length);

const texts: readonly [string, string][] = [
	['digits after the point', `1.${many('9')}`],
	['digits', many('9')],
	['zeros', `${many('0')}1`],
	['zeros after the point', `1.${many('0')}`],
	['dots', many('.')],
	['spaces', `a${many(' ')}a`],
	['signs', many('+-')],
	['colons', many('1:')],
	['parts of an address', many('ff:')],
	['parts of a time', `2026-01-31T12:00:00.${many('1')}`],
	['zones', `2026-01-31T12:00:00${many('+0000')}`],
	['brackets', many('[')],
	['objects', many('{"a":')],
];

it.each(texts)(
	'a text of 4,000,000 characters takes every kind of value less than a second: %s',
	(_, given) => {
		for (const [name, kind] of Object.entries(kinds)) {
			// time of this processor alone: others may keep the machine busy
			const start = process.cpuUsage();
			kind.safeParse(given);
			const { user, system } = process.cpuUsage(start);
			const seconds = (user + system) / 1e6;
			expect({ name, isFast: seconds < 1 }).toEqual({ name, isFast: true });
		}
	},
);
