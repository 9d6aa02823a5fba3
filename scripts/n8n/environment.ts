/** What every n8n process of this project is started with. */
import { join } from 'node:path';

import { projectRoot } from '../package/project';

const hostFolder = join(projectRoot, '.n8n-host');

export const n8nBinary = join(hostFolder, 'node_modules', 'n8n', 'bin', 'n8n');

/** Switches off whatever would go out to the network or keep a test waiting. */
const quietAndOffline = {
	N8N_AI_GATEWAY_ENABLED: 'false',
	N8N_DIAGNOSTICS_ENABLED: 'false',
	// The first of these goes to the network at once and has no switch of its own; the others only slow down the start.
	N8N_DISABLED_MODULES: 'mcp-registry,agents,chat-hub,instance-ai,workflow-builder',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '5',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_LISTEN_ADDRESS: '127.0.0.1',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_PUBLIC_API_DISABLED: 'true',
	N8N_SECURE_COOKIE: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	NODE_COMPILE_CACHE: join(hostFolder, '.compile-cache'),
};

/** The only surrounding variables that n8n gets: its own, npm's or a proxy's would make runs differ. */
const passedOn = ['PATH', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'ComSpec'];

/** The environment of an n8n that keeps everything it writes in this folder. */
export function environmentOf(userFolder: string): NodeJS.ProcessEnv {
	return {
		...Object.fromEntries(passedOn.map((name) => [name, process.env[name]])),
		HOME: userFolder,
		USERPROFILE: userFolder,
		N8N_USER_FOLDER: userFolder,
		N8N_ENCRYPTION_KEY: 'a key for a throw-away instance',
		...quietAndOffline,
	};
}

/**
 * Loaded into n8n first: however this process ends, even by SIGKILL, n8n's standard input closes and n8n ends too.
 * Worker threads load it as well, but their standard input is closed from the start.
 */
export const endWithParent = `data:text/javascript,${encodeURIComponent(`
	import { isMainThread } from 'node:worker_threads';
	if (isMainThread) process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume();
`)}`;
