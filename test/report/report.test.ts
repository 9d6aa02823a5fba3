import type { INode } from 'n8n-workflow';

import { createRedactor } from '../../transport/credential/redact';
import {
	outcomeNames,
	type Failure,
	type FailureName,
	type Outcome,
} from '../../transport/model/outcome';
import { tellEnding } from '../../transport/report/words';
import { remarksOn } from '../../transport/report/remarks';
import { toError } from '../../transport/report/stopError';
import { toHint } from '../../transport/report/hint';
import { toItems } from '../../transport/report/items';
import type { Notes } from '../../transport/model/notes';

const run = { provider: 'justtrack', displayName: 'justtrack', operation: 'revenueEvent' };

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

const OTHERS = 'All other events were delivered.';
const NONE = 'Nothing was delivered.';
const ADVICE =
	'To handle undelivered events in the workflow, set On Error to "Continue (using error output)" in the node settings.';

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
		expect(await toItems([outcome], run)).toStrictEqual([
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
		expect((await toItems([{ outcome: 'preview', id: 'a', request }], run))[0]?.json).toStrictEqual(
			{
				provider: 'justtrack',
				operation: 'revenueEvent',
				outcome: 'preview',
				id: 'a',
				request,
			},
		);
	});

	it('an event that was not delivered is an error with its details and nothing else', async () => {
		const outcome: Outcome = {
			outcome: 'rejected',
			id: 'a',
			httpStatus: 400,
			attempts: 1,
			reason: 'justtrack answered 400.',
		};
		expect(await toItems([outcome], run)).toStrictEqual([
			{
				json: {
					error: 'justtrack answered 400.',
					details: { outcome: 'rejected', httpStatus: 400, attempts: 1 },
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
		expect((await toItems([outcome], run))[0]?.json).toStrictEqual({
			error: 'Platform (platform) is required.',
			details: {
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
			(name): name is FailureName => !['delivered', 'preview', 'duplicate'].includes(name),
		),
	)(
		'%s goes to the error branch: a true error, and no key that n8n does not know there',
		async (outcome) => {
			const json = (await toItems([{ outcome, reason: 'Why.' }], run))[0]?.json ?? {};
			expect(json.error).toBeTruthy();
			expect(Object.keys(json).sort()).toEqual(['details', 'error']);
		},
	);

	it('one item per input item, in input order, each paired with its own', async () => {
		const items = await toItems([delivered, CANCELLED, delivered], run);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
			{ item: 2 },
		]);
		expect(items.map(({ json }) => 'error' in json)).toEqual([false, true, false]);
	});

	it('no item at all gives none', async () => {
		expect(await toItems([], run)).toEqual([]);
	});
});

describe('toError', () => {
	it('tells how many of how many, the reasons with their items, and what to do', async () => {
		const error = await toError(
			node,
			[delivered, invalid('Value is required.'), delivered, { outcome: 'failed', reason: 'No.' }],
			[],
			run,
		);
		expect(error.message).toBe('justtrack: 2 of 4 events not delivered (1 invalid, 1 failed)');
		expect(error.description).toBe(
			['Item 1: invalid: Value is required.', 'Item 3: failed: No.', OTHERS, ADVICE].join('\n'),
		);
		expect(error.node).toBe(node);
		expect(error.context.itemIndex).toBe(1);
		expect(error.level).toBe('warning');
	});

	it('tells an equal reason once, with its items', async () => {
		const { description } = await toError(
			node,
			[invalid('A.'), invalid('B.'), delivered, invalid('A.'), invalid('A.')],
			[],
			run,
		);
		expect(description).toBe(
			['Items 0, 3, 4: invalid: A.', 'Item 1: invalid: B.', OTHERS, ADVICE].join('\n'),
		);
	});

	it('tells the same reason of two outcomes apart', async () => {
		const { description } = await toError(
			node,
			[
				{ outcome: 'failed', reason: 'No.' },
				{ outcome: 'unknown', reason: 'No.' },
			],
			[],
			run,
		);
		expect(description).toBe(
			[
				'Item 0: failed: No.',
				'Item 1: unknown: No.',
				'No event is known to be delivered.',
				ADVICE,
			].join('\n'),
		);
	});

	it.each([
		[5, 'Items 0, 1, 2, 3, 4: invalid: A.'],
		[6, 'Items 0, 1, 2, 3, 4 and 1 more: invalid: A.'],
		[17, 'Items 0, 1, 2, 3, 4 and 12 more: invalid: A.'],
	])('names five items of a reason and counts the others: %d', async (items, line) => {
		const outcomes = Array.from({ length: items }, () => invalid('A.'));
		expect((await toError(node, outcomes, [], run)).description).toBe(
			[line, NONE, ADVICE].join('\n'),
		);
	});

	it.each([
		[5, []],
		[7, ['… and 2 more reasons.']],
	])('tells five reasons and counts the others: %d', async (reasons, more) => {
		const outcomes = Array.from({ length: reasons }, (_, item) => invalid(`R${String(item)}.`));
		expect((await toError(node, outcomes, [], run)).description).toBe(
			[
				...[0, 1, 2, 3, 4].map((item) => `Item ${String(item)}: invalid: R${String(item)}.`),
				...more,
				NONE,
				ADVICE,
			].join('\n'),
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
			'justtrack: 7 of 10 events not delivered (1 invalid, 1 rejected, 1 unauthorized, 1 throttled, 1 failed, 1 unknown, 1 cancelled)',
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
		expect((await toError(node, [refused], [], run)).description).toBe(
			`Item 0: failed: justtrack refused the connection (4 tries). It was not accepted: run it again when the provider can be reached.\n${NONE}\n${ADVICE}`,
		);
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
		expect(
			toHint([delivered, delivered, delivered], remarksOn(missing, provider, redact), run).message,
		).toBe(
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
		['output items', () => toItems(outcomes, run)],
		['the error', () => toError(node, outcomes, [], run)],
	])('gives way to everything else that n8n does: %s', async (_, task) => {
		expect(await turnsDuring(task)).toBeGreaterThanOrEqual(20);
	});
});
