import { isIP, isIPv4, isIPv6 } from 'node:net';

import type { ZodType } from '../vendor/zod';
import { rule } from './rule';
import { asText } from './text';

/** A valid IPv4 address. */
export function ipv4(): ZodType<string> {
	return rule('an IPv4 address, e.g. 203.0.113.7', (given) => {
		const value = asText(given)?.trim() ?? '';
		return isIPv4(value) ? value : undefined;
	});
}

/**
 * The same, also as dual-stack servers write it: `::ffff:203.0.113.7` goes out as `203.0.113.7`.
 */
export function ipv4OrMapped(): ZodType<string> {
	return rule('an IPv4 address, e.g. 203.0.113.7', (given) => {
		const value =
			asText(given)
				?.trim()
				.replace(/^::ffff:/i, '') ?? '';
		return isIPv4(value) ? value : undefined;
	});
}

/** A valid IPv6 address, without a zone. */
export function ipv6(): ZodType<string> {
	return rule('an IPv6 address, e.g. 2001:db8::7', (given) => {
		const value = asText(given)?.trim() ?? '';
		return isIPv6(value) && !value.includes('%') ? value : undefined;
	});
}

/** A valid IP address of either kind. */
export function ipAddress(): ZodType<string> {
	return rule('an IP address, e.g. 203.0.113.7 or 2001:db8::7', (given) => {
		const value = asText(given)?.trim() ?? '';
		return isIP(value) !== 0 && !value.includes('%') ? value : undefined;
	});
}
