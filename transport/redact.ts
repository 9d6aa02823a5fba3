/** What stands where a secret was. */
export const MASK = '***';

/**
 * Secrets shorter than this are not searched for in texts: three characters occur by chance in
 * identifiers and amounts, and masking those would corrupt the output.
 */
const SHORTEST_SEARCHED = 4;

/** Masks secrets in whatever leaves towards people: strings, and the strings inside objects. */
export type Redact = <T>(value: T) => T;

/**
 * The one place where secrets are masked. Finds a secret as it is, URL-encoded (once or twice),
 * form-encoded, JSON-escaped, in base64 and in hex.
 */
export function createRedactor(secrets: readonly string[]): Redact {
	const spellings = [
		...new Set(
			secrets
				.filter((secret) => secret.length >= SHORTEST_SEARCHED)
				.flatMap((secret) => spell(secret)),
		),
	].sort((a, b) => b.length - a.length);

	const redactText = (text: string): string => {
		let clean = text;
		for (const spelling of spellings) {
			if (clean.includes(spelling)) clean = clean.replaceAll(spelling, MASK);
		}
		return clean;
	};
	const redact = (value: unknown): unknown => {
		if (typeof value === 'string') return redactText(value);
		if (Array.isArray(value)) return value.map(redact);
		if (typeof value !== 'object' || value === null) return value;
		return Object.fromEntries(
			Object.entries(value).map(([key, inner]) => [redactText(key), redact(inner)]),
		);
	};
	return <T>(value: T): T => redact(value) as T;
}

function spell(secret: string): string[] {
	const url = encodeURIComponent(secret.toWellFormed());
	const lowerCaseUrl = url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
	return [
		secret,
		url,
		lowerCaseUrl,
		new URLSearchParams([['', secret]]).toString().slice(1),
		JSON.stringify(secret).slice(1, -1),
		encodeURIComponent(url),
		Buffer.from(secret).toString('hex'),
		Buffer.from(secret).toString('base64'),
		Buffer.from(secret).toString('base64url'),
	];
}
