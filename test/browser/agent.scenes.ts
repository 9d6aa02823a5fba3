import type { IDataObject } from 'n8n-workflow';

import type { Editor } from '../../scripts/browser/editor';
import { readyAgent } from '../../scripts/demo/agent';
import { startChatModel, type ChatModel } from './chatModel';
import { scene, stage } from './scenes';

/** What the stand-in model makes of the purchase that it is told. */
const filledIn = {
	Platform: 'android',
	Google_Advertising_ID: '5a1e6bb6-bfcb-4a9a-b2ce-f0246dd8af46',
	IDFV: '',
	OS_Version: '15',
	IP_Address: '203.0.113.7',
	Amount: '4.99',
	Currency: 'USD',
};

export function agentScenes(): void {
	scene('fills the fields of its tool, and reads that the event was delivered', async (editor) => {
		const model = await startChatModel(() => filledIn);
		try {
			await openAgent(editor, model);
			const panel = await editor.openNode('Singular');
			// a choice too
			await panel.field('Platform').item.getByText('Defined automatically by the model').waitFor();
			await panel.close();

			expect(await editor.chat('A player has bought coins.')).toContain('"outcome":"delivered"');
			expect(answersOf(model)).toMatchObject([
				[{ provider: 'Singular', operation: 'revenueEvent', outcome: 'delivered' }],
			]);
			expect(stage.sandbox.report().events.map(({ event }) => event)).toMatchObject([
				{ p: 'Android', aifa: filledIn.Google_Advertising_ID, amt: '4.99', cur: 'USD' },
			]);
		} finally {
			await model.close();
		}
	});

	scene('reads what to correct when its event is invalid', async (editor) => {
		const model = await startChatModel(() => ({
			...filledIn,
			Platform: 'symbian',
			Amount: 'free',
		}));
		try {
			await openAgent(editor, model);
			const answer = await editor.chat('A player has bought coins.');
			expect(answer).toContain('must be');
			const [[{ error = '', details = {} } = {}] = []] = answersOf(model);
			expect(error).toMatch(/Platform \(p\) must be Android or iOS .* not "symbian"/);
			expect(error).toMatch(/Amount \(amt\) must be a plain decimal number/);
			expect(details).toMatchObject({ outcome: 'invalid' });
			expect(stage.sandbox.report().requests).toBe(0);
		} finally {
			await model.close();
		}
	});
}

function answersOf({ answers }: ChatModel): IDataObject[][] {
	return answers.map((answer) => JSON.parse(answer) as IDataObject[]);
}

/** The example, with the stand-in in the place of the chat model. */
async function openAgent(editor: Editor, { url }: ChatModel): Promise<void> {
	const { n8n, credentials } = stage;
	const openAi = await n8n.createCredential('openAiApi', 'Stand-in', { apiKey: 'none', url });
	await editor.open(await n8n.createWorkflow(await readyAgent(credentials, openAi)));
}
