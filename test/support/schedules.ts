import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { startSandbox, type Fault, type Report, type Sandbox } from '../../sandbox';
import { outcomeNames } from '../../transport/model/outcome';
import { subjects, type Subject } from '../providers';
import type { NodeResult } from './nodeRun';
import { prepareRecorded, withRecordFolder } from './recordFolder';
import { outcomesOf, prepare, type Variation } from './sandboxRun';
import { isFrequent, troublesOf, type Trouble } from './troubles';
import { trustedCertificate } from './trust';
import { pause } from './until';

/** What is to go wrong in one run of a node: plain data, so that a finding can be read. */
export interface Schedule {
	/** The provider and its operation: `justtrack revenueEvent`. */
	readonly of: string;
	/** Taken in their order, each by the requests that it meets first. */
	readonly troubles: readonly (Trouble & {
		/** Requests that meet it. */
		readonly next: number;
		/** Only those with the event of this row; a number past the last row is its remainder. */
		readonly row?: number;
	})[];
	readonly rows: readonly Row[];
	readonly batchSize: number;
	readonly maxConcurrency: number;
	readonly maxRetries: number;
	readonly timeout: number;
	readonly retryUnknown: boolean;
	readonly isCredentialRefused: boolean;
	/** The execution is stopped when so many requests were answered, or after a second. */
	readonly stopAfter?: number;
	/**
	 * How often the node is called, if nobody stops it: more than once by Retry On Fail; with a record,
	 * in an execution of its own each time.
	 */
	readonly calls: number;
	readonly isRecorded: boolean;
	/** Else over HTTP/1.1, which has no such thing as the faults of HTTP/2. */
	readonly isHttp2: boolean;
}

interface Row {
	/** `broken` by our own checks, `refused` by the provider alone. */
	readonly kind: 'good' | 'broken' | 'refused';
	/** Which device or app it is of, where the provider knows such. */
	readonly group: number;
}

/** How a rule was broken. */
export interface Violation {
	readonly rule: keyof typeof rules;
	readonly what: string;
}

/** What came of a schedule. */
export interface Ran {
	readonly violations: readonly Violation[];
	/** Of each event in each call of the node. */
	readonly outcomes: readonly unknown[];
}

/** What holds whatever happens. */
export const rules = {
	ends: 'a run ends in bounded time',
	stops: 'a stopped run ends within 2 s',
	oneOutcome: 'each event has one outcome',
	noDenial: 'no outcome denies a taken event',
	noBoast: 'no event is delivered that was not taken',
	staysDelivered: 'what was delivered stays delivered when the node is called again',
	once: 'no event is sent again that may have been taken, unless the document asks for it',
} as const;

/** A run that takes longer has no end in sight: all waits of a schedule together are shorter. */
const MAX_RUN_MS = 45_000;
/** 2 s, and some for a machine that does other things beside. */
const MAX_STOP_MS = 6_000;
/** The time of a try: long enough to tell an end by the stop from one by the timeout. */
const STOPPED_TIMEOUT_MS = 20_000;

/** A schedule with a stop is stopped by then. */
const STOP_ANYWAY_MS = 1_000;

/** As short as a test can bear, with the same meaning. */
const patience = {
	firstBackoffMs: 5,
	maxBackoffMs: 40,
	maxSilenceMs: 2_000,
	maxPauseMs: 1_500,
};

/** What the sandbox refuses, as the provider does what is not the user's own. */
const REFUSED_SECRET = 'refused-key';
const REFUSED_APP = 403;
const APPS = [666, 667, 668, REFUSED_APP];

/** `justtrack revenueEvent` */
export const nameOf = ({ provider, operation }: Subject) => `${provider.name} ${operation}`;

function isBatched({ provider, operation }: Subject): boolean {
	return provider.operations[operation]?.batch !== undefined;
}

