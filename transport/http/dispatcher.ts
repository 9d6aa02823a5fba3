import dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import { setTimeout } from 'node:timers/promises';

import { keepLocalhost } from '../credential/loopback';
import type { Dispatcher } from '../vendor/undici';
import { MAX_CONNECTIONS } from './limits';
import type { Connect, ConnectOptions, Origin, SendOptions } from './origin';

/** Shorter than the 5 s after which common servers close an idle connection themselves. */
const IDLE_MS = 4_000;
const CONNECT_MS = 10_000;
/** How long a host that has answered unasked gets a new connection for each request. */
const DISTRUST_MS = 600_000;

/**
 * Most requests on one connection where a repeat could count twice: when the connection breaks, as
 * many events as these hold are unknown for good. With 100 connections, which HTTP/1.1 has as well,
 * it is enough for more requests than any run has in flight.
 */
const MAX_STREAMS = 10;
/** Where it is repeated: the least that RFC 9113 (6.5.2) has servers allow. */
const MAX_REPEATABLE_STREAMS = 100;

/** The connections to one host, for requests of one sort. */
export interface Connections extends Pick<Dispatcher, 'dispatch'> {
	/** How many requests they hold at once, as far as it is known by now. */
	room(): number;
}

/** All that is asked of undici's dispatchers. */
export interface Sender extends Pick<Dispatcher, 'dispatch'> {
	/**
	 * @param origin scheme, host and port
	 * @param mayRepeat whether a request that may have been taken is sent again
	 */
	to(origin: string, mayRepeat: boolean): Connections;
	/** Ends all connections. */
	destroy(): Promise<void>;
}

let shared: Promise<Sender> | undefined;

/**
 * The process's one dispatcher: a keep-alive pool per origin, shared by all executions, through
 * the proxies that `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` name.
 *
 * @param createLookup makes the name look-up of n8n's egress policy, where this n8n has one
 */
export function sharedDispatcher(createLookup?: () => LookupFunction): Promise<Sender> {
	shared ??= createDispatcher(createLookup?.()).catch((error: unknown) => {
		shared = undefined;
		throw error;
	});
	return shared;
}

/**
 * A dispatcher of one's own, for tests. It speaks HTTP/2 with hosts that do, HTTP/1.1 with all others.
 *
 * On a connection that is kept, HTTP/1.1 cannot tell a second answer that nobody asked for from the
 * answer to the next request, once that request is written. Bytes that come before are noticed: the
 * connection is closed, the request goes out on another one. From then on the host is not trusted
 * with kept connections, so that no further answer of its can be taken for another. HTTP/2 has names for
 * requests and answers.
 */
export async function createDispatcher(lookup: LookupFunction = dns.lookup): Promise<Sender> {
	// not in one go with all that the first run loads: nothing else of n8n runs meanwhile. By a timer,
	// since what setImmediate puts off may still come before the timers that are due
	await setTimeout(0);
	const [{ buildConnector, EnvHttpProxyAgent, Pool }, { Origin }] = await Promise.all([
		import('../vendor/undici'),
		import('./origin'),
	]);
	const { env } = process;
	// plain http goes to localhost by name, which another machine may have been given
	const direct = { lookup: keepLocalhost(lookup), timeout: CONNECT_MS };
	const connectHttp1 = buildConnector({ ...direct, allowH2: false });
	const connectAny = buildConnector({ ...direct, allowH2: true, preferH2: true });
	const options = {
		keepAliveTimeout: IDLE_MS,
		connectTimeout: CONNECT_MS,
		// a try has one time limit for all of it, kept by exchange()
		headersTimeout: 0,
		bodyTimeout: 0,
		// plain http goes to this machine only, and a proxy would take the secret elsewhere
		httpProxy: '',
		httpsProxy: env.https_proxy ?? env.HTTPS_PROXY ?? env.http_proxy ?? env.HTTP_PROXY ?? '',
	};
	const distrustedUntil = new Map<string, number>();
	const origins = new Map<string, Origin>();
	const keeping = new EnvHttpProxyAgent({
		...options,
		connect: (to: ConnectOptions, done) => {
			(to.allowH2 === false ? connectHttp1 : connectAny)(to, done);
		},
		requestTls: { preferH2: true },
		factory: (url, given: { connect: Connect }) => {
			const origin = new Origin(new URL(url), IDLE_MS, given.connect, (connect) =>
				new Pool(url, {
					...given,
					connect,
					allowH2: false,
					connections: MAX_CONNECTIONS,
					// one request at a time on a connection, so that a broken one spoils one request
					pipelining: 1,
				}).on('disconnect', ({ origin: host }, _, error) => {
					if (isUnasked(error)) distrustedUntil.set(host, performance.now() + DISTRUST_MS);
				}),
			);
			origins.set(new URL(url).origin, origin);
			return origin as unknown as Dispatcher;
		},
	});
	// none is kept
	const closing = new EnvHttpProxyAgent({
		...options,
		allowH2: false,
		connect: connectHttp1,
		requestTls: { allowH2: false },
		pipelining: 0,
	});
	const dispatch = (request: SendOptions, handler: Dispatcher.DispatchHandler) => {
		const origin = String(request.origin);
		const isDistrusted = (distrustedUntil.get(origin) ?? -Infinity) > performance.now();
		// undici's agents read the address of each request anew
		const known = origins.get(origin) ?? keeping;
		return (isDistrusted ? closing : known).dispatch(request, handler);
	};
	return {
		dispatch,
		to: (origin, mayRepeat) => {
			const maxStreams = mayRepeat ? MAX_REPEATABLE_STREAMS : MAX_STREAMS;
			return {
				dispatch: (request, handler) => dispatch({ ...request, maxStreams }, handler),
				room: () => origins.get(origin)?.room(maxStreams) ?? MAX_CONNECTIONS,
			};
		},
		destroy: async () => {
			await Promise.all([keeping.destroy(), closing.destroy()]);
		},
	};
}

/** Whether a connection was closed for bytes that are no answer to anything. */
function isUnasked(error: Error & { code?: unknown }): boolean {
	const { code, message } = error;
	if (code === 'UND_ERR_SOCKET') return message === 'bad response';
	return typeof code === 'string' && code.startsWith('HPE_');
}
