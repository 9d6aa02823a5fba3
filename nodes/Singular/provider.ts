import { SingularApi } from '../../credentials/SingularApi.credentials';
import { isPathThere } from '../../transport/credential/pathQuestion';
import { byDecimalSign } from '../../transport/input/decimalSign';
import { parseMembers } from '../../transport/judging/body';
import { judgeBrokenOff, judgeStatus, judgeUnreadable } from '../../transport/judging/status';
import type { Reply } from '../../transport/model/answer';
import type { WireEvent } from '../../transport/model/event';
import { RunRefused } from '../../transport/model/outcome';
import type { CrossRule, Operation, Provider } from '../../transport/model/provider';
import type { Verdict } from '../../transport/model/verdict';
import { show } from '../../transport/text/show';
import { amount, type DecimalSign } from '../../transport/values/amount';
import { country, currency, flag, oneOf } from '../../transport/values/choice';
import { keepsOffFields } from '../../transport/values/crossRules';
import { isEmpty } from '../../transport/values/empty';
import { ipv4OrMapped } from '../../transport/values/ipAddress';
import { wholeNumber } from '../../transport/values/number';
import { jsonMap, members, textMap } from '../../transport/values/object';
import { asciiText, deviceIdentifier, identifier, text } from '../../transport/values/text';
import { unixMilliseconds } from '../../transport/values/time';
import { AD_REVENUE_EVENT, PLATFORMS, properties } from './properties';

/** "up to 500 characters", of each key and value in `e`. */
const attributeLength = [1, 500] as const;

/** The identifiers of each platform, first the one that people have at hand most often. */
const iosIdentifiers = ['idfv', 'idfa'];
const androidIdentifiers = ['aifa', 'asid', 'amid', 'oaid', 'andi'];
const otherIdentifiers = ['sdid'];
const platformIdentifiers = [...iosIdentifiers, ...androidIdentifiers];
const identifiers = [...platformIdentifiers, ...otherIdentifiers];

function identifiersOf(platform: unknown): readonly string[] {
	if (platform === 'iOS') return iosIdentifiers;
	return platform === 'Android' ? androidIdentifiers : otherIdentifiers;
}

/** What every request takes. */
const common = {
	p: oneOf(PLATFORMS),
	i: identifier(),
	ve: identifier(),
	...Object.fromEntries(identifiers.map((key) => [key, deviceIdentifier()])),
	att_authorization_status: wholeNumber(0, 3),
	ip: ipv4OrMapped(),
	use_ip: flag(),
	country: country(),
	custom_user_id: identifier(),
	data_sharing_options: members({ limit_data_sharing: flag() }),
	// as it is read; it goes out by one key or the other
	utime: unixMilliseconds(),
	additionalParameters: textMap(),
};

const attributes = jsonMap(attributeLength);

const eventName = asciiText([1, 32]);

const attribute = text(attributeLength).optional();
const adAttributes = members(
	{
		ad_platform: text(attributeLength),
		ad_mediation_platform: attribute,
		ad_type: attribute,
		ad_group_type: attribute,
		ad_impression_id: attribute,
		ad_placement_name: attribute,
		ad_placement_id: attribute,
		ad_unit_id: attribute,
		ad_unit_name: attribute,
		ad_group_id: attribute,
		ad_group_name: attribute,
		ad_group_priority: attribute,
		ad_precision: attribute,
	},
	// the vendor's own SDK sends further ones: ad_currency, ad_revenue
	attributeLength,
);

/** Each group of platforms with the identifiers of its devices. */
const devices = [
	['iOS', iosIdentifiers],
	['Android', androidIdentifiers],
	['PC, consoles, CTV and Web', otherIdentifiers],
] as const;

/** What fields keep together in every request. */
const commonRules: readonly CrossRule[] = [
	{
		fields: ['ip', 'use_ip'],
		holds: ({ ip, use_ip }) => ip !== undefined || use_ip === true,
		says: 'is required, or use_ip=true',
		of: 'ip',
	},
	{
		fields: ['ip', 'use_ip'],
		holds: ({ ip, use_ip }) => ip === undefined || use_ip !== true,
		says: 'cannot be combined with use_ip=true: exactly one of them is accepted',
		of: 'ip',
	},
	{
		fields: ['use_ip', 'country'],
		holds: ({ use_ip, country }) => use_ip !== true || country !== undefined,
		says: 'is required beside use_ip=true',
		of: 'country',
	},
	...devices.flatMap(([platform, own]) =>
		own
			// the one that Singular itself gives is at home everywhere
			.filter((key) => key !== 'sdid')
			.map((key) => ({
				fields: ['p', key],
				holds: (event: Given) => event[key] === undefined || identifiersOf(event.p) === own,
				says: `identifies a device of ${platform}, which the event's platform is not: leave it empty`,
				of: key,
			})),
	),
];

