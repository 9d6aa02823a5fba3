/** What the record keeps from being sent twice, with every operation, against the sandbox. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { IDataObject } from 'n8n-workflow';

import type { Sandbox } from '../../sandbox';
import { defaultsOf } from '../../transport/credential/read';
import { textOf } from '../../transport/credential/secrets';
import { subjects, type Subject } from '../providers';
import { prepareRecorded, recordFile, withRecordFolder } from '../support/recordFolder';
import { outcomesOf, testSideBySide, type Variation } from '../support/sandboxRun';
import { until } from '../support/until';

/** Tests of one operation, each with a sandbox and a record of its own. */
class World {
	constructor(
		readonly subject: Subject,
		readonly sandbox: Sandbox,
		readonly folder: string,
	) {}

	/** The items of the subject with these numbers. */
	items(...numbers: readonly number[]): IDataObject[] {
		return numbers.map((number) => this.subject.item(number));
	}

	/** Runs an execution of its own. */
	async run(items: readonly IDataObject[], variation?: Variation) {
		const { folder, subject, sandbox } = this;
		return await prepareRecorded(folder, subject, sandbox.url, items, variation).run();
	}

	async outcomes(items: readonly IDataObject[], variation?: Variation) {
		return outcomesOf(await this.run(items, variation));
	}

	/** How often each event arrived, by its number among these. */
	arrivals(...numbers: readonly number[]): number[] {
		const events = this.sandbox.report().events;
		return numbers.map((number) => {
			const found = events.filter(({ id }) => id === this.subject.id(number));
			return found.reduce((sum, { repeats }) => sum + 1 + repeats, 0);
		});
	}
}

const each = (name: string, body: (world: World) => Promise<void>) => {
	for (const subject of subjects) {
		testSideBySide(`${subject.provider.name} ${subject.operation}: ${name}`, (sandbox) =>
			withRecordFolder((folder) => body(new World(subject, sandbox, folder))),
		);
	}
};

const reasonsOf = ({ items }: Awaited<ReturnType<World['run']>>) =>
	items.map(({ json }) => (json.reason ?? json.error) as string);

const [delivered, duplicate, unknown] = ['delivered', 'duplicate', 'unknown'];

describe('across executions', () => {
	each('the same table again ends as duplicates, and nothing is sent', async (world) => {
		const items = world.items(1, 2, 3);
		expect(await world.outcomes(items)).toEqual([delivered, delivered, delivered]);
		const again = await world.run([...items, ...world.items(4)]);
		expect(outcomesOf(again)).toEqual([duplicate, duplicate, duplicate, delivered]);
		expect(reasonsOf(again)[0]).toMatch(
			/^Delivered before, on \d{4}-\d\d-\d\d at \d\d:\d\d:\d\d UTC, by execution execution-1\./,
		);
		expect(again.items[0]?.json).toMatchObject({ attempts: 0 });
		expect(again.hints[0]?.message).toContain('1 delivered, 3 duplicate');
		expect(world.arrivals(1, 2, 3, 4)).toEqual([1, 1, 1, 1]);
	});

	each('what was refused or not begun is sent by the next run', async (world) => {
		world.sandbox.setFaults([{ kind: 'status', status: 429 }]);
		const options = { maxRetries: 0 };
		expect(await world.outcomes(world.items(1, 2), { options })).toEqual([
			'throttled',
			'throttled',
		]);
		world.sandbox.setFaults([]);
		expect(await world.outcomes(world.items(1, 2))).toEqual([delivered, delivered]);
		expect(world.arrivals(1, 2)).toEqual([1, 1]);
	});

	each('what may have arrived is sent again only where a repeat is harmless', async (world) => {
		world.sandbox.setFaults([{ kind: 'resetAfter' }]);
		const options = { maxRetries: 0 };
		expect(await world.outcomes(world.items(1), { options })).toEqual([unknown]);
		world.sandbox.setFaults([]);
		const again = await world.run(world.items(1));
		const { deduplicates } = operationOf(world.subject);
		expect(outcomesOf(again)).toEqual([deduplicates ? delivered : unknown]);
		expect(world.arrivals(1)).toEqual([deduplicates ? 2 : 1]);
		if (!deduplicates) expect(reasonsOf(again)[0]).toContain('how that ended is not known');
	});

	each('two executions at once share the work: each event arrives once', async (world) => {
		const items = world.items(...Array.from({ length: 30 }, (_, number) => number));
		const both = await Promise.all([world.outcomes(items), world.outcomes(items)]);
		for (const index of items.keys()) {
			expect(both.map((outcomes) => outcomes[index]).sort()).toEqual([delivered, duplicate]);
		}
		expect(world.arrivals(...items.keys())).toEqual(items.map(() => 1));
	});

	each('an Event ID is what counts, where there is one', async (world) => {
		const parameters = { eventId: '={{ $json.mine }}' };
		const mine = (number: number, id: string) => ({ ...world.subject.item(number), mine: id });
		expect(await world.outcomes([mine(1, 'a'), mine(2, 'b')], { parameters })).toEqual([
			delivered,
			delivered,
		]);
		expect(await world.outcomes([mine(1, 'c'), mine(3, 'b')], { parameters })).toEqual([
			delivered,
			duplicate,
		]);
		expect(world.arrivals(3)).toEqual([0]);
	});

	each('an Event ID that cannot tell events apart is refused', async (world) => {
		const { item } = world.subject;
		const forgotten = { parameters: { eventId: '{{ $json.mine }}' } };
		const result = await world.run([{ ...item(1), mine: 'a' }], forgotten);
		expect(outcomesOf(result)).toEqual(['invalid']);
		expect(reasonsOf(result)[0]).toContain('Event ID (eventId) must be switched to Expression');
		const flag = { parameters: { eventId: '={{ $json.mine }}' } };
		expect(await world.outcomes([{ ...item(1), mine: true }], flag)).toEqual(['invalid']);
		expect(world.arrivals(1)).toEqual([0]);
	});

	each('with the record off, everything goes out again', async (world) => {
		const parameters = { deliveryRecord: 'off' };
		expect(await world.outcomes(world.items(1))).toEqual([delivered]);
		expect(await world.outcomes(world.items(1), { parameters })).toEqual([delivered]);
		expect(world.arrivals(1)).toEqual([2]);
	});

	each('another account is another event', async (world) => {
		expect(await world.outcomes(world.items(1))).toEqual([delivered]);
		const other = { sandboxUrl: world.sandbox.url.replace('127.0.0.1', 'localhost') };
		expect(await world.outcomes(world.items(1), { credential: other })).toEqual([delivered]);
	});

	each('the sandbox is another account than production', async (world) => {
		expect(await world.outcomes(world.items(1))).toEqual([delivered]);
		const { sandboxPath } = defaultsOf(world.subject.provider.credential);
		// the very same place, so that the account alone tells them apart
		const baseUrl = `${world.sandbox.url.replace('127.0.0.1', 'localhost')}${textOf(sandboxPath)}`;
		const production = { useSandbox: false, baseUrl };
		expect(await world.outcomes(world.items(1), { credential: production })).toEqual([delivered]);
		expect(await world.outcomes(world.items(1), { credential: production })).toEqual(['duplicate']);
	});

	each('a preview asks no record', async (world) => {
		expect(await world.outcomes(world.items(1), { parameters: { previewOnly: true } })).toEqual([
			'preview',
		]);
		expect(await world.outcomes(world.items(1))).toEqual([delivered]);
	});
});

