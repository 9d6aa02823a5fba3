import { SingularApi } from '../../credentials/SingularApi.credentials';
import type { Reply } from '../../transport/http';
import { describeReply, judgeBrokenOff, judgeStatus, parseMembers } from '../../transport/judge';
import type { Operation, Provider, Verdict, WireEvent } from '../../transport/provider';
import {
	across,
	amount,
	asciiText,
	country,
	currency,
	fields,
	flag,
	identifier,
	ipv4,
	members,
	oneOf,
	scalarMap,
	text,
	unixMilliseconds,
	unixSeconds,
	wholeNumber,
} from '../../transport/values';
import { PLATFORMS, properties } from './properties';

/** "up to 500 characters", of each key and value in `e`. */
const attributeLength = [1, 500] as const;

/** The identifiers of each platform, first the one that people have at hand most often. */
const iosIdentifiers = ['idfv', 'idfa'];
const androidIdentifiers = ['aifa', 'asid', 'amid', 'oaid', 'andi'];
const otherIdentifiers = ['sdid'];
const identifiers = [...iosIdentifiers, ...androidIdentifiers, ...otherIdentifiers];

function identifiersOf(platform: unknown): readonly string[] {
	if (platform === 'iOS') return iosIdentifiers;
	return platform === 'Android' ? androidIdentifiers : otherIdentifiers;
}

/** What every request takes. */
const common = {
	p: oneOf(PLATFORMS),
	i: identifier(),
	ve: identifier(),
	...Object.fromEntries(identifiers.map((key) => [key, identifier().optional()])),
	att_authorization_status: wholeNumber(0, 3).optional(),
	ip: ipv4().optional(),
	use_ip: flag().optional(),
	country: country().optional(),
	custom_user_id: identifier().optional(),
	data_sharing_options: members({ limit_data_sharing: flag() }).optional(),
	utime: unixSeconds().optional(),
	umilisec: unixMilliseconds().optional(),
};

const attributes = scalarMap(attributeLength).optional();

const eventName = asciiText([1, 32]);

const attribute = text(attributeLength).optional();
const adAttributes = members({
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
});

/** The rules that fields keep together, and what goes out without being asked for. */
function withCommonRules(own: Parameters<typeof fields>[0]): Operation['schema'] {
	let schema: Operation['schema'] = fields({ ...common, ...own });
	schema = across(schema, {
		fields: ['ip', 'use_ip'],
		holds: ({ ip, use_ip }) => ip !== undefined || use_ip === true,
		says: 'is required, or use_ip=true',
		of: 'ip',
	});
	schema = across(schema, {
		fields: ['ip', 'use_ip'],
		holds: ({ ip, use_ip }) => ip === undefined || use_ip !== true,
		says: 'must not stand beside use_ip=true: exactly one of them is accepted',
		of: 'ip',
	});
	schema = across(schema, {
		fields: ['use_ip', 'country'],
		holds: ({ use_ip, country }) => use_ip !== true || country !== undefined,
		says: 'is required beside use_ip=true',
		of: 'country',
	});
	schema = across(schema, {
		fields: ['utime', 'umilisec'],
		holds: ({ utime, umilisec }) => utime === undefined || umilisec === undefined,
		says: 'must not stand beside utime: one of them is enough',
		of: 'umilisec',
	});
	for (const [platform, own] of [
		['iOS', iosIdentifiers],
		['Android', androidIdentifiers],
		['PC, consoles, CTV and Web', otherIdentifiers],
	] as const) {
		schema = across(schema, {
			fields: ['p', ...own],
			holds: (event) =>
				identifiersOf(event.p) !== own || own.some((key) => event[key] !== undefined),
			says: needed(platform, own),
			of: own[0] ?? '',
		});
		for (const key of own) {
			schema = across(schema, {
				fields: ['p', key],
				holds: (event) => event[key] === undefined || identifiersOf(event.p) === own,
				says: `identifies a device of ${platform}, which the event's platform is not: leave it empty`,
				of: key,
			});
		}
	}
	return schema.transform((event) => complete(event as WireEvent));
}

