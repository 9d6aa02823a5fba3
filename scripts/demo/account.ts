/** What became of every row of an example, and whether it all adds up. */
import { basename } from 'node:path';

import type { INodeExecutionData } from 'n8n-workflow';

import type { Report, ReportedEvent } from '../../sandbox';
import { outputItems } from '../n8n/outputItems';
import type { Execution } from '../n8n/types';
import { displayNameOf, providers, type Example, type Share } from './examples';
import { describe, isSame, sum, type Money } from './money';
import { groups, printTable } from './print';
import type { RelayNode, Run } from './run';

/** Where all example workflows bring together what was not delivered. */
const collector = 'Not delivered';

/** How one row ended at one provider. */
export interface Ending {
	/** Counted from 0, without a header. */
	row: number;
	provider: string;
	operation: string;
	outcome: string;
	verdict?: string;
	reason: string;
	money: Money;
}

/** All that is known of one provider: of one example, or of several together. */
export interface Account {
	provider: string;
	endings: Ending[];
	held: ReportedEvent[];
}

interface Accounts {
	accounts: Account[];
	/** What is not as it must be; empty when all is. */
	wrong: string[];
}

type Check = [what: string, holds: boolean];

/** Tells what came of a run, and compares it with what the sandbox got meanwhile. */
export function accountFor(example: Example, run: Run, before: Report, after: Report): Accounts {
	const endings = example.shares.flatMap((share) => endingsOf(share, run));
	const isNew = ({ requests }: ReportedEvent) => (requests[0] ?? 0) > before.requests;
	const accounts = example.shares.map(({ provider }): Account => ({
		provider,
		endings: endings.filter((ending) => ending.provider === provider),
		held: after.events.filter((event) => event.provider === provider && isNew(event)),
	}));
	printRun(example, run, accounts);

	const others = endings.filter(({ outcome }) => outcome !== 'delivered').length;
	const collected = run.executions.flatMap(({ execution }) => outputItems(execution, collector));
	const duplicates = after.duplicates - before.duplicates;
	const outOfOrder = after.outOfOrder - before.outOfOrder;
	const refused = after.rejected.length - before.rejected.length;
	const checks: Check[] = [
		...example.shares.flatMap((share) => checksOf(share, run, endings, accounts)),
		[
			`${String(collected.length)} items at "${collector}", ${String(others)} not delivered`,
			collected.length === others,
		],
		[`${String(duplicates)} duplicates in the sandbox, 0 expected`, duplicates === 0],
		[`${String(outOfOrder)} out of order in the sandbox, 0 expected`, outOfOrder === 0],
		[`${String(refused)} requests refused by the sandbox, 0 expected`, refused === 0],
	];
	const wrong = checks.filter(([, holds]) => !holds).map(([what]) => what);
	console.log(
		wrong.length === 0
			? '\nEverything is accounted for, and the money agrees to the last digit.'
			: `\nNot as expected:\n${wrong.map((what) => `  ${what}`).join('\n')}`,
	);
	return { accounts, wrong };
}

/**
 * Tells what came of the same example once more: what was delivered is not sent again.
 *
 * @param accounts of its first run
 * @returns what is not as it must be
 */
export function accountForRepeat(
	example: Example,
	run: Run,
	accounts: Account[],
	before: Report,
	after: Report,
): string[] {
	const first = accounts.flatMap(({ endings }) => endings);
	const endings = example.shares.flatMap((share) => endingsOf(share, run));
	printEndings(endings);
	const requests = after.requests - before.requests;
	console.log(`\nRequests that reached the sandbox: ${String(requests)}`);
	const wasDelivered = new Set(
		first.filter(({ outcome }) => outcome === 'delivered').map(({ row }) => row),
	);
	const expected = ({ row, outcome }: Ending) => (wasDelivered.has(row) ? 'duplicate' : outcome);
	const checks: Check[] = [
		[`${String(requests)} requests, 0 expected`, requests === 0],
		[
			`${String(endings.length)} outcomes, ${String(first.length)} at first`,
			endings.length === first.length,
		],
		...endings.map((ending): Check => [
			`row ${String(ending.row + 2)} ended as ${ending.outcome}`,
			ending.outcome === expected(ending) && ending.outcome !== 'delivered',
		]),
	];
	return checks.filter(([, holds]) => !holds).map(([what]) => what);
}

