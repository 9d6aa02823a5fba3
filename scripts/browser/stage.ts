/** What the editor is tested and photographed on: the sandbox, n8n with the package, credentials, a browser. */
import {
	selectors,
	type Browser,
	type BrowserContext,
	type BrowserContextOptions,
	type Page,
} from 'playwright-core';

import { startSandbox, type Sandbox } from '../../sandbox';
import { createCredentials, type Credentials } from '../demo/run';
import { startN8n, type N8n } from '../n8n/start';
import { launchChromium } from './chromium';

/** No wait is longer: what is not seen by then is missing. */
const PATIENCE_MS = 20_000;

selectors.setTestIdAttribute('data-test-id');

export interface Stage {
	sandbox: Sandbox;
	n8n: N8n;
	/** For the sandbox, as the demo makes them. */
	credentials: Credentials;
	/** A page in which n8n's owner is logged in. */
	newPage: () => Promise<Page>;
	close: () => Promise<void>;
}

export async function startStage(look: BrowserContextOptions = {}): Promise<Stage> {
	const browser = await launchChromium();
	let sandbox: Sandbox | undefined;
	let n8n: N8n | undefined;
	const close = async () => {
		await browser.close();
		await n8n?.stop();
		await sandbox?.close();
	};
	try {
		sandbox = await startSandbox();
		n8n = await startN8n({ withPackage: true });
		const credentials = await createCredentials(n8n, sandbox.url);
		const context = await logIn(browser, n8n, look);
		const newPage = async () => await context.newPage();
		return { sandbox, n8n, credentials, newPage, close };
	} catch (error) {
		await close();
		throw error;
	}
}

/** One context for all pages: it keeps the editor's code, which takes seconds to load. */
async function logIn(
	browser: Browser,
	{ url, owner }: N8n,
	look: BrowserContextOptions,
): Promise<BrowserContext> {
	const context = await browser.newContext({
		baseURL: url,
		viewport: { width: 1440, height: 900 },
		reducedMotion: 'reduce',
		...look,
	});
	context.setDefaultTimeout(PATIENCE_MS);
	await context.request.post('/rest/login', {
		data: { emailOrLdapLoginId: owner.email, password: owner.password },
		failOnStatusCode: true,
	});
	return context;
}
