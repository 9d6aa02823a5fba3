import fc from 'fast-check';

import type { EventEnd, Store, StoreRun } from '../../transport/store/store';
import { event, key, MINUTE, owner, type World } from './store.suite';

const EVENTS = 5;
const PROCESSES = 2;
/** Of each event by its number. */
const LANES: readonly (readonly string[])[] = [['a'], ['a'], ['b'], ['a', 'b'], []];
const OPERATION = owner.operation;

const stored = (number: number) => ({ ...event(number), lanes: LANES[number] ?? [] });

/** What the record should say, without tables, transactions, processes or clocks. */
class Model {
	processes = Array.from({ length: PROCESSES }, () => new ModelProcess());
	runs: ModelRun[] = [];
	readonly open = new Map<number, ModelEvent>();
	readonly done = new Map<number, 'delivered' | 'unknown'>();
	private places = 0;
	private executions = 0;

	begin(at: number, mayRepeat: boolean): ModelRun {
		const process = this.processes[at] ?? new ModelProcess();
		const run = new ModelRun(at, process, mayRepeat, `${++this.executions}`);
		this.runs.push(run);
		return run;
	}

	store(number: number, run: ModelRun, holder: ModelRun | undefined): void {
		this.open.set(number, {
			holder,
			isSending: false,
			isQueued: holder === undefined,
			place: ++this.places,
			by: run.execution,
			execution: run.execution,
		});
	}

	isHeld({ holder }: ModelEvent): boolean {
		return holder !== undefined && holder.isLive && holder.process.hasLease;
	}

	/** Nobody works on it any more. */
	takeOut(number: number): void {
		if (this.open.get(number)?.isSending) this.doubt(number);
		this.open.delete(number);
	}

	doubt(number: number): void {
		if (!this.done.has(number)) this.done.set(number, 'unknown');
	}

	/** What is known of an event, if that keeps the run from sending it. */
	barred(number: number, mayRepeat: boolean) {
		const known = this.done.get(number);
		return known === 'unknown' && mayRepeat ? undefined : known;
	}

	giveBack(one: ModelEvent): void {
		one.holder = undefined;
		one.isSending = false;
		one.isQueued = true;
	}

	/** Those that the run has. */
	held(run: ModelRun): [number, ModelEvent][] {
		return [...this.open].filter(([, one]) => one.holder === run);
	}

	/** The next of the queue that a run would take, and what it passes over. */
	next(run: ModelRun, maxEvents: number): { picked: number[]; isCut: boolean } {
		const line = [...this.open].sort(([, a], [, b]) => a.place - b.place);
		const picked: number[] = [];
		for (const [number, one] of line) {
			if (one.place <= run.place) continue;
			if (picked.length >= maxEvents) return { picked, isCut: true };
			run.place = one.place;
			if (this.isHeld(one) && one.holder === run) continue;
			const lanes = LANES[number] ?? [];
			if (!this.isHeld(one) && !lanes.some((lane) => run.passed.has(lane))) picked.push(number);
			else for (const lane of lanes) run.passed.add(lane);
		}
		return { picked, isCut: false };
	}

	counts(): Record<string, number> {
		const counts: Record<string, number> = {};
		const count = (outcome: string) => (counts[outcome] = (counts[outcome] ?? 0) + 1);
		for (const outcome of this.done.values()) count(outcome);
		for (const [number, { isSending }] of this.open) {
			if (!this.done.has(number)) count(isSending ? 'unknown' : 'queued');
		}
		return counts;
	}
}

class ModelProcess {
	/** Whether others take it for alive. */
	hasLease = true;
}

class ModelRun {
	/** Whether it has begun to claim, and not ended. */
	isLive = false;
	/** How far it has gone through the queue. */
	place = 0;
	readonly passed = new Set<string>();
	readonly taken = new Set<number>();

	constructor(
		readonly at: number,
		readonly process: ModelProcess,
		readonly mayRepeat: boolean,
		readonly execution: string,
	) {}

	/** Any call renews what its process has. */
	call(): void {
		this.process.hasLease = true;
	}
}

interface ModelEvent {
	holder: ModelRun | undefined;
	isSending: boolean;
	isQueued: boolean;
	readonly place: number;
	/** The execution that stored it, and the one that has it or had it last. */
	readonly by: string;
	execution: string;
}

