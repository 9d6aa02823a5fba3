/** The HTTP client, bundled at build time into this one file. Load it lazily: it costs some 50 ms. */
export { EnvHttpProxyAgent } from 'undici';
export type { Dispatcher } from 'undici';
