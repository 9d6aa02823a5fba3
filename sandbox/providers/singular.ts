import { isIPv4 } from 'node:net';
import { readQuery } from './query';
import {
	type AcceptedEvent,
	type Answer,
	type Money,
	type Provider,
	quote,
	REFUSED_SECRET,
	type Refused,
	shorten,
} from './provider';
import {
	anyText,
	findBody,
	findBroken,
	findEmpty,
	findMethod,
	hideIn,
	hiderOf,
	isBetween,
	isObject,
	matching,
	oneOf,
	plainDecimal,
	readJson,
	type Rule,
	type TextRules,
} from './rules';

// The rules are those of Singular's page "Tracking Ad Revenue", and where it is silent those of its
// pages on the EVENT and the SESSION endpoint. Where they are silent too, the comment at the rule
// says what was decided.

const EVENT_PATH = '/api/v1/evt';
/** Knows devices by their Singular device ID alone, on every platform. */
const EVENT_PATH_V2 = '/api/v2/evt';
const SESSION_PATH = '/api/v1/launch';
const PATHS = [EVENT_PATH, EVENT_PATH_V2, SESSION_PATH];

const AD_REVENUE = '__ADMON_USER_LEVEL_REVENUE__';

const ANDROID_IDENTIFIERS = ['aifa', 'asid', 'amid', 'oaid', 'andi'];
const PLATFORMS = new Map([
	['iOS', ['idfv', 'idfa']],
	['Android', ANDROID_IDENTIFIERS],
	...['PC', 'Xbox', 'Playstation', 'Nintendo', 'MetaQuest', 'CTV', 'Web'].map(
		(platform): [string, string[]] => [platform, ['sdid']],
	),
]);
const IDENTIFIERS = new Set([...PLATFORMS.values()].flat());

// What a device without an advertising identifier gives for it: it tells no device.
const identifier: Rule<string> = {
	says: 'left out where it is of zeros, since they identify nobody',
	allows: (text) => /[^0-]/.test(text),
};

// The page shows texts alone. Numbers, booleans, objects and lists are as good JSON, so they are
// taken; the length of all but text is that of its JSON. Of ad revenue it lists possible names, yet
// the vendor's own SDK sends others.
const attributes: Rule<string> = {
	says: 'a JSON object of names and values, each of 1 to 500 characters',
	allows: (text) => {
		const value = readJson(text)?.value;
		return (
			isObject(value) &&
			Object.entries(value).every(([name, entry]) => isShort(name) && isAttribute(entry))
		);
	},
};

function isAttribute(value: unknown): boolean {
	if (typeof value === 'string') return isShort(value) && value.trim() !== '';
	return value !== null && isShort(JSON.stringify(value));
}

function isShort(text: string): boolean {
	return isBetween(Array.from(text).length, 1, 500);
}

const dataSharing: Rule<string> = {
	says: '{"limit_data_sharing":true} or {"limit_data_sharing":false} as JSON',
	allows: (text) => {
		const value = readJson(text)?.value;
		return (
			isObject(value) &&
			Object.keys(value).length === 1 &&
			typeof value.limit_data_sharing === 'boolean'
		);
	},
};

const COMMON: [string, Rule<string>][] = [
	['a', anyText],
	['p', anyText],
	['i', anyText],
	// The page says public, and has 10.1.2.3 in its example: any IPv4 is taken.
	['ip', { says: 'an IPv4 address', allows: isIPv4 }],
	// Another value than true has no meaning on the page.
	['use_ip', oneOf('true')],
	['ve', anyText],
	['country', matching(/^[A-Z]{2}$/, 'two capital letters of ISO 3166-1, such as US')],
	...Array.from(IDENTIFIERS, (name): [string, Rule<string>] => [name, identifier]),
	['att_authorization_status', oneOf('0', '1', '2', '3')],
	['data_sharing_options', dataSharing],
	['custom_user_id', anyText],
	['utime', matching(/^[1-9]\d{9}$/, 'a unix time in seconds, of 10 digits')],
	['umilisec', matching(/^[1-9]\d{12}$/, 'a unix time in milliseconds, of 13 digits')],
	// What the pages and clients of the vendor have besides, of any value.
	...[
		...['install_source', 'install_time', 'update_time', 'install_receipt', 'meta_ref'],
		...['ua', 'os', 'av', 'cdid', 'global_properties', 'fcm', 'apns_token', 'attribution_token'],
		...['skan_conversion_value', 'skan_first_call_timestamp', 'skan_last_call_timestamp'],
		...['ddl_enabled', 'singular_link_resolve_required'],
	].map((name): [string, Rule<string>] => [name, anyText]),
];

