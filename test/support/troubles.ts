import type { Fault } from '../../sandbox';
import type { Subject } from '../providers';

/** A fault as a schedule draws it, with what the provider's document makes of it. */
export interface Trouble {
	readonly fault: Fault;
	/**
	 * Whether an event that met it may be sent again to a provider that counts repeats: it was
	 * certainly not taken, or the document asks for the repeat.
	 */
	readonly mayRepeat: boolean;
	/** Whether the answer is an acceptance by the document: untrue of an event that is refused. */
	readonly isAcceptance?: boolean;
}

const status = (code: number, more: Partial<Extract<Fault, { kind: 'status' }>> = {}): Fault => ({
	kind: 'status',
	status: code,
	...more,
});

const PAGE = '<html><body><h1>A page of another server</h1></body></html>';
const BYTE_ORDER_MARK = '\u{FEFF}';

/** What a provider says in a body, apart from the status. */
interface Words {
	readonly accepted: object;
	/** Of an event that breaks a rule. */
	readonly refused: Record<string, unknown>;
	/** Whether its document asks to repeat what was answered with this status. */
	readonly asksForRepeat: (code: number) => boolean;
	/** Whether the status alone says that an event was accepted. */
	readonly isJudgedByStatus?: boolean;
	/** What it answers beyond the statuses of everybody. */
	readonly own: readonly Trouble[];
}

const notTaken = (...faults: readonly Fault[]): Trouble[] =>
	faults.map((fault) => ({ fault, mayRepeat: true }));

const unclear = (...faults: readonly Fault[]): Trouble[] =>
	faults.map((fault) => ({ fault, mayRepeat: false }));

/** The same answer to an event that was taken, and to one that was not. */
const eitherWay = (code: number, body?: string | Record<string, unknown>): Fault[] =>
	[true, false].map((record) => status(code, { body, record }));

const words: Readonly<Record<string, Words>> = {
	justtrack: {
		accepted: { status: 'ok' },
		refused: { error: 'unknown platform' },
		asksForRepeat: () => false,
		isJudgedByStatus: true,
		own: [],
	},
	myTracker: {
		accepted: { message: 'OK' },
		refused: { error: 'Bad Request' },
		// "Try to repeat the request later"
		asksForRepeat: (code) => code === 500,
		own: [
			...notTaken(
				status(400, { body: { error: 'Bad Request' } }),
				status(403, { body: { error: 'Forbidden' } }),
			),
			...unclear(
				...eitherWay(400, '<html><body><h1>400 Bad Request</h1></body></html>'),
				...eitherWay(200, { error: 'Bad Request' }),
			),
		],
	},
	singular: {
		accepted: { status: 'ok' },
		refused: { status: 'error', reason: 'invalid argument: n' },
		// "any other status: retry"
		asksForRepeat: (code) => code !== 200,
		own: [
			...notTaken(
				...['invalid event name: api key page', 'internal error', 'invalid SDK key'].map((reason) =>
					status(200, { body: { status: 'error', reason } }),
				),
			),
		],
	},
	twentyFourMetrics: {
		accepted: { transaction_id: '1', status: 'approved' },
		refused: { error: 'unknown offer' },
		asksForRepeat: () => false,
		own: [...unclear(...eitherWay(200, { status: 'error' }))],
	},
	runative: {
		accepted: { ok: true },
		refused: { error: { msg: 'invalid code' } },
		asksForRepeat: () => false,
		own: [
			...notTaken(
				...['invalid key', 'invalid code'].map((msg) => status(200, { body: { error: { msg } } })),
			),
			...unclear(...eitherWay(200, { ok: 'true' })),
		],
	},
};

/**
 * What may befall a request to the provider. Left out is where the provider itself would lie: a
 * refusal, by its document, of an event that it took, or an acceptance of one that it did not.
 */
export function troublesOf({ provider }: Subject): readonly Trouble[] {
	const own = words[provider.name];
	if (own === undefined) throw new Error(`It is not known how ${provider.name} answers`);
	const { isJudgedByStatus = false } = own;
	const byStatus = (fault: Fault): Trouble => ({
		fault,
		mayRepeat: fault.kind === 'status' && own.asksForRepeat(fault.status),
	});
	return [
		...notTaken(
			status(429),
			status(429, { retryAfter: '0' }),
			status(429, { retryAfter: '1' }),
			status(429, { retryAfter: '3600' }),
			status(408),
			status(401),
			status(403),
			status(404),
			status(400, { body: { error: 'no such app' } }),
			{ kind: 'redirect', location: 'http://127.0.0.2/elsewhere' },
			{ kind: 'refuseStream' },
			{ kind: 'goAway' },
		),
		...unclear(
			{ kind: 'delay', ms: 20 },
			{ kind: 'delay', ms: 400 },
			{ kind: 'resetBefore' },
			{ kind: 'resetAfter' },
			{ kind: 'hang' },
			{ kind: 'hang', record: true },
			{ kind: 'resetStream' },
			{ kind: 'resetStream', record: true },
			{ kind: 'goAway', record: true },
		),
		...[
			...[500, 502, 503, 504].flatMap((code) => eitherWay(code)),
			...[500, 503].flatMap((code) => eitherWay(code, own.refused)),
			status(503, { retryAfter: '1', record: true }),
			...eitherWay(502, PAGE),
			...eitherWay(303),
		].map(byStatus),
		...[
			{ kind: 'truncate' } as const,
			{ kind: 'garbage' } as const,
			{ kind: 'empty' } as const,
			status(200, { record: true, body: PAGE }),
			status(204, { record: true }),
			...(isJudgedByStatus ? [] : [status(200, { body: PAGE }), status(204)]),
		].map((fault) => ({ ...byStatus(fault), isAcceptance: isJudgedByStatus })),
		{
			fault: status(200, { record: true, body: BYTE_ORDER_MARK + JSON.stringify(own.accepted) }),
			mayRepeat: false,
			isAcceptance: true,
		},
		...own.own,
	];
}

/** Those that say most: what a request meets that is tried again, halved or given up. */
export function isFrequent({ fault }: Trouble): boolean {
	return (
		fault.kind === 'hang' || (fault.kind === 'status' && [400, 429, 500].includes(fault.status))
	);
}
