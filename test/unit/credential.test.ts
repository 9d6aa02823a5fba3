import fc from 'fast-check';
import type { ICredentialType } from 'n8n-workflow';

import { JusttrackApi } from '../../credentials/JusttrackApi.credentials';
import { credentialProblem, readCredential, secretsOf } from '../../transport/credential';
import { RunRefused } from '../../transport/outcome';

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
			'API Key must be letters, digits and signs without white space. Paste it again.',
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
					'API Key must be letters, digits and signs without white space. Paste it again.',
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
