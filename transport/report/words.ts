import { keptBody } from '../judging/body';
import type { Accepted, Ending, Halt, NotAccepted, NotSent } from '../model/ending';
import {
	RunRefused,
	type Failure,
	type FailureName,
	type FieldProblem,
	type Outcome,
	type RequestView,
	type Success,
} from '../model/outcome';
import type { Operation } from '../model/provider';
import type { Refusal } from '../model/verdict';
import type { Claim, Past, Queueing } from '../store/store';
import { countOf, messageOf, withoutTrailing } from '../text/show';

/** What sentences about an outcome name. */
export interface Speaker extends Pick<Operation, 'deduplicates'> {
	/** The provider's name as people know it. */
	readonly displayName: string;
	/** What a lane stands for, where events have one: `device`. */
	readonly laneName?: string;
}

/** The outcome of each event of a batch, in words. */
export function tellEnding(ending: Ending, speaker: Speaker): Outcome {
	switch (ending.kind) {
		case 'accepted':
			return tellAccepted(ending, speaker);
		case 'notAccepted':
			return tellNotAccepted(ending, speaker);
		case 'notSent':
			return tellNotSent(ending, speaker);
		case 'defect':
			return {
				outcome: 'unknown',
				reason: `Unexpected error (${ending.error}). Check with ${speaker.displayName} whether the event arrived.`,
			};
	}
}

/** The outcome of an event that breaks rules: each is named. */
export function tellInvalid(fields: readonly FieldProblem[]): Failure {
	const reason = sentence(fields.map((field) => field.sentence).join('; '));
	return { outcome: 'invalid', reason, fields, attempts: 0 };
}

/** The outcome of an event that the record does not let go out. */
export function tellHeld(
	claim: Exclude<Claim, { kind: 'claimed' }>,
	{ displayName }: Speaker,
): Outcome {
	switch (claim.kind) {
		case 'delivered':
			return {
				outcome: 'duplicate',
				reason: `Delivered before, ${timeOf(claim)}, by execution ${claim.execution}. To send it again on purpose, give it another Event ID.`,
				attempts: 0,
			};
		case 'queued':
			return tellWaiting(claim);
		case 'unknown':
			return {
				outcome: 'unknown',
				reason: `Not sent now: execution ${claim.execution} sent it ${timeOf(claim)}, and how that ended is not known. It may have been accepted. Check with ${displayName}; to send it again, turn on Retry Unknown in the options: what was delivered stays as it is.`,
				attempts: 0,
			};
		case 'busy':
			return {
				outcome: 'unknown',
				reason: `Not sent by this execution: execution ${claim.execution} has the event, and has not ended it yet. See there what became of it. If that execution is over, run this one again in a minute: what was delivered is not sent twice.`,
				attempts: 0,
			};
	}
}

/** The outcome of an event that was to be stored in the queue. */
export function tellQueueing(queueing: Queueing, speaker: Speaker): Outcome {
	switch (queueing.kind) {
		case 'queued':
			return { outcome: 'queued' };
		case 'waiting':
			return tellWaiting(queueing);
		default:
			return tellHeld(queueing, speaker);
	}
}

function tellWaiting(past: Past): Outcome {
	return {
		outcome: 'duplicate',
		reason: `Stored before, ${timeOf(past)}, by execution ${past.execution}. It waits to be sent: the operation Send Queued Events sends it.`,
		attempts: 0,
	};
}

/** The outcome of an event of the queue that no version of the package has written in this form. */
export function tellUnreadable(): Failure {
	return {
		outcome: 'failed',
		reason:
			'Not sent: the delivery record holds the event in a form that cannot be read. Send it again.',
		attempts: 0,
	};
}

/** Why an event that may have been accepted stays in the queue, where it may be repeated. */
export function tellDoubt(
	ending: NotAccepted,
	{ displayName }: Pick<Speaker, 'displayName'>,
): Failure {
	const { outcome, verdict, attempts, httpStatus } = ending;
	const reason = joined(
		tellLastAnswer(ending, displayName),
		askedWait(verdict),
		verdict.kind === 'unclear' ? undefined : 'An earlier try was unclear.',
		'The event may have been accepted, and the next run sends it again.',
	);
	return { outcome, reason: reason ?? '', attempts, httpStatus };
}

