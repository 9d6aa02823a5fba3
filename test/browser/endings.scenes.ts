import { openRelay, scene, stage } from './scenes';

const row = (number: number) => ({
	event: `end-${String(number)}`,
	package: 'com.example.game',
	player: 'player-1',
	// the second of three is broken
	revenue: number === 1 ? 'gratis' : '0.25',
});
const rows = [0, 1, 2].map(row);

const parameters = {
	operation: 'revenueEvent',
	platform: 'android',
	packageid: '={{ $json.package }}',
	transactionid: '={{ $json.event }}',
	userid: '={{ $json.player }}',
	value: '={{ $json.revenue }}',
	// each scene sends the same rows
	deliveryRecord: 'off',
};

const relay = { node: 'justtrack', parameters, items: rows };

const wanted = 'Value (value) must be a plain decimal number';

export function endingScenes(): void {
	scene('a run that stops on error says what to correct, a line a row', async (editor) => {
		await openRelay(editor, relay);
		const panel = await editor.openNode('Relay');
		await panel.run();
		const error = await panel.error();
		expect(error.title).toContain('justtrack: 1 of 3 events not delivered (1 invalid)');
		expect(error.lines).toEqual([
			expect.stringMatching(
				/^Row 2 \(item 1\), ID end-1: invalid: Value \(value\) must be .*not "gratis"/,
			),
			'The other 2 events were delivered.',
			'To handle undelivered events in the workflow, set On Error to "Continue (using error output)" in the node settings.',
		]);
		expect(stage.sandbox.report().events).toHaveLength(2);
	});

	scene('a run that continues shows all rows in one table', async (editor) => {
		await openRelay(editor, { ...relay, settings: { onError: 'continueRegularOutput' } });
		const panel = await editor.openNode('Relay');
		await panel.run();
		await panel.show('output', 'Table');
		const { header, rows: cells } = await panel.table();
		const column = (name: string) => cells.map((own) => own[header.indexOf(name)]);
		expect(column('provider')).toEqual(['justtrack', 'justtrack', 'justtrack']);
		expect(column('outcome')).toEqual(['delivered', 'invalid', 'delivered']);
		expect(column('id')).toEqual(['end-0', 'end-1', 'end-2']);
		expect(column('error')[1]).toContain(wanted);
		expect(column('revenue')[1]).toBe('gratis');
	});

	scene('the error branch has what was not delivered, with its columns', async (editor) => {
		await openRelay(editor, { ...relay, settings: { onError: 'continueErrorOutput' } });
		const panel = await editor.openNode('Relay');
		await panel.run();
		await panel.output.getByText('Success Branch (2 items)').waitFor();
		await panel.output.getByText('Error Branch (1 item)').click();
		await panel.show('output', 'Table');
		const { header, rows: cells } = await panel.table();
		const column = (name: string) => cells.map((own) => own[header.indexOf(name)]);
		expect(column('event')).toEqual(['end-1']);
		expect(column('revenue')).toEqual(['gratis']);
		expect(column('error')[0]).toContain(wanted);
		expect(column('details')[0]).toContain('invalid');
	});

	scene('a preview shows the requests without the secret, and sends nothing', async (editor) => {
		await openRelay(editor, { ...relay, items: [row(0)] });
		const panel = await editor.openNode('Relay');
		await panel.field('Preview Only').toggle();
		await panel.run();
		await panel.show('output', 'JSON');
		const shown = panel.output.getByTestId('ndv-data-container');
		await shown.getByText('"preview"').waitFor();
		const text = await shown.innerText();
		expect(text).toContain('transactionid=end-0');
		expect(text).not.toContain('demo-key');
		expect(stage.sandbox.report().requests).toBe(0);
	});

	scene('a preview says how many are ready, and how many to correct', async (editor) => {
		await openRelay(editor, { ...relay, parameters: { ...parameters, previewOnly: true } });
		const panel = await editor.openNode('Relay');
		await panel.run();
		const { title, lines } = await panel.error();
		expect(title).toContain('justtrack: 2 of 3 events ready to send, 1 to correct');
		expect(lines).toContain('Nothing was sent: Preview Only is on.');
		expect(stage.sandbox.report().requests).toBe(0);
	});

	scene('a node without a credential asks for one', async (editor) => {
		await openRelay(editor, { ...relay, credential: null });
		// in its panel, n8n chooses one that is there
		await editor.run();
		const panel = await editor.openNode('Relay');
		expect((await panel.error()).lines.join('\n')).toContain('Choose a credential');
	});
}
