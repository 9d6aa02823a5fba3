import { EXAMPLE, JUSTTRACK, query, SECRET, type Setup, setUp, shareSetUp } from './helper';

let setup: Setup;

shareSetUp((shared) => {
	setup = shared;
});

const errorOf = (text: string) => (JSON.parse(text) as { error: string }).error;

/** Sends a query and expects it to be refused, by reply and report alike. Returns the sentence. */
async function refused(text: string, status = 400): Promise<string> {
	const reply = await setup.send(`${JUSTTRACK}?${text}`);
	expect(reply.status).toBe(status);
	const reason = errorOf(reply.text);
	const { events, rejected } = setup.sandbox.report();
	expect(events).toEqual([]);
	expect(rejected).toEqual([{ provider: 'justtrack', status, reason }]);
	expect(reason).not.toContain(SECRET);
	return reason;
}

describe('accepted', () => {
	it("takes the document's example to the letter", async () => {
		const reply = await setup.send(
			`${JUSTTRACK}?apikey=123&platform=android&packageid=com.my.app&transactionid=transaction-id-123&userid=custom-user-id-123&monetizationnetwork=network&monetizationprovider=provider&value=1.98`,
		);
		expect(reply.status).toBe(200);
		expect(reply.headers['content-type']).toMatch('application/json');
		expect(JSON.parse(reply.text)).toEqual({ status: 'ok' });
		const { apikey: _, ...event } = EXAMPLE;
		expect(setup.sandbox.report().events).toEqual([
			{
				provider: 'justtrack',
				operation: 'revenueEvent',
				id: 'transaction-id-123',
				event,
				repeats: 0,
				requests: [1],
			},
		]);
	});

	it('takes the required parameters alone', async () => {
		const only = query({ monetizationnetwork: undefined, monetizationprovider: undefined });
		expect((await setup.send(`${JUSTTRACK}?${only}`)).status).toBe(200);
	});

	it('takes every optional parameter', async () => {
		const optional = {
			monetizationbundleid: 'com.other.app',
			monetizationinstancename: 'instance',
			monetizationplacement: 'placement',
			monetizationsegment: 'segment',
			monetizationtestgroup: 'group',
			monetizationtype: 'banner',
			happenedat: '2024-05-31T13:45:00Z',
		};
		expect((await setup.send(`${JUSTTRACK}?${query(optional)}`)).status).toBe(200);
		expect(setup.sandbox.report().events[0]?.event).toMatchObject(optional);
	});

	it('decodes percent-encoding and takes + for a space', async () => {
		const text = query({ monetizationplacement: undefined });
		await setup.send(`${JUSTTRACK}?${text}&monetizationplacement=a+b%2Bc%20%C3%BC%26%3D=d`);
		expect(setup.sandbox.report().events[0]?.event.monetizationplacement).toBe('a b+c ü&==d');
	});

	it.each(['ios', 'android'])('takes platform %s', async (platform) => {
		expect((await setup.send(`${JUSTTRACK}?${query({ platform })}`)).status).toBe(200);
	});

	it.each(['0', '0.0000001', '12', '1234567890.12345678901234567890'])(
		'takes value %s and keeps its digits',
		async (value) => {
			expect((await setup.send(`${JUSTTRACK}?${query({ value })}`)).status).toBe(200);
			expect(setup.sandbox.report().events[0]?.event.value).toBe(value);
		},
	);

	it.each([
		'2024-02-29T23:59:59Z',
		'2024-05-31T13:45:00.123456+02:00',
		'2024-05-31T13:45-0530',
		'2024-05-31T13:45:00,5+02',
		'2024-05-31T13:45:00',
		'20260517T080910Z',
		'20260517T080910,5+0200',
		'20260517T0809-03',
		'20260517T080910',
	])('takes happenedat %s', async (happenedat) => {
		expect((await setup.send(`${JUSTTRACK}?${query({ happenedat })}`)).status).toBe(200);
	});
});

