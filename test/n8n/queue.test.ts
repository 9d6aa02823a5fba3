/** The queue in a real n8n, which is killed here and so serves no other tests. */
import type { IDataObject } from 'n8n-workflow';

import { choose, createCredentials, ended, readWorkflow } from '../../scripts/demo/run';
import { RestError } from '../../scripts/n8n/client';
import { outputItems } from '../../scripts/n8n/outputItems';
import { brokenRules, runOutage } from '../crash/outage';
import type { Place } from '../crash/place';
import { subjectOf } from '../providers';
import { arrivals, n8n, restart, sandbox, start, stop } from './harness';

jest.setTimeout(120_000);

const place: Place = {
	get n8n() {
		return n8n;
	},
	get sandbox() {
		return sandbox;
	},
	arrivals,
	restart,
};

beforeAll(start);
afterAll(stop);

test.each(['justtrack.revenueEvent', 'singular.adRevenue'])(
	'%s: callbacks of an outage all arrive, though n8n is killed while it sends them',
	async (name) => {
		const survival = await runOutage(place, {
			subject: subjectOf(name),
			first: 1,
			events: 40,
			atOnce: 10,
			at: 12,
			maxConcurrency: 4,
		});
		expect(brokenRules(survival)).toEqual([]);
	},
);

const callback = {
	impression_id: 'impression-1',
	time: '2026-07-15T06:00:20Z',
	platform: 'android',
	bundle_id: 'com.my.app',
	user_id: 'player-1',
	revenue: 0.25,
	network: 'AdMob',
	mediation: 'MAX',
};

/** How a webhook answers. */
async function statusOf(path: string, body: IDataObject): Promise<number> {
	try {
		await n8n.postToWebhook(path, body);
		return 200;
	} catch (error) {
		if (error instanceof RestError) return error.status;
		throw error;
	}
}

test('the example answers 200 for a callback that is stored, 400 for one that breaks a rule, 503 where one cannot be stored', async () => {
	const credentials = await createCredentials(n8n, sandbox.url);
	const workflow = await readWorkflow('callbacks-queued.json');
	choose(workflow, credentials);
	await n8n.activateWorkflow(await n8n.createWorkflow(workflow));
	expect(await statusOf('callbacks-queued', callback)).toBe(200);
	expect(await statusOf('callbacks-queued', callback)).toBe(200);
	const broken = { ...callback, impression_id: 'impression-2', revenue: 'much' };
	expect(await statusOf('callbacks-queued', broken)).toBe(400);

	const unstored = await readWorkflow('callbacks-queued.json');
	choose(unstored, credentials);
	const nobody = await n8n.createCredential('postgres', 'Nobody', {
		host: '127.0.0.1',
		port: 1,
		database: 'record',
		user: 'record',
		password: 'none',
	});
	for (const node of unstored.nodes) {
		if (node.name === 'Callback') node.parameters.path = 'callbacks-unstored';
		delete node.webhookId;
		if (node.parameters.deliveryRecord === undefined) continue;
		node.parameters.deliveryRecord = 'postgres';
		node.credentials = { ...node.credentials, postgres: nobody };
	}
	await n8n.activateWorkflow(await n8n.createWorkflow(unstored));
	expect(await statusOf('callbacks-unstored', callback)).toBe(503);
});

test('the report is made where the record holds nothing as well', async () => {
	const workflow = await readWorkflow('revenue-report.json');
	// another address is another account
	choose(workflow, await createCredentials(n8n, 'http://127.0.0.1:9'));
	const id = await n8n.createWorkflow(workflow);
	const execution = ended(await n8n.waitForExecution(await n8n.runWorkflow(id, 'Every Morning')));
	expect(outputItems(execution, 'Report')[0]?.json.text).toBe(
		'Nothing was delivered yesterday, and nothing waits.',
	);
});
