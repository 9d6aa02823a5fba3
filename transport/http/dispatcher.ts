import type { LookupFunction } from 'node:net';

import type { Dispatcher } from '../vendor/undici';

/** Shorter than the 5 s after which common servers close an idle connection themselves. */
const IDLE_MS = 4_000;
const CONNECT_MS = 10_000;

let shared: Promise<Dispatcher> | undefined;

/**
 * The process's one dispatcher: a keep-alive pool per origin, shared by all executions, through
 * the proxies that `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` name.
 *
 * @param createLookup makes the name look-up of n8n's egress policy, where this n8n has one
 */
export function sharedDispatcher(createLookup?: () => LookupFunction): Promise<Dispatcher> {
	shared ??= createDispatcher(createLookup?.()).catch((error: unknown) => {
		shared = undefined;
		throw error;
	});
	return shared;
}

/** A dispatcher of one's own, for tests. */
export async function createDispatcher(lookup?: LookupFunction): Promise<Dispatcher> {
	const { EnvHttpProxyAgent } = await import('../vendor/undici');
	const { env } = process;
	return new EnvHttpProxyAgent({
		// one request at a time on a connection, so that a broken one spoils one request
		pipelining: 1,
		allowH2: false,
		keepAliveTimeout: IDLE_MS,
		connectTimeout: CONNECT_MS,
		// a try has one time limit for all of it, kept by exchange()
		headersTimeout: 0,
		bodyTimeout: 0,
		...(lookup && { connect: { lookup } }),
		// plain http goes to this machine only, and a proxy would take the secret elsewhere
		httpProxy: '',
		httpsProxy: env.https_proxy ?? env.HTTPS_PROXY ?? env.http_proxy ?? env.HTTP_PROXY ?? '',
	});
}
