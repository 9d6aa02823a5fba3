import type { Answer, Reply } from '../model/answer';
import type { Ending, Halt } from '../model/ending';
import type { Batch } from '../model/event';
import type { Settings } from '../model/settings';
import type { Verdict } from '../model/verdict';
import type { Pace } from '../pace/pace';
import type { Patience } from './patience';

/** What sending needs to know of the provider and of the run. */
export interface Delivery {
	/** Sends a batch once and waits for the answer, or until the signal aborts. */
	readonly exchange: (batch: Batch, cutOff: AbortSignal) => Promise<Answer>;
	readonly judge: (reply: Reply) => Verdict;
	/** Whether the provider removes duplicates, so that an unclear try may be repeated. */
	readonly deduplicates: boolean;
	/**
	 * The part of the provider that a batch is for, in words (`app 666`), where the credential is
	 * checked for each part by itself: refused for one, it may still serve the others.
	 */
	readonly partOf?: (batch: Batch) => string;
	/**
	 * Called before each request, which does not leave until this resolves.
	 *
	 * @returns why it must not leave, if so
	 */
	readonly begin?: (batch: Batch) => Promise<Halt | undefined>;
	/** Why a batch must not be sent, if so, asked before each of its tries; others may all the same. */
	readonly haltOf?: (batch: Batch) => Halt | undefined;
	/** Called when the last request was certainly not taken, and the batch is to be tried again. */
	readonly holdBack?: (batch: Batch) => void;
	/** Whether batches have lanes. */
	readonly hasLanes: boolean;
	/**
	 * Called for every batch that was taken from the plan, or for its parts: once, and once more with
	 * a defect where it throws.
	 */
	readonly settle: (batch: Batch, ending: Ending) => void;
	/** The account's: all runs that send with it share it. */
	readonly pace: Pace;
	/** How many requests the connections hold, as far as it is known by now; absent for any number. */
	readonly room?: () => number;
	/** Aborts when the execution is stopped. */
	readonly cancelSignal?: AbortSignal;
	readonly settings: Settings;
	readonly patience: Patience;
}
