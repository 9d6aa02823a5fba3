import { startSandbox } from '../../sandbox';
import { Arrivals } from '../support/arrivals';
import { JUSTTRACK, query } from './helper';

describe('arrivals', () => {
	it('are told when a request is read, before its fault, with its number of events', async () => {
		const arrivals = new Arrivals();
		const sandbox = await startSandbox({ onArrival: arrivals.add });
		try {
			sandbox.setFaults([{ kind: 'hang' }]);
			const ending = new AbortController();
			const { signal } = ending;
			const hanging = [
				fetch(`${sandbox.url}${JUSTTRACK}?${query()}`, { signal }),
				fetch(`${sandbox.url}/myTracker/v1/loginBatch/?idApp=1`, {
					method: 'POST',
					headers: { authorization: 'a token' },
					body: JSON.stringify([{ customUserId: 'a' }, { customUserId: 'b' }]),
					signal,
				}),
			];
			await arrivals.reach(3);
			expect(arrivals.count).toBe(3);
			expect(arrivals.mostWithin(60_000)).toBe(2);
			ending.abort();
			await Promise.allSettled(hanging);
		} finally {
			await sandbox.close();
		}
	});

	it('are waited for also beyond a reset, which begins the count anew', async () => {
		const arrivals = new Arrivals();
		const reached = arrivals.reach(2);
		let isReached = false;
		void reached.then(() => (isReached = true));
		arrivals.add(1);
		arrivals.reset();
		arrivals.add(1);
		await Promise.resolve();
		expect(isReached).toBe(false);
		arrivals.add(1);
		await reached;
		expect(arrivals.count).toBe(2);
	});
});
