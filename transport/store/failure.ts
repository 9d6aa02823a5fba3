/** Why a record cannot be used. */
export type FailureKind =
	| 'unopenable'
	| 'readOnly'
	| 'full'
	| 'damaged'
	| 'locked'
	| 'newer'
	/** Whatever else; the detail says what. */
	| 'broken';

const TURN_OFF = 'Or set Delivery Record to Off: then nothing guards against sending twice.';

const advice: Readonly<Record<FailureKind, string>> = {
	unopenable: 'cannot be opened. Let n8n create and write files in this folder.',
	readOnly: 'cannot be written: it is read-only. Let n8n write to the file and its folder.',
	full: 'cannot be written: the disk is full. Free some space.',
	damaged:
		'is damaged. Stop n8n, move the file away and start n8n: a new record then begins, and knows nothing of what was delivered before.',
	locked: 'is kept locked by another program. Close that program, or try again later.',
	newer: 'was written by a newer version of this package. Install that version again.',
	broken: 'cannot be used.',
};

/** The record cannot be used. The message names the record and says what to do. */
export class RecordFailure extends Error {
	/**
	 * @param place where the record is: a file
	 * @param detail in the store's own words
	 */
	constructor(
		readonly kind: FailureKind,
		place: string,
		readonly detail = '',
	) {
		const words = detail === '' ? '' : ` (${detail})`;
		super(`The delivery record ${place} ${advice[kind]}${words} ${TURN_OFF}`);
	}
}