interface Real {
	readonly world: World;
	readonly stores: Store[];
	readonly runs: Map<ModelRun, StoreRun>;
}

type Command = fc.AsyncCommand<Model, Real>;

/** A step of a run that lives. */
abstract class RunCommand implements Command {
	constructor(protected readonly which: number) {}

	check({ runs }: Readonly<Model>): boolean {
		return runs.length > 0;
	}

	async run(model: Model, real: Real): Promise<void> {
		const run = model.runs[this.which % model.runs.length];
		const store = run && real.runs.get(run);
		if (run && store) await this.step(model, run, store);
	}

	protected abstract step(model: Model, run: ModelRun, real: StoreRun): Promise<void>;
}

class Begin implements Command {
	constructor(
		private readonly at: number,
		private readonly mayRepeat: boolean,
	) {}

	check(): boolean {
		return true;
	}

	run(model: Model, { stores, runs }: Real): Promise<void> {
		const run = model.begin(this.at, this.mayRepeat);
		const { execution, mayRepeat } = run;
		const real = stores[this.at]?.begin({ ...owner, execution, mayRepeat });
		if (real) runs.set(run, real);
		return Promise.resolve();
	}

	toString(): string {
		return `begin(process ${this.at}${this.mayRepeat ? ', repeating' : ''})`;
	}
}

class Claim extends RunCommand {
	constructor(
		which: number,
		private readonly events: readonly number[],
	) {
		super(which);
	}

	protected override async step(model: Model, run: ModelRun, real: StoreRun): Promise<void> {
		run.call();
		run.isLive = true;
		const expected = this.events.map((number) => {
			const one = model.open.get(number);
			if (one && model.isHeld(one)) return { kind: 'busy', execution: one.execution };
			if (one?.isQueued) return { kind: 'queued', execution: one.by };
			if (one) model.takeOut(number);
			const barred = model.barred(number, run.mayRepeat);
			if (barred) return { kind: barred };
			const doubt = model.done.has(number);
			model.store(number, run, run);
			return { kind: 'claimed', isDoubtful: doubt };
		});
		const claims = await real.claim(this.events.map(stored));
		expect(
			claims.map((claim) => {
				if (claim.kind === 'claimed') return { kind: 'claimed', isDoubtful: 'doubt' in claim };
				if (claim.kind === 'delivered' || claim.kind === 'unknown') return { kind: claim.kind };
				return { kind: claim.kind, execution: claim.execution };
			}),
		).toEqual(expected);
	}

	override toString(): string {
		return `run ${this.which}: claim(${this.events.join()})`;
	}
}

class Queue extends RunCommand {
	constructor(
		which: number,
		private readonly events: readonly number[],
	) {
		super(which);
	}

	protected override async step(model: Model, run: ModelRun, real: StoreRun): Promise<void> {
		run.call();
		const expected = this.events.map((number) => {
			const one = model.open.get(number);
			const isLost =
				one?.isSending === true && !one.isQueued && !run.mayRepeat && !model.isHeld(one);
			if (one && !isLost) {
				one.isQueued = true;
				return { kind: 'waiting', execution: one.by };
			}
			if (one) model.takeOut(number);
			const barred = model.barred(number, run.mayRepeat);
			if (barred) return { kind: barred };
			model.store(number, run, undefined);
			return { kind: 'queued' };
		});
		const answers = await real.queue(this.events.map(stored));
		expect(
			answers.map((answer) =>
				answer.kind === 'waiting'
					? { kind: answer.kind, execution: answer.execution }
					: { kind: answer.kind },
			),
		).toEqual(expected);
	}

	override toString(): string {
		return `run ${this.which}: queue(${this.events.join()})`;
	}
}

class Take extends RunCommand {
	constructor(
		which: number,
		private readonly maxEvents: number,
		private readonly isRepeatable: boolean,
	) {
		super(which);
	}