type Given = Readonly<Record<string, unknown>>;

/** A device is known by an identifier of its platform. */
const needsOwnIdentifier: readonly CrossRule[] = devices.map(([platform, own]) => ({
	fields: ['p', ...own],
	holds: (event) => identifiersOf(event.p) !== own || own.some((key) => event[key] !== undefined),
	says: needed(platform, own),
	of: own[0] ?? '',
	shown: (given) => own.map((key) => given[key]).find((value) => !isEmpty(value)),
}));

/** In version 2 of the API, on every platform. */
const needsDeviceId: CrossRule = {
	fields: ['sdid'],
	holds: ({ sdid }) => sdid !== undefined,
	says: 'is required with API Version 2 (zeros identify nobody)',
	of: 'sdid',
};

/** The name makes ad revenue of an event, and it would be counted without its amount. */
const needsOwnName: CrossRule = {
	fields: ['n'],
	holds: ({ n }) => typeof n !== 'string' || n.trim() !== AD_REVENUE_EVENT,
	says: 'must be a name of your own (ad revenue has the operation Send Ad Revenue)',
	of: 'n',
};

/** In which way the attributes of the ad are given is up to the user, but not whether. */
const needsAdPlatform: CrossRule = {
	fields: ['e'],
	holds: ({ e }) => e !== undefined,
	says: 'is required',
	of: 'e.ad_platform',
};

function needed(platform: string, [, ...others]: readonly string[]): string {
	const alternatives = others.length > 0 ? `, or ${others.join(' or ')}` : '';
	return `is required on ${platform}${alternatives} (zeros identify nobody)`;
}

/** `use_ip` is only ever true; ATT is of iOS alone, and is always sent there. */
function complete({
	use_ip,
	att_authorization_status: status,
	utime,
	...event
}: WireEvent): WireEvent {
	return {
		...event,
		...timeOf(utime),
		...(use_ip === true && { use_ip }),
		...(event.p === 'iOS' && { att_authorization_status: status ?? 0 }),
	};
}

/** By the key that loses nothing of it: a time of whole seconds goes out in seconds. */
function timeOf(milliseconds: WireEvent[string]): WireEvent {
	if (typeof milliseconds !== 'number') return {};
	return milliseconds % 1000 === 0 ? { utime: milliseconds / 1000 } : { umilisec: milliseconds };
}

/** The same for version 2 of the API, which knows devices by their Singular device ID alone. */
function completeForV2(event: WireEvent): WireEvent {
	return Object.fromEntries(
		Object.entries(complete(event)).filter(([key]) => !platformIdentifiers.includes(key)),
	);
}

/** Every identifier that an event has, since another event may have another part of them. */
function devicesOf(event: WireEvent): readonly string[] {
	return identifiers
		.filter((key) => event[key] !== undefined)
		.map((key) => `${key}=${event[key] as string}`);
}

/** What no additional parameter may stand in for: the key, and what tells the operations apart. */
const ALWAYS_TAKEN = ['a', 'n', 'is_admon_revenue', 'is_revenue_event', 'amt', 'cur'];

function operation(ownValues: Operation['values'], rules: readonly CrossRule[]): Operation {
	const values: Operation['values'] = { ...common, ...ownValues };
	const taken = [...ALWAYS_TAKEN, 'umilisec', ...Object.keys(values)];
	return {
		values,
		rules: [...commonRules, ...rules, keepsOffFields('additionalParameters', taken)],
		complete,
		madeKeys: ['umilisec'],
		columnAliases: { umilisec: 'utime' },
		lane: { name: 'device', of: devicesOf },
		// "Events must be processed in chronological order"
		times: ['umilisec', 'utime'],
		// "Singular does not deduplicate received data"
		deduplicates: false,
		judge,
	};
}

/** An operation whose events go to either version of the API. */
function eventOperation(
	valuesWith: (sign: DecimalSign) => Operation['values'],
	rules: readonly CrossRule[],
): Operation {
	const { values: own, adaptTo } = byDecimalSign((sign) => ({ ...common, ...valuesWith(sign) }));
	return {
		...operation(own, [...needsOwnIdentifier, ...rules]),
		adaptTo: (options) => ({
			...adaptTo(options),
			...(readApiVersion(options) === 'v2' && {
				rules: operation(own, [needsDeviceId, ...rules]).rules,
				complete: completeForV2,
			}),
		}),
	};
}

