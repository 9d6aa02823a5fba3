import { TwentyFourMetricsApi } from '../../credentials/TwentyFourMetricsApi.credentials';
import { isPathThere } from '../../transport/credential/pathQuestion';
import { readDecimalSign } from '../../transport/input/decimalSign';
import { readTimezone } from '../../transport/input/settings';
import { parseMembers } from '../../transport/judging/body';
import { judgeBrokenOff, judgeStatus, judgeUnreadable } from '../../transport/judging/status';
import type { Reply } from '../../transport/model/answer';
import type { Operation, Provider } from '../../transport/model/provider';
import type { Verdict } from '../../transport/model/verdict';
import { amount, seconds, type DecimalSign } from '../../transport/values/amount';
import { keepsOffFields, needsOneOf } from '../../transport/values/crossRules';
import { ipAddress } from '../../transport/values/ipAddress';
import { textMap } from '../../transport/values/object';
import { identifier, text } from '../../transport/values/text';
import { zonedTime } from '../../transport/values/time';
import { properties } from './properties';

/** What all three methods take. */
const common = (sign: DecimalSign) => ({
	advertiser: identifier(),
	publisher: identifier(),
	offer: identifier(),
	sub_id: identifier(),
	user_agent: text(),
	device_id: identifier(),
	revenue: amount(sign),
	payout: amount(sign),
	additionalParameters: textMap(),
});

type Values = Operation['values'];

/** The fields of each method beyond the common ones, with its times in a zone. */
const own = {
	click: (time) => ({
		sub_id2: identifier(),
		sub_id3: identifier(),
		sub_id4: identifier(),
		sub_id5: identifier(),
		sub_id6: identifier(),
		click_time: time,
		click_ip: ipAddress(),
		referer: text(),
		browser_languages: text(),
		js_check_data: text(),
		fields: text(),
		external_transaction_id: identifier(),
	}),
	conversion: (time, sign) => ({
		conversion_time: time,
		click_time: time,
		conversion_ip: ipAddress(),
		referer: text(),
		external_transaction_id: identifier(),
		transaction_id: identifier(),
		third_party_rejected_reason: text(),
		third_party_status: text(),
		browser_languages: text(),
		purchase_value: amount(sign),
		session_time: seconds(sign),
	}),
	impression: (time) => ({
		impression_time: time,
		impression_ip: ipAddress(),
		site_url: text(),
		external_transaction_id: identifier(),
	}),
} satisfies Record<string, (time: Values[string], sign: DecimalSign) => Values>;

interface Method {
	readonly name: keyof typeof own;
	/** The first label of the host after the integration id. */
	readonly endpoint: string;
	/**
	 * One of these, or a parameter under a name of the account's own, says what was clicked, bought or
	 * seen: an empty ping is invalid.
	 */
	readonly needs: readonly [string, ...string[]];
	readonly idKey?: string;
	readonly idKeys?: readonly string[];
	/** When it happened: its own time alone, since a click may lead to several conversions. */
	readonly time: string;
}

function operation(method: Method): Operation {
	return {
		...checksOf(method, 'UTC', 'point'),
		baseUrlParts: { endpoint: method.endpoint },
		idKey: method.idKey,
		idKeys: method.idKeys,
		times: [method.time],
		money: { amount: 'revenue' },
		// nothing says that repeats are removed
		deduplicates: false,
		judge,
		adaptTo: (options) => ({
			...checksOf(method, readTimezone(options), readDecimalSign(options)),
			...(options.treatRejectedAsError === true && { judge: judgeStrictly }),
		}),
	};
}

/** What the events of a method may hold. */
function checksOf(
	{ name, needs }: Method,
	timezone: string,
	sign: DecimalSign,
): Pick<Operation, 'values' | 'rules'> {
	const values: Values = { ...common(sign), ...own[name](zonedTime(timezone), sign) };
	const [first, ...others] = needs;
	return {
		values,
		rules: [
			{
				...needsOneOf(first, ...others, 'additionalParameters'),
				says: `is required, or ${others.join(', ')} or an Additional Parameter`,
			},
			keepsOffFields('additionalParameters', [...Object.keys(values), 'no_redirect']),
		],
	};
}

/** The vendor's examples of an answer; whatever else it may say, `error` say, leaves it open. */
const VERDICTS: ReadonlySet<unknown> = new Set(['approved', 'processing', 'rejected']);

/** A rejected event was delivered all the same: its verdict goes to the output. */
function judge(reply: Reply): Verdict {
	const verdict = judgeStatus(reply);
	if (verdict.kind !== 'delivered') return verdict;
	if (reply.truncated) return judgeBrokenOff(reply);
	const { status, reason } = parseMembers(reply);
	if (typeof status !== 'string' || !VERDICTS.has(status.toLowerCase())) {
		return judgeUnreadable(reply, '24metrics');
	}
	return {
		kind: 'delivered',
		verdict: status,
		reason: typeof reason === 'string' ? reason : undefined,
	};
}

/** The same for people who want rejected events apart from the others. */
function judgeStrictly(reply: Reply): Verdict {
	const verdict = judge(reply);
	if (verdict.kind !== 'delivered' || verdict.verdict?.toLowerCase() !== 'rejected') return verdict;
	return {
		kind: 'rejected',
		reason: `took it and rejected it: ${verdict.reason ?? 'without a reason'}`,
		advice: 'It is recorded: do not send it again.',
	};
}

export const twentyFourMetrics: Provider = {
	name: 'twentyFourMetrics',
	displayName: '24metrics',
	properties,
	credential: new TwentyFourMetricsApi(),
	// every GET to a host of theirs may count, its fields given or not. OPTIONS only asks which methods
	// there are: browsers send it unasked, so that a server which counted it would count twice
	credentialQuestion: () =>
		isPathThere(
			{ method: 'OPTIONS', path: '/', baseUrlParts: { endpoint: 'imp' } },
			'The ID has the right shape; only an accepted event proves it.',
		),
	operations: {
		click: operation({
			name: 'click',
			endpoint: 'clicks',
			needs: ['offer', 'publisher'],
			time: 'click_time',
		}),
		conversion: operation({
			name: 'conversion',
			endpoint: 'postbacks',
			needs: ['external_transaction_id', 'transaction_id', 'offer', 'publisher'],
			idKey: 'external_transaction_id',
			idKeys: ['external_transaction_id'],
			time: 'conversion_time',
		}),
		impression: operation({
			name: 'impression',
			endpoint: 'imp',
			needs: ['offer', 'publisher'],
			idKey: 'external_transaction_id',
			time: 'impression_time',
		}),
	},
};
