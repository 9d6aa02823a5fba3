/** Does what a person would do with the example workflow for files: sets the paths, and chooses the credential. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { CredentialReference, WorkflowInput } from '../n8n/types';
import { packageName, projectRoot } from '../package/project';

export interface FileWorkflow {
	readonly workflow: WorkflowInput;
	/** Names of its nodes. */
	readonly trigger: string;
	readonly reader: string;
	readonly relay: string;
}

/**
 * @param file that it reads
 * @param folder where it writes the rows that were not delivered, into a file named after the one that it reads
 */
export async function fileWorkflow(
	file: string,
	folder: string,
	{ id, name, type }: CredentialReference,
): Promise<FileWorkflow> {
	const text = await readFile(join(projectRoot, 'examples', 'million-rows.json'), 'utf8');
	const workflow = JSON.parse(text) as WorkflowInput;
	const found = (what: string, holds: (node: WorkflowInput['nodes'][number]) => boolean) => {
		const node = workflow.nodes.find(holds);
		if (node === undefined) throw new Error(`The example has no node that ${what}`);
		return node;
	};
	const trigger = found('starts it', (node) => node.type === 'n8n-nodes-base.manualTrigger');
	const reader = found('reads', (node) => 'fileSelector' in node.parameters);
	const writer = found('writes', (node) => 'fileName' in node.parameters);
	const relay = found('sends', (node) => node.type === `${packageName}.justtrack`);
	reader.parameters.fileSelector = file;
	const written = writer.parameters.fileName as string;
	writer.parameters.fileName = `=${folder}${written.slice(written.lastIndexOf('/'))}`;
	relay.credentials = { [type]: { id, name } };
	return { workflow, trigger: trigger.name, reader: reader.name, relay: relay.name };
}
