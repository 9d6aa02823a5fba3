/** Reading a moment, in all the forms in which tables and nodes have it. */

const ISO_TIME =
	/^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?$/;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;
const SPACED =
	/^(\d{4}-\d{2}-\d{2}) ((?:[01]\d|2[0-3]):\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}(?::?\d{2})?)?$/;
/** Nothing of the extended form is mixed in. */
const BASIC =
	/^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(?:(\d{2}(?:[.,]\d+)?))?(Z|[+-]\d{2}(?:\d{2})?)?$/;
const WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}(?:[T ][\d:.,]+)?$/;
const NUMERIC = /^\d+(?:\.\d+)?$/;

/** Unix times below this are seconds, from it on milliseconds: as seconds it is the year 5138. */
const FIRST_MILLISECONDS = 1e11;

/** The moment as unix milliseconds. A time without a zone is read as UTC. */
export function asInstant(given: unknown): number | undefined {
	if (given instanceof Date || isLuxon(given)) return finite(given.valueOf());
	if (typeof given !== 'string') return typeof given === 'number' ? fromUnix(given) : undefined;
	const value = extended(given);
	if (NUMERIC.test(value)) return fromUnix(Number(value));
	const spaced = SPACED.exec(value);
	if (spaced) return fromIso(`${spaced[1] ?? ''}T${spaced[2] ?? ''}${spaced[3] ?? 'Z'}`);
	return ISO_TIME.test(value) || ISO_DATE.test(value) ? fromIso(value) : undefined;
}

/** Whether it is ISO 8601 text of a day and a time, in its extended or its basic form. */
export function isIsoTime(text: string): boolean {
	return ISO_TIME.test(extended(text));
}

/** Whether a text that holds a time names no zone. */
export function isWithoutZone(text: string): boolean {
	return WITHOUT_ZONE.test(extended(text));
}

/** The basic form of ISO 8601 in its extended one: `20260131T120000Z` is `2026-01-31T12:00:00Z`. */
function extended(text: string): string {
	const value = text.trim();
	const parts = BASIC.exec(value);
	if (parts === null) return value;
	const [, year = '', month = '', day = '', hour = '', minute = '', second, zone = ''] = parts;
	const time = second === undefined ? `${hour}:${minute}` : `${hour}:${minute}:${second}`;
	return `${year}-${month}-${day}T${time}${zone}`;
}

/** Luxon comes with n8n, not with this package: its DateTime is known by its method. */
export function isLuxon(given: unknown): given is { valueOf(): number } {
	return typeof given === 'object' && given !== null && 'toMillis' in given;
}

function fromUnix(value: number): number | undefined {
	if (!(value >= 0)) return undefined;
	return finite(Math.round(value < FIRST_MILLISECONDS ? value * 1000 : value));
}

function fromIso(value: string): number | undefined {
	const day = value.slice(0, 10);
	// Date turns 31 February into 3 March without a word
	const midnight = new Date(`${day}T00:00:00Z`);
	if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== day) {
		return undefined;
	}
	const normal = value
		.replace(',', '.')
		.replace(/([+-]\d{2})$/, (zone, _sign, at: number) => (at > 10 ? `${zone}:00` : zone))
		.replace(/(T.*[+-]\d{2})(\d{2})$/, '$1:$2');
	const zoned =
		normal.includes('T') && !/(?:Z|[+-]\d{2}:\d{2})$/.test(normal) ? `${normal}Z` : normal;
	return finite(Date.parse(zoned));
}

/** Milliseconds that `Date` can hold. */
function finite(instant: number): number | undefined {
	return Math.abs(instant) <= 8.64e15 ? instant : undefined;
}
