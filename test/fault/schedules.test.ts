import fc from 'fast-check';

import { subjects } from '../providers';
import { nameOf, rules, schedulesOf, violationsOf } from '../support/schedules';

// `npm run fuzz` draws others, and as many as one likes

/** In all, spread over the operations. */
const SCHEDULES = 200;
/** The same schedules each time: what fails is then due to a change. */
const SEED = 20_260;

/** Schedules of an operation that run one after another; as many chains side by side as are needed. */
const IN_A_ROW = 3;
const chains = Math.ceil(SCHEDULES / subjects.length / IN_A_ROW);

for (const subject of subjects) {
	for (let chain = 0; chain < chains; chain++) {
		const seed = SEED + chain;
		test.concurrent(
			`${nameOf(subject)}: every outcome is true, whatever schedule of faults, part ${chain + 1}`,
			async () => {
				const isTrue = fc.asyncProperty(schedulesOf(subject), async (schedule) => {
					const violations = await violationsOf(schedule);
					expect(violations.map(({ rule, what }) => `${rules[rule]}: ${what}`)).toEqual([]);
				});
				await fc.assert(isTrue, {
					seed,
					numRuns: IN_A_ROW,
					interruptAfterTimeLimit: 60_000,
					markInterruptAsFailure: true,
				});
			},
			120_000,
		);
	}
}
