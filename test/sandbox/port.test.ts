import { addressProperties } from '../../credentials/address';
import { startSandbox } from '../../sandbox';
import { DEFAULT_PORT } from '../../sandbox/port';
import { startSandboxAtItsPort } from '../../scripts/demo/sandbox';

it('the Sandbox URL that credentials begin with is where the sandbox listens', () => {
	const fields = addressProperties({ baseUrl: 'https://example.com', sandboxPath: '/example' });
	const address = fields.find(({ name }) => name === 'sandboxUrl')?.default;
	expect(address).toBe(`http://127.0.0.1:${String(DEFAULT_PORT)}`);
});

it("the demo's sandbox listens there, or at a free port where something else does", async () => {
	// somebody else may have the port: then it is taken, which serves as well
	const other = await startSandbox({ port: DEFAULT_PORT }).catch(() => undefined);
	const moved = await startSandboxAtItsPort();
	await other?.close();
	expect(moved.port).not.toBe(DEFAULT_PORT);
	await moved.close();
	if (other === undefined) return;

	const first = await startSandboxAtItsPort();
	await first.close();
	expect(first.port).toBe(DEFAULT_PORT);
});
