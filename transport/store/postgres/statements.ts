import { SCHEMA } from './schema';

const SECONDS_PER_DAY = 86_400;

/** What is certain stays so. */
const UNLESS_CERTAIN = `
	ON CONFLICT (key) DO UPDATE SET
		outcome = excluded.outcome, at = excluded.at, execution = excluded.execution,
		keep = excluded.keep, amount = excluded.amount, currency = excluded.currency
	WHERE excluded.outcome = 0 OR done.outcome = 1`;

const DONE = `INSERT INTO ${SCHEMA}.done
	(key, scope, outcome, at, execution, keep, amount, currency)`;

/** What a run has, by key and run. */
const OWN = 'open.key = asked.key AND open.run = asked.run';

export type Statements = ReturnType<typeof statementsBy>;

/**
 * Every statement takes many events at once, a column of each as an array.
 *
 * What another process may do meanwhile, a statement finds out for itself: it changes an event only
 * where the run has it, or where it still is as it was seen.
 *
 * @param clock SQL for the time: the database's own, since processes have clocks of their own
 */
export function statementsBy(clock: string) {
	const now = `floor(extract(epoch FROM ${clock}))::bigint`;
	return {
		/** Runs are alive for so many ms more. */
		renew: `INSERT INTO ${SCHEMA}.runs AS known (id, alive_until)
			SELECT id, ${clock} + $2 * interval '1 ms' FROM unnest($1::uuid[]) AS asked (id) ORDER BY id
			ON CONFLICT (id) DO UPDATE SET alive_until = excluded.alive_until`,
		finishRuns: `DELETE FROM ${SCHEMA}.runs WHERE id = ANY ($1::uuid[])`,
		addAccount: `INSERT INTO ${SCHEMA}.accounts (provider, account) VALUES ($1, $2)
			ON CONFLICT DO NOTHING`,
		findAccount: `SELECT id FROM ${SCHEMA}.accounts WHERE provider = $1 AND account = $2`,
		addScope: `INSERT INTO ${SCHEMA}.scopes (account, operation) VALUES ($1, $2)
			ON CONFLICT DO NOTHING`,
		findScope: `SELECT id FROM ${SCHEMA}.scopes WHERE account = $1 AND operation = $2`,
		/** The next places in the order of storing. */
		places: `SELECT nextval('${SCHEMA}.places')::float8 AS place FROM generate_series(1, $1)`,
		/**
		 * Stores events that are not there yet; in the order of their keys, so that two that store the
		 * same do not wait for each other in a circle.
		 */
		insert: `INSERT INTO ${SCHEMA}.open (key, run, account, scope, state, at, execution, keep,
				amount, currency, content, lanes, place, queued, queued_at, queued_by)
			SELECT key, run, account, scope, 0, ${now}, execution, keep,
				amount, currency, content, lanes, place, queued, ${now}, execution
			FROM unnest(
				$1::uuid[], $2::uuid[], $3::integer[], $4::integer[], $5::text[], $6::integer[],
				$7::text[], $8::text[], $9::text[], $10::text[], $11::boolean[], $12::boolean[],
				$13::bigint[]
			) AS asked (
				key, run, account, scope, execution, keep,
				amount, currency, content, lanes, queued, may_repeat, place
			)
			WHERE NOT EXISTS (SELECT FROM ${SCHEMA}.done
				WHERE done.key = asked.key AND (done.outcome = 0 OR NOT asked.may_repeat))
			ORDER BY key
			ON CONFLICT DO NOTHING RETURNING key`,
		/** Stored a moment ago, by this transaction. */
		undo: `DELETE FROM ${SCHEMA}.open WHERE key = ANY ($1::uuid[])`,
		/** What is known of events. */
		look: `SELECT open.key IS NOT NULL AS "isOpen", open.run, state, open.execution, queued,
				queued_at AS "queuedAt", queued_by AS "queuedBy",
				coalesce(alive_until > ${clock}, false) AS "isAlive",
				done.outcome, done.at AS "doneAt", done.execution AS "doneBy"
			FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (key, number)
			LEFT JOIN ${SCHEMA}.open ON open.key = asked.key
			LEFT JOIN ${SCHEMA}.runs ON runs.id = open.run
			LEFT JOIN ${SCHEMA}.done ON done.key = asked.key
			ORDER BY number`,
		/** Takes out what nobody works on any more: begun, it may have arrived. */
		release: `WITH gone AS (
				DELETE FROM ${SCHEMA}.open USING unnest(
					$1::uuid[], $2::uuid[], $3::smallint[], $4::boolean[]
				) AS asked (key, run, state, queued)
				WHERE open.key = asked.key AND open.run IS NOT DISTINCT FROM asked.run
					AND open.state = asked.state AND open.queued = asked.queued
				RETURNING open.*
			)
			${DONE} SELECT key, scope, 1, at, execution, keep, amount, currency
			FROM gone WHERE state = 1 ${UNLESS_CERTAIN}`,
		/** The queue has them as well as their runs. */
		wish: `UPDATE ${SCHEMA}.open SET queued = true WHERE key = ANY ($1::uuid[]) RETURNING key`,
		mark: `UPDATE ${SCHEMA}.open SET state = asked.state, at = ${now}
			FROM unnest($1::uuid[], $2::uuid[], $3::smallint[]) AS asked (key, run, state)
			WHERE ${OWN} RETURNING open.key`,
		settle: `WITH gone AS (
				DELETE FROM ${SCHEMA}.open
				USING unnest($1::uuid[], $2::uuid[], $3::smallint[]) AS asked (key, run, outcome)
				WHERE ${OWN} RETURNING open.*, asked.outcome
			), settled AS (
				${DONE} SELECT key, scope, outcome, ${now}, execution, keep, amount, currency
				FROM gone ${UNLESS_CERTAIN}
			)
			SELECT key FROM gone`,
		/** Another run took these for dead: it wrote `unknown`, which now is certain. */
		correct: `UPDATE ${SCHEMA}.done SET outcome = 0, at = ${now}, execution = asked.execution
			FROM unnest($1::uuid[], $2::text[]) AS asked (key, execution)
			WHERE done.key = asked.key AND outcome = 1`,
		/** Back into the queue, in the old place; of some only if they are queued. */
		giveBack: `UPDATE ${SCHEMA}.open SET run = NULL, state = 0, queued = true
			FROM unnest($1::uuid[], $2::uuid[], $3::boolean[]) AS asked (key, run, only_queued)
			WHERE ${OWN} AND (queued OR NOT only_queued)`,
		/** The same for what may have arrived. */
		giveBackInDoubt: `WITH back AS (
				UPDATE ${SCHEMA}.open SET run = NULL, state = 0, queued = true
				FROM unnest($1::uuid[], $2::uuid[]) AS asked (key, run)
				WHERE ${OWN} RETURNING open.*
			)
			${DONE} SELECT key, scope, 1, ${now}, execution, keep, amount, currency
			FROM back ${UNLESS_CERTAIN}`,
		takeOut: `DELETE FROM ${SCHEMA}.open
			USING unnest($1::uuid[], $2::uuid[]) AS asked (key, run) WHERE ${OWN}`,
		/** What a run leaves without an end: begun, it may have arrived; queued, it goes back. */
		leave: `WITH gone AS (
				DELETE FROM ${SCHEMA}.open USING unnest($1::uuid[], $2::uuid[]) AS asked (key, run)
				WHERE ${OWN} AND (state = 1 OR NOT queued) RETURNING open.*
			), settled AS (
				${DONE} SELECT key, scope, 1, at, execution, keep, amount, currency
				FROM gone WHERE state = 1 ${UNLESS_CERTAIN}
			)
			UPDATE ${SCHEMA}.open SET run = NULL
			FROM unnest($1::uuid[], $2::uuid[]) AS asked (key, run)
			WHERE ${OWN} AND state = 0 AND queued`,
		/** The next part of an account's queue, whoever has it. */
		next: `SELECT open.key, open.run, state, open.at, open.execution, queued, place::float8 AS place,
				operation, content, lanes, open.amount, open.currency,
				queued_at AS "queuedAt", queued_by AS "queuedBy",
				coalesce(alive_until > ${clock}, false) AS "isAlive",
				done.outcome, done.at AS "doneAt", done.execution AS "doneBy"
			FROM ${SCHEMA}.open
			JOIN ${SCHEMA}.scopes ON scopes.id = open.scope
			LEFT JOIN ${SCHEMA}.runs ON runs.id = open.run
			LEFT JOIN ${SCHEMA}.done ON done.key = open.key
			WHERE open.account = $1 AND open.place > $2 ORDER BY open.place LIMIT $3`,
		/** Those that still are as they were seen, and that nobody else is changing just now. */
		hold: `SELECT open.key FROM ${SCHEMA}.open
			JOIN unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::boolean[])
				AS asked (key, run, state, queued) ON open.key = asked.key
			WHERE open.run IS NOT DISTINCT FROM asked.run
				AND open.state = asked.state AND open.queued = asked.queued
			FOR UPDATE OF open SKIP LOCKED`,
		/** What a dead run was sending may have arrived: that stays known while it is sent again. */
		doubt: `${DONE} SELECT key, scope, 1, at, execution, keep, amount, currency
			FROM ${SCHEMA}.open WHERE key = ANY ($1::uuid[]) AND state = 1 ${UNLESS_CERTAIN}`,
		take: `UPDATE ${SCHEMA}.open
			SET run = $2, state = 0, queued = true, at = ${now}, execution = $3
			WHERE key = ANY ($1::uuid[])`,
		countQueued: `SELECT count(*)::float8 AS events,
				count(*) FILTER (WHERE alive_until > ${clock})::float8 AS taken
			FROM ${SCHEMA}.open LEFT JOIN ${SCHEMA}.runs ON runs.id = open.run
			WHERE account = $1 AND queued AND state = 0`,
		summarize: `WITH counted AS (
				SELECT scope, at, outcome = 0 AS is_delivered, false AS waits, currency, amount
				FROM ${SCHEMA}.done
				UNION ALL
				SELECT scope, CASE state WHEN 1 THEN at ELSE queued_at END, false, state = 0,
					currency, amount
				FROM ${SCHEMA}.open
				WHERE NOT EXISTS (SELECT FROM ${SCHEMA}.done WHERE done.key = open.key)
			)
			SELECT to_char(to_timestamp(at) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, operation,
				CASE WHEN is_delivered THEN 'delivered' WHEN waits THEN 'queued' ELSE 'unknown' END AS outcome,
				currency, count(*)::float8 AS events, sum(amount::numeric)::text AS amount
			FROM counted
			JOIN ${SCHEMA}.scopes ON scopes.id = scope
			JOIN ${SCHEMA}.accounts ON accounts.id = scopes.account
			WHERE provider = $1 AND accounts.account = $2
			GROUP BY 1, 2, 3, 4
			ORDER BY 1, operation COLLATE "C", 3, currency COLLATE "C" NULLS FIRST`,
		stepEnd: `SELECT key FROM ${SCHEMA}.done WHERE key > $1 ORDER BY key OFFSET $2 LIMIT 1`,
		// what waits all the same needs its doubt
		forgetDone: `DELETE FROM ${SCHEMA}.done
			WHERE key > $1 AND key <= $2 AND at + keep * ${SECONDS_PER_DAY} < ${now}
				AND NOT EXISTS (SELECT FROM ${SCHEMA}.open WHERE open.key = done.key)`,
		// what was promised to be sent stays until it is
		forgetOpen: `DELETE FROM ${SCHEMA}.open
			WHERE at + keep * ${SECONDS_PER_DAY} < ${now} AND NOT queued
				AND NOT EXISTS (SELECT FROM ${SCHEMA}.runs
					WHERE runs.id = open.run AND alive_until > ${clock})`,
		forgetRuns: `DELETE FROM ${SCHEMA}.runs WHERE alive_until < ${clock} - interval '1 day'`,
	};
}
