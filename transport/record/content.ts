import { JsonNumber, type PlannedEvent, type WireEvent, type WireValue } from '../model/event';
import type { Operation } from '../model/provider';
import type { ClaimedEvent } from '../store/store';

type Money = NonNullable<Operation['money']>;

/** What the store keeps of an event until it is done; nothing for one without an identity. */
export function toClaimedEvent(
	{ key, event }: PlannedEvent,
	money: Money | undefined,
): ClaimedEvent | undefined {
	if (key === undefined) return undefined;
	return {
		key,
		content: JSON.stringify(Object.entries(event).map(([name, value]) => [name, pack(value)])),
		...worthOf(event, money),
	};
}

/** What an event is worth: decimal digits, and the currency where there is one. */
export function worthOf(
	event: WireEvent,
	money: Money | undefined,
): Pick<ClaimedEvent, 'amount' | 'currency'> {
	const amount = money && textOf(event[money.amount]);
	const currency = money && currencyOf(event, money);
	return {
		...(amount !== undefined && { amount }),
		...(currency !== undefined && { currency }),
	};
}

/** Numbers that keep their digits and maps, told apart from all else. */
function pack(value: WireValue | undefined): unknown {
	if (value instanceof JsonNumber) return { digits: value.digits };
	return typeof value === 'object' ? { map: value } : value;
}

function currencyOf(event: WireEvent, { currency }: Money): string | undefined {
	if (currency === undefined) return undefined;
	return 'code' in currency ? currency.code : textOf(event[currency.key]);
}

function textOf(value: WireValue | undefined): string | undefined {
	return value === undefined || (typeof value === 'object' && !(value instanceof JsonNumber))
		? undefined
		: String(value);
}
