import { NodeOperationError, type INode } from 'n8n-workflow';

import { isSuccess, type Failure, type Outcome } from '../model/outcome';
import { countOf, excerpt } from '../text/show';
import { countByOutcome } from './count';
import { linesOf, listOf } from './html';
import { inTurns } from './inTurns';
import type { RunName } from './runName';
import { tableOf } from './table';

/** Rows told in the error, and rows of the table in its details; the rest is counted. */
const MAX_LINES = 10;
const MAX_TABLE_ROWS = 100;
/** Characters of an ID in a line. */
const MAX_ID_CHARACTERS = 80;

const ADVICE =
	'To handle undelivered events in the workflow, set On Error to "Continue (using error output)" in the node settings.';

/** An event that was not delivered, and the item it came with. */
interface FailedRow {
	readonly item: number;
	readonly failure: Failure;
}

/** What the error says beside its rows. */
interface Told extends Pick<RunName, 'displayName'> {
	readonly message: string;
	readonly sentences: readonly string[];
}

/** What failed in a run. */
interface Failed {
	readonly failures: readonly Failure[];
	/** The first of them, as many as a table shows. */
	readonly rows: readonly FailedRow[];
	/** The one reason for which nothing was sent at all, where there is one. */
	readonly sharedReason?: string;
}

/**
 * The error of a node that stops on error: how many of how many, the first rows with what is wrong,
 * what became of the others, what to do. Further rows stand in a table in the error's details.
 */
export async function toError(
	node: INode,
	outcomes: readonly Outcome[],
	remarks: readonly string[],
	{ displayName }: RunName,
): Promise<NodeOperationError> {
	const failed = await failedOf(outcomes);
	const { length } = failed.failures;
	return errorOf(node, failed, {
		displayName,
		message: `${displayName}: ${length} of ${countOf(outcomes.length, 'event')} not delivered (${countByOutcome(failed.failures)})`,
		sentences: [
			tellOthers(outcomes),
			// no row of its own went wrong, so there is none to handle
			...(failed.sharedReason === undefined ? [ADVICE] : []),
			...remarks,
		],
	});
}

/** The same where events were only to be shown. */
export async function toPreviewError(
	node: INode,
	outcomes: readonly Outcome[],
	remarks: readonly string[],
	{ displayName }: RunName,
): Promise<NodeOperationError> {
	const failed = await failedOf(outcomes);
	const { length } = failed.failures;
	const ready = outcomes.length - length;
	const isInvalid = failed.failures.every(({ outcome }) => outcome === 'invalid');
	const what = isInvalid ? 'to correct' : `not ready (${countByOutcome(failed.failures)})`;
	return errorOf(node, failed, {
		displayName,
		message: `${displayName}: ${ready} of ${countOf(outcomes.length, 'event')} ready to send, ${length} ${what}`,
		sentences: ['Nothing was sent: Preview Only is on.', ...remarks],
	});
}

function errorOf(
	node: INode,
	{ failures, rows, sharedReason }: Failed,
	{ displayName, message, sentences }: Told,
): NodeOperationError {
	const lines = sharedReason === undefined ? rows.slice(0, MAX_LINES) : [];
	const untold = sharedReason === undefined ? failures.length - lines.length : 0;
	// n8n heads it with the name of the kind of node, whatever this one is called
	const where = `Error details, From ${displayName}`;
	const told = linesOf([
		...(sharedReason === undefined ? [] : [sharedReason]),
		...(untold > 0 ? [`${countOf(untold, 'more row')}: see ${where}.`] : []),
		...sentences,
	]);
	const error = new NodeOperationError(node, message, {
		description: lines.length > 0 ? `${listOf(lines.map(tellRow))}\n${told}` : told,
		itemIndex: rows[0]?.item,
		level: 'warning',
	});
	// n8n shows each on a line of its own
	if (untold > 0) error.messages.push(...tableOfRows(rows, failures.length - rows.length));
	return error;
}

async function failedOf(outcomes: readonly Outcome[]): Promise<Failed> {
	const failures: Failure[] = [];
	const rows: FailedRow[] = [];
	const reasons = new Set<string>();
	await inTurns(outcomes, (outcome, item) => {
		if (isSuccess(outcome)) return;
		failures.push(outcome);
		// two are enough to know that they differ
		if (reasons.size < 2) reasons.add(outcome.reason);
		if (rows.length < MAX_TABLE_ROWS) rows.push({ item, failure: outcome });
	});
	// what was sent, and what has a field that is wrong, failed by itself
	const isOfRun =
		reasons.size === 1 &&
		failures.length === outcomes.length &&
		failures.every(({ attempts, fields }) => attempts === 0 && fields === undefined);
	return { failures, rows, sharedReason: isOfRun ? [...reasons][0] : undefined };
}

/** `Row 4 (item 3), ID tx-4: invalid: Value (value) must be …, not "abc".` */
function tellRow({ item, failure }: FailedRow): string {
	const { id, outcome, reason } = failure;
	const name = id === undefined ? '' : `, ID ${excerpt(id, MAX_ID_CHARACTERS)}`;
	return `Row ${item + 1} (item ${item})${name}: ${outcome}: ${reason}`;
}

/** A line for each field that is wrong, or for a row whose fields are not. */
function tableOfRows(rows: readonly FailedRow[], untold: number): string[] {
	const cells = rows.flatMap(({ item, failure }) => {
		const { fields, id = '', outcome, reason } = failure;
		const row = [String(item + 1), String(item), excerpt(id, MAX_ID_CHARACTERS), outcome];
		if (!fields) return [[...row, '', '', reason]];
		return fields.map(({ field, value = '', rule }) => [...row, field, value, rule]);
	});
	return [
		...tableOf([['Row', 'Item', 'ID', 'Outcome', 'Field', 'Found', 'Wanted'], ...cells]),
		...(untold > 0 ? [`… and ${countOf(untold, 'more row')}.`] : []),
	];
}

/** What became of the events that are not among the failed ones. */
function tellOthers(outcomes: readonly Outcome[]): string {
	const countIf = (name: Outcome['outcome']) =>
		outcomes.reduce((count, { outcome }) => count + (outcome === name ? 1 : 0), 0);
	const delivered = countIf('delivered');
	const before = countIf('duplicate');
	const queued = countIf('queued');
	if (queued > 0 && before > 0) {
		return `The other ${queued + before} events: ${queued} ${isOrAre(queued)} queued, ${before} ${before === 1 ? 'was' : 'were'} queued or delivered before.`;
	}
	if (queued > 0)
		return `${queued} ${isOrAre(queued)} queued: Send Queued Events sends ${queued === 1 ? 'it' : 'them'}.`;
	if (delivered > 0 && before > 0) {
		return `The other ${delivered + before} events were delivered: ${delivered} now, ${before} before.`;
	}
	if (delivered > 0) return `${theOthers(delivered)} delivered.`;
	if (before > 0) return `${theOthers(before)} delivered before.`;
	return countIf('unknown') > 0 ? 'No event is known to be delivered.' : 'Nothing was delivered.';
}

function isOrAre(count: number): string {
	return count === 1 ? 'is' : 'are';
}

function theOthers(count: number): string {
	return count === 1 ? 'The other event was' : `The other ${count} events were`;
}
