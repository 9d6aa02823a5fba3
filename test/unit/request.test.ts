import fc from 'fast-check';
import type { ICredentialType } from 'n8n-workflow';

import { justtrack } from '../../nodes/Justtrack/provider';
import { compile } from '../../transport/compile';
import { readCredential } from '../../transport/credential';
import type { Batch } from '../../transport/plan';
import type { WireEvent } from '../../transport/provider';
import { createRequestForm, type RequestForm } from '../../transport/request';

const KEY = 'key/5f+0c=9&a';

const batchOf = (event: WireEvent): Batch => ({ events: [{ itemIndex: 0, event }] });

const formWith = (baseUrl = 'https://sink.justtrack.io', apiKey = KEY): RequestForm =>
	createRequestForm(
		compile(justtrack, 'revenueEvent'),
		readCredential(justtrack.credential, { apiKey, baseUrl }),
	);

const queryOf = (path: string): Record<string, string> =>
	Object.fromEntries(new URL(path, 'https://sink.justtrack.io').searchParams);

it("builds the vendor's example to the letter", () => {
	const example = {
		platform: 'android',
		packageid: 'com.my.app',
		transactionid: 'transaction-id-123',
		userid: 'custom-user-id-123',
		monetizationnetwork: 'network',
		monetizationprovider: 'provider',
		value: '1.98',
	};
	const { method, origin, path, headers, body } = formWith(undefined, '123').build(
		batchOf(example),
	);
	expect({ method, origin, headers, body }).toEqual({
		method: 'GET',
		origin: 'https://sink.justtrack.io',
		headers: {},
	});
	expect(path.split('?')[0]).toBe('/monetization/v0/jt');
	expect(queryOf(path)).toEqual({ apikey: '123', ...example });
});

it.each([
	['a b', 'a%20b'],
	['a&b=c', 'a%26b%3Dc'],
	['a+b', 'a%2Bb'],
	['100%', '100%25'],
	['%20', '%2520'],
	['a#b?c/d', 'a%23b%3Fc%2Fd'],
	['Größe', 'Gr%C3%B6%C3%9Fe'],
	['雪', '%E9%9B%AA'],
	['🦄', '%F0%9F%A6%84'],
	['a\r\nb', 'a%0D%0Ab'],
])('%p goes out as %p', (value, encoded) => {
	const { path } = formWith().build(batchOf({ userid: value }));
	expect(path.endsWith(`&userid=${encoded}`)).toBe(true);
});

it('every text arrives as it was, and nothing besides it', () => {
	const someText = fc.string({ unit: 'binary', minLength: 1 });
	const someKey = fc.stringMatching(/^[!-~]{1,20}$/);
	fc.assert(
		fc.property(someText, someText, someKey, (userid, packageid, apikey) => {
			const { path } = formWith(undefined, apikey).build(batchOf({ userid, packageid }));
			expect(path).toMatch(/^[!-~]+$/);
			expect(queryOf(path)).toEqual({ apikey, userid, packageid });
		}),
	);
});

it('a value that was not given is absent, key and all', () => {
	const { path } = formWith().build(batchOf({ userid: 'u', value: undefined }));
	expect(Object.keys(queryOf(path))).toEqual(['apikey', 'userid']);
});

it('what is no field of the operation is not sent', () => {
	const { path } = formWith().build(batchOf({ userid: 'u', currency: 'EUR' }));
	expect(Object.keys(queryOf(path))).toEqual(['apikey', 'userid']);
});

it.each([
	[0, '0'],
	[false, 'false'],
	[{ a: 1 }, '{"a":1}'],
])('%p is sent as text', (userid, text) => {
	expect(queryOf(formWith().build(batchOf({ userid })).path).userid).toBe(text);
});

it.each([
	['https://sink.justtrack.io', 'https://sink.justtrack.io', '/monetization/v0/jt'],
	['https://sink.justtrack.io/', 'https://sink.justtrack.io', '/monetization/v0/jt'],
	['https://gate.io:8443/a/b', 'https://gate.io:8443', '/a/b/monetization/v0/jt'],
	['http://127.0.0.1:1234/justtrack//', 'http://127.0.0.1:1234', '/justtrack/monetization/v0/jt'],
])('the path is appended to the Base URL %p, its prefix kept', (baseUrl, origin, path) => {
	const request = formWith(baseUrl).build(batchOf({ userid: 'u' }));
	expect(request.origin).toBe(origin);
	expect(request.path.split('?')[0]).toBe(path);
});

describe('the view for people', () => {
	it('is the same request with the secret masked', () => {
		const form = formWith('https://gate.io/prefix');
		const batch = batchOf({ userid: 'a b', value: '1' });
		const { origin, path } = form.build(batch);
		expect(form.show(batch)).toStrictEqual({
			method: 'GET',
			url: (origin + path).replace(encodeURIComponent(KEY), '***'),
		});
	});

	it('holds no secret, in no spelling', () => {
		const someKey = fc.stringMatching(/^[!-~]{6,20}$/);
		fc.assert(
			fc.property(someKey, (apiKey) => {
				const shown = JSON.stringify(formWith(undefined, apiKey).show(batchOf({ userid: 'u' })));
				expect(shown).toBe(JSON.stringify(formWith(undefined, 'x').show(batchOf({ userid: 'u' }))));
			}),
		);
	});

	it('shows headers, with the secret in them masked', () => {
		const credential: ICredentialType = {
			...justtrack.credential,
			authenticate: {
				type: 'generic',
				properties: { headers: { authorization: '=Bearer {{$credentials.apiKey}}' } },
			},
		};
		const form = createRequestForm(
			compile(justtrack, 'revenueEvent'),
			readCredential(credential, { apiKey: KEY, baseUrl: 'https://sink.justtrack.io' }),
		);
		const batch = batchOf({ userid: 'u' });
		expect(form.build(batch).headers).toEqual({ authorization: `Bearer ${KEY}` });
		expect(form.show(batch)).toStrictEqual({
			method: 'GET',
			url: 'https://sink.justtrack.io/monetization/v0/jt?userid=u',
			headers: { authorization: 'Bearer ***' },
		});
	});
});
