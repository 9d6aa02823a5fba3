import type { Reply } from '../model/answer';
import { isSuccess, type Outcome, type RequestView } from '../model/outcome';
import { createSearch, type Search, type Span } from './spellings';

/** What stands where a secret was. */
export const MASK = '***';

/**
 * Secrets shorter than this are not searched for in texts: three characters occur by chance in
 * identifiers and amounts, and masking those would corrupt the output.
 */
const SHORTEST_SEARCHED = 4;

/** The same for a secret inside a longer text in base64, of which only a part is certain. */
const SHORTEST_INSIDE_BASE64 = 8;

/**
 * A secret that is a word, such as `status`, is left in names: names are words, and a masked one
 * would tell which word the secret is. No provider gives out keys like that.
 */
const WORD = /^[a-z_]{1,12}$/i;

/** `excerpt` puts it where it cuts. */
const CUT = '…';

/**
 * Masks secrets in whatever leaves towards people: texts, and the texts inside objects. Structure
 * stays: true and false, the number of entries and their order, names unless they hold a secret.
 * Never throws.
 */
export interface Redact {
	<T>(value: T): T;
	/** The same for the name of a field, a column or a parameter. */
	inName(name: string): string;
	/** A text that was cut, without the beginning of a secret at its end; the rest as it is. */
	atEnd(text: string): string;
}

/**
 * The one place where secrets are masked. Finds a secret in every spelling in which a provider may
 * send it back: as it is, URL- or form-encoded (once or twice), escaped as in JSON or HTML, in
 * base64 and in hex.
 *
 * @param caseless which of the secrets are masked in capitals and small letters alike
 */
export function createRedactor(
	secrets: readonly string[],
	caseless: readonly string[] = [],
): Redact {
	const searched = secrets.filter(({ length }) => length >= SHORTEST_SEARCHED);
	const searchOf = (secret: string) => searchIn(secret, caseless.includes(secret));
	const inTexts = searched.map(searchOf);
	const inNames = searched.filter((secret) => !WORD.test(secret)).map(searchOf);
	// a reply may hold the digits of a secret as a number
	const numbers = new Set(searched.filter((secret) => /^\d+$/.test(secret)).map(Number));

	const inName = (name: string) => maskIn(name, inNames);
	const inside = (value: unknown): unknown => {
		if (typeof value === 'string') return maskIn(value, inTexts);
		if (typeof value === 'number') return numbers.has(value) ? MASK : value;
		if (typeof value !== 'object' || value === null) return value;
		const entries = Object.entries(value);
		const masked = entries.map(([key, inner]): [string, unknown] => [inName(key), inside(inner)]);
		// what holds no secret is given back as it is, not copied
		const isSame = masked.every(
			([key, inner], index) => key === entries[index]?.[0] && inner === entries[index][1],
		);
		if (isSame) return value;
		return Array.isArray(value) ? masked.map(([, inner]) => inner) : toObject(masked);
	};
	const redact = (value: unknown): unknown => {
		try {
			return inside(value);
		} catch {
			// nested beyond the stack, or with a member that throws: nobody can show it
			return MASK;
		}
	};
	return Object.assign(<T>(value: T): T => redact(value) as T, {
		inName,
		atEnd: (text: string) => {
			const found = spansIn(text, inTexts, true).filter(([, end]) => end === text.length);
			return cover(text, found);
		},
	});
}

/** An outcome as it may leave: its words and what it quotes masked, its facts as they are. */
export function redactOutcome(outcome: Outcome, redact: Redact): Outcome {
	const { id, reason } = outcome;
	const told = { id: redact(id), reason: redact(reason) };
	if (!isSuccess(outcome)) {
		const fields = outcome.fields?.map(({ field, value, rule, sentence }) => ({
			field: redact.inName(field),
			value: redact(value),
			rule: redact(rule),
			sentence: redact(sentence),
		}));
		return { ...outcome, ...told, reason: redact(outcome.reason), fields };
	}
	const { verdict, response, request } = outcome;
	return {
		...outcome,
		...told,
		verdict: redact(verdict),
		response: redact(response),
		request: request && redactRequest(request, redact),
	};
}

