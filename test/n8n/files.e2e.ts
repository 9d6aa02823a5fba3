/** Events from a file in n8n; `e2e.test.ts` runs them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'csv-parse/sync';

import { fileWorkflow } from '../../scripts/files/fileWorkflow';
import { makeFile, worthOf } from '../../scripts/files/makeFile';
import { outputItems } from '../../scripts/n8n/outputItems';
import { n8n, Relay, sandbox } from './harness';
import { findSecrets } from './secret';

const relay = new Relay({
	name: 'justtrack',
	credentialType: 'justtrackApi',
	secretField: 'apiKey',
	parameters: {},
});

export function filesTests(): void {
	test('the example reads a packed file row by row, and writes down what was not delivered', async () => {
		const day = {
			path: join(n8n.filesFolder, 'day.csv.gz'),
			rows: 3_000,
			broken: [5, 1_500, 2_999],
		};
		await makeFile(day);
		const made = await fileWorkflow(day.path, n8n.filesFolder, await relay.credential());
		const id = await n8n.createWorkflow(made.workflow);
		const run = async () => n8n.waitForExecution(await n8n.runWorkflow(id, made.trigger));

		const first = await run();
		expect(first.status).toBe('success');
		const [item, ...others] = outputItems(first, made.relay);
		expect(others).toEqual([]);
		expect(item).toMatchObject({
			json: {
				provider: 'justtrack',
				operation: 'revenueEvent',
				source: 'file',
				file: 'day.csv.gz',
				rows: 3_000,
				outcomes: { delivered: 2_997, invalid: 3 },
				amounts: { delivered: { USD: worthOf(day) } },
			},
			binary: { undelivered: { fileName: 'undelivered-day.csv' } },
			pairedItem: { item: 0 },
		});
		expect(sandbox.report().events).toHaveLength(2_997);
		// named after its file
		const written = readFileSync(join(n8n.filesFolder, 'undelivered-day.csv'), 'utf8');
		const rows = parse<Record<string, string>>(written, { columns: true });
		expect(rows).toHaveLength(3);
		expect(rows).toMatchObject(
			['7', '1502', '3001'].map((row) => ({
				row,
				outcome: 'invalid',
				reason: expect.stringContaining('not "n/a"') as string,
				revenue: 'n/a',
			})),
		);
		expect(findSecrets(written)).toEqual([]);

		// the record knows them again
		const [again] = outputItems(await run(), made.relay);
		expect(again?.json.outcomes).toEqual({ invalid: 3, duplicate: 2_997 });
		expect(sandbox.report().events).toHaveLength(2_997);
	});

	test('a file that breaks off ends the example in an error, after what was not delivered is kept', async () => {
		const path = join(n8n.filesFolder, 'cut.csv');
		const cut = 'event_id,revenue,note\ncut-1,0.5,a\ncut-2,none,b\ncut-3,1,"never closed\n';
		writeFileSync(path, cut);
		const made = await fileWorkflow(path, n8n.filesFolder, await relay.credential());
		const node = made.workflow.nodes.find(({ name }) => name === made.relay);
		if (!node) throw new Error('the example has the node');
		node.parameters = {
			...node.parameters,
			platform: 'android',
			packageid: 'com.my.app',
			transactionid: '={{ $json.event_id }}',
			userid: '=user-{{ $json.event_id }}',
			value: '={{ $json.revenue }}',
			monetizationnetwork: '',
			monetizationprovider: '',
			additionalFields: {},
		};
		const id = await n8n.createWorkflow(made.workflow);
		const execution = await n8n.waitForExecution(await n8n.runWorkflow(id, made.trigger));
		expect(outputItems(execution, made.relay, 0)).toEqual([]);
		expect(outputItems(execution, made.relay, 1)).toMatchObject([
			{
				json: {
					error:
						'cut.csv, row 4: the file breaks off inside a quoted value. Transfer the file again, completely, or close the quote. Before it: 1 delivered, 1 invalid. Nothing was read after row 3. Run the whole file again.',
					details: { outcome: 'failed', row: 4, rows: 2, outcomes: { delivered: 1, invalid: 1 } },
				},
				binary: { undelivered: { fileName: 'undelivered-cut.csv' } },
			},
		]);
		expect(sandbox.report().events.map(({ id: own }) => own)).toEqual(['cut-1']);
		expect(execution.status).toBe('error');
		expect(execution.data.resultData.error?.message).toMatch(
			/^cut\.csv, row 4: the file breaks off/,
		);
		expect(readFileSync(join(n8n.filesFolder, 'undelivered-cut.csv'), 'utf8')).toContain(
			'cut-2,none',
		);
	});
}
