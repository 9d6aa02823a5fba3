import fc from 'fast-check';

import { parseBody } from '../../transport/judging/body';
import { createRedactor, MASK, redactOutcome } from '../../transport/credential/redact';
import type { Outcome } from '../../transport/model/outcome';

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

describe('a secret of 5,000 characters', () => {
	const secret = `key-${'Zq7+/=%&\\'.repeat(555)}!`;

	it.each(Object.entries({ ...spellings, ...foreignSpellings }))(
		'is masked %s, and nothing is thrown',
		(_, spell) => {
			const redact = createRedactor([secret]);
			expect(redact(`before ${spell(secret)} after`)).toBe(`before ${MASK} after`);
		},
	);

	it('is masked as far as it goes on, where only its beginning is there', () => {
		const redact = createRedactor([secret]);
		expect(redact(`before ${secret.slice(0, 2_000)} after`)).toBe(`before ${MASK} after`);
	});
});

describe('time grows in line with text and secret', () => {
	const times = (sign: string, number: number) => sign.repeat(number / sign.length);

	it.each([
		['one letter', 'a', 'a'],
		['one letter, which the secret does not end with', 'ab', 'a'],
		['backslashes', '\\', '\\'],
		['backslashes, which the secret begins and ends otherwise than', 'b\\c', '\\'],
		['percent signs', '%', '%'],
		['percent signs, encoded', '%', '%25'],
		['percent signs, encoded many times', '%25', '25'],
		['ampersands', '&', '&'],
		['ampersands, escaped', '&', '&amp;'],
		['cuts', 'a', 'aaaa…'],
	])('%s', (_, [first = '', middle = first, last = middle], repeated) => {
		const secret = first + times(middle, 4_998) + last;
		const redact = createRedactor([secret]);
		const startedAt = performance.now();
		const masked = redact(`%${times(repeated, 60_000)}`);
		expect(performance.now() - startedAt).toBeLessThan(5_000);
		expect(masked).not.toContain(secret);
	});
});

it('a secret is found in any mixture of its spellings', () => {
	const hex = (character: string, digits: number) =>
		character.charCodeAt(0).toString(16).padStart(digits, '0');
	const waysToSpell: ((character: string) => string)[] = [
		(character) => character,
		(character) => `\\${character}`,
		(character) => `%${hex(character, 2)}`,
		(character) => `%25${hex(character, 2).toUpperCase()}`,
		(character) => `%2525${hex(character, 2)}`,
		(character) => `\\u${hex(character, 4)}`,
		(character) => `\\x${hex(character, 2).toUpperCase()}`,
		(character) => `&#${character.charCodeAt(0)};`,
		(character) => `&#x00${hex(character, 2)};`,
	];
	const characters = fc.array(
		fc.tuple(
			fc.oneof(
				fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }),
				fc.constantFrom('%', '2', '5', '\\', 'u', 'x', '0', '&', '#', ';'),
			),
			fc.constantFrom(...waysToSpell),
		),
		{ minLength: 4, maxLength: 80 },
	);
	fc.assert(
		fc.property(characters, fc.string(), fc.string(), (spelled, before, after) => {
			const secret = spelled.map(([character]) => character).join('');
			const spelling = spelled.map(([character, spell]) => spell(character)).join('');
			fc.pre(!(before + MASK + after).includes(spelling));
			const masked = createRedactor([secret])(before + spelling + after);
			expect(masked).toContain(MASK);
			expect(masked).not.toContain(spelling);
		}),
		{ numRuns: 1000 },
	);
});

describe('where a text was cut', () => {
	const redact = createRedactor([SECRET]);

	it.each(Object.entries({ ...spellings, ...foreignSpellings }))(
		'what is left of a secret is masked, wherever the cut is: %s',
		(_, spell) => {
			const spelling = spell(SECRET);
			for (const [at] of Array.from(spelling).entries()) {
				const rest = spelling.slice(0, at);
				const masked = redact(`answered: ${rest}… Check the key.`);
				if (at >= 12) expect(masked).toBe(`answered: ${MASK}… Check the key.`);
				expect(masked).not.toContain(spelling.slice(0, 12));
				expect(redact.atEnd(`answered: ${rest}`)).not.toContain(spelling.slice(0, 12));
			}
		},
	);

	it('the rest of a body that broke off stays as it is, even where it holds the secret', () => {
		expect(redact.atEnd(`${SECRET}, ${SECRET.slice(0, 9)}`)).toBe(`${SECRET}, ${MASK}`);
	});
});

