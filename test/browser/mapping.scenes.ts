import { openRelay, scene, stage } from './scenes';

const rows = ['0.0261', '0.0101', '0.0012'].map((revenue, row) => ({
	event: `drag-${String(row)}`,
	// not as the option has it
	system: 'Android',
	package: 'com.example.game',
	player: `player-${String(row)}`,
	revenue,
}));

const mapped = {
	operation: 'revenueEvent',
	packageid: '={{ $json.package }}',
	userid: '={{ $json.player }}',
};

export function mappingScenes(): void {
	scene('a column is dragged onto a field, and its values arrive', async (editor) => {
		await openRelay(editor, { node: 'justtrack', parameters: mapped, items: rows });
		const panel = await editor.openNode('Relay');

		// from the list of columns, and from the table
		await panel.drag(panel.column('system'), panel.field('Platform'));
		expect(await panel.field('Platform').reads('Android')).toBe('{{ $json.system }}');
		await panel.drag(panel.column('event'), panel.field('Transaction ID'));
		expect(await panel.field('Transaction ID').reads('drag-0')).toBe('{{ $json.event }}');
		await panel.show('input', 'Table');
		await panel.drag(panel.header('revenue'), panel.field('Value'));
		expect(await panel.field('Value').reads('0.0261')).toBe('{{ $json.revenue }}');

		await panel.run();
		expect(await panel.field('Platform').issue.count()).toBe(0);
		await panel.show('output', 'Table');
		expect(await panel.table()).toEqual({
			header: expect.arrayContaining(['provider', 'operation', 'outcome', 'id']) as string[],
			rows: rows.map(
				({ event }) =>
					expect.arrayContaining(['justtrack', 'revenueEvent', 'delivered', event]) as string[],
			),
		});
		const { events } = stage.sandbox.report();
		expect(events.map(({ event }) => event)).toMatchObject(
			rows.map(({ event, revenue, player }) => ({
				transactionid: event,
				value: revenue,
				platform: 'android',
				userid: player,
			})),
		);
	});

	scene(
		'what is mapped stays when the other mode is tried, which tells its columns',
		async (editor) => {
			await openRelay(editor, {
				node: 'justtrack',
				parameters: { ...mapped, platform: 'ios', value: '={{ $json.revenue }}' },
				items: rows,
			});
			const panel = await editor.openNode('Relay');
			const shown = async () => ({
				platform: await panel.field('Platform').value(),
				packageId: await panel.field('Package ID').value(),
				transactionId: await panel.field('Transaction ID').value(),
				userId: await panel.field('User ID').value(),
				value: await panel.field('Value').value(),
			});
			const before = await shown();
			expect(before).toEqual({
				platform: 'iOS',
				packageId: '{{ $json.package }}',
				transactionId: '',
				userId: '{{ $json.player }}',
				value: '{{ $json.revenue }}',
			});
			await panel.field('Transaction ID').issue.waitFor();

			await panel.field('Mapping Mode').choose('Map Automatically');
			const notice = panel.all.getByText('Takes the columns with these names');
			await notice.waitFor();
			expect((await notice.innerText()).split('\n')).toEqual([
				'Takes the columns with these names, whatever their case and separators:',
				'Required: Platform, Package ID, Transaction ID, User ID, Value.',
				expect.stringMatching(/^Others: .*Network \(monetizationnetwork\)/),
				'A field that is filled in below wins over its column.',
			]);
			expect(await shown()).toEqual(before);
			// a column may fill it
			await panel.field('Transaction ID').issue.waitFor({ state: 'detached' });

			await panel.field('Mapping Mode').choose('Map Each Field Below');
			await notice.waitFor({ state: 'detached' });
			expect(await shown()).toEqual(before);
			await panel.field('Transaction ID').issue.waitFor();
		},
	);

	scene(
		'a filled field wins over its column where columns are mapped automatically',
		async (editor) => {
			await openRelay(editor, {
				node: 'justtrack',
				parameters: { operation: 'revenueEvent', dataMode: 'autoMapInputData', platform: 'ios' },
				items: [
					{
						Platform: 'android',
						'Package-ID': 'com.example.game',
						transaction_id: 'auto-0',
						'USER ID': 'player-1',
						value: '0.5',
					},
				],
			});
			const panel = await editor.openNode('Relay');
			await panel.run();
			await panel.output.getByText('delivered').first().waitFor();
			expect(stage.sandbox.report().events.map(({ event }) => event)).toMatchObject([
				{ platform: 'ios', transactionid: 'auto-0', userid: 'player-1', value: '0.5' },
			]);
		},
	);
}
