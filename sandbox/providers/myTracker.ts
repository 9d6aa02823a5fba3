import { isIPv4, isIPv6 } from 'node:net';
import { readQuery } from './query';
import {
	type AcceptedEvent,
	type Answer,
	type Money,
	type Provider,
	quote,
	REFUSED_SECRET,
	type Refused,
} from './provider';
import { hideIn, hiderOf, isBetween, isObject, plainDecimal, readJson, type Rule } from './rules';

// The rules are those of myTracker's page "Import event". Where the page is silent, the comment at
// the rule says what was decided.

const VERSION = 'v1';
const BATCH = 'Batch';
const MAX_EVENTS = 20;
// The page says 10Kb, of what it does not say: of the body, and thousands, the smaller reading.
const MAX_BYTES = 10_000;

// Checks token and app, takes no event. Not on the page: the vendor's PHP client calls it.
const ACCESS_TEST = 'test-app-access';

// Ours: the app that no token is suitable for, so that anyone can see what a wrong one looks like.
const REFUSED_APP = '403';

const text = (min: number, max: number): Rule => ({
	says: `a text of ${min === max ? max : `${min} to ${max}`} characters`,
	allows: (value) => typeof value === 'string' && isBetween(Array.from(value).length, min, max),
});

// The page's examples show whole numbers as texts and as JSON numbers.
const whole = (min: number, max: number): Rule => ({
	says: `a whole number from ${min} to ${max}`,
	allows: (value) =>
		typeof value === 'string'
			? /^(0|[1-9]\d*)$/.test(value) && isBetween(Number(value), min, max)
			: Number.isInteger(value) && isBetween(value as number, min, max),
});

const amount: Rule = {
	says: 'a number that is not negative, such as 1.98',
	allows: (value) =>
		typeof value === 'string'
			? plainDecimal.allows(value)
			: Number.isFinite(value) && (value as number) >= 0,
};

// A valid address keeps the page's lengths by itself, once it has no zone.
const ipv4: Rule = {
	says: 'an IPv4 address',
	allows: (value) => typeof value === 'string' && isIPv4(value),
};
const ipv6: Rule = {
	says: 'an IPv6 address without a zone',
	allows: (value) => typeof value === 'string' && isIPv6(value) && !value.includes('%'),
};

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

// The page calls it numeric, a text of three symbols, and shows USD: both forms are followed.
const currency: Rule = {
	says: 'three capital letters of ISO 4217, such as USD, or its three digits, such as "840"',
	allows: (value) => typeof value === 'string' && (CURRENCIES.has(value) || /^\d{3}$/.test(value)),
};

const shortText = text(1, 255);
const namedTexts: Rule = {
	says: 'an object whose names and values are texts of 1 to 255 characters',
	allows: (value) =>
		isObject(value) &&
		Object.entries(value).every((entry) => entry.every((part) => shortText.allows(part))),
};

const COMMON: [string, Rule][] = [
	['eventTimestamp', whole(0, 4_294_967_295)],
	// For these two texts the page gives no minimum: an empty one says nothing, so it is refused.
	['customUserId', text(1, 1024)],
	['userAgent', text(1, 2048)],
	['ipv4', ipv4],
	['ipv6', ipv6],
	['idGender', whole(0, 2)],
	// No minimum on the page.
	['age', whole(0, 128)],
	['connectionType', whole(0, 2)],
	['bluetoothEnabled', whole(0, 2)],
	['instanceId', text(36, 36)],
	['adTrackingEnabled', whole(0, 1)],
	['idfa', text(36, 36)],
	['iosVendorId', text(36, 36)],
	['gaid', text(36, 36)],
	// The page's example has 15: the rule is followed.
	['androidId', text(16, 16)],
	['lvid', text(32, 32)],
	['adBlocker', whole(0, 1)],
];

const IDENTIFIERS = [
	'customUserId',
	'instanceId',
	'lvid',
	'gaid',
	'androidId',
	'idfa',
	'iosVendorId',
];

interface Operation {
	parameters: Map<string, Rule>;
	/** Besides one of the IDENTIFIERS, which every event needs. */
	required: string[];
	/** The parameter whose value is the event's id in reports and faults. */
	id: string;
	deduplicates: boolean;
}

// Only payments have an id on the page. The vendor removes repeats of them, and says so nowhere of
// other events.
const user: Operation = {
	parameters: new Map(COMMON),
	required: ['customUserId'],
	id: 'customUserId',
	deduplicates: false,
};

const OPERATIONS = new Map<string, Operation>([
	['registration', user],
	['login', user],
	[
		'customEvent',
		{
			parameters: new Map([
				...COMMON,
				['customEventName', shortText],
				['customEventParams', namedTexts],
			]),
			required: ['customEventName'],
			id: 'customUserId',
			deduplicates: false,
		},
	],
	[
		'customRevenue',
		{
			parameters: new Map([
				...COMMON,
				['idTransaction', shortText],
				['currency', currency],
				['total', amount],
			]),
			required: ['eventTimestamp', 'idTransaction', 'currency', 'total'],
			id: 'idTransaction',
			deduplicates: true,
		},
	],
]);

