import { createServer, type AddressInfo } from 'node:net';

/**
 * Two ports that are free right now: one for n8n itself and one for its task broker.
 *
 * @param wish the port that n8n should get if nothing else uses it
 */
export async function freePorts(wish?: number): Promise<[number, number]> {
	const first = await holdPort(wish ?? 0).catch(async () => await holdPort(0));
	const second = await holdPort(0);
	await first.release();
	await second.release();
	return [first.port, second.port];
}

async function holdPort(port: number): Promise<{ port: number; release: () => Promise<void> }> {
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
