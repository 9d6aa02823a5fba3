/**
 * The HTTP client, bundled at build time into this one file. Load it lazily: it costs some 20 ms,
 * and twice that with all the rest of undici, which is why the class comes from its own file.
 */
export { default as EnvHttpProxyAgent } from 'undici/lib/dispatcher/env-http-proxy-agent.js';
export type { Dispatcher } from 'undici';
