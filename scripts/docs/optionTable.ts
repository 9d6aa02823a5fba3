import type { INodeProperties } from 'n8n-workflow';

import type { Provider } from '../../transport/model/provider';
import { toTable } from './markdown';

/** A Markdown table of the options of all nodes, by name, with those that only some nodes have. */
export function optionTable(providers: readonly Provider[]): string {
	const options = new Map<string, { option: INodeProperties; nodes: string[] }>();
	for (const { displayName, properties } of providers) {
		const collections = properties.filter(({ name }) => name === 'options');
		for (const option of collections.flatMap(({ options: own = [] }) => own)) {
			if (!('type' in option)) continue;
			const known = options.get(option.name) ?? { option, nodes: [] };
			options.set(option.name, known);
			known.nodes.push(displayName);
		}
	}
	const rows = [...options.values()]
		.sort((a, b) => a.option.displayName.localeCompare(b.option.displayName))
		.map(({ option, nodes }) => [
			option.displayName,
			nodes.length === providers.length ? 'all' : nodes.join(', '),
			defaultOf(option),
			option.description ?? '',
		]);
	return toTable(['Option', 'Nodes', 'Default', 'What it does'], rows);
}

function defaultOf({ default: usual }: INodeProperties): string {
	if (typeof usual === 'boolean') return usual ? 'on' : 'off';
	return usual === '' ? '' : `\`${JSON.stringify(usual).replaceAll('"', '')}\``;
}
