import { justtrack } from '../../nodes/Justtrack/provider';
import type { Provider } from '../../transport/model/provider';
import type { WireEvent } from '../../transport/model/event';
import { run } from '../../transport/run';
import { subjects } from '../providers';
import { outcomesOf, prepare, useSandbox } from '../support/sandboxRun';

// whatever is thrown inside a run, what is known of its events stays

const sandbox = useSandbox();
const subject = subjects.find(({ provider }) => provider === justtrack);
if (!subject) throw new Error('no subject');

const items = Array.from({ length: 6 }, (_, i) => subject.item(i));

/** The provider with a defect: something is thrown when the plan comes to this event. */
function withDefect(id: string, thrown: unknown): Provider {
	const [operation] = Object.values(justtrack.operations);
	if (!operation) throw new Error('there is an operation');
	const of = (event: WireEvent): string[] => {
		if (event.transactionid === id) throw thrown as Error;
		return [];
	};
	return {
		...justtrack,
		operations: { revenueEvent: { ...operation, lane: { name: 'user', of } } },
	};
}

test.each<[string, unknown, string]>([
	['an error', new Error('a defect'), 'Not sent: a defect'],
	[
		'an object of which no text can be made',
		Object.create(null),
		'Not sent: an error without a message',
	],
])('what was sent before %s is thrown keeps its outcome', async (_, thrown, says) => {
	const { context } = prepare(subject, sandbox().url, items);
	sandbox().setFaults([{ kind: 'delay', ms: 50 }]);
	const [output = []] = await run(context, withDefect('transaction-3', thrown));
	expect(outcomesOf({ items: output, hints: [] })).toEqual([
		'delivered',
		'delivered',
		'delivered',
		'failed',
		'failed',
		'failed',
	]);
	expect(output[3]?.json.error).toBe(says);
	expect(sandbox().report().events).toHaveLength(3);
});

test('so does what a preview showed before', async () => {
	const { context } = prepare(subject, sandbox().url, items, { parameters: { previewOnly: true } });
	const [output = []] = await run(context, withDefect('transaction-3', new Error('a defect')));
	expect(outcomesOf({ items: output, hints: [] })).toEqual([
		'preview',
		'preview',
		'preview',
		'failed',
		'failed',
		'failed',
	]);
});

test('what an earlier try of the run delivered stays delivered when the next cannot begin', async () => {
	sandbox().setFaults([{ kind: 'status', status: 429, ids: [subject.id(2)] }]);
	const { context, run: runAgain } = prepare(subject, sandbox().url, items, {
		settings: { retryOnFail: true, onError: 'continueRegularOutput' },
		options: { maxRetries: 0 },
	});
	await runAgain();
	const broken = jest
		.spyOn(context, 'getCredentials')
		.mockRejectedValue(new Error('the store of credentials is away'));
	expect(outcomesOf(await runAgain())).toEqual([
		'delivered',
		'delivered',
		'unauthorized',
		'delivered',
		'delivered',
		'delivered',
	]);
	broken.mockRestore();
	expect(sandbox().report().requests).toBe(6);
});