describe('before the first event is sent', () => {
	each('all of a run are stored', async (world) => {
		const numbers = Array.from({ length: 700 }, (_, number) => number);
		world.sandbox.setFaults([{ kind: 'hang' }]);
		const stop = new AbortController();
		const running = world.run(world.items(...numbers), { abortSignal: stop.signal });
		await until(() => world.sandbox.report().requests > 0);
		const database = new DatabaseSync(recordFile(world.folder));
		const { stored } = database.prepare('SELECT count(*) AS stored FROM open').get() as {
			stored: number;
		};
		database.close();
		stop.abort();
		await running;
		expect(stored).toBe(700);
	});
});

describe('what the record keeps of a delivered event', () => {
	each('is what it is worth, beside its digest', async (world) => {
		const [item = {}] = world.items(1);
		await world.outcomes([item]);
		const database = new DatabaseSync(recordFile(world.folder));
		const kept = database.prepare('SELECT amount, currency FROM open').all();
		expect(database.prepare('SELECT * FROM contents').all()).toEqual([]);
		database.close();
		const { money } = operationOf(world.subject);
		const worth = (key = '') => {
			const value = item[key];
			return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
		};
		const currency = money?.currency;
		expect(kept).toEqual([
			{
				amount: worth(money?.amount),
				currency: currency && 'code' in currency ? currency.code : worth(currency?.key),
			},
		]);
	});

	test('names an amount wherever there is one', () => {
		const without = subjects.filter((subject) => operationOf(subject).money === undefined);
		expect(without.map(({ operation }) => operation)).toEqual([
			'registration',
			'login',
			'customEvent',
			'event',
			'session',
		]);
	});
});

describe('a record that cannot be used', () => {
	each('sends nothing, and says how to do without', async (world) => {
		mkdirSync(recordFile(world.folder), { recursive: true });
		const result = await world.run(world.items(1, 2));
		expect(outcomesOf(result)).toEqual(['failed', 'failed']);
		expect(reasonsOf(result)[0]).toMatch(
			/^Not sent: The delivery record .* Delivery Record to Off/,
		);
		expect(world.sandbox.report().requests).toBe(0);
	});

	each('is a sentence also where it is no database', async (world) => {
		mkdirSync(dirname(recordFile(world.folder)), { recursive: true });
		writeFileSync(
			recordFile(world.folder),
			'not a database, but long enough to be read as one'.repeat(40),
		);
		const result = await world.run(world.items(1));
		expect(outcomesOf(result)).toEqual(['failed']);
		expect(reasonsOf(result)[0]).toContain('is damaged');
		expect(world.sandbox.report().requests).toBe(0);
	});
});

describe('a record that breaks while events are sent', () => {
	each('lets nothing more leave, and takes nothing back that was delivered', async (world) => {
		const items = world.items(...Array.from({ length: 200 }, (_, number) => number));
		const running = world.run(items, { options: { ...world.subject.oneByOne, maxConcurrency: 2 } });
		await until(() => world.sandbox.report().events.length >= 20);
		const other = new DatabaseSync(recordFile(world.folder));
		other.exec('DROP TABLE open');
		other.close();
		const result = await running;
		const outcomes = outcomesOf(result);
		const arrivals = world.arrivals(...items.keys());
		expect(outcomes.filter((outcome) => outcome === 'failed').length).toBeGreaterThan(0);
		for (const [index, outcome] of outcomes.entries()) {
			expect([outcome, arrivals[index]]).toEqual(
				outcome === 'delivered' ? [delivered, 1] : ['failed', 0],
			);
		}
		expect(reasonsOf(result).at(-1)).toContain('The delivery record');
		expect(result.hints[0]?.message).toContain('Not all that was delivered is in the record');
	});
});

function operationOf({ provider, operation }: Subject) {
	const found = provider.operations[operation];
	if (!found) throw new Error(`${operation} is an operation`);
	return found;
}
