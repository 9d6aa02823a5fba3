/** What the editor gets of the package: nodes, operations, fields, icons and credentials; `e2e.test.ts` runs it. */
import type {
	ICredentialType,
	INodeProperties,
	INodePropertyCollection,
	INodePropertyOptions,
	INodeTypeDescription,
} from 'n8n-workflow';

import { n8n, packagePrefix } from './harness';
import { documented, type DocumentedOperation } from './wireKeys';

let nodes: Map<string, INodeTypeDescription>;
let credentials: Map<string, ICredentialType>;

/** What n8n adds by itself wherever its HTTP Request node can use the credential. */
const customApiCall = '__CUSTOM_API_CALL__';
const allowedDomains = ['allowedHttpRequestDomains', 'allowedDomains'];

/** An `iconUrl` as it comes: a path, or one for each theme. */
type IconUrl = string | { light: string; dark: string } | undefined;

export function nodePanelTests(): void {
	beforeAll(async () => {
		nodes = new Map((await n8n.nodeTypes()).map((type) => [type.name, type]));
		credentials = new Map((await n8n.credentialTypes()).map((type) => [type.name, type]));
	});

	test('has five nodes with 14 operations and those of the queue, and their variants as tools', () => {
		const own = [...nodes.keys()].filter((name) => name.startsWith(packagePrefix));
		expect(own.sort()).toEqual(
			Object.keys(documented)
				.flatMap((name) => [packagePrefix + name, `${packagePrefix}${name}Tool`])
				.sort(),
		);
		const actions = Object.keys(documented).flatMap((name) => operationsOf(nodeOf(name)));
		expect(actions).toHaveLength(14 + 2 * Object.keys(documented).length);
	});

	describe.each(Object.entries(documented))(
		'%s',
		(name, { displayName, credential, operations }) => {
			test('can be found, and has an action for each operation', () => {
				const node = nodeOf(name);
				expect(node).toMatchObject({ displayName, group: ['output'] });
				expect(node.hidden).toBeFalsy();
				expect(node.codex?.categories).toContain('Marketing');
				expect(node.codex?.alias?.length).toBeGreaterThan(0);
				expect(node.credentials).toMatchObject([{ name: credential.type }, { name: 'postgres' }]);

				const offered = operationsOf(node);
				expect(offered.map(({ value }) => value).sort()).toEqual(
					[...Object.keys(operations), 'sendQueued', 'summarize'].sort(),
				);
				for (const { action, description } of offered) {
					expect(action).toMatch(/^(?:Send|Summarize) [a-z ]+$/);
					expect(description).toMatch(/\w/);
				}
				expect(new Set(offered.map(({ action }) => action)).size).toBe(offered.length);
			});

			test.each(Object.entries(operations))(
				'has all that %s takes, and nothing else',
				(value, own) => {
					expect(offeredBy(nodeOf(name), value)).toEqual({
						...own,
						constants: own.constants ?? {},
						query: (own.query ?? []).toSorted(),
						body: (own.body ?? []).toSorted(),
						hasOwnNames: own.hasOwnNames ?? false,
					});
				},
			);

			test('has an icon for each theme, and so has its credential', async () => {
				const { iconUrl } = nodeOf(name);
				const credentialIcon = credentials.get(credential.type)?.iconUrl;
				for (const icon of [iconUrl, credentialIcon] as IconUrl[]) {
					if (typeof icon !== 'object') throw new Error(`No icon for each theme: ${String(icon)}`);
					expect(icon.light).not.toBe(icon.dark);
					for (const path of [icon.light, icon.dark]) {
						const response = await fetch(new URL(path, `${n8n.url}/`));
						const { status, headers } = response;
						expect({ path, status, type: headers.get('content-type') }).toEqual({
							path,
							status: 200,
							type: expect.stringContaining('image/svg+xml') as unknown,
						});
						expect(await response.text()).toContain('<svg');
					}
				}
			});

			test('has its credential, with the secret hidden while it is typed', () => {
				const { properties = [], documentationUrl } = credentials.get(credential.type) ?? {};
				const fields = properties.filter(
					({ name, type }) => type !== 'notice' && !allowedDomains.includes(name),
				);
				expect(fields.map((field) => field.name)).toEqual(credential.fields);
				const hidden = fields.filter(({ typeOptions }) => typeOptions?.password === true);
				expect(hidden.map((field) => field.name)).toEqual(credential.fields.slice(0, 1));
				expect(fields.at(-1)?.default).toMatch(/^https:\/\//);
				expect(documentationUrl).toMatch(/^https:\/\//);
			});
		},
	);
}

function nodeOf(name: string): INodeTypeDescription {
	const node = nodes.get(packagePrefix + name);
	if (node === undefined) throw new Error(`n8n has no node ${name}`);
	return node;
}

function operationsOf({ properties }: INodeTypeDescription): INodePropertyOptions[] {
	const operation = properties.find(({ name }) => name === 'operation');
	return (operation?.options ?? [])
		.filter((option) => 'value' in option)
		.filter(({ value }) => value !== customApiCall);
}

/** What an operation of a node sends, by the declarations that the editor has. */
function offeredBy(node: INodeTypeDescription, operation: string): DocumentedOperation {
	const declared = operationsOf(node).find(({ value }) => value === operation)?.routing?.request;
	const { method, url = '', qs = {} } = declared ?? {};
	const sends = node.properties
		.filter(({ displayOptions }) => {
			const shown = displayOptions?.show?.operation;
			return shown === undefined || shown.includes(operation);
		})
		.flatMap(sendsOf);
	const keys = (type: string) => {
		const all = sends.filter((send) => send.type === type).map(({ property }) => property);
		return [...new Set(all)].filter((key) => !key.startsWith('=')).sort();
	};
	return {
		method: method as DocumentedOperation['method'],
		path: url
			.replace(/^=/, '')
			.replace(/\{\{ \$parameter(?:\["options"\])?\["(\w+)"\](?: \?\? "\w+")? \}\}/g, '{$1}'),
		constants: qs as Record<string, string>,
		query: keys('query'),
		body: keys('body'),
		hasOwnNames: sends.some(({ property }) => property === '={{ $parent.name }}'),
	};
}

interface Send {
	type: string;
	property: string;
}

/** What a property sends, with all that is in it. */
function sendsOf(
	property: INodeProperties | INodePropertyOptions | INodePropertyCollection,
): Send[] {
	if ('values' in property) return property.values.flatMap(sendsOf);
	const { type, property: key } = property.routing?.send ?? {};
	const own = type !== undefined && key !== undefined ? [{ type, property: key }] : [];
	const inner = 'options' in property ? (property.options ?? []).flatMap(sendsOf) : [];
	return [...own, ...inner];
}
