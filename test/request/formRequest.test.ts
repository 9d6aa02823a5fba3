import fc from 'fast-check';
import type { ICredentialType } from 'n8n-workflow';

import { justtrack } from '../../nodes/Justtrack/provider';
import { myTracker } from '../../nodes/MyTracker/provider';
import { compile } from '../../transport/declaration/compile';
import type { Declaration, Field } from '../../transport/model/declaration';
import { readCredential } from '../../transport/credential/read';
import type { Batch } from '../../transport/model/event';
import { JsonNumber, type WireEvent, type WireValue } from '../../transport/model/event';
import { createRequestForm, type RequestForm } from '../../transport/request/formRequest';

const KEY = 'key/5f+0c=9&a';

const formWith = (baseUrl = 'https://sink.justtrack.io', apiKey = KEY): RequestForm =>
	createRequestForm(
		compile(justtrack, 'revenueEvent'),
		readCredential(justtrack.credential, { apiKey, baseUrl }),
		{},
	);

/** A batch of these events, each encoded as the form does it. */
const batchIn = (form: RequestForm, events: readonly WireEvent[]): Pick<Batch, 'events'> => ({
	events: events.map((event, itemIndex) => ({ itemIndex, event, encoded: form.encode(event) })),
});

/** A batch of one, for every form of justtrack's: what an event becomes depends on no credential. */
const batchOf = (event: WireEvent): Pick<Batch, 'events'> => batchIn(formWith(), [event]);

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
	[{ a: '1' }, '{"a":"1"}'],
	[new JsonNumber('1.10'), '1.10'],
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
			{},
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

