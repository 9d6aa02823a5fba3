import { randomInt } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';

/** Where Linux, macOS and Windows take no ports from for connections that go out, which come and go all the time. */
const LOWEST = 20_000;
const HIGHEST = 32_767;
const MAX_TRIES = 50;

/**
 * Two ports that are free right now: one for n8n itself and one for its task broker.
 *
 * @param wish the port that n8n should get if nothing else uses it
 */
export async function freePorts(wish?: number): Promise<[number, number]> {
	const first = wish === undefined ? await holdAnyPort() : await holdPort(wish).catch(holdAnyPort);
	const second = await holdAnyPort();
	await first.release();
	await second.release();
	return [first.port, second.port];
}

interface HeldPort {
	readonly port: number;
	release(): Promise<void>;
}

async function holdAnyPort(): Promise<HeldPort> {
	for (let tries = 1; ; tries++) {
		try {
			return await holdPort(randomInt(LOWEST, HIGHEST + 1));
		} catch (error) {
			if (tries === MAX_TRIES) throw error;
		}
	}
}

async function holdPort(port: number): Promise<HeldPort> {
	return await new Promise((done, failed) => {
		const server = createServer();
		server.once('error', failed);
		server.listen(port, '127.0.0.1', () => {
			done({
				port: (server.address() as AddressInfo).port,
				release: async () => {
					await new Promise((closed) => server.close(closed));
				},
			});
		});
	});
}