describe('a secret in structure', () => {
	it.each(['delivered', 'outcome', 'status', 'true', 'error', 'response', 'verdict', 'event_name'])(
		'that is the word %p is masked in texts, and leaves names, true and false alone',
		(word) => {
			const redact = createRedactor([word]);
			expect(redact({ [word]: [`a ${word}`, true, null, 1], other: { [word]: false } })).toEqual({
				[word]: [`a ${MASK}`, true, null, 1],
				other: { [word]: false },
			});
		},
	);

	it('never makes two names one', () => {
		const redact = createRedactor(['key1']);
		expect(redact({ key1: 'a', '%6bey1': 'b', '***': 'c' })).toEqual({
			'***': 'a',
			'*** (2)': 'b',
			'*** (3)': 'c',
		});
	});

	it('is masked where its digits came back as a number', () => {
		const secret = '123456789012345678901234567890';
		const redact = createRedactor([secret]);
		expect(redact(JSON.parse(`{"key":${secret},"id":1234}`))).toEqual({ key: MASK, id: 1234 });
	});

	it('that nobody can look into is masked as a whole, and nothing is thrown', () => {
		const circle: Record<string, unknown> = {};
		circle.circle = circle;
		const throwing = {
			get key(): string {
				throw new Error('key1');
			},
		};
		const redact = createRedactor(['key1']);
		expect(redact(circle)).toBe(MASK);
		expect(redact(throwing)).toBe(MASK);
	});
});

it.each(['Relay-Id-7', 'relay-id-7', 'RELAY-ID-7', 'rELAY%2did-7'])(
	'a secret that may become part of a host name is masked in any capitals: %p',
	(spelling) => {
		const redact = createRedactor(['Relay-Id-7', 'other-key'], ['Relay-Id-7']);
		const host = `${spelling}.clicks.example.com`;
		expect(redact(host)).toBe(`${MASK}.clicks.example.com`);
		expect(redact(Buffer.from('//relay-id-7.clicks').toString('base64'))).toContain(MASK);
		expect(redact('OTHER-KEY')).toBe('OTHER-KEY');
	},
);

describe('an outcome', () => {
	const words = ['delivered', 'outcome', 'invalid', 'platform', 'GET', 'https', 'apikey', 'true'];

	it.each(words)('keeps its facts and its names, whatever word the secret is: %p', (word) => {
		const redact = createRedactor([word]);
		const delivered: Outcome = {
			outcome: 'delivered',
			id: 'id-1',
			attempts: 1,
			httpStatus: 200,
			response: { [word]: true },
		};
		expect(redactOutcome(delivered, redact)).toEqual(delivered);
		const invalid: Outcome = {
			outcome: 'invalid',
			reason: 'x',
			fields: [{ field: word, rule: 'x', sentence: 'x' }],
		};
		expect(redactOutcome(invalid, redact)).toEqual(invalid);
		const preview: Outcome = {
			outcome: 'preview',
			request: { method: 'GET', url: `/?${word}=1`, headers: { [word]: 'a' }, body: { [word]: 1 } },
		};
		expect(redactOutcome(preview, redact)).toEqual(preview);
	});

	it('loses the secret wherever it tells words or quotes', () => {
		const all: Outcome[] = [
			{ outcome: 'failed', reason: `not ${SECRET}`, id: SECRET },
			{
				outcome: 'invalid',
				reason: 'x',
				fields: [{ field: SECRET, value: SECRET, rule: SECRET, sentence: SECRET }],
			},
			{ outcome: 'delivered', verdict: SECRET, reason: SECRET, response: [{ [SECRET]: SECRET }] },
			{
				outcome: 'preview',
				request: {
					method: 'POST',
					url: `https://host.example/${SECRET}?${encodeURIComponent(SECRET)}=${encodeURIComponent(SECRET)}`,
					headers: { [SECRET]: SECRET },
					body: { [SECRET]: SECRET },
				},
			},
		];
		const redact = createRedactor([SECRET]);
		const shown = JSON.stringify(all.map((outcome) => redactOutcome(outcome, redact)));
		expect(shown).not.toContain(JSON.stringify(SECRET).slice(1, -1));
		expect(shown).not.toContain(encodeURIComponent(SECRET));
		expect(shown.split(MASK)).toHaveLength(18);
	});
});
