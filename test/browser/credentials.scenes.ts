import { REFUSED_SECRET } from '../../sandbox/providers/provider';
import { openRelay, scene, stage } from './scenes';

/** The node, its name, the label of its secret, and what else the test of its credential needs. */
const credentials: [string, string, string, Record<string, string>?][] = [
	['justtrack', 'justtrack', 'API Key'],
	['myTracker', 'myTracker', 'Token', { 'Test App ID': '51870' }],
	['singular', 'Singular', 'SDK Key'],
	['twentyFourMetrics', '24metrics', 'Integration ID'],
	['runative', 'RUNative', 'Secret Key'],
];

export function credentialScenes(): void {
	for (const [node, name, secret, others = {}] of credentials) {
		scene(`${name}: is made in the node, for the sandbox, and tested`, async (editor) => {
			await openRelay(editor, { node, credential: null, parameters: {}, items: [{}] });
			const panel = await editor.openNode('Relay');
			const dialog = await panel.newCredential();
			// n8n names it a moment after the dialog is there
			const title = dialog.all.getByTestId('inline-edit-preview');
			await title.getByText(new RegExp(`^\\s*${name} account`)).waitFor();

			await dialog.field(secret).type('a-secret-of-the-tests');
			for (const [label, text] of Object.entries(others)) await dialog.field(label).type(text);
			await dialog.field('Use Sandbox').toggle();
			await dialog.field('Sandbox URL').type(stage.sandbox.url);
			await dialog.save();
			await dialog.all.waitFor({ state: 'hidden' });

			await panel.editCredential();
			await dialog.all.getByText('Connection tested successfully').waitFor();
			const box = dialog.field(secret).box.locator('input');
			expect(await box.getAttribute('type')).toBe('password');
		});
	}

	scene('the test says what is wrong: the secret, or the address', async (editor) => {
		const parameters = { operation: 'login' };
		await openRelay(editor, { node: 'myTracker', parameters, items: [{}] });
		const panel = await editor.openNode('Relay');
		const dialog = await panel.newCredential();
		await dialog.field('Token').type(REFUSED_SECRET);
		await dialog.field('Test App ID').type('51870');
		await dialog.field('Use Sandbox').toggle();
		await dialog.field('Sandbox URL').type(stage.sandbox.url);
		await dialog.save();
		await dialog.refusal('myTracker refused the token for app 51870');

		await dialog.field('Sandbox URL').type('http://127.0.0.1:1');
		await dialog.save();
		await dialog.refusal('Start the sandbox (npm run sandbox), and check the Sandbox URL.');
	});
}
