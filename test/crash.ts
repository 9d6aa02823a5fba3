/**
 * Cuts off executions in a real n8n while their events arrive, runs them again, and tells what became
 * of every event: none may be lost, and none may arrive twice where the provider would count it twice.
 *
 *     npm run crash                                   20 runs from a new seed, operations and cuts in turn
 *     npm run crash -- --runs 42 --seed 7             these, and the same ones each time
 *     npm run crash -- --cut stop                     SIGKILL, SIGTERM or stop alone
 *     npm run crash -- --operation singular.adRevenue this operation alone
 *     npm run crash -- --events 1000                  instead of 5,000
 */
import './support/outsideJest';

import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';

import { buildPackageIfStale } from '../scripts/package/build';
import { cuts, maxBatch, runCrash, type Aftermath, type Crash, type Cut } from './crash/crash';
import { openPlace, type OwnPlace } from './crash/place';
import { brokenRules, countsOf } from './crash/rules';
import { nameOf, subjects, type Subject } from './providers';
import { printTable } from './support/table';

/** n8n lets executions go on for so long after SIGTERM: seconds. */
const environment = { N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '1' };

interface Arguments {
	readonly runs: number;
	readonly seed: number;
	readonly events: number;
	readonly subjects: readonly Subject[];
	readonly cuts: readonly Cut[];
}

void main();

async function main(): Promise<void> {
	const chosen = readArguments();
	await buildPackageIfStale();
	const place = await openPlace(environment);
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => void place.close().finally(() => process.exit(130)));
	}
	try {
		await runAll(place, chosen);
	} catch (error) {
		console.error(error);
		process.exitCode = 1;
	} finally {
		await place.close();
	}
}

async function runAll(place: OwnPlace, chosen: Arguments): Promise<void> {
	const { runs, seed } = chosen;
	console.log(`${runs} runs from seed ${seed}`);
	const rows: string[][] = [];
	let broken = 0;
	for (let run = 0; run < runs; run++) {
		const began = performance.now();
		const aftermath = await runCrash(place, drawn(chosen, run));
		const rules = brokenRules(aftermath);
		if (rules.length > 0) broken++;
		const row = rowOf(aftermath, rules);
		rows.push(row);
		const seconds = Math.round((performance.now() - began) / 1000);
		console.log(`${run + 1} of ${runs}, ${seconds} s: ${tell(row)}`);
		for (const rule of rules) console.log(`   BROKEN: ${rule}`);
	}
	console.log('');
	printTable(columns, rows);
	console.log(
		`\n${runs} runs from seed ${seed}: ${runs - broken} held all rules, ${broken} did not.`,
	);
	if (broken > 0) process.exitCode = 1;
}

const columns = [
	'operation',
	'cut off by',
	'at',
	'run again',
	'once',
	'twice',
	'unknown',
	'missing',
	'under way',
	'rules',
];

function rowOf(aftermath: Aftermath, rules: readonly string[]): string[] {
	const { crash, arrivedBefore, wasCutOff, again } = aftermath;
	const { once, twice, unknown, missing, underWay } = countsOf(aftermath);
	return [
		nameOf(crash.subject),
		crash.cut,
		arrivedBefore,
		wasCutOff ? again : `ended, ${again}`,
		once,
		twice,
		unknown,
		missing,
		`≤ ${underWay}`,
		rules.length === 0 ? 'held' : 'BROKEN',
	].map(String);
}

function tell(row: readonly string[]): string {
	return row.map((cell, column) => `${columns[column] ?? ''} ${cell}`).join(', ');
}

/** The crash of a run: operations and cuts in turn, the moment by the seed. */
function drawn({ seed, events, ...chosen }: Arguments, run: number): Crash {
	const subject = chosen.subjects[run % chosen.subjects.length];
	const cut = chosen.cuts[run % chosen.cuts.length];
	if (subject === undefined || cut === undefined)
		throw new Error('There is nothing to choose from');
	const random = createHash('sha256').update(`${seed} ${run}`).digest().readUInt32BE();
	return {
		subject,
		cut,
		events,
		// a price of 0 would be none
		first: 1 + run * events,
		at: 1 + (random % (events - 1)),
		// batches are few: more at once would be all of them
		maxConcurrency: maxBatch(subject) === 1 ? 100 : 10,
	};
}

function readArguments(): Arguments {
	const { values } = parseArgs({
		options: {
			runs: { type: 'string', default: '20' },
			seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
			events: { type: 'string', default: '5000' },
			operation: { type: 'string' },
			cut: { type: 'string' },
		},
	});
	const [runs, seed, events] = [values.runs, values.seed, values.events].map(Number);
	for (const [name, value] of Object.entries({ runs, seed, events })) {
		if (!Number.isSafeInteger(value) || Number(value) < 0)
			refuse(`--${name} has to be a whole number`);
	}
	const ofName = subjects.filter((one) => [undefined, nameOf(one)].includes(values.operation));
	if (ofName.length === 0)
		refuse(`--operation has to be one of ${subjects.map(nameOf).join(', ')}`);
	const ofCut = cuts.filter((one) => [undefined, one].includes(values.cut as Cut | undefined));
	if (ofCut.length === 0) refuse(`--cut has to be one of ${cuts.join(', ')}`);
	return {
		runs: runs ?? 0,
		seed: seed ?? 0,
		events: Math.max(2, events ?? 0),
		subjects: ofName,
		cuts: ofCut,
	};
}

function refuse(problem: string): never {
	console.error(problem);
	process.exit(2);
}
