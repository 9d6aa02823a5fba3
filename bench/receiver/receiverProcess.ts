/**
 * The receiver, in a process of its own: a TLS server on loopback that answers every request alike, after a latency,
 * and counts. Its parent tells it what to do by messages.
 */
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';

import type { Counts, Protocol, ReceivedRequest, ReceiverAnswer, ReceiverOrder } from './receiver';

const accepted = {
	GET: Buffer.from('{"status":"ok"}'),
	POST: Buffer.from('{"message":"OK"}'),
};

let latencyMs = 0;
let protocol: Protocol = 'HTTP/1.1';
let recording: ReceivedRequest[] | undefined;
let counts = freshCounts();
let cpuBefore = process.cpuUsage();
/** Connections that are open, with the bytes that each had received when the counts were reset. */
const open = new Map<TLSSocket, number>();

process.on('message', (order: ReceiverOrder) => {
	switch (order.kind) {
		case 'start':
			start(order.key, order.cert);
			return;
		case 'reset':
			({ latencyMs, protocol } = order);
			recording = order.record ? [] : undefined;
			counts = freshCounts();
			for (const socket of open.keys()) open.set(socket, socket.bytesRead);
			cpuBefore = process.cpuUsage();
			answer({ kind: 'done' });
			return;
		case 'report':
			answer({ kind: 'report', counts: reportCounts(), recording });
			return;
	}
});
// the parent is gone
process.on('disconnect', () => process.exit());

function start(key: string, cert: string): void {
	const server = createSecureServer(
		{
			key,
			cert,
			allowHTTP1: true,
			ALPNCallback: ({ protocols }) =>
				protocol === 'HTTP/2' && protocols.includes('h2') ? 'h2' : 'http/1.1',
		},
		receive,
	);
	Object.assign(server, { keepAliveTimeout: 60_000 });
	server.on('secureConnection', (socket: TLSSocket) => {
		open.set(socket, 0);
		counts.connections++;
		counts.maxOpen = Math.max(counts.maxOpen, open.size);
		socket.once('close', () => {
			counts.bytes += socket.bytesRead - (open.get(socket) ?? 0);
			open.delete(socket);
		});
	});
	// contenders may open thousands of connections at once, and none must have to try twice
	server.listen({ host: '127.0.0.1', port: 0, backlog: 65_535 }, () => {
		answer({ kind: 'started', port: (server.address() as AddressInfo).port });
	});
}

function receive(request: Http2ServerRequest, response: Http2ServerResponse): void {
	counts.requests++;
	// also of connections that were open before the counts were reset
	counts.maxOpen = Math.max(counts.maxOpen, open.size);
	if (recording !== undefined) record(request, recording);
	else request.resume();
	request.once('end', () => {
		if (latencyMs === 0) respond(request, response);
		else setTimeout(respond, latencyMs, request, response);
	});
}

function respond({ method }: Http2ServerRequest, response: Http2ServerResponse): void {
	const body = method === 'GET' ? accepted.GET : accepted.POST;
	response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
	response.end(body);
}

function record(request: Http2ServerRequest, into: ReceivedRequest[]): void {
	const chunks: Buffer[] = [];
	request.on('data', (chunk: Buffer) => chunks.push(chunk));
	request.once('end', () => {
		into.push({
			method: request.method,
			path: request.url,
			rawHeaders: request.rawHeaders,
			body: Buffer.concat(chunks).toString('utf8'),
		});
	});
}

function freshCounts(): Pick<Counts, 'connections' | 'requests' | 'bytes' | 'maxOpen'> {
	return { connections: 0, requests: 0, bytes: 0, maxOpen: 0 };
}

function reportCounts(): Counts {
	const { user, system } = process.cpuUsage(cpuBefore);
	let { bytes } = counts;
	for (const [socket, before] of open) bytes += socket.bytesRead - before;
	return { ...counts, bytes, cpuMs: (user + system) / 1000 };
}

function answer(message: ReceiverAnswer): void {
	process.send?.(message);
}