const eventName = matching(/^[ -~]{1,32}$/, 'a text of 1 to 32 ASCII characters');
const appName: Rule<string> = {
	says: 'another name, since this one belongs to ad revenue',
	allows: (text) => text.trim() !== AD_REVENUE,
};

const currencies = Intl.supportedValuesOf('currency');

const REVENUE: [string, Rule<string>][] = [
	['is_revenue_event', oneOf('true')],
	// The example is 0.00782.
	['amt', plainDecimal],
	[
		'cur',
		{
			says: 'three capital letters of ISO 4217, such as USD',
			allows: (text) => currencies.includes(text),
		},
	],
];
const REVENUE_NAMES = REVENUE.map(([name]) => name);

interface Operation {
	name: string;
	parameters: TextRules;
	/** Besides what every operation needs. */
	required: string[];
}

const adRevenue: Operation = {
	name: 'adRevenue',
	parameters: new Map([
		...COMMON,
		['n', oneOf(AD_REVENUE)],
		['e', attributes],
		['is_admon_revenue', oneOf('true')],
		...REVENUE,
	]),
	required: ['n', 'e', 'is_admon_revenue', ...REVENUE_NAMES],
};

const revenueEvent: Operation = {
	name: 'revenueEvent',
	parameters: new Map([
		...COMMON,
		['n', eventName],
		['e', attributes],
		...REVENUE,
		['purchase_product_id', anyText],
		['purchase_transaction_id', anyText],
		['purchase_receipt', anyText],
		['receipt_signature', anyText],
	]),
	required: ['n', ...REVENUE_NAMES],
};

const event: Operation = {
	name: 'event',
	parameters: new Map([...COMMON, ['n', eventName], ['e', attributes]]),
	required: ['n'],
};

const session: Operation = {
	name: 'session',
	parameters: new Map([
		...COMMON,
		['n', appName],
		...['app_v', 'ma', 'mo', 'lc', 'bd', 'openuri', 'install_ref', 'cn'].map(
			(name): [string, Rule<string>] => [name, anyText],
		),
		['install', oneOf('true', 'false')],
		['c', oneOf('wifi', 'carrier')],
		['dnt', oneOf('0', '1')],
	]),
	required: [],
};

export const singular: Provider = {
	name: 'singular',
	displayName: 'Singular',
	baseUrl: '/singular',

	// The reasons of a missing argument, an invalid platform and a missing device are worded as on
	// the vendor's page of response codes, the others as here. The page has no status but 200: those
	// of a wrong path and method are this sandbox's own.
	receive({ method, path, query, body }): Answer {
		if (!PATHS.includes(path)) {
			const reason = `There is no such path; there are ${PATHS.join(', ')}.`;
			return refuse(404, reason, []);
		}
		const wrongMethod = findMethod(method);
		if (wrongMethod !== undefined) {
			return { ...refuse(405, wrongMethod, []), headers: { allow: 'GET' } };
		}

		const { parameters, problem } = readQuery(query);
		const sdkKey = parameters.get('a') ?? '';
		const hide = hiderOf(sdkKey);
		const customUserId = parameters.get('custom_user_id');
		const id = customUserId === undefined ? undefined : hide(customUserId);
		const operation = path === SESSION_PATH ? session : operationOf(parameters);
		const findDevice = path === EVENT_PATH_V2 ? findIdProblem : findIdentifierProblem;
		const reason =
			problem ?? findProblem(parameters, operation, findDevice, hide) ?? findBody(body);
		if (reason !== undefined) return refuseEvent(reason, [id]);
		if (sdkKey === REFUSED_SECRET) return refuseEvent('invalid SDK key', [id]);

		parameters.delete('a');
		return {
			status: 200,
			body: { status: 'ok' },
			events: [
				{
					operation: operation.name,
					id,
					deduplicates: false,
					event: hideIn(Object.fromEntries(parameters), hide) as Record<string, unknown>,
					money: moneyOf(parameters, hide),
					order: orderOf(parameters),
				},
			],
		};
	},

	refuseEvent,
};

function refuse(status: number, reason: string, ids: Refused['ids']): Refused {
	return { status, body: { status: 'error', reason }, reason, ids };
}

/** What the vendor's page has no words for is told to be about the event all the same. */
function refuseEvent(reason: string, ids: Refused['ids']): Refused {
	const isDocumented = /^(?:missing argument|invalid |no device ID)/.test(reason);
	return refuse(200, isDocumented ? reason : `invalid event: ${reason}`, ids);
}

