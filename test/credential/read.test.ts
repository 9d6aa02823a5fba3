import fc from 'fast-check';
import type { ICredentialDataDecryptedObject, ICredentialType } from 'n8n-workflow';

import { JusttrackApi } from '../../credentials/JusttrackApi.credentials';
import { credentialProblem, readAddress, readCredential } from '../../transport/credential/read';
import { defaultsOf } from '../../transport/credential/read';
import { createRedactorOf, secretsOf } from '../../transport/credential/secrets';
import { RunRefused } from '../../transport/model/outcome';

const justtrack = new JusttrackApi();
const KEY = 'key-5f0c9a7e';
const BASE_URL = 'https://sink.justtrack.io';

const withBaseUrl = (baseUrl: string) => ({ apiKey: KEY, baseUrl });

/** A credential whose secrets travel in a header and in the query. */
const inHeader: ICredentialType = {
	name: 'headerApi',
	displayName: 'Header API',
	properties: [
		{
			displayName: 'Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			default: '',
		},
		{
			displayName: 'Signature',
			name: 'signature',
			type: 'string',
			typeOptions: { password: true },
			default: '',
		},
		{ displayName: 'Account', name: 'account', type: 'string', default: '' },
		{ displayName: 'Base URL', name: 'baseUrl', type: 'string', default: '' },
	],
	authenticate: {
		type: 'generic',
		properties: {
			headers: { authorization: '=Bearer {{ $credentials.token }}', 'x-version': '1' },
			qs: { sig: '={{$credentials?.signature}}:{{$credentials.account}}' },
		},
	},
};
const headerValues = { token: 'token-1', signature: 'sign-2', account: 'acme', baseUrl: BASE_URL };

describe('secret', () => {
	it.each([[undefined], [null], [''], [' \n'], [12345678], [{}]])('%p is empty', (apiKey) => {
		const values = { apiKey: apiKey as string, baseUrl: BASE_URL };
		expect(credentialProblem(justtrack, values)).toBe('API Key is empty.');
	});

	it.each([
		['a line end after it', `${KEY}\n`],
		['a blank before it', ` ${KEY}`],
		['a blank in it', 'key 5f0c9a7e'],
		['a tab in it', 'key\t5f0c9a7e'],
		['a letter that no header can carry', 'kéy-5f0c9a7e'],
		['a sign that cannot be seen', `${KEY}\u200b`],
		['a control sign', `${KEY}\u0000`],
	])('%s is refused', (_, apiKey) => {
		expect(credentialProblem(justtrack, { apiKey, baseUrl: BASE_URL })).toBe(
			'API Key must be letters, digits and symbols, without spaces. Paste it again.',
		);
	});

	it('every printable ASCII sign may be in it', () => {
		const signs = Array.from({ length: 0x7e - 0x20 }, (_, at) => String.fromCharCode(0x21 + at));
		const apiKey = signs.join('');
		expect(credentialProblem(justtrack, { apiKey, baseUrl: BASE_URL })).toBeUndefined();
		expect(readCredential(justtrack, { apiKey, baseUrl: BASE_URL }).placement.query.apikey).toBe(
			apiKey,
		);
	});

	it('each password field is checked, and named as the editor shows it', () => {
		expect(credentialProblem(inHeader, { ...headerValues, signature: '' })).toBe(
			'Signature is empty.',
		);
	});
});

