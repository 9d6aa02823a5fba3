import { retryAfter } from '../judging/retryAfter';
import { judgeNoReply } from '../judging/status';
import type { Answer, Reply } from '../model/answer';
import type { Verdict } from '../model/verdict';
import type { Sign } from '../pace/pace';

/** All that follows from one answer. */
export interface Reading {
	/** For the batch. */
	readonly verdict: Verdict;
	/** For the pace. */
	readonly sign: Sign;
	/** Milliseconds that the provider asks everybody to wait; 0 for none. */
	readonly pauseMs: number;
}

/** What no further try would change. */
const finalKinds: ReadonlySet<Verdict['kind']> = new Set(['rejected', 'broken', 'unauthorized']);

/** Whether no further try would change the verdict. */
export function isFinal({ kind }: Verdict): boolean {
	return finalKinds.has(kind);
}

/** Reads an answer by the provider's own judgement. */
export function readAnswer(answer: Answer, judge: (reply: Reply) => Verdict): Reading {
	if (answer.kind === 'noReply') {
		return {
			verdict: judgeNoReply(answer),
			sign: answer.timedOut ? 'slow' : 'neutral',
			pauseMs: 0,
		};
	}
	const verdict = judge(answer);
	if (verdict.kind === 'delivered') return { verdict, sign: 'good', pauseMs: 0 };
	const pauseMs = isFinal(verdict) ? 0 : (retryAfter(answer) ?? 0);
	return { verdict, sign: signOf(verdict, answer), pauseMs };
}

function signOf({ kind }: Verdict, { status }: Reply): Sign {
	if (kind === 'throttled' || status === 503) return 'throttled';
	// the provider is well: it is the event that it refuses
	return kind === 'rejected' || kind === 'broken' ? 'good' : 'neutral';
}
