/**
 * Takes the pictures of the README and of docs/, in docs/pictures: the editor and the sandbox as they are, after real
 * runs, and the canvas of each example.
 *
 *     npm run pictures
 */
import { mkdir, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

import type { INode } from 'n8n-workflow';
import type { Locator, Page, PageScreenshotOptions } from 'playwright-core';

import { Editor } from './browser/editor';
import { startStage, type Stage } from './browser/stage';
import { agentExample, readyAgent } from './demo/agent';
import { examples } from './demo/examples';
import { step } from './demo/print';
import { choose, readWorkflow, readyExample } from './demo/run';
import type { WorkflowInput } from './n8n/types';
import { buildPackageIfStale } from './package/build';
import { projectRoot } from './package/project';

const folder = join(projectRoot, 'docs', 'pictures');
const MAX_BYTES = 150_000;
/** Hides what the editor draws over its canvas. */
const CANVAS_ALONE = '#canvas ~ *, .vue-flow__panel { visibility: hidden !important }';

async function main(): Promise<void> {
	await step('Building the package', buildPackageIfStale);
	const stage = await step(
		'Starting n8n, the sandbox and a browser',
		async () => await startStage({ viewport: { width: 1280, height: 760 } }),
	);
	try {
		await mkdir(join(folder, 'examples'), { recursive: true });
		await takeWorkflow(stage);
		await takeError(stage);
		await takeSandbox(stage);
		await takeCanvases(stage);
	} finally {
		await stage.close();
	}
}

/** An example after its run: the workflow, a node with its mapped fields, what came of each row. */
async function takeWorkflow(stage: Stage): Promise<void> {
	const editor = await openExample(stage, 'affiliates.json');
	await editor.run();
	await editor.dismissMessages();
	await take('workflow', editor.page);
	const panel = await editor.openNode('24metrics');
	await editor.page.mouse.move(0, 0);
	await take('fields', editor.page);
	await panel.show('output', 'Table');
	await take('result', panel.output);
	await editor.page.close();
}

/** The same, without anybody who handles what was not delivered. */
async function takeError(stage: Stage): Promise<void> {
	const editor = await openExample(stage, 'justtrack-impressions.json', (node) => {
		delete node.onError;
	});
	await editor.run();
	await editor.dismissMessages();
	const panel = await editor.openNode('justtrack');
	await take('error', panel.output);
	await editor.page.close();
}

async function takeSandbox({ sandbox, newPage }: Stage): Promise<void> {
	const page = await newPage();
	await page.setViewportSize({ width: 1280, height: 680 });
	await page.goto(sandbox.url);
	await page.getByText('Live', { exact: true }).waitFor();
	await take('sandbox', page);
	await page.close();
}

/** Every example as it is after its import, with its credentials chosen: nodes without theirs are marked. */
async function takeCanvases(stage: Stage): Promise<void> {
	const files = await readdir(join(projectRoot, 'examples'));
	for (const file of files.filter((name) => name.endsWith('.json'))) {
		const page = await stage.newPage();
		await page.setViewportSize({ width: 1500, height: 1000 });
		const editor = new Editor(page);
		await editor.open(await stage.n8n.createWorkflow(await withCredentials(file, stage)));
		await take(`examples/${basename(file, '.json')}`, page, {
			clip: await editor.drawn(),
			style: CANVAS_ALONE,
		});
		await page.close();
	}
}

async function withCredentials(file: string, { n8n, credentials }: Stage): Promise<WorkflowInput> {
	if (file === agentExample.workflow) {
		const openAi = await n8n.createCredential('openAiApi', 'OpenAI', { apiKey: 'none' });
		return await readyAgent(credentials, openAi);
	}
	const workflow = await readWorkflow(file);
	choose(workflow, credentials);
	return workflow;
}

async function take(
	name: string,
	what: Page | Locator,
	options: PageScreenshotOptions = {},
): Promise<void> {
	const path = join(folder, `${name}.png`);
	await step(`docs/pictures/${name}.png`, async () => {
		await what.screenshot({ ...options, path, animations: 'disabled' });
		const { size } = await stat(path);
		if (size >= MAX_BYTES)
			throw new Error(`${path} has ${size} bytes, more than a README should load.`);
	});
}

async function openExample(
	{ n8n, credentials, newPage }: Stage,
	file: string,
	change: (node: INode) => void = () => undefined,
): Promise<Editor> {
	const example = examples.find(({ workflow }) => workflow === file);
	if (example === undefined) throw new Error(`There is no example ${file}`);
	const { workflow } = await readyExample(example, n8n, credentials);
	workflow.nodes.forEach(change);
	const editor = new Editor(await newPage());
	await editor.open(await n8n.createWorkflow(workflow));
	return editor;
}

void main();
