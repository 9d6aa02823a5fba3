import { z } from 'zod';
import { providers } from './providers';

/** Which requests a fault meets. Absent = no limit of that sort. */
const scope = {
	/** Only requests to this provider. */
	provider: z
		.string()
		.refine((name) => providers.some((provider) => provider.name === name), {
			message: `There is no such provider; there are ${providers.map(({ name }) => name).join(', ')}`,
		})
		.optional(),
	/** Used on this many requests, then no more. */
	next: z.number().int().positive().optional(),
	/** The part of the requests it is used on, 0 to 1: not random, of 0.25 every fourth. */
	share: z.number().min(0).max(1).optional(),
	/** Only requests that hold an event with one of these ids. */
	ids: z.array(z.string()).optional(),
	/** Only requests beyond so many a second: a bucket that holds a second's worth and refills steadily. */
	beyondPerSecond: z.number().positive().optional(),
};

/** Whether the request is handled and recorded before the fault shows; default false. */
const record = z.boolean().optional();

const visible = (what: string) =>
	z.string().regex(/^[!-~]+( [!-~]+)*$/, `${what} has to be text that a header can carry`);

const faultSchema = z.discriminatedUnion('kind', [
	/** Answers with this status. A text is sent as it is, other bodies as JSON, none as no body. */
	z.strictObject({
		kind: z.literal('status'),
		...scope,
		status: z.number().int().min(200).max(599),
		body: z.union([z.string(), z.record(z.unknown()), z.array(z.unknown())]).optional(),
		/** The Retry-After header: seconds or an HTTP date. */
		retryAfter: visible('retryAfter').optional(),
		record,
	}),
	/** Waits, then handles the request as if nothing were, even if the client has given up. */
	z.strictObject({
		kind: z.literal('delay'),
		...scope,
		/** Milliseconds, at most what a timer can hold. */
		ms: z
			.number()
			.int()
			.min(0)
			.max(2 ** 31 - 1),
	}),
	/** Never answers. */
	z.strictObject({ kind: z.literal('hang'), ...scope, record }),
	/** Resets the connection; nothing is recorded. */
	z.strictObject({ kind: z.literal('resetBefore'), ...scope }),
	/** Handles and records the request, then resets the connection without an answer. */
	z.strictObject({ kind: z.literal('resetAfter'), ...scope }),
	/** Handles and records; 200 whose body ends before its Content-Length, then closes. */
	z.strictObject({ kind: z.literal('truncate'), ...scope }),
	/** Handles and records; 200 with bytes that are neither JSON nor UTF-8. */
	z.strictObject({ kind: z.literal('garbage'), ...scope }),
	/** Handles and records; 200 without a body. */
	z.strictObject({ kind: z.literal('empty'), ...scope }),
	/**
	 * Refuses the request as the provider refuses one with an event that breaks a rule; nothing is
	 * recorded. One that breaks a rule by itself is refused for that one, as ever.
	 */
	z.strictObject({ kind: z.literal('refuse'), ...scope, ids: z.array(z.string()) }),
	/** Of HTTP/2, as all below: resets the request's stream as refused; nothing is recorded. */
	z.strictObject({ kind: z.literal('refuseStream'), ...scope }),
	/** Resets the request's stream alone, for no reason that it tells. */
	z.strictObject({ kind: z.literal('resetStream'), ...scope, record }),
	/**
	 * Ends the connection by a GOAWAY: what was handled before is answered, this request and those
	 * after it were not taken. With `record` it was taken as well, and is not answered.
	 */
	z.strictObject({ kind: z.literal('goAway'), ...scope, record }),
	/** 302 to this location; nothing is recorded. */
	z.strictObject({ kind: z.literal('redirect'), ...scope, location: visible('location') }),
]);

/** One way to misbehave. The first in the list that meets a request is used, one per request. */
export type Fault = z.infer<typeof faultSchema>;

/** Checks a list of faults; throws an Error that names the place and what is wrong with it. */
export function parseFaults(input: unknown): Fault[] {
	const result = z.array(faultSchema).safeParse(input);
	if (result.success) return result.data;
	const reasons = result.error.issues.map(({ path, message }) => {
		const [index, ...keys] = path;
		return index === undefined
			? `faults: ${message}`
			: `${[`faults[${index}]`, ...keys].join('.')}: ${message}`;
	});
	throw new Error(reasons.join('; '));
}

/** Whether a request that met this fault counts as handled: its events kept, or its refusal. */
export function isRecorded(fault: Fault): boolean {
	switch (fault.kind) {
		case 'status':
		case 'hang':
		case 'resetStream':
		case 'goAway':
			return fault.record ?? false;
		case 'refuse':
		case 'refuseStream':
		case 'resetBefore':
		case 'redirect':
			return false;
		default:
			return true;
	}
}

/** Whether HTTP/1.1 has no such thing: a request that comes by it is handled as if nothing were. */
function isOfHttp2({ kind }: Fault): boolean {
	return kind === 'refuseStream' || kind === 'resetStream' || kind === 'goAway';
}

/** A list of faults and how far each of them is used up. */
export class FaultPlan {
	private readonly entries;

	constructor(readonly faults: readonly Fault[]) {
		this.entries = faults.map((fault) => ({
			fault,
			ids: new Set(fault.ids),
			met: 0,
			used: 0,
			bucket: new Bucket(fault.beyondPerSecond ?? 0),
		}));
	}

	/** Each fault, with the number of requests that it was used on. */
	usage(): { fault: Fault; used: number }[] {
		return this.entries.map(({ fault, used }) => ({ fault, used }));
	}

	/** The fault for a request to this provider that holds events with these ids, if any. */
	take(provider: string, ids: string[], isHttp2 = false): Fault | undefined {
		for (const entry of this.entries) {
			const { fault } = entry;
			if (isOfHttp2(fault) && !isHttp2) continue;
			if (fault.provider !== undefined && fault.provider !== provider) continue;
			if (fault.ids !== undefined && !ids.some((id) => entry.ids.has(id))) continue;
			if (fault.next !== undefined && entry.used >= fault.next) continue;
			if (fault.share !== undefined) {
				const before = wholeShares(entry.met, fault.share);
				entry.met += 1;
				if (wholeShares(entry.met, fault.share) === before) continue;
			}
			if (fault.beyondPerSecond !== undefined && entry.bucket.take()) continue;
			entry.used += 1;
			return fault;
		}
		return undefined;
	}
}

/** Requests that are let through: as many as it holds at once, then as it refills. */
class Bucket {
	private tokens: number;
	private filledAt = performance.now();

	constructor(private readonly perSecond: number) {
		this.tokens = perSecond;
	}

	take(): boolean {
		const now = performance.now();
		const refill = ((now - this.filledAt) / 1000) * this.perSecond;
		this.tokens = Math.min(this.perSecond, this.tokens + refill);
		this.filledAt = now;
		if (this.tokens < 1) return false;
		this.tokens -= 1;
		return true;
	}
}

/** The tiny addition makes up for products such as 0.29 * 100 that fall short of the whole. */
function wholeShares(requests: number, share: number): number {
	return Math.floor(requests * share + 1e-9);
}
