import { startSandbox, type Sandbox } from '../../sandbox';
import { DEFAULT_PORT } from '../../sandbox/port';

/**
 * The sandbox where every credential's Use Sandbox looks for it, so that the switch is all a new credential needs.
 * Where something else has the port already: at any free one.
 */
export async function startSandboxAtItsPort(): Promise<Sandbox> {
	try {
		return await startSandbox({ port: DEFAULT_PORT });
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
		return await startSandbox();
	}
}
