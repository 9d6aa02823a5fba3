import type { DatabaseSync } from 'node:sqlite';

export const SECONDS_PER_DAY = 86_400;

/** States of open events. */
export const [WAITING, SENDING] = [0, 1];
/** Outcomes of done ones. */
export const [DELIVERED, UNKNOWN] = [0, 1];
/** The state of an open event that has ended is its outcome and this. */
export const ENDED = 2;

/** What is certain stays so. */
const UNLESS_CERTAIN = `
	ON CONFLICT DO UPDATE SET
		outcome = excluded.outcome, at = excluded.at, execution = excluded.execution,
		keep = excluded.keep, amount = excluded.amount, currency = excluded.currency
	WHERE excluded.outcome = 0 OR done.outcome = 1`;

const MOVED = `key, scope, state - ${ENDED}, at, execution, keep, amount, currency FROM open`;

export function prepareAll(database: DatabaseSync) {
	const prepare = (sql: string) => database.prepare(sql);
	const owned = 'instance = ? AND run = ?';
	const owners = 'FROM open LEFT JOIN instances ON instances.id = open.instance';
	const ownership = `open.instance, run, state, at, execution, host, pid, aliveUntil,
		queued, queuedAt, queuedBy`;
	return {
		findOpen: prepare(`SELECT ${ownership} ${owners} WHERE key = ?`),
		findDone: prepare('SELECT outcome, at, execution FROM done WHERE key = ?'),
		open: prepare(`INSERT INTO open
			(key, instance, run, account, scope, state, at, execution, keep, amount, currency,
				queued, queuedAt, queuedBy)
			VALUES (?, ?, ?, ?, ?, ${WAITING}, ?, ?, ?, ?, ?, ?, ?, ?)`),
		keep: prepare('INSERT INTO contents VALUES (?, ?, ?)'),
		mark: prepare(
			`UPDATE open SET state = ?, at = ? WHERE key = ? AND ${owned} AND state < ${ENDED}`,
		),
		finish: prepare(`UPDATE open SET state = ${ENDED} + ?, at = ?, queued = 0
			WHERE key = ? AND ${owned} AND state < ${ENDED}`),
		moveOne: [
			prepare(
				`INSERT INTO done SELECT ${MOVED} WHERE key = ? AND state >= ${ENDED} ${UNLESS_CERTAIN}`,
			),
			prepare(`DELETE FROM open WHERE key = ? AND state >= ${ENDED}`),
		],
		moveAll: [
			prepare(
				`INSERT INTO done SELECT ${MOVED} WHERE state >= ${ENDED} ORDER BY key ${UNLESS_CERTAIN}`,
			),
			prepare(`DELETE FROM open WHERE state >= ${ENDED}`),
		],
		settle: prepare(`INSERT INTO done
			SELECT key, scope, ?, coalesce(?, at), execution, keep, amount, currency
			FROM open WHERE key = ? AND ${owned} AND state < ${ENDED} ${UNLESS_CERTAIN}`),
		close: prepare(`DELETE FROM open WHERE key = ? AND ${owned} AND state < ${ENDED}`),
		correct: prepare(`UPDATE done SET outcome = ${DELIVERED}, at = ?, execution = ? WHERE key = ?`),
		/** The queue has it as well as its run. */
		wish: prepare('UPDATE open SET queued = 1 WHERE key = ?'),
		giveBack: prepare(`UPDATE open SET instance = 0, run = 0, state = ${WAITING}, queued = 1
			WHERE key = ? AND ${owned} AND state < ${ENDED}`),
		next: prepare(`SELECT ${ownership}, key, place, operation, content, lanes, amount, currency
			${owners} JOIN scopes ON scopes.id = open.scope JOIN contents USING (place)
			WHERE open.account = ? AND place > ? AND state < ${ENDED} ORDER BY place LIMIT ?`),
		take: prepare(`UPDATE open
			SET instance = ?, run = ?, state = ${WAITING}, queued = 1, at = ?, execution = ? WHERE key = ?`),
		countQueued: prepare(
			`SELECT count(*) AS events, instance, run, host, pid, aliveUntil
				FROM open LEFT JOIN instances ON instances.id = instance
				WHERE account = ? AND queued = 1 AND state = ${WAITING} GROUP BY instance, run`,
		),
		counted: prepare(`
			SELECT operation, iif(outcome = ${DELIVERED}, 'delivered', 'unknown') AS outcome,
				at / ${SECONDS_PER_DAY} AS day, currency, amount
			FROM done JOIN scopes ON scopes.id = scope WHERE provider = ?1 AND account = ?2
			UNION ALL
			SELECT operation, iif(state = ${SENDING}, 'unknown', 'queued'),
				iif(state = ${SENDING}, at, queuedAt) / ${SECONDS_PER_DAY}, currency, amount
			FROM open JOIN scopes ON scopes.id = scope WHERE provider = ?1 AND scopes.account = ?2
				AND state < ${ENDED} AND key NOT IN (SELECT key FROM done)`),
		stepEnd: prepare('SELECT key FROM done WHERE key > ? ORDER BY key LIMIT 1 OFFSET ?'),
		// what waits all the same needs its doubt
		forgetDone: prepare(`DELETE FROM done
			WHERE key > ? AND key <= ? AND at + keep * ${SECONDS_PER_DAY} < ?
				AND key NOT IN (SELECT key FROM open)`),
		forgetRest: [
			// what was promised to be sent stays until it is
			prepare(`DELETE FROM open WHERE at + keep * ${SECONDS_PER_DAY} < ?1 AND queued = 0 AND (state >= ${ENDED}
				OR instance NOT IN (SELECT id FROM instances WHERE aliveUntil >= ?2))`),
			prepare(`DELETE FROM instances WHERE aliveUntil < ?2 - ${SECONDS_PER_DAY} * 1000`),
		],
		renew: prepare('UPDATE instances SET aliveUntil = ? WHERE id = ?'),
		enter: prepare('INSERT INTO instances (host, pid, aliveUntil) VALUES (?, ?, ?)'),
		addScope: prepare(
			'INSERT OR IGNORE INTO scopes (provider, operation, account) VALUES (?, ?, ?)',
		),
		findScope: prepare(
			'SELECT id FROM scopes WHERE provider = ? AND operation = ? AND account = ?',
		),
		addAccount: prepare('INSERT OR IGNORE INTO accounts (provider, account) VALUES (?, ?)'),
		findAccount: prepare('SELECT id FROM accounts WHERE provider = ? AND account = ?'),
	};
}
