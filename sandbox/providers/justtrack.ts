import { readQuery } from './query';
import { type Answer, type Provider, quote, REFUSED_SECRET, type Refused } from './provider';
import { findBody, findMethod, hideIn, hiderOf, isDay, plainDecimal } from './rules';

// The rules are those of justtrack's page "Customers: Revenue Events". Where the page is silent,
// the comment at the rule says what was decided.

const PATH = '/monetization/v0/jt';

// The page's table spells packageid `packageId`, its example request `packageid`: the example,
// which shows the wire, is followed.
const REQUIRED = ['apikey', 'platform', 'packageid', 'transactionid', 'userid', 'value'];

const OPTIONAL = [
	'monetizationnetwork',
	'monetizationprovider',
	'monetizationbundleid',
	'monetizationinstancename',
	'monetizationplacement',
	'monetizationsegment',
	'monetizationtestgroup',
	'monetizationtype',
	'happenedat',
];

const KNOWN = new Set([...REQUIRED, ...OPTIONAL]);

export const justtrack: Provider = {
	name: 'justtrack',
	displayName: 'justtrack',
	baseUrl: '/justtrack',

	// Replies are not documented: the bodies and the statuses of refusals are this sandbox's own.
	receive({ method, path, query, body }): Answer {
		// The path is not repeated: where the `?` is missing or encoded, the secret is in it.
		if (path !== PATH) return refuse(404, `There is no such path; the only one is ${PATH}.`);
		const wrongMethod = findMethod(method);
		if (wrongMethod !== undefined) {
			return { ...refuse(405, wrongMethod), headers: { allow: 'GET' } };
		}

		const { parameters, problem } = readQuery(query);
		const hide = hideKey(parameters.get('apikey') ?? '');
		const transactionId = parameters.get('transactionid');
		const id = transactionId === undefined ? undefined : hide(transactionId);
		const ids = id === undefined ? [] : [id];
		const reason = problem ?? findProblem(parameters) ?? findBody(body);
		if (reason !== undefined) return refuse(400, reason, ids);
		if (parameters.get('apikey') === REFUSED_SECRET) return refuse(401, 'unknown apikey', ids);

		const amount = parameters.get('value') ?? '';
		parameters.delete('apikey');
		const event = hideIn(Object.fromEntries(parameters), hide) as Record<string, string>;
		const money = { amount, currency: 'USD', network: event.monetizationnetwork };
		return {
			status: 200,
			body: { status: 'ok' },
			events: [{ operation: 'revenueEvent', id, deduplicates: true, event, money }],
		};
	},

	refuseEvent: (reason, ids) => refuse(400, reason, ids),
};

/** A short key, as the page's example has one, is a part of anything and gives nothing away. */
function hideKey(apikey: string): (text: string) => string {
	return hiderOf(apikey.length < 8 ? '' : apikey);
}

function refuse(status: number, reason: string, ids: Refused['ids'] = []): Refused {
	return { status, body: { error: reason }, reason, ids };
}

function findProblem(parameters: Map<string, string>): string | undefined {
	for (const [name, value] of parameters) {
		if (!KNOWN.has(name)) {
			return `Parameter ${quote(name)} is unknown; the known ones are ${[...KNOWN].join(', ')}.`;
		}
		if (value.trim() === '') {
			return `Parameter "${name}" is empty; one without a value has to be left out.`;
		}
	}
	for (const name of REQUIRED) {
		if (!parameters.has(name)) return `Parameter "${name}" is missing; it is required.`;
	}

	const apikey = parameters.get('apikey') ?? '';
	const platform = parameters.get('platform') ?? '';
	const value = parameters.get('value') ?? '';
	const happenedat = parameters.get('happenedat');
	const wrong = (name: string, given: string, rule: string) =>
		`Parameter "${name}" is ${given.includes(apikey) ? '(hidden)' : quote(given)}; it has to be ${rule}.`;

	if (platform !== 'ios' && platform !== 'android') {
		return wrong('platform', platform, 'ios or android');
	}
	// "Revenue value in USD" and the example 1.98.
	if (!plainDecimal.allows(value)) return wrong('value', value, plainDecimal.says);
	if (happenedat !== undefined && !isIso8601(happenedat)) {
		return wrong('happenedat', happenedat, 'a time in ISO 8601, such as 2024-05-31T13:45:00Z');
	}
	return undefined;
}

const EXTENDED =
	/^(\d{4})-(0[1-9]|1[0-2])-(\d\d)T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d([.,]\d+)?)?(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)?$/;
const BASIC =
	/^(\d{4})(0[1-9]|1[0-2])(\d\d)T([01]\d|2[0-3])[0-5]\d([0-5]\d([.,]\d+)?)?(Z|[+-]([01]\d|2[0-3])([0-5]\d)?)?$/;

/**
 * A date and a time of day in ISO 8601's extended or basic form, with or without seconds, fraction
 * and zone, that exists in the calendar.
 */
function isIso8601(text: string): boolean {
	const match = EXTENDED.exec(text) ?? BASIC.exec(text);
	if (match === null) return false;
	const [, year, month, day] = match.map(Number) as [number, number, number, number];
	return isDay(year, month, day);
}
