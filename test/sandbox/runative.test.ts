import { type Changes, encode, SECRET, type Setup, shareSetUp } from './helper';

let setup: Setup;
let lines: string[];

shareSetUp(
	(shared) => {
		setup = shared;
	},
	{ log: (line) => lines.push(line) },
);
beforeEach(() => {
	lines = [];
});

const CLICK = 'c86b8a88b91228911e723b93c65a5900bb49bc99';
const PATH = '/runative/api/v1/cpa/action';

const LEAD = { value: '2.1', lead_code: 'abcd1234567890', key: SECRET };

const conversion = (parameters: Changes = {}) =>
	setup.send(`${PATH}/${CLICK}?${encode(parameters)}`);

const lead = (changes: Changes = {}, headers?: Record<string, string>) =>
	setup.send(`${PATH}/${CLICK}?${encode({ ...LEAD, ...changes })}`, { headers });

const ACCEPTED = { status: 200, text: '{"ok":true}' };

const events = () => setup.sandbox.report().events;

/** Expects a refusal with this message, by reply and report alike, and returns the reason. */
async function refused(
	request: ReturnType<Setup['send']>,
	message: string,
	status = 200,
): Promise<string> {
	const reply = await request;
	expect(reply.status).toBe(status);
	expect(JSON.parse(reply.text)).toEqual({
		error: { msg: expect.stringContaining(message) as string },
	});
	expect(events()).toEqual([]);
	const { rejected } = setup.sandbox.report();
	expect(rejected).toMatchObject([{ provider: 'runative', status }]);
	return rejected[0]?.reason ?? '';
}

const RANGE = 'the price should be between 0.010 and 200.000';

describe('accepted', () => {
	it("takes the page's conversion to the letter", async () => {
		const reply = await setup.send(`${PATH}/c86b8a88b91228911e723b93c65a5900bb49bc99`);
		expect(reply).toMatchObject(ACCEPTED);
		expect(reply.headers['content-type']).toMatch('application/json');
		expect(events()).toEqual([
			{
				provider: 'runative',
				operation: 'conversion',
				id: CLICK,
				event: { click_id: CLICK },
				repeats: 0,
				requests: [1],
			},
		]);
		expect(lines).toEqual([`GET ${PATH}/${CLICK} 200 "${CLICK}"`]);
	});

	it("takes the page's lead to the letter", async () => {
		const reply = await setup.send(
			`${PATH}/c86b8a88b91228911e723b93c65a5900bb49bc99?value=2.1&lead_code=abcd1234567890&key=123456789012345678901234567890abcdef`,
		);
		expect(reply).toMatchObject(ACCEPTED);
		expect(events()).toEqual([
			{
				provider: 'runative',
				operation: 'lead',
				id: 'abcd1234567890',
				event: { click_id: CLICK, value: '2.1', lead_code: 'abcd1234567890' },
				repeats: 0,
				requests: [1],
			},
		]);
	});

	it.each(['0.01', '0.10', '1.00', '1.98', '200.00'])(
		'takes %s for a conversion and for a lead',
		async (value) => {
			expect(await conversion({ value })).toMatchObject(ACCEPTED);
			expect(await lead({ value })).toMatchObject(ACCEPTED);
			expect(events().map(({ event }) => event.value)).toEqual([value, value]);
		},
	);

	it.each(['0.1', '1', '200', '200.0', '0.0100001', '1.123456789', '199.999'])(
		'takes %s with its digits for a lead',
		async (value) => {
			expect(await lead({ value })).toMatchObject(ACCEPTED);
			expect(events()[0]?.event.value).toBe(value);
		},
	);

	it('takes a conversion that came by http, and a lead that came by https', async () => {
		const headers = { 'x-forwarded-proto': 'http' };
		expect(await setup.send(`${PATH}/${CLICK}`, { headers })).toMatchObject(ACCEPTED);
		expect(await lead({}, { 'x-forwarded-proto': 'https' })).toMatchObject(ACCEPTED);
	});

	it('lists each acceptance, and counts those that equal one before', async () => {
		await conversion();
		await conversion();
		await lead();
		await lead({ lead_code: 'other' });
		await lead({ key: 'another-key' });
		const { events, duplicates } = setup.sandbox.report();
		expect(events.map(({ repeats }) => repeats)).toEqual([0, 0, 0, 0, 0]);
		expect(duplicates).toBe(2);
	});
});

describe('invalid code', () => {
	it.each([
		['nothing', ''],
		['39 characters', CLICK.slice(1)],
		['41 characters', `${CLICK}0`],
		['capital letters', CLICK.toUpperCase()],
		['a letter beyond f', `g${CLICK.slice(1)}`],
		['a slash after it', `${CLICK}/`],
		['a placeholder', '%7Bclick_id%7D'],
		['a very long text', 'a'.repeat(5000)],
	])('answers a click_id of %s', async (_, clickId) => {
		const reason = await refused(setup.send(`${PATH}/${clickId}`), 'invalid code');
		expect(reason).toMatch('it has to be 40 characters of 0-9a-f');
		expect(reason.length).toBeLessThan(300);
	});

	it('answers what a fault refuses', async () => {
		setup.sandbox.setFaults([{ kind: 'refuse', ids: ['abcd1234567890'] }]);
		const reply = await lead();
		expect(reply).toMatchObject({ status: 200, text: '{"error":{"msg":"invalid code"}}' });
		expect(await lead({ lead_code: 'other' })).toMatchObject(ACCEPTED);
		expect(events()).toMatchObject([{ id: 'other' }]);
	});
});

