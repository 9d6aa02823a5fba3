/** The file of one class of undici, which the package itself types as a whole only. */
declare module 'undici/lib/dispatcher/env-http-proxy-agent.js' {
	import { EnvHttpProxyAgent } from 'undici';
	export default EnvHttpProxyAgent;
}
