/** Where something happens to n8n: an n8n that can be killed and started again, and a sandbox that outlives it. */
import { startSandbox, type Sandbox } from '../../sandbox';
import { startN8n, type N8n, type N8nOptions } from '../../scripts/n8n/start';
import type { CredentialReference } from '../../scripts/n8n/types';
import type { Subject } from '../providers';
import { Arrivals } from '../support/arrivals';

export interface Place {
	/** The one that runs now. */
	readonly n8n: N8n;
	readonly sandbox: Sandbox;
	/** What arrives at the sandbox. */
	readonly arrivals: Arrivals;
	/** Kills n8n, and starts it again with all that it had. */
	restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
}

export interface OwnPlace extends Place {
	close(): Promise<void>;
}

/** A fresh n8n with the package as it is built, and a fresh sandbox. */
export async function openPlace(environment: N8nOptions['environment'] = {}): Promise<OwnPlace> {
	const arrivals = new Arrivals();
	const sandbox = await startSandbox({ onArrival: arrivals.add });
	let n8n: N8n;
	try {
		n8n = await startN8n({ withPackage: true, logLevel: 'warn', environment });
	} catch (error) {
		await sandbox.close();
		throw error;
	}
	return {
		get n8n() {
			return n8n;
		},
		sandbox,
		arrivals,
		restart: async (signal) => {
			await n8n.kill(signal);
			const { userFolder } = n8n;
			n8n = await startN8n({ userFolder, logLevel: 'warn', environment });
		},
		close: async () => {
			await n8n.stop();
			await sandbox.close();
		},
	};
}

/** A credential of the operation's provider, for the sandbox of the place. */
export async function createCredential(
	{ n8n, sandbox }: Place,
	{ provider, credential }: Subject,
): Promise<CredentialReference> {
	const { name, displayName } = provider.credential;
	return await n8n.createCredential(name, displayName, {
		...credential(sandbox.url),
	} as Parameters<N8n['createCredential']>[2]);
}
