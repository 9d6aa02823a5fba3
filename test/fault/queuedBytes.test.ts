/** What is queued is sent as it would have been sent at once: the same requests, byte for byte. */
import fc from 'fast-check';
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { subjects, type Subject } from '../providers';
import { startRecorder } from '../support/recorder';
import { prepareRecorded, withRecordFolder } from '../support/recordFolder';

let recorder: Awaited<ReturnType<typeof startRecorder>>;
beforeAll(async () => {
	recorder = await startRecorder();
});
afterAll(() => recorder.close());

/** Options that have a say in what an event becomes. The node that sends does not have them. */
const shaping: Readonly<Record<string, INodeParameters>> = {
	singular: { apiVersion: 'v2' },
	twentyFourMetrics: { timezone: 'Asia/Kolkata' },
	runative: { roundToCents: true },
};

/** A value as a row may have it, fit for a field or not. */
const cell = fc.oneof(
	fc.string({ unit: 'grapheme', maxLength: 40 }),
	fc.constantFrom(
		'0.10',
		'12345678901234567890.123456789',
		'7.0',
		'0',
		'2026-01-31T12:00:00+02:00',
	),
	fc.integer(),
	fc.double({ noNaN: true, noDefaultInfinity: true }),
	fc.boolean(),
	fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ unit: 'binary', maxLength: 8 })),
);

/** Items, a few columns of which have something else in them than they should. */
const itemsOf = (subject: Subject) => {
	const columns = Object.keys(subject.item(0));
	const drawn = fc.record({
		number: fc.nat(1_000_000),
		others: fc.dictionary(fc.constantFrom(...columns), cell, { maxKeys: 2 }),
	});
	return fc.array(drawn, { minLength: 1, maxLength: 12 }).map((all) =>
		all.map(({ number, others }, nr) => ({
			...subject.item(number),
			...(subject.provider.name === 'singular' && { sdid: `sdid-${number}` }),
			...others,
			nr,
		})),
	);
};

/** What came in during a run of the node, in the order of its bytes. */
async function requestsOf(run: () => Promise<unknown>): Promise<string[]> {
	recorder.requests.length = 0;
	await run();
	return recorder.requests
		.map(({ method, target, contentType, authorization, body }) =>
			JSON.stringify([method, target, contentType, authorization, body]),
		)
		.sort();
}

test.each(subjects)('$provider.name $operation', async (subject) => {
	const drawn = itemsOf(subject);
	let sent = 0;
	await fc.assert(
		fc.asyncProperty(drawn, async (items) => {
			await withRecordFolder(async (folder) => {
				const run = (rows: readonly IDataObject[], parameters: INodeParameters) =>
					prepareRecorded(folder, subject, recorder.url, rows, { parameters }).run();
				const options = { ...subject.oneByOne, ...shaping[subject.provider.name] };
				const parameters = { eventId: '={{ $json.nr }}', options };
				const direct = await requestsOf(() => run(items, { ...parameters, deliveryRecord: 'off' }));
				const queueing = await requestsOf(() => run(items, { ...parameters, delivery: 'queue' }));
				const later = { operation: 'sendQueued', options: subject.oneByOne };
				const queued = await requestsOf(() => run([{}], later));
				expect(queueing).toEqual([]);
				expect(queued).toEqual(direct);
				sent += queued.length;
			});
		}),
		{ numRuns: 8 },
	);
	expect(sent).toBeGreaterThan(0);
});

test('many in one request are put together as they would have been at once', async () => {
	for (const subject of subjects) {
		const { batch } = subject.provider.operations[subject.operation] ?? {};
		if (!batch) continue;
		const items = Array.from({ length: batch.maxEvents * 2 + 3 }, (_, nr) => subject.item(nr));
		await withRecordFolder(async (folder) => {
			const run = (rows: readonly IDataObject[], parameters: INodeParameters) =>
				prepareRecorded(folder, subject, recorder.url, rows, { parameters }).run();
			const direct = await requestsOf(() => run(items, { options: {}, deliveryRecord: 'off' }));
			await run(items, { delivery: 'queue' });
			const queued = await requestsOf(() => run([{}], { operation: 'sendQueued', options: {} }));
			expect(direct).toHaveLength(3);
			expect(queued).toEqual(direct);
		});
	}
});
