import type { CallOf, Found } from '../calls';
import { pick, type InLine } from '../pick';
import type { TakenEvent } from '../store';
import { toTaken, type Stored } from '../taken';
import { LOCK_CLASS } from './schema';
import { keyOf, keysBy, knownOf, SENDING, type Ended, type Holding, type Session } from './session';
import { accountId, release } from './storing';

/** Events that a step through the queue looks at beyond those that it may take. */
const MAX_PASSED = 100;

interface QueueRow extends Holding, Ended, Omit<Stored, 'queuedAt'> {
	readonly key: string;
	/** Of the state. */
	readonly at: string;
	readonly place: number;
}

/**
 * Takes the next events of an account's queue. Those of one account do so one after another, for as
 * long as it takes to write: of two that looked at once, each could leave to the other what shares a
 * lane with something that the other has.
 */
export async function take(session: Session, call: CallOf<'take'>): Promise<Found> {
	const { ask, sql, memory } = session;
	const { run, owner, place, lanes, maxEvents, repeatable } = call;
	const account = await accountId(session, owner);
	await ask('SELECT pg_advisory_xact_lock($1, $2)', [LOCK_CLASS, account]);
	const limit = maxEvents + MAX_PASSED;
	const rows = (await ask(sql.next, [account, place, limit])) as QueueRow[];
	const own = memory.idOf(run);
	const queue = rows.map((row) => ({ ...row, key: keyOf(row), holder: holderOf(row, own) }));

	const wanted = pick(queue, lanes, maxEvents, place);
	const held = await hold(session, wanted.events);
	// what another is changing just now is passed over, with all that shares a lane with it
	const seen = queue
		.filter((row) => row.place <= wanted.place)
		.map((row) =>
			row.holder !== 'nobody' || held.has(row.key) ? row : { ...row, holder: 'another' as const },
		);
	const picked = pick(seen, lanes, maxEvents, place);

	const taken: QueueRow[] = [];
	const ended: QueueRow[] = [];
	const events: TakenEvent[] = [];
	for (const row of picked.events) {
		const known = knownOf(row);
		const doubt = row.state === SENDING ? { at: Number(row.at), execution: row.execution } : known;
		const isFree = doubt === undefined || repeatable.includes(row.operation);
		// a run that was taken for dead has delivered it
		const isDelivered = known?.kind === 'delivered';
		if (isFree && !isDelivered) taken.push(row);
		else ended.push(row);
		if (isDelivered) continue;
		const stored = { ...row, queuedAt: Number(row.queuedAt) };
		events.push(toTaken(stored, row.key, isFree ? 'taken' : 'unknown', doubt));
	}
	if (ended.length > 0) await release(session, ended);
	if (taken.length > 0) {
		const keys = taken.map(({ key }) => key);
		if (taken.some(({ state }) => state === SENDING)) await ask(sql.doubt, [keys]);
		await ask(sql.take, [keys, own, owner.execution]);
	}
	const isEnd = !wanted.isCut && rows.length < limit;
	return { events, place: picked.place, lanes: picked.lanes, isEnd };
}

/** The keys of those that still are as they were seen: nobody changes them any more. */
async function hold(session: Session, rows: readonly QueueRow[]): Promise<ReadonlySet<string>> {
	if (rows.length === 0) return new Set();
	return await keysBy(session, session.sql.hold, [
		rows.map(({ key }) => key),
		rows.map(({ run }) => run),
		rows.map(({ state }) => state),
		rows.map(({ queued }) => queued),
	]);
}

function holderOf({ isAlive, run }: Holding, own: string): InLine['holder'] {
	if (!isAlive) return 'nobody';
	return run === own ? 'thisRun' : 'another';
}
