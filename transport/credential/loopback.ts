import { BlockList, type LookupFunction } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** The one name that plain http may go to: by RFC 6761 it is this machine. */
const LOCALHOST = 'localhost';

/** The name look-up gave an address of another machine for `localhost`. */
export class NotLoopback extends Error {
	readonly code = 'ERR_NOT_LOOPBACK';

	constructor() {
		super('localhost leads to another machine');
	}
}

/** A name look-up that ends in a {@link NotLoopback} where `localhost` is not this machine. */
export function keepLocalhost(lookup: LookupFunction): LookupFunction {
	return (hostname, options, callback) => {
		if (hostname.toLowerCase() !== LOCALHOST) {
			lookup(hostname, options, callback);
			return;
		}
		lookup(hostname, options, (error, found, family) => {
			const addresses = typeof found === 'string' ? [found] : found.map(({ address }) => address);
			if (error === null && !addresses.every(isLoopbackAddress)) callback(new NotLoopback(), []);
			else callback(error, found, family);
		});
	};
}

function isLoopbackAddress(address: string): boolean {
	return loopback.check(address, 'ipv4') || loopback.check(address, 'ipv6');
}