describe('with a body', () => {
	const TOKEN = 'token-4711';
	const form = createRequestForm(
		compile(myTracker, 'customEvent'),
		readCredential(myTracker.credential, { token: TOKEN, baseUrl: 'https://gate.example/prefix' }),
		myTracker.operations.customEvent ?? {},
	);
	const buildOf = (...events: WireEvent[]) => form.build(batchIn(form, events));

	const someValue = fc.oneof<fc.Arbitrary<WireValue | undefined>[]>(
		fc.string({ unit: 'binary' }),
		fc.integer(),
		fc.dictionary(
			fc.string().filter((name) => name !== '__proto__'),
			fc.string(),
		),
		fc.constant(undefined),
	);
	const someEvent = fc.record({
		idApp: fc.string({ unit: 'binary', minLength: 1 }),
		customUserId: someValue,
		customEventName: someValue,
		customEventParams: someValue,
		eventTimestamp: someValue,
	});
	/** What the body is to hold: everything given but what travels in the query. */
	const bodyOf = ({ idApp: _, ...event }: WireEvent): unknown => JSON.parse(JSON.stringify(event));

	it('an event goes out as one JSON object, the query beside it', () => {
		fc.assert(
			fc.property(someEvent, (event) => {
				const { path, body = '' } = buildOf(event);
				expect(JSON.parse(body)).toEqual(bodyOf(event));
				expect(queryOf(path)).toEqual({ idApp: event.idApp });
			}),
		);
	});

	it('many events go out as a JSON array in their order', () => {
		fc.assert(
			fc.property(fc.array(someEvent, { minLength: 2, maxLength: 20 }), (events) => {
				expect(JSON.parse(buildOf(...events).body ?? '')).toEqual(events.map(bodyOf));
			}),
		);
	});

	it('the bytes of an event are those of its body as it goes out alone', () => {
		fc.assert(
			fc.property(someEvent, (event) => {
				expect(form.encode(event).bytes).toBe(Buffer.byteLength(buildOf(event).body ?? ''));
			}),
		);
	});

	it('keys that were not given are absent, and keys of no field are not sent', () => {
		const event = { idApp: '1', customUserId: 'u', customEventName: undefined, total: '1' };
		expect(buildOf(event).body).toBe('{"customUserId":"u"}');
	});

	it('an event without a value in the body is an empty object', () => {
		expect(buildOf({ idApp: '1' }).body).toBe('{}');
		expect(buildOf({ idApp: '1' }, { idApp: '1' }).body).toBe('[{},{}]');
	});

	it('text stays text and numbers stay numbers', () => {
		const event = { customUserId: '7', eventTimestamp: 7, customEventParams: { level: '7' } };
		expect(JSON.parse(buildOf(event).body ?? '')).toStrictEqual(event);
	});

	it.each(['1.10', '0.0000001', '12345678901234567890.10', '1', `${'9'.repeat(300)}.0`])(
		'the digits of a number go out as they are: %p',
		(digits) => {
			const event: WireEvent = { eventTimestamp: new JsonNumber(digits) };
			expect(buildOf(event).body).toBe(`{"eventTimestamp":${digits}}`);
			expect(buildOf(event, event).body).toBe(
				`[{"eventTimestamp":${digits}},{"eventTimestamp":${digits}}]`,
			);
		},
	);

	it('one event goes to the path of one, more to the path of many, prefix and query kept', () => {
		const event = { idApp: 'a b', customUserId: 'u' };
		expect(buildOf(event).path).toBe('/prefix/v1/customEvent/?idApp=a%20b');
		expect(buildOf(event, event).path).toBe('/prefix/v1/customEventBatch/?idApp=a%20b');
		expect(buildOf(event, event, event).path).toBe('/prefix/v1/customEventBatch/?idApp=a%20b');
	});

	it('says that it is JSON, beside the headers of the credential', () => {
		const headers = { Authorization: TOKEN, 'content-type': 'application/json' };
		const event = { idApp: '1', customUserId: 'u' };
		expect(buildOf(event)).toMatchObject({ method: 'POST', headers });
		expect(buildOf(event, event)).toMatchObject({ method: 'POST', headers });
	});

	it('without one no type of it is said', () => {
		expect(formWith().build(batchOf({ userid: 'u' }))).toMatchObject({
			headers: {},
			body: undefined,
		});
		expect(formWith().encode({ userid: 'u' })).toEqual({
			path: '/monetization/v0/jt',
			query: 'userid=u',
			bytes: 0,
		});
	});

	it.each([1, 2])('is shown as what it holds, with the secret masked: %d', (count) => {
		const event = { idApp: '666', customUserId: 'u', customEventParams: { level: '2' } };
		const shown = form.show(
			batchIn(
				form,
				Array.from({ length: count }, () => event),
			),
		);
		const { idApp: _, ...body } = event;
		expect(shown).toStrictEqual({
			method: 'POST',
			url: `https://gate.example/prefix/v1/customEvent${count > 1 ? 'Batch' : ''}/?idApp=666`,
			headers: { Authorization: '***', 'content-type': 'application/json' },
			body: count > 1 ? [body, body] : body,
		});
		expect(JSON.stringify(shown)).not.toContain(TOKEN);
	});
});

/** A form of one's own, where a declaration needs to have only what is of interest. */
const formOf = (
	declaration: Partial<Declaration>,
	address: { baseUrl?: string; maskedBaseUrl?: string; query?: Record<string, string> } = {},
): RequestForm => {
	const { baseUrl = 'https://host.example', maskedBaseUrl = baseUrl, query = {} } = address;
	const masked = Object.fromEntries(Object.keys(query).map((key) => [key, '***']));
	return createRequestForm(
		{ method: 'GET', path: [{ text: '/x' }], constants: {}, fields: [], ...declaration },
		{
			baseUrl: new URL(baseUrl),
			placement: { query, headers: {} },
			maskedBaseUrl: new URL(maskedBaseUrl),
			maskedPlacement: { query: masked, headers: {} },
		},
		{},
	);
};

