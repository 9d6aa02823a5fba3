import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import type { Fault, Sandbox } from '../../sandbox';
import { subjects, type Quirks, type Subject } from '../providers';
import {
	outcomesOf,
	prepare,
	tableOf,
	testSideBySide,
	useSandbox,
	withSandbox,
	type Variation,
} from '../support/sandboxRun';
import { pause, until } from '../support/until';

/** How one item ends: its outcome, the requests, what the sandbox accepted and how often again. */
interface Ending {
	readonly outcome: string;
	readonly requests: number;
	readonly accepted: number;
	readonly repeats: number;
}

/** One item under one fault. */
type Case = {
	readonly name: string;
	readonly faults: Fault[];
	readonly options?: Variation['options'];
	/** Part of the reason. */
	readonly says?: string;
} & (
	| { readonly always: Ending }
	| {
			/** Where the provider counts a repeated event once. */
			readonly ifDeduplicated: Ending;
			/** Where it counts one again, so that an unclear try is the last. */
			readonly ifNot: Ending;
			/** Where it does, and asks for the repeat itself. */
			readonly ifAsked?: Ending;
	  }
);

const once = { maxRetries: 0 };

/** The cases of a provider that answers with these quirks, or of its operation without a secret. */
const casesOf = (
	{ unreadable, brokenOff, badRequest }: Quirks,
	isWithoutSecret: boolean,
): Case[] => [
	{
		name: '500 and then fine',
		faults: [{ kind: 'status', status: 500, next: 1 }],
		ifDeduplicated: { outcome: 'delivered', requests: 2, accepted: 1, repeats: 0 },
		ifNot: { outcome: 'unknown', requests: 1, accepted: 0, repeats: 0 },
		ifAsked: { outcome: 'delivered', requests: 2, accepted: 1, repeats: 0 },
	},
	{
		name: '500 for good',
		faults: [{ kind: 'status', status: 500 }],
		options: { maxRetries: 1 },
		ifDeduplicated: { outcome: 'unknown', requests: 2, accepted: 0, repeats: 0 },
		ifNot: { outcome: 'unknown', requests: 1, accepted: 0, repeats: 0 },
		ifAsked: { outcome: 'unknown', requests: 2, accepted: 0, repeats: 0 },
		says: 'answered 500',
	},
	{
		name: '429 for good',
		faults: [{ kind: 'status', status: 429 }],
		options: once,
		always: { outcome: 'throttled', requests: 1, accepted: 0, repeats: 0 },
		says: 'answered 429',
	},
	{
		name: '429 with a Retry-After past all patience',
		faults: [{ kind: 'status', status: 429, retryAfter: '3600' }],
		always: { outcome: 'throttled', requests: 1, accepted: 0, repeats: 0 },
	},
	{
		name: 'a reset before the request was read',
		faults: [{ kind: 'resetBefore', next: 1 }],
		ifDeduplicated: { outcome: 'delivered', requests: 2, accepted: 1, repeats: 0 },
		ifNot: { outcome: 'unknown', requests: 1, accepted: 0, repeats: 0 },
	},
	{
		name: 'a reset after the request was read: sent again, and the sandbox says so',
		faults: [{ kind: 'resetAfter', next: 1 }],
		ifDeduplicated: { outcome: 'delivered', requests: 2, accepted: 1, repeats: 1 },
		ifNot: { outcome: 'unknown', requests: 1, accepted: 1, repeats: 0 },
	},
	{
		name: 'resets after the request was read, for good',
		faults: [{ kind: 'resetAfter' }],
		options: { maxRetries: 1 },
		ifDeduplicated: { outcome: 'unknown', requests: 2, accepted: 1, repeats: 1 },
		ifNot: { outcome: 'unknown', requests: 1, accepted: 1, repeats: 0 },
		says: 'closed the connection before it answered',
	},
	{
		name: 'no answer within the timeout',
		faults: [{ kind: 'hang' }],
		// connecting is a part of it, and takes its time where much goes on beside
		options: { maxRetries: 0, timeout: 3000 },
		always: { outcome: 'unknown', requests: 1, accepted: 0, repeats: 0 },
		says: 'gave no answer within 3000 ms',
	},
	{
		name: 'a garbage body',
		faults: [{ kind: 'garbage' }],
		options: once,
		always: { outcome: unreadable ?? 'delivered', requests: 1, accepted: 1, repeats: 0 },
	},
	{
		name: 'an empty body',
		faults: [{ kind: 'empty' }],
		options: once,
		always: { outcome: unreadable ?? 'delivered', requests: 1, accepted: 1, repeats: 0 },
	},
	{
		name: 'a truncated body',
		faults: [{ kind: 'truncate' }],
		options: once,
		always: { outcome: brokenOff ?? 'delivered', requests: 1, accepted: 1, repeats: 0 },
	},
	{
		name: 'a redirect to another host is never followed',
		faults: [{ kind: 'redirect', location: 'http://127.0.0.2/elsewhere' }],
		always: { outcome: 'rejected', requests: 1, accepted: 0, repeats: 0 },
		says: 'answered 302, a redirect',
	},
	{
		name: 'a 303, which shows what was done',
		faults: [{ kind: 'status', status: 303, record: true }],
		options: once,
		always: { outcome: 'unknown', requests: 1, accepted: 1, repeats: 0 },
		says: 'answered 303, a redirect',
	},
	{
		name: `400 is ${badRequest ?? 'rejected'}`,
		faults: [{ kind: 'status', status: 400, body: { error: 'no such app' } }],
		options: once,
		always: { outcome: badRequest ?? 'rejected', requests: 1, accepted: 0, repeats: 0 },
		says: 'no such app',
	},
	...[401, 403].map((status): Case => ({
		name: isWithoutSecret
			? `${status} is the event, where the request carries no secret`
			: `${status} is the credential`,
		faults: [{ kind: 'status', status }],
		always: {
			outcome: isWithoutSecret ? 'rejected' : 'unauthorized',
			requests: 1,
			accepted: 0,
			repeats: 0,
		},
		says: isWithoutSecret ? 'carries no key' : 'Check the credential',
	})),
];