describe('Base URL', () => {
	it.each([
		'https://sink.justtrack.io',
		'https://sink.justtrack.io/',
		'https://sink.justtrack.io:8443/a/b',
		' https://sink.justtrack.io\n',
		'HTTPS://sink.justtrack.io',
		'http://localhost',
		'http://LOCALHOST:5680',
		'http://127.0.0.1:5680/justtrack',
		'http://127.1.2.3',
		'http://127.1',
		'http://[::1]:5680',
		'http://[0:0:0:0:0:0:0:1]',
	])('%p may be used', (baseUrl) => {
		expect(credentialProblem(justtrack, withBaseUrl(baseUrl))).toBeUndefined();
	});

	it.each([
		'http://example.com',
		'http://127.evil.com',
		'http://127.0.0.1.evil.com',
		'http://localhost.evil.com',
		'http://evil-localhost',
		'http://evil.com/localhost',
		'http://localhost.',
		'http://128.0.0.1',
		'http://0.0.0.0',
		'http://10.0.0.1',
		'http://[::2]',
		'http://[::ffff:127.0.0.1]',
		'ftp://x',
		'ftp://localhost',
		'file:///etc/passwd',
		'ws://localhost',
		'javascript:alert(1)',
	])('%p must be https, or http to this machine', (baseUrl) => {
		expect(credentialProblem(justtrack, withBaseUrl(baseUrl))).toBe(
			`Base URL must start with https://, not "${baseUrl}". Only localhost may use http://.`,
		);
	});

	it.each([
		'garbage',
		'sink.justtrack.io',
		'//sink.justtrack.io',
		'https://',
		'http://127.256.1.1',
	])('%p is no address', (baseUrl) => {
		expect(credentialProblem(justtrack, withBaseUrl(baseUrl))).toBe(
			`Base URL must be an address such as https://example.com, not "${baseUrl.replace(/([?#]).*/, '$1…')}".`,
		);
	});

	it.each([[undefined], [null], [''], [' '], [1]])('%p is empty', (baseUrl) => {
		const values = { apiKey: KEY, baseUrl: baseUrl as string };
		expect(credentialProblem(justtrack, values)).toBe('Base URL is empty.');
	});

	it.each([
		'https://user@sink.justtrack.io',
		'https://user:word@sink.justtrack.io',
		'https://:word@sink.justtrack.io',
		'http://127.0.0.1@evil.com',
		'http://localhost:80@evil.com',
		`https://${KEY.slice(0, 6)}/${KEY.slice(6)}@sink.justtrack.io`,
		`https://sink.justtrack.io/${KEY}@evil.com`,
		`https:${KEY}@sink.justtrack.io`,
		'user:word@sink.justtrack.io',
		'https://sink.justtrack.io?user@evil.com',
	])('%p must not hold a user or a password', (baseUrl) => {
		expect(credentialProblem(justtrack, withBaseUrl(baseUrl))).toBe(
			'Base URL must not hold a user name or password.',
		);
	});

	it.each([
		'https://sink.justtrack.io?a=1',
		'https://sink.justtrack.io/path?a',
		'https://sink.justtrack.io#top',
	])('%p must end with the host or a path', (baseUrl) => {
		expect(credentialProblem(justtrack, withBaseUrl(baseUrl))).toBe(
			`Base URL must end with the host or a path, without ? or #, not "${baseUrl.replace(/([?#]).*/, '$1…')}".`,
		);
	});

	it.each([
		['https://sink.justtrack.io', 'https://sink.justtrack.io/'],
		[' http://127.0.0.1:5680/justtrack/ ', 'http://127.0.0.1:5680/justtrack/'],
		['https://gate.example.com/a/b', 'https://gate.example.com/a/b'],
	])('%p keeps its port and path', (baseUrl, href) => {
		expect(readCredential(justtrack, withBaseUrl(baseUrl)).baseUrl.href).toBe(href);
	});
});

