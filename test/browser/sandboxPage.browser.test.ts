/** The sandbox's page as people see it. */
import AxeBuilder from '@axe-core/playwright';
import type { Browser, Locator, Page } from 'playwright-core';

import { type Sandbox, startSandbox } from '../../sandbox';
import { launchChromium } from '../../scripts/browser/chromium';

jest.setTimeout(60_000);

let browser: Browser;
let sandbox: Sandbox;
let page: Page;
/** Addresses that were asked for, and what the browser complained of. */
let asked: string[];
let complaints: string[];

beforeAll(async () => {
	browser = await launchChromium();
	sandbox = await startSandbox();
});

afterAll(async () => {
	await browser.close();
	await sandbox.close();
});

beforeEach(async () => {
	sandbox.reset();
	await open({ colorScheme: 'light', viewport: { width: 1280, height: 800 } });
});

afterEach(async () => {
	await page.context().close();
	expect(complaints).toEqual([]);
	expect(asked.filter((url) => !url.startsWith(`${sandbox.url}/`))).toEqual([]);
});

async function open(options: Parameters<Browser['newContext']>[0]): Promise<void> {
	const context = await browser.newContext(options);
	context.setDefaultTimeout(15_000);
	page = await context.newPage();
	asked = [];
	complaints = [];
	page.on('request', (request) => asked.push(request.url()));
	page.on('console', (message) => complaints.push(message.text()));
	page.on('pageerror', (error) => complaints.push(String(error)));
	await page.goto(sandbox.url);
	await sees(page.getByText('Live', { exact: true }));
}

async function sees(what: Locator): Promise<void> {
	await what.waitFor();
}

/** The texts of a table's rows, cell by cell, once there are so many. */
async function rowsOf(table: string, count: number): Promise<string[][]> {
	const rows = page.getByRole('region', { name: table }).locator('tbody tr:not(:has(.none))');
	await sees(rows.nth(count - 1));
	const texts = await Promise.all(
		(await rows.all()).map((row) => row.locator(':is(th, td):not([aria-hidden])').allInnerTexts()),
	);
	expect(texts).toHaveLength(count);
	return texts;
}

async function sendToJusttrack(changes: Record<string, string> = {}): Promise<number> {
	const parameters = new URLSearchParams({
		apikey: 'a-secret-key',
		platform: 'android',
		packageid: 'com.my.app',
		transactionid: 't-1',
		userid: 'user-1',
		monetizationnetwork: 'AdMob',
		value: '1.98',
		...changes,
	});
	const address = `${sandbox.url}/justtrack/monetization/v0/jt?${parameters.toString()}`;
	return (await fetch(address)).status;
}

async function sendPayments(
	totals: [id: string, total: string, currency: string][],
): Promise<void> {
	const body = totals.map(([idTransaction, total, currency]) => ({
		customUserId: 'user-1',
		eventTimestamp: 1577191920,
		idTransaction,
		total,
		currency,
	}));
	const reply = await fetch(`${sandbox.url}/myTracker/v1/customRevenueBatch/?idApp=1`, {
		method: 'POST',
		headers: { authorization: 'a-secret-token' },
		body: JSON.stringify(body),
	});
	expect(reply.status).toBe(200);
}

async function fill(): Promise<void> {
	await sendToJusttrack();
	await sendToJusttrack();
	await sendPayments([
		['p-1', '0.10', 'EUR'],
		['p-2', '12.345678901234567890', 'USD'],
	]);
	await sendToJusttrack({ transactionid: 't-2', value: '1,50' });
}

it('an empty page says what to do', async () => {
	await sees(page.getByText('Nothing has arrived yet.'));
	await sees(page.getByText(new URL(sandbox.url).host));
	await sees(page.getByText('No revenue yet.'));
	await sees(page.getByText('No request was refused.'));
});

it('events appear as they arrive, the newest first, each with what it is worth and how often it came', async () => {
	await sendToJusttrack();
	await rowsOf('Events', 1);
	await fill();
	await sees(page.getByRole('cell', { name: 'p-2' }));
	const rows = await rowsOf('Events', 3);
	expect(rows.map(([_time, ...cells]) => cells)).toEqual([
		['myTracker', 'customRevenue', 'p-2', '–', '12.345678901234567890 USD', '0'],
		['myTracker', 'customRevenue', 'p-1', '–', '0.10 EUR', '0'],
		['justtrack', 'revenueEvent', 't-1', 'AdMob', '1.98 USD', '2\ncounted once'],
	]);
	expect(rows[0]?.[0]).toMatch(/^\d\d:\d\d:\d\d$/);
	await sees(page.getByText('Repeats').first());
	const counts = ['requests', 'events', 'repeats', 'refused'];
	expect(await Promise.all(counts.map((id) => page.locator(`#${id}`).innerText()))).toEqual([
		'5',
		'3',
		'2',
		'1',
	]);
});

