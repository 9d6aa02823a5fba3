import { Pace } from './pace';

const paces = new Map<string, Pace>();

/**
 * The pace of an account, the same for all runs of this process: a provider counts what an account
 * sends, not what an execution does. Kept while the process lives.
 *
 * @param account as `accountOf` gives it
 */
export function sharedPace(account: string): Pace {
	const pace = paces.get(account) ?? new Pace();
	paces.set(account, pace);
	return pace;
}