describe('placement', () => {
	it('puts the secret where the declaration says, and masks it in the copy for people', () => {
		const { placement, maskedPlacement } = readCredential(justtrack, withBaseUrl(BASE_URL));
		expect(placement).toEqual({ query: { apikey: KEY }, headers: {} });
		expect(maskedPlacement).toEqual({ query: { apikey: '***' }, headers: {} });
	});

	it('fills text around the secret, several secrets, and fields that are none', () => {
		const { placement, maskedPlacement } = readCredential(inHeader, headerValues);
		expect(placement).toEqual({
			query: { sig: 'sign-2:acme' },
			headers: { authorization: 'Bearer token-1', 'x-version': '1' },
		});
		expect(maskedPlacement).toEqual({
			query: { sig: '***:acme' },
			headers: { authorization: 'Bearer ***', 'x-version': '1' },
		});
	});

	it.each(["$&$1$$$'", '{{$credentials.account}}'])(
		'takes the secret to the letter: %p',
		(token) => {
			const { placement } = readCredential(inHeader, { ...headerValues, token });
			expect(placement.headers.authorization).toBe(`Bearer ${token}`);
		},
	);

	it.each([
		['none', undefined],
		['a function', () => Promise.resolve({ url: BASE_URL })],
	])('needs a generic declaration: %s is a defect of the provider', (_, authenticate) => {
		const credential: ICredentialType = { ...inHeader, authenticate };
		expect(() => readCredential(credential, headerValues)).toThrow(
			'headerApi: the credential declares no generic authenticate',
		);
	});
});

/** A credential whose secret becomes a part of the address. */
const inHost: ICredentialType = {
	name: 'hostApi',
	displayName: 'Host API',
	properties: [
		{ displayName: 'Say it', name: 'notice', type: 'notice', default: '' },
		{
			displayName: 'Integration ID',
			name: 'integrationId',
			type: 'string',
			typeOptions: { password: true },
			default: '',
		},
		{ displayName: 'Region', name: 'region', type: 'string', default: 'eu' },
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: 'https://{integrationId}.{endpoint}.example.com',
		},
	],
	authenticate: { type: 'generic', properties: {} },
};
const ID = 'Acme-4711';
const hostValues = (more: ICredentialDataDecryptedObject = {}) => ({
	...defaultsOf(inHost),
	integrationId: ID,
	...more,
});

