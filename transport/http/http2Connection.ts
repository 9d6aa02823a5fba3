import { connect, constants, type ClientHttp2Session, type Settings } from 'node:http2';
import type { Socket } from 'node:net';

import type { Dispatcher } from '../vendor/undici';
import { NotTaken } from './notTaken';

/** Of RFC 9113, 6.2: node:http2 gives types of frames as numbers. */
const HEADERS_FRAME = 1;

/** What a GOAWAY says, or a reset, of a peer that will not get on with HTTP/2. */
const MISFITS: ReadonlyMap<number, string> = new Map([
	[constants.NGHTTP2_PROTOCOL_ERROR, 'PROTOCOL_ERROR'],
	[constants.NGHTTP2_FLOW_CONTROL_ERROR, 'FLOW_CONTROL_ERROR'],
	[constants.NGHTTP2_SETTINGS_TIMEOUT, 'SETTINGS_TIMEOUT'],
	[constants.NGHTTP2_FRAME_SIZE_ERROR, 'FRAME_SIZE_ERROR'],
	[constants.NGHTTP2_COMPRESSION_ERROR, 'COMPRESSION_ERROR'],
	[constants.NGHTTP2_INADEQUATE_SECURITY, 'INADEQUATE_SECURITY'],
	[constants.NGHTTP2_HTTP_1_1_REQUIRED, 'HTTP_1_1_REQUIRED'],
]);

/** Who is told what becomes of a connection. */
export interface Watcher {
	/** It may take more requests than before. */
	readonly onRoom: () => void;
	/** A request was answered. */
	readonly onAnswer: () => void;
	/** The peer cannot do HTTP/2, or will not; in a word or two. */
	readonly onMisfit: (reason: string) => void;
	/** It is closed. */
	readonly onClose: () => void;
}

/**
 * One HTTP/2 connection. It says of each request what is certain, as RFC 9113 has it: a stream that
 * the peer refused (8.7), or whose number is above the last one of a GOAWAY (6.8), was not taken.
 * Any other that ends without an answer may have been.
 *
 * Once a request was given up, the connection takes no further ones: nothing shows that it is not
 * dead. Those under way go on.
 */
export class Http2Connection {
	/** Requests that the peer takes at once; 1 until its settings have come, Infinity where it sets no limit. */
	maxStreams = 1;
	hasSettings = false;
	hasAnswered = false;
	/** Closed by us: it was idle, or slow to answer while it kept to the protocol. */
	isClosedByUs = false;

	private readonly session: ClientHttp2Session;
	private open = 0;
	private isRetired = false;
	/** The last stream that the peer has taken or will take. */
	private lastTaken = Infinity;
	private idleSince = performance.now();
	private idleTimer: NodeJS.Timeout | undefined;

	/**
	 * @param socket connected, and agreed on HTTP/2
	 * @param origin scheme, host and port
	 * @param idleMs after so many ms without a request it is closed
	 */
	constructor(
		socket: Socket,
		origin: string,
		private readonly idleMs: number,
		private readonly watcher: Watcher,
	) {
		// the session hears of it a turn or two of the event loop later
		socket.once('end', () => {
			this.isRetired = true;
		});
		this.session = connect(origin, {
			createConnection: () => socket,
			settings: { enablePush: false },
		});
		this.session
			.on('remoteSettings', ({ maxConcurrentStreams = Infinity }: Settings) => {
				this.hasSettings = true;
				this.maxStreams = maxConcurrentStreams;
				watcher.onRoom();
			})
			.on('goaway', (code: number, lastStreamId: number) => {
				this.isRetired = true;
				this.lastTaken = Math.min(this.lastTaken, lastStreamId);
				this.tellMisfit(code);
			})
			.on('error', (error: NodeJS.ErrnoException) => {
				// what nghttp2 found wrong with what the peer sent
				if (error.code === 'ERR_HTTP2_ERROR') watcher.onMisfit('it breaks the protocol');
			})
			.on('close', () => {
				this.isRetired = true;
				clearTimeout(this.idleTimer);
				watcher.onClose();
			});
		this.rest();
	}

	/** @param most requests at once, however many more the peer takes */
	hasRoom(most: number): boolean {
		const { session, open } = this;
		if (this.isRetired || session.closed || session.destroyed) return false;
		// where the process was held up, the timer may be late, and the peer gone
		if (open === 0 && performance.now() - this.idleSince > this.idleMs) return false;
		return open < Math.min(most, this.maxStreams);
	}

	/** Takes no further requests; it is closed when those under way have ended. */
	retire(): void {
		this.isRetired = true;
		if (this.open === 0) this.session.destroy();
	}

	/** Ends all. */
	destroy(): void {
		this.isRetired = true;
		this.session.destroy();
	}

