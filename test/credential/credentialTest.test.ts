import dns from 'node:dns';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';

import { CredentialTestContext } from 'n8n-core';
import type { ICredentialDataDecryptedObject, IWorkflowExecuteAdditionalData } from 'n8n-workflow';

import { justtrack } from '../../nodes/Justtrack/provider';
import { myTracker } from '../../nodes/MyTracker/provider';
import { runative } from '../../nodes/Runative/provider';
import { singular } from '../../nodes/Singular/provider';
import { twentyFourMetrics } from '../../nodes/TwentyFourMetrics/provider';
import { startSandbox, type Sandbox } from '../../sandbox';
import { testCredential } from '../../transport/credential/credentialTest';
import type { Provider } from '../../transport/model/provider';
import { until } from '../support/until';

/** n8n's own context for tests of credentials: nothing of it is imitated. */
const context = new CredentialTestContext({} as IWorkflowExecuteAdditionalData);

const SECRET = 'relay+key/with=odd&chars%7';

/** Each provider, with the values of a credential for it and the path of its API in the sandbox. */
const subjects: [string, Provider, ICredentialDataDecryptedObject, string][] = [
	['justtrack', justtrack, { apiKey: SECRET }, '/justtrack'],
	['Singular', singular, { sdkKey: SECRET }, '/singular'],
	['RUNative', runative, { secretKey: SECRET }, '/runative'],
	[
		'24metrics',
		twentyFourMetrics,
		{ integrationId: 'Relay-4711' },
		'/24metrics/{integrationId}/{endpoint}',
	],
	['myTracker', myTracker, { token: SECRET, testAppId: '51870' }, '/myTracker'],
];

const test = (provider: Provider, values: ICredentialDataDecryptedObject) =>
	testCredential(context, provider.credential, values, provider.credentialQuestion(values));

const proxyNames = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy', 'NO_PROXY', 'no_proxy'];
const proxies = proxyNames.map((name) => [name, process.env[name]] as const);
const withoutProxies = () => {
	for (const name of proxyNames) Reflect.deleteProperty(process.env, name);
};

/** What a server does with a request. */
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let requests: IncomingMessage[];
let server: Server;
let url: string;
let sandbox: Sandbox;

beforeAll(async () => {
	sandbox = await startSandbox();
	server = createServer((request, response) => {
		requests.push(request);
		answer(request, response);
	});
	await once(server.listen(0, '127.0.0.1'), 'listening');
	url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
	requests = [];
	withoutProxies();
	sandbox.reset();
});
afterEach(() => {
	server.closeAllConnections();
	jest.restoreAllMocks();
});
afterAll(async () => {
	withoutProxies();
	for (const [name, value] of proxies) if (value !== undefined) process.env[name] = value;
	await sandbox.close();
	await once(server.close(), 'close');
});

const error = (message: string) => ({
	status: 'Error',
	message: expect.stringContaining(message) as string,
});

describe.each(subjects)('%s', (_, provider, values, path) => {
	it('passes at its own path, and nothing is written', async () => {
		const result = await test(provider, { ...values, baseUrl: sandbox.url + path });
		expect(result).toEqual({ status: 'OK', message: expect.stringMatching(/answers\./) as string });
		expect(sandbox.report()).toMatchObject({ requests: 1, events: [] });
	});

	it('with Use Sandbox on, asks the sandbox and not the Base URL', async () => {
		const baseUrl = 'http://127.0.0.1:9';
		const inSandbox = { ...values, baseUrl, useSandbox: true, sandboxUrl: sandbox.url };
		expect(await test(provider, inSandbox)).toMatchObject({ status: 'OK' });
		expect(sandbox.report()).toMatchObject({ requests: 1, events: [] });
	});

	it('with Use Sandbox on and no sandbox there, says to start it', async () => {
		const sandboxUrl = 'http://127.0.0.1:9';
		const result = await test(provider, { ...values, useSandbox: true, sandboxUrl });
		expect(result).toEqual(error('Start the sandbox'));
		expect(result.message).not.toContain('Base URL');
	});

	it('a path that is not there on a host that answers does not pass', async () => {
		const result = await test(provider, { ...values, baseUrl: `${sandbox.url}/wrong${path}` });
		expect(result.status).toBe('Error');
		expect(result.message).toMatch(/check the Base URL/i);
		expect(sandbox.report().requests).toBe(0);
	});

	it('a redirect does not pass, and is not followed', async () => {
		answer = (_request, response) => response.writeHead(302, { location: `${url}/login` }).end();
		expect(await test(provider, { ...values, baseUrl: url })).toMatchObject({ status: 'Error' });
		expect(requests).toHaveLength(1);
	});

	it('a server that is unwell does not pass', async () => {
		answer = (_request, response) => response.writeHead(503).end();
		expect(await test(provider, { ...values, baseUrl: url })).toEqual(error('answered 503'));
	});

	it('no GET goes to the root of a host, and no secret but to an endpoint for it', async () => {
		answer = (_request, response) => response.end();
		await test(provider, { ...values, baseUrl: url });
		const asked = requests.map(({ method, url: target, headers }) => ({
			isRoot: method === 'GET' && target === '/',
			isSecret: JSON.stringify([target, headers]).includes(SECRET.slice(0, 5)),
		}));
		expect(asked).toEqual([{ isRoot: false, isSecret: provider === myTracker }]);
	});
});