const fieldOf = (key: string, place: Field['place'] = 'query', member?: string): Field => ({
	key,
	member,
	place,
	label: key,
	parameter: key,
	isRequired: false,
});

const pathOf = (form: RequestForm, event: WireEvent): string =>
	form.build(batchIn(form, [event])).path;

describe('constants', () => {
	it('go out with every event, beside the secret and the fields', () => {
		const form = formOf(
			{ constants: { no_redirect: 'true', v: '1' }, fields: [fieldOf('a')] },
			{ query: { key: 'k' } },
		);
		expect(queryOf(pathOf(form, { a: '5' }))).toEqual({
			key: 'k',
			a: '5',
			no_redirect: 'true',
			v: '1',
		});
		expect(pathOf(form, {})).toBe('/x?key=k&no_redirect=true&v=1');
	});

	it('go out alone where there is nothing else', () => {
		expect(pathOf(formOf({ constants: { v: '1' } }), {})).toBe('/x?v=1');
	});

	it('are encoded, name and value', () => {
		const constants = { 'a b': 'ö&=+', __n__: '' };
		expect(pathOf(formOf({ constants }), {})).toBe('/x?a%20b=%C3%B6%26%3D%2B&__n__=');
	});

	it('are a part of the query by which events share a request', () => {
		expect(formOf({ constants: { v: '1' } }).encode({})).toEqual({
			path: '/x',
			query: 'v=1',
			bytes: 0,
		});
	});
});

describe('a path with fields', () => {
	const form = formOf({
		path: [{ text: '/x/' }, { field: 'click_id' }, { text: '/' }, { field: 'goal' }],
		fields: [fieldOf('click_id', 'path'), fieldOf('goal', 'path'), fieldOf('value')],
	});

	it('is filled for each event, and those fields travel nowhere else', () => {
		expect(pathOf(form, { click_id: 'abc', goal: 'buy', value: '1' })).toBe('/x/abc/buy?value=1');
		expect(pathOf(form, { click_id: 'def', goal: 7 })).toBe('/x/def/7');
	});

	it.each([
		['a/b', 'a%2Fb'],
		['../a', '..%2Fa'],
		['a?b=c', 'a%3Fb%3Dc'],
		['a#b', 'a%23b'],
		['a b', 'a%20b'],
		['a%2Fb', 'a%252Fb'],
		['a\\b', 'a%5Cb'],
		['ö', '%C3%B6'],
		['a\r\nHost: b', 'a%0D%0AHost%3A%20b'],
	])('takes %p for a value and for nothing more', (value, encoded) => {
		expect(pathOf(form, { click_id: value, goal: 'g' })).toBe(`/x/${encoded}/g`);
	});

	it('keeps its parts apart, whatever the values are', () => {
		const someValue = fc.string({ unit: 'binary', minLength: 1 });
		fc.assert(
			fc.property(someValue, someValue, (click, goal) => {
				const path = pathOf(form, { click_id: click, goal });
				expect(path).toMatch(/^[!-~]+$/);
				expect(path.split('/').map(decodeURIComponent)).toEqual(['', 'x', click, goal]);
			}),
		);
	});

	it('is appended to the prefix of the Base URL', () => {
		const prefixed = formOf(
			{ path: [{ text: '/x/' }, { field: 'id' }], fields: [fieldOf('id', 'path')] },
			{ baseUrl: 'http://127.0.0.1:5680/sandbox/' },
		);
		expect(pathOf(prefixed, { id: '7' })).toBe('/sandbox/x/7');
	});

	it('is shown as it goes out', () => {
		const event = { click_id: 'a/b', goal: 'g', value: '1' };
		expect(form.show(batchIn(form, [event]))).toStrictEqual({
			method: 'GET',
			url: 'https://host.example/x/a%2Fb/g?value=1',
		});
	});
});

