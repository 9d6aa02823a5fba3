import { hash } from 'node:crypto';

import { withoutTrailing } from '../text/show';

/**
 * The account that an address and its secrets stand for. The digest alone is kept.
 *
 * @param address the credential's Base URL as it was entered, the same for all operations of the
 * account; capitals of the host and slashes at its end make no other
 * @param secrets and whatever else tells accounts with this address apart
 * @returns 16 bytes in hex
 */
export function accountOf(address: string, secrets: readonly string[]): string {
	const same = withoutTrailing(address.trim(), /\//).replace(/^[a-z]+:\/\/[^/{]*/i, (origin) =>
		origin.toLowerCase(),
	);
	return hash('sha256', JSON.stringify(['account', same, ...secrets])).slice(0, 32);
}
