import { justtrack } from '../../nodes/Justtrack/provider';
import { subjects } from '../providers';
import { outcomesOf, prepare, useSandbox } from '../support/sandboxRun';

const sandbox = useSandbox();

// the rate is the transport's: one provider shows it for all
const subject = subjects.find(({ provider }) => provider === justtrack);
if (!subject) throw new Error('no subject');

const PER_SECOND = 100;

test('the rate that a provider takes is found within 10 s, with few refusals', async () => {
	const events = 2000;
	sandbox().setFaults([{ kind: 'status', status: 429, beyondPerSecond: PER_SECOND }]);
	const items = Array.from({ length: events }, (_, i) => subject.item(i));
	const began = performance.now();
	const pending = prepare(subject, sandbox().url, items, { options: { maxRetries: 20 } }).run();

	const secondsPast = () => (performance.now() - began) / 1000;
	const at = async (seconds: number) => {
		while (secondsPast() < seconds) await new Promise((resolve) => setTimeout(resolve, 10));
		const { requests, events: accepted } = sandbox().report();
		return { seconds: secondsPast(), requests, accepted: accepted.length };
	};
	const tenth = await at(10);
	const fifteenth = await at(15);
	// of what the server takes in that time, the second's worth that it holds at the start left aside
	expect(tenth.accepted - PER_SECOND).toBeGreaterThan(0.85 * PER_SECOND * (tenth.seconds - 1));
	const rate = (fifteenth.accepted - tenth.accepted) / (fifteenth.seconds - tenth.seconds);
	expect(rate).toBeGreaterThan(0.85 * PER_SECOND);

	expect(new Set(outcomesOf(await pending))).toEqual(new Set(['delivered']));
	const { requests, events: accepted } = sandbox().report();
	expect(accepted).toHaveLength(events);
	expect((requests - events) / requests).toBeLessThan(0.05);
}, 60_000);

test.each([50, 400])(
	'a bound of %d requests per second holds over any second',
	async (bound) => {
		const items = Array.from({ length: bound * 3 }, (_, i) => subject.item(i));
		const arrivals: number[] = [];
		const watch = setInterval(() => {
			const { requests } = sandbox().report();
			while (arrivals.length < requests) arrivals.push(performance.now());
		}, 2);
		await prepare(subject, sandbox().url, items, { options: { requestsPerSecond: bound } }).run();
		clearInterval(watch);
		expect(sandbox().report().requests).toBe(bound * 3);
		// started within the bound, they may arrive a little closer together
		const most = Math.max(
			...arrivals.map((from) => arrivals.filter((at) => at >= from && at < from + 1000).length),
		);
		expect(most).toBeLessThanOrEqual(bound * 1.05);
		expect(most).toBeGreaterThan(bound * 0.8);
	},
	30_000,
);
