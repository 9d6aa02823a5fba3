/** Where ours spends its time: a processor profile of n8n, cut to the time of the node under test. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { packageName } from '../../scripts/package/project';
import type { NodeContender } from '../contenders/contender';
import type { Surroundings } from './surroundings';

const EVENTS = 10_000;
const TIMEOUT_MS = 300_000;
const INTERVAL_MICROS = 200;
/** How many of the largest shares are told. */
const TOLD_SHARES = 10;

interface CallFrame {
	functionName: string;
	url: string;
	lineNumber: number;
}

/** What V8 writes. */
interface CpuProfile {
	startTime: number;
	nodes: { id: number; callFrame: CallFrame; children?: number[] }[];
	samples: number[];
	timeDeltas: number[];
}

interface Share {
	name: string;
	ms: number;
}

/** Runs ours at 0 ms in both data modes under `--cpu-prof`, and tells what took longest. */
export async function profileOurs({ n8n, receiver, folder, log }: Surroundings): Promise<void> {
	for (const contender of ['oursBelow', 'oursAuto'] as const satisfies NodeContender[]) {
		const target = join(folder, `profile-${contender}`);
		await mkdir(target);
		await receiver.reset(0);
		const { window, durationMs } = await n8n.run('justtrack', contender, EVENTS, TIMEOUT_MS, [
			'--cpu-prof',
			`--cpu-prof-dir=${target}`,
			`--cpu-prof-interval=${INTERVAL_MICROS}`,
		]);
		const profile = await readLargest(target);
		log(`\n${contender}, ${EVENTS} events, 0 ms: ${durationMs} ms by n8n under the profiler`);
		log('\nSelf time by function:');
		for (const share of largestShares(profile, window, functionOf))
			log(describe(share, durationMs));
		log('\nTime by file of the package, with what it calls outside of it:');
		for (const share of largestShares(profile, window, ownerOf)) log(describe(share, durationMs));
	}
}

/** The main thread's profile: worker threads write smaller ones of their own. */
async function readLargest(folder: string): Promise<CpuProfile> {
	const texts = await Promise.all(
		(await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')),
	);
	const [largest] = texts.sort((a, b) => b.length - a.length);
	if (largest === undefined) throw new Error('Node has written no profile');
	return JSON.parse(largest) as CpuProfile;
}

function largestShares(
	{ startTime, nodes, samples, timeDeltas }: CpuProfile,
	window: { from: number; to: number },
	nameOf: (stack: CallFrame[]) => string,
): Share[] {
	const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
	const callers = new Map(
		nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
	);
	const stackOf = (id: number | undefined): CallFrame[] => {
		const frame = id === undefined ? undefined : frames.get(id);
		return id === undefined || frame === undefined ? [] : [frame, ...stackOf(callers.get(id))];
	};
	const shares = new Map<string, number>();
	let time = startTime;
	samples.forEach((id, index) => {
		time += timeDeltas[index] ?? 0;
		if (time < window.from || time > window.to) return;
		// a sample stands for the time until the next
		const micros = timeDeltas[index + 1] ?? 0;
		const name = nameOf(stackOf(id));
		shares.set(name, (shares.get(name) ?? 0) + micros);
	});
	return [...shares]
		.map(([name, micros]) => ({ name, ms: micros / 1000 }))
		.sort((a, b) => b.ms - a.ms)
		.slice(0, TOLD_SHARES);
}

function functionOf([frame]: CallFrame[]): string {
	const { functionName = '', lineNumber = 0 } = frame ?? {};
	const name = functionName === '' ? '(anonymous)' : functionName;
	const file = frame && fileOf(frame);
	// `(idle)`, `(garbage collector)`, and what is native
	return file === undefined ? name : `${name}  ${file}:${lineNumber + 1}`;
}

/** The package's own file that is nearest to what was running, or else what was running. */
function ownerOf(stack: CallFrame[]): string {
	const own = stack
		.map(({ url }) => url.split(`node_modules/${packageName}/`)[1])
		.find((file) => file !== undefined);
	const [frame] = stack;
	if (own !== undefined || frame === undefined) return own ?? '';
	return frame.functionName.startsWith('(') ? frame.functionName : 'outside of the package';
}

/** The file's path without the folders of this machine. */
function fileOf({ url }: CallFrame): string | undefined {
	if (url === '') return undefined;
	const inPackage = url.split(`node_modules/${packageName}/`)[1];
	return inPackage ?? url.split('node_modules/').at(-1);
}

function describe({ name, ms }: Share, durationMs: number): string {
	const percent = ((100 * ms) / durationMs).toFixed(1).padStart(5);
	return `  ${percent} %  ${ms.toFixed(0).padStart(5)} ms  ${name}`;
}
