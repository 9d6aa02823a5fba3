import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type Overview, OverviewBook } from './overview';
import type { AcceptedEvent, Answer, Refused } from './providers/provider';

/** What reached the sandbox since it started or was last reset. Holds no secret. */
export interface Report {
	/** Requests under a provider's path, the refused and the faulted ones included. */
	requests: number;
	/** Sockets that carried at least one of them. */
	connections: number;
	/** Those of the sockets that are open now. */
	openConnections: number;
	/** The most of them that were open together. */
	peakConnections: number;
	/**
	 * The most requests that were waiting for their answer together. An answer is given at once, so
	 * a concurrency of 8 shows as 8 only under a `delay` or `hang` fault.
	 */
	maxInFlight: number;
	/**
	 * The accepted events, in the order in which the requests that first brought them arrived, even
	 * where a `delay` fault has put the acceptance off. Requests that were under way together, on
	 * sockets of their own, have the order in which the sandbox came to read them: what a client
	 * sends one after the other, as it should for one device, has its true order.
	 */
	events: ReportedEvent[];
	/**
	 * How many of them equal an earlier one in operation and content, where the provider does not
	 * deduplicate. Over all providers, as are the counts above.
	 */
	duplicates: number;
	/** How many of them arrived after one of the same device that happened later. */
	outOfOrder: number;
	/** The requests that broke a rule, in order, the last 1000 of them. Faults are not listed. */
	rejected: Rejection[];
	/** What came in by POST, in the order of arrival, the last 1000; whatever became of it. */
	bodies: ReceivedBody[];
}

export interface ReportedEvent {
	provider: string;
	operation: string;
	/** What faults and tests know the event by; absent where the event has no such thing. */
	id?: string;
	/** What was received first, without the secret. */
	event: Record<string, unknown>;
	/** How often the same id was accepted again; 0 where the provider does not deduplicate. */
	repeats: number;
	/** The requests that brought it, counted from 1 in the order of arrival over all providers. */
	requests: number[];
}

export interface Rejection {
	provider: string;
	status: number;
	reason: string;
}

/** A POST that was read to its end, to tell how events were put together. */
export interface ReceivedBody {
	provider: string;
	/** As requested, without the query: `/myTracker/v1/loginBatch/`. */
	path: string;
	/** How many events it held, as far as they could be read. */
	events: number;
	bytes: number;
}

/** How many rejections and bodies are kept. */
const KEPT = 1000;

/** An event and what is not reported of it. */
interface Entry {
	entry: ReportedEvent;
	/** The number of the request that brought it first. */
	arrived: number;
	order: AcceptedEvent['order'];
}

/** The book that a Report is read from. A reset begins a new one. */
export class Ledger {
	private requests = 0;
	private connections = 0;
	private peakConnections = 0;
	private maxInFlight = 0;
	private readonly open = new Set<Socket>();
	private readonly inFlight = new Set<ServerResponse>();
	private readonly entries: Entry[] = [];
	private readonly eventsById = new Map<string, ReportedEvent>();
	/** How often each content came again, where the provider does not deduplicate. */
	private readonly repeatsByContent = new Map<string, number>();
	private duplicates = 0;
	private readonly rejected: Rejection[] = [];
	private readonly bodies: ReceivedBody[] = [];
	private readonly book = new OverviewBook();

	/** A request has arrived. Returns its number. */
	begin(socket: Socket, response: ServerResponse): number {
		if (!this.open.has(socket)) {
			this.open.add(socket);
			this.connections += 1;
			this.peakConnections = Math.max(this.peakConnections, this.open.size);
		}
		this.inFlight.add(response);
		this.maxInFlight = Math.max(this.maxInFlight, this.inFlight.size);
		this.requests += 1;
		return this.requests;
	}

	/** It is answered, or will never be. */
	end(response: ServerResponse): void {
		this.inFlight.delete(response);
	}

	socketClosed(socket: Socket): void {
		this.open.delete(socket);
	}

	/** Keeps the answer's events, or why there are none. */
	record(provider: string, request: number, answer: Answer): void {
		if ('reason' in answer) {
			this.reject(provider, answer.status, answer.reason, answer.ids);
			return;
		}
		for (const accepted of answer.events) {
			const { operation, id, deduplicates, event, order, money } = accepted;
			const isKeyed = deduplicates && id !== undefined;
			const key = isKeyed ? JSON.stringify([provider, operation, id]) : undefined;
			const known = key === undefined ? undefined : this.eventsById.get(key);
			if (known !== undefined) {
				known.repeats += 1;
				known.requests.push(request);
				this.book.list(key ?? '', provider, accepted, known.repeats);
				continue;
			}
			this.book.count(provider, money);
			const entry = { provider, operation, id, event, repeats: 0, requests: [request] };
			this.entries.push({ entry, arrived: request, order });
			if (key !== undefined) {
				this.eventsById.set(key, entry);
				this.book.list(key, provider, accepted, 0);
				continue;
			}
			const content = JSON.stringify([provider, operation, sorted(event)]);
			const before = this.repeatsByContent.get(content);
			const repeats = before === undefined ? 0 : before + 1;
			if (repeats > 0) this.duplicates += 1;
			this.repeatsByContent.set(content, repeats);
			this.book.list(content, provider, accepted, repeats);
		}
	}

	/** @param ids of its events, as far as they could be read */
	reject(provider: string, status: number, reason: string, ids: Refused['ids'] = []): void {
		const rejection = { provider, status, reason };
		keepLast(this.rejected, rejection);
		this.book.refuse(rejection, ids);
	}

	/** A POST has been read. */
	receive(body: ReceivedBody): void {
		keepLast(this.bodies, body);
	}

	/** What the page shows. Costs the same however much has arrived. */
	overview(): Overview & { requests: number } {
		return { requests: this.requests, ...this.book.overview() };
	}

	/** A copy that later requests do not change. */
	report(): Report {
		const entries = this.entries.toSorted((a, b) => a.arrived - b.arrived);
		return {
			requests: this.requests,
			connections: this.connections,
			openConnections: this.open.size,
			peakConnections: this.peakConnections,
			maxInFlight: this.maxInFlight,
			events: entries.map(({ entry }) => ({ ...entry, requests: [...entry.requests] })),
			duplicates: this.duplicates,
			outOfOrder: countOutOfOrder(entries),
			rejected: [...this.rejected],
			bodies: [...this.bodies],
		};
	}
}

/** With the names of objects in one order, so that equal contents have equal JSON. */
function sorted(value: unknown): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (Array.isArray(value)) return value.map(sorted);
	const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
	return Object.fromEntries(entries.map(([name, entry]) => [name, sorted(entry)]));
}

function countOutOfOrder(entries: readonly Entry[]): number {
	const latest = new Map<string, number>();
	let count = 0;
	for (const { entry, order } of entries) {
		if (order === undefined) continue;
		const lanes = order.lanes.map((lane) => `${entry.provider} ${lane}`);
		const before = Math.max(...lanes.map((lane) => latest.get(lane) ?? -Infinity));
		if (before > order.at) count += 1;
		for (const lane of lanes) latest.set(lane, Math.max(order.at, latest.get(lane) ?? -Infinity));
	}
	return count;
}

function keepLast<T>(list: T[], entry: T): void {
	list.push(entry);
	if (list.length > KEPT) list.shift();
}
