import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

import { LoggerProxy } from 'n8n-workflow';

import type { buildConnector, Dispatcher } from '../vendor/undici';
import { Http2Connection } from './http2Connection';
import { MAX_CONNECTIONS } from './limits';

/** For how long a host that has spoken HTTP/1.1 is not asked for HTTP/2 again. */
const HTTP1_MS = 3_600_000;
/** So many connections in a row without any answer, and HTTP/2 is given up. */
const MAX_MUTE = 2;
/** A host that refuses a further connection is not asked for another one for so long. */
const REFUSED_MS = 1_000;

/** Where to connect to; `allowH2: false` for HTTP/1.1 in any case. */
export type ConnectOptions = buildConnector.Options & { readonly allowH2?: boolean };
/** Opens a connection. */
export type Connect = (options: ConnectOptions, callback: buildConnector.Callback) => void;

/** What a request may say beside what undici knows. */
export interface SendOptions extends Dispatcher.DispatchOptions {
	/** Most requests on one connection with it. */
	readonly maxStreams?: number;
}

/** Of HTTP/1.1, with one request at a time on a connection. */
type Http1Pool = Pick<Dispatcher, 'dispatch' | 'close' | 'destroy'>;

/**
 * The connections to one host, as a dispatcher that undici's agents use. The first one tells which
 * protocol the host speaks, and all that comes meanwhile waits for it: of HTTP/2 few connections
 * are opened, with many requests on each; of HTTP/1.1 as many as there are requests.
 */
export class Origin extends EventEmitter {
	private readonly connections = new Set<Http2Connection>();
	private readonly waiting: { options: SendOptions; handler: Dispatcher.DispatchHandler }[] = [];
	private connecting = 0;
	private http1Until: number;
	private http1: Http1Pool | undefined;
	/** The connection that told that it is HTTP/1.1, for the pool. */
	private spare: Socket | undefined;
	private speaksHttp2 = false;
	/** What the host last said that it takes on one connection. */
	private maxStreams = Infinity;
	/** Connections in a row that have ended without any answer. */
	private mute = 0;
	private refusedUntil = -Infinity;
	private isDestroyed = false;

	/** @param createPool a pool whose connections are opened by the function it is given */
	constructor(
		private readonly url: URL,
		private readonly idleMs: number,
		private readonly connect: Connect,
		private readonly createPool: (connect: Connect) => Http1Pool,
	) {
		super();
		this.http1Until = url.protocol === 'https:' ? -Infinity : Infinity;
	}

	/** How many requests its connections hold at once, as far as it is known. */
	room(maxStreams: number): number {
		if (!this.speaksHttp2) return MAX_CONNECTIONS;
		return MAX_CONNECTIONS * this.mostOnOne(maxStreams);
	}

	dispatch(options: SendOptions, handler: Dispatcher.DispatchHandler): boolean {
		if (performance.now() < this.http1Until) return this.viaHttp1(options, handler);
		this.waiting.push({ options, handler });
		this.assign();
		return true;
	}

	async close(): Promise<void> {
		for (const connection of this.connections) connection.retire();
		await this.http1?.close();
	}

	async destroy(): Promise<void> {
		this.isDestroyed = true;
		this.failWaiting(new Error('the dispatcher was destroyed'));
		for (const connection of this.connections) connection.destroy();
		await this.http1?.destroy();
	}

	private viaHttp1(options: SendOptions, handler: Dispatcher.DispatchHandler): boolean {
		this.http1 ??= this.createPool((given, callback) => {
			const { spare } = this;
			this.spare = undefined;
			// undici expects it after its call
			if (spare && !spare.destroyed)
				queueMicrotask(() => {
					callback(null, spare);
				});
			else this.connect({ ...given, allowH2: false }, callback);
		});
		return this.http1.dispatch(options, handler);
	}

	/** Gives requests that wait to connections with room, and opens what is missing. */
	private assign(): void {
		for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
			const free = this.withRoom(mostOf(next.options));
			if (free === undefined) break;
			this.waiting.shift();
			free.send(next.options, next.handler);
		}
		while (this.needsMore()) this.open();
	}

	private withRoom(most: number): Http2Connection | undefined {
		for (const connection of this.connections) if (connection.hasRoom(most)) return connection;
		return undefined;
	}

	private needsMore(): boolean {
		const [first] = this.waiting;
		if (first === undefined || this.isDestroyed) return false;
		if (!this.speaksHttp2) return this.connecting === 0;
		if (this.connections.size + this.connecting >= MAX_CONNECTIONS) return false;
		const hasAny = this.connections.size + this.connecting > 0;
		if (hasAny && (this.maxStreams === 0 || performance.now() < this.refusedUntil)) return false;
		const isNew = ({ hasSettings }: Http2Connection) => !hasSettings;
		const coming = this.connecting + [...this.connections].filter(isNew).length;
		return coming * this.mostOnOne(mostOf(first.options)) < this.waiting.length;
	}

	private mostOnOne(most: number): number {
		return Math.max(1, Math.min(most, this.maxStreams));
	}

	private open(): void {
		const { protocol, host, hostname, port } = this.url;
		this.connecting++;
		const to = { protocol, host, hostname: hostname.replace(/^\[(.*)\]$/, '$1'), port };
		this.connect(to, (error, socket) => {
			this.connecting--;
			if (error !== null) this.onRefused(error);
			else if (this.isDestroyed) socket.destroy();
			else if ((socket as Partial<TLSSocket>).alpnProtocol === 'h2') this.add(socket);
			else this.useHttp1(socket);
			this.assign();
		});
	}

	private onRefused(error: Error): void {
		this.refusedUntil = performance.now() + REFUSED_MS;
		if (this.connections.size === 0) this.failWaiting(error);
	}

	private add(socket: Socket): void {
		this.speaksHttp2 = true;
		const connection = new Http2Connection(socket, this.url.origin, this.idleMs, {
			onRoom: () => {
				if (connection.hasSettings) ({ maxStreams: this.maxStreams } = connection);
				this.assign();
			},
			onAnswer: () => {
				this.mute = 0;
			},
			onMisfit: (reason) => {
				this.giveUpHttp2(reason);
			},
			onClose: () => {
				this.connections.delete(connection);
				if (!connection.hasAnswered && !connection.isClosedByUs && ++this.mute >= MAX_MUTE) {
					this.giveUpHttp2('it answers nothing');
				}
				this.assign();
			},
		});
		this.connections.add(connection);
	}

	private giveUpHttp2(reason: string): void {
		if (this.isDestroyed || performance.now() < this.http1Until) return;
		LoggerProxy.warn(
			`${placeOf(this.url)} offers HTTP/2 and does not keep to it (${reason}). It gets HTTP/1.1 for an hour.`,
		);
		for (const connection of this.connections) connection.retire();
		this.useHttp1();
	}

	private useHttp1(spare?: Socket): void {
		this.speaksHttp2 = false;
		this.mute = 0;
		this.http1Until = performance.now() + HTTP1_MS;
		this.spare = spare;
		for (const { options, handler } of this.waiting.splice(0)) this.viaHttp1(options, handler);
	}

	private failWaiting(error: Error): void {
		for (const { handler } of this.waiting.splice(0)) {
			// no request has started: there is nothing to control
			handler.onResponseError?.(undefined as never, error);
		}
	}
}

/** A host as a log may tell it: what stands before its domain may be a secret. */
function placeOf({ hostname }: URL): string {
	return /[a-z]$/i.test(hostname) ? hostname.split('.').slice(-2).join('.') : hostname;
}

const mostOf = ({ maxStreams = Infinity }: SendOptions) => maxStreams;
