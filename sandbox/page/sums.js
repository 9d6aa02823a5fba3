import { cell, find, make } from './dom.js';

/** @import { Standing } from '../page' */
/** @import { Sum } from '../overview' */

const table = find('#sums table', HTMLTableElement);
const none = [...table.tBodies];
let shown = '';

/**
 * A group for each currency, its largest sum first. Bars compare sums of one currency.
 *
 * @param {Standing} standing
 */
export function showSums({ sums, providers }) {
	const state = JSON.stringify(sums);
	if (state === shown) return;
	shown = state;
	for (const body of [...table.tBodies]) body.remove();
	const groups = Map.groupBy(sums, ({ currency }) => currency ?? '');
	const sorted = [...groups].sort(([a], [b]) =>
		a && b ? a.localeCompare(b) : b.length - a.length,
	);
	const maxDecimals = Math.max(...sums.map(({ amount }) => decimalsOf(amount)));
	table.append(
		...(sorted.length === 0
			? none
			: sorted.map(([name, own]) => group(name, own, providers, maxDecimals))),
	);
}

/**
 * @param {string} currency
 * @param {Sum[]} sums
 * @param {Standing['providers']} providers
 * @param {number} maxDecimals
 */
function group(currency, sums, providers, maxDecimals) {
	const sorted = sums.toSorted((a, b) => Number(b.amount) - Number(a.amount));
	// Floating point is good enough for the length of a bar, and for nothing else.
	const max = Math.max(...sums.map(({ amount }) => Number(amount)));
	return make(
		'tbody',
		{},
		make(
			'tr',
			{ className: 'group' },
			make('th', { scope: 'rowgroup', colSpan: 5 }, currency || 'Currency not sent'),
		),
		...sorted.map(({ provider, network, isOthers, events, amount }) => {
			const bar = make('div', { className: 'bar' });
			bar.style.width = `${max > 0 ? (Number(amount) / max) * 100 : 0}%`;
			return make(
				'tr',
				{},
				cell(providers[provider] ?? provider),
				cell(isOthers ? 'all others' : network),
				cell(events, 'number'),
				aligned(amount, maxDecimals),
				make('td', { className: 'chart', ariaHidden: 'true' }, bar),
			);
		}),
	);
}

/** How far the text goes beyond the whole number, the point included. */
const decimalsOf = (/** @type {string} */ amount) =>
	amount.length - (amount.split('.')[0] ?? '').length;

/**
 * A number whose point stands under all others.
 *
 * @param {string} amount
 * @param {number} maxDecimals
 */
function aligned(amount, maxDecimals) {
	const text = make('span', {}, amount);
	text.style.marginRight = `${Math.min(maxDecimals - decimalsOf(amount), 12)}ch`;
	return make('td', { className: 'number' }, text);
}
