import type { INodeProperties } from 'n8n-workflow';

/** What stands below a node on the canvas: its operation in words, as the list of actions has it. */
export function subtitleOf(properties: readonly INodeProperties[]): string {
	const { options = [] } = properties.find(({ name }) => name === 'operation') ?? {};
	const words = options.flatMap((option) =>
		'value' in option ? [[String(option.value), option.action ?? option.name]] : [],
	);
	const inWords = JSON.stringify(Object.fromEntries(words));
	return `={{ ${inWords}[$parameter["operation"]] }}`;
}
