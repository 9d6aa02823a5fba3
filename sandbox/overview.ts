import { add, type Decimal, format, parseDecimal } from './decimal';
import { type AcceptedEvent, type Money, shorten } from './providers/provider';

/** What the page shows of the events: the last of them, and sums over all. Holds no secret. */
export interface Overview {
	/** The accepted events, as the report counts them. */
	events: number;
	/** How often an event came again. */
	repeats: number;
	/** The requests that broke a rule. */
	refused: number;
	/** The last events, the newest first. One that comes again goes to the top. */
	arrivals: Arrival[];
	sums: Sum[];
	/** The last refused requests, the newest first. */
	refusals: Refusal[];
}

export interface Arrival {
	/** Unix milliseconds. */
	at: number;
	provider: string;
	operation: string;
	id?: string;
	/** As it came the last time. */
	amount?: string;
	currency?: string;
	network?: string;
	/** How often it came again: with its id where the provider deduplicates, else with its content. */
	repeats: number;
	/** Whether the provider counts a repeat as well. */
	countsRepeats: boolean;
}

/** Of all events of a provider, network and currency, a repeat included where the provider counts it. */
export interface Sum {
	provider: string;
	network?: string;
	currency?: string;
	/** Stands for all networks beyond those that have a sum of their own. */
	isOthers?: true;
	events: number;
	/** Exact, in plain digits. */
	amount: string;
}

export interface Refusal {
	/** Unix milliseconds. */
	at: number;
	provider: string;
	status: number;
	/** Of its events, as far as they could be read. */
	ids: string[];
	reason: string;
}

/** How many arrivals and refusals are listed. */
export const LISTED = 200;

/** How many sums name their network: networks are free text, and memory must have an end. */
export const NAMED_SUMS = 200;

/** How many ids of a refused request are listed: as many as the largest batch has events. */
const LISTED_IDS = 20;

type Tally = Omit<Sum, 'amount'> & { total: Decimal };

/** Gathers an Overview in memory that does not grow with the events. */
export class OverviewBook {
	private events = 0;
	private repeats = 0;
	private refused = 0;
	/** By what tells events apart, in the order of their last arrival. */
	private readonly arrivals = new Map<string, Arrival>();
	private readonly tallies = new Map<string, Tally>();
	private readonly refusals: Refusal[] = [];
	private named = 0;

	/**
	 * An event has come, for the first time or again.
	 *
	 * @param key what makes it the same event
	 */
	list(key: string, provider: string, event: AcceptedEvent, repeats: number): void {
		const { operation, id, money, deduplicates } = event;
		if (repeats > 0) this.repeats += 1;
		this.arrivals.delete(key);
		this.arrivals.set(key, {
			at: Date.now(),
			provider,
			operation,
			id: shortened(id),
			amount: shortened(money?.amount),
			currency: money?.currency,
			network: shortened(money?.network),
			repeats,
			countsRepeats: !deduplicates,
		});
		if (this.arrivals.size <= LISTED) return;
		const [oldest = ''] = this.arrivals.keys();
		this.arrivals.delete(oldest);
	}

	/** An event counts: one that the report lists. */
	count(provider: string, money: Money | undefined): void {
		this.events += 1;
		if (money === undefined) return;
		const amount = parseDecimal(money.amount);
		if (amount === undefined) throw new Error(`${provider} has taken an amount that is none`);
		const tally = this.tallyOf(provider, money);
		tally.events += 1;
		tally.total = add(tally.total, amount);
	}

	refuse(refusal: Omit<Refusal, 'at' | 'ids'>, ids: (string | undefined)[]): void {
		this.refused += 1;
		const known = ids.filter((id) => id !== undefined).slice(0, LISTED_IDS);
		this.refusals.unshift({ at: Date.now(), ...refusal, ids: known.map(shorten) });
		if (this.refusals.length > LISTED) this.refusals.pop();
	}

	overview(): Overview {
		return {
			events: this.events,
			repeats: this.repeats,
			refused: this.refused,
			arrivals: [...this.arrivals.values()].reverse(),
			sums: [...this.tallies.values()].map(({ total, ...sum }) => ({
				...sum,
				amount: format(total),
			})),
			refusals: [...this.refusals],
		};
	}

	private tallyOf(provider: string, { currency, network }: Money): Tally {
		const named = { provider, network: shortened(network), currency };
		const others = { provider, isOthers: true as const, currency };
		const isNamed =
			network === undefined || this.tallies.has(keyOf(named)) || this.named < NAMED_SUMS;
		const sum = isNamed ? named : others;
		const key = keyOf(sum);
		const known = this.tallies.get(key);
		if (known !== undefined) return known;
		const tally: Tally = { ...sum, events: 0, total: { digits: 0n, scale: 0 } };
		this.tallies.set(key, tally);
		if (isNamed && network !== undefined) this.named += 1;
		return tally;
	}
}

function keyOf({ provider, network, currency, isOthers }: Partial<Sum>): string {
	return JSON.stringify([provider, network, currency, isOthers]);
}

function shortened(text: string | undefined): string | undefined {
	return text === undefined ? undefined : shorten(text);
}
