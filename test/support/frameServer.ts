import { once } from 'node:events';
import { createServer as createHttp1Server, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';

import type { Certificate } from '../../bench/receiver/certificate';

/** Types of frames, by RFC 9113, 6. */
const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const GOAWAY = 7;

const END_STREAM = 1;
const ACK = 1;
const END_HEADERS = 4;

const FRAME_HEAD_BYTES = 9;
/** What a client says first. */
const PREFACE_BYTES = 24;
/** `:status: 200`, by RFC 7541, appendix A. */
const STATUS_200 = Buffer.from([0x88]);
const MAX_CONCURRENT_STREAMS = 3;

/** Above all streams: a GOAWAY with it only announces that another one comes. */
export const ANY_STREAM = 2 ** 31 - 1;

/** A request that was read to its end. */
export interface FramedRequest {
	/** Counted from 1. */
	readonly connection: number;
	readonly id: number;
	/** What the test tells it by. */
	readonly body: string;
	readonly peer: Peer;
}

/** The server's side of a connection, frame by frame. */
export class Peer {
	private hasSpoken = false;
	private readonly acknowledged: Buffer[] = [];

	constructor(readonly socket: TLSSocket) {}

	/** Sends frames in one go; the first ever are its settings. */
	send(...frames: readonly Buffer[]): void {
		this.hasSpoken = true;
		this.socket.write(Buffer.concat([...frames, ...this.acknowledged.splice(0)]));
	}

	/** Not before its own settings. */
	acknowledgeSettings(): void {
		this.acknowledged.push(frame(SETTINGS, ACK, 0));
		if (this.hasSpoken) this.send();
	}
}

export const head = (id: number) => frame(HEADERS, END_HEADERS, id, STATUS_200);
export const part = (id: number, text: string) => frame(DATA, 0, id, Buffer.from(text));
export const end = (id: number, text = '') => frame(DATA, END_STREAM, id, Buffer.from(text));
/** A whole answer. */
export const ok = (id: number, text = 'ok') => Buffer.concat([head(id), end(id, text)]);
export const reset = (id: number, code: number) => frame(RST_STREAM, 0, id, uint32(code));
export const goAway = (lastId: number, code = 0) =>
	frame(GOAWAY, 0, 0, Buffer.concat([uint32(lastId), uint32(code)]));
/** Settings with a limit of streams. */
export const limit = (streams: number) =>
	frame(SETTINGS, 0, 0, Buffer.concat([Buffer.from([0, MAX_CONCURRENT_STREAMS]), uint32(streams)]));
/** Settings that set nothing. */
export const settings = () => frame(SETTINGS, 0, 0, Buffer.alloc(0));

/**
 * A server that says in frames what a test wants it to, be it right or wrong.
 *
 * @param http1 answers clients that would rather speak HTTP/1.1
 */
export async function startFrameServer(
	certificate: Certificate,
	onRequest: (request: FramedRequest) => void,
	onConnection: (peer: Peer, connection: number) => void = (peer) => {
		peer.send(settings());
	},
	http1?: RequestListener,
) {
	const requests: FramedRequest[] = [];
	const open = new Set<TLSSocket>();
	let connections = 0;
	const http1Server = http1 && createHttp1Server(http1);
	const ALPNProtocols = http1Server ? ['h2', 'http/1.1'] : ['h2'];
	const server = createServer({ ...certificate, ALPNProtocols }, (socket) => {
		if (socket.alpnProtocol !== 'h2') {
			http1Server?.emit('connection', socket);
			return;
		}
		const connection = ++connections;
		const peer = new Peer(socket);
		const bodies = new Map<number, string>();
		let rest: Buffer = Buffer.alloc(0);
		let skip = PREFACE_BYTES;
		open.add(socket);
		socket.on('error', () => undefined).on('close', () => open.delete(socket));
		onConnection(peer, connection);
		socket.on('data', (chunk: Buffer) => {
			const from = Math.min(skip, chunk.length);
			skip -= from;
			rest = Buffer.concat([rest, chunk.subarray(from)]);
			while (rest.length >= FRAME_HEAD_BYTES) {
				const length = FRAME_HEAD_BYTES + rest.readUIntBE(0, 3);
				if (rest.length < length) return;
				const [type, flags] = [rest[3] ?? 0, rest[4] ?? 0];
				const id = rest.readUInt32BE(5);
				const payload = rest.subarray(FRAME_HEAD_BYTES, length);
				rest = rest.subarray(length);
				if (type === SETTINGS && (flags & ACK) === 0) peer.acknowledgeSettings();
				if (type === PING && (flags & ACK) === 0) peer.send(frame(PING, ACK, 0, payload));
				if (type !== HEADERS && type !== DATA) continue;
				const text = type === DATA ? payload.toString() : '';
				bodies.set(id, (bodies.get(id) ?? '') + text);
				if ((flags & END_STREAM) === 0) continue;
				const request = { connection, id, body: bodies.get(id) ?? '', peer };
				requests.push(request);
				onRequest(request);
			}
		});
	});
	await once(server.listen(0, '127.0.0.1'), 'listening');
	return {
		origin: `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
		requests,
		/** Of HTTP/2. */
		connections: () => connections,
		openConnections: () => open.size,
		close: async () => {
			for (const socket of open) socket.destroy();
			await once(server.close(), 'close');
		},
	};
}

function frame(type: number, flags: number, id: number, payload: Buffer = Buffer.alloc(0)): Buffer {
	const start = Buffer.alloc(FRAME_HEAD_BYTES);
	start.writeUIntBE(payload.length, 0, 3);
	start.writeUInt8(type, 3);
	start.writeUInt8(flags, 4);
	start.writeUInt32BE(id, 5);
	return Buffer.concat([start, payload]);
}

function uint32(value: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value);
	return bytes;
}
