import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { readQuery } from './query';
import { type Answer, type Provider, REFUSED_SECRET, type Refused } from './provider';
import {
	findBody,
	findBroken,
	findEmpty,
	findFolded,
	findMethod,
	hideIn,
	hiderOf,
	isDay,
	matching,
	plainDecimal,
	type Rule,
	type TextRules,
} from './rules';

// The rules are those of 24metrics's page "API Integration", which gives the forms in its example
// addresses and nothing else. What is decided beyond it says so at the rule.

interface Operation {
	name: string;
	/** The parameters that are known; others have names of the account's own. */
	known: string[];
	/**
	 * One of them has to be there, or a parameter with a name of the account's own. Decided: the page
	 * requires nothing, but an empty ping is a slip.
	 */
	oneOf: string[];
	/** The address that the verdict is made of. */
	ip: string;
}

const COMMON = [
	'advertiser',
	'publisher',
	'offer',
	'sub_id',
	'user_agent',
	'device_id',
	'revenue',
	'payout',
	// Of a click not on the page, but in the vendor's integration examples.
	'external_transaction_id',
];

/** The operations by their endpoint, on the page a part of the host name. */
const ENDPOINTS = new Map<string, Operation>([
	[
		'clicks',
		{
			name: 'click',
			known: [
				...COMMON,
				'no_redirect',
				'click_time',
				'referer',
				'click_ip',
				// Not on the page, but on the vendor's API pages.
				...['sub_id2', 'sub_id3', 'sub_id4', 'sub_id5', 'sub_id6'],
				...['browser_languages', 'js_check_data', 'fields'],
			],
			oneOf: ['offer', 'publisher'],
			ip: 'click_ip',
		},
	],
	[
		'postbacks',
		{
			name: 'conversion',
			known: [
				...COMMON,
				'conversion_time',
				'conversion_ip',
				'referer',
				'click_time',
				'third_party_rejected_reason',
				'third_party_status',
				'browser_languages',
				'purchase_value',
				'session_time',
				// Not on the page, but in the vendor's integration examples: that of its click's answer.
				'transaction_id',
			],
			oneOf: ['external_transaction_id', 'transaction_id', 'offer', 'publisher'],
			ip: 'conversion_ip',
		},
	],
	[
		'imp',
		{
			name: 'impression',
			known: [...COMMON, 'impression_time', 'site_url', 'impression_ip'],
			oneOf: ['offer', 'publisher'],
			ip: 'impression_ip',
		},
	],
]);

