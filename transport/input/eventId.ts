import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { createBulk } from '../expressions/bulk';
import { asText } from '../values/text';
import { readParameters } from './parameters';
import { describeProblem, type Checked } from './problem';

/** Reads the ID that the user gives the event of an item; none where nothing was entered. */
export type EventIdReader = (itemIndex: number) => Checked<string | undefined>;

const KEY = 'eventId';
/** As if it were one of the fields that are sent. */
export const eventIdField = {
	key: KEY,
	parameter: KEY,
	label: 'Event ID',
	place: 'query',
	isRequired: false,
} as const;

/** A reader of the parameter Event ID, which every mapping mode has, ready to read. */
export async function createEventIdReader(
	context: IExecuteFunctions,
	items: readonly INodeExecutionData[],
): Promise<EventIdReader> {
	const bulk = createBulk(context, items);
	const read = readParameters(context, items, [eventIdField], bulk);
	await bulk.warmUp();
	return (itemIndex) => {
		const raw = read(itemIndex);
		if (!raw.ok) return raw;
		const given = raw.value[KEY];
		if (given === undefined) return { ok: true, value: undefined };
		const text = typeof given === 'boolean' ? '' : (asText(given)?.trim() ?? '');
		const problem = problemOf(text);
		if (problem === undefined) return { ok: true, value: text };
		return { ok: false, problems: [describeProblem(eventIdField, problem, given)] };
	};
}

function problemOf(text: string): string | undefined {
	if (text === '') return 'must be text or a number';
	// one ID for all rows: all but the first would be taken for duplicates
	if (text.includes('{{')) return 'must be switched to Expression where it holds {{ }}';
	return undefined;
}
