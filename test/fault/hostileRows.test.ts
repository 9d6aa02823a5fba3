import type { IDataObject } from 'n8n-workflow';

import { subjects } from '../providers';
import { outcomesOf, prepare, useSandbox, type Variation } from '../support/sandboxRun';

const sandbox = useSandbox();

/** What a column may throw when it is read; the last two have no text. */
const thrown: readonly unknown[] = [
	new Error('of the row'),
	Object.create(null) as unknown,
	Object.assign(new Error(), { message: Object.create(null) as string }),
];

/** The row with a column that throws when it is read, in each way in which one can. */
function rowsThatThrow(row: IDataObject, key: string): IDataObject[] {
	return thrown.flatMap((error) => {
		const fail = (): never => {
			throw error;
		};
		const traps = { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail };
		return [
			Object.defineProperty({ ...row }, key, { get: fail, enumerable: true }),
			new Proxy({ ...row }, { get: fail, ownKeys: fail, getOwnPropertyDescriptor: fail }),
			{ ...row, [key]: new Proxy({}, traps) },
			{ ...row, [key]: { toJSON: fail, toString: fail, valueOf: fail, toMillis: fail } },
			{ ...row, [key]: Object.create(null) as unknown },
			{ ...row, [key]: { [Symbol.toPrimitive]: fail } },
		] as IDataObject[];
	});
}

describe.each(subjects)('$provider.name $operation', (subject) => {
	const good = (number: number) => subject.item(number);
	const modes: [string, Variation][] = [
		['automatic mapping', {}],
		['fields mapped by hand', { parameters: { dataMode: 'defineBelow', ...subject.dragged } }],
	];

	// read in both modes
	const column =
		Object.keys(good(1)).find((key) => JSON.stringify(subject.dragged).includes(`$json.${key} `)) ??
		'';

	test.each(modes)('a row that throws when it is read is invalid alone: %s', async (_, mode) => {
		const hostile = rowsThatThrow(good(1), column);
		const items = [good(0), ...hostile, good(2)];
		const result = await prepare(subject, sandbox().url, items, mode).run();
		expect(outcomesOf(result)).toEqual(['delivered', ...hostile.map(() => 'invalid'), 'delivered']);
		expect(sandbox().report().events).toHaveLength(2);
	});
});

const customEvent = subjects.find(({ operation }) => operation === 'customEvent');

test.each<[string, () => unknown]>([
	['a bare object as a name', () => ({ name: Object.create(null) as unknown, value: 'x' })],
	['a bare object as a value', () => ({ name: 'x', value: Object.create(null) as unknown })],
	[
		'a value that throws what has no text',
		() => ({
			name: 'x',
			get value(): never {
				throw Object.create(null);
			},
		}),
	],
])('a list of pairs with %s is invalid alone', async (_, pair) => {
	if (customEvent === undefined) throw new Error('it has a list of pairs');
	const list = { pair: [{ name: 'a', value: '1' }, pair()] };
	const bad = { ...customEvent.item(1), customEventParams: list } as IDataObject;
	const items = [customEvent.item(0), bad, customEvent.item(2)];
	const result = await prepare(customEvent, sandbox().url, items).run();
	expect(outcomesOf(result)).toEqual(['delivered', 'invalid', 'delivered']);
});