function needed(platform: string, [, ...others]: readonly string[]): string {
	const alternatives = others.length > 0 ? `, or ${others.join(' or ')}` : '';
	return `is required on ${platform}${alternatives}`;
}

/** `use_ip` is only ever true; ATT is of iOS alone, and is always sent there. */
function complete({ use_ip, att_authorization_status: status, ...event }: WireEvent): WireEvent {
	return {
		...event,
		...(use_ip === true && { use_ip }),
		...(event.p === 'iOS' && { att_authorization_status: status ?? 0 }),
	};
}

/**
 * Every identifier that an event has, since another event may have another part of them. Users who
 * opted out share one of zeros, which is nobody's.
 */
function devicesOf(event: WireEvent): readonly string[] {
	return identifiersOf(event.p)
		.map((key) => `${key}=${String(event[key] as string | undefined)}`)
		.filter((name) => /=.*[^0-]/.test(name) && !name.endsWith('=undefined'));
}

function operation(own: Parameters<typeof fields>[0]): Operation {
	return {
		schema: withCommonRules(own),
		lane: { name: 'device', of: devicesOf },
		// "Singular does not deduplicate received data"
		repeatIsHarmless: false,
		judge,
	};
}

/** HTTP 200 is not success: the body says what it is. Any other status asks for a retry. */
function judge(reply: Reply): Verdict {
	const { status } = reply;
	if (status !== 200) return judgeOtherStatus(reply);
	if (reply.truncated) return judgeBrokenOff(reply);
	const { status: word, reason } = parseMembers(reply);
	if (word === 'ok') return { kind: 'delivered' };
	if (word === 'error' && typeof reason === 'string') {
		const refusal = `refused it: ${reason}`;
		if (!/\b(?:sdk|api) ?key\b|\bargument: a\b/i.test(reason)) {
			return { kind: 'rejected', reason: refusal };
		}
		return {
			kind: 'unauthorized',
			reason: refusal,
			advice: 'Check the SDK Key of the credential: the reporting API key is not accepted.',
		};
	}
	return {
		kind: 'rejected',
		reason: describeReply(reply),
		advice:
			'Singular does not answer like this: check the Base URL, and with Singular whether the event arrived.',
	};
}

function judgeOtherStatus(reply: Reply): Verdict {
	const verdict = judgeStatus(reply);
	const reason = describeReply(reply);
	switch (verdict.kind) {
		case 'delivered':
		case 'unclear':
			return { kind: 'unclear', reason, asksForRepeat: true };
		case 'rejected':
			// a redirect is never followed, and would come again
			return reply.status < 400 ? verdict : { ...verdict, kind: 'notTaken' };
		default:
			return verdict;
	}
}

const revenue = { amt: amount(), cur: currency() };

export const singular: Provider = {
	name: 'singular',
	displayName: 'Singular',
	properties,
	credential: new SingularApi(),
	operations: {
		adRevenue: operation({ ...revenue, e: adAttributes }),
		revenueEvent: operation({
			...revenue,
			n: eventName,
			e: attributes,
			purchase_product_id: text().optional(),
			purchase_transaction_id: text().optional(),
			purchase_receipt: text().optional(),
			receipt_signature: text().optional(),
		}),
		event: operation({ n: eventName, e: attributes }),
		session: operation({
			n: text().optional(),
			app_v: text().optional(),
			ma: text().optional(),
			mo: text().optional(),
			lc: text().optional(),
			bd: text().optional(),
			install: flag().optional(),
			openuri: text().optional(),
			install_ref: text().optional(),
			c: oneOf(['wifi', 'carrier']).optional(),
			cn: text().optional(),
			dnt: wholeNumber(0, 1).optional(),
		}),
	},
};
