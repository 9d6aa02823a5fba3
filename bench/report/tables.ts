/** The results as tables, with remarks on what a table cannot say. */
import { labels } from '../contenders/contender';
import { PRINTED } from '../measuring/childProcess';
import { labelOf, msPerEvent, type Result } from '../measuring/result';
import type { SingleEvents } from '../measuring/singleEvents';
import { mean, median, medianOfKnown } from '../measuring/statistics';
import type { Target } from './target';

/** Above this share of the time, the receiver itself may be what limits the fastest contenders. */
const BUSY_RECEIVER = 0.9;

export function targetTable(targets: readonly Target[]): string {
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

export function singleEventTable({ recorded, unrecorded }: SingleEvents): string {
	return table(
		['contender', 'events', 'median ms', 'mean ms', 'lowest–highest ms'],
		(
			[
				['oursBelow', recorded],
				['oursUnrecorded', unrecorded],
			] as const
		).map(([contender, times]) => [
			labels[contender],
			String(times.length),
			toDigits(median(times)),
			toDigits(mean(times)),
			times.length === 0 ? '' : `${Math.min(...times)}–${Math.max(...times)}`,
		]),
		1,
	);
}

export function resultTable(results: readonly Result[]): string {
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
		counted(({ maxOpen }) => maxOpen),
		counted(({ requests }) => requests),
		`${(100 * busyOf(result)).toFixed(0)} %`,
	];
}

function busyOf({ runs }: Result): number {
	return median(runs.map(({ durationMs, counts }) => counts.cpuMs / durationMs));
}

/** What the table cannot say: runs that failed, and a receiver at its limit. */
export function remarksOn(results: readonly Result[]): string[] {
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

/** An error as one line, without what a process printed, which may name folders of this machine. */
function quote(reason: string): string {
	return (reason.split(PRINTED)[0] ?? '').replace(/\s+/g, ' ').trim();
}

/** With three significant digits. */
function toDigits(value: number): string {
	return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

/** A Markdown table; the columns from the given one on are aligned to the right. */
function table(
	header: readonly string[],
	rows: readonly (readonly string[])[],
	firstNumber = Infinity,
): string {
	const rule = header.map((_, column) => (column >= firstNumber ? '---:' : '---'));
	return [header, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
