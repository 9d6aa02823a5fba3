/** The nodes as their users have them: the packed package in a real n8n, against the sandbox. One n8n serves all. */
import { n8n, packagePrefix, sandbox, start, stop } from './harness';
import { justtrackTests } from './justtrack.e2e';
import { myTrackerTests } from './myTracker.e2e';
import { filesBelow, findSecret, SECRET, shapesOf } from './secret';

jest.setTimeout(180_000);

beforeAll(start);
afterAll(stop);
beforeEach(() => {
	sandbox.reset();
});

const tests = { justtrack: justtrackTests, myTracker: myTrackerTests };

test('n8n has the nodes, and their variants as tools', async () => {
	const types = await n8n.nodeTypes();
	const own = types.map(({ name }) => name).filter((name) => name.startsWith(packagePrefix));
	expect(own.sort()).toEqual(
		Object.keys(tests).flatMap((name) => [packagePrefix + name, `${packagePrefix}${name}Tool`]),
	);
});

describe.each(Object.entries(tests))('%s', (_name, define) => {
	define();
});

// After all the others, in what they left behind.
test('the secret is nowhere: not in an execution, not in the log, not on the disk', async () => {
	// The search itself must be able to find.
	for (const [name, shape] of Object.entries(shapesOf(SECRET))) {
		expect(findSecret(SECRET, `before ${shape} after`)).toContain(name);
	}
	expect(findSecret(SECRET, Buffer.from(`user:${SECRET}`).toString('base64'))).not.toEqual([]);

	const ids = await n8n.executionIds();
	expect(ids.length).toBeGreaterThan(20);
	for (const id of ids) {
		const execution = await n8n.execution(id);
		expect({ id, found: findSecret(SECRET, execution.raw) }).toEqual({ id, found: [] });
		expect({ id, found: findSecret(SECRET, JSON.stringify(execution)) }).toEqual({ id, found: [] });
	}
	expect(n8n.output).toContain('n8n ready');
	expect(findSecret(SECRET, n8n.output)).toEqual([]);
	// The database (executions, workflows, credentials), the event log, binary data.
	for (const { path, text } of filesBelow(n8n.userFolder)) {
		expect({ path, found: findSecret(SECRET, text) }).toEqual({ path, found: [] });
	}
});