const time: Rule<string> = {
	says: 'a time of the calendar as YYYY-MM-DD hh:mm:ss, such as 2024-05-31 13:45:00',
	allows: (text) => {
		const match = /^(\d{4})-(\d\d)-(\d\d) ([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.exec(text);
		return match !== null && isDay(Number(match[1]), Number(match[2]), Number(match[3]));
	},
};

const ip: Rule<string> = {
	says: 'an IP address without a zone',
	allows: (text) => isIP(text) !== 0 && !text.includes('%'),
};

/**
 * The parameters that have a form, where they are known. Others are free, since an account maps names
 * of its own in the dashboard.
 */
const RULES: TextRules = new Map([
	['click_time', time],
	['conversion_time', time],
	['impression_time', time],
	['click_ip', ip],
	['conversion_ip', ip],
	['impression_ip', ip],
	['revenue', plainDecimal],
	['payout', plainDecimal],
	['purchase_value', plainDecimal],
	['session_time', matching(/^\d+(\.\d+)?$/, 'a number of seconds, whole or not')],
]);

// The integration id is a part of a host name.
const DNS_LABEL = /^(?!-)[a-z\d-]{1,63}(?<!-)$/i;

// Not on the page, which does not say where a click is sent on to. A reserved name: it leads nowhere.
const LOCATION = 'http://offer.invalid/';

export const twentyFourMetrics: Provider = {
	name: 'twentyFourMetrics',
	displayName: '24metrics',
	baseUrl: '/24metrics/{integrationId}/{endpoint}',

	// Refusals are not documented: their bodies and statuses are this sandbox's own.
	receive({ method, path, query, body }): Answer {
		// The page's addresses end with the host name, which a slash may follow.
		const [, integrationId = '', endpoint = ''] = /^\/([^/]*)\/([^/]*)\/?$/.exec(path) ?? [];
		const operation = ENDPOINTS.get(endpoint);
		if (operation === undefined) {
			const reason = `There is no such path; there are /<integration id>/<endpoint> with the endpoints ${[...ENDPOINTS.keys()].join(', ')}.`;
			return refuse(404, reason);
		}
		// In the real host name it would be no address at all.
		if (!DNS_LABEL.test(integrationId)) {
			const reason =
				'The integration id has to be 1 to 63 letters, digits and hyphens, without a hyphen at its ends.';
			return refuse(404, reason);
		}
		const wrongMethod = findMethod(method);
		if (wrongMethod !== undefined) {
			return { ...refuse(405, wrongMethod), headers: { allow: 'GET' } };
		}

		const hide = hiderOf(integrationId);
		const { parameters, problem } = readQuery(query);
		const given = ['external_transaction_id', 'transaction_id', 'sub_id']
			.map((name) => parameters.get(name))
			.find((value) => value !== undefined);
		const id = given === undefined ? undefined : hide(given);
		if (integrationId === REFUSED_SECRET) return refuse(403, 'unknown integration id', [id]);
		if (operation.name === 'click' && parameters.get('no_redirect') !== 'true') {
			const reason = 'Parameter "no_redirect" has to be "true"; without it a click is sent on.';
			return { ...refuse(302, reason, [id]), headers: { location: LOCATION } };
		}
		const reason = problem ?? findProblem(parameters, operation, hide) ?? findBody(body);
		if (reason !== undefined) return refuse(400, reason, [id]);

		const amount = parameters.get('revenue');
		const money = amount === undefined ? undefined : { amount };
		const event = hideIn(Object.fromEntries(parameters), hide) as Record<string, unknown>;
		return {
			status: 200,
			body: { transaction_id: randomUUID(), ...verdictOn(parameters.get(operation.ip) ?? '') },
			events: [{ operation: operation.name, id, deduplicates: false, event, money }],
		};
	},

	hidePath: (path) =>
		path
			.split('/')
			.map((part) => (part === '' || ENDPOINTS.has(part) ? part : '(hidden)'))
			.join('/'),

	refuseEvent: (reason, ids) => refuse(400, reason, ids),
};

function refuse(status: number, reason: string, ids: Refused['ids'] = []): Refused {
	return { status, body: { error: reason }, reason, ids };
}

/** Ours: made of the address alone, with ranges that are no one's, so that anyone can see each. */
function verdictOn(address: string): { status: string; reason?: string } {
	if (address.startsWith('192.0.2.')) return { status: 'rejected', reason: 'DUPLICATE_IP' };
	return { status: address.startsWith('198.51.100.') ? 'processing' : 'approved' };
}

function findProblem(
	parameters: Map<string, string>,
	{ known, oneOf }: Operation,
	hide: (text: string) => string,
): string | undefined {
	const rules: TextRules = new Map([...RULES].filter(([name]) => known.includes(name)));
	// Decided: the page does not speak of empty values, and one says nothing.
	const broken = findEmpty(parameters, hide) ?? findBroken(parameters, rules, hide);
	if (broken !== undefined) return broken;
	const folded = findFolded(parameters, known, hide);
	if (folded !== undefined) return folded;
	const names = [...parameters.keys()];
	if (names.some((name) => oneOf.includes(name) || !known.includes(name))) return undefined;
	return `One of the parameters ${oneOf.join(', ')} is required, or one with a name of your own.`;
}
