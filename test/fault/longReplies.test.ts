import { subjects } from '../providers';
import { prepare, useSandbox } from '../support/sandboxRun';

const sandbox = useSandbox();

test.each(subjects)(
	'of an acceptance of 60,000 characters an output item keeps at most 2,000: $provider.name $operation',
	async (subject) => {
		const status = subject.provider.name === 'twentyFourMetrics' ? 'approved' : 'ok';
		const accepted = { status, ok: true, message: 'OK', more: 'x'.repeat(60_000) };
		sandbox().setFaults([{ kind: 'status', status: 200, body: accepted, record: true }]);
		const { items } = await prepare(subject, sandbox().url, [subject.item(0)], {
			options: { maxRetries: 0 },
		}).run();
		expect(items[0]?.json.outcome).toBe('delivered');
		const [longest = 0] = (JSON.stringify(items[0]?.json).match(/x+/g) ?? [])
			.map(({ length }) => length)
			.sort((a, b) => b - a);
		expect(longest).toBeGreaterThan(20);
		expect(longest).toBeLessThanOrEqual(2_000);
	},
);
