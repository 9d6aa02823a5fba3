/** A chat model on localhost, as OpenAI's API speaks: it calls the first tool that it is offered, then repeats the tool's answer. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import type { IDataObject } from 'n8n-workflow';

/** A tool as a model sees it. */
export interface OfferedTool {
	name: string;
	description: string;
	/** JSON Schema of its arguments. */
	parameters: { properties: Record<string, IDataObject>; required: string[] };
}

export interface ChatModel {
	/** What an OpenAI credential takes as its Base URL. */
	url: string;
	/** Of the last question. */
	tools: OfferedTool[];
	/** What each call of a tool came back with, in order. */
	answers: string[];
	close: () => Promise<void>;
}

interface Question {
	messages: { role: string; content: unknown }[];
	tools?: { function: OfferedTool }[];
}

/** @param fill the arguments for a tool */
export async function startChatModel(fill: (tool: OfferedTool) => IDataObject): Promise<ChatModel> {
	const model: Pick<ChatModel, 'tools' | 'answers'> = { tools: [], answers: [] };
	const server = createServer((request, response) => {
		void text(request).then((body) => {
			const { messages, tools = [] } = JSON.parse(body) as Question;
			const last = messages.at(-1);
			model.tools = tools.map((tool) => tool.function);
			const [tool] = model.tools;
			let message: object;
			if (last?.role === 'tool') {
				const content = String(last.content);
				model.answers.push(content);
				message = { role: 'assistant', content };
			} else if (tool === undefined) {
				message = { role: 'assistant', content: 'There is no tool.' };
			} else {
				const call = { name: tool.name, arguments: JSON.stringify(fill(tool)) };
				const toolCalls = [{ id: 'call-1', type: 'function', function: call }];
				message = { role: 'assistant', content: null, tool_calls: toolCalls };
			}
			response.setHeader('content-type', 'application/json').end(
				JSON.stringify({
					id: 'chat-1',
					object: 'chat.completion',
					created: 0,
					model: 'stand-in',
					choices: [
						{ index: 0, message, finish_reason: 'tool_calls' in message ? 'tool_calls' : 'stop' },
					],
					usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
				}),
			);
		});
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const { port } = server.address() as AddressInfo;
	return Object.assign(model, {
		url: `http://127.0.0.1:${String(port)}/v1`,
		close: async () => {
			server.closeAllConnections();
			await new Promise((done) => server.close(done));
		},
	});
}
