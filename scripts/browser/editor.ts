/** n8n's editor, by what people see and do in it. */
import type { Locator, Page } from 'playwright-core';

/** Around what is drawn, in pixels: names reach beyond their nodes. */
const MARGIN = 56;

/** In pixels of the page. */
export interface Rectangle {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

export class Editor {
	constructor(readonly page: Page) {}

	async open(workflowId: string): Promise<void> {
		await this.page.goto(`/workflow/${workflowId}`);
		await this.page.getByTestId('canvas-node').first().waitFor();
	}

	node(name: string): Locator {
		return this.page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
	}

	/** The part of the page that the whole workflow takes, with a margin. */
	async drawn(): Promise<Rectangle> {
		const { page } = this;
		const ends = page.getByTestId('canvas-handle-plus').filter({ visible: true });
		const items = await page.locator('.vue-flow__node').or(ends).all();
		const boxes = (await Promise.all(items.map(async (item) => await item.boundingBox()))).filter(
			(box) => box !== null,
		);
		const left = Math.min(...boxes.map(({ x }) => x)) - MARGIN;
		const top = Math.min(...boxes.map(({ y }) => y)) - MARGIN;
		const right = Math.max(...boxes.map(({ x, width }) => x + width)) + MARGIN;
		const bottom = Math.max(...boxes.map(({ y, height }) => y + height)) + MARGIN;
		return { x: left, y: top, width: right - left, height: bottom - top };
	}

	/** What stands below the name of a node. */
	async subtitle(name: string): Promise<string> {
		return (await this.node(name).innerText()).split('\n').at(-1) ?? '';
	}

	async openNode(name: string): Promise<NodePanel> {
		await this.node(name).dblclick();
		const panel = new NodePanel(this.page);
		await panel.all.getByTestId('inline-edit-preview').getByText(name, { exact: true }).waitFor();
		return panel;
	}

	/** Runs the whole workflow, and waits for the end. */
	async run(): Promise<void> {
		await this.page.getByTestId('execute-workflow-button').click();
		await this.page.getByTestId('clear-execution-data-button').waitFor();
	}

	/** Puts away what n8n says in the corner. */
	async dismissMessages(): Promise<void> {
		const message = this.page.locator('.el-notification');
		await message.waitFor();
		await message.locator('.el-notification__closeBtn').click();
		await message.waitFor({ state: 'detached' });
	}

	/** The names of the nodes that are offered for these words. */
	async search(words: string): Promise<string[]> {
		const creator = this.page.getByTestId('node-creator');
		const names = creator.getByTestId('node-creator-item-name');
		const unfiltered = names.filter({ hasText: 'Action in an app' });
		if (!(await creator.isVisible())) {
			await this.page.getByTestId('node-creator-plus-button').click();
		}
		const bar = creator.getByTestId('node-creator-search-bar');
		await bar.fill('');
		await unfiltered.waitFor();
		await bar.fill(words);
		await unfiltered.waitFor({ state: 'detached' });
		return (await names.allInnerTexts()).map((name) => name.trim());
	}

	/** Says something to the workflow's chat, and returns what it answers. */
	async chat(text: string): Promise<string> {
		const { page } = this;
		const button = page.getByTestId('workflow-chat-button');
		// it stays open from one page to the next
		if ((await button.innerText()).includes('Open')) await button.click();
		const chat = page.getByTestId('canvas-chat');
		await chat.getByRole('textbox').fill(text);
		await chat.getByRole('textbox').press('Enter');
		const answer = chat.locator('.chat-message-from-bot').last();
		await answer.getByText(/\S/).first().waitFor();
		return await answer.innerText();
	}
}

/** The panel of a node: its input, its parameters, its output. */
export class NodePanel {
	readonly all: Locator;
	readonly input: Locator;
	readonly output: Locator;

	constructor(private readonly page: Page) {
		this.all = page.getByTestId('ndv').first();
		this.input = this.all.getByTestId('ndv-input-panel');
		this.output = this.all.getByTestId('output-panel');
	}

	/** A field of the parameters, by the label that stands above it. */
	field(label: string): Field {
		const item = this.all.getByTestId('parameter-item').filter({ has: labelled(this.page, label) });
		// a collection holds its fields
		return new Field(this.page, item.last());
	}

	/** What stands above all its fields and credentials. */
	async labels(): Promise<string[]> {
		const parameters = this.all.getByTestId('node-parameters');
		const labels = parameters
			.getByTestId('input-label')
			.or(parameters.getByTestId('credentials-label'));
		await labels.first().waitFor();
		const texts = await labels.filter({ visible: true }).allInnerTexts();
		return texts.map((text) => text.split('\n')[0]?.trim() ?? '');
	}

	/** A column of the input, where it is shown as a schema. */
	column(name: string): Locator {
		return this.input.locator(`[data-target="mappable"][data-name="${name}"]`);
	}

	/** A column of the input, where it is shown as a table. */
	header(name: string): Locator {
		return this.input.locator('th').getByText(name, { exact: true });
	}

	/** With the mouse, as people do it. */
	async drag(column: Locator, field: Field): Promise<void> {
		const { mouse } = this.page;
		await field.box.scrollIntoViewIfNeeded();
		const from = await centre(column);
		await mouse.move(from.x, from.y);
		await mouse.down();
		const to = await centre(field.box);
		await mouse.move(to.x, to.y, { steps: 10 });
		await mouse.up();
	}

