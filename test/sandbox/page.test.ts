import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { request } from 'undici';
import { Live } from '../../sandbox/live';
import { LISTED, NAMED_SUMS, OverviewBook, type Sum } from '../../sandbox/overview';
import type { Standing } from '../../sandbox/page';
import { justtrack } from '../../sandbox/providers/justtrack';
import { myTracker } from '../../sandbox/providers/myTracker';
import type { Provider, ProviderRequest } from '../../sandbox/providers/provider';
import { runative } from '../../sandbox/providers/runative';
import { singular } from '../../sandbox/providers/singular';
import { twentyFourMetrics } from '../../sandbox/providers/twentyFourMetrics';
import { Ledger, type ReportedEvent } from '../../sandbox/report';
import { providers as demoProviders } from '../../scripts/demo/examples';
import { describe as describeMoney, sum } from '../../scripts/demo/money';
import { encode, JUSTTRACK, query, SECRET, type Setup, setUp } from './helper';

const SINGULAR = {
	a: SECRET,
	p: 'Android',
	i: 'com.my.app',
	ve: '9.2',
	ip: '10.1.2.3',
	aifa: '8ecd7512-2864-440c-93f3-a3cabe62525b',
	n: '__ADMON_USER_LEVEL_REVENUE__',
	is_admon_revenue: 'true',
	is_revenue_event: 'true',
};

/** What an open page is told, message by message. */
async function* messages({ sandbox }: Setup): AsyncGenerator<Standing, undefined> {
	const { body } = await request(`${sandbox.url}/live`);
	let text = '';
	for await (const chunk of body) {
		text += String(chunk);
		const parts = text.split('\n\n');
		text = parts.pop() ?? '';
		for (const part of parts) yield JSON.parse(part.replace(/^data: /, '')) as Standing;
	}
	return undefined;
}

/** The next message of this kind; those before it may have been sent half-way. */
async function next(
	stream: AsyncGenerator<Standing, undefined>,
	isWanted: (standing: Standing) => boolean,
): Promise<Standing> {
	for (;;) {
		const { value, done } = await stream.next();
		if (done === true) throw new Error('The stream is over');
		if (isWanted(value)) return value;
	}
}