it('sums stand by currency, provider and network, to the last digit, beside bars of their length', async () => {
	await fill();
	await sendPayments([['p-3', '0.00000000000000000001', 'USD']]);
	await sees(page.getByText('12.34567890123456789001'));
	expect(await rowsOf('Revenue', 5)).toEqual([
		['EUR'],
		['myTracker', '–', '1', '0.1'],
		['USD'],
		['myTracker', '–', '2', '12.34567890123456789001'],
		['justtrack', 'AdMob', '1', '1.98'],
	]);
	const bars = page.getByRole('region', { name: 'Revenue' }).locator('.bar');
	const widths = await Promise.all(
		[0, 1, 2].map(async (index) => (await bars.nth(index).boundingBox())?.width ?? 0),
	);
	const [whole = 0, same, part = 0] = widths;
	expect(whole).toBeGreaterThan(100);
	expect(same).toBeCloseTo(whole);
	expect(part / whole).toBeCloseTo(1.98 / 12.3456789, 1);
});

it('refused requests stand with their reason, and no secret is on the page', async () => {
	await sendToJusttrack({ transactionid: 't-2', value: '1,50' });
	await sendToJusttrack({ transactionid: 'a-secret-key' });
	const [[, ...cells] = []] = await rowsOf('Refused requests', 1);
	expect(cells).toEqual([
		'justtrack',
		'400',
		't-2',
		'Parameter "value" is "1,50"; it has to be a decimal number that is not negative, such as 1.98.',
	]);
	await rowsOf('Events', 1);
	expect(await page.content()).not.toContain('a-secret-key');
});

it('the newest events stand first, above sums that grow with the networks', async () => {
	await fill();
	await rowsOf('Events', 3);
	const lists = page.locator('#lists').getByRole('heading');
	expect(await lists.allInnerTexts()).toEqual(['Events', 'Revenue', 'Refused requests']);
});

it('received text is shown as text, whatever it holds', async () => {
	const name = '<img src=x onerror="document.title=1">';
	await sendToJusttrack({ monetizationnetwork: name, transactionid: name });
	await sees(page.getByRole('cell', { name }).first());
	expect(await page.title()).toBe('Revenue Relay sandbox');
});

it('the last 200 events are listed, and all are counted', async () => {
	for (let n = 0; n < 13; n++) {
		await sendPayments(
			Array.from({ length: 20 }, (_, index) => [`p-${n * 20 + index}`, '0.1', 'USD']),
		);
	}
	await sees(page.getByRole('cell', { name: 'p-259', exact: true }));
	const ids = page.getByRole('region', { name: 'Events' }).locator('tbody .id');
	expect(await ids.allInnerTexts()).toEqual(
		Array.from({ length: 200 }, (_, index) => `p-${259 - index}`),
	);
	expect(await rowsOf('Revenue', 2)).toEqual([['USD'], ['myTracker', '–', '260', '26']]);
});

it('a switch sets its fault for the chosen provider and requests, tells what it met, and takes it back', async () => {
	const other = { kind: 'status' as const, status: 418, provider: 'runative' };
	sandbox.setFaults([other]);
	await sees(page.getByText('"status":418'));
	await page.getByRole('combobox', { name: 'Provider' }).selectOption('justtrack');
	await page.getByRole('combobox', { name: 'Requests' }).selectOption('the next five');
	const unavailable = page.getByRole('switch', { name: 'Unavailable' });
	await unavailable.focus();
	await page.keyboard.press('Space');
	await sees(page.getByText('On for justtrack, the next 5. Met 0 requests.'));
	await sees(page.getByRole('status').getByText('Unavailable is on.'));
	expect(await faultsInForce()).toEqual([
		other,
		{ kind: 'status', status: 503, provider: 'justtrack', next: 5 },
	]);

	expect(await sendToJusttrack()).toBe(503);
	await sees(page.getByText('On for justtrack, the next 5. Met 1 request.'));
	await unavailable.click();
	await sees(page.getByRole('status').getByText('Unavailable is off.'));
	expect(await faultsInForce()).toEqual([other]);
	expect(await sendToJusttrack()).toBe(200);
	await page.getByRole('button', { name: 'Switch all off' }).click();
	await sees(page.getByRole('status').getByText('All faults are off.'));
	expect(await faultsInForce()).toEqual([]);
});

