/** The results as text: what is printed is what is written. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { PRINTED } from './childProcess';
import type { PackageFigures } from './packageFigures';
import { labelOf, msPerEvent, type Result, type StageResult } from './runner';
import { median, medianOfKnown } from './statistics';
import type { Target } from './targets';

const resultsFile = join(__dirname, 'results.md');
/** Written by hand; it goes into the results as it is. */
const profileFile = join(__dirname, 'profile.md');
/** Busier than this, the receiver itself may be what limits the fastest contenders. */
const BUSY_RECEIVER = 0.9;

export interface Report {
	readonly isQuick: boolean;
	readonly surroundings: readonly string[];
	readonly minutes: number;
	readonly stages: readonly StageResult[];
	readonly targets: readonly Target[];
	readonly figures: PackageFigures;
}

const contenderList = `Contenders, all on the same events with the same eight mapped columns:

1. the HTTP Request node, default settings, with a generic credential (Query Auth, Header Auth), with which it is faster
   than with our own credential types
2. the HTTP Request node with its batching option, the better of 50 and 200, with the shortest interval that has an
   effect (1 ms; n8n's default of a second per batch would only add to it)
3. the same description as ours run declaratively by n8n: the routing without our \`execute\`
4. ours, \`defineBelow\` with dragged columns
5. ours, \`autoMapInputData\`
6. the floor: a bare undici script that sends the same bytes with the same number of connections, outside n8n`;

const method = `## How it is measured

- Every run of 1 to 5 is \`n8n execute\` in a fresh process: trigger, a node that gives the items, the node under test.
  The time is the node's own \`executionTime\`, which n8n reports; it includes loading the transport and opening
  connections. The contenders take turns within each round. Medians, and in brackets the lowest and the highest.
- The receiver is a TLS server (HTTP/1.1, keep-alive) on 127.0.0.1 in a process of its own, which answers after the
  latency. Its certificate is made for the run and has an ECDSA key, so that contenders that open a connection per
  request pay as little for it as can be. It counts connections and requests; a run with any other number of requests
  than expected counts as failed. "Busy" is its processor time by the time of the run.
- The peak is the highest resident memory of the n8n process from the start of the node to its end: the peak that Linux
  keeps is set back when the items are there. Other systems cannot do that; the column is empty there.
- The floor sends requests that the receiver recorded from a run of ours, with the number of connections that ours had
  in the same round. The same undici version is inside the package.
- n8n runs without its process for code nodes, and saves no execution data.`;

/** Prints the results and writes `bench/results.md`. */
export async function publish(report: Report, log: (line: string) => void): Promise<void> {
	const main = await format(
		[
			'# Benchmark',
			report.isQuick
				? '**A quick run: fewer events, fewer rounds, all ratios by the time per event. A first impression, not to be quoted: what takes a while once, such as the start of the expression engine in n8n (about a second in 1 and 2) or the first connections of ours, weighs more on few events. `npm run bench` is the full run.**'
				: '',
			'Made by `npm run bench`. Do not edit.',
			report.surroundings.map((line) => `- ${line}`).join('\n') +
				`\n- The run took ${report.minutes.toFixed(0)} minutes`,
			contenderList,
			'## Targets',
			targetTable(report.targets),
			...report.stages.flatMap(({ stage, results }) => [
				`## ${stage.title}`,
				stage.about ?? '',
				resultTable(results),
				...remarksOn(results),
			]),
			'## Before anything is sent',
			packageText(report.figures),
			method,
		].join('\n\n'),
	);
	const profile = existsSync(profileFile) ? `\n${await readFile(profileFile, 'utf8')}` : '';
	await writeFile(resultsFile, main + profile);
	log(`\n${main}`);
}

function targetTable(targets: readonly Target[]): string {
	return table(
		['target', 'bound', 'measured', ''],
		targets.map(({ what, bound, measured, isMet }) => [
			what,
			bound,
			measured,
			isMet ? 'met' : '**not met**',
		]),
	);
}

