import { MyTrackerApi } from '../../credentials/MyTrackerApi.credentials';
import type { Reply } from '../../transport/http';
import { judgeStatus } from '../../transport/judge';
import type { Operation, Provider, Verdict } from '../../transport/provider';
import {
	currency,
	fields,
	identifier,
	ipv4,
	ipv6,
	jsonAmount,
	needsOneOf,
	text,
	textMap,
	unixTime,
	wholeNumber,
} from '../../transport/values';
import { MOST_EVENTS, properties } from './properties';

/** "Limit on the maximum size of imported data - 10Kb", read as the smaller of its meanings. */
const MOST_BYTES = 10_000;

const appId = { idApp: identifier() };

const deviceIdentifiers = {
	instanceId: identifier([36, 36]).optional(),
	lvid: identifier([32, 32]).optional(),
	gaid: identifier([36, 36]).optional(),
	androidId: identifier([16, 16]).optional(),
	idfa: identifier([36, 36]).optional(),
	iosVendorId: identifier([36, 36]).optional(),
};

const userId = identifier([1, 1024]);

/** What every method takes beside its own parameters. */
const common = {
	...appId,
	...deviceIdentifiers,
	eventTimestamp: unixTime().optional(),
	ipv4: ipv4().optional(),
	ipv6: ipv6().optional(),
	idGender: wholeNumber(0, 2).optional(),
	age: wholeNumber(0, 128).optional(),
	connectionType: wholeNumber(0, 2).optional(),
	bluetoothEnabled: wholeNumber(0, 2).optional(),
	adTrackingEnabled: wholeNumber(0, 1).optional(),
	adBlocker: wholeNumber(0, 1).optional(),
	userAgent: text([1, 2048]).optional(),
};

const identified = [
	'customUserId',
	'instanceId',
	'lvid',
	'gaid',
	'androidId',
	'idfa',
	'iosVendorId',
] as const;

/** What the methods have in common: each has a twin for 1 to 20 events, refused whole for one. */
function operation(
	method: string,
	schema: Operation['schema'],
	own: Pick<Operation, 'idKey' | 'repeatIsHarmless'>,
): Operation {
	return {
		schema,
		...own,
		batch: { path: `/v1/${method}Batch/`, mostEvents: MOST_EVENTS, mostBytes: MOST_BYTES },
		judge,
	};
}

/** Reads the documented status codes; for others the status says what it always says. */
function judge(reply: Reply): Verdict {
	const verdict = judgeStatus(reply);
	if (verdict.kind === 'delivered') return verdict;
	// "parameters not validated"; the other texts of a 400 are about the request as a whole
	if (reply.status === 400 && reply.body.includes('Bad Request')) {
		return { kind: 'broken', reason: verdict.reason };
	}
	// "Try to repeat the request later"
	if (reply.status === 500) return { kind: 'unclear', reason: verdict.reason, asksForRepeat: true };
	return verdict;
}

export const myTracker: Provider = {
	name: 'myTracker',
	displayName: 'myTracker',
	properties,
	credential: new MyTrackerApi(),
	operations: {
		registration: operation('registration', fields({ customUserId: userId, ...common }), {
			repeatIsHarmless: false,
		}),
		login: operation('login', fields({ customUserId: userId, ...common }), {
			repeatIsHarmless: false,
		}),
		customEvent: operation(
			'customEvent',
			needsOneOf(
				identified,
				fields({
					customUserId: userId.optional(),
					customEventName: text([1, 255]),
					customEventParams: textMap([1, 255]).optional(),
					...common,
				}),
			),
			{ repeatIsHarmless: false },
		),
		customRevenue: operation(
			'customRevenue',
			needsOneOf(
				identified,
				fields({
					...common,
					customUserId: userId.optional(),
					eventTimestamp: unixTime(),
					idTransaction: identifier([1, 255]),
					currency: currency(),
					total: jsonAmount(),
				}),
			),
			// the vendor removes duplicates of a retransmitted payment
			{ idKey: 'idTransaction', repeatIsHarmless: true },
		),
	},
};
