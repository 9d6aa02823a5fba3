import { constants, type Http2ServerRequest, type ServerHttp2Stream } from 'node:http2';
import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'node:net';

const { NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = constants;

/** The TCP connections behind requests, whatever is spoken on them. */
export class Connections {
	/** By the client's port. */
	private readonly open = new Map<number | undefined, Socket>();

	constructor(server: Server, onClose: (socket: Socket) => void) {
		server.on('connection', (socket: Socket) => {
			const { remotePort } = socket;
			this.open.set(remotePort, socket);
			socket
				.on('error', () => undefined)
				.once('close', () => {
					this.open.delete(remotePort);
					onClose(socket);
				});
		});
	}

	/** HTTP/2 lets nobody have its socket. */
	of({ socket }: IncomingMessage): Socket {
		return this.open.get(socket.remotePort) ?? socket;
	}

	closeAll(): void {
		for (const socket of this.open.values()) socket.destroy();
	}
}

/** The HTTP/2 stream of a request; none of HTTP/1.1. */
export function streamOf(request: IncomingMessage): ServerHttp2Stream | undefined {
	return (request as unknown as Partial<Http2ServerRequest>).stream;
}

/** What HTTP/2 connections have said of the streams that they take. */
export class LastStreams {
	private readonly sessions = new WeakMap<object, { handled: number; last: number }>();

	/** Whether a request is to be handled: one above the last stream of a GOAWAY is not. */
	takes({ id = 0, session }: ServerHttp2Stream): boolean {
		const { last } = this.stateOf(session);
		return id <= last;
	}

	/** A request is handled, or may be said to be. */
	handle({ id = 0, session }: ServerHttp2Stream): void {
		const state = this.stateOf(session);
		state.handled = Math.max(state.handled, id);
	}

	/**
	 * Says that no more is taken than what was handled, in a GOAWAY; a stream that is no part of it
	 * is refused.
	 */
	goAway(stream: ServerHttp2Stream): void {
		const { id = 0, session } = stream;
		const state = this.stateOf(session);
		// a GOAWAY of 0 would be taken by node:http2 for one of all
		if (state.handled > 0 && state.last === Infinity) {
			state.last = state.handled;
			session?.goaway(NGHTTP2_NO_ERROR, state.last);
		}
		if (id > state.handled) stream.close(NGHTTP2_REFUSED_STREAM);
	}

	private stateOf(session: object | undefined) {
		const state = (session && this.sessions.get(session)) ?? { handled: 0, last: Infinity };
		if (session) this.sessions.set(session, state);
		return state;
	}
}
