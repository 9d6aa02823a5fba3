/**
 * The HTTP client, bundled at build time into this one file. Load it lazily: it costs some 40 ms.
 * Half of that is for parts that are not used, yet the class cannot be taken from its own file:
 * it needs methods that only the package as a whole puts on its prototypes.
 */
export { buildConnector, EnvHttpProxyAgent, Pool } from 'undici';
export type { Dispatcher } from 'undici';