	/** Sends a request. There must be room. */
	send(
		{ method, path, headers, body }: Dispatcher.DispatchOptions,
		handler: Dispatcher.DispatchHandler,
	): void {
		const { session, watcher } = this;
		let abort: (reason: Error) => void = () => undefined;
		let aborted: Error | undefined;
		const controller: Dispatcher.DispatchController = {
			get aborted() {
				return aborted !== undefined;
			},
			get reason() {
				return aborted ?? null;
			},
			paused: false,
			abort: (reason) => {
				if (aborted !== undefined) return;
				aborted = reason;
				abort(reason);
			},
			pause: () => undefined,
			resume: () => undefined,
		};
		const fail = (error: Error) => {
			handler.onResponseError?.(controller, error);
		};
		handler.onRequestStart?.(controller, {});
		if (aborted !== undefined) {
			fail(aborted);
			return;
		}
		const open = () => {
			const sent = { ...(headers as Record<string, string>), ':method': method, ':path': path };
			// the proxy's agent adds it; here it is :authority, which node:http2 knows
			if ('host' in sent) Reflect.deleteProperty(sent, 'host');
			const stream = session.request(
				typeof body === 'string' ? { ...sent, 'content-length': Buffer.byteLength(body) } : sent,
				{ endStream: typeof body !== 'string' },
			);
			if (typeof body === 'string') stream.end(body);
			return stream;
		};
		let stream: ReturnType<typeof open>;
		try {
			stream = open();
		} catch (error) {
			fail(new NotTaken((error as NodeJS.ErrnoException).code ?? 'ERR_HTTP2'));
			return;
		}
		this.wake();
		let hasHead = false;
		let hasEnded = false;
		let wasSent = true;
		let error: NodeJS.ErrnoException | undefined;
		abort = (reason) => {
			this.isClosedByUs = this.hasSettings;
			this.retire();
			fail(reason);
			stream.close(constants.NGHTTP2_CANCEL);
			// the reset is on its way; what waits for the end of the stream would keep it
			stream.destroy();
		};
		stream
			.on('response', (answer) => {
				hasHead = true;
				this.hasAnswered = true;
				watcher.onAnswer();
				if (!aborted) handler.onResponseStart?.(controller, answer[':status'] ?? 0, answer, '');
			})
			.on('data', (chunk: Buffer) => {
				if (!aborted) handler.onResponseData?.(controller, chunk);
			})
			.on('end', () => {
				hasEnded = true;
			})
			.on('error', (found: NodeJS.ErrnoException) => {
				error = found;
			})
			.on('frameError', (type: number) => {
				// a GOAWAY came before the request had left
				if (type === HEADERS_FRAME) wasSent = false;
			})
			.on('close', () => {
				const { id, rstCode } = stream;
				this.rest();
				if (aborted) return;
				if (hasHead && hasEnded && rstCode === constants.NGHTTP2_NO_ERROR) {
					handler.onResponseEnd?.(controller, {});
				} else if (!hasHead && (!wasSent || id === undefined || id > this.lastTaken)) {
					fail(new NotTaken('HTTP2_GOAWAY'));
				} else if (!hasHead && isRefused(rstCode, error)) {
					fail(new NotTaken('HTTP2_REFUSED_STREAM'));
				} else {
					this.tellMisfit(rstCode);
					const code = session.destroyed ? 'ECONNRESET' : 'HTTP2_RESET';
					fail(Object.assign(new Error('the stream has ended'), { code }));
				}
				watcher.onRoom();
			});
	}

	private wake(): void {
		if (this.open++ > 0) return;
		clearTimeout(this.idleTimer);
		this.session.ref();
	}

	/** A request has ended, or none has come yet. */
	private rest(): void {
		if (this.open > 0) this.open--;
		if (this.open > 0 || this.session.destroyed) return;
		if (this.isRetired) {
			this.session.destroy();
			return;
		}
		this.idleSince = performance.now();
		// neither keeps a process
		this.session.unref();
		this.idleTimer = setTimeout(() => {
			this.isClosedByUs = true;
			this.session.destroy();
		}, this.idleMs).unref();
	}

	private tellMisfit(code: number | undefined): void {
		const name = code === undefined ? undefined : MISFITS.get(code);
		if (name !== undefined) this.watcher.onMisfit(name);
	}
}

/**
 * Whether the peer reset the stream by itself as refused: a GOAWAY with the same code, which ends
 * all streams with it, says so of those alone that are above its last one.
 */
function isRefused(rstCode: number | undefined, error: NodeJS.ErrnoException | undefined): boolean {
	return rstCode === constants.NGHTTP2_REFUSED_STREAM && error?.code === 'ERR_HTTP2_STREAM_ERROR';
}
