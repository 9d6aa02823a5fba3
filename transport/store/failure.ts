/** Why a record cannot be used. */
export type FailureKind =
	| 'unopenable'
	| 'readOnly'
	| 'full'
	| 'damaged'
	| 'locked'
	| 'newer'
	/** PostgreSQL's own. */
	| 'unreachable'
	| 'unauthorized'
	| 'noDatabase'
	| 'forbidden'
	| 'standby'
	| 'crowded'
	| 'slow'
	| 'untrusted'
	/** Whatever else; the detail says what. */
	| 'broken';

const advice: Readonly<Record<FailureKind, string>> = {
	unopenable: 'cannot be opened. Let n8n create and write files in this folder.',
	readOnly: 'cannot be written: it is read-only. Let n8n write to the file and its folder.',
	full: 'cannot be written: the disk is full. Free some space.',
	damaged:
		'is damaged. Stop n8n, move the file away and start n8n: a new record then begins, and knows nothing of what was delivered before.',
	locked: 'is kept locked by another program. Close that program, or try again later.',
	newer: 'was written by a newer version of this package. Install that version again.',
	unreachable:
		'cannot be reached. See that PostgreSQL runs, and that the host and port of the Postgres credential are right.',
	unauthorized:
		'refuses the Postgres credential. Check its user and password, and whether PostgreSQL lets this user in from here.',
	noDatabase:
		'does not exist. Create the database, or name another one in the Postgres credential.',
	forbidden:
		'cannot be made or used by the user of the Postgres credential. Grant the user the right to create a schema in the database, and to use the schema revenue_relay if another user made it.',
	standby: 'cannot be written: this PostgreSQL is read-only. Connect to its primary.',
	crowded:
		'has no connection left. Raise max_connections of PostgreSQL, or close connections of others.',
	slow: 'does not answer in time. See what keeps PostgreSQL busy, or try again later.',
	untrusted:
		'cannot be reached over TLS. Set SSL in the Postgres credential as the server wants it; for a certificate of your own, turn on Ignore SSL Issues.',
	broken: 'cannot be used.',
};

/** The record cannot be used. The message names the record and says what to do. */
export class RecordFailure extends Error {
	/**
	 * @param place where the record is: a file, or a database
	 * @param detail in the store's own words
	 */
	constructor(
		readonly kind: FailureKind,
		place: string,
		readonly detail = '',
	) {
		const words = detail === '' ? '' : ` (${detail})`;
		super(`The delivery record ${place} ${advice[kind]}${words}`);
	}
}