export const myTracker: Provider = {
	name: 'myTracker',
	displayName: 'myTracker',
	baseUrl: '/myTracker',

	// The page does not say which of several problems is answered: here that with version, method,
	// token and app, then body.
	receive({ method, path, query, headers, body }): Answer {
		const [, version = '', called = ''] = path.split('/');
		if (version !== VERSION) {
			return refuse(400, 'Bad api version', `The only version is ${VERSION}.`);
		}
		const isBatch = called.endsWith(BATCH);
		const operationName = isBatch ? called.slice(0, -BATCH.length) : called;
		const operation = OPERATIONS.get(operationName);
		const isKnown = operation !== undefined || called === ACCESS_TEST;
		// The vendor's PHP client leaves out the last slash, the page has it.
		if (!isKnown || method !== 'POST' || path !== `/${version}/${called}/`) {
			const names = [...OPERATIONS.keys()].flatMap((own) => [own, own + BATCH]);
			const reason = `There are only POST /${VERSION}/<method>/ with the methods ${[...names, ACCESS_TEST].join(', ')}.`;
			return refuse(404, 'Method not found', reason);
		}

		const authorization = headers.authorization ?? '';
		// The last word, should the token come after a scheme.
		const hide = hiderOf(authorization.split(' ').at(-1) ?? '');
		const json = readJson(body);
		const events = operation === undefined ? [] : eventsIn(json?.value, isBatch);
		const ids = events.map((event) => {
			const id = isObject(event) && operation !== undefined ? event[operation.id] : undefined;
			return typeof id === 'string' ? hide(id) : undefined;
		});

		const { parameters, problem } = readQuery(query);
		const denial = findDenial(authorization, parameters.get('idApp') ?? '');
		if (denial !== undefined) return refuse(403, 'Forbidden', denial, ids);

		if (body === '') return refuse(400, 'Empty post data', 'The body is empty.', ids);
		if (json === undefined) return refuse(400, 'Bad json', 'The body is no JSON.', ids);
		if (problem !== undefined || parameters.size > 1) {
			return refuseEvent('The query has to be idApp, once and alone.', ids);
		}
		const bytes = Buffer.byteLength(body);
		if (bytes > MAX_BYTES) {
			return refuseEvent(`The body has ${bytes} bytes; it may have ${MAX_BYTES}.`, ids);
		}

		if (operation === undefined) {
			return json.value === true ? accept([]) : refuseEvent('The body has to be true.', ids);
		}
		const reason =
			(isBatch ? findBatchProblem(json.value) : undefined) ??
			findEventProblem(events, operation, hide);
		if (reason !== undefined) return refuseEvent(reason, ids);

		return accept(
			events.map((event, index) => ({
				operation: operationName,
				id: ids[index],
				deduplicates: operation.deduplicates,
				event: hideIn(event, hide) as Record<string, unknown>,
				money: moneyOf(event),
			})),
		);
	},

	refuseEvent,
};

function accept(events: AcceptedEvent[]): Answer {
	// The page's own OK begins with a Cyrillic letter, taken for a slip.
	return { status: 200, body: { message: 'OK' }, events };
}

function refuse(status: number, error: string, reason: string, ids: Refused['ids'] = []): Refused {
	return { status, body: { error }, reason, ids };
}

function refuseEvent(reason: string, ids: Refused['ids']): Refused {
	return refuse(400, 'Bad Request', reason, ids);
}

/** Why the token may not write to the app, if it may not. */
function findDenial(authorization: string, app: string): string | undefined {
	if (authorization === '') return 'Header "authorization" is missing; it is required.';
	if (authorization === REFUSED_SECRET) return 'unknown token';
	// The page shows the token alone; a scheme before it makes another text of it.
	if (authorization.includes(' ')) return 'Header "authorization" has to be the token alone.';
	if (!/^\d+$/.test(app)) return 'Query parameter "idApp" is missing or no number.';
	if (app === REFUSED_APP) return `The token is not suitable for app ${REFUSED_APP}.`;
	return undefined;
}

function findBatchProblem(batch: unknown): string | undefined {
	if (!Array.isArray(batch)) return 'The body of a batch has to be an array.';
	if (isBetween(batch.length, 1, MAX_EVENTS)) return undefined;
	return `The batch has ${batch.length} events; it has to have 1 to ${MAX_EVENTS}.`;
}

/** What is wrong with the first broken event. */
function findEventProblem(
	events: unknown[],
	operation: Operation,
	hide: (text: string) => string,
): string | undefined {
	for (const [index, event] of events.entries()) {
		const problem = findProblem(event, operation, hide);
		if (problem !== undefined) return `Event ${index}: ${problem}`;
	}
	return undefined;
}

function findProblem(
	event: unknown,
	{ parameters, required }: Operation,
	hide: (text: string) => string,
): string | undefined {
	if (!isObject(event)) return 'it has to be an object.';
	for (const [name, value] of Object.entries(event)) {
		const rule = parameters.get(name);
		if (rule === undefined) {
			return `parameter ${quote(hide(name))} is unknown; the known ones are ${[...parameters.keys()].join(', ')}.`;
		}
		if (!rule.allows(value)) {
			const shown = hideIn(value, hide);
			const given = quote(typeof shown === 'string' ? shown : JSON.stringify(shown));
			return `parameter "${name}" is ${given}; it has to be ${rule.says}.`;
		}
	}
	for (const name of required) {
		if (!(name in event)) return `parameter "${name}" is missing; it is required.`;
	}
	if (!IDENTIFIERS.some((name) => name in event)) {
		return `an identifier is missing; one of ${IDENTIFIERS.join(', ')} is required.`;
	}
	return undefined;
}

function moneyOf(event: unknown): Money | undefined {
	const { total, currency } = event as { total?: string | number; currency?: string };
	return total === undefined ? undefined : { amount: String(total), currency };
}

/** What stands where events should, whether it is one or not. */
function eventsIn(value: unknown, isBatch: boolean): unknown[] {
	if (isBatch) return Array.isArray(value) ? value : [];
	return value === undefined ? [] : [value];
}