/** One line for each provider, over all examples. */
export function printSummary(all: Account[]): void {
	const rows = providers.map(({ name, displayName, moneyInEvent }) => {
		const own = all.filter(({ provider }) => provider === name);
		const endings = own.flatMap((account) => account.endings);
		const held = own.flatMap((account) => account.held);
		const others = endings.filter(({ outcome }) => outcome !== 'delivered');
		const byOutcome = groups(others, ({ outcome }) => [outcome]).map(
			([[outcome = ''], some]) => `${String(some.length)} ${outcome}`,
		);
		return [
			displayName,
			String(endings.length),
			String(endings.length - others.length),
			byOutcome.join(', ') || 'none',
			String(held.length),
			String(repeatsOf(held) + duplicatesOf(held)),
			describe(sum(held.map(({ event }) => moneyInEvent(event)))),
		];
	});
	printTable(
		['provider', 'events', 'delivered', 'not delivered', 'in the sandbox', 'twice', 'money there'],
		rows,
	);
}

function endingsOf({ provider, moneyInRow }: Share, run: Run): Ending[] {
	const nodes = run.relayNodes.filter((node) => node.provider === provider);
	return run.executions.flatMap(({ execution, firstRow }) =>
		nodes.flatMap((node) =>
			[0, 1].flatMap((output) =>
				outputItems(execution, node.name, output).map((item): Ending => {
					const row = firstRow + rowOf(item, node.name, run.rowsNode, execution);
					const { operation } = node;
					const money = moneyInRow(run.rows[row] ?? {});
					return { row, provider, operation, ...readOutcome(item), money };
				}),
			),
		),
	);
}

function readOutcome({ json }: INodeExecutionData): Pick<Ending, 'outcome' | 'verdict' | 'reason'> {
	const { outcome, verdict, error, details } = json as {
		outcome?: string;
		verdict?: string;
		error?: string;
		details?: { outcome?: string };
	};
	if (details === undefined) return { outcome: outcome ?? 'none', verdict, reason: '' };
	// What comes from a node further on has that node's columns merged in, its outcome and verdict among them.
	return { outcome: details.outcome ?? 'none', reason: error ?? '' };
}

/** The row that an item of a node comes from: followed back from node to node, as n8n's editor does. */
function rowOf(
	item: INodeExecutionData | undefined,
	node: string,
	rowsNode: string,
	execution: Execution,
): number {
	const { pairedItem } = item ?? {};
	const source = execution.data.resultData.runData[node]?.[0]?.source[0];
	if (typeof pairedItem !== 'object' || Array.isArray(pairedItem) || !source) {
		throw new Error(`An item of ${node} is not paired with its input: ${JSON.stringify(item)}`);
	}
	const { previousNode, previousNodeOutput } = source;
	if (previousNode === rowsNode) return pairedItem.item;
	const previous = outputItems(execution, previousNode, previousNodeOutput)[pairedItem.item];
	return rowOf(previous, previousNode, rowsNode, execution);
}

function printRun(example: Example, { rows }: Run, accounts: Account[]): void {
	const endings = accounts.flatMap((account) => account.endings);
	const isTable = example.data.endsWith('.csv');
	console.log(`\nOf ${String(rows.length)} ${isTable ? 'rows' : 'callbacks'}:\n`);
	printEndings(endings);

	const file = basename(example.data);
	const others = endings
		.filter(({ outcome }) => outcome !== 'delivered')
		.sort((a, b) => a.row - b.row);
	console.log(
		isTable
			? `\nNot delivered (row 1 of ${file} is its header):\n`
			: `\nNot delivered (callback 1 is the first in ${file}):\n`,
	);
	const width = Math.max(...others.map(({ provider }) => displayNameOf(provider).length));
	for (const { row, provider, outcome, reason } of others) {
		const name = displayNameOf(provider);
		const place = isTable ? `row ${String(row + 2)}` : `callback ${String(row + 1)}`;
		console.log(`  ${place.padEnd(13)}${name.padEnd(width)}  ${outcome.padEnd(9)} ${reason}`);
	}
	if (others.length === 0) console.log('  none');

	console.log('\nThe sandbox holds of it:\n');
	printTable(
		['provider', 'operation', 'events', 'repeats', 'duplicates', 'money'],
		groups(
			accounts.flatMap(({ held }) => held),
			({ provider, operation }) => [displayNameOf(provider), operation],
		).map(([names, events]) => [
			...names,
			String(events.length),
			String(repeatsOf(events)),
			String(duplicatesOf(events)),
			describe(heldMoney(events)),
		]),
	);
}

