import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import type { Fault } from '../../sandbox';
import { subjects } from '../providers';
import { outcomesOf, prepare, useSandbox, type Variation } from '../support/sandboxRun';

const sandbox = useSandbox();

describe.each(subjects)('$provider.name $operation', (subject) => {
	const {
		asksForRepeat = false,
		unreadable,
		brokenOff,
		badRequest = 'rejected',
	} = subject.quirks ?? {};
	const {
		deduplicates = false,
		isWithoutSecret,
		idKey,
	} = subject.provider.operations[subject.operation] ?? {};
	const itemsOf = (count: number) => Array.from({ length: count }, (_, i) => subject.item(i));
	const run = async (items: readonly IDataObject[], variation?: Variation) => {
		const result = await prepare(subject, sandbox().url, items, variation).run();
		return { result, outcomes: outcomesOf(result), report: sandbox().report() };
	};

	test('1,000 items: 1,000 outcomes in input order, each event once, connections within the concurrency', async () => {
		const { result, report } = await run(itemsOf(1000), { options: { maxConcurrency: 20 } });
		expect(new Set(outcomesOf(result))).toEqual(new Set(['delivered']));
		if (idKey !== undefined) {
			expect(result.items.map(({ json }) => json.id)).toEqual(
				Array.from({ length: 1000 }, (_, i) => subject.id(i)),
			);
		}
		expect(result.items.map(({ pairedItem }) => pairedItem)).toEqual(
			Array.from({ length: 1000 }, (_, item) => ({ item })),
		);
		expect(new Set(report.events.map(({ id }) => id)).size).toBe(1000);
		expect(report.events.every(({ repeats }) => repeats === 0)).toBe(true);
		expect(report.requests).toBe(1000);
		expect(report.connections).toBeLessThanOrEqual(20);
	});

	test('no items, no requests', async () => {
		const { result, report } = await run([]);
		expect(result.items).toEqual([]);
		expect(report.requests).toBe(0);
	});

	test('a bad event never harms a good one', async () => {
		const { key, value } = subject.broken;
		const items = itemsOf(5);
		items[2] = { ...items[2], [key]: value } as IDataObject;
		const { outcomes, report } = await run(items);
		expect(outcomes).toEqual(['delivered', 'delivered', 'invalid', 'delivered', 'delivered']);
		expect(report.rejected).toEqual([]);
	});

	interface Expected {
		readonly outcome: string;
		readonly requests: number;
		readonly accepted: number;
		readonly repeats: number;
	}
	/** One item under one fault: outcome, requests, what the sandbox accepted and how often again. */
	interface Case {
		readonly name: string;
		readonly faults: Fault[];
		readonly options?: Variation['options'];
		readonly expected: Expected;
		/** What of it differs for a provider of other quirks. */
		readonly otherwise?: Partial<Expected>;
		/** Part of the reason. */
		readonly says?: string;
	}
	const once = { options: { maxRetries: 0 } };
	/** For providers that count a repeat twice: an unclear try is the last. */
	const untold = { outcome: 'unknown', requests: 1, repeats: 0 };
	const repeatsServerErrors = deduplicates || asksForRepeat;
	const afterUnreadable = unreadable && { outcome: unreadable };
	const afterBrokenOff = brokenOff && { outcome: brokenOff };
	const quick = { maxRetries: 0, timeout: 200 };
	const httpDate = () => new Date(Date.now() + 2000).toUTCString();
	const cases: Case[] = [
		{
			name: '500 and then fine',
			faults: [{ kind: 'status', status: 500, next: 1 }],
			expected: { outcome: 'delivered', requests: 2, accepted: 1, repeats: 0 },
			...(!repeatsServerErrors && { otherwise: { ...untold, accepted: 0 } }),
		},
		{
			name: '500 for good',
			faults: [{ kind: 'status', status: 500 }],
			options: { maxRetries: 1 },
			expected: { outcome: 'unknown', requests: 2, accepted: 0, repeats: 0 },
			...(!repeatsServerErrors && { otherwise: untold }),
			says: 'answered 500',
		},
		{
			name: '429 for good',
			faults: [{ kind: 'status', status: 429 }],
			...once,
			expected: { outcome: 'throttled', requests: 1, accepted: 0, repeats: 0 },
			says: 'answered 429',
		},
		{
			name: '429 with a Retry-After past all patience',
			faults: [{ kind: 'status', status: 429, retryAfter: '3600' }],
			expected: { outcome: 'throttled', requests: 1, accepted: 0, repeats: 0 },
		},
		{
			name: 'a reset before the request was read',
			faults: [{ kind: 'resetBefore', next: 1 }],
			expected: { outcome: 'delivered', requests: 2, accepted: 1, repeats: 0 },
			...(!deduplicates && { otherwise: { ...untold, accepted: 0 } }),
		},
		{
			name: 'a reset after the request was read: sent again, and the sandbox says so',
			faults: [{ kind: 'resetAfter', next: 1 }],
			expected: { outcome: 'delivered', requests: 2, accepted: 1, repeats: 1 },
			...(!deduplicates && { otherwise: { ...untold, accepted: 1 } }),
		},
		{
			name: 'resets after the request was read, for good',
			faults: [{ kind: 'resetAfter' }],
			options: { maxRetries: 1 },
			expected: { outcome: 'unknown', requests: 2, accepted: 1, repeats: 1 },
			...(!deduplicates && { otherwise: { ...untold, accepted: 1 } }),
			says: 'closed the connection before it answered',
		},
		{
			name: 'no answer within the timeout',
			faults: [{ kind: 'hang' }],
			options: quick,
			expected: { outcome: 'unknown', requests: 1, accepted: 0, repeats: 0 },
			says: 'gave no answer within 200 ms',
		},
		{
			name: 'a garbage body',
			faults: [{ kind: 'garbage' }],
			expected: { outcome: 'delivered', requests: 1, accepted: 1, repeats: 0 },
			otherwise: afterUnreadable,
		},
		{
			name: 'an empty body',
			faults: [{ kind: 'empty' }],
			expected: { outcome: 'delivered', requests: 1, accepted: 1, repeats: 0 },
			otherwise: afterUnreadable,
		},
		{
			name: 'a truncated body',
			faults: [{ kind: 'truncate' }],
			expected: { outcome: 'delivered', requests: 1, accepted: 1, repeats: 0 },
			otherwise: afterBrokenOff,
		},
		{
			name: 'a redirect to another host is never followed',
			faults: [{ kind: 'redirect', location: 'http://127.0.0.2/elsewhere' }],
			expected: { outcome: 'rejected', requests: 1, accepted: 0, repeats: 0 },
			says: 'answered 302, a redirect',
		},
		{
			name: `400 is ${badRequest}`,
			faults: [{ kind: 'status', status: 400, body: { error: 'no such app' } }],
			...once,
			expected: { outcome: badRequest, requests: 1, accepted: 0, repeats: 0 },
			says: 'no such app',
		},
		{
			name: '401 is the credential',
			faults: [{ kind: 'status', status: 401 }],
			expected: { outcome: 'unauthorized', requests: 1, accepted: 0, repeats: 0 },
			says: 'Check the credential',
		},
	];
	test.each(cases)('$name', async ({ faults, options, says = '', ...one }) => {
		const expected = { ...one.expected, ...one.otherwise };
		sandbox().setFaults(faults);
		const { result, outcomes, report } = await run([subject.item(1)], { options });
		const { events, requests } = report;
		expect({
			outcome: outcomes[0],
			requests,
			accepted: events.length,
			repeats: events[0]?.repeats ?? 0,
		}).toEqual(expected);
		expect(JSON.stringify(result.items[0]?.json)).toContain(says);
	});

	test.each([
		['in seconds', () => '1'],
		['as a date', httpDate],
	])('Retry-After %s is obeyed, by the other events too', async (_, retryAfter) => {
		sandbox().setFaults([{ kind: 'status', status: 429, retryAfter: retryAfter(), next: 1 }]);
		const began = performance.now();
		const pending = run(itemsOf(5), { options: { maxConcurrency: 1 } });
		while (performance.now() - began < 600) {
			expect(sandbox().report().requests).toBeLessThanOrEqual(1);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		expect((await pending).outcomes).toEqual(itemsOf(5).map(() => 'delivered'));
		expect(performance.now() - began).toBeGreaterThanOrEqual(999);
	});

	test('a Retry-After past all patience ends the run', async () => {
		sandbox().setFaults([{ kind: 'status', status: 429, retryAfter: '3600', next: 1 }]);
		const { outcomes, report } = await run(itemsOf(50), { options: { maxConcurrency: 1 } });
		expect(outcomes).toEqual(itemsOf(50).map(() => 'throttled'));
		expect(report.requests).toBe(1);
	});

	test('a Retry-After beside a refusal for good holds nobody back', async () => {
		// a redirect: no provider's is followed, nor asked for again
		sandbox().setFaults([{ kind: 'status', status: 302, retryAfter: '3600', next: 1 }]);
		const { outcomes } = await run(itemsOf(3), { options: { maxConcurrency: 1 } });
		expect(outcomes).toEqual(['rejected', 'delivered', 'delivered']);
	});

	test('a refused connection certainly reached nobody', async () => {
		const credential = subject.credential('http://127.0.0.1:9');
		const { result, outcomes } = await run([subject.item(1)], {
			credential,
			options: { maxRetries: 1 },
		});
		expect(outcomes).toEqual(['failed']);
		expect(result.items[0]?.json).toMatchObject({
			error: expect.stringContaining('refused the connection (2 tries)') as string,
			details: { attempts: 2 },
		});
	});

	test('a refused credential stops the run: nothing more is sent, and every item says so', async () => {
		sandbox().setFaults([{ kind: 'status', status: 401 }]);
		const { outcomes, report } = await run(itemsOf(500), { options: { maxConcurrency: 4 } });
		expect(new Set(outcomes)).toEqual(new Set(['unauthorized']));
		expect(report.requests).toBeLessThanOrEqual(4);
	});

	test('a stopped execution stops sending and says what was not sent', async () => {
		sandbox().setFaults([{ kind: 'delay', ms: 50 }]);
		const stop = new AbortController();
		const pending = run(itemsOf(500), {
			options: { maxConcurrency: 2 },
			abortSignal: stop.signal,
		});
		while (sandbox().report().requests < 4) await new Promise((resolve) => setTimeout(resolve, 5));
		stop.abort();
		const { outcomes, report } = await pending;
		const delivered = outcomes.filter((outcome) => outcome === 'delivered').length;
		expect(delivered).toBe(report.events.length);
		expect(delivered).toBeLessThan(10);
		expect(outcomes.filter((outcome) => outcome === 'cancelled')).toHaveLength(500 - delivered);
	});

	test('a wait for the next try ends when the execution is stopped', async () => {
		sandbox().setFaults([{ kind: 'status', status: 429, retryAfter: '100' }]);
		const stop = new AbortController();
		const pending = run(itemsOf(3), { abortSignal: stop.signal });
		while (sandbox().report().requests < 1) await new Promise((resolve) => setTimeout(resolve, 5));
		stop.abort();
		expect((await pending).outcomes).toEqual(['cancelled', 'cancelled', 'cancelled']);
	});

	test('a preview sends nothing and shows each request with the secret masked', async () => {
		const { result, outcomes, report } = await run(itemsOf(3), {
			parameters: { previewOnly: true },
		});
		expect(outcomes).toEqual(['preview', 'preview', 'preview']);
		expect(report.requests).toBe(0);
		const shown = JSON.stringify(result.items[1]?.json.request);
		expect(shown).toContain(isWithoutSecret ? 'http://127.0.0.1' : '***');
	});

	test('whatever the network does, every item has one outcome, and that outcome is true', async () => {
		const faultKinds: Fault[] = [
			{ kind: 'status', status: 500 },
			{ kind: 'status', status: 503 },
			{ kind: 'status', status: 429 },
			{ kind: 'status', status: 400 },
			{ kind: 'resetBefore' },
			{ kind: 'resetAfter' },
			{ kind: 'truncate' },
			{ kind: 'delay', ms: 20 },
			{ kind: 'hang' },
			{ kind: 'hang', record: true },
		];
		// these providers say what to make of it, though it may be untrue
		if (!unreadable) faultKinds.push({ kind: 'garbage' }, { kind: 'empty' });
		if (!asksForRepeat) faultKinds.push({ kind: 'status', status: 500, record: true });
		const fault = fc.constantFrom<Fault>(...faultKinds);
		const faults = fc.array(
			fc.tuple(fault, fc.integer({ min: 1, max: 8 })).map(([one, next]) => ({ ...one, next })),
			{ maxLength: 4 },
		);
		await fc.assert(
			fc.asyncProperty(faults, fc.integer({ min: 1, max: 12 }), async (planned, count) => {
				sandbox().reset();
				sandbox().setFaults(planned);
				const { outcomes, report } = await run(itemsOf(count), {
					options: { maxRetries: 1, timeout: 100, maxConcurrency: 3 },
				});
				const accepted = new Set(report.events.map(({ id }) => id));
				expect(outcomes).toHaveLength(count);
				outcomes.forEach((outcome, i) => {
					const isAccepted = accepted.has(subject.id(i));
					if (outcome === 'delivered') expect(isAccepted).toBe(true);
					else if (outcome !== 'unknown') expect(isAccepted).toBe(false);
					expect(['delivered', 'rejected', 'throttled', 'failed', 'unknown']).toContain(outcome);
				});
				if (!deduplicates) {
					expect(report.events).toHaveLength(accepted.size);
					expect(report.duplicates).toBe(0);
				}
			}),
			{ numRuns: 15 },
		);
	}, 120_000);
});
