/** What every node repeats, since n8n's loader and linters want it on each class: held equal here. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
	NodeConnectionTypes,
	NodeHelpers,
	Workflow,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyOptions,
} from 'n8n-workflow';

import packageJson from '../../package.json';
import { subjects } from '../providers';
import { root } from '../support/imports';

const { displayParameter, displayParameterPath } = NodeHelpers;

const folders = readdirSync(join(root, 'nodes'));

const nodes = [...new Map(subjects.map((subject) => [subject.provider.name, subject])).values()];

test('the nodes are those of the package', () => {
	expect(nodes.length).toBe(folders.length);
	expect(packageJson.n8n.nodes.length).toBe(folders.length);
});

describe.each(folders)('nodes/%s', (folder) => {
	test('has the files of a provider, and no others', () => {
		expect(readdirSync(join(root, 'nodes', folder)).sort()).toEqual(
			[`${folder}.node.json`, `${folder}.node.ts`, 'properties.ts', 'provider.ts'].sort(),
		);
	});

	test('has a node file that differs from the others in its description alone', () => {
		const text = readFileSync(join(root, 'nodes', folder, `${folder}.node.ts`), 'utf8');
		const name = folder.charAt(0).toLowerCase() + folder.slice(1);
		const frame = text
			.replace(/(description: INodeTypeDescription = \{\n)[^]*?(\n\t\};)/, '$1$2')
			.replaceAll(folder, 'Provider')
			.replaceAll(name, 'provider');
		expect(frame).toBe(
			[
				"import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';",
				'',
				"import { subtitleOf } from '../../transport/declaration/subtitle';",
				"import { credentialTestFor, executeFor } from '../../transport/node';",
				"import { properties } from './properties';",
				'',
				"const loadProvider = async () => (await import('./provider')).provider;",
				'',
				'export class Provider implements INodeType {',
				'	description: INodeTypeDescription = {',
				'',
				'	};',
				'',
				'	methods = { credentialTest: { providerApiTest: credentialTestFor(loadProvider) } };',
				'',
				'	execute = executeFor(loadProvider);',
				'}',
				'',
			].join('\n'),
		);
	});
});

/** n8n's own, where the record is in PostgreSQL. */
const postgres = {
	name: 'postgres',
	required: true,
	displayOptions: { show: { deliveryRecord: ['postgres'] } },
};