describe('refused parameters', () => {
	it.each(['apikey', 'platform', 'packageid', 'transactionid', 'userid', 'value'])(
		'refuses a missing %s',
		async (name) => {
			expect(await refused(query({ [name]: undefined }))).toBe(
				`Parameter "${name}" is missing; it is required.`,
			);
		},
	);

	it.each([...Object.keys(EXAMPLE), 'happenedat', 'monetizationtype'])(
		'refuses an empty %s',
		async (name) => {
			expect(await refused(query({ [name]: '' }))).toMatch(`Parameter "${name}" is empty`);
		},
	);

	it('refuses an apikey of white space', async () => {
		expect(await refused(query({ apikey: '  ' }))).toMatch('"apikey" is empty');
	});

	it('refuses a parameter without an equals sign as empty', async () => {
		const text = `${query({ userid: undefined })}&userid`;
		expect(await refused(text)).toMatch('"userid" is empty');
	});

	it.each(['packageId', 'currency', '__proto__', ''])(
		'refuses the unknown parameter "%s"',
		async (name) => {
			const reason = await refused(`${query()}&${name}=x`);
			expect(reason).toMatch(`Parameter "${name}" is unknown`);
			expect(reason).toMatch('transactionid');
		},
	);

	it.each(Object.keys(EXAMPLE))('refuses a repeated %s', async (name) => {
		const reason = await refused(`${query()}&${name}=${EXAMPLE[name]}`);
		expect(reason).toMatch(`Parameter "${name}" is there more than once`);
	});

	it.each(['iOS', 'Android', 'web', 'ios '])('refuses platform "%s"', async (platform) => {
		expect(await refused(query({ platform }))).toBe(
			`Parameter "platform" is "${platform}"; it has to be ios or android.`,
		);
	});

	it.each(['-1', '-0', '+1', '1e-7', '1,98', '1.', '.5', 'NaN', 'Infinity', '0x10', ' 1', '1.9.8'])(
		'refuses value "%s"',
		async (value) => {
			expect(await refused(query({ value }))).toMatch(
				`Parameter "value" is "${value}"; it has to be a decimal number that is not negative`,
			);
		},
	);

	it.each([
		'1717163100',
		'31.05.2024 13:45',
		'2024-05-31',
		'2024-05-31 13:45:00',
		'20240531',
		'20240531 134500',
		'20240230T100000Z',
		'20240531T240000Z',
		'20240531T106000Z',
		'20240531T10:00:00Z',
		'2024-05-31T100000Z',
		'20240531T100000+02:00',
		'2024-02-30T10:00:00Z',
		'2023-02-29T10:00:00Z',
		'2024-13-01T10:00:00Z',
		'2024-05-00T10:00:00Z',
		'2024-05-31T24:00:00Z',
		'2024-05-31T10:60:00Z',
		'2024-05-31T10:00:00+25:00',
		'2024-05-31T10:00:00Zx',
	])('refuses happenedat "%s"', async (happenedat) => {
		const reason = await refused(query({ happenedat }));
		expect(reason).toMatch(`Parameter "happenedat" is "${happenedat}"; it has to be a time`);
	});

	it.each([
		['an escape of no hex digits', '%ZZ'],
		['half an escape', 'a%2'],
		['bytes that are no UTF-8', '%ff%fe'],
		['a fragment', 'a#b'],
	])('refuses a value with %s', async (_, raw) => {
		const reason = await refused(`${query({ userid: undefined })}&userid=${raw}`);
		expect(reason).toBe('Parameter "userid" has a value that is not valid percent-encoded UTF-8.');
	});

	it('refuses a name that does not decode', async () => {
		expect(await refused(`${query()}&%ZZ=1`)).toMatch('whose name is not valid');
	});

	it('cuts a long value in its sentence', async () => {
		expect((await refused(query({ value: 'x'.repeat(5000) }))).length).toBeLessThan(300);
	});
});

describe('refused requests', () => {
	it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND'])(
		'refuses %s with 405',
		async (method) => {
			const reply = await setup.send(`${JUSTTRACK}?${query()}`, { method });
			expect(reply.status).toBe(405);
			expect(reply.headers.allow).toBe('GET');
			expect(errorOf(reply.text)).toBe(`Method ${method} is not allowed; the only one is GET.`);
			expect(setup.sandbox.report().events).toEqual([]);
		},
	);

	it('refuses HEAD with 405', async () => {
		const reply = await setup.send(`${JUSTTRACK}?${query()}`, { method: 'HEAD' });
		expect(reply.status).toBe(405);
		expect(setup.sandbox.report().events).toEqual([]);
	});

	it('refuses a GET with a body, and the connection goes on', async () => {
		const reply = await setup.send(`${JUSTTRACK}?${query()}`, { body: '{}' });
		expect(reply.status).toBe(400);
		expect(errorOf(reply.text)).toMatch('has a body');
		expect(setup.sandbox.report().events).toEqual([]);
		expect((await setup.sendEvent()).status).toBe(200);
	});

	it.each([
		'/justtrack',
		'/justtrack/',
		'/justtrack/monetization/v0',
		`${JUSTTRACK}/`,
		'/justtrack/Monetization/v0/jt',
		'/justtrack//monetization/v0/jt',
	])('refuses %s with 404', async (path) => {
		const reply = await setup.send(`${path}?${query()}`);
		expect(reply.status).toBe(404);
		expect(errorOf(reply.text)).toMatch('no such path');
		expect(setup.sandbox.report()).toMatchObject({ requests: 1, events: [] });
	});

	it('refuses the key that stands for a wrong one with 401', async () => {
		expect(await refused(query({ apikey: 'refused-key' }), 401)).toBe('unknown apikey');
	});
});

describe('the secret', () => {
	it.each([
		['a query without its question mark', `${JUSTTRACK}&${query()}`],
		['an encoded question mark', `${JUSTTRACK}%3F${query()}`],
		['a misspelled name', `${JUSTTRACK}?${query({ apikey: undefined, apiKey: SECRET })}`],
		['a repeated apikey', `${JUSTTRACK}?${query()}&apikey=${SECRET}`],
		['a broken apikey', `${JUSTTRACK}?${query({ apikey: undefined })}&apikey=${SECRET}%ZZ`],
		['the key as value', `${JUSTTRACK}?${query({ value: SECRET })}`],
		['the key within a time', `${JUSTTRACK}?${query({ happenedat: `at ${SECRET}` })}`],
		['a good request', `${JUSTTRACK}?${query()}`],
	])('appears in no reply, report or log: %s', async (_, path) => {
		const lines: string[] = [];
		const { sandbox, send } = await setUp({ log: (line) => lines.push(line) });
		const reply = await send(path);
		expect(sandbox.report().requests).toBe(1);
		expect(lines).toHaveLength(1);
		expect(lines[0]).toMatch(`GET ${JUSTTRACK} ${reply.status}`);
		expect(JSON.stringify([reply, sandbox.report(), lines])).not.toContain(SECRET);
	});
});
