import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The secret of nearly all credentials. Every character of it that an encoding could change is there on purpose. */
export const SECRET = 'relay+key/with=odd&chars%7';

/** The secret of 24metrics, which is part of a host name. */
export const INTEGRATION_ID = 'relay-id-Zq7-k3w9v0xn';

export const SECRETS = [SECRET, INTEGRATION_ID];

/** A secret in every shape in which it could leak by accident. */
export function shapesOf(secret: string): Record<string, string> {
	const bytes = Buffer.from(secret);
	return {
		plain: secret,
		'in JSON': JSON.stringify(secret).slice(1, -1),
		'URL-encoded': encodeURIComponent(secret),
		'URL-encoded twice': encodeURIComponent(encodeURIComponent(secret)),
		'as encodeURI leaves it': encodeURI(secret),
		'form-encoded': new URLSearchParams([['', secret]]).toString().slice(1),
		'in hex': bytes.toString('hex'),
		// Base64 depends on what stands before: one shape for each place in a group of three, without the uncertain ends.
		...Object.fromEntries(
			[0, 1, 2].map((before) => {
				const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
				const end = (before + bytes.length) % 3 === 0 ? encoded.length : -4;
				return [`in base64, offset ${String(before)}`, encoded.slice(before === 0 ? 0 : 4, end)];
			}),
		),
	};
}

/** The shapes of the secret that occur in a text. */
export function findSecret(secret: string, text: string): string[] {
	// Percent-encoding and hex may be of either case.
	const haystack = text.toLowerCase();
	return Object.entries(shapesOf(secret))
		.filter(([, shape]) => haystack.includes(shape.toLowerCase()))
		.map(([name]) => name);
}

/** The same for all secrets. */
export function findSecrets(text: string): string[] {
	return SECRETS.flatMap((secret) => findSecret(secret, text));
}

/** The text of every file below a folder, byte for byte. */
export function* filesBelow(folder: string): Generator<{ path: string; text: string }> {
	for (const name of readdirSync(folder)) {
		const path = join(folder, name);
		if (statSync(path).isDirectory()) yield* filesBelow(path);
		else yield { path, text: readFileSync(path, 'latin1') };
	}
}