	protected override async step(model: Model, run: ModelRun, real: StoreRun): Promise<void> {
		run.call();
		run.isLive = true;
		const expected: object[] = [];
		for (let isCut = true; isCut && expected.length === 0;) {
			const next = model.next(run, this.maxEvents);
			for (const number of next.picked) expected.push(...this.takeOne(model, run, number));
			({ isCut } = next);
		}
		const repeatable = this.isRepeatable ? [OPERATION] : [];
		const taken = await real.take({ maxEvents: this.maxEvents, repeatable });
		expect(
			taken.map(({ kind, key: id, execution, doubt, lanes = [] }) => ({
				kind,
				number: parseInt(id, 16),
				execution,
				isDoubtful: doubt !== undefined,
				lanes,
			})),
		).toEqual(expected);
	}

	private takeOne(model: Model, run: ModelRun, number: number): object[] {
		const one = model.open.get(number);
		if (!one) return [];
		if (one.isSending) model.doubt(number);
		const known = model.done.get(number);
		const told = {
			number,
			execution: one.by,
			isDoubtful: known !== undefined,
			lanes: LANES[number],
		};
		if (known === 'delivered' || (known && !this.isRepeatable)) {
			model.open.delete(number);
			return known === 'delivered' ? [] : [{ ...told, kind: 'unknown' }];
		}
		model.giveBack(one);
		one.holder = run;
		one.execution = run.execution;
		run.taken.add(number);
		return [{ ...told, kind: 'taken' }];
	}

	override toString(): string {
		return `run ${this.which}: take(${this.maxEvents}${this.isRepeatable ? ', repeatable' : ''})`;
	}
}

class Mark extends RunCommand {
	constructor(
		which: number,
		private readonly events: readonly number[],
		private readonly state: 'waiting' | 'sending',
	) {
		super(which);
	}

	protected override async step(model: Model, run: ModelRun, real: StoreRun): Promise<void> {
		run.call();
		const expected = this.events.map((number) => {
			const one = model.open.get(number);
			if (one?.holder !== run) return false;
			one.isSending = this.state === 'sending';
			return true;
		});
		expect(await real.mark(this.events.map(key), this.state)).toEqual(expected);
	}

	override toString(): string {
		return `run ${this.which}: mark(${this.events.join()} as ${this.state})`;
	}
}

/** Ends what the run has or had, or nothing of its. */
class End extends RunCommand {
	constructor(
		which: number,
		private readonly number: number,
		private readonly outcome: EventEnd['outcome'],
	) {
		super(which);
	}

	protected override async step(model: Model, run: ModelRun, real: StoreRun): Promise<void> {
		run.call();
		const { number, outcome } = this;
		const one = model.open.get(number);
		const isTaken = run.taken.has(number);
		const isBack = outcome === 'queued' || outcome === 'doubtful';
		if (isBack && isTaken) {
			for (const lane of LANES[number] ?? []) run.passed.add(lane);
		}
		if (one?.holder === run) {
			if (outcome === 'delivered') model.done.set(number, 'delivered');
			if (outcome === 'unknown' || outcome === 'doubtful') model.doubt(number);
			if (isBack || (outcome === 'none' && !isTaken && one.isQueued)) {
				model.giveBack(one);
			} else model.open.delete(number);
		} else if (outcome === 'delivered' && model.done.has(number)) {
			model.done.set(number, 'delivered');
		}
		run.taken.delete(number);
		await real.end([{ key: key(number), outcome }]);
	}

	override toString(): string {
		return `run ${this.which}: end(${this.number} as ${this.outcome})`;
	}
}

class Finish extends RunCommand {
	protected override async step(model: Model, run: ModelRun, real: StoreRun): Promise<void> {
		run.call();
		for (const [number, one] of model.held(run)) {
			if (one.isQueued && !one.isSending) model.giveBack(one);
			else model.takeOut(number);
		}
		run.isLive = false;
		model.runs = model.runs.filter((other) => other !== run);
		await real.finish();
	}

	override toString(): string {
		return `run ${this.which}: finish()`;
	}
}

class Kill implements Command {
	constructor(private readonly at: number) {}

	check(): boolean {
		return true;
	}

	async run(model: Model, { world, stores }: Real): Promise<void> {
		model.runs = model.runs.filter(({ at }) => at !== this.at);
		model.processes[this.at] = new ModelProcess();
		const store = stores[this.at];
		if (store) await world.kill(store);
		stores[this.at] = world.start('elsewhere');
	}

