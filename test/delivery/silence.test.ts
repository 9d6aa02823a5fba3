import type { NoReply } from '../../transport/model/answer';
import type { Outcome } from '../../transport/model/outcome';
import { planBatches } from '../../transport/request/batches';
import type { PlannedEvent } from '../../transport/model/event';
import { outcomeOfHalt } from '../../transport/delivery/conclude';
import { usualPatience } from '../../transport/delivery/patience';
import { tellEnding, tellHalt, type Speaker } from '../../transport/report/words';
import { send } from '../../transport/delivery/send';
import { Pace } from '../../transport/pace/pace';

beforeEach(() => {
	jest.useFakeTimers();
});
afterEach(() => {
	jest.useRealTimers();
});

async function* events(count: number): AsyncGenerator<PlannedEvent> {
	for (let itemIndex = 0; itemIndex < count; itemIndex++) {
		yield await Promise.resolve({
			itemIndex,
			event: {},
			encoded: { path: '', query: '', bytes: 0 },
		});
	}
}

const speaker: Speaker = { displayName: 'Provider', deduplicates: false };

const EVENTS = 200;
const TIMEOUT = 30_000;
const noAnswer: NoReply = { kind: 'noReply', sent: true, timedOut: true, reason: 'gave no answer' };

/** Sends the events to a provider that takes its time and then answers, or not. */
async function sendAll(answers: (request: number) => boolean) {
	let requests = 0;
	const outcomes: Outcome[] = [];
	const sending = send(planBatches(events(EVENTS), { maxEvents: 1, maxBytes: Infinity }), {
		hasLanes: false,
		exchange: () => {
			const request = requests++;
			return new Promise((resolve) => {
				setTimeout(() => {
					resolve(
						answers(request)
							? { kind: 'reply', status: 200, headers: {}, body: '', truncated: false }
							: noAnswer,
					);
				}, TIMEOUT);
			});
		},
		judge: () => ({ kind: 'delivered' }),
		deduplicates: false,
		settle: (_, ending) => outcomes.push(tellEnding(ending, speaker)),
		settings: {
			batchSize: 1,
			maxConcurrency: 10,
			maxRetries: 0,
			recordDays: 14,
			requestsPerSecond: 0,
			retryUnknown: false,
			timeout: TIMEOUT,
		},
		pace: new Pace(),
		patience: usualPatience,
	});
	await jest.advanceTimersByTimeAsync(24 * 60 * 60_000);
	const halt = await sending;
	const halted = halt && tellHalt(halt, outcomeOfHalt(halt), speaker);
	return { halted, outcomes, requests };
}

it('a provider that answers nothing ends the run after its timeout and a minute', async () => {
	const { halted, outcomes, requests } = await sendAll(() => false);
	expect(requests).toBeLessThan(40);
	expect(halted).toMatchObject({
		outcome: 'failed',
		reason: expect.stringContaining('Provider has answered nothing for') as string,
	});
	expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['unknown', 'failed']));
});

it('a provider that answers now and then is not given up', async () => {
	const { halted, outcomes } = await sendAll((request) => request % 3 === 0);
	expect(halted).toBeUndefined();
	expect(outcomes).toHaveLength(EVENTS);
});
