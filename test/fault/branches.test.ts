import type { NodeOperationError, IDataObject, INodeParameters } from 'n8n-workflow';

import { subjects } from '../providers';
import { outcomesOf, prepare, useSandbox } from '../support/sandboxRun';

const sandbox = useSandbox();

describe.each(subjects)('$provider.name $operation', (subject) => {
	const { key, value } = subject.broken;
	const { idKey } = subject.provider.operations[subject.operation] ?? {};
	const good = (number: number) => subject.item(number);
	const broken = (number: number) => ({ ...subject.item(number), [key]: value }) as IDataObject;

	/** What came of a good row and a broken one, each with a column that is no field. */
	const outputOf = async (
		onError: 'continueRegularOutput' | 'continueErrorOutput',
		options: INodeParameters = {},
	) => {
		const rows = [good(0), broken(1)].map((row) => ({
			...row,
			note: 'a column',
			provider: 'mine',
		}));
		const { items } = await prepare(subject, sandbox().url, rows, {
			settings: { onError },
			options,
		}).run();
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
		expect(items.map((item) => item.error)).toEqual([undefined, undefined]);
		return items.map(({ json }) => json);
	};
	const known = { provider: subject.provider.displayName, operation: subject.operation };

	test('an item for the error output has error and details and nothing else', async () => {
		const [, item] = await outputOf('continueErrorOutput', { includeInput: true });
		expect(Object.keys(item ?? {}).sort()).toEqual(['details', 'error']);
		expect(item?.details).toMatchObject({ ...known, outcome: 'invalid' });
	});

	test('an item that continues beside the others has what they have, and its columns', async () => {
		const [delivered, invalid] = await outputOf('continueRegularOutput');
		expect(delivered).toMatchObject({ ...known, outcome: 'delivered' });
		expect(delivered).not.toHaveProperty('note');
		expect(invalid).toMatchObject({
			error: expect.any(String) as string,
			details: { ...known, outcome: 'invalid', fields: expect.any(Array) as unknown },
			...known,
			outcome: 'invalid',
			note: 'a column',
			[key]: value,
		});
		const id = idKey === undefined || key === idKey ? undefined : subject.id(1);
		if (id !== undefined) expect(invalid).toMatchObject({ id, details: { id } });
	});

	test('a node that was set to continue before n8n told the two ways apart does so too', async () => {
		const { items } = await prepare(subject, sandbox().url, [broken(1)], {
			settings: { onError: undefined, continueOnFail: true },
		}).run();
		expect(items[0]?.json).toMatchObject({ ...known, outcome: 'invalid' });
	});

	test('with Include Input, delivered items have their columns, and ours win', async () => {
		const [delivered] = await outputOf('continueRegularOutput', { includeInput: true });
		expect(delivered).toMatchObject({ ...known, outcome: 'delivered', note: 'a column' });
	});

	test('an event is told by its Event ID where it has no ID of its own, an invalid one too', async () => {
		const rows = [good(0), broken(1)].map((row, number) => ({ ...row, name: `event-${number}` }));
		const { items } = await prepare(subject, sandbox().url, rows, {
			parameters: { eventId: '={{ $json.name }}' },
		}).run();
		const ids = idKey === undefined ? ['event-0', 'event-1'] : [subject.id(0), subject.id(1)];
		expect(items.map(({ json }) => json.id)).toEqual(ids);
	});

	test('a delivered item has the keys of the Contract', async () => {
		const { items } = await prepare(subject, sandbox().url, [good(0)]).run();
		expect(items[0]?.json).toMatchObject({
			provider: subject.provider.displayName,
			operation: subject.operation,
			outcome: 'delivered',
			...(idKey !== undefined && { id: subject.id(0) }),
			httpStatus: 200,
			attempts: 1,
		});
	});

	test('a node that stops on error delivers everything deliverable, then throws one error', async () => {
		const items = Array.from({ length: 30 }, (_, i) => (i % 10 === 3 ? broken(i) : good(i)));
		const { run } = prepare(subject, sandbox().url, items, {
			settings: { onError: 'stopWorkflow' },
		});
		const error = await run().then(
			() => undefined,
			(thrown: unknown) => thrown as NodeOperationError,
		);
		expect(sandbox().report().events).toHaveLength(27);
		expect(error?.message).toContain('3 of 30 events not delivered (3 invalid)');
		for (const item of [3, 13, 23]) {
			expect(error?.description).toMatch(
				new RegExp(`<li>Row ${item + 1} \\(item ${item}\\).*: invalid: `),
			);
		}
		expect(error?.description).toContain('On Error');
		expect(error?.context.itemIndex).toBe(3);
	});

	test("an agent's tool answers with the reason, and stops only where On Error says so", async () => {
		const asTool = (onError?: 'stopWorkflow') =>
			prepare(subject, sandbox().url, [broken(0)], {
				settings: { type: `${subject.provider.name}Tool`, onError },
			}).run();
		const { items } = await asTool();
		expect(items[0]?.json).toEqual({
			error: expect.stringMatching(/ must be | is missing/) as string,
			details: expect.objectContaining({ outcome: 'invalid' }) as object,
		});
		await expect(asTool('stopWorkflow')).rejects.toThrow('1 of 1 event not delivered');
	});

	test('one hint sums the run up', async () => {
		const { hints } = await prepare(subject, sandbox().url, [good(0), broken(1), good(2)]).run();
		expect(hints).toHaveLength(1);
		expect(hints[0]).toMatchObject({
			type: 'warning',
			message: expect.stringContaining('3 events: 2 delivered, 1 invalid.') as string,
		});
	});

	describe("n8n's Retry On Fail calls the node again", () => {
		const retry = { settings: { retryOnFail: true, onError: 'stopWorkflow' } } as const;

		test('what is delivered is not sent again, what failed is', async () => {
			sandbox().setFaults([{ kind: 'status', status: 429, ids: [subject.id(2)], next: 1 }]);
			const items = [good(0), good(1), good(2), good(3)];
			const { run } = prepare(subject, sandbox().url, items, {
				...retry,
				options: { maxRetries: 0 },
			});
			await expect(run()).rejects.toThrow('1 of 4 events not delivered (1 throttled)');
			expect(outcomesOf(await run())).toEqual(items.map(() => 'delivered'));

			const { requests, events } = sandbox().report();
			expect(requests).toBe(5);
			expect(events.map(({ repeats }) => repeats)).toEqual([0, 0, 0, 0]);
		});

		test('what is refused for good is not sent again', async () => {
			sandbox().setFaults([{ kind: 'redirect', location: '/elsewhere', ids: [subject.id(1)] }]);
			const { run } = prepare(subject, sandbox().url, [good(0), good(1)], retry);
			await expect(run()).rejects.toThrow('1 rejected');
			await expect(run()).rejects.toThrow('1 rejected');
			expect(sandbox().report().requests).toBe(2);
		});

		test('what may have been accepted is sent again only where a repeat is harmless', async () => {
			sandbox().setFaults([{ kind: 'resetAfter', next: 1 }]);
			const { run } = prepare(subject, sandbox().url, [good(0)], {
				...retry,
				options: { maxRetries: 0 },
			});
			await expect(run()).rejects.toThrow('1 unknown');
			await run().catch(() => undefined);
			const harmless = subject.provider.operations[subject.operation]?.deduplicates;
			expect(sandbox().report().requests).toBe(harmless ? 2 : 1);
		});

		test('another run of the same items sends them', async () => {
			const items = [good(0)];
			await prepare(subject, sandbox().url, items, retry).run();
			await prepare(subject, sandbox().url, items, retry).run();
			expect(sandbox().report().requests).toBe(2);
		});
	});
});