describe('placeholders of the Base URL', () => {
	it.each([
		['{integrationId}.{endpoint}.example.com', 'acme-4711.clicks.example.com', '/'],
		['{region}.example.com/{integrationId}/v1', 'eu.example.com', '/Acme-4711/v1'],
		['{region}.{region}.example.com/{endpoint}', 'eu.eu.example.com', '/clicks'],
		['example.com', 'example.com', '/'],
	])("are filled by the credential's own fields and by parts: %p", (address, host, path) => {
		const values = hostValues({ baseUrl: `https://${address}` });
		const { baseUrl } = readCredential(inHost, values, { endpoint: 'clicks' });
		expect([baseUrl.host, baseUrl.pathname]).toEqual([host, path]);
		expect(readAddress(inHost, values, { endpoint: 'clicks' }).baseUrl.href).toBe(baseUrl.href);
	});

	it('are filled with a mask in the copy for people, where they stand for a secret', () => {
		const masked = (baseUrl: string) =>
			readCredential(inHost, hostValues({ baseUrl }), { endpoint: 'imp' }).maskedBaseUrl.href;
		expect(masked('https://{integrationId}.{endpoint}.example.com')).toBe(
			'https://***.imp.example.com/',
		);
		expect(masked('https://{region}.example.com/a/{integrationId}')).toBe(
			'https://eu.example.com/a/***',
		);
		expect(masked('http://localhost:5680/{integrationId}/{region}')).toBe(
			'http://localhost:5680/***/eu',
		);
	});

	it('are filled once: what is filled in is no template itself', () => {
		const values = hostValues({ baseUrl: 'https://{endpoint}.example.com' });
		expect(credentialProblem(inHost, values, { endpoint: '{region}' })).toBe(
			'Base URL has the placeholder {region}, which nothing fills.',
		);
	});

	it.each([
		['a', 'a'],
		['0', '0'],
		['a-b', 'a-b'],
		['a--b', 'a--b'],
		['63 letters', 'x'.repeat(63)],
		['capitals', 'ACME'],
	])('may be filled with %s', (_, integrationId) => {
		expect(
			credentialProblem(inHost, hostValues({ integrationId }), { endpoint: 'imp' }),
		).toBeUndefined();
	});

	const wrongLabels: [string, string][] = [
		['64 letters', 'x'.repeat(64)],
		['a dot', 'evil.com'],
		['a dot at its end', 'acme.'],
		['a slash', 'evil/'],
		['a backslash', 'evil\\'],
		['a port', 'evil:8'],
		['a hash', 'evil#'],
		['a question mark', 'evil?'],
		['a user', 'evil@'],
		['a percent sign', 'evil%2e'],
		['a placeholder', '{region}'],
		['an underscore', 'a_b'],
		['a hyphen before it', '-acme'],
		['a hyphen after it', 'acme-'],
		['a hyphen alone', '-'],
		['the whole address', 'https://acme.imp.example.com'],
	];
	const rule =
		'must be 1 to 63 letters, digits and hyphens, since it is part of the address. Enter it without https:// and without the rest of the host name.';

	it.each(wrongLabels)('may not be filled with %s', (_, integrationId) => {
		const values = hostValues({ integrationId });
		expect(credentialProblem(inHost, values, { endpoint: 'imp' })).toBe(`Integration ID ${rule}`);
	});

	it.each([...wrongLabels, ['nothing', ''], ['a letter beyond ASCII', 'é'], ['a blank', 'a b']])(
		'may not be filled with %s by a field that is no secret either',
		(_, region) => {
			const values = hostValues({ region, baseUrl: 'https://{region}.example.com' });
			expect(credentialProblem(inHost, values)).toBe(`Region ${rule}`);
		},
	);

	it('may not be filled with anything else where no secret goes along, either', () => {
		for (const region of ['evil.com', 'evil.com/', 'a_b', 'x'.repeat(64)]) {
			const values = hostValues({ region, baseUrl: 'https://{region}.example.com' });
			expect(() => readAddress(inHost, values)).toThrow(`Region ${rule}`);
		}
	});

	it('are looked at only where they stand', () => {
		const values = hostValues({ region: 'a/b', baseUrl: 'https://{integrationId}.example.com' });
		expect(credentialProblem(inHost, values)).toBeUndefined();
		expect(
			credentialProblem(inHost, hostValues({ integrationId: 'a.b', baseUrl: BASE_URL })),
		).toBeUndefined();
	});

	it.each([
		['https://{integrationId}.{endpoint}.example.com', '{endpoint}'],
		['https://{integrationID}.example.com', '{integrationID}'],
		['https://example.com/{constructor}', '{constructor}'],
		['https://example.com/{__proto__}', '{__proto__}'],
		['https://example.com/{toString}/{region}', '{toString}'],
	])('that nothing fills are named: %p', (baseUrl, placeholder) => {
		const problem = `Base URL has the placeholder ${placeholder}, which nothing fills.`;
		expect(credentialProblem(inHost, hostValues({ baseUrl }))).toBe(problem);
		expect(() => readAddress(inHost, hostValues({ baseUrl }))).toThrow(problem);
	});

	it('do not get round the other rules of the Base URL', () => {
		const problemOf = (baseUrl: string) => credentialProblem(inHost, hostValues({ baseUrl }));
		expect(problemOf('http://{integrationId}.example.com')).toContain('must start with https://');
		expect(problemOf('https://example.com?id={integrationId}')).toContain('without ? or #');
		expect(problemOf('https://{integrationId}@example.com')).toContain('user name or password');
	});
});

