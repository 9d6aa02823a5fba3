import { openRelay, scene, stage } from './scenes';

const rows = ['0.1', '0.2', '0.0000003'].map((revenue, row) => ({
	event: `queue-${String(row)}`,
	revenue,
}));

const parameters = {
	operation: 'revenueEvent',
	platform: 'android',
	packageid: 'com.example.game',
	transactionid: '={{ $json.event }}',
	userid: 'player-1',
	value: '={{ $json.revenue }}',
};

const today = () => new Date().toISOString().slice(0, 10);

export function queueScenes(): void {
	scene('what is queued is sent by one operation, and summed up by another', async (editor) => {
		const began = today();
		// of an account that has no other events
		const credential = await stage.n8n.createCredential('justtrackApi', 'Queue', {
			apiKey: 'key-of-the-queue',
			useSandbox: true,
			sandboxUrl: stage.sandbox.url,
		});
		await openRelay(editor, { node: 'justtrack', credential, parameters, items: rows });
		const panel = await editor.openNode('Relay');
		const shown = async () => {
			const labels = await panel.labels();
			return labels.slice(labels.indexOf('Operation'));
		};

		await panel.field('Delivery').choose('Queue');
		await panel.run();
		await panel.show('output', 'Table');
		expect(await panel.records()).toMatchObject(
			rows.map(({ event }) => ({ operation: 'revenueEvent', outcome: 'queued', id: event })),
		);
		expect(stage.sandbox.report().requests).toBe(0);

		await panel.field('Operation').choose('Send Queued Events');
		await panel.field('Delivery').item.waitFor({ state: 'detached' });
		expect(await shown()).toEqual(['Operation', 'Delivery Record', 'Options']);
		await panel.run();
		const told = 'justtrack: 3 queued events: 3 delivered. Nothing waits any more.';
		await panel.output.getByText(told).waitFor();
		const queuedAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+Z$/) as string;
		expect(await panel.records()).toMatchObject(
			rows.map(({ event }) => ({
				operation: 'revenueEvent',
				outcome: 'delivered',
				id: event,
				queuedAt,
			})),
		);
		expect(stage.sandbox.report().events.map(({ event }) => event)).toMatchObject(
			rows.map(({ event, revenue }) => ({ transactionid: event, value: revenue })),
		);

		await panel.field('Operation').choose('Summarize Deliveries');
		await panel.field('Options').item.waitFor({ state: 'detached' });
		expect(await shown()).toEqual(['Operation', 'Delivery Record']);
		await panel.run();
		await panel.output.locator('th').getByText('events', { exact: true }).waitFor();
		const sums = await panel.records();
		expect(sums).toMatchObject([
			{
				provider: 'justtrack',
				operation: 'revenueEvent',
				outcome: 'delivered',
				currency: 'USD',
				events: '3',
				amount: '0.3000003',
			},
		]);
		expect([began, today()]).toContain(sums[0]?.day);
	});

	scene(
		'a record in PostgreSQL asks for its credential, right above where it is chosen, another one does not',
		async (editor) => {
			await openRelay(editor, { node: 'justtrack', parameters, items: rows });
			const panel = await editor.openNode('Relay');
			const postgres = panel.credential('Credential for Postgres');
			const first = async () => {
				const labels = await panel.labels();
				return labels.slice(0, labels.indexOf('Source'));
			};
			await panel.credential('Credential').waitFor();
			expect(await first()).toEqual(['Credential', 'Operation', 'Delivery Record']);

			await panel.field('Delivery Record').choose('PostgreSQL');
			await postgres.waitFor();
			expect(await first()).toEqual([
				...['Credential', 'Credential for Postgres'],
				...['Operation', 'Delivery Record'],
			]);

			await panel.field('Delivery Record').choose('Off');
			await postgres.waitFor({ state: 'detached' });
		},
	);
}
