import type { Operation } from '../model/provider';

const ADVICE =
	'This request carries no key, so no key can be at fault: check the Base URL, and ask the provider why it refuses the event.';

/**
 * How an operation's replies are judged: as its provider does it, but no refusal of a request without
 * a secret is the credential's. Whatever looks like one (a firewall's 403, words about a key) is about
 * the event.
 */
export function judgeOf({
	judge,
	isWithoutSecret,
}: Pick<Operation, 'judge' | 'isWithoutSecret'>): Operation['judge'] {
	if (!isWithoutSecret) return judge;
	return (reply) => {
		const verdict = judge(reply);
		return verdict.kind === 'unauthorized'
			? { kind: 'broken', reason: verdict.reason, advice: ADVICE }
			: verdict;
	};
}