describe('the page', () => {
	it('loads, runs and asks nothing but what the sandbox serves', async () => {
		const { send } = await setUp();
		const { status, headers, text } = await send('/');
		expect(status).toBe(200);
		expect(headers['content-type']).toBe('text/html; charset=utf-8');
		const policy = String(headers['content-security-policy']).split('; ');
		expect(policy).toContain("default-src 'none'");
		for (const rule of policy) expect(rule).toMatch(/^[a-z-]+ '(?:none|self)'$/);

		const files = [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, path = '']) => path);
		expect(files.length).toBeGreaterThan(3);
		const scripts = new Set(files.filter((path) => path !== '/events'));
		for (const path of scripts) {
			expect(path).toMatch(/^\/page\/[a-z]+\.(?:js|css|svg)$/i);
			const file = await send(path);
			expect([path, file.status, file.headers['content-security-policy']]).toEqual([
				path,
				200,
				headers['content-security-policy'],
			]);
			for (const [, module = ''] of file.text.matchAll(/from '\.(\/[^']*)'/g)) {
				scripts.add(`/page${module}`);
			}
		}
	});

	it('is told how things stand at once, and again when they change', async () => {
		const setup = await setUp();
		await setup.sendEvent('a');
		const stream = messages(setup);
		expect(await next(stream, () => true)).toMatchObject({
			requests: 1,
			events: 1,
			arrivals: [{ provider: 'justtrack', operation: 'revenueEvent', id: 'a', repeats: 0 }],
			refusals: [],
			faults: [],
			providers: { twentyFourMetrics: '24metrics' },
		});
		await setup.send(`${JUSTTRACK}?${query({ transactionid: 'b', value: '1,50' })}`);
		expect(await next(stream, ({ refused }) => refused > 0)).toMatchObject({
			requests: 2,
			refused: 1,
			refusals: [
				{
					provider: 'justtrack',
					status: 400,
					ids: ['b'],
					reason: expect.stringContaining('1,50') as string,
				},
			],
		});
		setup.sandbox.setFaults([{ kind: 'empty', next: 3 }]);
		expect(await next(stream, ({ faults }) => faults.length > 0)).toMatchObject({
			faults: [{ fault: { kind: 'empty', next: 3 }, used: 0 }],
		});
		await setup.sendEvent('c');
		expect(await next(stream, ({ events }) => events === 2)).toMatchObject({
			faults: [{ used: 1 }],
		});
		setup.sandbox.reset();
		expect(await next(stream, ({ requests }) => requests === 0)).toMatchObject({
			requests: 0,
			events: 0,
			refused: 0,
			arrivals: [],
			sums: [],
			refusals: [],
			faults: [],
		});
		await stream.return(undefined);
	});

	it('is told of a delayed event when it is taken', async () => {
		const setup = await setUp();
		setup.sandbox.setFaults([{ kind: 'delay', ms: 400 }]);
		const stream = messages(setup);
		const sent = setup.sendEvent('late');
		const { arrivals } = await next(stream, ({ events }) => events > 0);
		expect(arrivals).toMatchObject([{ id: 'late' }]);
		await sent;
		await stream.return(undefined);
	});

	it('is shown no secret, wherever a request has it', async () => {
		const setup = await setUp();
		const { send } = setup;
		const e = JSON.stringify({ ad_platform: SECRET });
		const requests = [
			`${JUSTTRACK}?${query({ monetizationnetwork: SECRET, transactionid: `id-${SECRET}` })}`,
			`${JUSTTRACK}?${query({ value: SECRET })}`,
			`/singular/api/v1/evt?${encode({ ...SINGULAR, e, amt: '1', cur: 'USD', custom_user_id: SECRET })}`,
			`/singular/api/v1/evt?${encode({ ...SINGULAR, p: SECRET })}`,
			`/24metrics/${SECRET}/postbacks?${encode({ external_transaction_id: SECRET, revenue: '1' })}`,
			`/24metrics/${SECRET}/imp?${encode({ revenue: SECRET })}`,
			`/runative/api/v1/cpa/action/${'a'.repeat(40)}?${encode({ value: '2.1', lead_code: SECRET, key: SECRET })}`,
		];
		for (const path of requests) await send(path);
		const event = {
			customUserId: SECRET,
			eventTimestamp: 1577191920,
			idTransaction: SECRET,
			currency: 'USD',
			total: '1.98',
		};
		for (const changes of [{}, { currency: SECRET }]) {
			await send('/myTracker/v1/customRevenue/?idApp=1', {
				method: 'POST',
				headers: { authorization: SECRET },
				body: JSON.stringify({ ...event, ...changes }),
			});
		}
		const standing = await next(messages(setup), () => true);
		expect([standing.events, standing.refused]).toEqual([5, 4]);
		expect(JSON.stringify(standing)).not.toContain(SECRET);
	});

	it('that reads slowly misses what lies between, never the last, and nothing piles up', () => {
		jest.useFakeTimers();
		try {
			let state = 0;
			const live = new Live(() => ({ state }));
			const written: string[] = [];
			const page = Object.assign(new EventEmitter(), {
				writableNeedDrain: true,
				writeHead: () => undefined,
				write: (text: string) => written.push(text),
				end: () => undefined,
			});
			live.open(page as unknown as ServerResponse);
			for (state = 1; state < 100; state++) {
				live.changed();
				jest.advanceTimersByTime(1000);
			}
			expect(written).toEqual(['data: {"state":0}\n\n']);
			page.writableNeedDrain = false;
			page.emit('drain');
			jest.advanceTimersByTime(1000);
			expect(written.slice(1)).toEqual(['data: {"state":100}\n\n']);
			live.close();
		} finally {
			jest.useRealTimers();
		}
	});
});

