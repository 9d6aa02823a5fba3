/**
 * The element with this id, which the page has.
 *
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} type
 * @param {ParentNode} [within]
 * @returns {T}
 */
export function find(selector, type, within = document) {
	const found = within.querySelector(selector);
	if (!(found instanceof type)) throw new Error(`The page has no ${selector}`);
	return found;
}

/**
 * A new element. Text that was received is set as text, never read as HTML.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Partial<HTMLElementTagNameMap[T]>} [properties]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function make(tag, properties = {}, ...children) {
	const element = Object.assign(document.createElement(tag), properties);
	element.append(...children);
	return element;
}

/**
 * Puts these rows into a table's body, or what it said at first where there are none. Rows that are
 * there already stay as they are, so that a selection and a screen reader keep their place.
 *
 * @param {HTMLTableSectionElement} body
 * @returns {(rows: { key: string, make: () => HTMLTableRowElement }[]) => void}
 */
export function rowsOf(body) {
	const none = [...body.children];
	/** @type {Map<string, Element>} */
	let shown = new Map();
	return (rows) => {
		const before = shown;
		shown = new Map(rows.map((row) => [row.key, before.get(row.key) ?? row.make()]));
		const wanted = shown.size === 0 ? none : [...shown.values()];
		for (const row of [...body.children]) {
			if (!wanted.includes(row)) row.remove();
		}
		for (const [index, row] of wanted.entries()) {
			if (body.children[index] !== row) body.insertBefore(row, body.children[index] ?? null);
		}
	};
}

/**
 * @param {string | number | undefined} content
 * @param {string} [className]
 */
export const cell = (content, className = '') =>
	make('td', { className }, content === undefined ? '–' : String(content));

/** @param {number} at unix milliseconds */
export function timeCell(at) {
	const time = new Date(at);
	const dateTime = time.toISOString();
	return make(
		'td',
		{ className: 'wide time' },
		make('time', { dateTime, title: dateTime }, time.toLocaleTimeString('en-GB')),
	);
}