/** Random schedules for an operation. */
export function schedulesOf(subject: Subject): fc.Arbitrary<Schedule> {
	const batched = isBatched(subject);
	const row: fc.Arbitrary<Row> = fc
		.tuple(
			rarely(fc.constantFrom('broken' as const, 'refused' as const), 'good' as const, 9),
			fc.nat({ max: 3 }),
		)
		.map(([kind, group]) => ({ kind, group }));
	const all = troublesOf(subject);
	const trouble = fc
		.tuple(
			fc.oneof(fc.constantFrom(...all.filter(isFrequent)), fc.constantFrom(...all)),
			fc.integer({ min: 1, max: 4 }),
			fc.option(fc.nat({ max: 30 }), { nil: undefined, freq: 2 }),
		)
		.map(([drawn, next, at]) => ({ ...drawn, next, ...(at !== undefined && { row: at }) }));
	return fc
		.record({
			of: fc.constant(nameOf(subject)),
			troubles: fc.array(trouble, { minLength: 1, maxLength: 5 }),
			rows: fc.array(row, { minLength: 1, maxLength: batched ? 24 : 7 }),
			batchSize: batched ? fc.constantFrom(20, 5, 1) : fc.constant(1),
			maxConcurrency: fc.constantFrom(1, 2, 5),
			maxRetries: fc.constantFrom(2, 3, 1, 0),
			timeout: fc.constant(400),
			retryUnknown: rarely(fc.constant(true), false),
			isCredentialRefused: rarely(fc.constant(true), false),
			stopAfter: rarely(fc.nat({ max: 5 }), undefined, 5),
			calls: fc.constantFrom(1, 2, 3),
			isRecorded: fc.boolean(),
			isHttp2: fc.boolean(),
		})
		.map(({ stopAfter, ...schedule }) => ({
			...schedule,
			troubles: schedule.troubles.filter(
				({ isAcceptance }) => !isAcceptance || !hasRefused(schedule),
			),
			...(stopAfter !== undefined && { stopAfter, timeout: STOPPED_TIMEOUT_MS, calls: 1 }),
		}));
}

/** Whether the provider refuses whole requests of the schedule: it never takes these. */
function hasRefused({
	of,
	rows,
	isCredentialRefused,
}: Pick<Schedule, 'of' | 'rows' | 'isCredentialRefused'>): boolean {
	const hasRefusedApp =
		of.startsWith('myTracker ') && rows.some(({ group }) => APPS[group] === REFUSED_APP);
	return isCredentialRefused || hasRefusedApp;
}

/** One in so many. */
function rarely<T, U>(arbitrary: fc.Arbitrary<T>, usual: U, many = 12): fc.Arbitrary<T | U> {
	return fc.oneof(
		{ weight: many - 1, arbitrary: fc.constant<T | U>(usual) },
		{ weight: 1, arbitrary },
	);
}

/** Runs the schedule against a sandbox of its own: what was given up may still arrive later. */
export async function runSchedule(schedule: Schedule): Promise<Ran> {
	return await withRecordFolder((folder) => runIn(folder, schedule));
}

async function runIn(folder: string, schedule: Schedule): Promise<Ran> {
	const subject = subjects.find((one) => nameOf(one) === schedule.of);
	if (!subject) throw new Error(`There is no ${schedule.of}`);
	const answered: string[] = [];
	let onAnswer: () => void = () => undefined;
	const sandbox = await startSandbox({
		tls: schedule.isHttp2 ? await trustedCertificate() : undefined,
		log: (line) => {
			answered.push(line);
			onAnswer();
		},
	});
	const stop = new AbortController();
	let stoppedAt: number | undefined;
	const stopWhenDue = () => {
		if (answered.length < (schedule.stopAfter ?? Infinity) || stop.signal.aborted) return;
		stoppedAt = performance.now();
		stop.abort();
	};
	onAnswer = stopWhenDue;
	// where requests hang, no answer comes to count
	const stopAnyway = setTimeout(() => {
		if (schedule.stopAfter === undefined || stop.signal.aborted) return;
		stoppedAt = performance.now();
		stop.abort();
	}, STOP_ANYWAY_MS);
	try {
		sandbox.setFaults(faultsOf(schedule, subject));
		const items = itemsOf(schedule, subject);
		const variation: Variation = {
			parameters: subject.provider.name === 'myTracker' ? { appId: '={{ $json.app }}' } : {},
			options: optionsOf(schedule, subject),
			credential: credentialOf(schedule, subject, sandbox),
			settings: { retryOnFail: true },
			abortSignal: stop.signal,
			patience,
		};
		const execution = () =>
			schedule.isRecorded
				? prepareRecorded(folder, subject, sandbox.url, items, variation)
				: prepare(subject, sandbox.url, items, variation);
		let node = execution();
		stopWhenDue();

		const violations: Violation[] = [];
		const all: unknown[] = [];
		let before: readonly unknown[] = [];
		let takenBefore: ReadonlyMap<string, number> = new Map();
		for (let call = 1; call <= schedule.calls; call++) {
			if (schedule.isRecorded) node = execution();
			const result = await inTime(node.run());
			const endedAt = performance.now();
			if (!result) {
				violations.push({ rule: 'ends', what: `it runs for more than ${MAX_RUN_MS} ms` });
				stop.abort();
				break;
			}
			if (stoppedAt !== undefined && endedAt - stoppedAt > MAX_STOP_MS) {
				const what = `it ended ${Math.round(endedAt - stoppedAt)} ms after the stop`;
				violations.push({ rule: 'stops', what });
			}
			await pause(latestArrival(schedule));
			const taken = takenBy(sandbox.report(), subject);
			violations.push(...falseOutcomes(schedule, subject, result, taken, takenBefore));
			takenBefore = taken;
			const outcomes = outcomesOf(result);
			before.forEach((outcome, row) => {
				if (!successes.has(outcome) || successes.has(outcomes[row])) return;
				const what = `row ${row} was delivered, and is ${String(outcomes[row])} in call ${call}`;
				violations.push({ rule: 'staysDelivered', what });
			});
			before = outcomes;
			all.push(...outcomes);
		}
		violations.push(...repeats(schedule, subject, answered, sandbox.report()));
		return { violations, outcomes: all };
	} finally {
		clearTimeout(stopAnyway);
		await sandbox.close();
	}
}

