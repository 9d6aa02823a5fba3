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

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** The page's examples, with values where it has names in capitals. */
const PARAMETERS: Record<string, Record<string, string>> = {
	clicks: {
		no_redirect: 'true',
		advertiser: 'ADVERTISER',
		publisher: 'PUBLISHER',
		offer: 'OFFER',
		sub_id: 'SUBID',
		click_time: '2024-05-31 13:45:00',
		referer: 'https://referer.example/?a=1&b=2',
		click_ip: '203.0.113.7',
		user_agent: 'Mozilla/5.0 (X11; Linux x86_64)',
		device_id: 'DEVICE_ID',
		revenue: '1.98',
		payout: '0.5',
	},
	postbacks: {
		advertiser: 'ADVERTISER',
		publisher: 'PUBLISHER',
		offer: 'OFFER',
		sub_id: 'SUBID',
		conversion_time: '2024-05-31 13:45:00',
		conversion_ip: '2001:db8::1',
		user_agent: 'Mozilla/5.0 (X11; Linux x86_64)',
		referer: 'https://referer.example/',
		revenue: '0.0000001',
		payout: '0',
		click_time: '2024-02-29 23:59:59',
		external_transaction_id: 'PUBLISHER_CLICKID',
		third_party_rejected_reason: 'REASON',
		third_party_status: 'STATUS',
		browser_languages: 'en,de',
		device_id: 'DEVICE_ID',
		purchase_value: '12.34567890123456789',
		session_time: '90',
	},
	imp: {
		advertiser: 'ADVERTISER',
		publisher: 'PUBLISHER',
		sub_id: 'SUBID',
		offer: 'OFFER',
		impression_time: '2024-05-31 13:45:00',
		site_url: 'https://site.example/',
		impression_ip: '203.0.113.7',
		user_agent: 'Mozilla/5.0 (X11; Linux x86_64)',
		payout: '0.5',
		revenue: '1.98',
		device_id: 'DEVICE_ID',
		external_transaction_id: 'PUBLISHER_CLICKID',
	},
};

const OPERATIONS: [endpoint: string, operation: string, ip: string][] = [
	['clicks', 'click', 'click_ip'],
	['postbacks', 'conversion', 'conversion_ip'],
	['imp', 'impression', 'impression_ip'],
];
const ENDPOINTS = OPERATIONS.map(([endpoint]) => endpoint);

const pathOf = (endpoint: string, integrationId = SECRET) =>
	`/24metrics/${integrationId}/${endpoint}`;

/** Sends the page's example with changes. */
const send = (endpoint: string, changes: Changes = {}) =>
	setup.send(`${pathOf(endpoint)}/?${encode({ ...PARAMETERS[endpoint], ...changes })}`);

/** Sends it, expects it to be taken, and returns what was recorded last. */
async function accepted(endpoint: string, changes: Changes = {}) {
	const reply = await send(endpoint, changes);
	expect(reply.status).toBe(200);
	const body = JSON.parse(reply.text) as Record<string, string>;
	expect(body).toEqual({
		transaction_id: expect.stringMatching(UUID) as string,
		status: 'approved',
	});
	return setup.sandbox.report().events.at(-1);
}

/** Sends it and expects it to be refused, by reply and report alike. Returns the reason. */
async function refused(endpoint: string, changes: Changes, status = 400): Promise<string> {
	const reply = await send(endpoint, changes);
	expect(reply.status).toBe(status);
	const { error } = JSON.parse(reply.text) as { error: string };
	const { events, rejected } = setup.sandbox.report();
	expect(events).toEqual([]);
	expect(rejected).toEqual([{ provider: 'twentyFourMetrics', status, reason: error }]);
	expect(error).not.toContain(SECRET);
	return error;
}

