import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { MyTrackerApi } from '../../credentials/MyTrackerApi.credentials';
import { problemOfPath } from '../../transport/credential/pathQuestion';
import { byDecimalSign } from '../../transport/input/decimalSign';
import { parseMembers } from '../../transport/judging/body';
import {
	describeReply,
	judgeBrokenOff,
	judgeStatus,
	judgeUnreadable,
} from '../../transport/judging/status';
import type { Reply } from '../../transport/model/answer';
import type { CredentialQuestion, Operation, Provider } from '../../transport/model/provider';
import type { Verdict } from '../../transport/model/verdict';
import { jsonAmount } from '../../transport/values/amount';
import { currencyOrDigits } from '../../transport/values/choice';
import { needsOneOf } from '../../transport/values/crossRules';
import { ipv4, ipv6 } from '../../transport/values/ipAddress';
import { wholeNumber, zeroOrOne } from '../../transport/values/number';
import { textMap } from '../../transport/values/object';
import { rule } from '../../transport/values/rule';
import { asText, identifier, text } from '../../transport/values/text';
import { unixTime } from '../../transport/values/time';
import { MAX_EVENTS, properties } from './properties';

/** "Limit on the maximum size of imported data - 10Kb", read as the smaller of its meanings. */
const MAX_BYTES = 10_000;

/** `int $appId` in the vendor's PHP client: a package name is none. */
const appId = {
	idApp: rule('a whole number: the ID that myTracker shows for the app, e.g. 666', (given) => {
		const value = asText(given)?.trim() ?? '';
		return /^\d+$/.test(value) ? value : undefined;
	}),
};

const deviceIdentifiers = {
	instanceId: identifier([36, 36]),
	lvid: identifier([32, 32]),
	gaid: identifier([36, 36]),
	androidId: identifier([16, 16]),
	idfa: identifier([36, 36]),
	iosVendorId: identifier([36, 36]),
};

const userId = identifier([1, 1024]);

/** What every method takes beside its own parameters. */
const common = {
	...appId,
	...deviceIdentifiers,
	eventTimestamp: unixTime(),
	ipv4: ipv4(),
	ipv6: ipv6(),
	idGender: wholeNumber(0, 2),
	age: wholeNumber(0, 128),
	connectionType: wholeNumber(0, 2),
	bluetoothEnabled: wholeNumber(0, 2),
	adTrackingEnabled: zeroOrOne(),
	adBlocker: zeroOrOne(),
	userAgent: text([1, 2048]),
};

const identified = needsOneOf(
	'customUserId',
	'instanceId',
	'lvid',
	'gaid',
	'androidId',
	'idfa',
	'iosVendorId',
);

/** What the methods have in common: each has a twin for 1 to 20 events, refused whole for one. */
function operation(
	method: string,
	own: Omit<Operation, 'times' | 'batch' | 'authorizedPer' | 'judge'>,
): Operation {
	return {
		...own,
		times: ['eventTimestamp'],
		batch: { path: `/v1/${method}Batch/`, maxEvents: MAX_EVENTS, maxBytes: MAX_BYTES },
		// "not suitable for the application"
		authorizedPer: { name: 'app', key: 'idApp' },
		judge,
	};
}

/** Texts of a 400 that are about the request as a whole, not about an event in it. */
const ABOUT_REQUEST: readonly unknown[] = ['Empty post data', 'Bad json', 'Bad api version'];

/**
 * Reads the documented answers; for others the status says what it always says. Success, broken
 * events and a refused token are told by JSON of myTracker's own: another server's page, with
 * whatever status, says nothing of them.
 */
function judge(reply: Reply): Verdict {
	const { status, truncated } = reply;
	const verdict = judgeStatus(reply);
	// "Try to repeat the request later"
	if (status === 500) {
		return { kind: 'unclear', reason: describeReply(reply), asksForRepeat: true };
	}
	const { message, error } = truncated ? {} : parseMembers(reply);
	if (verdict.kind === 'delivered') {
		if (truncated) return judgeBrokenOff(reply);
		const isSuccess = status === 200 && typeof message === 'string' && error === undefined;
		return isSuccess ? verdict : judgeUnreadable(reply, 'myTracker');
	}
	if (status === 400) {
		if (typeof error !== 'string') return judgeUnreadable(reply, 'myTracker');
		// "parameters not validated"
		return ABOUT_REQUEST.includes(error) ? verdict : { ...verdict, kind: 'broken' };
	}
	// "The token has not been validated or is not suitable for the application"
	if (status === 403 && typeof error === 'string') {
		const advice = 'Check the Token of the credential, and that it may send events of this App ID.';
		return { kind: 'unauthorized', reason: describeReply(reply), advice };
	}
	return verdict;
}

const ACCESS_PATH = '/v1/test-app-access/';

const NOT_TESTED =
	'The host answers, but the token was not tested: that needs a Test App ID. Enter the ID of one of your apps, or use the credential as it is.';

/**
 * Whether the token may send events of an app: `test-app-access`, which writes nothing. Source:
 * the vendor's PHP client. It needs an app; without one only the host can be asked.
 */
function accessQuestion({ testAppId }: ICredentialDataDecryptedObject): CredentialQuestion {
	const app = typeof testAppId === 'string' ? testAppId.trim() : '';
	if (app === '') {
		return {
			method: 'POST',
			path: ACCESS_PATH,
			body: 'true',
			carriesSecret: false,
			// n8n shows no words of a test that passes: this one has to fail to say so
			problemOf: (reply) => problemOfPath(reply) ?? NOT_TESTED,
			success: NOT_TESTED,
		};
	}
	return {
		method: 'POST',
		path: `${ACCESS_PATH}?idApp=${encodeURIComponent(app)}`,
		body: 'true',
		carriesSecret: true,
		problemOf: ({ status }) => {
			if (status === 200) return undefined;
			if (status === 403) {
				return `myTracker refused the token for app ${app}: check the Token, and that the app is yours.`;
			}
			return `myTracker answered ${status} to a check of the token for app ${app}: check the Base URL and the Test App ID.`;
		},
		success: `The token may send events of app ${app}.`,
	};
}

export const myTracker: Provider = {
	name: 'myTracker',
	displayName: 'myTracker',
	properties,
	credential: new MyTrackerApi(),
	credentialQuestion: accessQuestion,
	operations: {
		registration: operation('registration', {
			values: { customUserId: userId, ...common },
			deduplicates: false,
		}),
		login: operation('login', {
			values: { customUserId: userId, ...common },
			deduplicates: false,
		}),
		customEvent: operation('customEvent', {
			values: {
				customUserId: userId,
				customEventName: text([1, 255]),
				customEventParams: textMap([1, 255]),
				...common,
			},
			rules: [identified],
			deduplicates: false,
		}),
		customRevenue: operation('customRevenue', {
			...byDecimalSign((sign) => ({
				...common,
				customUserId: userId,
				idTransaction: identifier([1, 255]),
				// "the numeric code", says the document, and shows USD
				currency: currencyOrDigits(),
				total: jsonAmount(sign),
			})),
			rules: [identified],
			idKey: 'idTransaction',
			// another app may use the same
			idKeys: ['idApp', 'idTransaction'],
			money: { amount: 'total', currency: { key: 'currency' } },
			// the vendor removes duplicates of a retransmitted payment
			deduplicates: true,
		}),
	},
};
