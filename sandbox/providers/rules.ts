import { quote } from './provider';

/** What the value of a parameter has to be. */
export interface Rule<T = unknown> {
	/** How the sentence "it has to be …" ends. */
	says: string;
	allows: (value: T) => boolean;
}

/** The rules of a query's parameters, by name. */
export type TextRules = Map<string, Rule<string>>;

export const anyText: Rule<string> = { says: 'a text', allows: () => true };

export const matching = (pattern: RegExp, says: string): Rule<string> => ({
	says,
	allows: (value) => pattern.test(value),
});

export const oneOf = (...values: string[]): Rule<string> => ({
	says: values.length === 1 ? quote(values[0] ?? '') : `one of ${values.join(', ')}`,
	allows: (value) => values.includes(value),
});

/** Plain digits, so no sign, exponent or comma. */
export const plainDecimal = matching(
	/^\d+(\.\d+)?$/,
	'a decimal number that is not negative, such as 1.98',
);

/** The first value that breaks the rule of its name; names without a rule are left alone. */
export function findBroken(
	parameters: Map<string, string>,
	rules: TextRules,
	hide: (text: string) => string,
): string | undefined {
	for (const [name, value] of parameters) {
		const rule = rules.get(name);
		if (rule === undefined || rule.allows(value)) continue;
		return `Parameter "${name}" is ${quote(hide(value))}; it has to be ${rule.says}.`;
	}
	return undefined;
}

export function findEmpty(
	parameters: Map<string, string>,
	hide: (text: string) => string,
): string | undefined {
	for (const [name, value] of parameters) {
		if (value.trim() === '') {
			return `Parameter ${quote(hide(name))} is empty; one without a value has to be left out.`;
		}
	}
	return undefined;
}

/**
 * The first name that is none of the known ones and that a server may still take for one: in other
 * capitals, with white space, or with the dots, spaces and brackets that PHP makes `_` and lists of.
 */
export function findFolded(
	parameters: Map<string, string>,
	known: Iterable<string>,
	hide: (text: string) => string,
): string | undefined {
	const names = new Set(known);
	for (const name of parameters.keys()) {
		if (names.has(name)) continue;
		const meant = foldings(name).find((folding) => names.has(folding));
		if (meant === undefined) continue;
		return `Parameter ${quote(hide(name))} may be taken for "${meant}"; a parameter of your own needs another name.`;
	}
	return undefined;
}

function foldings(name: string): string[] {
	// PHP's names end at a zero byte.
	const [ended = ''] = name.split('\0');
	const [list = ''] = ended.split('[');
	return [ended, list].map((text) =>
		text
			.trim()
			.replace(/[\s.[]/g, '_')
			.toLowerCase(),
	);
}

export function findMethod(method: string): string | undefined {
	return method === 'GET' ? undefined : `Method ${method} is not allowed; the only one is GET.`;
}

export function findBody(body: string): string | undefined {
	return body === '' ? undefined : 'The request has a body; a GET with query parameters has none.';
}

/** Whether the calendar has this day. */
export function isDay(year: number, month: number, day: number): boolean {
	const date = new Date(Date.UTC(year, month - 1, day));
	return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

export function isBetween(value: number, min: number, max: number): boolean {
	return min <= value && value <= max;
}

export function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Undefined when the text is no JSON. */
export function readJson(text: string): { value: unknown } | undefined {
	try {
		return { value: JSON.parse(text) };
	} catch {
		return undefined;
	}
}

/** Makes the secret unreadable where a text repeats it, and keeps texts that differ different. */
export function hiderOf(secret: string): (text: string) => string {
	return (text) => (secret === '' ? text : text.replaceAll(secret, '(hidden)'));
}

export function hideIn(value: unknown, hide: (text: string) => string): unknown {
	if (typeof value === 'string') return hide(value);
	if (Array.isArray(value)) return value.map((entry) => hideIn(entry, hide));
	if (!isObject(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, entry]) => [hide(name), hideIn(entry, hide)]),
	);
}