describe('accepted', () => {
	it.each(OPERATIONS)("takes the page's example at %s", async (endpoint, operation) => {
		expect(await accepted(endpoint)).toEqual({
			provider: 'twentyFourMetrics',
			operation,
			id: endpoint === 'clicks' ? 'SUBID' : 'PUBLISHER_CLICKID',
			event: PARAMETERS[endpoint],
			repeats: 0,
			requests: [1],
		});
	});

	it.each(ENDPOINTS)('takes %s without the last slash', async (endpoint) => {
		const path = `${pathOf(endpoint)}?${encode(PARAMETERS[endpoint] ?? {})}`;
		expect((await setup.send(path)).status).toBe(200);
	});

	it.each(['a', '1', 'my-id-1', 'MyId', 'a--b', 'x'.repeat(63)])(
		'takes the integration id "%s"',
		async (id) => {
			const path = `${pathOf('imp', id)}/?${encode({ publisher: 'P' })}`;
			expect((await setup.send(path)).status).toBe(200);
		},
	);

	it.each([
		['clicks', 'offer', { no_redirect: 'true', offer: 'O' }],
		['clicks', 'publisher', { no_redirect: 'true', publisher: 'P' }],
		['postbacks', 'external_transaction_id', { external_transaction_id: 'E' }],
		['postbacks', 'transaction_id', { transaction_id: 'T' }],
		['postbacks', 'offer', { offer: 'O' }],
		['postbacks', 'publisher', { publisher: 'P' }],
		['clicks', 'a name of its own', { no_redirect: 'true', goal: '7' }],
		['postbacks', 'a name of its own', { goal: '7' }],
		['imp', 'a name of its own', { goal: '7' }],
		['imp', 'offer', { offer: 'O' }],
		['imp', 'publisher', { publisher: 'P' }],
	])('takes %s with %s alone', async (endpoint, _, parameters) => {
		const reply = await setup.send(`${pathOf(endpoint)}/?${encode(parameters)}`);
		expect(reply.status).toBe(200);
	});

	it.each(ENDPOINTS)('takes parameters of any name at %s', async (endpoint) => {
		const own = { sub_id6: '6', js_check_data: '{"a":1}', 'größe & co': '+5%' };
		expect((await accepted(endpoint, own))?.event).toMatchObject(own);
	});

	it('has rules for the parameters of each endpoint, and none for names that are free there', async () => {
		const own = { impression_ip: 'x', session_time: '1m' };
		expect((await accepted('clicks', own))?.event).toMatchObject(own);
	});

	it("ties a click and its conversion by each other's transaction ids", async () => {
		expect((await accepted('clicks', { external_transaction_id: 'E' }))?.id).toBe('E');
		const tied = { external_transaction_id: undefined, transaction_id: 'T' };
		expect((await accepted('postbacks', tied))?.id).toBe('T');
	});

	it.each(['90', '0', '90.5', '0.25'])('takes a session_time of %s seconds', async (time) => {
		expect((await accepted('postbacks', { session_time: time }))?.event.session_time).toBe(time);
	});

	it('knows an event by external_transaction_id, then by sub_id', async () => {
		expect((await accepted('postbacks'))?.id).toBe('PUBLISHER_CLICKID');
		expect((await accepted('postbacks', { external_transaction_id: undefined }))?.id).toBe('SUBID');
		const none = { external_transaction_id: undefined, sub_id: undefined };
		expect((await accepted('postbacks', none))?.id).toBeUndefined();
	});
});

describe('verdicts', () => {
	it.each(OPERATIONS)('rejects at %s by an address of 192.0.2.0/24', async (endpoint, _, ip) => {
		const reply = await send(endpoint, { [ip]: '192.0.2.200' });
		expect(reply.status).toBe(200);
		expect(JSON.parse(reply.text)).toEqual({
			transaction_id: expect.stringMatching(UUID) as string,
			status: 'rejected',
			reason: 'DUPLICATE_IP',
		});
		expect(setup.sandbox.report()).toMatchObject({ events: [{ requests: [1] }], rejected: [] });
	});

	it.each(OPERATIONS)('processes at %s by one of 198.51.100.0/24', async (endpoint, _, ip) => {
		const reply = await send(endpoint, { [ip]: '198.51.100.0' });
		expect(reply.status).toBe(200);
		expect(JSON.parse(reply.text)).toEqual({
			transaction_id: expect.stringMatching(UUID) as string,
			status: 'processing',
		});
		expect(setup.sandbox.report()).toMatchObject({ events: [{ requests: [1] }], rejected: [] });
	});

	it('approves without an address, and by those beside the ranges', async () => {
		await accepted('clicks', { click_ip: undefined });
		for (const click_ip of ['192.0.3.1', '198.51.101.1', '19.198.51.100']) {
			await accepted('clicks', { click_ip });
		}
	});

	it('gives each its own transaction_id', async () => {
		const replies = await Promise.all([send('imp'), send('imp')]);
		const ids = replies.map(({ text }) => (JSON.parse(text) as Changes).transaction_id);
		expect(new Set(ids).size).toBe(2);
	});
});

describe('a click without no_redirect=true', () => {
	it.each([[undefined], ['false'], ['True'], ['1'], ['']])(
		'is sent on with %s, and not kept',
		async (no_redirect) => {
			const reply = await send('clicks', { no_redirect });
			expect(reply.status).toBe(302);
			expect(reply.headers.location).toBe('http://offer.invalid/');
			expect(setup.sandbox.report()).toMatchObject({
				events: [],
				rejected: [{ status: 302, reason: expect.stringContaining('"no_redirect"') as string }],
			});
		},
	);

	it('is the only one: other endpoints need it not', async () => {
		await accepted('postbacks', { no_redirect: undefined });
		await accepted('imp', { no_redirect: 'false' });
	});
});

