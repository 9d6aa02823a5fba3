import { Pace } from './pace';

/** Those of this process, by origin and account. */
export const paces = new Map<string, Pace>();

/**
 * The pace of an account at a host, the same for all runs of this process: a provider counts what an account
 * sends, not what an execution does. Kept while the process lives.
 *
 * @param origin scheme, host and port
 * @param account as `accountOf` gives it
 */
export function sharedPace(origin: string, account: string): Pace {
	const key = `${origin} ${account}`;
	const pace = paces.get(key) ?? new Pace();
	paces.set(key, pace);
	return pace;
}
