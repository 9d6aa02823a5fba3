/** The queue in a real n8n, which is killed here and so serves no other tests. */
import { brokenRules, runOutage } from '../crash/outage';
import type { Place } from '../crash/place';
import { subjectOf } from '../providers';
import { arrivals, n8n, restart, sandbox, start, stop } from './harness';

jest.setTimeout(120_000);

const place: Place = {
	get n8n() {
		return n8n;
	},
	get sandbox() {
		return sandbox;
	},
	arrivals,
	restart,
};

beforeAll(start);
afterAll(stop);

test.each(['justtrack.revenueEvent', 'singular.adRevenue'])(
	'%s: callbacks of an outage all arrive, though n8n is killed while it sends them',
	async (name) => {
		const survival = await runOutage(place, {
			subject: subjectOf(name),
			first: 1,
			events: 40,
			atOnce: 10,
			at: 12,
			maxConcurrency: 4,
		});
		expect(brokenRules(survival)).toEqual([]);
	},
);
