import type { INodeTypeDescription } from 'n8n-workflow';

/** The description of a node without parameters. */
export function nodeDescription(name: string, displayName: string): INodeTypeDescription {
	return {
		name,
		displayName,
		group: ['transform'],
		version: 1,
		description: displayName,
		defaults: { name: displayName },
		inputs: ['main'],
		outputs: ['main'],
		properties: [],
	};
}
