/** In words, by the error's code: a message of Node's own may quote the request. */
const explanations: Readonly<Record<string, string>> = {
	ECONNREFUSED: 'refused the connection',
	ECONNRESET: 'closed the connection before it answered',
	EPIPE: 'closed the connection before it answered',
	UND_ERR_SOCKET: 'closed the connection before it answered',
	HTTP2_RESET: 'broke off the request before it answered',
	HTTP2_GOAWAY: 'closed the connection before it took the request',
	HTTP2_REFUSED_STREAM: 'turned the request away before it looked at it',
	UND_ERR_ABORTED: 'could not be reached through the proxy',
	UND_ERR_CONNECT_TIMEOUT: 'could not be reached in time',
	ETIMEDOUT: 'could not be reached in time',
	EHOSTUNREACH: 'cannot be reached from here',
	ENETUNREACH: 'cannot be reached from here',
	ERR_NOT_LOOPBACK: 'was not asked: localhost leads to another machine here',
	ENOTFOUND: 'has a host name that does not exist: check the Base URL',
	EAI_AGAIN: 'has a host name that could not be looked up',
	CERT_HAS_EXPIRED: 'has a certificate that has expired',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'has a certificate that this machine does not trust',
	SELF_SIGNED_CERT_IN_CHAIN: 'has a certificate that this machine does not trust',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a certificate that this machine does not trust',
	ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate of another host',
};

/** Why there was no answer, as a sentence goes on after the provider's name. */
export function explain(error: unknown): string {
	const code = errorCode(error);
	return (code && explanations[code]) ?? `gave no answer${code ? ` (${code})` : ''}`;
}

function errorCode(error: unknown): string | undefined {
	if (typeof error !== 'object' || error === null) return undefined;
	if (error instanceof AggregateError) return errorCode(error.errors[0]);
	return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