const many = tableOf(1_000);

const itemsOf = ({ item }: Subject, count: number) =>
	Array.from({ length: count }, (_, i) => item(i));

async function runIn(
	{ url, report }: Sandbox,
	subject: Subject,
	items: readonly IDataObject[],
	variation?: Variation,
) {
	const result = await prepare(subject, url, items, variation).run();
	return { result, outcomes: outcomesOf(result), report: report() };
}

describe.each(subjects)('$provider.name $operation', (subject) => {
	const { isWithoutSecret = false, idKey } = subject.provider.operations[subject.operation] ?? {};
	const sandbox = useSandbox();
	const run = (items: readonly IDataObject[], variation?: Variation) =>
		runIn(sandbox(), subject, items, variation);

	test(`${many} items: as many outcomes in input order, each event once, connections within the concurrency`, async () => {
		const { result, report } = await run(itemsOf(subject, many), {
			options: { maxConcurrency: 20 },
		});
		expect(new Set(outcomesOf(result))).toEqual(new Set(['delivered']));
		if (idKey !== undefined) {
			expect(result.items.map(({ json }) => json.id)).toEqual(
				Array.from({ length: many }, (_, i) => subject.id(i)),
			);
		}
		expect(result.items.map(({ pairedItem }) => pairedItem)).toEqual(
			Array.from({ length: many }, (_, item) => ({ item })),
		);
		expect(new Set(report.events.map(({ id }) => id)).size).toBe(many);
		expect(report.events.every(({ repeats }) => repeats === 0)).toBe(true);
		expect(report.requests).toBe(many);
		expect(report.connections).toBeLessThanOrEqual(20);
	});

	test('no items, no requests', async () => {
		const { result, report } = await run([]);
		expect(result.items).toEqual([]);
		expect(report.requests).toBe(0);
	});

	test('a bad event never harms a good one', async () => {
		const { key, value } = subject.broken;
		const items = itemsOf(subject, 5);
		items[2] = { ...items[2], [key]: value } as IDataObject;
		const { outcomes, report } = await run(items);
		expect(outcomes).toEqual(['delivered', 'delivered', 'invalid', 'delivered', 'delivered']);
		expect(report.rejected).toEqual([]);
	});

	test('a Retry-After past all patience ends the run', async () => {
		sandbox().setFaults([{ kind: 'status', status: 429, retryAfter: '3600', next: 1 }]);
		const { outcomes, report } = await run(itemsOf(subject, 50), {
			options: { maxConcurrency: 1 },
		});
		expect(outcomes).toEqual(itemsOf(subject, 50).map(() => 'throttled'));
		expect(report.requests).toBe(1);
	});

	test('a Retry-After beside a refusal for good holds nobody back', async () => {
		// a redirect: no provider's is followed, nor asked for again
		sandbox().setFaults([{ kind: 'status', status: 302, retryAfter: '3600', next: 1 }]);
		const { outcomes } = await run(itemsOf(subject, 3), { options: { maxConcurrency: 1 } });
		expect(outcomes).toEqual(['rejected', 'delivered', 'delivered']);
	});

	test('a lone 403 among accepted events ends that event alone', async () => {
		sandbox().setFaults([{ kind: 'status', status: 403, ids: [subject.id(3)] }]);
		const { outcomes } = await run(itemsOf(subject, 6), { options: { maxConcurrency: 1 } });
		const delivered = 'delivered';
		expect(outcomes).toEqual([delivered, delivered, delivered, 'rejected', delivered, delivered]);
	});

	test(
		isWithoutSecret
			? 'a request without a secret is never refused for the credential: each event is sent, and ends for itself'
			: 'a refused credential stops the run: nothing more is sent, and every item says so',
		async () => {
			sandbox().setFaults([{ kind: 'status', status: 401 }]);
			const { outcomes, report } = await run(itemsOf(subject, 500), {
				options: { maxConcurrency: 4 },
			});
			expect(new Set(outcomes)).toEqual(new Set([isWithoutSecret ? 'rejected' : 'unauthorized']));
			if (isWithoutSecret) expect(report.requests).toBe(500);
			else expect(report.requests).toBeLessThanOrEqual(4);
		},
	);

	test('a stopped execution stops sending and says what was not sent', async () => {
		sandbox().setFaults([{ kind: 'delay', ms: 50 }]);
		const stop = new AbortController();
		const pending = run(itemsOf(subject, 500), {
			options: { maxConcurrency: 2 },
			abortSignal: stop.signal,
		});
		await until(() => sandbox().report().requests >= 4);
		stop.abort();
		const { outcomes, report } = await pending;
		const delivered = outcomes.filter((outcome) => outcome === 'delivered').length;
		expect(delivered).toBe(report.events.length);
		expect(delivered).toBeLessThan(10);
		expect(outcomes.filter((outcome) => outcome === 'cancelled')).toHaveLength(500 - delivered);
	});

	test('a run that is stopped while nothing is answered ends within two seconds, truthfully', async () => {
		sandbox().setFaults([{ kind: 'hang', record: true }]);
		const stop = new AbortController();
		const pending = run(itemsOf(subject, 20), {
			options: { maxConcurrency: 2 },
			abortSignal: stop.signal,
		});
		await until(() => sandbox().report().requests >= 2);
		const stoppedAt = performance.now();
		stop.abort();
		const { outcomes, report } = await pending;
		expect(performance.now() - stoppedAt).toBeLessThan(2_000);
		const arrived = new Set(report.events.map(({ id }) => id));
		expect(outcomes).toEqual(
			itemsOf(subject, 20).map((_, i) => (arrived.has(subject.id(i)) ? 'unknown' : 'cancelled')),
		);
	});

	test('a wait for the next try ends when the execution is stopped', async () => {
		sandbox().setFaults([{ kind: 'status', status: 429, retryAfter: '100' }]);
		const stop = new AbortController();
		const pending = run(itemsOf(subject, 3), { abortSignal: stop.signal });
		await until(() => sandbox().report().requests >= 1);
		stop.abort();
		expect((await pending).outcomes).toEqual(['cancelled', 'cancelled', 'cancelled']);
	});

	test('a preview sends nothing and shows each request with the secret masked', async () => {
		const { result, outcomes, report } = await run(itemsOf(subject, 3), {
			parameters: { previewOnly: true },
		});
		expect(outcomes).toEqual(['preview', 'preview', 'preview']);
		expect(report.requests).toBe(0);
		const shown = JSON.stringify(result.items[1]?.json.request);
		expect(shown).toContain(isWithoutSecret ? sandbox().url : '***');
	});
});

