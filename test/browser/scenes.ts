/** What the browser tests share: one n8n, one sandbox, one browser, and a page for each of them. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { Editor } from '../../scripts/browser/editor';
import { startStage, type Stage } from '../../scripts/browser/stage';
import type { CredentialReference } from '../../scripts/n8n/types';
import { packageName, projectRoot } from '../../scripts/package/project';
import { relayWorkflow, type RelayWorkflow } from '../n8n/workflow';

/** There from `start` on. */
export let stage: Stage;

export async function start(): Promise<void> {
	stage = await startStage();
}

export async function stop(): Promise<void> {
	// missing, when starting it failed
	await (stage as Stage | undefined)?.close();
}

const PICTURES = join(projectRoot, '.browser');

/** A test in a fresh page. When it fails, a picture shows what was to be seen. */
export function scene(name: string, play: (editor: Editor) => Promise<void>): void {
	test(name, async () => {
		const page = await stage.newPage();
		try {
			await play(new Editor(page));
		} catch (error) {
			await mkdir(PICTURES, { recursive: true });
			const path = join(PICTURES, `${name.replace(/\W+/g, '-')}.png`);
			await page.screenshot({ path });
			if (error instanceof Error) error.message += `\n\nWhat was to be seen: ${path}`;
			throw error;
		} finally {
			await page.close();
		}
	});
}

interface Relay {
	/** The node's name, e.g. `singular`. */
	node: string;
	parameters: INodeParameters;
	items: IDataObject[];
	/** The demo's, where none is named. */
	credential?: CredentialReference | null;
	settings?: RelayWorkflow['settings'];
}

/** Opens a workflow of a manual trigger with pinned items, the node, and one node on each of its branches. */
export async function openRelay(editor: Editor, { node, credential, ...relay }: Relay) {
	const usual = stage.credentials.get(`${node}Api`);
	const workflow = relayWorkflow({
		type: `${packageName}.${node}`,
		credential: credential === undefined ? (usual ?? null) : credential,
		...relay,
	});
	await editor.open(await stage.n8n.createWorkflow(workflow));
}