describe.each(nodes)('the node $provider.name', ({ provider, createNode }) => {
	const { description, methods } = createNode();

	test('has the description that all have, but for its words', () => {
		const { name, displayName } = provider;
		const api = `${name}Api`;
		expect(description).toMatchObject({
			displayName,
			name,
			icon: { light: `file:../../icons/${name}.svg`, dark: `file:../../icons/${name}.dark.svg` },
			group: ['output'],
			version: 1,
			defaults: { name: displayName },
			usableAsTool: true,
			inputs: [NodeConnectionTypes.Main],
			outputs: [NodeConnectionTypes.Main],
			credentials: [{ name: api, testedBy: `${api}Test` }, postgres],
			properties: provider.properties,
		});
		expect(provider.credential.name).toBe(api);
		expect(Object.keys(methods?.credentialTest ?? {})).toEqual([`${api}Test`]);
	});

	test('says its operation in words below its name', () => {
		const { subtitle = '', properties } = description;
		const { options = [] } = properties.find(({ name }) => name === 'operation') ?? {};
		expect(options.length).toBeGreaterThan(0);
		for (const option of options as INodePropertyOptions[]) {
			const nodeType = createNode();
			const node: INode = {
				id: 'node-1',
				name: 'Node',
				type: nodeType.description.name,
				typeVersion: 1,
				position: [0, 0],
				parameters: { operation: option.value },
			};
			const workflow = new Workflow({
				nodes: [node],
				connections: {},
				active: false,
				nodeTypes: {
					getByName: () => nodeType,
					getByNameAndVersion: () => nodeType,
					getKnownTypes: () => ({}),
				},
			});
			// what the editor does
			const shown = workflow.expression.getSimpleParameterValue(node, subtitle, 'internal', {});
			expect(shown).toBe(option.action);
			expect(shown).toMatch(/^[A-Z][a-z]+( [a-z]+)+$/);
		}
	});

	test.each(['mmp', 'ad revenue', 'postback', 's2s'])('is found by %p', (words) => {
		const folder = folders.find((name) => name.toLowerCase() === provider.name.toLowerCase());
		const file = join(root, 'nodes', String(folder), `${String(folder)}.node.json`);
		const { alias } = JSON.parse(readFileSync(file, 'utf8')) as { alias: string[] };
		// n8n searches the display name and the aliases, whatever their case
		expect(alias).toContain(words);
	});

	test('begins and ends with the parameters that every node has', () => {
		const names = description.properties.map((property) => property.name);
		expect(names.filter((name) => ['operation', 'dataMode'].includes(name))).toEqual([
			'operation',
			'dataMode',
		]);
		expect(names.slice(0, 4)).toEqual(['credentials', 'operation', 'deliveryRecord', 'source']);
		expect(names.slice(-4)).toEqual(['previewOnly', 'delivery', 'eventId', 'options']);
	});

	test('offers no Delivery for a file: its rows cannot be queued', () => {
		const delivery = description.properties.find(({ name }) => name === 'delivery');
		expect(delivery?.displayOptions?.hide?.source).toEqual(['file']);
	});

	test('says that its credentials are drawn at the top, whatever they depend on', () => {
		// n8n draws all of them right above the last parameter that one depends on, unless a property of this type says where
		expect(description.properties[0]?.type).toBe('credentials');
	});

	test('has the operations of the queue after its own, and shows beside them nothing that makes an event', () => {
		const operation = description.properties.find(({ name }) => name === 'operation');
		const offered = (operation?.options as INodePropertyOptions[]).map(({ value }) => value);
		const own = Object.keys(provider.operations);
		expect(offered.slice(0, -2).sort()).toEqual(own.sort());
		expect(offered.slice(-2)).toEqual(['sendQueued', 'summarize']);
		const shownFor = (value: string) =>
			description.properties
				.filter(({ displayOptions: { show = {}, hide = {} } = {} }) => {
					const isShown = show.operation?.includes(value) ?? true;
					return isShown && !(hide.operation?.includes(value) ?? false);
				})
				.map(({ name }) => name);
		expect(shownFor('sendQueued')).toEqual([
			'credentials',
			'operation',
			'deliveryRecord',
			'options',
		]);
		expect(shownFor('summarize')).toEqual(['credentials', 'operation', 'deliveryRecord']);
	});

	test('offers no record that is off where the record is what the operation is about', () => {
		const record = description.properties.find(({ name }) => name === 'deliveryRecord');
		const choicesFor = (parameters: INodeParameters) =>
			(record?.options as INodePropertyOptions[])
				.filter((option) => displayParameter(parameters, option, null, description))
				.map(({ value }) => value);
		const own = String(Object.keys(provider.operations)[0]);
		expect(choicesFor({ operation: own, delivery: 'send' })).toEqual([
			'thisInstance',
			'postgres',
			'off',
		]);
		for (const parameters of [
			{ operation: 'sendQueued', delivery: 'send' },
			{ operation: 'summarize', delivery: 'send' },
			{ operation: own, delivery: 'queue' },
		]) {
			expect(choicesFor(parameters)).toEqual(['thisInstance', 'postgres']);
		}
	});

	test('offers for what waits in the queue no option of how events are read', () => {
		const options = description.properties.find(({ name }) => name === 'options');
		const offeredFor = (operation: string) =>
			(options?.options as INodeProperties[])
				.filter((option) =>
					displayParameterPath(
						{ operation, source: 'items' },
						option,
						'options',
						null,
						description,
					),
				)
				.map(({ name }) => name);
		const ofQueue = offeredFor('sendQueued');
		expect(ofQueue).toEqual(expect.arrayContaining(['maxAge', 'maxEvents', 'maxConcurrency']));
		for (const name of ['includeInput', 'decimalSign', 'timezone', 'roundToCents', 'apiVersion']) {
			expect(ofQueue).not.toContain(name);
		}
		expect(offeredFor(String(Object.keys(provider.operations)[0]))).toContain('includeInput');
	});
});
