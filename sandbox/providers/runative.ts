import { readQuery } from './query';
import {
	type Answer,
	cutQuery,
	type Provider,
	quote,
	REFUSED_SECRET,
	type Refused,
	shorten,
} from './provider';
import { findBody, findMethod, hideIn, hiderOf } from './rules';

// The rules are those of RUNative's page "S2S Tracking API". Where the page is silent, the comment
// at the rule says what was decided.

const PATH = '/api/v1/cpa/action/';

const KNOWN = ['value', 'lead_code', 'key'];

const MIN = 0.01;
const MAX = 200;

/** A refusal: what the provider answers, and the sentence that says why. */
interface Problem {
	message: string;
	reason: string;
}

export const runative: Provider = {
	name: 'runative',
	displayName: 'RUNative',
	baseUrl: '/runative',

	// The page gives the bodies of errors and not their status: 200, as a client has it hardest then.
	// What the page has no message for has a status that tells, and a message of this sandbox's own.
	receive({ method, path, query, headers, body }): Answer {
		if (!path.startsWith(PATH)) {
			return refuse(404, `There is no such path; the only one is ${PATH}<click_id>.`);
		}
		const wrongMethod = findMethod(method);
		if (wrongMethod !== undefined) {
			return { ...refuse(405, wrongMethod), headers: { allow: 'GET' } };
		}

		const { parameters, problem } = readQuery(query);
		const key = parameters.get('key') ?? '';
		const hide = hiderOf(key);
		const clickId = path.slice(PATH.length);
		const isLead = parameters.has('lead_code');
		const shownClickId = cutQuery(clickId);
		const id = hide(parameters.get('lead_code') ?? shownClickId);

		if (!/^[\da-f]{40}$/.test(clickId)) {
			const reason = `The click_id is ${quote(hide(shownClickId))}; it has to be 40 characters of 0-9a-f.`;
			return refuseEvent({ message: 'invalid code', reason }, [id]);
		}
		const malformed = problem ?? findMalformed(parameters, hide) ?? findBody(body);
		if (malformed !== undefined) return refuse(400, malformed, [id]);
		const refusal =
			(isLead ? findLeadProblem(parameters, headers['x-forwarded-proto']) : undefined) ??
			findPriceProblem(parameters.get('value'), isLead, hide);
		if (refusal !== undefined) return refuseEvent(refusal, [id]);

		const amount = parameters.get('value');
		parameters.delete('key');
		const event = hideIn({ click_id: clickId, ...Object.fromEntries(parameters) }, hide);
		return {
			status: 200,
			body: { ok: true },
			events: [
				{
					operation: isLead ? 'lead' : 'conversion',
					id,
					deduplicates: false,
					event: event as Record<string, unknown>,
					money: amount === undefined ? undefined : { amount },
				},
			],
		};
	},

	refuseEvent: (reason, ids) => refuseEvent({ message: 'invalid code', reason }, ids),
};

function refuse(status: number, reason: string, ids: Refused['ids'] = []): Refused {
	return { status, body: { error: { msg: reason } }, reason, ids };
}

function refuseEvent({ message, reason }: Problem, ids: Refused['ids']): Refused {
	return { status: 200, body: { error: { msg: message } }, reason, ids };
}

/** Decided: the page lists the parameters of both operations, so that others are slips. */
function findMalformed(
	parameters: Map<string, string>,
	hide: (text: string) => string,
): string | undefined {
	for (const name of parameters.keys()) {
		if (!KNOWN.includes(name)) {
			return `Parameter ${quote(hide(name))} is unknown; the known ones are ${KNOWN.join(', ')}.`;
		}
	}
	if (parameters.has('key') && (parameters.get('lead_code') ?? '').trim() === '') {
		return 'Parameter "lead_code" is missing beside "key"; a lead has both.';
	}
	return undefined;
}

function findLeadProblem(
	parameters: Map<string, string>,
	protocol: string | string[] | undefined,
): Problem | undefined {
	// The sandbox stands for https; a proxy's header lets anyone see what http does.
	if (protocol === 'http') {
		const message = 'The transfer of the lead_code is possible only with the https protocol';
		return { message, reason: `${message}.` };
	}
	const message = 'invalid key';
	const key = parameters.get('key') ?? '';
	if (key === '') return { message, reason: 'Parameter "key" is missing beside "lead_code".' };
	return key === REFUSED_SECRET ? { message, reason: 'unknown key' } : undefined;
}

/** A lead needs a price, a conversion may have one. */
function findPriceProblem(
	value: string | undefined,
	isLead: boolean,
	hide: (text: string) => string,
): Problem | undefined {
	if (value === undefined && !isLead) return undefined;
	const given = hide(value ?? '');
	// "x.xx" of a payout, "float" of a lead's price: two decimals, and any number of them or none.
	const form = isLead ? /^-?\d+(\.\d+)?$/ : /^-?\d+\.\d{2}$/;
	if (!form.test(value ?? '')) {
		const says = isLead
			? 'a decimal number, such as 2.1'
			: 'a number with two decimals, such as 2.10';
		return {
			message: `invalid price value: '${shorten(given)}'`,
			reason: `Parameter "value" is ${quote(given)}; it has to be ${says}.`,
		};
	}
	if (Number(value) >= MIN && Number(value) <= MAX) return undefined;
	return {
		message: `the price should be between ${MIN.toFixed(3)} and ${MAX.toFixed(3)}`,
		reason: `Parameter "value" is ${quote(given)}; it has to be from ${MIN} to ${MAX}.`,
	};
}
