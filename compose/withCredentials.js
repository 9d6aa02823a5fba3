/**
 * Prints the example workflows, ready for n8n with workers: each node of ours has its credential, and
 * the delivery record in PostgreSQL, which the workers share.
 *
 *     node withCredentials.js <folder of examples> <file of credentials>
 */
const { createHash } = require('node:crypto');
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const [, , folder, file] = process.argv;
const credentials = JSON.parse(readFileSync(file, 'utf8'));

/** A node of ours, or the tool that n8n makes of one. */
const OURS = /^n8n-nodes-revenue-relay\.(\w+?)(?:Tool)?$/;

const reference = (wanted) => {
	const { id, name } = credentials.find(({ type }) => type === wanted);
	return { [wanted]: { id, name } };
};

const withCredentials = (node) => {
	const [, provider] = OURS.exec(node.type) ?? [];
	if (provider === undefined) return node;
	return {
		...node,
		parameters: { ...node.parameters, deliveryRecord: 'postgres' },
		credentials: { ...reference(`${provider}Api`), ...reference('postgres') },
	};
};

const workflows = readdirSync(folder)
	.filter((name) => name.endsWith('.json'))
	.map((name) => {
		const workflow = JSON.parse(readFileSync(join(folder, name), 'utf8'));
		// the same each time, so that an import replaces what an earlier one brought
		const id = createHash('sha256').update(name).digest('hex').slice(0, 16);
		return { ...workflow, id, active: false, nodes: workflow.nodes.map(withCredentials) };
	});

process.stdout.write(JSON.stringify(workflows));