	/** Runs up to this node, and waits for the end. */
	async run(): Promise<void> {
		await this.all.getByTestId('node-execute-button').click();
		const { output } = this;
		await output
			.getByTestId('node-run-status-success')
			.or(output.getByTestId('node-run-status-danger'))
			.waitFor();
	}

	/** How the panel on one side shows its items. */
	async show(side: 'input' | 'output', as: 'Schema' | 'Table' | 'JSON' | 'Binary'): Promise<void> {
		await this[side].getByRole('radio', { name: as }).click();
	}

	/** The output, where it is shown as a table. */
	async table(): Promise<{ header: string[]; rows: string[][] }> {
		await this.output.locator('tbody tr').first().waitFor();
		const header = await this.output.locator('thead th').allInnerTexts();
		const rows = await this.output.locator('tbody tr').all();
		const texts = async (row: Locator) => await row.locator('td').allInnerTexts();
		return {
			header: header.map((text) => text.trim()),
			rows: (await Promise.all(rows.map(texts))).map((row) => row.map((text) => text.trim())),
		};
	}

	/** The same, each row by the names of its columns. */
	async records(): Promise<Record<string, string>[]> {
		const { header, rows } = await this.table();
		const named = (row: string[]) => header.map((name, column) => [name, row[column] ?? '']);
		return rows.map((row) => Object.fromEntries(named(row)) as Record<string, string>);
	}

	/** The output, where it is shown as JSON. */
	async json(): Promise<unknown> {
		const shown = this.output.getByTestId('ndv-data-container');
		await shown.getByText(']', { exact: true }).last().waitFor();
		// indented with spaces that do not break
		return JSON.parse((await shown.innerText()).replaceAll('\u00a0', ' '));
	}

	/** The error of a node that stops, line by line as it is read. */
	async error(): Promise<{ title: string; lines: string[] }> {
		const title = await this.output.getByTestId('node-error-message').innerText();
		const description = await this.output.getByTestId('node-error-description').innerText();
		const lines = description.split('\n').map((line) => line.trim());
		return { title, lines: lines.filter((line) => line !== '') };
	}

	/** A credential that the node asks for, by the label that stands above it. */
	credential(label: string): Locator {
		const slots = this.all.getByTestId('node-credentials-slot');
		return slots.filter({ has: labelled(this.page, label) });
	}

	async newCredential(): Promise<CredentialDialog> {
		await this.all.getByTestId('node-credentials-select').click();
		await this.page.getByTestId('node-credentials-select-item-new').click();
		return await this.dialog();
	}

	async editCredential(): Promise<CredentialDialog> {
		await this.all.getByTestId('credential-edit-button').click();
		return await this.dialog();
	}

	async close(): Promise<void> {
		await this.all.getByTestId('ndv-close-button').click();
		await this.all.waitFor({ state: 'detached' });
	}

	private async dialog(): Promise<CredentialDialog> {
		const dialog = new CredentialDialog(this.page);
		await dialog.all.waitFor();
		return dialog;
	}
}

export class CredentialDialog {
	readonly all: Locator;

	constructor(private readonly page: Page) {
		this.all = page.getByRole('dialog').filter({ has: page.getByTestId('credential-edit-dialog') });
	}

	field(label: string): Field {
		const item = this.all.getByTestId('credential-connection-parameter');
		return new Field(this.page, item.filter({ has: labelled(this.page, label) }));
	}

	async save(): Promise<void> {
		await this.all.getByRole('button', { name: 'Save', exact: true }).click();
	}

	/** Waits until the test has failed, and says so in these words. */
	async refusal(words: string): Promise<void> {
		const more = this.all.getByText('More details');
		const told = this.all.getByText(words);
		await more.or(told).first().waitFor();
		if (await more.isVisible()) await more.click();
		await told.waitFor();
	}
}

/** One field of a node or of a credential. */
export class Field {
	/** Where a value is typed, chosen or dropped. */
	readonly box: Locator;
	/** The sign that something is wrong with it. */
	readonly issue: Locator;

	constructor(
		private readonly page: Page,
		readonly item: Locator,
	) {
		this.box = item.locator('[data-test-id^="parameter-input-"]').first();
		this.issue = item.getByTestId('parameter-issues');
	}

	async choose(option: string): Promise<void> {
		await this.box.click();
		const options = this.page.getByTestId('parameter-input-item').or(this.page.getByRole('option'));
		await options.filter({ hasText: option, visible: true }).first().click();
	}

	async type(text: string): Promise<void> {
		await this.box.locator('input').fill(text);
	}

	async toggle(): Promise<void> {
		// the switch itself lies invisibly behind what is drawn
		await this.box.locator('.el-switch__core').click();
	}

	/** What is typed or chosen; of an expression, its text. */
	async value(): Promise<string> {
		const expression = this.box.locator('.cm-content');
		await this.box.locator('input').or(expression).first().waitFor();
		if (await expression.isVisible()) return (await expression.innerText()).trim();
		return await this.box.locator('input').first().inputValue();
	}

	/** The expression in it, as soon as its result for the first item stands below. */
	async reads(result: string): Promise<string> {
		await this.item.getByText(result, { exact: true }).first().waitFor();
		return await this.value();
	}
}

/** What stands above a field; n8n marks the required ones of a credential. */
function labelled(page: Page, label: string): Locator {
	const words = label.replace(/[^\w ]/g, '\\$&');
	return page.locator('label').getByText(new RegExp(`^\\s*${words}\\s*\\*?\\s*$`));
}

async function centre(place: Locator): Promise<{ x: number; y: number }> {
	const box = await place.boundingBox();
	if (box === null) throw new Error(`Not to be seen: ${place.toString()}`);
	return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}
