import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came over the wire. */
export interface RecordedRequest {
	readonly method: string;
	readonly path: string;
	/** Decoded parameters, sorted: their order means nothing. */
	readonly query: readonly (readonly [string, string])[];
	/** The request line's target, as sent. */
	readonly target: string;
	readonly contentType?: string;
	readonly authorization?: string;
	readonly body: string;
}

/** What most providers take for an acceptance. */
const ACCEPTANCE = { status: 'ok', ok: true, message: 'OK' };

/** A server that takes everything and remembers it. */
export async function startRecorder(answer: object = ACCEPTANCE) {
	const requests: RecordedRequest[] = [];
	const server = createServer((request, response) => {
		const target = request.url ?? '';
		const { pathname, searchParams } = new URL(target, 'http://localhost');
		let body = '';
		request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
		request.on('end', () => {
			requests.push({
				method: request.method ?? '',
				path: pathname,
				query: [...searchParams].sort(([a], [b]) => (a < b ? -1 : 1)),
				target,
				contentType: request.headers['content-type'],
				authorization: request.headers.authorization,
				body,
			});
			response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
		});
	});
	// as a proxy it is asked for tunnels, and refuses them
	const tunnels: string[] = [];
	server.on('connect', (request, socket) => {
		tunnels.push(request.url ?? '');
		socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
		requests,
		tunnels,
		close: () =>
			new Promise<void>((resolve) => {
				server.close(() => {
					resolve();
				});
				server.closeAllConnections();
			}),
	};
}