describe('pairs', () => {
	const form = formOf({ fields: [fieldOf('a'), fieldOf('more', 'pairs')], constants: { v: '1' } });

	it('are a parameter each, and not one of their own', () => {
		expect(pathOf(form, { a: '5', more: { tag1: 'x', tag2: 'y' } })).toBe(
			'/x?a=5&tag1=x&tag2=y&v=1',
		);
	});

	it('are encoded, name and value', () => {
		expect(pathOf(form, { more: { 'ö&=': 'a b&c', 'a+b': '1+1' } })).toBe(
			'/x?%C3%B6%26%3D=a%20b%26c&a%2Bb=1%2B1&v=1',
		);
	});

	it.each([undefined, {}])('that are not given are absent: %p', (more) => {
		expect(pathOf(form, { a: '5', more })).toBe('/x?a=5&v=1');
	});

	it('arrive as they were, whatever they are', () => {
		const someText = fc.string({ unit: 'binary' });
		const pairsForm = formOf({ fields: [fieldOf('more', 'pairs')] });
		fc.assert(
			fc.property(fc.dictionary(someText, someText, { noNullPrototype: true }), (more) => {
				const { searchParams } = new URL(pathOf(pairsForm, { more }), 'https://host.example');
				expect(new Map(searchParams)).toEqual(new Map(Object.entries(more)));
			}),
		);
	});
});

describe('an object in the query', () => {
	const form = formOf({
		fields: [fieldOf('e', 'query', 'ad_platform'), fieldOf('e', 'query', 'ad_type'), fieldOf('e')],
	});

	it('goes out once, as JSON text, however many fields make it', () => {
		const e = { ad_platform: 'AdMob', level: 2, rewarded: true };
		const path = pathOf(form, { e });
		expect(path).toBe(`/x?e=${encodeURIComponent(JSON.stringify(e))}`);
		expect(JSON.parse(queryOf(path).e ?? '')).toStrictEqual(e);
	});

	it('goes out with every sign of it', () => {
		const someValue = fc.oneof(fc.string({ unit: 'binary' }), fc.integer(), fc.boolean());
		fc.assert(
			fc.property(fc.dictionary(fc.string(), someValue, { noNullPrototype: true }), (e) => {
				expect(queryOf(pathOf(form, { e })).e).toBe(JSON.stringify(e));
			}),
		);
	});

	it('goes out as an object in a body', () => {
		const inBody = formOf({ method: 'POST', fields: [fieldOf('e', 'body', 'ad_platform')] });
		const { body } = inBody.encode({ e: { ad_platform: 'AdMob', level: 2, rewarded: false } });
		expect(body).toBe('{"e":{"ad_platform":"AdMob","level":2,"rewarded":false}}');
	});
});

describe('booleans', () => {
	it.each([true, false])('%p is its name in a query, and itself in a body', (value) => {
		const event = { install: value };
		expect(pathOf(formOf({ fields: [fieldOf('install')] }), event)).toBe(
			`/x?install=${String(value)}`,
		);
		expect(formOf({ fields: [fieldOf('install', 'body')] }).encode(event).body).toBe(
			`{"install":${String(value)}}`,
		);
	});
});

describe('a secret in the address', () => {
	const form = formOf(
		{ fields: [fieldOf('a')] },
		{
			baseUrl: 'https://acme-4711.clicks.example:8443/acme-4711/v1',
			maskedBaseUrl: 'https://***.clicks.example:8443/***/v1',
			query: { key: 'k/1' },
		},
	);
	const batch = batchIn(form, [{ a: '5' }]);

	it('is where the request goes', () => {
		expect(form.build(batch)).toMatchObject({
			origin: 'https://acme-4711.clicks.example:8443',
			path: '/acme-4711/v1/x?key=k%2F1&a=5',
		});
	});

	it('is masked in the view for people', () => {
		expect(form.show(batch)).toStrictEqual({
			method: 'GET',
			url: 'https://***.clicks.example:8443/***/v1/x?key=***&a=5',
		});
	});
});
