import type { NodeOperationError, IDataObject } from 'n8n-workflow';

import { subjects } from '../providers';
import { outcomesOf, prepare, useSandbox } from '../support/sandboxRun';

const sandbox = useSandbox();

describe.each(subjects)('$provider.name $operation', (subject) => {
	const { key, value } = subject.broken;
	const { idKey } = subject.provider.operations[subject.operation] ?? {};
	const good = (number: number) => subject.item(number);
	const broken = (number: number) => ({ ...subject.item(number), [key]: value }) as IDataObject;

	test('an item that continues on error has error and details and nothing else', async () => {
		const { items } = await prepare(subject, sandbox().url, [good(0), broken(1)]).run();
		expect(Object.keys(items[1]?.json ?? {}).sort()).toEqual(['details', 'error']);
		expect(items[1]?.pairedItem).toEqual({ item: 1 });
		expect(items[1]?.error).toBeUndefined();
	});

	test('a delivered item has the keys of the Contract', async () => {
		const { items } = await prepare(subject, sandbox().url, [good(0)]).run();
		expect(items[0]?.json).toMatchObject({
			provider: subject.provider.name,
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
		expect(error?.description).toContain('Items 3, 13, 23: invalid: ');
		expect(error?.description).toContain('On Error');
		expect(error?.context.itemIndex).toBe(3);
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
