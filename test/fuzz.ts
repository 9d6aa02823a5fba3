/**
 * Runs random schedules of faults against the nodes, on this machine alone, and tells which rules
 * of `support/schedules.ts` were broken, each with the smallest schedule that was found for it.
 *
 *     npm run fuzz                               1,000 schedules from a new seed
 *     npm run fuzz -- --runs 5000 --seed 42      these, and the same ones each time
 *     npm run fuzz -- --runs 1 --seed 4711       one that was found before
 *     npm run fuzz -- --minutes 60               for longer than the usual 30 minutes
 */
import './support/outsideJest';

import { parseArgs } from 'node:util';

import fc from 'fast-check';

import { subjects } from './providers';
import {
	rules,
	runSchedule,
	schedulesOf,
	type Ran,
	type Schedule,
	type Violation,
} from './support/schedules';

/** Schedules that run side by side: most of their time they wait. */
const SIDE_BY_SIDE = 24;
const SHRUNK_SIDE_BY_SIDE = 8;
const SHRINKING_MS = 30_000;
const PROGRESS_MS = 10_000;
/** Seeds named with a finding; the others are counted. */
const MAX_NAMED_SEEDS = 8;

/** A rule that an operation broke, and the seeds of the schedules in which it did. */
interface Finding {
	readonly of: string;
	readonly rule: Violation['rule'];
	readonly seeds: number[];
}

interface RanOfSeed extends Ran {
	readonly schedule: Schedule;
}

void main();

async function main(): Promise<void> {
	const { runs, seed, minutes } = readArguments();
	const endsAt = performance.now() + minutes * 60_000;
	console.log(`${runs} schedules from seed ${seed}, ${minutes} minutes at most`);

	const findings = new Map<string, Finding>();
	const outcomes = new Map<string, number>();
	let begun = 0;
	let done = 0;
	const progress = setInterval(() => {
		console.log(`${done} of ${runs} schedules, ${findings.size} findings`);
	}, PROGRESS_MS);
	const work = async () => {
		while (begun < runs && performance.now() < endsAt) {
			const own = seed + begun++;
			const ran = await runSeed(own);
			for (const outcome of ran.outcomes.map(String)) {
				outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
			}
			for (const { rule } of ran.violations) {
				const { of } = ran.schedule;
				const finding = findings.get(`${of} ${rule}`) ?? { of, rule, seeds: [] };
				findings.set(`${of} ${rule}`, finding);
				if (finding.seeds.at(-1) !== own) finding.seeds.push(own);
			}
			done++;
		}
	};
	const began = performance.now();
	await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
	clearInterval(progress);

	const seen = [...findings.values()];
	for (let next = 0; next < seen.length; next += SHRUNK_SIDE_BY_SIDE) {
		const told = seen.slice(next, next + SHRUNK_SIDE_BY_SIDE).map(tellShrunk);
		for (const text of await Promise.all(told)) console.log(text);
	}
	const seconds = Math.round((performance.now() - began) / 1000);
	const broken = new Set([...findings.values()].flatMap(({ seeds }) => seeds)).size;
	const counts = [...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
	console.log(`\nEvents, each counted with every call of its node: ${counts}.`);
	console.log(
		`${done} of ${runs} schedules from seed ${seed} in ${seconds} s: ${done - broken} held all rules, ${broken} did not (${findings.size} findings).`,
	);
	if (findings.size > 0 || done < runs) process.exitCode = 1;
	// the nodes keep connections for a while
	process.exit();
}

function readArguments() {
	const { values } = parseArgs({
		options: {
			runs: { type: 'string', default: '1000' },
			seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
			minutes: { type: 'string', default: '30' },
		},
	});
	const [runs, seed, minutes] = [values.runs, values.seed, values.minutes].map(Number);
	for (const [name, value] of Object.entries({ runs, seed, minutes })) {
		if (!Number.isSafeInteger(value) || Number(value) < 0) {
			console.error(`--${name} has to be a whole number`);
			process.exit(2);
		}
	}
	return { runs: runs ?? 0, seed: seed ?? 0, minutes: minutes ?? 0 };
}

/** The schedules of a seed: its operation follows from it as well. */
function schedulesBy(seed: number): fc.Arbitrary<Schedule> {
	const subject = subjects[seed % subjects.length];
	if (!subject) throw new Error('there are operations');
	return schedulesOf(subject);
}

/** Runs the first schedule of the seed. */
async function runSeed(seed: number): Promise<RanOfSeed> {
	let ran: RanOfSeed | undefined;
	const runs = fc.asyncProperty(schedulesBy(seed), async (schedule) => {
		ran = { schedule, ...(await runSchedule(schedule)) };
	});
	// an error of the fuzzing itself must not pass for a schedule that held
	await fc.assert(runs, { seed, numRuns: 1, endOnFailure: true });
	if (!ran) throw new Error(`Seed ${seed} drew no schedule`);
	return ran;
}

/** A finding in words, with the smallest schedule that breaks the rule as the first one did. */
async function tellShrunk({ of, rule, seeds }: Finding): Promise<string> {
	const [seed = 0] = seeds;
	let smallest: { schedule: Schedule; violation: Violation } | undefined;
	const holds = fc.asyncProperty(schedulesBy(seed), async (schedule) => {
		const { violations } = await runSchedule(schedule);
		const violation = violations.find((one) => one.rule === rule);
		if (violation) smallest = { schedule, violation };
		return violation === undefined;
	});
	await fc.check(holds, { seed, numRuns: 1, interruptAfterTimeLimit: SHRINKING_MS });

	const named = seeds.slice(0, MAX_NAMED_SEEDS).join(', ');
	const others = seeds.length - MAX_NAMED_SEEDS;
	const all = `${named}${others > 0 ? ` and ${others} more` : ''}`;
	return [
		`\n${of}: broke "${rules[rule]}" with seed ${all}`,
		...(smallest
			? [smallest.violation.what, JSON.stringify(smallest.schedule)]
			: ['It held when the schedule was run again: it depends on the moment.']),
	].join('\n  ');
}
