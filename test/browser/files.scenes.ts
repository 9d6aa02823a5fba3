import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { packageName } from '../../scripts/package/project';
import { names, relayWorkflow } from '../n8n/workflow';
import { scene, stage } from './scenes';

const READER = 'Read the File';

export function fileScenes(): void {
	scene('the rows of a file end in one item, and in a file of the undelivered', async (editor) => {
		const path = join(stage.n8n.filesFolder, 'small.csv');
		await writeFile(path, 'event,revenue\nfile-0,0.5\nfile-1,gratis\nfile-2,0.25\n');
		await editor.open(await stage.n8n.createWorkflow(readerAndRelay(path)));
		const panel = await editor.openNode(names.relay);
		expect(await panel.labels()).not.toContain('Input Binary Field');

		await panel.field('Source').choose('File');
		expect(await panel.field('Input Binary Field').value()).toBe('data');
		await panel.run();
		const told =
			'justtrack: small.csv: 3 rows: 2 delivered, 1 invalid. Those not delivered are in the binary field undelivered';
		await panel.output.getByText(told).waitFor();
		await panel.show('output', 'JSON');
		expect(await panel.json()).toMatchObject([
			{
				source: 'file',
				file: 'small.csv',
				rows: 3,
				outcomes: { delivered: 2, invalid: 1 },
				amounts: { delivered: { USD: '0.75' } },
			},
		]);
		await panel.show('output', 'Binary');
		const binary = panel.output.getByTestId('ndv-binary-data_0');
		expect((await binary.innerText()).split('\n')).toEqual(
			expect.arrayContaining(['undelivered', 'undelivered-small.csv', 'text/csv']),
		);
		expect(stage.sandbox.report().events.map(({ event }) => event)).toMatchObject([
			{ transactionid: 'file-0', value: '0.5' },
			{ transactionid: 'file-2', value: '0.25' },
		]);
	});
}

/** A manual trigger, a node that reads the file, and the node, still set to events from items. */
function readerAndRelay(path: string): ReturnType<typeof relayWorkflow> {
	const made = relayWorkflow({
		type: `${packageName}.justtrack`,
		credential: stage.credentials.get('justtrackApi') ?? null,
		parameters: {
			operation: 'revenueEvent',
			platform: 'android',
			packageid: 'com.example.game',
			transactionid: '={{ $json.event }}',
			userid: 'player-1',
			value: '={{ $json.revenue }}',
			deliveryRecord: 'off',
		},
		items: [],
	});
	made.nodes.push({
		id: READER,
		name: READER,
		type: 'n8n-nodes-base.readWriteFile',
		typeVersion: 1,
		position: [110, 200],
		parameters: { operation: 'read', fileSelector: path, options: {} },
	});
	const to = (node: string) => ({ main: [[{ node, type: 'main' as const, index: 0 }]] });
	return {
		...made,
		connections: { ...made.connections, [names.trigger]: to(READER), [READER]: to(names.relay) },
		pinData: {},
	};
}
