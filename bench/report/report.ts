/** The results as text: what is printed is what is written. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { PackageFigures } from '../measuring/packageFigures';
import type { StageResult } from '../measuring/result';
import type { SingleEvents } from '../measuring/singleEvents';
import { remarksOn, resultTable, singleEventTable, targetTable } from './tables';
import type { Target } from './target';

const resultsFile = join(__dirname, 'results.md');
/** Written by hand, and added to the results as it is. */
const profileFile = join(__dirname, 'profile.md');

export interface Report {
	readonly isQuick: boolean;
	readonly machine: readonly string[];
	readonly minutes: number;
	readonly stages: readonly StageResult[];
	readonly singleEvents: SingleEvents;
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
6. the floor: a bare undici script that sends the same bytes with the same number of connections, outside n8n
7. a bare script that reads a CSV file with csv-parse and sends each row with undici, outside n8n

4 and 5 are as people get them, everything else at its default: they keep the delivery record, which nothing that they
are compared with has. A row with "Delivery Record off" shows what 4 takes without it.`;

const singleEventAbout =
	'justtrack, 0 ms, warm: an execution for each event, with the delivery record and without by turns. n8n counts whole milliseconds, hence the means.';

const method = `## How it is measured

- Every run of 1 to 5 is \`n8n execute\` in a fresh process: trigger, a node that gives the items, the node under test.
  The time is the node's own \`executionTime\`, which n8n reports; it includes loading the transport and opening
  connections and the delivery record, which is empty before every run. The contenders take turns within each round.
  Medians, and in brackets the lowest and the highest.
- An n8n that lives on is \`n8n start\` with an empty record. Its executions are started as the editor does it, and each
  has events that are new to it. Run 3 of ours is held against run 3 of the floor: both are warm and connected by then.
- The receiver is a TLS server (HTTP/2 or HTTP/1.1, keep-alive) on 127.0.0.1 in a process of its own, which answers after the
  latency. Its certificate is made for the run and has an ECDSA key, so that contenders that open a connection per
  request pay as little for it as can be. It counts connections and requests; a run with any other number of requests
  than expected counts as failed. "Busy" is its processor time by the time of the run.
- The peak is the highest resident memory of the n8n process from the start of the node to its end: the peak that Linux
  keeps is set back when the items are there. Other systems cannot do that; the column is empty there.
- The floor sends requests that the receiver recorded from a run of ours, with the number of connections that ours had
  in the same round. The same undici version is inside the package.
- n8n runs without its process for code nodes, and saves no execution data.`;

/** Prints the results and writes `results.md`. */
export async function publish(report: Report, log: (line: string) => void): Promise<void> {
	const main = await format(
		[
			'# Benchmark',
			report.isQuick
				? '**A quick run: fewer events, fewer rounds, all ratios by the time per event. A first impression, not to be quoted: what takes a while once, such as the start of the expression engine in n8n (about a second in 1 and 2) or the first connections of ours, weighs more on few events. `npm run bench` is the full run.**'
				: '',
			'Made by `npm run bench`. Do not edit.',
			report.machine.map((line) => `- ${line}`).join('\n') +
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
			'## One event at a time, as a webhook gives them, in an n8n that lives on',
			singleEventAbout,
			singleEventTable(report.singleEvents),
			'## Before anything is sent',
			packageText(report.figures),
			method,
		].join('\n\n'),
	);
	const profile = existsSync(profileFile) ? `\n${await readFile(profileFile, 'utf8')}` : '';
	await writeFile(resultsFile, main + profile);
	log(`\n${main}`);
}

function packageText({ loadMs, loads, tarballBytes }: PackageFigures): string {
	const spread = [Math.min(...loads), Math.max(...loads)].map((ms) => ms.toFixed(0)).join('–');
	return [
		`- Requiring all nodes and credentials on top of n8n-workflow, in ${loads.length} fresh processes: ${loadMs.toFixed(0)} ms (${spread})`,
		`- The packed tarball: ${(tarballBytes / 1000).toFixed(0)} kB`,
	].join('\n');
}

/** As the project's formatter wants it. */
async function format(text: string): Promise<string> {
	const prettier = await import('prettier');
	const options = await prettier.resolveConfig(resultsFile);
	return await prettier.format(text, { ...options, parser: 'markdown' });
}