	toString(): string {
		return `kill(process ${this.at})`;
	}
}

/** All processes stand still, until each does something again. */
class Sleep implements Command {
	check(): boolean {
		return true;
	}

	async run(model: Model, { world }: Real): Promise<void> {
		for (const run of allHolders(model)) run.process.hasLease = false;
		await world.freeze(2 * MINUTE);
	}

	toString(): string {
		return 'sleep';
	}
}

/** Time passes, in which those that live renew their leases. */
class Wait implements Command {
	check(): boolean {
		return true;
	}

	async run(model: Model, { world }: Real): Promise<void> {
		const living = new Set(model.processes);
		const busy = new Set(
			[...allHolders(model), ...model.runs]
				.filter(({ isLive }) => isLive)
				.map((run) => run.process),
		);
		for (const { process } of allHolders(model)) {
			process.hasLease = living.has(process) && busy.has(process);
		}
		await world.live(MINUTE / 2);
	}

	toString(): string {
		return 'wait';
	}
}

function allHolders({ open, runs }: Model): ModelRun[] {
	return [...runs, ...[...open.values()].flatMap(({ holder }) => holder ?? [])];
}

class Summarize implements Command {
	check(): boolean {
		return true;
	}

	async run(model: Model, { stores }: Real): Promise<void> {
		const counts: Record<string, number> = {};
		for (const { outcome, events } of (await stores[0]?.summarize(owner)) ?? []) {
			counts[outcome] = (counts[outcome] ?? 0) + events;
		}
		// asking renews what its own process has
		if (model.processes[0]) model.processes[0].hasLease = true;
		expect(counts).toEqual(model.counts());
	}

	toString(): string {
		return 'summarize';
	}
}

const aRun = fc.nat(5);
const anEvent = fc.nat(EVENTS - 1);
const someEvents = fc.uniqueArray(anEvent, { minLength: 1 });
const aProcess = fc.nat(PROCESSES - 1);
const claim = fc.tuple(aRun, someEvents).map(([run, events]) => new Claim(run, events));
const queue = fc.tuple(aRun, someEvents).map(([run, events]) => new Queue(run, events));
const take = fc
	.tuple(aRun, fc.integer({ min: 1, max: EVENTS }), fc.boolean())
	.map((args) => new Take(...args));
const mark = fc
	.tuple(
		aRun,
		someEvents,
		fc.constantFrom('waiting' as const, 'sending' as const, 'sending' as const),
	)
	.map((args) => new Mark(...args));
const end = fc
	.tuple(
		aRun,
		anEvent,
		fc.constantFrom<EventEnd['outcome'][]>('delivered', 'unknown', 'none', 'queued', 'doubtful'),
	)
	.map((args) => new End(...args));

const commands: fc.Arbitrary<Command>[] = [
	fc.tuple(aProcess, fc.boolean()).map((args) => new Begin(...args)),
	claim,
	queue,
	queue,
	take,
	take,
	mark,
	mark,
	end,
	end,
	aRun.map((run) => new Finish(run)),
	aProcess.map((process) => new Kill(process)),
	fc.constant(new Sleep()),
	fc.constant(new Wait()),
	fc.constant(new Summarize()),
];

/** Claims, queues, takes, marks, ends, crashes and expiries, in any order, against a plain model. */
export function describeModel(
	name: string,
	createWorld: () => World | Promise<World>,
	numRuns: number,
): void {
	it(`${name} answers as a plain model does, whatever runs do, in whatever order, and whenever they die`, async () => {
		await fc.assert(
			fc.asyncProperty(fc.commands(commands, { size: '+1' }), async (steps) => {
				const world = await createWorld();
				try {
					const model = new Model();
					const real: Real = {
						world,
						stores: model.processes.map(() => world.start('elsewhere')),
						runs: new Map(),
					};
					// without runs there is nothing to do
					for (const at of model.processes.keys()) await new Begin(at, at > 0).run(model, real);
					await fc.asyncModelRun(() => ({ model, real }), steps);
					await new Summarize().run(model, real);
				} finally {
					await world.end();
				}
			}),
			{ numRuns },
		);
	}, 120_000);
}
