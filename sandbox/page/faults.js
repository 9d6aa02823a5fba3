import { order, say } from './control.js';
import { find, make } from './dom.js';

/** @import { Standing } from '../page' */
/** @import { Fault } from '../faults' */

/** What a switch sets, and how it is told. */
const SWITCHES = /** @type {{ fault: Fault, title: string, note: string }[]} */ ([
	{
		fault: { kind: 'status', status: 503 },
		title: 'Unavailable',
		note: 'Answers 503; takes no event.',
	},
	{
		fault: { kind: 'status', status: 429, retryAfter: '2' },
		title: 'Too many requests',
		note: 'Answers 429 with Retry-After: 2 seconds; takes no event.',
	},
	{
		fault: { kind: 'status', status: 429, beyondPerSecond: 5 },
		title: 'Rate limit',
		note: 'Answers 429 to requests beyond 5 a second.',
	},
	{
		fault: { kind: 'refuse', ids: [] },
		title: 'Refuse events',
		note: 'Refuses each request with an event of these IDs, as if it broke a rule.',
	},
	{ fault: { kind: 'delay', ms: 2000 }, title: 'Slow', note: 'Answers 2 seconds late.' },
	{ fault: { kind: 'hang' }, title: 'No answer', note: 'Takes no event and never answers.' },
	{
		fault: { kind: 'resetBefore' },
		title: 'Broken connection, before',
		note: 'Resets the connection; takes no event.',
	},
	{
		fault: { kind: 'resetAfter' },
		title: 'Broken connection, after',
		note: 'Takes the event, then resets the connection without an answer.',
	},
	{
		fault: { kind: 'truncate' },
		title: 'Half an answer',
		note: 'Takes the event; the answer breaks off.',
	},
	{
		fault: { kind: 'garbage' },
		title: 'Unreadable answer',
		note: 'Takes the event; the answer is no text.',
	},
	{ fault: { kind: 'empty' }, title: 'Empty answer', note: 'Takes the event; answers nothing.' },
	{
		fault: { kind: 'redirect', location: 'https://elsewhere.invalid/' },
		title: 'Redirect',
		note: 'Answers 302 to another address; takes no event.',
	},
]);

/** How many of the requests a switch is for. */
const REQUESTS = /** @type {{ title: string, scope: Pick<Fault, 'share' | 'next'> }[]} */ ([
	{ title: 'all', scope: {} },
	{ title: 'every second', scope: { share: 0.5 } },
	{ title: 'every tenth', scope: { share: 0.1 } },
	{ title: 'the next one', scope: { next: 1 } },
	{ title: 'the next five', scope: { next: 5 } },
]);

const providerChoice = find('#fault-provider', HTMLSelectElement);
const requestsChoice = find('#fault-requests', HTMLSelectElement);
const others = find('#other-faults', HTMLElement);

/** @type {Fault[]} */
let inForce = [];

/**
 * Makes the switches, which set faults by the sandbox's own `/faults`.
 */
export function makeSwitches() {
	requestsChoice.append(...REQUESTS.map(({ title }) => new Option(title)));
	const switches = SWITCHES.map((one, index) => makeSwitch(one, index));
	find('#switches', HTMLUListElement).append(...switches.map(({ item }) => item));
	find('#no-faults', HTMLButtonElement).addEventListener('click', () => {
		void put([], { done: 'All faults are off.', failed: 'The faults could not be switched off' });
	});

	/** @param {Standing} standing */
	return ({ faults, providers }) => {
		inForce = faults.map(({ fault }) => fault);
		if (providerChoice.options.length === 0) {
			const names = Object.entries(providers).map(([name, title]) => new Option(title, name));
			providerChoice.append(new Option('all', ''), ...names);
		}
		for (const one of switches) one.show(faults, providers);
		const unknown = inForce.filter((fault) => !SWITCHES.some((known) => isOf(known.fault, fault)));
		others.hidden = unknown.length === 0;
		find('ul', HTMLUListElement, others).replaceChildren(
			...unknown.map((fault) => make('li', {}, make('code', {}, JSON.stringify(fault)))),
		);
	};
}

