import type { Reply } from '../model/answer';

/** What stands where a secret was. */
export const MASK = '***';

/**
 * Secrets shorter than this are not searched for in texts: three characters occur by chance in
 * identifiers and amounts, and masking those would corrupt the output.
 */
const SHORTEST_SEARCHED = 4;

/** The same for a secret inside a longer text in base64, of which only a part is certain. */
const SHORTEST_INSIDE_BASE64 = 8;

/** Masks secrets in whatever leaves towards people: strings, and the strings inside objects. */
export interface Redact {
	<T>(value: T): T;
	/** Characters that a secret can take up in any of its spellings. */
	readonly longestSpelling: number;
}

/**
 * The one place where secrets are masked. Finds a secret in every spelling in which a provider may
 * send it back: as it is, URL- or form-encoded (once or twice), escaped as in JSON or HTML, in
 * base64 and in hex.
 */
export function createRedactor(secrets: readonly string[]): Redact {
	const patterns = secrets
		.filter((secret) => secret.length >= SHORTEST_SEARCHED)
		// the longer first: it may hold the shorter
		.sort((a, b) => b.length - a.length)
		.flatMap((secret) => [
			Array.from(secret, spellCharacter).join(''),
			...wholeSpellings(secret).map(escapeForPattern),
		]);
	const spellings = patterns.length > 0 ? new RegExp(patterns.join('|'), 'g') : undefined;

	const redactText = (text: string): string =>
		spellings === undefined ? text : text.replace(spellings, MASK);
	// what holds no secret is given back as it is, not copied
	const redactEach = (entries: [string, unknown][]): [string, unknown][] | undefined => {
		const masked = entries.map(([key, inner]): [string, unknown] => [
			redactText(key),
			redact(inner),
		]);
		const isSame = masked.every(
			([key, inner], index) => key === entries[index]?.[0] && inner === entries[index][1],
		);
		return isSame ? undefined : masked;
	};
	const redact = (value: unknown): unknown => {
		if (typeof value === 'string') return redactText(value);
		if (typeof value !== 'object' || value === null) return value;
		const masked = redactEach(Object.entries(value));
		if (masked === undefined) return value;
		return Array.isArray(value) ? masked.map(([, inner]) => inner) : Object.fromEntries(masked);
	};
	// an encoded character takes up to 9: %2525XX, &#x0026;
	const longestSpelling = 9 * Math.max(1, ...secrets.map(({ length }) => length));
	return Object.assign(<T>(value: T): T => redact(value) as T, { longestSpelling });
}

/** A reply with the secrets masked that it may quote, before anything is cut out of its body. */
export function redactReply(reply: Reply, redact: Redact): Reply {
	// the end of a body that broke off may be a part of the secret, which no search would find
	const body = reply.truncated ? reply.body.slice(0, -redact.longestSpelling) : reply.body;
	return { ...reply, body: redact(body) };
}

/** HTML's names for the signs that it escapes. */
const htmlNames: Readonly<Record<string, string>> = {
	'&': 'amp',
	'<': 'lt',
	'>': 'gt',
	'"': 'quot',
	"'": 'apos',
};

/** A pattern of all the ways in which one character of a secret may be written. */
function spellCharacter(character: string): string {
	const code = character.codePointAt(0) ?? 0;
	const hex = code.toString(16).padStart(2, '0');
	const percent = Array.from(Buffer.from(character), (byte) => `%(?:25)*${anyCase(hexByte(byte))}`);
	const html = [`0*${code}`, `[xX]0*${anyCase(hex)}`].map((reference) => `&#${reference};`);
	const name = htmlNames[character];
	return `(?:${[
		String.raw`\\?${escapeForPattern(character)}`,
		percent.join(''),
		String.raw`\\u${anyCase(code.toString(16).padStart(4, '0'))}`,
		String.raw`\\x${anyCase(hex)}`,
		...html,
		...(name === undefined ? [] : [`&${name};`]),
		...(character === ' ' ? [String.raw`\+`] : []),
	].join('|')})`;
}

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

function hexByte(byte: number): string {
	return byte.toString(16).padStart(2, '0');
}

function anyCase(hex: string): string {
	return hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function escapeForPattern(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);
}