/** The outcome of an event of the queue that may have been accepted, where it may not be repeated. */
export function tellLeftBehind(
	{ at, execution }: Past,
	{ displayName }: Pick<Speaker, 'displayName'>,
): Failure {
	return {
		outcome: 'unknown',
		reason: `Not sent now: execution ${execution} sent it ${timeOf({ at, execution })}, and how that ended is not known. It may have been accepted. Check with ${displayName} before you send it again.`,
		attempts: 0,
	};
}

/**
 * The outcome of an event that has waited in the queue for too long.
 *
 * @param isDoubtful whether it may have been accepted before
 */
export function tellTooOld(queued: Past, maxAgeHours: number, isDoubtful: boolean): Failure {
	const doubt = isDoubtful ? ' An earlier try was unclear: it may have been accepted.' : '';
	return {
		outcome: isDoubtful ? 'unknown' : 'failed',
		reason: `Not sent: it was queued ${timeOf(queued)}, and has waited for longer than the Max Age of ${countOf(maxAgeHours, 'hour')}.${doubt}`,
		attempts: 0,
	};
}

/** How to send an event again that has left the queue: nothing but its item holds it any more. */
export function tellAgain(
	{ outcome }: Failure,
	{ displayName, deduplicates }: Pick<Speaker, 'displayName' | 'deduplicates'>,
): string {
	if (outcome === 'unknown' && !deduplicates) {
		return `Its values are in details.event. Where ${displayName} lacks it, send it from them with Retry Unknown on.`;
	}
	return 'Its values are in details.event: send or queue it again from them.';
}

/** `on 2026-11-21 at 14:05:03 UTC` */
function timeOf({ at }: Past): string {
	const [day = '', time = ''] = new Date(at * 1000).toISOString().split('T');
	return `on ${day} at ${time.slice(0, 8)} UTC`;
}

/** The outcome of an event that is only shown. */
export function tellPreview(request: RequestView): Success {
	return { outcome: 'preview', request };
}

/** The outcome of what was not sent since the run could not begin, or was ended by what was thrown. */
export function tellRefusal(error: unknown): Failure {
	const reason = messageOf(error);
	return error instanceof RunRefused
		? { outcome: error.outcome, reason, attempts: 0 }
		: { outcome: 'failed', reason: `Not sent: ${reason}`, attempts: 0 };
}

/** The outcome of what was not begun before the run ended. */
export function tellHalt(halt: Halt, outcome: FailureName, { displayName }: Speaker): Failure {
	return { outcome, reason: notSent(halt, displayName), attempts: 0 };
}

function tellAccepted(
	{ verdict, reply, attempts, mayCountTwice, followsUnknown }: Accepted,
	{ displayName, laneName }: Speaker,
): Outcome {
	const doubt = `An earlier try was unclear: if ${displayName} took that one too, the event counts twice.`;
	const reason = joined(
		verdict.reason,
		mayCountTwice ? doubt : undefined,
		followsUnknown ? afterUnknown(laneName) : undefined,
	);
	return {
		outcome: 'delivered',
		attempts,
		httpStatus: reply?.status,
		verdict: verdict.verdict,
		reason,
		response: reply && keptBody(reply),
	};
}

/** The status by which a server says that it is down or overloaded. */
const UNAVAILABLE = 503;

/** Whether the option is set or not. */
const GO_SLOWER =
	'Set Requests per Second in the options to what the account may send, or run it again later.';

function tellNotAccepted(
	ending: NotAccepted,
	{ displayName, deduplicates, laneName }: Speaker,
): Outcome {
	const { outcome, verdict, httpStatus, attempts, wasCutShort, followsUnknown } = ending;
	const usual =
		outcome === 'failed' && httpStatus !== undefined
			? 'It was not accepted: run it again later.'
			: usualAdvice(outcome, displayName, deduplicates);
	const reason = joined(
		tellLastAnswer(ending, displayName),
		askedWait(verdict),
		outcome === 'unknown' && verdict.kind !== 'unclear'
			? // what to do about the last answer would be no advice on an earlier one
				`An earlier try was unclear. ${usual}`
			: (adviceOnLone(verdict, displayName) ?? verdict.advice ?? usual),
		wasCutShort ? 'The run ended before the next try.' : undefined,
		followsUnknown ? afterUnknown(laneName) : undefined,
	);
	return { outcome, reason: reason ?? '', attempts, httpStatus };
}

function tellLastAnswer({ verdict, tries }: NotAccepted, displayName: string): string {
	const many = tries > 1 ? ` (${tries} tries)` : '';
	return sentence(`${displayName} ${withoutStop(verdict.reason)}${many}`);
}

