import fc from 'fast-check';

import { parseBody } from '../../transport/judging/body';
import { createRedactor, MASK } from '../../transport/credential/redact';

const SECRET = 'k"ey+1/2=3&<%~(\\';

const lowerHex = (text: string) => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
const formEncoded = (text: string) => new URLSearchParams({ s: text }).toString().slice(2);

/** Every spelling that the module promises to find. */
const spellings: Readonly<Record<string, (secret: string) => string>> = {
	'as it is': (secret) => secret,
	'URL-encoded': (secret) => encodeURIComponent(secret),
	'URL-encoded in lower case': (secret) => lowerHex(encodeURIComponent(secret)),
	'URL-encoded twice': (secret) => encodeURIComponent(encodeURIComponent(secret)),
	'form-encoded': formEncoded,
	'JSON-escaped': (secret) => JSON.stringify(secret).slice(1, -1),
	'in hex': (secret) => Buffer.from(secret).toString('hex'),
	'in base64': (secret) => Buffer.from(secret).toString('base64'),
	'in base64url': (secret) => Buffer.from(secret).toString('base64url'),
};

/** Spellings of the same encodings that other programs than Node write. */
const foreignSpellings: Readonly<Record<string, (secret: string) => string>> = {
	'form-encoded in lower case': (secret) => lowerHex(formEncoded(secret)),
	'URL-encoded with every sign escaped, as PHP does': (secret) =>
		encodeURIComponent(secret).replace(
			/[!'()*]/g,
			(sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
		),
	'JSON-escaped with \\/, as PHP does': (secret) =>
		JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/'),
	'JSON-escaped with \\u0026, as Go does': (secret) =>
		JSON.stringify(secret).slice(1, -1).replaceAll('&', '\\u0026').replaceAll('<', '\\u003c'),
	'HTML-escaped': (secret) =>
		secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;'),
};

it.each(Object.entries({ ...spellings, ...foreignSpellings }))(
	'a secret is masked %s',
	(_, spell) => {
		const redact = createRedactor([SECRET]);
		expect(redact(`before ${spell(SECRET)} after`)).toBe(`before ${MASK} after`);
	},
);

it('masks every occurrence', () => {
	const redact = createRedactor(['key1']);
	expect(redact('key1key1 key1')).toBe(`${MASK}${MASK} ${MASK}`);
});

it('no spelling of any secret survives in any text', () => {
	// a secret with the mask's own sign could be formed anew by masking
	const secrets = fc
		.string({ unit: 'grapheme-ascii', minLength: 4 })
		.filter((secret) => !secret.includes('*'));
	fc.assert(
		fc.property(secrets, fc.string(), fc.string(), (secret, before, after) => {
			const redact = createRedactor([secret]);
			for (const spell of Object.values(spellings)) {
				const spelling = spell(secret);
				expect(redact(before + spelling + after)).not.toContain(spelling);
			}
		}),
	);
});

it('leaves text without the secret as it is', () => {
	const secrets = fc.string({ unit: fc.constantFrom('x', 'y', 'z'), minLength: 4 });
	const texts = fc.string({ unit: fc.constantFrom('0', '1', '9', ' ', '.', ':', '{', '}') });
	fc.assert(
		fc.property(secrets, texts, (secret, text) => {
			expect(createRedactor([secret])(text)).toBe(text);
		}),
	);
});

it('masks the strings in objects and arrays, keys too, and nothing else', () => {
	const redact = createRedactor(['key1']);
	const value = {
		'by key1': { list: ['a key1', { deep: 'key1' }, null, 1, true, undefined] },
		other: 'as it was',
		number: 1.5,
	};
	expect(redact(value)).toStrictEqual({
		'by ***': { list: ['a ***', { deep: '***' }, null, 1, true, undefined] },
		other: 'as it was',
		number: 1.5,
	});
});

it('changes a copy, never the value itself', () => {
	const value = { list: ['key1'] };
	createRedactor(['key1'])(value);
	expect(value).toEqual({ list: ['key1'] });
});

it('does not fail on a reply of 64 kB that nests to the last byte', () => {
	const body = '['.repeat(32_768) + ']'.repeat(32_768);
	const redact = createRedactor(['key1']);
	const show = () =>
		JSON.stringify(
			redact(parseBody({ kind: 'reply', status: 200, headers: {}, body, truncated: false })),
		);
	expect(show).not.toThrow();
});

it.each([
	['long', ['key1-long', 'key1']],
	['short', ['key1', 'key1-long']],
])('a secret within another is masked with it, whichever comes first: the %s one', (_, secrets) => {
	expect(createRedactor(secrets)('key1-long, key1.')).toBe(`${MASK}, ${MASK}.`);
});

it.each([
	['abcd', MASK],
	['abc', 'abc'],
	['', ''],
])('only secrets of four characters and more are searched for: %p becomes %p', (secret, shown) => {
	expect(createRedactor([secret])(`1.98 ${secret}`)).toBe(`1.98 ${shown}`);
});

it('has nothing to mask without secrets', () => {
	expect(createRedactor([])({ a: 'b' })).toEqual({ a: 'b' });
});
