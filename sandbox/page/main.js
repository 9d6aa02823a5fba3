import { showLists } from './arrivals.js';
import { order } from './control.js';
import { find } from './dom.js';
import { makeSwitches } from './faults.js';
import { showSums } from './sums.js';

/** @import { Standing } from '../page' */

const connection = find('#connection', HTMLElement);

/**
 * @param {'live' | 'lost'} state
 * @param {string} text
 */
const tellConnection = (state, text) => {
	if (connection.dataset.state === state) return;
	connection.dataset.state = state;
	connection.textContent = text;
};

find('#address', HTMLElement).textContent = location.origin;
const showFaults = makeSwitches();

find('#empty', HTMLButtonElement).addEventListener('click', () => {
	const sentences = { done: 'The sandbox is empty.', failed: 'The sandbox could not be emptied' };
	void order('/events', { method: 'DELETE' }, sentences);
});

const stream = new EventSource('/live');
stream.addEventListener('open', () => {
	tellConnection('live', 'Live');
});
stream.addEventListener('error', () => {
	tellConnection('lost', 'The sandbox does not answer. Is it running? Trying again…');
});
stream.addEventListener('message', show);

/** @param {MessageEvent<string>} message */
function show({ data }) {
	/** @type {unknown} */
	const parsed = JSON.parse(data);
	const standing = /** @type {Standing} */ (parsed);
	for (const name of /** @type {const} */ (['requests', 'events', 'repeats', 'refused'])) {
		find(`#${name}`, HTMLElement).textContent = standing[name].toLocaleString('en-US');
	}
	showLists(standing);
	showSums(standing);
	showFaults(standing);
}
