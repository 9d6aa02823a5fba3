import type { IDataObject } from 'n8n-workflow';

import type { Fault } from '../../sandbox';
import { subjects, type Subject } from '../providers';
import {
	isOverHttp2,
	outcomesOf,
	prepare,
	tableOf,
	useSandbox,
	type Variation,
} from '../support/sandboxRun';

const sandbox = useSandbox();
const RESET_STREAM: Fault = { kind: 'resetStream', record: true, next: 1 };

const batched = subjects.filter(
	({ provider, operation }) => provider.operations[operation]?.batch !== undefined,
);

/** The whole batch size of the provider, where the shared tests send one by one. */
const whole = (subject: Subject) => ({
	batchSize: subject.provider.operations[subject.operation]?.batch?.maxEvents ?? 1,
});

async function run(subject: Subject, items: readonly IDataObject[], variation: Variation = {}) {
	const result = await prepare(subject, sandbox().url, items, {
		...variation,
		options: { ...whole(subject), ...variation.options },
	}).run();
	return { result, outcomes: outcomesOf(result), report: sandbox().report() };
}

const many = tableOf(10_000);
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

describe.each(batched)('$provider.name $operation', (subject) => {
	const { maxEvents } = subject.provider.operations[subject.operation]?.batch ?? {};
	if (maxEvents === undefined) throw new Error('a batched operation has a limit');

	test(`${many} good events go out in full batches`, async () => {
		const { outcomes, report } = await run(
			subject,
			numbers(many).map((i) => subject.item(i)),
		);
		expect(new Set(outcomes)).toEqual(new Set(['delivered']));
		expect(report.requests).toBe(many / maxEvents);
		expect(report.events).toHaveLength(many);
	});

	test('Batch Size lowers the batch', async () => {
		const items = numbers(20).map((i) => subject.item(i));
		const { report } = await run(subject, items, { options: { batchSize: 7 } });
		expect(report.requests).toBe(3);
	});

	test(`of ${many} events 37 are refused, and every other one is delivered once`, async () => {
		// spread so that some batches hold none, one, two and more of them
		const refused = new Set(numbers(37).map((i) => (i * i * 7 + (i % 3)) % many));
		expect(refused.size).toBe(37);
		sandbox().setFaults([{ kind: 'refuse', ids: [...refused].map((i) => subject.id(i)) }]);
		const { result, outcomes, report } = await run(
			subject,
			numbers(many).map((i) => subject.item(i)),
		);
		outcomes.forEach((outcome, i) => {
			expect([i, outcome]).toEqual([i, refused.has(i) ? 'rejected' : 'delivered']);
		});
		expect(result.items.map(({ pairedItem }) => pairedItem)).toEqual(
			numbers(many).map((item) => ({ item })),
		);
		const [first = 0] = refused;
		expect(result.items[first]?.json.error).toContain('Bad Request');
		expect(report.events.map(({ id }) => id).sort()).toEqual(
			numbers(many)
				.filter((i) => !refused.has(i))
				.map((i) => subject.id(i))
				.sort(),
		);
		expect(report.events.every(({ repeats }) => repeats === 0)).toBe(true);
	}, 60_000);

	test('a 403 for one event in the middle is found, and harms no other', async () => {
		sandbox().setFaults([{ kind: 'status', status: 403, ids: [subject.id(50)] }]);
		const { outcomes } = await run(
			subject,
			numbers(100).map((i) => subject.item(i)),
			{ options: { maxConcurrency: 1 } },
		);
		expect(outcomes).toEqual(numbers(100).map((i) => (i === 50 ? 'rejected' : 'delivered')));
	});

	test('a refused credential in the middle, in words of the provider, stops its events', async () => {
		const body = { error: 'Forbidden' };
		sandbox().setFaults([{ kind: 'status', status: 403, body, ids: [subject.id(50)] }]);
		const { outcomes, report } = await run(
			subject,
			numbers(100).map((i) => subject.item(i)),
			{ options: { maxConcurrency: 1 } },
		);
		expect(outcomes.slice(0, 40)).toEqual(numbers(40).map(() => 'delivered'));
		expect(outcomes.slice(40)).toEqual(numbers(60).map(() => 'unauthorized'));
		expect(report.requests).toBe(3);
	});

	test('a batch that was taken, answered 500 and then refused is sent by no Retry On Fail, where repeats count', async () => {
		const items = numbers(4).map((i) => subject.item(i));
		sandbox().setFaults([
			{ kind: 'status', status: 500, record: true, next: 1 },
			{ kind: 'status', status: 400, body: { error: 'Bad Request' }, next: 1 },
			{ kind: 'status', status: 429 },
		]);
		const again = prepare(subject, sandbox().url, items, {
			options: { ...whole(subject), maxRetries: 1 },
			settings: { retryOnFail: true },
			patience: { firstBackoffMs: 5 },
		});
		expect(outcomesOf(await again.run())).toEqual(items.map(() => 'unknown'));
		sandbox().setFaults([]);
		const { requests } = sandbox().report();
		const harmless = subject.provider.operations[subject.operation]?.deduplicates ?? false;
		const outcome = harmless ? 'delivered' : 'unknown';
		expect(outcomesOf(await again.run())).toEqual(items.map(() => outcome));
		expect(sandbox().report().requests).toBe(requests + (harmless ? 1 : 0));
	});

	test.each<[string, Fault, string]>([
		['no answer', { kind: 'hang', next: 1 }, 'unknown'],
		// over HTTP/2 a reset connection is that of others as well
		['a reset', isOverHttp2 ? RESET_STREAM : { kind: 'resetAfter', next: 1 }, 'unknown'],
		['500', { kind: 'status', status: 500, next: 1 }, 'delivered'],
	])('%s for one batch is no harm to the others', async (_, fault, whereRepeatsCount) => {
		const harmless = subject.provider.operations[subject.operation]?.deduplicates;
		sandbox().setFaults([{ ...fault, ids: [subject.id(25)] }]);
		const { outcomes } = await run(
			subject,
			numbers(60).map((i) => subject.item(i)),
			{ options: { timeout: 300 } },
		);
		const middle = harmless ? 'delivered' : whereRepeatsCount;
		expect(outcomes).toEqual(numbers(60).map((i) => (i >= 20 && i < 40 ? middle : 'delivered')));
	});
});

