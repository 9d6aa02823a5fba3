import type { IDataObject, INode } from 'n8n-workflow';

import { createRedactor } from '../../transport/credential/redact';
import {
	outcomeNames,
	type Failure,
	type FailureName,
	type Outcome,
} from '../../transport/model/outcome';
import { tellEnding } from '../../transport/report/words';
import { recommendationsOn, remarksOn } from '../../transport/report/remarks';
import { toError, toPreviewError } from '../../transport/report/stopError';
import { toHint } from '../../transport/report/hint';
import { toItems } from '../../transport/report/items';
import type { Notes } from '../../transport/model/notes';

const run = { displayName: 'justtrack', operation: 'revenueEvent' };

/** Output items of an n8n that leaves by the error output, or goes on with the other items. */
const errorOutput = { hasErrorOutput: true, includesInput: false, columnsOf: () => ({}) };
const goesOn = (columns: IDataObject[], includesInput = false) => ({
	hasErrorOutput: false,
	includesInput,
	columnsOf: (item: number) => columns[item] ?? {},
});

const redact = createRedactor([]);

const provider = { displayName: 'justtrack', deduplicates: false };

const node: INode = {
	id: 'node-1',
	name: 'Node under test',
	type: 'justtrack',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

const CANCELLED: Outcome = { outcome: 'cancelled', reason: 'Not sent.', attempts: 0 };

const delivered: Outcome = { outcome: 'delivered', attempts: 1 };
const invalid = (reason: string): Failure => ({ outcome: 'invalid', reason, attempts: 0 });

const NONE = 'Nothing was delivered.';
const QUEUED: Outcome = { outcome: 'queued' };
const DUPLICATE: Outcome = { outcome: 'duplicate', reason: 'Stored before.' };
const ADVICE =
	'To handle undelivered events in the workflow, set On Error to "Continue (using error output)" in the node settings.';

it.each([
	[[QUEUED, QUEUED], '2 are queued: Send Queued Events sends them.'],
	[[QUEUED], '1 is queued: Send Queued Events sends it.'],
	[[QUEUED, DUPLICATE], 'The other 2 events: 1 is queued, 1 was queued or delivered before.'],
])(
	'the error of a run that queues says what is queued beside what is not',
	async (others, said) => {
		const error = await toError(node, [...others, invalid('No value.')], [], run);
		expect(error.description).toContain(said);
		expect(error.description).not.toContain(NONE);
	},
);

describe('toItems', () => {
	it('a delivered event has the keys of the Contract, those without a value absent', async () => {
		const outcome: Outcome = {
			outcome: 'delivered',
			id: 'a',
			httpStatus: 200,
			attempts: 2,
			verdict: 'accepted',
			reason: undefined,
			response: { ok: true },
		};
		expect(await toItems([outcome], run, errorOutput)).toStrictEqual([
			{
				json: {
					provider: 'justtrack',
					operation: 'revenueEvent',
					outcome: 'delivered',
					id: 'a',
					httpStatus: 200,
					attempts: 2,
					verdict: 'accepted',
					response: { ok: true },
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it('a preview holds the request', async () => {
		const request = { method: 'GET', url: 'https://sink.justtrack.io/?apikey=***' };
		expect(
			(await toItems([{ outcome: 'preview', id: 'a', request }], run, errorOutput))[0]?.json,
		).toStrictEqual({
			provider: 'justtrack',
			operation: 'revenueEvent',
			outcome: 'preview',
			id: 'a',
			request,
		});
	});

	it('what leaves by the error output is an error with its details and nothing else', async () => {
		const outcome: Outcome = {
			outcome: 'rejected',
			id: 'a',
			httpStatus: 400,
			attempts: 1,
			reason: 'justtrack answered 400.',
		};
		expect(await toItems([outcome], run, errorOutput)).toStrictEqual([
			{
				json: {
					error: 'justtrack answered 400.',
					details: {
						provider: 'justtrack',
						operation: 'revenueEvent',
						outcome: 'rejected',
						id: 'a',
						httpStatus: 400,
						attempts: 1,
					},
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it('an invalid event names its fields, by key, value and rule', async () => {
		const outcome: Outcome = {
			...invalid('Platform (platform) is required.'),
			fields: [
				{ field: 'platform', rule: 'is required', sentence: 'not told twice' },
				{ field: 'value', value: '"x"', rule: 'must fit', sentence: 'not told twice' },
			],
		};
		expect((await toItems([outcome], run, errorOutput))[0]?.json).toStrictEqual({
			error: 'Platform (platform) is required.',
			details: {
				provider: 'justtrack',
				operation: 'revenueEvent',
				outcome: 'invalid',
				attempts: 0,
				fields: [
					{ field: 'platform', rule: 'is required' },
					{ field: 'value', value: '"x"', rule: 'must fit' },
				],
			},
		});
	});

	it.each(
		outcomeNames.filter(
			(name): name is FailureName =>
				!['delivered', 'preview', 'duplicate', 'queued'].includes(name),
		),
	)(
		'%s goes to the error branch: a true error, and no key that n8n does not know there',
		async (outcome) => {
			const json = (await toItems([{ outcome, reason: 'Why.' }], run, errorOutput))[0]?.json ?? {};
			expect(json.error).toBeTruthy();
			expect(Object.keys(json).sort()).toEqual(['details', 'error']);
		},
	);

	it('one item per input item, in input order, each paired with its own', async () => {
		const items = await toItems([delivered, CANCELLED, delivered], run, errorOutput);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		expect(items.map(({ json }) => 'error' in json)).toEqual([false, true, false]);
	});

	it('no item at all gives none', async () => {
		expect(await toItems([], run, errorOutput)).toEqual([]);
	});
});

/** As n8n's output panel shows it: lists and line breaks alone make lines. */
const shown = (html: string | null | undefined): string[] =>
	(html ?? '')
		.replace(/\s+/g, ' ')
		.split(/<\/?(?:ul|li|br)>/)
		.map((line) =>
			line.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))).trim(),
		)
		.filter((line) => line !== '');

const broken = (reason: string, id?: string): Failure => ({
	...invalid(reason),
	id,
	fields: [{ field: 'value', value: '1,50', rule: 'must be a number', sentence: reason }],
});

describe('where the node continues, one table shows all rows', () => {
	const failed: Outcome = {
		outcome: 'rejected',
		id: 'a',
		httpStatus: 400,
		attempts: 1,
		reason: 'justtrack answered 400.',
	};
	const details = {
		provider: 'justtrack',
		operation: 'revenueEvent',
		outcome: 'rejected',
		id: 'a',
		httpStatus: 400,
		attempts: 1,
	};

	it('a failed row has provider, operation, outcome and ID as a delivered one has, and its columns', async () => {
		const [item] = await toItems([failed], run, goesOn([{ user: 'u', value: 1.5 }]));
		expect(item?.json).toStrictEqual({
			error: 'justtrack answered 400.',
			details,
			provider: 'justtrack',
			operation: 'revenueEvent',
			outcome: 'rejected',
			id: 'a',
			user: 'u',
			value: 1.5,
		});
		// in the order of delivered rows, since a table has its columns in that of its first row
		expect(Object.keys(item?.json ?? {}).slice(0, 4)).toEqual([
			'provider',
			'operation',
			'outcome',
			'id',
		]);
	});

	it('where a name clashes, ours wins', async () => {
		const theirs = {
			error: 'x',
			details: 'x',
			provider: 'x',
			outcome: 'x',
			id: 'x',
			operation: 'x',
		};
		const [row] = await toItems([failed], run, goesOn([{ ...theirs, user: 'u' }]));
		expect(row?.json).toStrictEqual({
			error: 'justtrack answered 400.',
			details,
			provider: 'justtrack',
			operation: 'revenueEvent',
			outcome: 'rejected',
			id: 'a',
			user: 'u',
		});
	});

	it('a success has the columns of its input only where that is wished', async () => {
		const columns = [{ user: 'u', provider: 'x' }];
		const [plain] = await toItems([delivered], run, goesOn(columns));
		expect(plain?.json).not.toHaveProperty('user');
		for (const form of [
			goesOn(columns, true),
			{ ...goesOn(columns, true), hasErrorOutput: true },
		]) {
			const [item] = await toItems([delivered], run, form);
			expect(item?.json).toStrictEqual({
				provider: 'justtrack',
				operation: 'revenueEvent',
				outcome: 'delivered',
				attempts: 1,
				user: 'u',
			});
		}
	});

	it('no success has an error, which n8n would run the node again for', async () => {
		const [item] = await toItems([delivered], run, goesOn([{ error: 'theirs', user: 'u' }], true));
		expect(item?.json).not.toHaveProperty('error');
		expect(item?.json).toMatchObject({ outcome: 'delivered', user: 'u' });
	});

	it('the provider is named as people know it', async () => {
		const name = { displayName: '24metrics', operation: 'click' };
		const items = await toItems([delivered, failed], name, goesOn([{}, {}]));
		expect(items.map(({ json }) => json.provider)).toEqual(['24metrics', '24metrics']);
		expect(items[1]?.json.details).toMatchObject({ provider: '24metrics' });
	});

	it('a column named as objects name what they inherit from is a column', async () => {
		const columns = JSON.parse('{"__proto__":{"error":"x"},"user":"u"}') as IDataObject;
		const [item] = await toItems([delivered], run, goesOn([columns], true));
		expect(Object.getPrototypeOf(item?.json)).toBe(Object.prototype);
		expect(item?.json.user).toBe('u');
	});
});

describe('toError', () => {
	it('says how many of how many, a line for each row, and what to do', async () => {
		const error = await toError(
			node,
			[
				delivered,
				broken('Value is required.', 'tx-1'),
				delivered,
				{ outcome: 'failed', reason: 'No.' },
			],
			[],
			run,
		);
		expect(error.message).toBe('justtrack: 2 of 4 events not delivered (1 invalid, 1 failed)');
		expect(shown(error.description)).toEqual([
			'Row 2 (item 1), ID tx-1: invalid: Value is required.',
			'Row 4 (item 3): failed: No.',
			'The other 2 events were delivered.',
			ADVICE,
		]);
		expect(error.node).toBe(node);
		expect(error.context.itemIndex).toBe(1);
		expect(error.level).toBe('warning');
	});

	it('each line is one for whoever reads the text itself too', async () => {
		const { description } = await toError(node, [invalid('A.'), invalid('B.'), delivered], [], run);
		expect(description?.split('\n')).toEqual([
			'<ul>',
			'<li>Row 1 (item 0): invalid: A.</li>',
			'<li>Row 2 (item 1): invalid: B.</li>',
			'</ul>',
			'The other event was delivered.<br>',
			ADVICE,
		]);
	});

	it('what looks like HTML or code is shown as it is', async () => {
		const reason = 'Value must fit, not "<img src=x> & <b>bold</b> `code`".';
		const { description } = await toError(node, [broken(reason, '<i>'), delivered], [], run);
		expect(description?.replace(/<\/?(?:ul|li|br)>/g, '')).not.toMatch(/[<>`]/);
		expect(shown(description)[0]).toBe(`Row 1 (item 0), ID <i>: invalid: ${reason}`);
	});

	it.each([
		[10, 0],
		[11, 1],
		[17, 7],
	])('tells ten rows, and says where the rest stands: %d', async (rows, more) => {
		const outcomes = Array.from({ length: rows }, (_, row) => broken(`R${String(row)}.`));
		const { description, messages } = await toError(node, outcomes, [], run);
		const lines = shown(description);
		expect(lines.filter((line) => line.startsWith('Row '))).toHaveLength(10);
		const rest = lines.filter((line) => / more rows?: /.test(line));
		const noun = more === 1 ? 'row' : 'rows';
		expect(rest).toEqual(
			more === 0 ? [] : [`${more} more ${noun}: see Error details, From justtrack.`],
		);
		expect(messages).toHaveLength(more === 0 ? 0 : rows + 2);
	});

	it('the table in the details has row, item, ID, field, found and wanted in columns', async () => {
		const outcomes = Array.from({ length: 12 }, (_, row) => broken('R.', `tx-${String(row)}`));
		const { messages } = await toError(node, [...outcomes, delivered], [], run);
		expect(messages.slice(0, 2)).toEqual([
			'| Row | Item | ID | Outcome | Field | Found | Wanted |',
			'| --- | --- | --- | --- | --- | --- | --- |',
		]);
		expect(messages.at(-1)).toBe('| 12 | 11 | tx-11 | invalid | value | 1,50 | must be a number |');
	});

	it('no value makes or breaks a cell of the table', async () => {
		const outcomes = Array.from({ length: 11 }, () => broken('R.', 'a|b\\|c\n| d'));
		const { messages } = await toError(node, outcomes, [], run);
		expect(messages.at(-1)).toBe(
			'| 11 | 10 | a\\|b\\\\\\|c \\| d | invalid | value | 1,50 | must be a number |',
		);
	});

	it('the table has a line for each field of a row, and ends after a hundred rows', async () => {
		const two = {
			...broken('R.'),
			fields: [...(broken('R.').fields ?? []), ...(broken('R.').fields ?? [])],
		};
		const outcomes = Array.from({ length: 150 }, () => two);
		const { messages } = await toError(node, outcomes, [], run);
		expect(messages).toHaveLength(2 + 200 + 1);
		expect(messages.at(-1)).toBe('… and 50 more rows.');
	});

	it.each([1, 30])('what kept a whole run from sending is told once: %d rows', async (length) => {
		const reason = 'Choose a credential.';
		const refused: Outcome = { outcome: 'failed', reason, attempts: 0 };
		const outcomes = Array.from({ length }, () => refused);
		const { description, messages } = await toError(node, outcomes, [], run);
		expect(shown(description)).toEqual([reason, NONE]);
		expect(messages).toEqual([]);
	});

	it('rows that were refused with the same words are told row by row', async () => {
		const refused: Outcome = { outcome: 'rejected', reason: 'No.', attempts: 1 };
		const { description } = await toError(node, [refused, refused], [], run);
		expect(shown(description).slice(0, 2)).toEqual([
			'Row 1 (item 0): rejected: No.',
			'Row 2 (item 1): rejected: No.',
		]);
	});

	it.each<[string, Outcome[], string]>([
		['delivered now', [delivered, delivered], 'The other 2 events were delivered.'],
		['one event', [delivered], 'The other event was delivered.'],
		[
			'delivered before',
			[{ outcome: 'duplicate' }, { outcome: 'duplicate' }],
			'The other 2 events were delivered before.',
		],
		[
			'both',
			[delivered, { outcome: 'duplicate' }, delivered],
			'The other 3 events were delivered: 2 now, 1 before.',
		],
		['nothing', [], NONE],
		['doubt', [{ outcome: 'unknown', reason: 'Hm.' }], 'No event is known to be delivered.'],
	])('"other" is said of one group alone: %s', async (_, rest, sentence) => {
		const outcomes = Array.from({ length: 14 }, (__, row) => broken(`R${String(row)}.`));
		const { description } = await toError(node, [...outcomes, ...rest], [], run);
		const lines = shown(description);
		expect(lines).toContain(sentence);
		expect(lines.filter((line) => /\bothers?\b/i.test(line))).toHaveLength(
			sentence.includes('other') ? 1 : 0,
		);
	});

	it.each(['Superperm', 'wireaccess', 'WireAccess', 'ECONNREFUSED', 'EPERM', 'enoent'])(
		'n8n takes %p in a reason for no error code of its own',
		async (value) => {
			const reason = `User ID (userid) must fit, not "${value}".`;
			const error = await toError(node, [invalid(reason)], [], run);
			expect(error.message).toBe('justtrack: 1 of 1 event not delivered (1 invalid)');
			expect(error.description).toContain(reason);
		},
	);

	it('no outcome is called like an error code of n8n', async () => {
		const outcomes = outcomeNames.map((outcome): Outcome => ({ outcome, reason: 'Why.' }));
		expect((await toError(node, outcomes, [], run)).message).toBe(
			'justtrack: 7 of 11 events not delivered (1 invalid, 1 rejected, 1 unauthorized, 1 throttled, 1 failed, 1 unknown, 1 cancelled)',
		);
	});

	it('tells what the words of an outcome say as it is', async () => {
		const refused = tellEnding(
			{
				kind: 'notAccepted',
				outcome: 'failed',
				verdict: { kind: 'notTaken', reason: 'refused the connection' },
				attempts: 4,
				tries: 4,
				wasCutShort: false,
			},
			{ displayName: 'justtrack', deduplicates: true },
		);
		expect(shown((await toError(node, [refused], [], run)).description)).toEqual([
			'Row 1 (item 0): failed: justtrack refused the connection (4 tries). It was not accepted: run it again when the provider can be reached.',
			NONE,
			ADVICE,
		]);
	});
});

describe('toPreviewError', () => {
	const preview: Outcome = { outcome: 'preview' };

	it('says how many are ready and how many to correct', async () => {
		const error = await toPreviewError(node, [preview, broken('A.'), preview], [], run);
		expect(error.message).toBe('justtrack: 2 of 3 events ready to send, 1 to correct');
		expect(shown(error.description)).toEqual([
			'Row 2 (item 1): invalid: A.',
			'Nothing was sent: Preview Only is on.',
		]);
	});

	it('asks nobody to correct events where something else is wrong', async () => {
		const refused: Outcome = { outcome: 'failed', reason: 'Choose a credential.' };
		const { message } = await toPreviewError(node, [refused, refused], [], run);
		expect(message).toBe('justtrack: 0 of 2 events ready to send, 2 not ready (2 failed)');
	});
});

describe('toHint', () => {
	const notes = (columns: string[] = [], missing: [string, number][] = []): Notes => ({
		ignoredColumns: new Set(columns),
		missingRecommended: new Map(missing),
		ids: new Set(),
		repeatedIds: 0,
		latestTimes: new Map(),
		unidentified: 0,
		backwardTimes: 0,
	});

	it('counts the outcomes', () => {
		expect(
			toHint([delivered, delivered, invalid('A.')], remarksOn(notes(), provider, redact), run),
		).toEqual({
			message: 'justtrack: 3 events: 2 delivered, 1 invalid.',
			type: 'warning',
			location: 'outputPane',
		});
	});

	it.each<[string, Outcome[]]>([
		['info', [delivered, { outcome: 'preview' }]],
		['warning', [delivered, CANCELLED]],
	])('is of type %s when that is how the run ended', (type, outcomes) => {
		expect(toHint(outcomes, remarksOn(notes(), provider, redact), run).type).toBe(type);
	});

	it('names the columns that were ignored, once each', () => {
		expect(
			toHint([delivered], remarksOn(notes(['note', 'ad unit']), provider, redact), run).message,
		).toBe('justtrack: 1 event: 1 delivered. Columns without a field, ignored: note, ad unit.');
	});

	it('names ten ignored columns and counts the others', () => {
		const columns = Array.from({ length: 12 }, (_, i) => `c${i}`);
		expect(remarksOn(notes(columns), provider, redact)).toEqual([
			`Columns without a field, ignored: ${columns.slice(0, 10).join(', ')} and 2 more.`,
		]);
	});

	it('tells of events that the provider takes for repeats', () => {
		expect(
			remarksOn({ ...notes(), repeatedIds: 2 }, { ...provider, deduplicates: true }, redact),
		).toEqual(['2 events had the ID of an earlier one: justtrack can deduplicate by it.']);
		expect(remarksOn({ ...notes(), repeatedIds: 1 }, provider, redact)).toEqual([
			'1 event had the ID of an earlier one: justtrack may count them again.',
		]);
	});

	it('where n8n has workers and the record is a file, says who does not share it', () => {
		expect(remarksOn({ ...notes(), isRecordApart: true }, provider, redact)).toEqual([
			'n8n runs in queue mode, and workers in other containers or on other machines do not share this delivery record: set it to PostgreSQL.',
		]);
		expect(remarksOn({ ...notes(), isRecordApart: false }, provider, redact)).toEqual([]);
	});

	it('counts the events whose times go backwards, and says what to do', () => {
		const device = { ...provider, laneName: 'device' };
		expect(remarksOn({ ...notes(), backwardTimes: 1 }, device, redact)).toEqual([
			'1 event happened before an earlier row of the same device, and justtrack wants them in order of time: rows go out as they come, so sort them by time first.',
		]);
		expect(remarksOn(notes(), device, redact)).toEqual([]);
	});

	it('names each recommended field that was missing, and how often', () => {
		const missing = notes(
			[],
			[
				['monetizationnetwork', 3],
				['monetizationprovider', 2],
			],
		);
		expect(toHint([delivered, delivered, delivered], recommendationsOn(missing), run).message).toBe(
			'justtrack: 3 events: 3 delivered. 3 events came without monetizationnetwork, which is recommended. 2 events came without monetizationprovider, which is recommended.',
		);
	});
});

describe('the end of a run of 50,000 events', () => {
	const outcomes = Array.from({ length: 50_000 }, (_, index) => invalid(`R${String(index)}.`));

	/** How often the event loop had a turn meanwhile. */
	async function turnsDuring(task: () => Promise<unknown>): Promise<number> {
		let turns = 0;
		let isOver = false;
		const turn = () => {
			turns++;
			if (!isOver) setImmediate(turn);
		};
		setImmediate(turn);
		await task();
		isOver = true;
		return turns;
	}

	it.each<[string, () => Promise<unknown>]>([
		['output items', () => toItems(outcomes, run, errorOutput)],
		['the error', () => toError(node, outcomes, [], run)],
	])('gives way to everything else that n8n does: %s', async (_, task) => {
		expect(await turnsDuring(task)).toBeGreaterThanOrEqual(20);
	});
});