describe('refused parameters', () => {
	it.each([
		['clicks', ['offer', 'publisher']],
		['postbacks', ['external_transaction_id', 'transaction_id', 'offer', 'publisher']],
		['imp', ['offer', 'publisher']],
	])('refuses %s without one of %j and without a name of its own', async (endpoint, names) => {
		const changes = Object.fromEntries(names.map((name) => [name, undefined]));
		expect(await refused(endpoint, changes)).toBe(
			`One of the parameters ${names.join(', ')} is required, or one with a name of your own.`,
		);
	});

	it.each([
		['clicks', 'no.redirect', 'no_redirect'],
		['clicks', 'No_Redirect', 'no_redirect'],
		['clicks', 'no[redirect', 'no_redirect'],
		['clicks', 'click ip', 'click_ip'],
		['postbacks', 'offer[]', 'offer'],
		['postbacks', 'offer[0]', 'offer'],
		['postbacks', ' offer', 'offer'],
		['postbacks', 'offer ', 'offer'],
		['postbacks', 'offer\0x', 'offer'],
		['postbacks', 'Transaction_ID', 'transaction_id'],
		['imp', 'SITE.URL', 'site_url'],
	])('refuses %s with %j, which a server may take for %s', async (endpoint, name, meant) => {
		expect(await refused(endpoint, { [name]: 'x' })).toBe(
			`Parameter ${JSON.stringify(name)} may be taken for "${meant}"; a parameter of your own needs another name.`,
		);
	});

	const TIMES = [
		'2024-05-31T13:45:00',
		'2024-05-31 13:45:00Z',
		'2024-05-31 13:45',
		'2024-5-31 13:45:00',
		'2023-02-29 13:45:00',
		'2024-13-01 13:45:00',
		'2024-00-01 13:45:00',
		'2024-05-00 13:45:00',
		'2024-05-31 24:00:00',
		'2024-05-31 13:60:00',
		'2024-05-31 13:45:60',
		'1717163100',
	];
	const IPS = ['256.1.1.1', '1.2.3', '::g', 'fe80::1%eth0', 'x'];
	const AMOUNTS = ['-1', '1e-7', '1,98', '1.', '.5', 'NaN'];
	it.each<[string, string, string[], string]>([
		['clicks', 'click_time', TIMES, 'a time of the calendar'],
		['postbacks', 'click_time', TIMES, 'a time of the calendar'],
		['postbacks', 'conversion_time', TIMES, 'a time of the calendar'],
		['imp', 'impression_time', TIMES, 'a time of the calendar'],
		['clicks', 'click_ip', IPS, 'an IP address'],
		['postbacks', 'conversion_ip', IPS, 'an IP address'],
		['imp', 'impression_ip', IPS, 'an IP address'],
		...ENDPOINTS.flatMap((endpoint) =>
			['revenue', 'payout'].map((name): [string, string, string[], string] => [
				endpoint,
				name,
				AMOUNTS,
				'a decimal number',
			]),
		),
		['postbacks', 'purchase_value', AMOUNTS, 'a decimal number'],
		[
			'postbacks',
			'session_time',
			['-1', '1.', '.5', '1,5', '1e2', '1m', '00:01:30'],
			'a number of seconds',
		],
	])('refuses %s with %s in %j', async (endpoint, name, values, says) => {
		for (const value of values) {
			setup.sandbox.reset();
			const reason = await refused(endpoint, { [name]: value });
			expect(reason).toMatch(`Parameter "${name}" is "${value}"; it has to be ${says}`);
		}
	});

	it.each(['offer', 'user_agent', 'a name of its own'])('refuses an empty %s', async (name) => {
		expect(await refused('imp', { [name]: '' })).toMatch(`Parameter "${name}" is empty`);
	});

	it('refuses a repeated parameter', async () => {
		const reply = await setup.send(`${pathOf('imp')}/?offer=a&offer=b`);
		expect(reply.status).toBe(400);
		expect(reply.text).toMatch('more than once');
	});
});