function operationOf(parameters: Map<string, string>): Operation {
	if (parameters.has('is_admon_revenue') || parameters.get('n') === AD_REVENUE) return adRevenue;
	return parameters.has('is_revenue_event') ? revenueEvent : event;
}

function findProblem(
	parameters: Map<string, string>,
	{ name: operation, parameters: rules, required }: Operation,
	findDevice: typeof findIdentifierProblem,
	hide: (text: string) => string,
): string | undefined {
	for (const name of parameters.keys()) {
		if (!rules.has(name)) {
			return `Parameter ${quote(hide(name))} is unknown to ${operation}; the known ones are ${[...rules.keys()].join(', ')}.`;
		}
	}
	const empty = findEmpty(parameters, hide);
	if (empty !== undefined) return empty;
	for (const name of ['a', 'p', 'i', 've', ...required]) {
		if (!parameters.has(name)) return `missing argument: ${name}`;
	}
	const platform = parameters.get('p') ?? '';
	const own = PLATFORMS.get(platform);
	if (own === undefined) return `invalid platform: ${shorten(hide(platform))}`;
	return (
		findDevice(parameters, platform, own) ??
		findStatusProblem(parameters, platform) ??
		findAddressProblem(parameters) ??
		findBroken(parameters, rules, hide) ??
		(operation === 'adRevenue' ? findPlatformAttribute(parameters) : undefined)
	);
}

// The one that Singular itself gives is at home on every platform.
function findIdentifierProblem(
	parameters: Map<string, string>,
	platform: string,
	own: readonly string[],
): string | undefined {
	for (const name of IDENTIFIERS) {
		if (parameters.has(name) && !own.includes(name) && name !== 'sdid') {
			return `Parameter "${name}" is no identifier of ${platform}; it has ${own.join(', ')}.`;
		}
	}
	return own.some((name) => parameters.has(name)) ? undefined : 'no device ID supplied';
}

function findIdProblem(parameters: Map<string, string>): string | undefined {
	for (const name of IDENTIFIERS) {
		if (parameters.has(name) && name !== 'sdid') {
			return `Parameter "${name}" is not known to ${EVENT_PATH_V2}, where a device has "sdid" alone.`;
		}
	}
	return parameters.has('sdid') ? undefined : 'no device ID supplied';
}

function findStatusProblem(parameters: Map<string, string>, platform: string): string | undefined {
	const status = 'att_authorization_status';
	if (platform === 'iOS') return parameters.has(status) ? undefined : `missing argument: ${status}`;
	return parameters.has(status) ? `Parameter "${status}" is for iOS alone.` : undefined;
}

function findAddressProblem(parameters: Map<string, string>): string | undefined {
	const usesIp = parameters.has('use_ip');
	if (parameters.has('ip')) {
		return usesIp ? 'Parameters "ip" and "use_ip" exclude each other.' : undefined;
	}
	if (!usesIp) return 'missing argument: ip';
	return parameters.has('country') ? undefined : 'missing argument: country';
}

function findPlatformAttribute(parameters: Map<string, string>): string | undefined {
	const given = readJson(parameters.get('e') ?? '')?.value as Record<string, unknown>;
	return 'ad_platform' in given ? undefined : 'missing argument: ad_platform in e';
}

/** An attribute may be of any type, so it is shown as it is in JSON unless it is a text. */
function moneyOf(
	parameters: Map<string, string>,
	hide: (text: string) => string,
): Money | undefined {
	const amount = parameters.get('amt');
	if (amount === undefined) return undefined;
	const attributes = readJson(parameters.get('e') ?? '')?.value;
	const platform = isObject(attributes) ? attributes.ad_platform : undefined;
	const text = typeof platform === 'string' ? platform : JSON.stringify(platform);
	return {
		amount,
		currency: parameters.get('cur'),
		network: platform === undefined ? undefined : hide(text),
	};
}

function orderOf(parameters: Map<string, string>): AcceptedEvent['order'] {
	const milliseconds = parameters.get('umilisec');
	const seconds = parameters.get('utime');
	if (milliseconds === undefined && seconds === undefined) return undefined;
	const lanes = Array.from(IDENTIFIERS, (name) => [name, parameters.get(name)])
		.filter(([, value]) => value !== undefined)
		.map((lane) => JSON.stringify(lane));
	return { lanes, at: milliseconds === undefined ? Number(seconds) * 1000 : Number(milliseconds) };
}
