/** What the example workflows set in our nodes, held against what the nodes have. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { NodeHelpers, type INode } from 'n8n-workflow';

import { subjects } from '../providers';
import { root } from '../support/imports';

const folder = join(root, 'examples');
const examples = readdirSync(folder).filter((name) => name.endsWith('.json'));

/** What n8n adds to a node that an agent uses. */
const OF_TOOLS = ['descriptionType', 'toolDescription'];

it.each(examples)(
	'every parameter in %s is one that the node has for this operation, also in its collections',
	(file) => {
		const { nodes } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { nodes: INode[] };
		let seen = 0;
		for (const node of nodes) {
			const [, type] = /^n8n-nodes-revenue-relay\.(\w+?)(?:Tool)?$/.exec(node.type) ?? [];
			if (type === undefined) continue;
			const description = subjects
				.find(({ provider }) => provider.name === type)
				?.createNode().description;
			if (description === undefined) throw new Error(`${type} is a node of the package`);
			// n8n itself drops what the node does not have, or does not show
			const kept = NodeHelpers.getNodeParameters(
				description.properties,
				node.parameters,
				true,
				false,
				node,
				description,
			);
			const own = Object.entries(node.parameters).filter(([name]) => !OF_TOOLS.includes(name));
			expect(kept).toMatchObject(Object.fromEntries(own));
			seen++;
		}
		expect(seen).toBeGreaterThan(0);
	},
);

it('callbacks-queued.json answers 200 only for what is stored, 400 for what breaks a rule, 503 else', () => {
	const text = readFileSync(join(folder, 'callbacks-queued.json'), 'utf8');
	const { nodes, connections } = JSON.parse(text) as {
		nodes: INode[];
		connections: Record<string, { main: { node: string }[][] }>;
	};
	const find = (name: string) => nodes.find((node) => node.name === name);
	expect(find('Callback')?.parameters.responseMode).toBe('responseNode');
	const [stored, refused] = connections.Queue?.main ?? [];
	expect([stored, refused]).toEqual([
		[expect.objectContaining({ node: 'Stored' })],
		[expect.objectContaining({ node: 'Refused' })],
	]);
	const codeOf = (name: string) => {
		expect(find(name)?.type).toBe('n8n-nodes-base.respondToWebhook');
		return (find(name)?.parameters.options as { responseCode: unknown }).responseCode;
	};
	expect(codeOf('Stored')).toBe(200);
	expect(codeOf('Refused')).toBe('={{ $json.details.fields ? 400 : 503 }}');
});
