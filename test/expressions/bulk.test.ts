import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { createBulk, NOT_IN_BULK } from '../../transport/expressions/bulk';
import { readTemplate, type Template } from '../../transport/expressions/template';

/** An engine that doubles prices, and how many items it was given in each call. */
function contextOf(items: readonly INodeExecutionData[]) {
	const calls: number[] = [];
	const context = {
		connectionInputData: items,
		evaluateExpression(this: { connectionInputData: readonly INodeExecutionData[] }) {
			calls.push(this.connectionInputData.length);
			return this.connectionInputData.map(({ json }) => [Number(json.price) * 2]);
		},
	} as unknown as IExecuteFunctions;
	return { context, calls };
}

const template = (expression = '={{ $json.price * 2 }}'): Template => {
	const read = readTemplate(expression);
	if (read === undefined) throw new Error('it depends on columns alone');
	return read;
};

const rows = (count: number, more: object = {}): INodeExecutionData[] =>
	Array.from({ length: count }, (_, price) => ({ json: { price, ...more } }));

it('evaluates a part of the items in one call, so that nobody waits for all of them', () => {
	const items = rows(50_000);
	const { context, calls } = contextOf(items);
	const valueOf = createBulk(context, items).valueOf(template());
	expect(items.every((_, index) => valueOf(index) === index * 2)).toBe(true);
	expect(Math.max(...calls)).toBeLessThanOrEqual(200);
	// and yet hardly more calls than needed
	expect(calls).toHaveLength(250);
});

it('evaluates no part before its first value is asked for', () => {
	const items = rows(1_000);
	const { context, calls } = contextOf(items);
	const valueOf = createBulk(context, items).valueOf(template());
	expect(calls).toEqual([]);
	expect(valueOf(500)).toBe(1_000);
	expect(calls).toEqual([200]);
});

it('evaluates the fields of an item in the same parts', () => {
	const items = rows(400);
	const { context, calls } = contextOf(items);
	const bulk = createBulk(context, items);
	const fields = [bulk.valueOf(template()), bulk.valueOf(template('={{ $json.price * 3 }}'))];
	for (const index of items.keys()) for (const valueOf of fields) valueOf(index);
	expect(calls).toEqual([200, 200, 200, 200]);
});

it('of a file, rows that come in the place of others are evaluated anew', () => {
	const items = rows(200);
	const { context, calls } = contextOf(items);
	const valueOf = createBulk(context, items).valueOf(template());
	expect(items.map((_, index) => valueOf(index))).toEqual(items.map((_, index) => index * 2));
	items.splice(0, 200, ...rows(500).slice(300, 450));
	expect(items.map((_, index) => valueOf(index))).toEqual(
		items.map((_, index) => (300 + index) * 2),
	);
	expect(calls).toEqual([200, 150]);
});

it('a part of long rows has fewer of them', () => {
	const items = rows(100, { note: 'x'.repeat(20_000) });
	const { context, calls } = contextOf(items);
	const valueOf = createBulk(context, items).valueOf(template());
	expect(items.every((_, index) => valueOf(index) === index * 2)).toBe(true);
	expect(Math.max(...calls)).toBeLessThanOrEqual(12);
});

it.each<[string, object]>([
	['too long to be copied', { note: 'x'.repeat(1_000_000) }],
	[
		'that throws when it is copied',
		{
			toJSON: () => {
				throw new Error('of the row');
			},
		},
	],
])('a row %s is left to the engine alone, the others are not', (_, more) => {
	const items = rows(30);
	items[10] = { json: { price: 10, ...more } };
	const { context, calls } = contextOf(items);
	const valueOf = createBulk(context, items).valueOf(template());
	const values = items.map((_item, index) => valueOf(index));
	expect(values[10]).toBe(NOT_IN_BULK);
	expect(values.filter((value) => value === NOT_IN_BULK)).toHaveLength(1);
	expect(calls).toEqual([10, 19]);
});

it('an error in one part leaves the other parts as they are', () => {
	const items = rows(600);
	const { context } = contextOf(items);
	const evaluate = jest.spyOn(context, 'evaluateExpression');
	evaluate.mockImplementationOnce(() => null);
	const valueOf = createBulk(context, items).valueOf(template());
	const values = items.map((_, index) => valueOf(index));
	expect(values.indexOf(400)).toBe(200);
	expect(values.filter((value) => value === NOT_IN_BULK)).toHaveLength(200);
});

it('an engine that gives the values of all items for those of a part is not believed', () => {
	const items = rows(600);
	const context = {
		evaluateExpression: () => items.map(({ json }) => [json.price]),
	} as unknown as IExecuteFunctions;
	expect(createBulk(context, items).valueOf(template())(0)).toBe(NOT_IN_BULK);
});

it('shows the engine each expression before the first item, and gives way in between', async () => {
	const { context, calls } = contextOf(rows(1_000));
	const bulk = createBulk(context, rows(1_000));
	for (const factor of [2, 3, 4, 5]) bulk.valueOf(template(`={{ $json.price * ${factor} }}`));
	const callsByTurn: number[] = [];
	const turn = () => {
		callsByTurn.push(calls.length);
		if (calls.length < 4) setImmediate(turn);
	};
	setImmediate(turn);
	await bulk.warmUp();
	expect(calls).toEqual([1, 1, 1, 1]);
	expect(callsByTurn.slice(0, 3)).toEqual([1, 2, 3]);
});