describe('an address without a secret', () => {
	it('places nothing', () => {
		const nothing = { query: {}, headers: {} };
		expect(readAddress(inHeader, headerValues)).toEqual({
			baseUrl: new URL(BASE_URL),
			maskedBaseUrl: new URL(BASE_URL),
			placement: nothing,
			maskedPlacement: nothing,
		});
	});

	it('needs none, and does not look at it', () => {
		for (const apiKey of ['', 'a b', undefined as unknown as string]) {
			expect(readAddress(justtrack, { apiKey, baseUrl: `${BASE_URL}/a` }).baseUrl.href).toBe(
				`${BASE_URL}/a`,
			);
		}
		expect(readAddress(justtrack, defaultsOf(justtrack)).baseUrl.href).toBe(`${BASE_URL}/`);
	});

	it('is refused like that of a credential where it cannot be used', () => {
		const attempt = () => readAddress(justtrack, withBaseUrl('http://example.com'));
		expect(attempt).toThrow(RunRefused);
		expect(attempt).toThrow(
			expect.objectContaining({
				outcome: 'unauthorized',
				message:
					'The credential justtrack API cannot be used: Base URL must start with https://, not "http://example.com". Only localhost may use http://.',
			}) as Error,
		);
	});
});

describe('defaultsOf', () => {
	it('gives the default of every field', () => {
		expect(defaultsOf(inHost)).toEqual({
			notice: '',
			integrationId: '',
			region: 'eu',
			baseUrl: 'https://{integrationId}.{endpoint}.example.com',
		});
	});
});

describe('refusal', () => {
	it('refuses the run as unauthorized, and names credential, field and rule', () => {
		const attempt = () => readCredential(justtrack, { apiKey: '', baseUrl: BASE_URL });
		expect(attempt).toThrow(RunRefused);
		expect(attempt).toThrow(
			expect.objectContaining({
				outcome: 'unauthorized',
				message: 'The credential justtrack API cannot be used: API Key is empty.',
			}) as Error,
		);
	});

	it('the secret is in no message about itself', () => {
		const broken = fc
			.tuple(fc.stringMatching(/^[!-~]{4,20}$/), fc.constantFrom(' ', '\n', 'é', '\u0000'))
			.map(([key, sign]) => ({ key, apiKey: key + sign }));
		fc.assert(
			fc.property(broken, ({ apiKey }) => {
				expect(credentialProblem(justtrack, { apiKey, baseUrl: BASE_URL })).toBe(
					'API Key must be letters, digits and symbols, without spaces. Paste it again.',
				);
			}),
		);
	});

	it.each([
		['an address copied with its query', `${BASE_URL}/monetization/v0/jt?apikey=${KEY}`],
		['an address copied with its hash', `${BASE_URL}/#${KEY}`],
		['the key pasted into the wrong field', KEY],
		['http', `http://sink.justtrack.io/${KEY}`],
		['a password in an address that cannot be read', `https://user:${KEY}@sink justtrack.io`],
	])('the secret is in no message about the Base URL: %s', (_, baseUrl) => {
		const problem = credentialProblem(justtrack, withBaseUrl(baseUrl));
		expect(problem).toBeDefined();
		expect(problem).not.toContain(KEY);
	});
});

