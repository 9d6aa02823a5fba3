import fc from 'fast-check';

import { subjects } from '../providers';
import { nameOf, rules, runSchedule, schedulesOf } from '../support/schedules';

// a stopped run says so in n8n's log
process.env.N8N_LOG_LEVEL ??= 'silent';

// `npm run fuzz` draws others, and as many as one likes

/** In all, spread over the operations. */
const SCHEDULES = 200;
/** The same schedules each time: what fails is then due to a change. */
const SEED = 20_260;
const PER_OPERATION = Math.ceil(SCHEDULES / subjects.length);

for (const [place, subject] of subjects.entries()) {
	test.concurrent(
		`${nameOf(subject)}: what is told of each event is true, whatever schedule of faults it meets`,
		async () => {
			const seen = new Set<unknown>();
			const isTrue = fc.asyncProperty(schedulesOf(subject), async (schedule) => {
				const { violations, outcomes } = await runSchedule(schedule);
				for (const outcome of outcomes) seen.add(outcome);
				expect(violations.map(({ rule, what }) => `${rules[rule]}: ${what}`)).toEqual([]);
			});
			await fc.assert(isTrue, {
				seed: SEED + place,
				numRuns: PER_OPERATION,
				// a failure is told in time, if not at its smallest
				interruptAfterTimeLimit: 90_000,
				markInterruptAsFailure: true,
			});
			// where nothing can be sent, all rules hold
			expect([...seen]).toEqual(expect.arrayContaining(['delivered', 'unknown']));
		},
		120_000,
	);
}
