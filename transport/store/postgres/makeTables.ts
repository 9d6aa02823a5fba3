import { RecordFailure } from '../failure';
import { LOCK_CLASS, SCHEMA, SCHEMA_LOCK, TABLES, VERSION } from './schema';
import type { Ask } from './session';

/**
 * Makes the schema where it is not there yet; of several that come at once the first does.
 *
 * @param place names the record
 * @throws {RecordFailure} where a newer version has made it
 */
export async function makeTables(ask: Ask, place: string): Promise<void> {
	if (!(await isTrue(ask, IS_MADE))) {
		await ask('SELECT pg_advisory_xact_lock($1, $2)', [LOCK_CLASS, SCHEMA_LOCK]);
		if (!(await isTrue(ask, IS_MADE))) {
			// an administrator may have made it for a user who may not
			if (!(await isTrue(ask, HAS_SCHEMA))) await ask(`CREATE SCHEMA ${SCHEMA}`);
			await ask(TABLES);
		}
	}
	const [row] = await ask(`SELECT number FROM ${SCHEMA}.version`);
	if ((row as { number: number }).number > VERSION) throw new RecordFailure('newer', place);
}

// read from the catalogue: what names mean is remembered from before the lock
const HAS_SCHEMA = `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = '${SCHEMA}')`;
const IS_MADE = `SELECT EXISTS (SELECT FROM pg_class
	JOIN pg_namespace ON pg_namespace.oid = relnamespace
	WHERE nspname = '${SCHEMA}' AND relname = 'version')`;

async function isTrue(ask: Ask, question: string): Promise<boolean> {
	const [row] = await ask(question);
	return (row as { exists: boolean }).exists;
}