function tellNotSent(
	{ outcome, halt, attempts }: NotSent,
	{ displayName, deduplicates }: Speaker,
): Outcome {
	const reason = notSent(halt, displayName);
	if (attempts === 0) return { outcome, reason, attempts };
	const refused = `Refused together with a broken event, and not tried without it. ${reason}`;
	if (outcome !== 'unknown') return { outcome, reason: refused, attempts };
	const advice = usualAdvice(outcome, displayName, deduplicates);
	return { outcome, reason: `${refused} An earlier try was unclear. ${advice}`, attempts };
}

/** Why an event was not sent at all, and what to do. */
function notSent(halt: Halt, displayName: string): string {
	switch (halt.kind) {
		case 'stopped':
			return 'Not sent: the execution was stopped.';
		case 'record':
			return `Not sent: ${halt.reason}`;
		case 'behind':
			return 'Not sent: an earlier event of the same lane still waits.';
		case 'lost':
			return 'Not sent by this execution, which stood still for so long that another may have sent the event. Run it again: what was delivered is not sent twice.';
		case 'silence': {
			const seconds = Math.round(halt.ms / 1000);
			return `Not sent: ${displayName} has answered nothing for ${seconds} s (it ${halt.reason}). Run it again when the provider can be reached.`;
		}
		case 'throttled': {
			const seconds = Math.round(halt.ms / 1000);
			if (halt.httpStatus === UNAVAILABLE) {
				return `Not sent: ${displayName} has taken nothing for ${seconds} s (it ${halt.reason}): it is down or overloaded. Run it again later.`;
			}
			return `Not sent: ${displayName} has refused everything for rate for ${seconds} s (it ${halt.reason}). ${GO_SLOWER}`;
		}
		case 'serverErrors': {
			const seconds = Math.round(halt.ms / 1000);
			return `Not sent: ${displayName} has answered nothing but server errors for ${seconds} s (it ${halt.reason}). Run it again when the provider works again.`;
		}
		case 'paused': {
			const until = new Date(halt.until).toISOString().replace('T', ' ').slice(0, 19);
			return `Not sent: ${displayName} asked to wait until ${until} UTC, longer than a run waits. Run it again then.`;
		}
		case 'refusal': {
			const { verdict, part } = halt;
			const of = part === undefined ? '' : ` of ${part}`;
			const answer = `Not sent: ${displayName} ${withoutStop(verdict.reason)}, to an earlier event${of}.`;
			return joined(answer, askedWait(verdict), verdict.advice ?? adviceOnHalt(verdict)) ?? answer;
		}
	}
}

/** Of a refused credential that is not: the provider took other events with it. */
function adviceOnLone({ kind, isByStatusAlone }: Refusal, displayName: string): string | undefined {
	if (kind !== 'broken' || !isByStatusAlone) return undefined;
	return `The credential was accepted for other events of this run, so it is this event that is refused: look for what is special about it, or ask ${displayName}.`;
}

/** Why nothing was tried again, where the provider has said when it may be. */
function askedWait({ waitMs }: Refusal): string | undefined {
	if (waitMs === undefined) return undefined;
	return `It asked to wait ${Math.ceil(waitMs / 1000)} s, longer than a run waits.`;
}

function adviceOnHalt({ kind }: Refusal): string {
	return kind === 'unauthorized' ? 'Check the credential.' : 'Run it again later.';
}

function usualAdvice(outcome: FailureName, displayName: string, deduplicates: boolean): string {
	switch (outcome) {
		case 'rejected':
		case 'invalid':
			return 'Correct the event: sent again unchanged, it would be refused again.';
		case 'unauthorized':
			return 'Check the credential.';
		case 'throttled':
			return GO_SLOWER;
		case 'failed':
			return 'It was not accepted: run it again when the provider can be reached.';
		case 'cancelled':
			return 'It was not accepted.';
		case 'unknown':
			return deduplicates
				? `It may have been accepted. Send it again unchanged: ${displayName} can deduplicate events by their ID.`
				: `It may have been accepted. Check with ${displayName} before you send it again.`;
	}
}

function afterUnknown(laneName = 'lane'): string {
	return `The previous event of this ${laneName} ended as unknown, so it may be missing.`;
}

function withoutStop(text: string): string {
	return withoutTrailing(text, /[.\s]/);
}

function sentence(text: string): string {
	return `${withoutStop(text)}.`;
}

/** Sentences one after the other, `undefined` where there are none. */
function joined(...sentences: (string | undefined)[]): string | undefined {
	return sentences.filter((one) => one !== undefined).join(' ') || undefined;
}