describe('myTracker customEvent', () => {
	const subject = batched.find(({ operation }) => operation === 'customEvent');
	if (!subject) throw new Error('there is such an operation');
	const long = (i: number, letter: string, letters: number) => ({
		...subject.item(i),
		customEventParams: Object.fromEntries(
			numbers(Math.ceil(letters / 250)).map((part) => [
				`p${part}`,
				letter.repeat(Math.min(250, letters - part * 250)),
			]),
		),
	});

	test.each([
		['ascii letters', 'x', 1],
		['letters of two bytes', 'ß', 2],
		['letters of four bytes', '😀', 4],
	])('no body is over 10,000 bytes with long texts of %s', async (_, letter, bytes) => {
		const items = numbers(300).map((i) => long(i, letter, (100 + ((i * 97) % 2000)) / bytes));
		const { outcomes, report } = await run(subject, items);
		expect(new Set(outcomes)).toEqual(new Set(['delivered']));
		const sizes = report.bodies.map((body) => body.bytes);
		expect(Math.max(...sizes)).toBeLessThanOrEqual(10_000);
		expect(Math.max(...sizes)).toBeGreaterThan(8_000);
		expect(report.requests).toBeGreaterThan(300 / 20);
	});

	test('an event that is too long alone is invalid, at the very byte', async () => {
		const withAgent = (letters: number) => ({
			...long(1, 'x', 8_500),
			userAgent: 'a'.repeat(letters),
		});
		const [body] = (await run(subject, [withAgent(1)])).report.bodies;
		const letters = 1 + 10_000 - (body?.bytes ?? 0);

		const atLimit = await run(subject, [withAgent(letters)]);
		expect(atLimit.outcomes).toEqual(['delivered']);
		expect(atLimit.report.bodies.at(-1)?.bytes).toBe(10_000);

		const over = await run(subject, [withAgent(letters + 1), subject.item(2)]);
		expect(over.outcomes).toEqual(['invalid', 'delivered']);
		expect(over.result.items[0]?.json.error).toContain('customEventParams');
		expect(over.result.items[0]?.json.error).toContain('10001 bytes');
	});
});
