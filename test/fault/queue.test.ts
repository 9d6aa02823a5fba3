/** Events that are stored now and sent later, with every operation, against the sandbox. */
import { mkdirSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

import type {
	IDataObject,
	IExecuteFunctions,
	INodeParameters,
	NodeOperationError,
} from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox';
import { subjectOf, subjects, type Subject } from '../providers';
import { prepareRecorded, recordFile, withRecordFolder } from '../support/recordFolder';
import { outcomesOf, testSideBySide, type Variation } from '../support/sandboxRun';
import { until } from '../support/until';
import { WINDOW } from '../../transport/ways/queued';

/** Waits that suit a test. */
const PATIENCE = { firstBackoffMs: 1, maxBackoffMs: 2, maxSilenceMs: 50, maxThrottledMs: 50 };

/** Tests of one operation, each with a sandbox and a record of its own. */
class World {
	constructor(
		readonly subject: Subject,
		readonly sandbox: Sandbox,
		readonly folder: string,
	) {}

	items(...numbers: readonly number[]): IDataObject[] {
		return numbers.map((number) => this.subject.item(number));
	}

	/** Runs an execution of its own. */
	async run(items: readonly IDataObject[], { parameters, ...variation }: Variation = {}) {
		const { folder, subject, sandbox } = this;
		return await prepareRecorded(folder, subject, sandbox.url, items, {
			patience: PATIENCE,
			...variation,
			parameters: { ...parameters },
		}).run();
	}

	async queue(...numbers: readonly number[]) {
		const parameters = { delivery: 'queue' };
		return outcomesOf(await this.run(this.items(...numbers), { parameters }));
	}

	async sendQueued(variation: Variation = {}) {
		const parameters = { operation: 'sendQueued', ...variation.parameters };
		return await this.run([{ started: 'by a schedule' }], { ...variation, parameters });
	}

	async summarize() {
		const { items } = await this.run([{}], { parameters: { operation: 'summarize' } });
		return items.map(({ json }) => json);
	}

	/** How often each event arrived, by its number among these. */
	arrivals(...numbers: readonly number[]): number[] {
		const events = this.sandbox.report().events;
		return numbers.map((number) => {
			const found = events.filter(({ id }) => id === this.subject.id(number));
			return found.reduce((sum, { repeats }) => sum + 1 + repeats, 0);
		});
	}

	/** Lets what waits have waited for so many hours more. */
	age(hours: number): void {
		const database = new DatabaseSync(recordFile(this.folder));
		database.exec(`UPDATE open SET queuedAt = queuedAt - ${hours * 3_600}`);
		database.close();
	}
}

const each = (
	name: string,
	body: (world: World) => Promise<void>,
	chosen: readonly Subject[] = subjects,
) => {
	for (const subject of chosen) {
		testSideBySide(`${subject.provider.name} ${subject.operation}: ${name}`, (sandbox) =>
			withRecordFolder((folder) => body(new World(subject, sandbox, folder))),
		);
	}
};

/** Of each provider one operation, where all go the same way. */
const ofEachProvider = [
	...new Map(subjects.map((subject) => [subject.provider.name, subject])).values(),
];

type Result = Awaited<ReturnType<World['run']>>;
const jsonsOf = ({ items }: Result) => items.map(({ json }) => json as Record<string, unknown>);
const hintOf = ({ hints }: Result) => hints[0]?.message;
const twice = <T>(one: T): T[] => [one, one];

describe('the queue', () => {
	each('stores events, and sends each once when it is asked to', async (world) => {
		const { subject, sandbox } = world;
		expect(await world.queue(1, 2, 3)).toEqual(['queued', 'queued', 'queued']);
		expect(sandbox.report().requests).toBe(0);
		const sent = await world.sendQueued();
		expect(outcomesOf(sent)).toEqual(['delivered', 'delivered', 'delivered']);
		expect(world.arrivals(1, 2, 3)).toEqual([1, 1, 1]);
		const { provider, operation } = subject;
		const idKey = provider.operations[operation]?.idKey;
		for (const { json, pairedItem } of sent.items) {
			expect({ json, pairedItem }).toEqual({
				json: {
					provider: provider.displayName,
					operation,
					outcome: 'delivered',
					...(idKey !== undefined && { id: expect.any(String) as unknown }),
					queuedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as unknown,
					execution: 'execution-1',
				},
				pairedItem: 0,
			});
		}
		expect(hintOf(sent)).toBe(
			`${provider.displayName}: 3 queued events: 3 delivered. Nothing waits any more.`,
		);
		const again = await world.sendQueued();
		expect(again.items).toEqual([]);
		expect(hintOf(again)).toBe(
			`${provider.displayName}: no queued event was sent. Nothing waits any more.`,
		);
	});

	each('takes an event once: what waits or was delivered is a duplicate', async (world) => {
		expect(await world.queue(1)).toEqual(['queued']);
		const again = await world.run(world.items(1), { parameters: { delivery: 'queue' } });
		expect(outcomesOf(again)).toEqual(['duplicate']);
		expect(jsonsOf(again)[0]?.reason).toMatch(
			/^Stored before, on \S+ at \S+ UTC, by execution execution-1\. It waits to be sent/,
		);
		const sentNow = await world.run(world.items(1, 2));
		expect(outcomesOf(sentNow)).toEqual(['duplicate', 'delivered']);
		expect(jsonsOf(sentNow)[0]?.reason).toContain('It waits to be sent');
		expect(outcomesOf(await world.sendQueued())).toEqual(['delivered']);
		expect(await world.queue(1, 2)).toEqual(twice('duplicate'));
		expect(world.arrivals(1, 2)).toEqual([1, 1]);
	});

	each('takes no event that breaks a rule', async (world) => {
		const { key, value } = world.subject.broken;
		const items = [...world.items(1), { ...world.subject.item(2), [key]: value }];
		const result = await world.run(items as IDataObject[], { parameters: { delivery: 'queue' } });
		expect(outcomesOf(result)).toEqual(['queued', 'invalid']);
		expect(outcomesOf(await world.sendQueued())).toEqual(['delivered']);
	});

	each('keeps what is refused for rate, and says that it waits', async (world) => {
		await world.queue(1, 2);
		world.sandbox.setFaults([{ kind: 'status', status: 429 }]);
		const refused = await world.sendQueued({ options: { maxRetries: 0 } });
		expect(refused.items).toEqual([]);
		expect(refused.hints[0]).toMatchObject({
			type: 'warning',
			message: expect.stringContaining('2 events still wait in the queue.') as unknown,
		});
		world.sandbox.setFaults([]);
		expect(outcomesOf(await world.sendQueued())).toEqual(twice('delivered'));
		expect(world.arrivals(1, 2)).toEqual([1, 1]);
	});

	each(
		'keeps all where the provider is down, ends soon, and says how many wait',
		async ({ subject, folder }) => {
			const numbers = Array.from({ length: 300 }, (_, number) => number);
			const before = await startSandbox();
			await new World(subject, before, folder).queue(...numbers);
			await before.close();
			const start = performance.now();
			const options = { timeout: 50, maxConcurrency: 2, maxRetries: 1 };
			const down = await new World(subject, before, folder).sendQueued({ options });
			expect(performance.now() - start).toBeLessThan(10_000);
			expect(down.items).toEqual([]);
			expect(hintOf(down)).toContain('300 events still wait in the queue.');
			expect(hintOf(down)).toContain('has answered nothing for');
			const after = await startSandbox({ port: before.port });
			try {
				const world = new World(subject, after, folder);
				expect(outcomesOf(await world.sendQueued())).toHaveLength(300);
				expect(world.arrivals(...numbers)).toEqual(numbers.map(() => 1));
			} finally {
				await after.close();
			}
		},
		ofEachProvider,
	);

	each(
		'keeps the rest where the provider answers server errors alone, ends soon, and says how many wait',
		async (world) => {
			const numbers = Array.from({ length: 300 }, (_, number) => number);
			await world.queue(...numbers);
			world.sandbox.setFaults([{ kind: 'status', status: 502 }]);
			const options = { ...world.subject.oneByOne, maxConcurrency: 2, maxRetries: 0 };
			const patience = { ...PATIENCE, firstBackoffMs: 20, maxServerErrorsMs: 100 };
			const down = await world.sendQueued({ options, patience });
			const ended = outcomesOf(down);
			expect(ended.length).toBeLessThan(100);
			expect(new Set(ended)).toEqual(new Set(ended.length > 0 ? ['unknown'] : []));
			const waiting = 300 - ended.length;
			expect(hintOf(down)).toContain(`${waiting} events still wait in the queue.`);
			expect(hintOf(down)).toContain('has answered nothing but server errors for');
			expect(world.sandbox.report().requests).toBeLessThan(100);
			world.sandbox.setFaults([]);
			expect(outcomesOf(await world.sendQueued())).toHaveLength(waiting);
		},
		ofEachProvider,
	);

	each('of two that send at once each event goes out once', async (world) => {
		const numbers = Array.from({ length: 200 }, (_, number) => number);
		await world.queue(...numbers);
		const both = await Promise.all([world.sendQueued(), world.sendQueued()]);
		expect(both.flatMap(outcomesOf)).toEqual(numbers.map(() => 'delivered'));
		expect(world.arrivals(...numbers)).toEqual(numbers.map(() => 1));
	});

	each(
		'says of what waits that another run is sending it',
		async (world) => {
			const numbers = Array.from({ length: 40 }, (_, number) => number);
			await world.queue(...numbers);
			world.sandbox.setFaults([{ kind: 'delay', ms: 300 }]);
			const options = { ...world.subject.oneByOne, maxConcurrency: 2 };
			const first = world.sendQueued({ options });
			await until(() => world.sandbox.report().requests > 0);
			const second = await world.sendQueued({ options });
			expect(second.items).toEqual([]);
			expect(hintOf(second)).toMatch(
				/: no queued event was sent\. (\d+) events still wait in the queue\. Another run is sending them\.$/,
			);
			world.sandbox.setFaults([]);
			expect(outcomesOf(await first)).toHaveLength(40);
		},
		ofEachProvider,
	);

	each(
		'does not say that nothing was sent where something was, nor speaks of a rate where the provider is down',
		async (world) => {
			await world.queue(1, 2);
			world.sandbox.setFaults([{ kind: 'status', status: 503 }]);
			const options = { ...world.subject.oneByOne, maxRetries: 1, retryUnknown: true };
			const down = await world.sendQueued({ options });
			expect(down.items).toEqual([]);
			expect(hintOf(down)).toMatch(
				/: [12] queued events? (was|were) sent, and none is known to be delivered\. 2 events still wait/,
			);
			expect(hintOf(down)).not.toContain('Requests per Second');
		},
		ofEachProvider,
	);

	each('gives no more than Max Events at once, the oldest first', async (world) => {
		for (const number of [3, 1, 2]) await world.queue(number);
		const options = { maxEvents: 2 };
		const first = await world.sendQueued({ options });
		expect(outcomesOf(first)).toEqual(twice('delivered'));
		expect(hintOf(first)).toContain(
			'1 event still waits in the queue. This run has sent as many as Max Events (2): the next one goes on.',
		);
		expect(world.arrivals(1, 2, 3)).toEqual([1, 0, 1]);
		expect(outcomesOf(await world.sendQueued({ options }))).toEqual(['delivered']);
	});

	each('a stop leaves in it what was not sent', async (world) => {
		const numbers = Array.from({ length: 50 }, (_, number) => number);
		await world.queue(...numbers);
		world.sandbox.setFaults([{ kind: 'delay', ms: 20 }]);
		const stop = new AbortController();
		const options = { ...world.subject.oneByOne, maxConcurrency: 2 };
		// what is in flight gets its answer, however busy the machine is
		const patience = { ...PATIENCE, stopGraceMs: 30_000 };
		const running = world.sendQueued({ abortSignal: stop.signal, options, patience });
		await until(() => world.sandbox.report().events.length >= 5);
		stop.abort();
		const ended = outcomesOf(await running);
		expect(ended.length).toBeLessThan(40);
		world.sandbox.setFaults([]);
		const others = outcomesOf(await world.sendQueued());
		expect(ended.length + others.length).toBe(50);
		expect(world.arrivals(...numbers)).toEqual(numbers.map(() => 1));
	});

	each('of what waits and was sent the record gives an exact account', async (world) => {
		const item = world.subject.item;
		await world.run(world.items(1, 2));
		await world.queue(3);
		const { money } = operationOf(world.subject);
		const worth = (...numbers: readonly number[]) =>
			numbers.reduce((sum, number) => sum + Number(item(number)[money?.amount ?? ''] ?? NaN), 0);
		const isWorth = money !== undefined && item(1)[money.amount] !== undefined;
		const currency = money?.currency && 'code' in money.currency ? money.currency.code : 'USD';
		const sums = await world.summarize();
		const common = {
			provider: world.subject.provider.displayName,
			operation: world.subject.operation,
			day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as unknown,
		};
		const rest = (...numbers: readonly number[]) => ({
			...(money?.currency !== undefined && { currency }),
			events: numbers.length,
			...(isWorth && { amount: expect.any(String) as unknown }),
		});
		expect(sums).toEqual([
			{ ...common, outcome: 'delivered', ...rest(1, 2) },
			{ ...common, outcome: 'queued', ...rest(3) },
		]);
		if (!isWorth) return;
		expect(Number(sums[0]?.amount)).toBeCloseTo(worth(1, 2), 9);
		expect(Number(sums[1]?.amount)).toBeCloseTo(worth(3), 9);
	});
});

describe('an event of the queue', () => {
	each('that is refused for good leaves as an error, and is not tried again', async (world) => {
		await world.queue(1, 2);
		world.sandbox.setFaults([{ kind: 'refuse', ids: [world.subject.id(1)] }]);
		const stays = operationOf(world.subject);
		const result = await world.sendQueued({
			options: world.subject.oneByOne,
			settings: { onError: 'continueErrorOutput' },
		});
		expect(outcomesOf(result).sort()).toEqual(['delivered', 'rejected']);
		const error = jsonsOf(result).find(({ error: found }) => found !== undefined);
		expect(Object.keys(error ?? {})).toEqual(['error', 'details']);
		expect(error?.details).toMatchObject({
			provider: world.subject.provider.displayName,
			operation: world.subject.operation,
			outcome: 'rejected',
			queuedAt: expect.any(String) as unknown,
			execution: 'execution-1',
			attempts: 1,
			...(stays.idKey !== undefined && { id: expect.any(String) as unknown }),
		});
		world.sandbox.setFaults([]);
		expect((await world.sendQueued()).items).toEqual([]);
	});

	each(
		'that is refused stops a node that stops on error, after all others are sent',
		async (world) => {
			await world.queue(1, 2, 3);
			world.sandbox.setFaults([{ kind: 'refuse', ids: [world.subject.id(1)] }]);
			const sending = world.sendQueued({
				settings: { onError: 'stopWorkflow' },
				options: world.subject.oneByOne,
			});
			await expect(sending).rejects.toMatchObject({
				message: expect.stringContaining(
					'1 of 3 queued events not delivered (1 rejected)',
				) as unknown,
			});
			expect(world.arrivals(2, 3)).toEqual([1, 1]);
		},
	);

	each('that has waited for too long leaves as an error, and is not sent', async (world) => {
		await world.queue(1);
		world.age(3);
		await world.queue(2);
		const result = await world.sendQueued({ options: { maxAge: 2 } });
		expect(outcomesOf(result)).toEqual(['failed', 'delivered']);
		expect(jsonsOf(result)[0]?.error).toContain('longer than the Max Age of 2 hours');
		expect(world.arrivals(1, 2)).toEqual([0, 1]);
		expect((await world.sendQueued()).items).toEqual([]);
		expect(await world.queue(1)).toEqual(['queued']);
	});

	each('that left undelivered can be queued and sent again from its item alone', async (world) => {
		await world.queue(1);
		world.age(3);
		const [left] = jsonsOf(await world.sendQueued({ options: { maxAge: 2 } }));
		const { event } = left?.details as { event: IDataObject };
		expect(left?.error).toMatch(
			/Its values are in details\.event: send or queue it again from them\.$/,
		);
		const again = await world.run([event], { parameters: { delivery: 'queue' } });
		expect(outcomesOf(again)).toEqual(['queued']);
		// it is the same to the record
		expect(await world.queue(1)).toEqual(['duplicate']);
		expect(outcomesOf(await world.sendQueued())).toEqual(['delivered']);
		expect(world.arrivals(1)).toEqual([1]);
	});

	each(
		'that is unknown can be sent again from its item, with Retry Unknown on',
		async (world) => {
			await world.queue(1);
			world.sandbox.setFaults([{ kind: 'resetBefore' }]);
			const [left] = jsonsOf(await world.sendQueued({ options: { maxRetries: 0 } }));
			world.sandbox.setFaults([]);
			expect(left?.error).toContain('send it from them with Retry Unknown on.');
			const { event } = left?.details as { event: IDataObject };
			expect(outcomesOf(await world.run([event]))).toEqual(['unknown']);
			const options = { retryUnknown: true };
			expect(outcomesOf(await world.run([event], { options }))).toEqual(['delivered']);
			expect(world.arrivals(1)).toEqual([1]);
		},
		subjects.filter((subject) => !operationOf(subject).deduplicates),
	);

	each(
		'that left undelivered shows no secret among its values',
		async (world) => {
			const item = { ...world.subject.item(1), userid: `user-${world.subject.secret}` };
			const queued = await world.run([item], { parameters: { delivery: 'queue' } });
			expect(outcomesOf(queued)).toEqual(['queued']);
			world.age(3);
			const result = await world.sendQueued({ options: { maxAge: 2 } });
			const [left] = jsonsOf(result);
			expect(left?.details).toMatchObject({ event: { userid: 'user-***' } });
			expect(JSON.stringify(result)).not.toContain(world.subject.secret);
		},
		[subjectOf('justtrack.revenueEvent')],
	);

	each(
		'that left undelivered stands in the error of a node that stops, which gives no items',
		async (world) => {
			await world.queue(1);
			world.age(3);
			const settings = { onError: 'stopWorkflow' } as const;
			const error: unknown = await world
				.sendQueued({ options: { maxAge: 2 }, settings })
				.catch((thrown: unknown) => thrown);
			const { description, messages } = error as NodeOperationError;
			expect(description).toContain('They have left the queue. Their values: see Error details');
			const [line] = messages.slice(-1).map((text) => JSON.parse(text) as { event: IDataObject });
			const again = await world.run([line?.event ?? {}]);
			expect(outcomesOf(again)).toEqual(['delivered']);
		},
		ofEachProvider,
	);

	each(
		'may have arrived: it is unknown where a repeat does harm, and named',
		async (world) => {
			await world.queue(1);
			world.sandbox.setFaults([{ kind: 'resetAfter' }]);
			const options = { maxRetries: 0 };
			expect(outcomesOf(await world.sendQueued({ options }))).toEqual(['unknown']);
			world.sandbox.setFaults([]);
			expect((await world.sendQueued()).items).toEqual([]);
			expect(world.arrivals(1)).toEqual([1]);
		},
		subjects.filter((subject) => !operationOf(subject).deduplicates),
	);

	/** Where a repeat is allowed: the provider removes duplicates, or the user takes the risk. */
	const repeating = ({ subject }: World, own: INodeParameters = {}) => ({
		options: {
			...subject.oneByOne,
			...(!operationOf(subject).deduplicates && { retryUnknown: true }),
			maxRetries: 0,
			...own,
		},
	});
	/** Leaves events in doubt: each has arrived, and its run does not know. */
	const leaveInDoubt = async (world: World, ...numbers: readonly number[]) => {
		await world.queue(...numbers);
		world.sandbox.setFaults([{ kind: 'resetAfter' }]);
		expect((await world.sendQueued(repeating(world))).items).toEqual([]);
		world.sandbox.setFaults([]);
	};

	for (const fault of [
		{ kind: 'status', status: 502, record: true },
		{ kind: 'resetAfter' },
	] as const) {
		each(
			`may have arrived, and stays where it may be repeated, until it is accepted (${fault.kind})`,
			async (world) => {
				await world.queue(1, 2);
				world.sandbox.setFaults([fault]);
				for (const _outage of [1, 2]) {
					const during = await world.sendQueued(repeating(world));
					expect(during.items).toEqual([]);
					expect(during.hints[0]).toMatchObject({
						type: 'warning',
						message: expect.stringContaining('2 events still wait in the queue.') as unknown,
					});
					expect(hintOf(during)).toContain(
						'The event may have been accepted, and the next run sends it again.',
					);
				}
				world.sandbox.setFaults([]);
				expect(outcomesOf(await world.sendQueued(repeating(world)))).toEqual(twice('delivered'));
				expect((await world.sendQueued()).items).toEqual([]);
				expect(await world.queue(1, 2)).toEqual(twice('duplicate'));
			},
			subjects.filter(({ quirks }) => fault.kind !== 'status' || quirks?.asksForRepeat !== true),
		);
	}

	each(
		'in doubt is unknown where it is refused for good, and has left',
		async (world) => {
			await leaveInDoubt(world, 1);
			world.sandbox.setFaults([{ kind: 'refuse', ids: [world.subject.id(1)] }]);
			expect(outcomesOf(await world.sendQueued(repeating(world)))).toEqual(['unknown']);
			world.sandbox.setFaults([]);
			const again = await world.sendQueued(repeating(world));
			expect(again.items).toEqual([]);
			expect(hintOf(again)).toContain('Nothing waits any more.');
		},
		ofEachProvider,
	);

	each(
		'in doubt stays where it is refused for rate',
		async (world) => {
			await leaveInDoubt(world, 1);
			world.sandbox.setFaults([{ kind: 'status', status: 429 }]);
			const refused = await world.sendQueued(repeating(world));
			expect(refused.items).toEqual([]);
			expect(hintOf(refused)).toContain('1 event still waits in the queue.');
			expect(hintOf(refused)).toContain('An earlier try was unclear.');
			world.sandbox.setFaults([]);
			expect(outcomesOf(await world.sendQueued(repeating(world)))).toEqual(['delivered']);
		},
		ofEachProvider,
	);

	each(
		'in doubt that has waited for too long is unknown, and is not sent',
		async (world) => {
			await leaveInDoubt(world, 1);
			world.age(3);
			const result = await world.sendQueued(repeating(world, { maxAge: 2 }));
			expect(outcomesOf(result)).toEqual(['unknown']);
			expect(jsonsOf(result)[0]?.error).toContain('it may have been accepted');
			expect(world.arrivals(1)).toEqual([1]);
			expect((await world.sendQueued(repeating(world))).items).toEqual([]);
		},
		ofEachProvider,
	);

	each(
		'in doubt is unknown where a later run may not repeat it, and named',
		async (world) => {
			await leaveInDoubt(world, 1);
			const result = await world.sendQueued();
			expect(outcomesOf(result)).toEqual(['unknown']);
			expect(jsonsOf(result)[0]?.error).toContain('and how that ended is not known');
			expect(world.arrivals(1)).toEqual([1]);
		},
		ofEachProvider.filter((subject) => !operationOf(subject).deduplicates),
	);

	each(
		'stays in it where the credential is refused, which is an error of the run',
		async (world) => {
			if (operationOf(world.subject).isWithoutSecret) return;
			await world.queue(1, 2);
			world.sandbox.setFaults([{ kind: 'status', status: 401 }]);
			const options = world.subject.oneByOne;
			const refused = await world.sendQueued({ options });
			if (outcomesOf(refused).includes('rejected')) return;
			expect(outcomesOf(refused)).toEqual(['unauthorized']);
			world.sandbox.setFaults([]);
			expect(outcomesOf(await world.sendQueued())).toEqual(twice('delivered'));
		},
	);
});

describe('a record that is off', () => {
	const refused = 'The delivery record is off, so nothing is kept in it';
	each(
		'refuses what needs it',
		async (world) => {
			for (const parameters of [
				{ delivery: 'queue' },
				{ operation: 'sendQueued' },
				{ operation: 'summarize' },
			] as INodeParameters[]) {
				const result = await world.run(world.items(1), {
					parameters: { ...parameters, deliveryRecord: 'off' },
				});
				expect(outcomesOf(result)).toEqual(['invalid']);
				expect(jsonsOf(result)[0]?.error).toContain(refused);
				if (parameters.operation === 'summarize') {
					expect(hintOf(result)).toContain(': nothing was counted. The delivery record is off');
				}
			}
			expect(world.sandbox.report().requests).toBe(0);
		},
		ofEachProvider,
	);
});

describe('a record that cannot be used', () => {
	each(
		'is not to be turned off by nodes that work with it alone',
		async (world) => {
			mkdirSync(recordFile(world.folder), { recursive: true });
			for (const parameters of [
				{ delivery: 'queue' },
				{ operation: 'sendQueued' },
				{ operation: 'summarize' },
			] as INodeParameters[]) {
				const [failed] = jsonsOf(await world.run(world.items(1), { parameters }));
				expect(failed?.error).toContain('The delivery record ');
				expect(failed?.error).not.toContain('to Off');
			}
		},
		ofEachProvider,
	);
});

function withoutCredential(context: IExecuteFunctions): void {
	const node = context.getNode();
	context.getNode = () => ({ ...node, credentials: undefined });
}

describe('a node without a credential', () => {
	each(
		'sends what needs none, and counts it',
		async ({ subject, sandbox, folder }) => {
			const world = new World(subject, sandbox, folder);
			await world.queue(1);
			const run = async (parameters: INodeParameters) => {
				const prepared = prepareRecorded(folder, subject, sandbox.url, [{}], { parameters });
				// the defaults stand for it: there nothing waits that could go to the real address
				withoutCredential(prepared.context);
				return await prepared.run();
			};
			expect((await run({ operation: 'sendQueued' })).items).toEqual([]);
			expect((await run({ operation: 'summarize' })).items).toEqual([]);
			expect(outcomesOf(await world.sendQueued())).toEqual(['delivered']);
		},
		[subjectOf('runative.conversion')],
	);

	each(
		'is refused where each needs one',
		async ({ subject, sandbox, folder }) => {
			const parameters = { operation: 'sendQueued' };
			const prepared = prepareRecorded(folder, subject, sandbox.url, [{}], { parameters });
			withoutCredential(prepared.context);
			const result = await prepared.run();
			expect(outcomesOf(result)).toEqual(['failed']);
			expect(jsonsOf(result)[0]?.error).toContain('Choose a credential');
		},
		[subjectOf('justtrack.revenueEvent')],
	);
});

describe('a long queue', () => {
	each(
		'is sent with no more of it held than a window',
		async (world) => {
			const { folder, sandbox } = world;
			const numbers = Array.from({ length: 3 * WINDOW }, (_, number) => number);
			await world.queue(...numbers);
			// so that nothing ends while the window fills
			sandbox.setFaults([{ kind: 'delay', ms: 150 }]);
			const running = world.sendQueued();
			const database = new DatabaseSync(recordFile(folder));
			const count = database.prepare(
				'SELECT count(*) AS held FROM open WHERE run <> 0 AND state < 2',
			);
			let most = 0;
			let isOver = false;
			void running.then(() => (isOver = true));
			await until(() => {
				most = Math.max(most, (count.get() as { held: number }).held);
				if (most > 1_000) sandbox.setFaults([]);
				return isOver;
			});
			database.close();
			expect(outcomesOf(await running)).toHaveLength(numbers.length);
			expect(most).toBeGreaterThan(1_000);
			// ends that are not written yet beside those that are held
			expect(most).toBeLessThanOrEqual(WINDOW + 600);
		},
		[subjectOf('justtrack.revenueEvent')],
	);
});

describe('events of one device', () => {
	const [session, event] = [subjectOf('singular.session'), subjectOf('singular.event')];
	/** The times of the events of a device, as they arrived. */
	const timesIn = (sandbox: Sandbox) =>
		sandbox.report().events.map(({ event: { utime } }) => utime);

	each(
		'go out in the order in which they were queued, whatever their operations',
		async (world) => {
			const { folder, sandbox } = world;
			const times: string[] = [];
			for (let number = 0; number < 24; number++) {
				const subject = Math.floor(number / 3) % 2 === 0 ? session : event;
				const item = { ...subject.item(1), utime: 1769860800 + number };
				times.push(String(item.utime));
				const other = new World(subject, sandbox, folder);
				const parameters = { delivery: 'queue' };
				expect(outcomesOf(await other.run([item], { parameters }))).toEqual(['queued']);
			}
			sandbox.setFaults([{ kind: 'delay', ms: 3 }]);
			expect(outcomesOf(await world.sendQueued())).toEqual(times.map(() => 'delivered'));
			expect(timesIn(sandbox).map(String)).toEqual(times);
		},
		[session],
	);

	each(
		'wait together too where the earlier one is in doubt, and go out again in their order',
		async (world) => {
			const { sandbox } = world;
			const items = [1, 2, 3].map((number) => ({
				...event.item(1),
				utime: 1769860800 + number,
			}));
			await world.run(items, { parameters: { delivery: 'queue' } });
			sandbox.setFaults([{ kind: 'resetBefore', next: 1 }]);
			const options = { maxRetries: 0, retryUnknown: true };
			const first = await world.sendQueued({ options });
			expect(first.items).toEqual([]);
			expect(hintOf(first)).toContain('3 events still wait');
			await world.sendQueued({ options });
			expect(timesIn(sandbox)).toEqual(items.map(({ utime }) => String(utime)));
		},
		[event],
	);

	each(
		'wait together: none goes out before an earlier one that stays',
		async (world) => {
			const { sandbox } = world;
			const items = [1, 2, 3].map((number) => ({
				...event.item(1),
				utime: 1769860800 + number,
			}));
			const others = world.items(7, 8);
			await world.run([...items, ...others], { parameters: { delivery: 'queue' } });
			sandbox.setFaults([{ kind: 'status', status: 400, ids: [event.id(1)], next: 1 }]);
			const options = { maxRetries: 0, maxConcurrency: 1 };
			const first = await world.sendQueued({ options });
			expect(outcomesOf(first)).toEqual(twice('delivered'));
			expect(hintOf(first)).toContain('3 events still wait');
			sandbox.setFaults([]);
			await world.sendQueued();
			expect(timesIn(sandbox).slice(2)).toEqual(items.map(({ utime }) => String(utime)));
		},
		[event],
	);
});

function operationOf({ provider, operation }: Subject) {
	const found = provider.operations[operation];
	if (!found) throw new Error(`${operation} is an operation`);
	return found;
}
