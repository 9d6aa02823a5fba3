import type { LookupFunction } from 'node:net';

import type { HttpRequest } from './request';
import type { Dispatcher } from './vendor/undici';

/** A provider's answer. */
export interface Reply {
	readonly status: number;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	/** The first 64 kB, as text. */
	readonly body: string;
	/** Whether `body` is not all of it: it broke off, or it is longer. */
	readonly truncated: boolean;
}

/** A try without an answer. */
export interface NoReply {
	/** Whether any byte of the request may have reached the provider. */
	readonly sent: boolean;
	readonly timedOut: boolean;
	/** A sentence without the provider's name, e.g. `gave no answer within 30000 ms`. */
	readonly reason: string;
}

const LONGEST_BODY_BYTES = 64 * 1024;
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
	const { EnvHttpProxyAgent } = await import('./vendor/undici');
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

/**
 * Sends one request and waits for its whole answer. Follows no redirect. Never throws.
 *
 * @param timeout milliseconds, from the call to the end of the body
 */
export function exchange(
	dispatcher: Dispatcher,
	request: HttpRequest,
	timeout: number,
): Promise<Reply | NoReply> {
	return new Promise((resolve) => {
		let controller: Dispatcher.DispatchController | undefined;
		let head: Pick<Reply, 'status' | 'headers'> | undefined;
		let settled = false;
		const chunks: Buffer[] = [];
		let bytes = 0;

		const settle = (result: Reply | NoReply) => {
			if (settled) return;
			settled = true;
			clearTimeout(timer);
			// undici frees the connection one turn of the event loop after the answer: told any
			// sooner, the next request would open a connection of its own
			queueMicrotask(() => setImmediate(resolve, result));
		};
		const settleWithReply = (truncated: boolean) => {
			if (head) settle({ ...head, body: Buffer.concat(chunks).toString('utf8'), truncated });
		};
		const settleWithout = (reason: string, timedOut: boolean) => {
			settle({ sent: controller !== undefined, timedOut, reason });
		};

		const timer = setTimeout(() => {
			settleWithReply(true);
			settleWithout(`gave no answer within ${timeout} ms`, true);
			controller?.abort(new Error('timeout'));
		}, timeout);

		try {
			dispatcher.dispatch(
				{ ...request },
				{
					onRequestStart(started) {
						// given up while waiting for a connection: not a byte goes out
						if (settled) started.abort(new Error('timeout'));
						else controller = started;
					},
					onResponseStart(_, status, headers) {
						// 1xx only announces the answer
						if (status >= 200) head = { status, headers };
					},
					onResponseData(_, chunk) {
						if (bytes < LONGEST_BODY_BYTES)
							chunks.push(chunk.subarray(0, LONGEST_BODY_BYTES - bytes));
						bytes += chunk.length;
					},
					onResponseEnd() {
						settleWithReply(bytes > LONGEST_BODY_BYTES);
					},
					onResponseError(_, error) {
						settleWithReply(true);
						settleWithout(explain(error), false);
					},
				},
			);
		} catch (error) {
			settleWithout(explain(error), false);
		}
	});
}

/** In words, by the error's code: a message of Node's own may quote the request. */
const explanations: Readonly<Record<string, string>> = {
	ECONNREFUSED: 'refused the connection',
	ECONNRESET: 'closed the connection before it answered',
	EPIPE: 'closed the connection before it answered',
	UND_ERR_SOCKET: 'closed the connection before it answered',
	UND_ERR_ABORTED: 'could not be reached through the proxy',
	UND_ERR_CONNECT_TIMEOUT: 'could not be reached in time',
	ETIMEDOUT: 'could not be reached in time',
	EHOSTUNREACH: 'cannot be reached from here',
	ENETUNREACH: 'cannot be reached from here',
	ENOTFOUND: 'has a host name that does not exist: check the Base URL',
	EAI_AGAIN: 'has a host name that could not be looked up',
	CERT_HAS_EXPIRED: 'has a certificate that has expired',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'has a certificate that this machine does not trust',
	SELF_SIGNED_CERT_IN_CHAIN: 'has a certificate that this machine does not trust',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a certificate that this machine does not trust',
	ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate of another host',
};

function explain(error: unknown): string {
	const code = errorCode(error);
	return (code && explanations[code]) ?? `gave no answer${code ? ` (${code})` : ''}`;
}

function errorCode(error: unknown): string | undefined {
	if (typeof error !== 'object' || error === null) return undefined;
	if (error instanceof AggregateError) return errorCode(error.errors[0]);
	return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
