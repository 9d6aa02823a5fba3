/**
 * Many executions at once in a real n8n, against a provider that takes only so many requests a
 * second: they have to share one pace.
 *
 *     npm run load                          all of it, about five minutes
 *     npm run load -- --scenario perSecond  20, 5, perSecond, takingIn or outage alone
 */
import './support/outsideJest';

import { parseArgs } from 'node:util';

import { buildPackageIfStale } from '../scripts/package/build';
import { brokenRules as brokenByOutage, runOutage } from './crash/outage';
import { openPlace, type OwnPlace } from './crash/place';
import { brokenRules, runLoad, scenarios, type Load } from './load/load';
import { measureTakingIn, MIN_SHARE } from './load/takingIn';
import { subjectOf } from './providers';
import { printTable } from './support/table';

/** What n8n spends on keeping executions would be most of the time. */
const environment = { EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'none' };

const OUTAGE = 'outage';

void main();

async function main(): Promise<void> {
	const chosen = readScenarios();
	await buildPackageIfStale();
	const others = chosen.filter((name) => name !== OUTAGE);
	if (others.length > 0) await inPlace(environment, async (place) => runAll(place, others));
	// what became of its events is read from executions that n8n has kept
	if (chosen.includes(OUTAGE)) await inPlace({}, runOutages);
}

async function inPlace(
	environment: Parameters<typeof openPlace>[0],
	work: (place: OwnPlace) => Promise<void>,
): Promise<void> {
	const place = await openPlace(environment);
	const end = () => void place.close().finally(() => process.exit(130));
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end);
	try {
		await work(place);
	} catch (error) {
		console.error(error);
		process.exitCode = 1;
	} finally {
		for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, end);
		await place.close();
	}
}

/** Callbacks come while the provider is down; then it is back, and n8n is killed while it sends them. */
async function runOutages(place: OwnPlace): Promise<void> {
	for (const name of ['justtrack.revenueEvent', 'singular.adRevenue']) {
		const outage = {
			subject: subjectOf(name),
			first: 1,
			events: 500,
			atOnce: 20,
			at: 200,
			maxConcurrency: 20,
		};
		const survival = await runOutage(place, outage);
		const rules = brokenByOutage(survival);
		const { queued, taken, unknown } = survival;
		const twice = [...taken.values()].filter((times) => times > 1).length;
		console.log(
			`An outage, ${name}: ${queued} of 500 callbacks queued, ${taken.size} arrived, ${twice} twice, ${unknown} unknown`,
		);
		for (const rule of rules) console.log(`   BROKEN: ${rule}`);
		if (rules.length > 0) process.exitCode = 1;
	}
}

async function runAll(place: OwnPlace, chosen: readonly string[]): Promise<void> {
	const rows: string[][] = [];
	for (const name of chosen) {
		const scenario = scenarios.get(name);
		if (scenario === undefined) {
			await runTakingIn(place);
			continue;
		}
		console.log(scenario.title);
		const load = await runLoad(place, name, scenario);
		const rules = brokenRules(scenario, load);
		for (const rule of rules) console.log(`   BROKEN: ${rule}`);
		if (rules.length > 0) process.exitCode = 1;
		rows.push([...rowOf(name, load), rules.length === 0 ? 'held' : 'BROKEN']);
	}
	console.log('');
	if (rows.length > 0) printTable(columns, rows);
}

async function runTakingIn(place: OwnPlace): Promise<void> {
	console.log('Webhooks a second: a node that does nothing, and one that queues');
	const { noOp, queue, share } = await measureTakingIn(place);
	const tell = (rates: readonly number[]) => rates.map((rate) => rate.toFixed(1)).join(', ');
	console.log(`   No-Op ${tell(noOp)}; Queue ${tell(queue)}; share ${share.toFixed(2)}`);
	if (share >= MIN_SHARE) return;
	console.log(`   BROKEN: less than ${MIN_SHARE} of what No-Op does`);
	process.exitCode = 1;
}

const columns = [
	'scenario',
	'webhooks',
	'delivered',
	'twice',
	'requests',
	'refused',
	'most in a second',
	'seconds',
	'rules',
];

function rowOf(name: string, load: Load): string[] {
	const { webhooks, delivered, twice, requests, refused, mostPerSecond, seconds } = load;
	const share = ((100 * refused) / Math.max(1, requests)).toFixed(1);
	return [
		name,
		webhooks,
		delivered,
		twice,
		requests,
		`${refused} (${share} %)`,
		mostPerSecond,
		seconds.toFixed(1),
	].map(String);
}

function readScenarios(): string[] {
	const { values } = parseArgs({ options: { scenario: { type: 'string' } } });
	const { scenario } = values;
	const known = [...scenarios.keys(), 'takingIn', OUTAGE];
	if (scenario === undefined) return known;
	if (!known.includes(scenario)) {
		console.error(`--scenario has to be one of ${known.join(', ')}`);
		process.exit(2);
	}
	return [scenario];
}
