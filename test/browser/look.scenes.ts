import type { INode } from 'n8n-workflow';

import { providers } from '../../scripts/demo/examples';
import { packageName } from '../../scripts/package/project';
import { openRelay, scene, stage } from './scenes';

/** What each node asks for in its first operation, between the Mapping Mode and Preview Only. */
const fields = {
	justtrack: [
		...['Platform', 'Package ID', 'Transaction ID', 'User ID', 'Value', 'Network', 'Provider'],
		'Additional Fields',
	],
	myTracker: [
		...['App ID', 'User ID', 'Transaction ID', 'Total', 'Currency', 'Event Time'],
		...['Device Identifiers', 'Additional Fields'],
	],
	singular: [
		...['Platform', 'App Identifier', 'Device Identifiers', 'OS Version', 'IP Address From'],
		...['IP Address', 'Amount', 'Currency', 'Specify Ad Attributes', 'Ad Platform'],
		...['Ad Attributes', 'Additional Fields', 'Additional Parameters'],
	],
	twentyFourMetrics: [
		...['External Transaction ID', 'Transaction ID', 'Offer', 'Publisher', 'Advertiser'],
		...['Conversion Time', 'Conversion IP', 'Additional Fields', 'Additional Parameters'],
	],
	runative: ['Click ID', 'Value'],
};

export function lookScenes(): void {
	scene('each node has its fields in the order in which they matter', async (editor) => {
		const nodes = Object.keys(fields).map((name, column): INode => ({
			id: name,
			name,
			type: `${packageName}.${name}`,
			typeVersion: 1,
			position: [column * 220, 0],
			parameters: {},
		}));
		await editor.open(await stage.n8n.createWorkflow({ name: 'All', nodes, connections: {} }));
		for (const [node, own] of Object.entries(fields)) {
			const panel = await editor.openNode(node);
			const labels = await panel.labels();
			const from = labels.indexOf('Mapping Mode') + 1;
			const shown = labels.slice(from, labels.indexOf('Preview Only'));
			expect({ node, shown }).toEqual({ node, shown: own });
			await panel.close();
		}
	});

	scene('each node is found by what people call such a service', async (editor) => {
		await openRelay(editor, { node: 'justtrack', parameters: {}, items: [{}] });
		for (const words of ['mmp', 'ad revenue', 'postback', 's2s']) {
			const found = await editor.search(words);
			expect({ words, found }).toEqual({
				words,
				found: expect.arrayContaining(providers.map(({ displayName }) => displayName)) as string[],
			});
		}
	});

	for (const theme of ['light', 'dark'] as const) {
		scene(
			`has an icon for the ${theme} theme, and says below a node what it sends`,
			async (editor) => {
				await editor.page.emulateMedia({ colorScheme: theme });
				await openRelay(editor, {
					node: 'singular',
					parameters: { operation: 'revenueEvent' },
					items: [{}],
				});
				const icon = editor.node('Relay').locator('img');
				expect(await icon.getAttribute('src')).toMatch(
					theme === 'dark' ? /singular\.dark\.svg$/ : /singular\.svg$/,
				);
				expect(
					await icon.evaluate((image: { naturalWidth: number }) => image.naturalWidth),
				).toBeGreaterThan(0);
				expect(await editor.subtitle('Relay')).toBe('Send a revenue event');
			},
		);
	}
}