function printEndings(endings: Ending[]): void {
	printTable(
		['provider', 'operation', 'outcome', 'events', 'money'],
		groups(endings, ({ provider, operation, outcome, verdict }) => [
			displayNameOf(provider),
			operation,
			verdict === undefined ? outcome : `${outcome}, ${verdict}`,
		]).map(([names, some]) => [
			...names,
			String(some.length),
			describe(sum(some.map(({ money }) => money))),
		]),
	);
}

function checksOf(share: Share, run: Run, all: Ending[], accounts: Account[]): Check[] {
	const { provider, broken } = share;
	const account = accounts.find((one) => one.provider === provider);
	const { endings, held } = account ?? { endings: [], held: [] };
	const rows = rowsOf(share, run, all);
	const told = new Set(endings.map(({ row }) => row));
	const delivered = endings.filter(({ outcome }) => outcome === 'delivered');
	const invalid = endings.filter(({ outcome }) => outcome === 'invalid').length;
	const deliveredMoney = sum(delivered.map(({ money }) => money));
	const operations = run.relayNodes.filter((node) => node.provider === provider);
	const count = (some: { operation: string }[], { operation }: RelayNode) =>
		some.filter((one) => one.operation === operation).length;
	const checks: Check[] = [
		[
			`${String(endings.length)} outcomes of ${String(told.size)} rows, for ${String(rows.length)} rows`,
			endings.length === rows.length && rows.every((row) => told.has(row)),
		],
		[
			`${String(delivered.length)} delivered, ${String(rows.length - broken)} expected`,
			delivered.length === rows.length - broken,
		],
		[`${String(invalid)} invalid, ${String(broken)} expected`, invalid === broken],
		...operations.map((node): Check => [
			`${String(count(held, node))} ${node.operation} in the sandbox, ${String(count(delivered, node))} delivered`,
			count(held, node) === count(delivered, node),
		]),
		[
			`${String(held.length)} events in the sandbox, ${String(delivered.length)} delivered`,
			held.length === delivered.length,
		],
		[`${String(repeatsOf(held))} repeats in the sandbox, 0 expected`, repeatsOf(held) === 0],
		[
			`${describe(heldMoney(held))} in the sandbox, ${describe(deliveredMoney)} delivered`,
			isSame(heldMoney(held), deliveredMoney),
		],
	];
	return checks.map(([what, holds]) => [`${displayNameOf(provider)}: ${what}`, holds]);
}

/** The rows that must have an outcome at a provider. */
function rowsOf({ only }: Share, { rows }: Run, all: Ending[]): number[] {
	const indexes = rows.map((_, row) => row);
	if (only === undefined) return indexes;
	const fitting = all.filter(
		({ provider, verdict }) => provider === only.provider && verdict === only.verdict,
	);
	const chosen = new Set(fitting.map(({ row }) => row));
	return indexes.filter((row) => chosen.has(row));
}

function heldMoney(held: ReportedEvent[]) {
	return sum(
		held.flatMap(({ provider, event }) =>
			providers.filter(({ name }) => name === provider).map((own) => own.moneyInEvent(event)),
		),
	);
}

/** How often the sandbox got an event again that it knew by its id. */
function repeatsOf(held: ReportedEvent[]): number {
	return held.reduce((all, { repeats }) => all + repeats, 0);
}

/** The same where the provider does not remove duplicates: events of equal content. */
function duplicatesOf(held: ReportedEvent[]): number {
	const contents = held.map(({ provider, operation, event }) =>
		JSON.stringify([provider, operation, Object.entries(event).sort()]),
	);
	return contents.length - new Set(contents).size;
}