/** @throws {RunRefused} where it is neither: what was sent to the wrong one cannot be taken back */
function readApiVersion({ apiVersion }: Given): 'v1' | 'v2' {
	const version = apiVersion ?? 'v1';
	if (version === 'v1' || version === 'v2') return version;
	throw new RunRefused(
		'invalid',
		`The option API Version (apiVersion) must be v1 or v2, not ${show(version)}.`,
	);
}

/** A reason that is about the event says what is wrong with it. */
const ABOUT_EVENT = /\binvalid\b|\bmissing\b|\bshould have\b|\bno device id\b/i;

/**
 * A reason that is about the SDK key speaks of it from the start: further on, it quotes what the
 * event holds.
 */
const ABOUT_KEY =
	/^(?:(?:the|your|an?) )?(?:(?:bad|disabled|expired|invalid|missing|unknown|unrecognized|wrong) )?(?:sdk|api)[ _]?key(?=$|\s*[.:,;(]| (?:is|was|has|does|not|provided|given)\b)|^(?:missing|invalid) argument: a\W*$/i;

/** HTTP 200 is not success: the body says what it is. Any other status asks for a retry. */
function judge(reply: Reply): Verdict {
	const { status } = reply;
	if (status !== 200) return judgeOtherStatus(reply);
	if (reply.truncated) return judgeBrokenOff(reply);
	const { status: word, reason } = parseMembers(reply);
	if (word === 'ok') return { kind: 'delivered' };
	if (word === 'error' && typeof reason === 'string') {
		const refusal = `refused it: ${reason}`;
		if (ABOUT_KEY.test(reason.trim())) {
			return {
				kind: 'unauthorized',
				reason: refusal,
				advice: 'Check the SDK Key of the credential: the reporting API key is not accepted.',
			};
		}
		// what says nothing of the event may be over with the next try
		return { kind: ABOUT_EVENT.test(reason) ? 'rejected' : 'notTaken', reason: refusal };
	}
	return judgeUnreadable(reply, 'Singular');
}

function judgeOtherStatus(reply: Reply): Verdict {
	const verdict = judgeStatus(reply);
	switch (verdict.kind) {
		case 'delivered':
			return { ...judgeUnreadable(reply, 'Singular'), asksForRepeat: true };
		case 'unclear':
		case 'rejected':
			// a redirect is never followed, and would come again
			if (reply.status < 400) return verdict;
			return verdict.kind === 'unclear'
				? { ...verdict, asksForRepeat: true }
				: { ...verdict, kind: 'notTaken' };
		default:
			return verdict;
	}
}

const revenueWith = (sign: DecimalSign) => ({ amt: amount(sign), cur: currency() });
const money = { amount: 'amt', currency: { key: 'cur' } };

export const singular: Provider = {
	name: 'singular',
	displayName: 'Singular',
	properties,
	credential: new SingularApi(),
	// records nothing: without an SDK key there is no account that it could count for
	credentialQuestion: () =>
		isPathThere(
			{ method: 'GET', path: '/api/v1/evt' },
			'The key has the right shape; only an accepted event proves it.',
		),
	operations: {
		adRevenue: {
			...eventOperation((sign) => ({ ...revenueWith(sign), e: adAttributes }), [needsAdPlatform]),
			money,
		},
		revenueEvent: {
			...eventOperation(
				(sign) => ({
					...revenueWith(sign),
					n: eventName,
					e: attributes,
					purchase_product_id: text(),
					purchase_transaction_id: text(),
					purchase_receipt: text(),
					receipt_signature: text(),
				}),
				[needsOwnName],
			),
			money,
		},
		event: eventOperation(() => ({ n: eventName, e: attributes }), [needsOwnName]),
		session: {
			...operation(
				{
					n: text(),
					app_v: text(),
					ma: text(),
					mo: text(),
					lc: text(),
					bd: text(),
					install: flag(),
					openuri: text(),
					install_ref: text(),
					c: oneOf(['wifi', 'carrier']),
					cn: text(),
					dnt: wholeNumber(0, 1),
				},
				[...needsOwnIdentifier, needsOwnName],
			),
			recommended: ['app_v', 'ma', 'mo', 'lc', 'bd', 'install'],
		},
	},
};