it('every switch sets a fault that the sandbox takes, and shows one that was set elsewhere', async () => {
	await page.getByLabel('IDs to refuse').fill('t-1, t-2');
	const names = await page.locator('#switches label').allInnerTexts();
	for (const [index, name] of names.entries()) {
		await page.getByRole('switch', { name, exact: true }).click();
		await sees(page.getByRole('status').getByText(`${name} is on.`));
		expect(await faultsInForce()).toHaveLength(index + 1);
	}
	const faults = await faultsInForce();
	expect(new Set(faults.map(({ kind }) => kind))).toEqual(
		new Set([
			...['status', 'delay', 'hang', 'resetBefore', 'resetAfter', 'truncate', 'garbage'],
			...['empty', 'refuse', 'redirect'],
		]),
	);
	expect(faults.find(({ kind }) => kind === 'refuse')).toEqual({
		kind: 'refuse',
		ids: ['t-1', 't-2'],
	});

	sandbox.setFaults([{ kind: 'hang', share: 0.1 }]);
	await sees(page.getByText('On for all providers, 10 % of the requests.'));
	expect(await page.getByRole('switch', { checked: true }).count()).toBe(1);
	expect(await page.getByRole('switch', { name: 'No answer' }).isChecked()).toBe(true);
});

it('events are refused by their IDs only once some are entered', async () => {
	await page.getByRole('switch', { name: 'Refuse events' }).click();
	await sees(page.getByRole('status').getByText('Enter the IDs to refuse first'));
	expect(await page.getByRole('switch', { name: 'Refuse events' }).isChecked()).toBe(false);
	await page.keyboard.type('t-1');
	await page.getByRole('switch', { name: 'Refuse events' }).click();
	await sees(page.getByText('On for all providers, t-1. Met 0 requests.'));
	expect(await sendToJusttrack()).toBe(400);
});

it('the button empties the sandbox, faults included', async () => {
	await fill();
	sandbox.setFaults([{ kind: 'hang' }]);
	await rowsOf('Events', 3);
	await page.getByRole('button', { name: 'Empty the sandbox' }).click();
	await sees(page.getByRole('status').getByText('The sandbox is empty.'));
	await sees(page.getByText('Nothing has arrived yet.'));
	await sees(page.getByText('No revenue yet.'));
	await sees(page.getByText('No request was refused.'));
	expect(sandbox.report()).toMatchObject({ requests: 0, events: [] });
	expect(await faultsInForce()).toEqual([]);
});

it('a page says that its sandbox is gone, and goes on when it is back', async () => {
	const own = await startSandbox();
	await page.goto(own.url);
	await sees(page.getByText('Live', { exact: true }));
	await own.close();
	await sees(page.getByText('The sandbox does not answer.'));
	const again = await startSandbox({ port: own.port });
	try {
		await sees(page.getByText('Live', { exact: true }));
	} finally {
		await page.goto('about:blank');
		await again.close();
		// of the other sandbox, and the lost connection
		asked = [];
		complaints = [];
	}
});

it.each(['light', 'dark'] as const)('axe finds nothing, in the %s scheme', async (colorScheme) => {
	await page.context().close();
	await open({ colorScheme, viewport: { width: 1280, height: 800 } });
	await showEverything();
	const { violations } = await new AxeBuilder({ page }).analyze();
	expect(violations.map(({ id, impact, nodes }) => [id, impact, nodes[0]?.html])).toEqual([]);
});

it('nothing is wider than the screen of a phone', async () => {
	await page.setViewportSize({ width: 390, height: 800 });
	await showEverything();
	expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
});

async function showEverything(): Promise<void> {
	await fill();
	sandbox.setFaults([
		{ kind: 'hang', next: 1 },
		{ kind: 'status', status: 418 },
	]);
	await sees(page.getByText('Also in force'));
	await rowsOf('Events', 3);
	await rowsOf('Refused requests', 1);
}

async function faultsInForce(): Promise<{ kind: string }[]> {
	return (await (await fetch(`${sandbox.url}/faults`)).json()) as { kind: string }[];
}
