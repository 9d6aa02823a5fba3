/** The nodes as their users have them: the packed package in a real n8n, against the sandbox. One n8n serves all. */
import { demoTests } from './demo.e2e';
import { filesTests } from './files.e2e';
import { n8n, sandbox, start, stop } from './harness';
import { justtrackTests } from './justtrack.e2e';
import { myTrackerTests } from './myTracker.e2e';
import { nodePanelTests } from './nodePanel.e2e';
import { runativeTests } from './runative.e2e';
import { filesBelow, findSecret, findSecrets, SECRETS, shapesOf } from './secret';
import { singularTests } from './singular.e2e';
import { twentyFourMetricsTests } from './twentyFourMetrics.e2e';

jest.setTimeout(180_000);

beforeAll(start);
afterAll(stop);
beforeEach(() => {
	sandbox.reset();
});

const tests = {
	'the node panel': nodePanelTests,
	justtrack: justtrackTests,
	myTracker: myTrackerTests,
	singular: singularTests,
	twentyFourMetrics: twentyFourMetricsTests,
	runative: runativeTests,
	files: filesTests,
	'the demo': demoTests,
};

describe.each(Object.entries(tests))('%s', (_name, define) => {
	define();
});

// After all the others, in what they left behind.
test('the secrets are nowhere: not in an execution, not in the log, not on the disk', async () => {
	// The search itself must be able to find.
	for (const secret of SECRETS) {
		for (const [name, shape] of Object.entries(shapesOf(secret))) {
			expect(findSecret(secret, `before ${shape} after`)).toContain(name);
		}
		expect(findSecret(secret, Buffer.from(`user:${secret}`).toString('base64'))).not.toEqual([]);
	}

	const ids = await n8n.executionIds();
	expect(ids.length).toBeGreaterThan(50);
	for (const id of ids) {
		const execution = await n8n.execution(id);
		expect({ id, found: findSecrets(execution.raw) }).toEqual({ id, found: [] });
		expect({ id, found: findSecrets(JSON.stringify(execution)) }).toEqual({ id, found: [] });
	}
	expect(n8n.output).toContain('n8n ready');
	expect(findSecrets(n8n.output)).toEqual([]);
	// The database (executions, workflows, credentials), the event log, binary data.
	for (const { path, text } of filesBelow(n8n.userFolder)) {
		expect({ path, found: findSecrets(text) }).toEqual({ path, found: [] });
	}
});
