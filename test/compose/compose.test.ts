/** What `docker compose up` needs beyond Docker. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { INode } from 'n8n-workflow';

import { root } from '../support/imports';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const credentials = JSON.parse(read('compose/credentials.json')) as {
	id: string;
	type: string;
	data: Record<string, unknown>;
}[];

it('each node of the imported examples has a credential that is imported too', () => {
	const script = join(root, 'compose', 'withCredentials.js');
	const files = [join(root, 'examples'), join(root, 'compose', 'credentials.json')];
	const workflows = JSON.parse(execFileSync(process.execPath, [script, ...files]).toString()) as {
		nodes: INode[];
	}[];
	const ours = workflows
		.flatMap(({ nodes }) => nodes)
		.filter(({ type }) => type.startsWith('n8n-nodes-revenue-relay.'));
	expect(ours.length).toBeGreaterThan(10);
	for (const node of ours) {
		expect(node.parameters.deliveryRecord).toBe('postgres');
		const chosen = Object.entries(node.credentials ?? {});
		expect(chosen).toHaveLength(2);
		for (const [type, { id }] of chosen) {
			expect(credentials).toContainEqual(expect.objectContaining({ id, type }));
		}
	}
});

it('the record is in the PostgreSQL of compose.yaml, and everything else goes to the sandbox', () => {
	const compose = read('compose.yaml');
	for (const { type, data } of credentials) {
		if (type !== 'postgres') expect(data.useSandbox).toBe(true);
		else {
			expect(compose).toContain(`POSTGRES_DB: ${String(data.database)}`);
			expect(compose).toContain(`POSTGRES_USER: ${String(data.user)}`);
			expect(compose).toContain(`POSTGRES_PASSWORD: ${String(data.password)}`);
			expect(compose).toMatch(new RegExp(`^  ${String(data.host)}:$`, 'm'));
		}
	}
});

it('every file of the project that compose.yaml runs is there', () => {
	const named = [...read('compose.yaml').matchAll(/\bcompose\/[\w.]+|sandbox\/main\.ts/g)];
	expect(named.length).toBeGreaterThanOrEqual(3);
	for (const [path] of named) expect(existsSync(join(root, path))).toBe(true);
});
