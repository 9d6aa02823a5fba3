import { TwentyFourMetricsApi } from '../../credentials/TwentyFourMetricsApi.credentials';
import type { Reply } from '../../transport/http';
import { describeReply, judgeBrokenOff, judgeStatus, parseMembers } from '../../transport/judge';
import type { Operation, Provider, Verdict } from '../../transport/provider';
import { readTimezone } from '../../transport/settings';
import {
	across,
	amount,
	fields,
	identifier,
	ipAddress,
	needsOneOf,
	text,
	textMap,
	wholeNumber,
	zonedTime,
} from '../../transport/values';
import { properties } from './properties';

/** What all three methods take. */
const common = {
	advertiser: identifier().optional(),
	publisher: identifier().optional(),
	offer: identifier().optional(),
	sub_id: identifier().optional(),
	user_agent: text().optional(),
	device_id: identifier().optional(),
	revenue: amount().optional(),
	payout: amount().optional(),
	additionalParameters: textMap().optional(),
};

type Shape = Parameters<typeof fields>[0];

/** The fields of each method beyond the common ones, with its times in a zone. */
const own = {
	click: (time) => ({
		sub_id2: identifier().optional(),
		sub_id3: identifier().optional(),
		sub_id4: identifier().optional(),
		sub_id5: identifier().optional(),
		sub_id6: identifier().optional(),
		click_time: time,
		click_ip: ipAddress().optional(),
		referer: text().optional(),
		browser_languages: text().optional(),
		js_check_data: text().optional(),
		fields: text().optional(),
	}),
	conversion: (time) => ({
		conversion_time: time,
		click_time: time,
		conversion_ip: ipAddress().optional(),
		referer: text().optional(),
		external_transaction_id: identifier().optional(),
		third_party_rejected_reason: text().optional(),
		third_party_status: text().optional(),
		browser_languages: text().optional(),
		purchase_value: amount().optional(),
		session_time: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional(),
	}),
	impression: (time) => ({
		impression_time: time,
		impression_ip: ipAddress().optional(),
		site_url: text().optional(),
		external_transaction_id: identifier().optional(),
	}),
} satisfies Record<string, (time: Shape[string]) => Shape>;

interface Method {
	readonly name: keyof typeof own;
	/** The first label of the host after the integration id. */
	readonly endpoint: string;
	/** One of these says what was clicked, bought or seen: an empty ping is invalid. */
	readonly needs: readonly [string, ...string[]];
	readonly idKey?: string;
}

function operation(method: Method): Operation {
	return {
		schema: schemaOf(method, 'UTC'),
		baseUrlParts: { endpoint: method.endpoint },
		idKey: method.idKey,
		// nothing says that repeats are removed
		repeatIsHarmless: false,
		judge,
		adaptTo: (options) => ({
			schema: schemaOf(method, readTimezone(options)),
			...(options.treatRejectedAsError === true && { judge: judgeStrictly }),
		}),
	};
}

function schemaOf({ name, needs }: Method, timezone: string): Operation['schema'] {
	const shape: Shape = { ...common, ...own[name](zonedTime(timezone).optional()) };
	return across(needsOneOf(needs, fields(shape)), {
		fields: ['additionalParameters'],
		holds: ({ additionalParameters = {} }) =>
			Object.keys(additionalParameters as object).every(
				(name) => name.trim() !== 'no_redirect' && !Object.hasOwn(shape, name.trim()),
			),
		says: 'must not hold a parameter that has a field of its own, nor no_redirect',
		of: 'additionalParameters',
	});
}

/** A rejected event was delivered all the same: its verdict goes to the output. */
function judge(reply: Reply): Verdict {
	const verdict = judgeStatus(reply);
	if (verdict.kind !== 'delivered') return verdict;
	if (reply.truncated) return judgeBrokenOff(reply);
	const { status, reason } = parseMembers(reply);
	if (typeof status !== 'string') {
		return {
			kind: 'unclear',
			reason: describeReply(reply),
			advice:
				'24metrics does not answer like this: check the Base URL, and with 24metrics whether the event arrived.',
		};
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
	operations: {
		click: operation({ name: 'click', endpoint: 'clicks', needs: ['offer', 'publisher'] }),
		conversion: operation({
			name: 'conversion',
			endpoint: 'postbacks',
			needs: ['external_transaction_id', 'offer'],
			idKey: 'external_transaction_id',
		}),
		impression: operation({
			name: 'impression',
			endpoint: 'imp',
			needs: ['offer', 'publisher'],
			idKey: 'external_transaction_id',
		}),
	},
};