describe('refused requests', () => {
	it.each(['-a', 'a-', '-', 'a_b', 'a.b', 'ä', '{integrationId}', 'x'.repeat(64), ''])(
		'refuses the integration id "%s" with 404',
		async (id) => {
			const path = `${pathOf('imp', encodeURIComponent(id))}/?offer=O`;
			const reply = await setup.send(path);
			expect(reply.status).toBe(404);
			const { error } = JSON.parse(reply.text) as { error: string };
			expect(error).toMatch('The integration id has to be 1 to 63 letters');
			expect(setup.sandbox.report()).toMatchObject({ requests: 1, events: [] });
		},
	);

	it.each([
		'/24metrics',
		'/24metrics/',
		pathOf(''),
		pathOf('Clicks'),
		pathOf('impressions'),
		`${pathOf('imp')}//`,
		`${pathOf('imp')}/x`,
	])('refuses %s with 404', async (path) => {
		const reply = await setup.send(`${path}?offer=O`);
		expect(reply.status).toBe(404);
		expect((JSON.parse(reply.text) as { error: string }).error).toMatch('no such path');
		expect(setup.sandbox.report()).toMatchObject({ requests: 1, events: [] });
	});

	it.each(ENDPOINTS)('refuses another method at %s with 405', async (endpoint) => {
		for (const method of ['POST', 'HEAD', 'DELETE']) {
			const path = `${pathOf(endpoint)}/?${encode(PARAMETERS[endpoint] ?? {})}`;
			const reply = await setup.send(path, { method });
			expect(reply.status).toBe(405);
			expect(reply.headers.allow).toBe('GET');
		}
		expect(setup.sandbox.report().events).toEqual([]);
	});

	it('refuses a body', async () => {
		const reply = await setup.send(`${pathOf('imp')}/?offer=O`, { body: '{}' });
		expect(reply.status).toBe(400);
		expect(reply.text).toMatch('has a body');
	});

	it.each(ENDPOINTS)('refuses the id that stands for a wrong one at %s', async (endpoint) => {
		const path = `${pathOf(endpoint, 'refused-key')}/?${encode(PARAMETERS[endpoint] ?? {})}`;
		const reply = await setup.send(path);
		expect(reply).toMatchObject({ status: 403, text: '{"error":"unknown integration id"}' });
		expect(setup.sandbox.report()).toMatchObject({ events: [], rejected: [{ status: 403 }] });
	});

	it('refuses by a fault as it refuses by a rule', async () => {
		setup.sandbox.setFaults([{ kind: 'refuse', ids: ['SUBID'] }]);
		expect(await send('clicks')).toMatchObject({
			status: 400,
			text: '{"error":"An event is refused by a fault."}',
		});
		expect(setup.sandbox.report().events).toEqual([]);
	});
});

it('lists each acceptance, and counts those that equal one before', async () => {
	await accepted('imp');
	await accepted('imp');
	await accepted('imp', { revenue: '2' });
	await accepted('postbacks');
	const { events, duplicates } = setup.sandbox.report();
	expect(events.map(({ repeats }) => repeats)).toEqual([0, 0, 0, 0]);
	expect(duplicates).toBe(1);
});

describe('the integration id', () => {
	const SHOWN = '/24metrics/(hidden)/imp/';
	it.each([
		['a good request', `${pathOf('imp')}/?offer=O`, SHOWN],
		['no last slash', `${pathOf('imp')}?offer=O`, '/24metrics/(hidden)/imp'],
		['no endpoint', `/24metrics/${SECRET}?offer=O`, '/24metrics/(hidden)'],
		['a wrong endpoint', `/24metrics/${SECRET}/impress?offer=O`, '/24metrics/(hidden)/(hidden)'],
		['the wrong way round', `/24metrics/imp/${SECRET}?offer=O`, '/24metrics/imp/(hidden)'],
		['a slash too many', `/24metrics//${SECRET}/imp`, '/24metrics//(hidden)/imp'],
		['an id that is no label', `/24metrics/_${SECRET}/imp`, '/24metrics/(hidden)/imp'],
		['an encoded character', `/24metrics/${SECRET}%2D/imp`, '/24metrics/(hidden)'],
		['an encoded first segment', `/24metric%73/${SECRET}/imp?offer=O`, '/24metrics'],
		['the id within a value', `${pathOf('imp')}/?offer=of+${SECRET}&sub_id=${SECRET}`, SHOWN],
		['the id within a name', `${pathOf('imp')}/?offer=O&${SECRET}=1`, SHOWN],
		['the id as empty name', `${pathOf('imp')}/?offer=O&${SECRET}=`, SHOWN],
		['the id as time', `${pathOf('imp')}/?offer=O&impression_time=${SECRET}`, SHOWN],
	])('appears in no reply, report or log: %s', async (_, path, shown) => {
		const reply = await setup.send(path);
		const post = await setup.send(path, { method: 'POST', body: 'x' });
		const report = setup.sandbox.report();
		expect(report).toMatchObject({ requests: 2, bodies: [{ path: shown }] });
		expect(lines).toHaveLength(2);
		expect(lines[0]).toMatch(`GET ${shown} ${reply.status}`);
		expect(JSON.stringify([reply, post, report, lines])).not.toContain(SECRET);
	});
});