/** Milliseconds after a run in which what it gave up may still arrive. */
function latestArrival({ troubles, timeout }: Schedule): number {
	const delays = troubles.map(({ fault }) => (fault.kind === 'delay' ? fault.ms : 0));
	return 30 + Math.max(0, ...delays.filter((ms) => ms >= timeout));
}

async function inTime(run: Promise<NodeResult>): Promise<NodeResult | undefined> {
	let timer: NodeJS.Timeout | undefined;
	const end = new Promise<undefined>((resolve) => {
		timer = setTimeout(resolve, MAX_RUN_MS, undefined);
	});
	try {
		return await Promise.race([run, end]);
	} finally {
		clearTimeout(timer);
	}
}

function faultsOf({ troubles, rows }: Schedule, subject: Subject): Fault[] {
	const refused = rows.flatMap(({ kind }, row) => (kind === 'refused' ? [subject.id(row)] : []));
	return [
		...troubles.map(({ fault, next, row }) => ({
			...fault,
			next,
			...(row !== undefined && { ids: [subject.id(row % rows.length)] }),
		})),
		...(refused.length > 0 ? [{ kind: 'refuse' as const, ids: refused }] : []),
	];
}

function itemsOf({ rows }: Schedule, subject: Subject): IDataObject[] {
	const { name } = subject.provider;
	return rows.map(({ kind, group }, row) => ({
		...subject.item(row),
		...(name === 'myTracker' && { app: APPS[group] }),
		...(name === 'singular' && { idfv: `8ECD7512-2864-440C-93F3-00000000000${group}` }),
		...(kind === 'broken' && { [subject.broken.key]: subject.broken.value as string }),
	}));
}

function optionsOf(schedule: Schedule, subject: Subject) {
	const { batchSize, maxConcurrency, maxRetries, timeout, retryUnknown } = schedule;
	return {
		...(isBatched(subject) && { batchSize }),
		maxConcurrency,
		maxRetries,
		timeout,
		retryUnknown,
	};
}

function credentialOf(
	{ isCredentialRefused }: Schedule,
	subject: Subject,
	{ url }: Sandbox,
): IDataObject {
	const values = Object.entries(subject.credential(url));
	return Object.fromEntries(
		values.map(([name, value]) => [
			name,
			isCredentialRefused && value === subject.secret ? REFUSED_SECRET : value,
		]),
	);
}

/** How often the provider took the event of each id. */
function takenBy({ events }: Report, { operation }: Subject): Map<string, number> {
	const taken = new Map<string, number>();
	for (const { id = '', repeats, operation: kind } of events) {
		// of another operation it is another event
		const key = kind === operation ? id : `${kind} ${id}`;
		taken.set(key, (taken.get(key) ?? 0) + 1 + repeats);
	}
	return taken;
}

/** The outcomes that say that the provider took it, now or before. */
const successes: ReadonlySet<unknown> = new Set(['delivered', 'duplicate']);

/** The outcomes that say that the provider took nothing. */
const denials: ReadonlySet<unknown> = new Set(
	outcomeNames.filter((name) => !successes.has(name) && name !== 'unknown'),
);