describe('repeats', () => {
	const event = { operation: 'op', event: { a: 1 }, money: { amount: '1.10', currency: 'USD' } };
	const accepted = (ledger: Ledger, some: { id?: string; deduplicates: boolean }) => {
		ledger.record('one', 1, { status: 200, body: {}, events: [{ ...event, ...some }] });
	};

	it('of an event with its id count once where the provider deduplicates', () => {
		const ledger = new Ledger();
		for (const id of ['a', 'b', 'a', 'a']) accepted(ledger, { id, deduplicates: true });
		expect(ledger.overview()).toMatchObject({
			events: 2,
			repeats: 2,
			arrivals: [
				{ id: 'a', repeats: 2, countsRepeats: false },
				{ id: 'b', repeats: 0 },
			],
			sums: [{ events: 2, amount: '2.2' }],
		});
	});

	it('of the same content count each where it does not', () => {
		const ledger = new Ledger();
		for (let n = 0; n < 3; n++) accepted(ledger, { id: 'a', deduplicates: false });
		expect(ledger.overview()).toMatchObject({
			events: 3,
			repeats: 2,
			arrivals: [{ id: 'a', repeats: 2, countsRepeats: true }],
			sums: [{ events: 3, amount: '3.3' }],
		});
	});
});

describe('the sums', () => {
	const amount = fc
		.tuple(fc.bigInt(0n, 10n ** 15n), fc.stringMatching(/^\d{0,20}$/))
		.map(([whole, fraction]) => `${whole}${fraction === '' ? '' : `.${fraction}`}`);
	const id = fc.constantFrom('a', 'b', 'c', 'd');
	const network = fc.constantFrom('AdMob', 'Ünity & Co', 'x');
	const currency = fc.constantFrom('USD', 'EUR', 'JPY');

	type Sent = [Provider, Partial<ProviderRequest>];
	const sent: fc.Arbitrary<Sent> = fc.oneof(
		fc.tuple(id, amount, fc.option(network)).map(([transactionid, value, name]): Sent => {
			const monetizationnetwork = name ?? undefined;
			const changes = { transactionid, value, monetizationnetwork };
			return [justtrack, { path: '/monetization/v0/jt', query: query(changes) }];
		}),
		fc.tuple(id, amount, network, currency).map(([user, amt, ad_platform, cur]): Sent => {
			const e = JSON.stringify({ ad_platform });
			const parameters = { ...SINGULAR, e, amt, cur, custom_user_id: user };
			return [singular, { path: '/api/v1/evt', query: encode(parameters) }];
		}),
		fc
			.array(
				fc.tuple(
					id,
					fc.oneof(amount, fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })),
					currency,
				),
				{
					minLength: 1,
					maxLength: 4,
				},
			)
			.map((events): Sent => {
				const body = events.map(([idTransaction, total, cur]) => ({
					customUserId: 'user',
					eventTimestamp: 1577191920,
					idTransaction,
					total,
					currency: cur,
				}));
				return [
					myTracker,
					{
						method: 'POST',
						path: '/v1/customRevenueBatch/',
						query: 'idApp=1',
						headers: { authorization: 'token' },
						body: JSON.stringify(body),
					},
				];
			}),
		fc.tuple(id, fc.option(amount)).map(([offer, revenue]): Sent => {
			const parameters = { offer, revenue: revenue ?? undefined };
			return [twentyFourMetrics, { path: '/demo/imp', query: encode(parameters) }];
		}),
		fc.integer({ min: 1, max: 20000 }).map((cents): Sent => {
			const path = `/api/v1/cpa/action/${'a'.repeat(40)}`;
			return [runative, { path, query: encode({ value: (cents / 100).toFixed(2) }) }];
		}),
	);

	/** Where an event of the report names the network that paid. */
	const networkOf = ({ provider, event }: ReportedEvent): unknown => {
		if (provider === 'justtrack') return event.monetizationnetwork;
		if (provider !== 'singular') return undefined;
		return (JSON.parse(String(event.e)) as { ad_platform?: unknown }).ad_platform;
	};

	/** `["justtrack","AdMob","USD"]`: the key of a sum. The demo takes money without a currency for dollars. */
	const nameOf = ({ provider, network: name, currency: own }: Partial<Sum>) =>
		JSON.stringify([provider, name, own ?? 'USD']);

	it('equal the report to the last digit, by provider, network and currency', () => {
		fc.assert(
			fc.property(fc.array(sent, { maxLength: 30 }), (requests) => {
				const ledger = new Ledger();
				for (const [index, [provider, changes]] of requests.entries()) {
					const plain = { method: 'GET', path: '', query: '', headers: {}, body: '' };
					const answer = provider.receive({ ...plain, ...changes });
					expect(answer).not.toHaveProperty('reason');
					ledger.record(provider.name, index + 1, answer);
				}

				const held = ledger.report().events.flatMap((event) => {
					const { provider } = event;
					const own = demoProviders.find(({ name }) => name === provider);
					const money = own?.moneyInEvent(event.event);
					if (money?.amount === undefined) return [];
					const name = networkOf(event) as string | undefined;
					const key = nameOf({ provider, network: name, currency: String(money.currency) });
					return [{ key, money }];
				});
				const expected = [...Map.groupBy(held, ({ key }) => key)].map(([key, some]) => [
					key,
					some.length,
					describeMoney(sum(some.map(({ money }) => money))),
				]);
				const { sums, events } = ledger.overview();
				expect(events).toBe(ledger.report().events.length);
				expect(
					sums.map((one) => [nameOf(one), one.events, `${one.amount} ${one.currency ?? 'USD'}`]),
				).toEqual(expected);
			}),
		);
	});

	it('of networks beyond those that are named stand together, and lose nothing', () => {
		const book = new OverviewBook();
		for (let n = 0; n < NAMED_SUMS + 50; n++) {
			for (const name of [`network ${n}`, 'network 0']) {
				book.count('one', { amount: '0.1', currency: 'USD', network: name });
			}
		}
		book.count('one', { amount: '7', currency: 'USD' });
		const { sums } = book.overview();
		expect(sums).toHaveLength(NAMED_SUMS + 2);
		expect(sums[0]).toMatchObject({
			network: 'network 0',
			events: NAMED_SUMS + 51,
			amount: '25.1',
		});
		expect(sums.slice(-2)).toEqual([
			{ provider: 'one', currency: 'USD', isOthers: true, events: 50, amount: '5' },
			{ provider: 'one', currency: 'USD', network: undefined, events: 1, amount: '7' },
		]);
	});
});

it('what is kept for the page has an end: the last rows, cut texts, and one sum a network', () => {
	const ledger = new Ledger();
	const long = 'x'.repeat(10_000);
	const sizes: number[] = [];
	for (let n = 0; n < 5000; n++) {
		const money = { amount: '1', currency: 'USD', network: `${n % 3} ${long}` };
		const event = { operation: 'op', id: `${n} ${long}`, deduplicates: true, event: {}, money };
		ledger.record('one', n, { status: 200, body: {}, events: [event] });
		const ids = Array.from({ length: 100 }, () => long);
		ledger.record('one', n, { status: 400, body: {}, reason: 'bad', ids });
		if (n % 1000 === 999) sizes.push(JSON.stringify(ledger.overview()).length);
	}
	const { arrivals, refusals, sums } = ledger.overview();
	expect([arrivals.length, refusals.length]).toEqual([LISTED, LISTED]);
	expect(arrivals[0]?.id).toMatch(/^4999 x+…$/);
	expect(sums.map(({ amount }) => amount)).toEqual(['1667', '1667', '1666']);
	expect(Math.max(...sizes)).toBeLessThan(1_000_000);
	expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(1000);
});
