/**
 * Deliveries that outlive an execution: the packed package in a real n8n, which is killed here and
 * so serves no other tests. What is sent goes to a provider that would count a repeat.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { Execution } from '../../scripts/n8n/types';
import { until } from '../../scripts/n8n/until';
import { runCrash, type Aftermath, type Crash } from '../crash/crash';
import type { Place } from '../crash/place';
import { brokenRules } from '../crash/rules';
import { subjectOf } from '../providers';
import {
	arrivals,
	hints,
	jsons,
	n8n,
	outcomes,
	Relay,
	restart,
	sandbox,
	start,
	stop,
} from './harness';
import { recordFileOf, recordOf, removeRecord } from './recordFile';
import { findSecrets } from './secret';
import { names } from './workflow';

jest.setTimeout(120_000);

const subject = subjectOf('singular.adRevenue');
/** What all devices of its events begin with. */
const DEVICES = '8ECD7512-2864-440C-93F3-';

const mapped: INodeParameters = {
	deliveryRecord: 'thisInstance',
	...subject.dragged,
	operation: subject.operation,
	dataMode: 'defineBelow',
};

const relay = new Relay({
	name: 'singular',
	credentialType: 'singularApi',
	secretField: 'sdkKey',
	parameters: mapped,
});

const place: Place = {
	get n8n() {
		return n8n;
	},
	get sandbox() {
		return sandbox;
	},
	arrivals,
	restart,
};

/** Each test has numbers of its own: what another has delivered would not be sent. */
let next = 1;
function rows(count: number): IDataObject[] {
	const first = next;
	next += count;
	return Array.from({ length: count }, (_, own) => subject.item(first + own));
}

/** The outcome of each item, in input order, of a node that continues on error. */
function outcomesOf(execution: Execution): unknown[] {
	return outcomes(jsons(execution, names.relay));
}

/** How often each outcome came up. */
function tally(ended: unknown[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const outcome of ended.map(String)) counts[outcome] = (counts[outcome] ?? 0) + 1;
	return counts;
}

/** Runs the items where the node's output has all of them. */
async function tell(items: IDataObject[], parameters: INodeParameters = {}): Promise<Execution> {
	const execution = await relay.execute({
		items,
		parameters: { ...mapped, ...parameters },
		settings: { onError: 'continueRegularOutput' },
	});
	expect(execution.status).toBe('success');
	return execution;
}

beforeAll(start);
afterAll(stop);
beforeEach(() => {
	sandbox.reset();
	arrivals.reset();
});

// Before any other: once n8n has opened the file, it keeps it.
describe('a record that cannot be used', () => {
	const makeFolder = (path: string) => mkdirSync(dirname(path), { recursive: true });
	const garbage = 'this is no database '.repeat(400);

	test.each([
		[
			'is no database',
			(path: string) => {
				makeFolder(path);
				writeFileSync(path, garbage);
			},
		],
		['is a folder', (path: string) => mkdirSync(path, { recursive: true })],
		[
			'is of a newer version of this package',
			(path: string) => {
				makeFolder(path);
				const database = new DatabaseSync(path);
				database.exec('CREATE TABLE later (key BLOB); PRAGMA user_version = 99');
				database.close();
			},
		],
	])('ends the run with a sentence where it %s, and nothing is sent', async (_name, spoil) => {
		const path = recordFileOf(n8n.userFolder);
		spoil(path);
		try {
			const execution = await relay.execute({ items: rows(3) });

			expect(execution.status).toBe('error');
			expect(sandbox.report().requests).toBe(0);
			const { error } = execution.data.resultData;
			expect(error?.message).toContain('3 of 3');
			expect(error?.description).toContain(path);
			expect(error?.description).toMatch(/Delivery Record\b.*\bOff/);
		} finally {
			await removeRecord(n8n.userFolder);
		}
	});

	test('is left as it is, and not looked at where the record is off', async () => {
		const path = recordFileOf(n8n.userFolder);
		makeFolder(path);
		writeFileSync(path, garbage);
		try {
			await relay.execute({ items: rows(1) });
			expect(sandbox.report().requests).toBe(0);
			const off = await tell(rows(1), { deliveryRecord: 'off' });
			expect(outcomesOf(off)).toEqual(['delivered']);
			expect(readFileSync(path, 'latin1')).toBe(garbage);
		} finally {
			await removeRecord(n8n.userFolder);
		}
	});
});

describe('an execution that is cut off while its events arrive', () => {
	const cutOff = async (crash: Pick<Crash, 'cut' | 'at' | 'maxConcurrency'>) => {
		const first = next;
		next += 1000;
		return await runCrash(place, { subject, first, events: 1000, ...crash });
	};
	const verdictOn = (aftermath: Aftermath) => ({
		wasCutOff: aftermath.wasCutOff,
		broken: brokenRules(aftermath),
	});

	test('by kill -9: Retry sends what had not begun, and names what may have arrived', async () => {
		const aftermath = await cutOff({ cut: 'SIGKILL', at: 400, maxConcurrency: 20 });
		expect(verdictOn(aftermath)).toEqual({ wasCutOff: true, broken: [] });
		expect(aftermath.again).toBe('retried');
		expect(tally([...aftermath.outcomes.values()]).duplicate).toBeGreaterThanOrEqual(300);
	});

	test('by Stop: Retry sends what had not begun, and the record held the events meanwhile', async () => {
		// the record is read while events are under way
		const meanwhile = arrivals.reach(1).then(() => recordOf(n8n.userFolder));
		const aftermath = await cutOff({ cut: 'stop', at: 200, maxConcurrency: 8 });
		expect(verdictOn(aftermath)).toEqual({ wasCutOff: true, broken: [] });
		const files = await meanwhile;
		expect(files.some(({ text }) => text.includes(DEVICES))).toBe(true);
	});
});