function resultTable(results: readonly Result[]): string {
	const hasProviders = new Set(results.map(({ row }) => row.provider)).size > 1;
	return table(
		[
			...(hasProviders ? ['provider'] : []),
			'latency',
			'contender',
			'events',
			'rounds',
			'seconds',
			'ms per event',
			'peak MB',
			'held MB',
			'connections',
			'open at once',
			'requests',
			'receiver busy',
		],
		results.map((result) => [
			...(hasProviders ? [result.row.provider] : []),
			`${result.row.latencyMs} ms`,
			labelOf(result.row),
			result.row.events.toLocaleString('en'),
			...figuresOf(result),
		]),
		hasProviders ? 3 : 2,
	);
}

function figuresOf(result: Result): string[] {
	const { runs, failures } = result;
	const rounds = `${runs.length}${failures.length > 0 ? ` of ${runs.length + failures.length}` : ''}`;
	if (runs.length === 0) return [rounds, 'not finished', '', '', '', '', '', '', ''];
	const seconds = runs.map(({ durationMs }) => durationMs / 1000);
	const spread = [Math.min(...seconds), Math.max(...seconds)].map(toDigits).join('–');
	const megabytes = (read: (run: Result['runs'][number]) => number | undefined) => {
		const kilobytes = medianOfKnown(runs.map(read));
		return kilobytes === undefined ? '' : (kilobytes / 1024).toFixed(0);
	};
	const counted = (read: (counts: Result['runs'][number]['counts']) => number) =>
		Math.round(median(runs.map(({ counts }) => read(counts)))).toLocaleString('en');
	return [
		rounds,
		`${toDigits(median(seconds))}${runs.length > 1 ? ` (${spread})` : ''}`,
		toDigits(msPerEvent(result)),
		megabytes(({ peakKb }) => peakKb),
		megabytes(({ heldKb }) => heldKb),
		counted(({ connections }) => connections),
		counted(({ mostOpen }) => mostOpen),
		counted(({ requests }) => requests),
		`${(100 * busyOf(result)).toFixed(0)} %`,
	];
}

function busyOf({ runs }: Result): number {
	return median(runs.map(({ durationMs, counts }) => counts.cpuMs / durationMs));
}

/** What the table cannot say: runs that failed, and a receiver at its limit. */
function remarksOn(results: readonly Result[]): string[] {
	const failed = results
		.filter(({ failures }) => failures.length > 0)
		.map(
			({ row, failures }) =>
				`- ${labelOf(row)}, ${row.events.toLocaleString('en')} events, ${row.latencyMs} ms: not finished. ${quote(failures[0] ?? '')}`,
		);
	const busy = results
		.filter((result) => busyOf(result) > BUSY_RECEIVER)
		.map(
			(result) =>
				`- The receiver was at its limit with ${labelOf(result.row)} at ${result.row.latencyMs} ms: the contender may be faster than this.`,
		);
	const remarks = [...failed, ...busy];
	return remarks.length === 0 ? [] : [remarks.join('\n')];
}

/** An error as one line, without what a process printed: that may name folders of this machine. */
function quote(reason: string): string {
	return (reason.split(PRINTED)[0] ?? '').replace(/\s+/g, ' ').trim();
}

function packageText({ loadMs, loads, tarballBytes }: PackageFigures): string {
	const spread = [Math.min(...loads), Math.max(...loads)].map((ms) => ms.toFixed(0)).join('–');
	return [
		`- Requiring all nodes and credentials on top of n8n-workflow, in ${loads.length} fresh processes: ${loadMs.toFixed(0)} ms (${spread})`,
		`- The packed tarball: ${(tarballBytes / 1000).toFixed(0)} kB`,
	].join('\n');
}

/** Three digits that count. */
function toDigits(value: number): string {
	return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

/** A table of Markdown; columns from the given one on are aligned to the right. */
function table(
	header: readonly string[],
	rows: readonly (readonly string[])[],
	firstNumber = Infinity,
): string {
	const rule = header.map((_, column) => (column >= firstNumber ? '---:' : '---'));
	return [header, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** As the project's formatter wants it. */
async function format(text: string): Promise<string> {
	const prettier = await import('prettier');
	const options = await prettier.resolveConfig(resultsFile);
	return await prettier.format(text, { ...options, parser: 'markdown' });
}