/**
 * @param {(typeof SWITCHES)[number]} one
 * @param {number} index
 */
function makeSwitch({ fault, title, note }, index) {
	const id = `fault-${index}`;
	const state = make('p', { className: 'state' });
	const input = make('input', { type: 'checkbox', id });
	input.setAttribute('role', 'switch');
	input.setAttribute('aria-describedby', `${id}-note`);
	const ids =
		fault.kind === 'refuse'
			? make('input', { type: 'text', placeholder: 'e.g. t-1, t-2', ariaLabel: 'IDs to refuse' })
			: undefined;

	input.addEventListener('change', () => {
		const wanted = ids === undefined ? {} : { ids: idsIn(ids.value) };
		if (input.checked && ids !== undefined && idsIn(ids.value).length === 0) {
			input.checked = false;
			say('Enter the IDs to refuse first, separated by commas.');
			ids.focus();
			return;
		}
		const rest = inForce.filter((other) => !isOf(fault, other));
		const isOn = input.checked;
		const sentences = {
			done: `${title} is ${isOn ? 'on' : 'off'}.`,
			failed: `${title} could not be switched`,
		};
		void put(isOn ? [...rest, { ...fault, ...wanted, ...scope() }] : rest, sentences).then(
			(isDone) => {
				if (!isDone) input.checked = !isOn;
			},
		);
	});

	const item = make(
		'li',
		{},
		input,
		make('label', { htmlFor: id }, title),
		make('p', { id: `${id}-note`, className: 'note' }, note),
		...(ids === undefined ? [] : [ids]),
		state,
	);

	/**
	 * @param {Standing['faults']} faults
	 * @param {Standing['providers']} providers
	 */
	const show = (faults, providers) => {
		const own = faults.filter((other) => isOf(fault, other.fault));
		input.checked = own.length > 0;
		state.textContent = own.map((entry) => tell(entry, providers)).join(' ');
	};
	return { item, show };
}

/**
 * @param {Fault[]} faults
 * @param {{ done: string, failed: string }} sentences
 */
async function put(faults, sentences) {
	const body = JSON.stringify(faults);
	const isDone = await order('/faults', { method: 'PUT', body }, sentences);
	if (isDone) inForce = faults;
	return isDone;
}

/** The limits that are chosen for the next switch. */
function scope() {
	const provider = providerChoice.value;
	return {
		...(provider === '' ? {} : { provider }),
		...REQUESTS[requestsChoice.selectedIndex]?.scope,
	};
}

/** @param {string} text */
function idsIn(text) {
	return text
		.split(',')
		.map((id) => id.trim())
		.filter((id) => id !== '');
}

/**
 * Whether a fault is this switch's own, whatever it is limited to.
 *
 * @param {Fault} own
 * @param {Fault} fault
 */
function isOf(own, fault) {
	const limits = ['provider', 'share', 'next', 'ids'];
	const rest = (/** @type {Fault} */ one) =>
		JSON.stringify(
			Object.entries(one)
				.filter(([name]) => !limits.includes(name))
				.sort(),
		);
	const isLimitedByIds = 'ids' in fault && fault.kind !== 'refuse';
	return rest(own) === rest(fault) && !isLimitedByIds;
}

/**
 * `On for justtrack, every tenth request. Met 3 requests.`
 *
 * @param {Standing['faults'][number]} entry
 * @param {Standing['providers']} providers
 */
function tell({ fault, used }, providers) {
	const { provider, share, next } = fault;
	const limits = [
		provider === undefined ? 'all providers' : (providers[provider] ?? provider),
		...(fault.kind === 'refuse' ? [fault.ids.join(', ')] : []),
		...(share === undefined ? [] : [`${share * 100} % of the requests`]),
		...(next === undefined ? [] : [`the next ${next}`]),
	];
	const met = used === 1 ? '1 request' : `${used} requests`;
	return `On for ${limits.join(', ')}. Met ${met}${used === next ? ', and is used up' : ''}.`;
}
