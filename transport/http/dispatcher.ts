import dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import { setTimeout } from 'node:timers/promises';

import { keepLocalhost } from '../credential/loopback';
import type { Dispatcher } from '../vendor/undici';

/** Shorter than the 5 s after which common servers close an idle connection themselves. */
const IDLE_MS = 4_000;
const CONNECT_MS = 10_000;
/** How long a host that has answered unasked gets a new connection for each request. */
const DISTRUST_MS = 600_000;

/** All that is asked of undici's dispatchers. */
export interface Sender extends Pick<Dispatcher, 'dispatch'> {
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
 * A dispatcher of one's own, for tests.
 *
 * On a connection that is kept, HTTP/1.1 cannot tell a second answer that nobody asked for from the
 * answer to the next request, once that request is written. Bytes that come before are noticed: the
 * connection is closed, the request goes out on another one. From then on the host is not trusted
 * with kept connections, so that no further answer of its can be taken for another.
 */
export async function createDispatcher(lookup: LookupFunction = dns.lookup): Promise<Sender> {
	// not in one go with all that the first run loads: nothing else of n8n runs meanwhile. By a timer,
	// since what setImmediate puts off may still come before the timers that are due
	await setTimeout(0);
	const { EnvHttpProxyAgent, Pool } = await import('../vendor/undici');
	const { env } = process;
	const options = {
		allowH2: false,
		keepAliveTimeout: IDLE_MS,
		connectTimeout: CONNECT_MS,
		// a try has one time limit for all of it, kept by exchange()
		headersTimeout: 0,
		bodyTimeout: 0,
		// plain http goes to localhost by name, which another machine may have been given
		connect: { lookup: keepLocalhost(lookup) },
		// plain http goes to this machine only, and a proxy would take the secret elsewhere
		httpProxy: '',
		httpsProxy: env.https_proxy ?? env.HTTPS_PROXY ?? env.http_proxy ?? env.HTTP_PROXY ?? '',
	};
	const distrustedUntil = new Map<string, number>();
	const keeping = new EnvHttpProxyAgent({
		...options,
		// one request at a time on a connection, so that a broken one spoils one request
		pipelining: 1,
		factory: (origin, given) =>
			new Pool(origin, given).on('disconnect', ({ origin: host }, _, error) => {
				if (isUnasked(error)) distrustedUntil.set(host, performance.now() + DISTRUST_MS);
			}),
	});
	// none is kept
	const closing = new EnvHttpProxyAgent({ ...options, pipelining: 0 });
	return {
		dispatch: (request, handler) => {
			const until = distrustedUntil.get(String(request.origin)) ?? -Infinity;
			const via = until > performance.now() ? closing : keeping;
			return via.dispatch(request, handler);
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
