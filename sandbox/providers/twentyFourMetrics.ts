import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { readQuery } from './query';
import { type Answer, type Provider, REFUSED_SECRET, type Refused } from './provider';
import {
	findBody,
	findBroken,
	findEmpty,
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
	/** One of them has to be there. Decided: the page requires nothing, but an empty ping is a slip. */
	oneOf: string[];
	/** The address that the verdict is made of. */
	ip: string;
}

/** The operations by their endpoint, on the page a part of the host name. */
const ENDPOINTS = new Map<string, Operation>([
	['clicks', { name: 'click', oneOf: ['offer', 'publisher'], ip: 'click_ip' }],
	[
		'postbacks',
		{ name: 'conversion', oneOf: ['external_transaction_id', 'offer'], ip: 'conversion_ip' },
	],
	['imp', { name: 'impression', oneOf: ['offer', 'publisher'], ip: 'impression_ip' }],
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
 * The parameters of the page that have a form. Others are free, since an account maps names of its
 * own in the dashboard.
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
	['session_time', matching(/^\d+$/, 'a whole number of seconds')],
]);

// The integration id is a part of a host name.
const DNS_LABEL = /^(?!-)[a-z\d-]{1,63}(?<!-)$/i;

// Not on the page, which does not say where a click is sent on to. A reserved name: it leads nowhere.
const LOCATION = 'http://offer.invalid/';

export const twentyFourMetrics: Provider = {
	name: 'twentyFourMetrics',
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
		const given = parameters.get('external_transaction_id') ?? parameters.get('sub_id');
		const id = given === undefined ? undefined : hide(given);
		if (integrationId === REFUSED_SECRET) return refuse(403, 'unknown integration id', [id]);
		if (operation.name === 'click' && parameters.get('no_redirect') !== 'true') {
			const reason = 'Parameter "no_redirect" has to be "true"; without it a click is sent on.';
			return { ...refuse(302, reason, [id]), headers: { location: LOCATION } };
		}
		const reason = problem ?? findProblem(parameters, operation, hide) ?? findBody(body);
		if (reason !== undefined) return refuse(400, reason, [id]);

		const event = hideIn(Object.fromEntries(parameters), hide) as Record<string, unknown>;
		return {
			status: 200,
			body: { transaction_id: randomUUID(), ...verdictOn(parameters.get(operation.ip) ?? '') },
			events: [{ operation: operation.name, id, deduplicates: false, event }],
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
	{ oneOf }: Operation,
	hide: (text: string) => string,
): string | undefined {
	// Decided: the page does not speak of empty values, and one says nothing.
	const broken = findEmpty(parameters, hide) ?? findBroken(parameters, RULES, hide);
	if (broken !== undefined) return broken;
	if (oneOf.some((name) => parameters.has(name))) return undefined;
	return `One of the parameters ${oneOf.join(', ')} is required.`;
}
