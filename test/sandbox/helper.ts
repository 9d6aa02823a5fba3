import { setImmediate } from 'node:timers/promises';
import { Agent, type Dispatcher } from 'undici';
import { type Sandbox, startSandbox } from '../../sandbox';

export const SECRET = 'secret-3f9a';

export const JUSTTRACK = '/justtrack/monetization/v0/jt';

/** The example request of justtrack's page, with an apikey that is easy to find again. */
export const EXAMPLE: Record<string, string> = {
	apikey: SECRET,
	platform: 'android',
	packageid: 'com.my.app',
	transactionid: 'transaction-id-123',
	userid: 'custom-user-id-123',
	monetizationnetwork: 'network',
	monetizationprovider: 'provider',
	value: '1.98',
};

/** What is undefined is left out. */
export type Changes = Record<string, string | undefined>;

export function encode(parameters: Changes): string {
	const defined = Object.entries(parameters).filter(([, value]) => value !== undefined);
	return new URLSearchParams(defined as [string, string][]).toString();
}

/** The example with some parameters changed, or left out where they are undefined. */
export function query(changes: Changes = {}): string {
	return encode({ ...EXAMPLE, ...changes });
}

export interface Reply {
	status: number;
	headers: Dispatcher.ResponseData['headers'];
	text: string;
}

export interface Setup {
	sandbox: Sandbox;
	agent: Agent;
	/** Sends a request to a path that goes on the wire as it is. */
	send: (
		path: string,
		options?: {
			method?: string;
			headers?: Record<string, string>;
			body?: string;
			signal?: AbortSignal;
			agent?: Agent;
		},
	) => Promise<Reply>;
	/** Sends the justtrack example with this transactionid. */
	sendEvent: (id?: string, options?: { signal?: AbortSignal; agent?: Agent }) => Promise<Reply>;
}

const agents: Agent[] = [];
const sandboxes: Sandbox[] = [];

export function newAgent(options?: Agent.Options): Agent {
	const agent = new Agent(options);
	agents.push(agent);
	return agent;
}

type Options = Parameters<typeof startSandbox>[0];

/** A sandbox and a client for it, both gone after the test. */
export async function setUp(options?: Options): Promise<Setup> {
	const sandbox = await startSandbox(options);
	sandboxes.push(sandbox);
	return clientOf(sandbox, newAgent());
}

/** A sandbox and a client for all tests of a file, emptied before each. */
export function shareSetUp(take: (setup: Setup) => void, options?: Options): void {
	let setup: Setup | undefined;
	beforeAll(async () => {
		setup = clientOf(await startSandbox(options), new Agent());
		take(setup);
	});
	beforeEach(() => {
		setup?.sandbox.reset();
	});
	afterAll(async () => {
		await setup?.agent.destroy();
		await setup?.sandbox.close();
	});
}

function clientOf(sandbox: Sandbox, agent: Agent): Setup {
	const send: Setup['send'] = async (
		path,
		{ method = 'GET', headers: sent, body, signal, agent: other } = {},
	) => {
		const response = await (other ?? agent).request({
			origin: sandbox.url,
			path,
			method: method,
			headers: sent,
			body,
			signal,
		});
		const { statusCode: status, headers } = response;
		return { status, headers, text: await response.body.text() };
	};
	return {
		sandbox,
		agent,
		send,
		sendEvent: (id = 't-1', options) =>
			send(`${JUSTTRACK}?${query({ transactionid: id })}`, options),
	};
}

afterEach(async () => {
	await Promise.all(agents.splice(0).map((agent) => agent.destroy()));
	await Promise.all(sandboxes.splice(0).map((sandbox) => sandbox.close()));
});

/** Waits for what another socket or process brings about, 20 s at most. */
export async function until(condition: () => boolean): Promise<void> {
	const end = performance.now() + 20_000;
	while (!condition()) {
		if (performance.now() > end) throw new Error(`It never became true: ${String(condition)}`);
		await setImmediate();
	}
}