describe('Retry of a run that stopped on 3 invalid rows of 1,000', () => {
	const broken = [3, 500, 999];
	let stopped: string;
	let workflowId: string;

	beforeAll(async () => {
		sandbox.reset();
		const items = rows(1000).map((item, index) =>
			broken.includes(index) ? { ...item, amt: 'n/a' } : item,
		);
		const execution = await relay.execute({ items });
		expect(execution.data.resultData.error?.message).toContain('3 of 1000');
		({ id: stopped, workflowId } = execution);
		expect(sandbox.report().events).toHaveLength(997);
	});

	test('sends nothing with the workflow as it was, and stops again', async () => {
		const execution = await n8n.execution(await n8n.retryExecution(stopped, 'original'));
		expect(execution.status).toBe('error');
		expect(execution.data.resultData.error?.message).toContain('3 of 1000');
		expect(sandbox.report().requests).toBe(0);
	});

	test('sends the three alone with the workflow in which they are mended', async () => {
		const { nodes } = await relay.workflow({
			items: [],
			parameters: { ...mapped, amount: "={{ $json.amt === 'n/a' ? '0.25' : $json.amt }}" },
		});
		await n8n.changeWorkflow(workflowId, { nodes });
		const execution = await n8n.execution(await n8n.retryExecution(stopped, 'changed'));

		expect(execution.status).toBe('success');
		const ended = outcomesOf(execution);
		expect(tally(ended)).toEqual({ delivered: 3, duplicate: 997 });
		expect(broken.map((index) => ended[index])).toEqual(['delivered', 'delivered', 'delivered']);
		const { requests, events } = sandbox.report();
		expect(requests).toBe(3);
		expect(events.map(({ event }) => event.amt)).toEqual(['0.25', '0.25', '0.25']);
		const [duplicate] = jsons(execution, names.relay);
		expect(duplicate?.reason).toMatch(new RegExp(`execution ${stopped}\\b`, 'i'));
		expect(duplicate?.reason).toContain(String(new Date().getFullYear()));
	});
});

test('of two executions at once with the same 1,000 events one delivers each, and the other says so', async () => {
	const items = rows(1000);
	sandbox.setFaults([{ kind: 'delay', ms: 20 }]);
	const executions = await Promise.all([tell(items), tell(items)]);

	expect(sandbox.report()).toMatchObject({ requests: 1000, duplicates: 0 });
	const [first = [], second = []] = executions.map(outcomesOf);
	const pairs = first.map((outcome, item) => [outcome, second[item]].sort().join(' and '));
	expect(tally(pairs)).toEqual({ 'delivered and duplicate': 1000 });
});

describe('the same table again', () => {
	// two rows are equal: they are two events
	const table = () => {
		const items = rows(20);
		return [...items, ...items.slice(0, 1)];
	};

	test('ends in duplicates, and the hint says how many', async () => {
		const items = table();
		expect(tally(outcomesOf(await tell(items)))).toEqual({ delivered: 21 });
		const again = await tell(items);
		expect(tally(outcomesOf(again))).toEqual({ duplicate: 21 });
		expect(hints(again)).toMatch(/\b21\b/);
		expect(sandbox.report().requests).toBe(21);
	});

	test('is sent again where the record is off', async () => {
		const items = table();
		await tell(items);
		const again = await tell(items, { deliveryRecord: 'off' });
		expect(tally(outcomesOf(again))).toEqual({ delivered: 21 });
		expect(sandbox.report().requests).toBe(42);
	});

	test('is sent again under other Event IDs, and one Event ID is one event', async () => {
		const items = table();
		await tell(items);
		const again = await tell(items, { eventId: '=again-{{ $json.custom_user_id }}' });
		// the equal row has the ID of the first
		expect(tally(outcomesOf(again))).toEqual({ delivered: 20, duplicate: 1 });
		expect(sandbox.report().requests).toBe(41);
	});
});

// After all the others, in what they left behind.
test("the record is a file for its owner's eyes, and holds no secret and nothing of a device", async () => {
	const { userFolder } = n8n;
	const files = await until('the record to hold no device', 30_000, () => {
		const found = recordOf(userFolder);
		return found.some(({ text }) => text.includes(DEVICES)) ? undefined : found;
	});
	expect(files.map(({ path }) => path)).toContain(recordFileOf(userFolder));
	for (const { path, text, mode } of files) {
		expect({ path, mode }).toEqual({ path, mode: 0o600 });
		expect({ path, found: findSecrets(text) }).toEqual({ path, found: [] });
		// the times, the user and what was shown
		for (const datum of ['user-', 'AdMob', 'com.singular.app', '10.1.2.3']) {
			expect({ path, datum, isThere: text.includes(datum) }).toEqual({
				path,
				datum,
				isThere: false,
			});
		}
	}
});
