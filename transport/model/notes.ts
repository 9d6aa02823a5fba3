/** Names of columns that are kept at most: objects of a file may have any number of them. */
export const MAX_NAMES = 50_000;

/** What a run tells in its hint beyond the outcomes; filled in while items are read. */
export interface Notes {
	/** Columns that automatic mapping had no field for. */
	readonly ignoredColumns: Set<string>;
	/** Recommended fields that events came without, and how many of them. */
	readonly missingRecommended: Map<string, number>;
	/** Identifiers of the events so far. */
	readonly ids: Set<string>;
	/** How many events repeat the identifier of an earlier one. */
	repeatedIds: number;
	/** How many events the record cannot know again. */
	unidentified: number;
	/** Whether workers of this n8n may each have a record of their own. */
	isRecordApart?: boolean;
	/** Why the record does not hold all that was delivered, in whole sentences. */
	recordFailure?: string;
	/** When the latest event so far of each lane happened, in unix milliseconds. */
	readonly latestTimes: Map<string, number>;
	/** How many events happened before an earlier one of their lane. */
	backwardTimes: number;
}