describe('myTracker without a Test App ID', () => {
	it('says that the token was not tested, where n8n shows it, and does not send it', async () => {
		const values = { token: SECRET, baseUrl: `${sandbox.url}/myTracker` };
		expect(await test(myTracker, values)).toEqual(error('the token was not tested'));
		expect(sandbox.report()).toMatchObject({ requests: 1, events: [] });

		answer = (_request, response) => response.end();
		await test(myTracker, { ...values, baseUrl: url });
		expect(JSON.stringify(requests[0]?.headers)).not.toContain(SECRET);
	});
});

describe('the test ends, whatever the server drips', () => {
	const values = { apiKey: SECRET };

	it('a header for ever, a body for ever: within 10 s', async () => {
		const sockets = new Set<Socket>();
		const dripping = createTcpServer((socket) => {
			socket.write('HTTP/1.1 200 OK\r\n');
			const drip = setInterval(() => socket.write('x-more: 1\r\n'), 20);
			sockets.add(socket);
			socket
				.on('error', () => undefined)
				.on('close', () => {
					clearInterval(drip);
					sockets.delete(socket);
				});
		});
		await once(dripping.listen(0, '127.0.0.1'), 'listening');
		const { port } = dripping.address() as AddressInfo;
		answer = (_request, response) => {
			response.write('{');
			const drip = setInterval(() => response.write(' '), 20);
			response.on('close', () => {
				clearInterval(drip);
			});
		};

		const startedAt = performance.now();
		const results = await Promise.all([
			test(justtrack, { ...values, baseUrl: `http://127.0.0.1:${port}` }),
			test(justtrack, { ...values, baseUrl: url }),
		]);
		expect(performance.now() - startedAt).toBeLessThan(13_000);
		expect(results).toEqual([
			error('gave no answer within 10 s'),
			{ status: 'OK', message: expect.stringContaining('answers') as string },
		]);
		await until(() => sockets.size === 0);
		dripping.close();
	}, 30_000);

	it('a body without end: 64 kB of it are read, and the connection is closed', async () => {
		let written = 0;
		const closed = new Promise((resolve) => {
			answer = (_request, response) => {
				const more = () => {
					while (!response.destroyed && response.write(Buffer.alloc(16 * 1024))) written++;
				};
				response.on('drain', more).on('close', resolve);
				more();
			};
		});
		expect(await test(justtrack, { ...values, baseUrl: url })).toMatchObject({ status: 'OK' });
		await closed;
		// what the system keeps on its way is not ours
		expect(written * 16).toBeLessThan(16 * 1024);
	});
});

describe('http goes to this machine alone', () => {
	const values = { token: SECRET, testAppId: '51870' };
	const atLocalhost = () => ({ ...values, baseUrl: url.replace('127.0.0.1', 'localhost') });
	const resolveTo = (...addresses: string[]) =>
		jest.spyOn(dns, 'lookup').mockImplementation(((
			_host: string,
			_options: object,
			callback: (error: null, found: dns.LookupAddress[]) => void,
		) => {
			callback(
				null,
				addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
			);
		}) as never);

	it.each([['93.184.216.34'], ['127.0.0.1', '93.184.216.34'], ['::ffff:93.184.216.34']])(
		'where localhost is %p nothing is sent',
		async (...addresses) => {
			answer = (_request, response) => response.end();
			resolveTo(...addresses);
			expect(await test(myTracker, atLocalhost())).toEqual(error('leads to another machine'));
			expect(requests).toHaveLength(0);
		},
	);

	it('the next address of localhost is asked where nobody listens on the first', async () => {
		answer = (_request, response) => response.end();
		resolveTo('127.9.9.9', '127.0.0.1');
		expect(await test(myTracker, atLocalhost())).toMatchObject({ status: 'OK' });
		expect(requests).toHaveLength(1);
	});

	it('not through a proxy', async () => {
		answer = (_request, response) => response.end();
		process.env.HTTP_PROXY = url;
		const values = { token: SECRET, testAppId: '1', baseUrl: 'http://127.0.0.1:9' };
		expect(await test(myTracker, values)).toEqual(error('NO_PROXY'));
		expect(requests).toHaveLength(0);
		process.env.NO_PROXY = 'example.com, 127.0.0.1';
		expect(await test(myTracker, values)).toEqual(error('cannot be reached'));
	});
});

describe('the message of a test', () => {
	it.each([
		['a key of 5,000 characters', 'Zq7+/=%&\\'.repeat(555)],
		['a word', 'answers'],
	])('holds no secret and is no exception: %s', async (_, apiKey) => {
		answer = (_request, response) => response.end();
		const result = await test(justtrack, { apiKey, baseUrl: url });
		expect(result.status).toBe('OK');
		expect(result.message).not.toContain(apiKey);
	});

	it('quotes no secret that was entered as another value', async () => {
		answer = (_request, response) => response.writeHead(403).end();
		const values = { token: SECRET, testAppId: SECRET, baseUrl: url };
		expect(await test(myTracker, values)).toEqual(error('for app ***'));
	});
});