function falseOutcomes(
	{ rows, isRecorded }: Schedule,
	subject: Subject,
	result: NodeResult,
	taken: ReadonlyMap<string, number>,
	takenBefore: ReadonlyMap<string, number>,
): Violation[] {
	const outcomes = outcomesOf(result);
	const violations: Violation[] = [];
	if (outcomes.length !== rows.length) {
		const what = `${outcomes.length} outcomes of ${rows.length} events`;
		violations.push({ rule: 'oneOutcome', what });
	}
	outcomes.forEach((outcome, row) => {
		const { json = {}, pairedItem } = result.items[row] ?? {};
		const isPaired = JSON.stringify(pairedItem) === JSON.stringify({ item: row });
		if (!isPaired || !(outcomeNames as readonly unknown[]).includes(outcome)) {
			const what = `item ${row} is ${JSON.stringify(json)}, paired with ${JSON.stringify(pairedItem)}`;
			violations.push({ rule: 'oneOutcome', what });
		}
		const isTaken = taken.has(subject.id(row));
		// what the provider refuses for what it holds was taken by the fault alone
		const isRefusedTruly = rows[row]?.kind === 'refused' && outcome === 'rejected';
		// an execution that ended before it came to an event says so, and nothing of earlier ones
		const { attempts } = (json.details ?? {}) as { attempts?: number };
		const isOfEarlier =
			isRecorded &&
			attempts === 0 &&
			takenBefore.get(subject.id(row)) === taken.get(subject.id(row));
		if (isTaken && denials.has(outcome) && !isRefusedTruly && !isOfEarlier) {
			const what = `row ${row} was taken and is ${String(outcome)}: ${JSON.stringify(json.error)}`;
			violations.push({ rule: 'noDenial', what });
		}
		if (!isTaken && successes.has(outcome)) {
			const what = `row ${row} was not taken: ${JSON.stringify(json)}`;
			violations.push({ rule: 'noBoast', what });
		}
	});
	return violations;
}

/**
 * Events that went out again though an answer left it open whether they were taken. Whether they
 * really were does not matter: the next time they may be.
 */
function repeats(
	schedule: Schedule,
	subject: Subject,
	answered: readonly string[],
	report: Report,
): Violation[] {
	const { deduplicates } = subject.provider.operations[subject.operation] ?? {};
	if (deduplicates === true || schedule.retryUnknown || schedule.isCredentialRefused) return [];
	const requests = answered.map(readLogLine);
	const taken = takenBy(report, subject);
	return schedule.rows.flatMap(({ kind }, row) => {
		if (kind !== 'good') return [];
		const id = subject.id(row);
		const own = requests.filter(({ ids }) => ids.includes(id));
		const last = own.filter((request) => !mayRepeatAfter(request, schedule));
		if (last.length <= 1) return [];
		const answers = own.map(({ text }) => text).join(', ');
		const what = `row ${row} went out ${own.length} times (${answers}), and was taken ${taken.get(id) ?? 0} times`;
		return [{ rule: 'once' as const, what }];
	});
}

/** A request in the sandbox's log. */
interface LoggedRequest {
	/** As the client sees it; none where there was no answer. */
	readonly status?: number;
	readonly ids: readonly string[];
	/** The kind of the fault that it met. */
	readonly fault?: string;
	/** `500 by status` */
	readonly text: string;
}

/** `POST /myTracker/v1/loginBatch/ 500 "user-1" "user-2" fault: status` */
function readLogLine(line: string): LoggedRequest {
	const [, shown = '', rest = ''] = /^\S+ \S+ (\S+)(.*)$/.exec(line) ?? [];
	const fault = /fault: (\w+)$/.exec(rest)?.[1];
	return {
		status: shown === '-' ? undefined : Number(shown),
		ids: (rest.match(/"(?:[^"\\]|\\.)*"/g) ?? []).map((id) => JSON.parse(id) as string),
		fault,
		text: fault === undefined ? shown : `${shown} by ${fault}`,
	};
}

/** Whether some trouble of the schedule that looks like this answer allows a repeat. */
function mayRepeatAfter({ status, fault }: LoggedRequest, { troubles }: Schedule): boolean {
	// an answer of the provider's own: it took the event or refused it
	if (fault === undefined || fault === 'delay') return status !== 200;
	if (fault === 'refuse') return true;
	return troubles.some(
		(trouble) =>
			trouble.mayRepeat &&
			trouble.fault.kind === fault &&
			(trouble.fault.kind !== 'status' || trouble.fault.status === status),
	);
}
