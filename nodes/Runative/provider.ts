import { RunativeApi } from '../../credentials/RunativeApi.credentials';
import { isPathThere, problemOfPath } from '../../transport/credential/pathQuestion';
import { byDecimalSign, readDecimalSign } from '../../transport/input/decimalSign';
import { parseMembers } from '../../transport/judging/body';
import { judgeBrokenOff, judgeStatus, judgeUnreadable } from '../../transport/judging/status';
import type { Reply } from '../../transport/model/answer';
import type { CredentialQuestion, Provider } from '../../transport/model/provider';
import type { Verdict } from '../../transport/model/verdict';
import { amountBetween, type DecimalSign } from '../../transport/values/amount';
import { rule } from '../../transport/values/rule';
import { identifier } from '../../transport/values/text';
import { properties } from './properties';

/** "40 characters [0-9a-f]"; nothing else may become part of the path. */
const clickId = rule('40 characters of 0-9 and a-f, in lower case', (given) => {
	const value = typeof given === 'string' ? given.trim() : '';
	return /^[0-9a-f]{40}$/.test(value) ? value : undefined;
});

/** "set between 0.01 and 200.0" */
const [min, max] = ['0.01', '200.0'];

const conversion = (onMore: 'refuse' | 'round', sign: DecimalSign) => ({
	click_id: clickId,
	// "in x.xx format"; the price of a lead is a "float"
	value: amountBetween(min, max, {
		sign,
		decimals: 2,
		onMore,
		advice: 'or with the option Round to Cents',
	}),
});

const lead = byDecimalSign((sign) => ({
	click_id: clickId,
	value: amountBetween(min, max, { sign }),
	lead_code: identifier(),
}));

/** The beginnings of the messages under "Troubleshooting". */
const DOCUMENTED =
	/^(?:invalid code|invalid key|invalid price value|the price should be|the transfer of the lead_code)/i;

/**
 * The body says what became of it, whatever the status: that of errors is not documented. A server
 * error leaves it open all the same.
 */
function judge(reply: Reply): Verdict {
	const verdict = judgeStatus(reply);
	if (verdict.kind === 'unclear') return verdict;
	if (reply.truncated) return judgeBrokenOff(reply);
	const { ok, error } = parseMembers(reply);
	if (ok === true && error === undefined) return { kind: 'delivered' };
	const message = readMessage(error);
	const isDocumented = DOCUMENTED.test(message?.trim() ?? '');
	const asksForMore = verdict.kind === 'throttled' || verdict.kind === 'notTaken';
	// what the document does not know may be about anything: then the status says what to do
	if (message !== undefined && (isDocumented || !asksForMore)) {
		const reason = `answered: ${message}`;
		if (!/^invalid key\b/i.test(message.trim())) return { kind: 'rejected', reason };
		const advice =
			'Check the Secret Key, and with RUNative that your account may send several leads of a click.';
		return { kind: 'unauthorized', reason, advice };
	}
	return verdict.kind === 'delivered' ? judgeUnreadable(reply, 'RUNative') : verdict;
}

function readMessage(error: unknown): string | undefined {
	if (typeof error !== 'object' || error === null || !('msg' in error)) return undefined;
	return typeof error.msg === 'string' ? error.msg : undefined;
}

/**
 * Records nothing: a click_id of another format than theirs is no click, and is answered with
 * `invalid code`, with what status is not documented.
 */
const pathQuestion: CredentialQuestion = {
	...isPathThere(
		{ method: 'GET', path: '/api/v1/cpa/action/0' },
		'The key has the right shape; only an accepted lead proves it.',
	),
	problemOf: (reply) => {
		const message = readMessage(parseMembers(reply).error);
		return message?.trim().startsWith('invalid code') ? undefined : problemOfPath(reply);
	},
};

export const runative: Provider = {
	name: 'runative',
	displayName: 'RUNative',
	properties,
	credential: new RunativeApi(),
	credentialQuestion: () => pathQuestion,
	operations: {
		conversion: {
			values: conversion('refuse', 'point'),
			idKey: 'click_id',
			idKeys: ['click_id'],
			money: { amount: 'value' },
			// the click's id is all it takes
			isWithoutSecret: true,
			// nothing says that repeats are removed
			deduplicates: false,
			judge,
			adaptTo: ({ roundToCents, ...options }) => ({
				values: conversion(roundToCents === true ? 'round' : 'refuse', readDecimalSign(options)),
			}),
		},
		lead: {
			...lead,
			idKey: 'lead_code',
			idKeys: ['click_id', 'lead_code'],
			money: { amount: 'value' },
			// the code is unique, yet no removal of duplicates is promised
			deduplicates: false,
			judge,
		},
	},
};