describe('whatever the values are', () => {
	/** Signs of all kinds, but for that of the mask, of which a message may have one too many. */
	const someSecret = fc.oneof(
		fc.stringMatching(/^[!-)+-~]{8,40}$/),
		fc.stringMatching(/^[A-Za-z\d][A-Za-z\d-]{6,60}[A-Za-z\d]$/),
		fc.stringMatching(/^[!-)+-~ ]{8,40}$/),
	);
	const someText = fc.oneof(
		fc.constantFrom('', ' ', '/', '.', '@', '?', '#', '{region}', '{endpoint}', '{nobody}'),
		fc.stringMatching(/^[a-z:/.?#@ -]{0,90}$/),
	);
	const someCase = fc
		.record({
			secret: someSecret,
			start: fc.constantFrom('https://', 'http://', 'ftp://', '', 'https:', 'https://localhost/'),
			before: someText,
			inside: fc.constantFrom('secret', 'placeholder', 'none'),
			after: someText,
			region: fc.constantFrom('eu', '', 'a.b', 'secret'),
			endpoint: fc.option(fc.constantFrom('clicks', 'a/b', 'a b'), { nil: undefined }),
		})
		.map(({ secret, start, before, inside, after, region, endpoint }) => {
			const middle = { secret, placeholder: '{integrationId}', none: '' }[inside];
			return {
				secret,
				values: {
					integrationId: secret,
					region: region === 'secret' ? secret : region,
					baseUrl: start + before + middle + after,
				},
				parts: endpoint === undefined ? undefined : { endpoint },
			};
		});
	type SomeCase = typeof someCase extends fc.Arbitrary<infer T> ? T : never;

	const messageOf =
		(read: typeof readCredential) =>
		({ values, parts }: SomeCase): string => {
			try {
				read(inHost, values, parts);
				return '';
			} catch (error) {
				return String(error);
			}
		};

	/** Every message there is about these values. */
	describe.each<[string, (given: SomeCase) => string]>([
		['of a problem', ({ values, parts }) => credentialProblem(inHost, values, parts) ?? ''],
		['of a credential', messageOf(readCredential)],
		['of an address', messageOf(readAddress)],
	])('the message %s', (_, tell) => {
		it('does not hold the secret', () => {
			fc.assert(
				fc.property(someCase, (given) => {
					expect(tell(given)).not.toContain(given.secret);
				}),
				{ numRuns: 1000 },
			);
		});

		it('does not end within the secret, where it quotes a long Base URL', () => {
			const secret = 'abcdefghijklmnopqrstuvwxyz0123456789';
			for (const length of Array.from({ length: 90 }, (_, index) => index)) {
				const baseUrl = `http://${'x'.repeat(length)}.example/${secret}`;
				const values = { integrationId: secret, region: 'eu', baseUrl };
				const message = tell({ secret, values, parts: undefined });
				expect(message).toContain('Base URL must start with https://');
				expect(message).not.toContain(secret.slice(0, 8));
			}
		});
	});

	it('what may be used can be shown, without the secret', () => {
		fc.assert(
			fc.property(
				fc.stringMatching(/^[a-z\d][a-z\d-]{6,60}[a-z\d]$/),
				fc.constantFrom(
					'https://{integrationId}.{endpoint}.example.com',
					'https://{region}.example.com/{integrationId}/{endpoint}',
					'http://127.0.0.1:5680/{integrationId}',
				),
				(integrationId, baseUrl) => {
					// the text around it may hold it by chance
					fc.pre(!`https://eu.clicks.example.com`.includes(integrationId));
					const values = hostValues({ integrationId, baseUrl });
					const read = readCredential(inHost, values, { endpoint: 'clicks' });
					expect(read.baseUrl.href).toContain(integrationId);
					expect(read.maskedBaseUrl.href).toBe(read.baseUrl.href.replace(integrationId, '***'));
				},
			),
		);
	});
});

describe('createRedactorOf', () => {
	const id = 'Acme-4711';
	const hidden = 'https://***.imp.example.com';

	it.each([
		['fills a placeholder of the Base URL', {}],
		['is expected to', { baseUrl: 'https://acme-4711.imp.example.com' }],
	])('a secret that %s is masked in any capitals: URLs lower host names', (_, values) => {
		const redact = createRedactorOf(inHost, hostValues({ integrationId: id, ...values }));
		expect(redact('https://acme-4711.imp.example.com')).toBe(hidden);
		expect(redact('https://ACME-4711.imp.example.com')).toBe(hidden);
	});

	it('any other is masked as it is written', () => {
		const redact = createRedactorOf(inHeader, headerValues);
		expect(redact('token-1 TOKEN-1')).toBe('*** TOKEN-1');
	});
});

describe('secretsOf', () => {
	it('gives the values of the password fields, and no others', () => {
		expect(secretsOf(inHeader, headerValues)).toEqual(['token-1', 'sign-2']);
	});

	it('gives a secret that cannot be used as well: it must not be shown either', () => {
		expect(secretsOf(justtrack, { apiKey: 'key 5f0c9a7e' })).toEqual(['key 5f0c9a7e']);
	});

	it('passes over what is missing', () => {
		expect(secretsOf(inHeader, { signature: 'sign-2' })).toEqual(['sign-2']);
	});
});