describe('invalid key', () => {
	it('answers the key that stands for a wrong one', async () => {
		expect(await refused(lead({ key: 'refused-key' }), 'invalid key')).toBe('unknown key');
	});

	it.each([[undefined], ['']])('answers a lead_code with the key %s', async (key) => {
		expect(await refused(lead({ key }), 'invalid key')).toMatch('"key" is missing');
	});
});

describe('invalid price value', () => {
	it.each(['1.', '.5', '1,98', '1e2', '1e-2', '+1', ' 1', 'NaN', 'Infinity', '0x10', 'x'])(
		'answers the price "%s" of a conversion and of a lead',
		async (value) => {
			const message = `invalid price value: '${value}'`;
			expect(await refused(conversion({ value }), message)).toMatch(`Parameter "value" is`);
			setup.sandbox.reset();
			await refused(lead({ value }), message);
		},
	);

	it.each(['1', '1.1', '200', '200.0', '1.123', '0.010', '2.1000', '200.001', '0.001'])(
		'answers the price %s of a conversion, which has not two decimals',
		async (value) => {
			expect(await refused(conversion({ value }), `invalid price value: '${value}'`)).toMatch(
				'it has to be a number with two decimals, such as 2.10.',
			);
		},
	);

	it.each([[undefined], ['']])('answers a lead with the price %s', async (value) => {
		await refused(lead({ value }), "invalid price value: ''");
	});

	it('answers an empty price of a conversion', async () => {
		await refused(conversion({ value: '' }), "invalid price value: ''");
	});
});

describe('the price range', () => {
	it.each(['0.00', '-1.00', '200.01', '201.00', '1000000.00'])(
		'keeps the price %s out of conversions and leads',
		async (value) => {
			expect(await refused(conversion({ value }), RANGE)).toMatch('from 0.01 to 200');
			setup.sandbox.reset();
			await refused(lead({ value }), RANGE);
		},
	);

	it.each(['0', '-1', '201', '0.009999', '200.000001'])(
		'keeps the price %s out of leads',
		async (value) => {
			await refused(lead({ value }), RANGE);
		},
	);
});

it('refuses a lead that came by http', async () => {
	await refused(
		lead({}, { 'x-forwarded-proto': 'http' }),
		'The transfer of the lead_code is possible only with the https protocol',
	);
});

describe('refused requests', () => {
	it.each(['Value', 'lead', 'click_id', 'apikey'])(
		'refuses the unknown parameter "%s" with 400',
		async (name) => {
			const reason = await refused(lead({ [name]: 'x' }), 'is unknown', 400);
			expect(reason).toMatch(`Parameter "${name}" is unknown; the known ones are value, `);
		},
	);

	it.each([[undefined], ['']])('refuses a key with the lead_code %s with 400', async (code) => {
		await refused(lead({ lead_code: code }), '"lead_code" is missing', 400);
	});

	it.each(['value', 'lead_code', 'key'])('refuses a repeated %s with 400', async (name) => {
		const path = `${PATH}/${CLICK}?${encode(LEAD)}&${name}=1`;
		await refused(setup.send(path), 'more than once', 400);
	});

	it('refuses a body with 400', async () => {
		await refused(setup.send(`${PATH}/${CLICK}`, { body: '{}' }), 'has a body', 400);
	});

	it.each(['POST', 'PUT', 'DELETE'])('refuses %s with 405', async (method) => {
		const reply = setup.send(`${PATH}/${CLICK}`, { method });
		await refused(reply, `Method ${method} is not allowed`, 405);
		expect((await reply).headers.allow).toBe('GET');
	});

	it.each(['/runative', PATH, `/runative/api/v2/cpa/action/${CLICK}`, `${PATH}s/${CLICK}`])(
		'refuses %s with 404',
		async (path) => {
			await refused(setup.send(path), 'no such path', 404);
		},
	);
});

describe('the secret', () => {
	const good = encode(LEAD);
	it.each([
		['a good request', `?${good}`],
		['a query without its question mark', `&${good}`],
		['an encoded question mark', `%3F${good}`],
		['a misspelled name', `?${encode({ ...LEAD, key: undefined, Key: SECRET })}`],
		['the key as name', `?${good}&${SECRET}=1`],
		['a repeated key', `?${good}&key=${SECRET}`],
		['a broken key', `?${encode({ ...LEAD, key: undefined })}&key=${SECRET}%ZZ`],
		['the key as price', `?${encode({ ...LEAD, value: SECRET })}`],
		['the key within the lead_code', `?${encode({ ...LEAD, lead_code: `a ${SECRET}` })}`],
		['the key without a lead_code', `?${encode({ ...LEAD, lead_code: undefined })}`],
	])('appears in no reply, report or log: %s', async (_, rest) => {
		const path = `${PATH}/${CLICK}`;
		const reply = await setup.send(path + rest);
		expect(setup.sandbox.report().requests).toBe(1);
		expect(lines).toHaveLength(1);
		expect(lines[0]).toMatch(`GET ${path} ${reply.status}`);
		expect(JSON.stringify([reply, setup.sandbox.report(), lines])).not.toContain(SECRET);
	});

	it('hides a key that repeats the price from the message', async () => {
		await refused(lead({ value: `1,${SECRET}` }), "invalid price value: '1,(hidden)'");
	});
});
