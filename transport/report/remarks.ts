import { MAX_NAMES, type Notes } from '../model/notes';
import { countOf, excerpt } from '../text/show';
import type { RunName } from './runName';

/** Columns named in a remark; the others are counted. */
const MAX_NAMED_COLUMNS = 10;

/** Where workers of this n8n may each have a record of their own. */
export const RECORD_APART =
	'n8n runs in queue mode, and workers in other containers or on other machines do not share this delivery record: set it to PostgreSQL.';

/** What would be better, sentence by sentence. Nothing failed for it, so no error tells it. */
export function recommendationsOn({ missingRecommended }: Notes): string[] {
	return [...missingRecommended].map(
		([field, events]) => `${countOf(events, 'event')} came without ${field}, which is recommended.`,
	);
}

/**
 * What is to be told of a run beyond its outcomes, sentence by sentence.
 *
 * @param mask masks secrets, which may be the name of a column too
 */
export function remarksOn(
	{ ignoredColumns, repeatedIds, unidentified, isRecordApart, recordFailure, backwardTimes }: Notes,
	{
		displayName,
		deduplicates,
		laneName = 'lane',
	}: Pick<RunName, 'displayName'> & { deduplicates: boolean; laneName?: string },
	mask: (name: string) => string,
): string[] {
	const sentences: string[] = [];
	if (ignoredColumns.size > 0) {
		const named = [...ignoredColumns]
			.slice(0, MAX_NAMED_COLUMNS)
			// masked before it is cut: half a secret would not be found any more
			.map((column) => excerpt(mask(column)))
			.join(', ');
		const others = ignoredColumns.size - MAX_NAMED_COLUMNS;
		const count = ignoredColumns.size < MAX_NAMES ? String(others) : `more than ${others}`;
		const more = others > 0 ? ` and ${count} more` : '';
		sentences.push(`Columns without a field, ignored: ${named}${more}.`);
	}
	if (repeatedIds > 0) {
		const repeat = `${countOf(repeatedIds, 'event')} had the ID of an earlier one`;
		sentences.push(
			deduplicates
				? `${repeat}: ${displayName} can deduplicate by it.`
				: `${repeat}: ${displayName} may count them again.`,
		);
	}
	if (unidentified > 0) {
		sentences.push(
			`${countOf(unidentified, 'event')} had neither an ID nor a time: run again, it would be sent again. Map the event's time or an Event ID.`,
		);
	}
	if (isRecordApart === true) {
		sentences.push(RECORD_APART);
	}
	if (recordFailure !== undefined) {
		sentences.push(
			`Not all that was delivered is in the record, so a retry may send it again: ${recordFailure}`,
		);
	}
	if (backwardTimes > 0) {
		sentences.push(
			`${countOf(backwardTimes, 'event')} happened before an earlier row of the same ${laneName}, and ${displayName} wants them in order of time: rows go out as they come, so sort them by time first.`,
		);
	}
	return sentences;
}
