import { join } from 'node:path';

import type { INodeType, INodeTypeDescription } from 'n8n-workflow';

import { readTask } from './task';

/**
 * The description of a node of the installed package, under another name.
 *
 * @param className the node's class, e.g. `Justtrack`, which is its folder as well
 */
export function declarationOf(className: string, name: string): INodeTypeDescription {
	const file = join(readTask().packageFolder, 'dist', 'nodes', className, `${className}.node.js`);
	// eslint-disable-next-line @typescript-eslint/no-require-imports -- its place is only known at run time
	const classes = require(file) as Record<string, new () => INodeType>;
	const Node = classes[className];
	if (Node === undefined) throw new Error(`${file} has no class ${className}`);
	// a copy: n8n adds options of its own to a declarative node, in place
	const { icon: _icon, credentials = [], ...description } = structuredClone(new Node().description);
	return {
		...description,
		name,
		displayName: name,
		// the provider's, which is first: of several n8n asks a parameter which one it is. The test is
		// one of the node's own methods, which stay behind
		credentials: credentials
			.slice(0, 1)
			.map(({ testedBy: _testedBy, ...credential }) => credential),
	};
}