/**
 * A reply that may be judged and told: where its body broke off, what is left may be a part of a
 * secret, which nobody would find in what is told of it.
 */
export function redactBrokenOff(reply: Reply, redact: Redact): Reply {
	return reply.truncated ? { ...reply, body: redact.atEnd(reply.body) } : reply;
}

function redactRequest({ method, url, headers, body }: RequestView, redact: Redact): RequestView {
	const [address = '', ...query] = url.split('?');
	const pairs = query.join('?').split('&');
	const masked = pairs.map((pair) => {
		const [name = '', ...value] = pair.split('=');
		return [redact.inName(name), ...value.map(redact)].join('=');
	});
	return {
		method,
		url: query.length === 0 ? redact(address) : `${redact(address)}?${masked.join('&')}`,
		...(headers && { headers: redact(headers) }),
		...(body !== undefined && { body: redact(body) }),
	};
}

/** Entries whose names were masked may have one name now: then they are counted. */
function toObject(entries: readonly (readonly [string, unknown])[]): object {
	const members = new Map<string, unknown>();
	const times = new Map<string, number>();
	for (const [key, value] of entries) {
		const time = (times.get(key) ?? 0) + 1;
		times.set(key, time);
		members.set(time === 1 ? key : `${key} (${time})`, value);
	}
	return Object.fromEntries(members);
}

function maskIn(text: string, searches: readonly Search[]): string {
	if (searches.length === 0) return text;
	if (!text.includes(CUT)) return cover(text, spansIn(text, searches, false));
	// where a text was cut, the beginning of a secret may be left
	const pieces = text.split(CUT);
	const masked = pieces.map((piece, index) =>
		cover(piece, spansIn(piece, searches, index < pieces.length - 1)),
	);
	return masked.join(CUT);
}

/** From left to right. */
function spansIn(text: string, searches: readonly Search[], isCut: boolean): Span[] {
	const spans: Span[] = [];
	for (const search of searches) for (const span of search(text, isCut)) spans.push(span);
	return spans.length < 2 ? spans : spans.sort(([a], [b]) => a - b);
}

/** Puts one mask over each span, and over those that overlap. */
function cover(text: string, spans: readonly Span[]): string {
	if (spans.length === 0) return text;
	const parts: string[] = [];
	let covered = 0;
	for (const [start, end] of spans) {
		if (parts.length === 0 || start >= covered) parts.push(text.slice(covered, start), MASK);
		covered = Math.max(covered, end);
	}
	return [...parts, text.slice(covered)].join('');
}

/** Searches for a secret, however it is spelled. */
function searchIn(secret: string, isCaseless: boolean): Search {
	const searchSpelled = isCaseless ? createSearch(secret, bothCases) : createSearch(secret);
	const cases = isCaseless ? [secret, secret.toLowerCase(), secret.toUpperCase()] : [secret];
	const searches = [...new Set(cases.flatMap(wholeSpellings))].map((whole) => {
		let search: Search | undefined;
		return (text: string, isCut: boolean) => {
			if (!isCut && !text.includes(whole)) return [];
			return (search ??= createSearch(whole))(text, isCut);
		};
	});
	const all = [searchSpelled, ...searches];
	return (text, isCut) => spansIn(text, all, isCut);
}

const bothCases = (character: string) => [character.toLowerCase(), character.toUpperCase()];

/** Spellings in which single characters cannot be told apart. */
function wholeSpellings(secret: string): string[] {
	const bytes = Buffer.from(secret);
	const alone = [
		bytes.toString('hex'),
		bytes.toString('hex').toUpperCase(),
		bytes.toString('base64'),
		bytes.toString('base64url'),
	];
	if (secret.length < SHORTEST_INSIDE_BASE64) return alone;
	return [
		...alone,
		...(['base64', 'base64url'] as const).flatMap((encoding) =>
			// base64 depends on how many bytes stand before, in groups of three: what is certain of each
			[0, 1, 2].map((before) => {
				const text = Buffer.concat([Buffer.alloc(before), bytes]).toString(encoding);
				const certain = Math.floor(((before + bytes.length) * 8) / 6);
				return text.slice(Math.ceil((before * 8) / 6), certain);
			}),
		),
	];
}
