import { hash } from 'node:crypto';

/**
 * The account that an address and its secrets stand for. The digest alone is kept.
 *
 * @param address the credential's Base URL, the same for all operations of the account
 * @param secrets and whatever else tells accounts with this address apart
 * @returns 16 bytes in hex
 */
export function accountOf(address: string, secrets: readonly string[]): string {
	return hash('sha256', JSON.stringify(['account', address, ...secrets])).slice(0, 32);
}
