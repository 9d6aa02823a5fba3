import { cell, find, make, rowsOf, timeCell } from './dom.js';

/** @import { Standing } from '../page' */
/** @import { Arrival, Refusal } from '../overview' */

const showArrivals = rowsOf(find('#arrivals tbody', HTMLTableSectionElement));
const showRefusals = rowsOf(find('#refusals tbody', HTMLTableSectionElement));

/**
 * Events and refused requests, the newest first.
 *
 * @param {Standing} standing
 */
export function showLists({ arrivals, refusals, providers }) {
	const nameOf = (/** @type {string} */ provider) => providers[provider] ?? provider;
	showArrivals(keyed(arrivals, (arrival) => arrivalRow(arrival, nameOf(arrival.provider))));
	showRefusals(keyed(refusals, (refusal) => refusalRow(refusal, nameOf(refusal.provider))));
}

/**
 * Equal ones are numbered from the oldest, whose numbers stay when newer ones come.
 *
 * @template T
 * @param {T[]} entries
 * @param {(entry: T) => HTMLTableRowElement} toRow
 */
function keyed(entries, toRow) {
	/** @type {Map<string, number>} */
	const counts = new Map();
	return entries
		.toReversed()
		.map((entry) => {
			const text = JSON.stringify(entry);
			const count = counts.get(text) ?? 0;
			counts.set(text, count + 1);
			return { key: `${count} ${text}`, make: () => toRow(entry) };
		})
		.toReversed();
}

/**
 * @param {Arrival} arrival
 * @param {string} provider
 */
function arrivalRow({ at, operation, id, amount, currency, network, ...rest }, provider) {
	const money = amount === undefined ? undefined : `${amount} ${currency ?? ''}`.trimEnd();
	const repeats = cell(rest.repeats, 'number');
	if (rest.repeats > 0) {
		const note = rest.countsRepeats ? 'each counts' : 'counted once';
		repeats.replaceChildren(make('strong', {}, String(rest.repeats)), make('small', {}, note));
	}
	return make(
		'tr',
		{ className: rest.repeats > 0 ? 'repeated' : '' },
		timeCell(at),
		make('td', {}, provider, make('small', { className: 'narrow' }, operation)),
		cell(operation, 'wide'),
		cell(id, 'id'),
		cell(network, 'wide'),
		cell(money, 'number'),
		repeats,
	);
}

/**
 * @param {Refusal} refusal
 * @param {string} provider
 */
function refusalRow({ at, status, ids, reason }, provider) {
	return make(
		'tr',
		{},
		timeCell(at),
		cell(provider),
		cell(status, 'number'),
		cell(ids.length === 0 ? undefined : ids.join(', '), 'wide id'),
		cell(reason, 'reason'),
	);
}