// what waits, and with no `describe`, so that no subject waits for another
for (const subject of subjects) {
	const { provider, operation, quirks = {} } = subject;
	const { asksForRepeat = false } = quirks;
	const { deduplicates = false, isWithoutSecret = false } = provider.operations[operation] ?? {};
	const endingOf = (one: Case) => {
		if ('always' in one) return one.always;
		if (deduplicates) return one.ifDeduplicated;
		return (asksForRepeat ? one.ifAsked : undefined) ?? one.ifNot;
	};
	const test = (name: string, body: (sandbox: Sandbox) => Promise<void>) => {
		testSideBySide(`${provider.name} ${operation} ${name}`, body);
	};

	// first, since it takes longest
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
			{ kind: 'garbage' },
			{ kind: 'empty' },
			{ kind: 'status', status: 303, record: true },
		];
		if (!asksForRepeat) faultKinds.push({ kind: 'status', status: 500, record: true });
		const fault = fc.constantFrom<Fault>(...faultKinds);
		const faults = fc.array(
			fc.tuple(fault, fc.integer({ min: 1, max: 8 })).map(([one, next]) => ({ ...one, next })),
			{ maxLength: 4 },
		);
		const isTrue = fc.asyncProperty(
			faults,
			fc.integer({ min: 1, max: 12 }),
			async (planned, count) => {
				// its own: what was given up in one run may still arrive in the next
				const { outcomes, report } = await withSandbox((sandbox) => {
					sandbox.setFaults(planned);
					return runIn(sandbox, subject, itemsOf(subject, count), {
						options: { maxRetries: 1, timeout: 100, maxConcurrency: 3 },
					});
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
			},
		);
		// 15 runs, which mostly wait
		await Promise.all(Array.from({ length: 5 }, () => fc.assert(isTrue, { numRuns: 3 })));
	});

	for (const one of casesOf(quirks, isWithoutSecret)) {
		test(one.name, async (sandbox) => {
			const { faults, options, says = '' } = one;
			sandbox.setFaults(faults);
			const { result, outcomes, report } = await runIn(sandbox, subject, [subject.item(1)], {
				options,
			});
			const { events, requests } = report;
			expect(JSON.stringify(result.items[0]?.json)).toContain(says);
			expect({
				outcome: outcomes[0],
				requests,
				accepted: events.length,
				repeats: events[0]?.repeats ?? 0,
			}).toEqual(endingOf(one));
		});
	}

	const retryAfters: [string, () => string][] = [
		['in seconds', () => '1'],
		// whole seconds only: at least one second from now
		['as a date', () => new Date(Date.now() + 2000).toUTCString()],
	];
	for (const [form, retryAfter] of retryAfters) {
		test(`Retry-After ${form} is obeyed, by the other events too`, async (sandbox) => {
			const began = performance.now();
			sandbox.setFaults([{ kind: 'status', status: 429, retryAfter: retryAfter(), next: 1 }]);
			const pending = runIn(sandbox, subject, itemsOf(subject, 5), {
				options: { maxConcurrency: 1 },
			});
			while (performance.now() - began < 600) {
				expect(sandbox.report().requests).toBeLessThanOrEqual(1);
				await pause(20);
			}
			expect((await pending).outcomes).toEqual(itemsOf(subject, 5).map(() => 'delivered'));
			expect(performance.now() - began).toBeGreaterThanOrEqual(999);
		});
	}

	test('a refused connection certainly reached nobody', async (sandbox) => {
		const credential = subject.credential('http://127.0.0.1:9');
		const { result, outcomes } = await runIn(sandbox, subject, [subject.item(1)], {
			credential,
			options: { maxRetries: 1 },
		});
		expect(outcomes).toEqual(['failed']);
		expect(result.items[0]?.json).toMatchObject({
			error: expect.stringContaining('refused the connection (2 tries)') as string,
			details: { attempts: 2 },
		});
	});
}
