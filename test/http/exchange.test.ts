import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, LookupFunction, Socket } from 'node:net';

import { createDispatcher, type Sender } from '../../transport/http/dispatcher';
import { exchange } from '../../transport/http/exchange';
import type { NoReply, Reply } from '../../transport/model/answer';
import type { HttpRequest } from '../../transport/model/request';
import type { Dispatcher } from '../../transport/vendor/undici';

const TIMEOUT_MS = 30_000;
const SECRET = 'key-5f0c9a7e';
const PATH = `/v0/jt?apikey=${SECRET}`;

const proxyNames = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy'] as const;
const proxies = proxyNames.map((name) => [name, process.env[name]] as const);

let dispatcher: Sender;
let server: Server;
/** What the server does with the next request. */
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let requests: IncomingMessage[];

beforeAll(async () => {
	for (const name of proxyNames) Reflect.deleteProperty(process.env, name);
	server = createServer((request, response) => {
		requests.push(request);
		answer(request, response);
	});
	await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(async () => {
	for (const [name, value] of proxies) if (value !== undefined) process.env[name] = value;
	await once(server.close(), 'close');
});
beforeEach(async () => {
	requests = [];
	// only the time limit: the network keeps its own pace
	jest.useFakeTimers({
		doNotFake: [
			'Date',
			'hrtime',
			'nextTick',
			'performance',
			'queueMicrotask',
			'setImmediate',
			'clearImmediate',
			'setInterval',
			'clearInterval',
		],
	});
	dispatcher = await createDispatcher();
});
afterEach(async () => {
	await dispatcher.destroy();
	server.closeAllConnections();
	jest.useRealTimers();
});

const request = (more: Partial<HttpRequest> = {}): HttpRequest => ({
	method: 'GET',
	origin: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
	path: PATH,
	headers: {},
	...more,
});

const send = (
	more?: Partial<HttpRequest>,
	via: Pick<Sender, 'dispatch'> = dispatcher,
): Promise<Reply | NoReply> => exchange(via, request(more), TIMEOUT_MS);

/** The dispatcher, with a look at the body as it comes in. */
const watchBody = (onBody: (chunk: Buffer) => void): Dispatcher =>
	({
		dispatch: (options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) =>
			dispatcher.dispatch(options, {
				onRequestStart: (...given) => handler.onRequestStart?.(...given),
				onResponseStart: (...given) => handler.onResponseStart?.(...given),
				onResponseData: (controller, chunk) => {
					handler.onResponseData?.(controller, chunk);
					onBody(chunk);
				},
				onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
				onResponseError: (...given) => handler.onResponseError?.(...given),
			}),
	}) as unknown as Dispatcher;

/** A dispatcher that does with a request what the test says. */
const scripted = (script: (handler: Dispatcher.DispatchHandler) => void): Dispatcher =>
	({
		dispatch: (_: unknown, handler: Dispatcher.DispatchHandler) => {
			script(handler);
			return true;
		},
	}) as unknown as Dispatcher;

/** A script that answers 200, with a body in these parts. */
const reply200 =
	(parts: readonly (readonly number[])[]) =>
	(handler: Dispatcher.DispatchHandler): void => {
		const controller = {} as Dispatcher.DispatchController;
		handler.onRequestStart?.(controller, {});
		handler.onResponseStart?.(controller, 200, {});
		for (const part of parts) handler.onResponseData?.(controller, Buffer.from(part));
		handler.onResponseEnd?.(controller, {});
	};

describe('a reply', () => {
	it('has status, headers and the whole body as text', async () => {
		answer = (_, response) => {
			response.writeHead(429, { 'retry-after': '7', 'set-cookie': ['a=1', 'b=2'] });
			response.end('Größe 🦄');
		};
		expect(await send()).toMatchObject({
			status: 429,
			headers: { 'retry-after': '7', 'set-cookie': ['a=1', 'b=2'] },
			body: 'Größe 🦄',
			truncated: false,
		});
	});

	it('may have no body', async () => {
		answer = (_, response) => response.writeHead(204).end();
		expect(await send()).toMatchObject({ status: 204, body: '', truncated: false });
	});

	it('keeps a letter whole whose bytes come in two parts', async () => {
		const inParts = scripted(reply200([[0xc3], [0xb6]]));
		expect(await send({}, inParts)).toMatchObject({ body: 'ö' });
	});

	it('is the answer itself, not the 1xx before it', async () => {
		answer = (_, response) => {
			response.writeProcessing();
			response.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => {
				response.writeHead(200, { 'x-answer': 'yes' }).end('OK');
			});
		};
		expect(await send()).toMatchObject({
			status: 200,
			headers: { 'x-answer': 'yes' },
			body: 'OK',
			truncated: false,
		});
	});

	it('is a redirect where the server redirects: it is not followed', async () => {
		answer = (_, response) => response.writeHead(302, { location: '/elsewhere' }).end();
		expect(await send()).toMatchObject({ status: 302 });
		expect(requests.map(({ url }) => url)).toEqual([PATH]);
	});

	it.each([
		['65,536 bytes are kept', 64 * 1024, 64 * 1024],
		['the byte after them is not', 64 * 1024 + 1, 64 * 1024],
		['a megabyte costs no more', 1024 * 1024, 64 * 1024],
	])('of the body %s', async (_, sent, kept) => {
		answer = (_request, response) => response.end('x'.repeat(sent));
		const reply = await send();
		expect('body' in reply && reply.body).toBe('x'.repeat(kept));
	});
});

describe('a request', () => {
	it('arrives as it was formed', async () => {
		answer = (incoming, response) => {
			incoming.setEncoding('utf8').on('data', (text: string) => response.end(text));
		};
		const body = '{"a":"Größe"}';
		const reply = await send({ method: 'POST', headers: { 'x-key': 'a' }, body });
		expect(reply).toMatchObject({ body });
		expect(requests[0]).toMatchObject({ method: 'POST', url: PATH });
		expect(requests[0]?.headers).toMatchObject({ 'x-key': 'a' });
	});

	it('goes out on the connection of the one before it', async () => {
		const sockets = new Set<Socket>();
		answer = ({ socket }, response) => {
			sockets.add(socket);
			response.end('OK');
		};
		for (let sent = 0; sent < 5; sent++) await send();
		expect(requests).toHaveLength(5);
		expect(sockets.size).toBe(1);
	});
});

describe('the time limit', () => {
	it('ends a try without an answer, which may have arrived', async () => {
		const arrived = new Promise<void>((resolve) => {
			answer = () => {
				resolve();
			};
		});
		const reply = send();
		await arrived;
		jest.advanceTimersByTime(TIMEOUT_MS - 1);
		expect(await Promise.race([reply, Promise.resolve('still waiting')])).toBe('still waiting');
		jest.advanceTimersByTime(1);
		expect(await reply).toEqual({
			kind: 'noReply',
			sent: true,
			timedOut: true,
			reason: 'gave no answer within 30000 ms',
		});
	});

	it('closes the connection of the try that it ended', async () => {
		const closed = new Promise<void>((resolve) => {
			answer = ({ socket }) => {
				socket.once('close', resolve);
				jest.advanceTimersByTime(TIMEOUT_MS);
			};
		});
		await send();
		await closed;
		expect(requests).toHaveLength(1);
	});

	it('in the middle of the body leaves what came of the answer', async () => {
		answer = (_, response) => {
			response.writeHead(200, { 'content-length': 10 });
			response.write('half ');
		};
		const watched = watchBody(() => {
			jest.advanceTimersByTime(TIMEOUT_MS);
		});
		expect(await send({}, watched)).toMatchObject({
			status: 200,
			body: 'half ',
			truncated: true,
		});
	});

	it('is lifted by the answer: no timer stays behind', async () => {
		await send({}, scripted(reply200([])));
		expect(jest.getTimerCount()).toBe(0);
	});

	it('reached while waiting for a connection: not a byte goes out, then or later', async () => {
		let waiting: Dispatcher.DispatchHandler | undefined;
		const reply = send(
			{},
			scripted((handler) => {
				waiting = handler;
			}),
		);
		jest.advanceTimersByTime(TIMEOUT_MS);
		expect(await reply).toEqual({
			kind: 'noReply',
			sent: false,
			timedOut: true,
			reason: 'gave no answer within 30000 ms',
		});
		const abort = jest.fn();
		waiting?.onRequestStart?.({ abort } as unknown as Dispatcher.DispatchController, {});
		expect(abort).toHaveBeenCalledTimes(1);
	});
});

describe('the end of what is in flight', () => {
	const stopped = { kind: 'noReply', timedOut: false } as const;
	const reason = 'gave no answer before the execution was stopped';

	it('ends a try without an answer, which may have arrived, and closes its connection', async () => {
		const stop = new AbortController();
		const closed = new Promise<void>((resolve) => {
			answer = ({ socket }) => {
				socket.once('close', resolve);
				stop.abort();
			};
		});
		const reply = exchange(dispatcher, request(), TIMEOUT_MS, stop.signal);
		expect(await reply).toEqual({ ...stopped, sent: true, reason });
		await closed;
		expect(jest.getTimerCount()).toBe(0);
	});

	it('while waiting for a connection: not a byte goes out, then or later', async () => {
		let waiting: Dispatcher.DispatchHandler | undefined;
		const stop = new AbortController();
		const via = scripted((handler) => {
			waiting = handler;
		});
		const reply = exchange(via, request(), TIMEOUT_MS, stop.signal);
		stop.abort();
		expect(await reply).toEqual({ ...stopped, sent: false, reason });
		const abort = jest.fn();
		waiting?.onRequestStart?.({ abort } as unknown as Dispatcher.DispatchController, {});
		expect(abort).toHaveBeenCalledTimes(1);
	});

	it('before the call sends nothing', async () => {
		answer = (_, response) => response.end('OK');
		const reply = await exchange(dispatcher, request(), TIMEOUT_MS, AbortSignal.abort());
		expect(reply).toEqual({ ...stopped, sent: false, reason });
		expect(requests).toEqual([]);
	});

	it('in the middle of the body leaves what came of the answer', async () => {
		const stop = new AbortController();
		answer = (_, response) => {
			response.writeHead(200, { 'content-length': 10 });
			response.write('half ');
		};
		const watched = watchBody(() => {
			stop.abort();
		});
		expect(await exchange(watched, request(), TIMEOUT_MS, stop.signal)).toMatchObject({
			status: 200,
			body: 'half ',
			truncated: true,
		});
	});
});

describe('an answer that nobody asked for', () => {
	/** Answers with the path, and then once more. */
	const answerTwice = (again: (socket: Socket, second: () => void) => void) => {
		answer = ({ socket, url = '' }, response) => {
			response.setHeader('content-length', url.length).end(url, () => {
				again(socket, () => {
					if (!socket.destroyed)
						socket.write('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nunasked');
				});
			});
		};
	};
	const bodyOf = async (path: string) => {
		const reply = await send({ path });
		return reply.kind === 'reply' ? reply.body : reply.reason;
	};

	it('while the connection is idle closes it, and is never the answer to the next request', async () => {
		const sockets = new Set<Socket>();
		answerTwice((socket, second) => {
			sockets.add(socket);
			second();
		});
		for (let number = 0; number < 10; number++) {
			expect(await bodyOf(`/${number}`)).toBe(`/${number}`);
			await new Promise((resolve) => setImmediate(resolve));
		}
		expect(sockets.size).toBe(10);
	});

	it('costs its host the trust in kept connections: what comes later meets no request', async () => {
		let isLate = false;
		answerTwice((_, second) => {
			// once the next request is written, nothing could tell it from an answer
			if (isLate) setImmediate(() => setImmediate(() => setImmediate(second)));
			else second();
		});
		expect(await bodyOf('/first')).toBe('/first');
		await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
		isLate = true;
		for (let number = 0; number < 40; number++)
			expect(await bodyOf(`/${number}`)).toBe(`/${number}`);
	});

	it('costs another host nothing', async () => {
		answerTwice((_, second) => {
			second();
		});
		await bodyOf('/first');
		const other = createServer((_, response) => response.end('OK'));
		await once(other.listen(0, '127.0.0.1'), 'listening');
		const connections = new Set<Socket>();
		other.on('connection', (socket) => connections.add(socket));
		const origin = `http://127.0.0.1:${String((other.address() as AddressInfo).port)}`;
		for (let sent = 0; sent < 5; sent++)
			expect(await send({ origin })).toMatchObject({ body: 'OK' });
		expect(connections.size).toBe(1);
		other.closeAllConnections();
		await once(other.close(), 'close');
	});
});

describe('a broken connection', () => {
	it('refused: nothing was sent', async () => {
		const refusing = createServer();
		await once(refusing.listen(0, '127.0.0.1'), 'listening');
		const { port } = refusing.address() as AddressInfo;
		await once(refusing.close(), 'close');
		expect(await send({ origin: `http://127.0.0.1:${String(port)}` })).toEqual({
			kind: 'noReply',
			sent: false,
			timedOut: false,
			reason: 'refused the connection',
		});
	});

	it.each<[string, (socket: Socket) => void]>([
		['closed', (socket) => socket.destroy()],
		['reset', (socket) => socket.resetAndDestroy()],
	])('%s before the answer: the request may have arrived', async (_, end) => {
		answer = ({ socket }) => {
			end(socket);
		};
		expect(await send()).toEqual({
			kind: 'noReply',
			sent: true,
			timedOut: false,
			reason: 'closed the connection before it answered',
		});
	});

	it.each<[string, (socket: Socket) => void]>([
		['closed', (socket) => socket.destroy()],
		['reset', (socket) => socket.resetAndDestroy()],
	])('%s in the middle of the body: the answer counts, as far as it came', async (_, end) => {
		let socket: Socket | undefined;
		answer = (incoming, response) => {
			socket = incoming.socket;
			response.writeHead(200, { 'content-length': 10 });
			response.write('half ');
		};
		const watched = watchBody(() => {
			if (socket) end(socket);
		});
		expect(await send({}, watched)).toMatchObject({
			status: 200,
			body: 'half ',
			truncated: true,
		});
	});

	it('after a 1xx and before the answer leaves no answer', async () => {
		answer = ({ socket }, response) => {
			response.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => socket.end());
		};
		expect(await send()).toEqual({
			kind: 'noReply',
			sent: true,
			timedOut: false,
			reason: 'closed the connection before it answered',
		});
	});

	it('spoils no other request', async () => {
		answer = ({ socket }) => socket.destroy();
		await send();
		answer = (_, response) => response.end('OK');
		expect(await send()).toMatchObject({ status: 200, body: 'OK' });
	});
});

describe('a request that cannot be sent', () => {
	it.each<[string, Partial<HttpRequest>]>([
		['a path with a blank', { path: `/ ?apikey=${SECRET}` }],
		['a header with a line end', { headers: { 'x-key': `${SECRET}\n` } }],
		['a method that is none', { method: `G T ${SECRET}` }],
	])('is told in words that quote nothing of it: %s', async (_, broken) => {
		answer = (_request, response) => response.end('OK');
		const reply = await send(broken);
		expect(reply).toEqual({
			kind: 'noReply',
			sent: false,
			timedOut: false,
			reason: 'gave no answer (UND_ERR_INVALID_ARG)',
		});
		expect(requests).toEqual([]);
	});

	it.each<[unknown, string]>([
		[
			Object.assign(new Error(SECRET), { code: 'ENOTFOUND' }),
			'has a host name that does not exist: check the Base URL',
		],
		[
			new AggregateError([Object.assign(new Error(SECRET), { code: 'EHOSTUNREACH' })]),
			'cannot be reached from here',
		],
		[Object.assign(new Error(SECRET), { code: 'EODD' }), 'gave no answer (EODD)'],
		[new Error(SECRET), 'gave no answer'],
		[SECRET, 'gave no answer'],
	])('whatever the client throws, it is told by its code: %#', async (error, reason) => {
		const throwing = scripted(() => {
			throw error;
		});
		expect(await send({}, throwing)).toEqual({
			kind: 'noReply',
			sent: false,
			timedOut: false,
			reason,
		});
	});
});

describe('a name look-up', () => {
	const lookUp =
		(...addresses: string[]): LookupFunction =>
		(_host, _options, callback) => {
			callback(
				null,
				addresses.map((address) => ({ address, family: 4 })),
			);
		};
	const sendTo = async (host: string, lookup: LookupFunction) => {
		answer = (_request, response) => response.end();
		const via = await createDispatcher(lookup);
		const { port } = server.address() as AddressInfo;
		try {
			return await send({ origin: `http://${host}:${port}` }, via);
		} finally {
			await via.destroy();
		}
	};

	it.each([['93.184.216.34'], ['127.0.0.1', '93.184.216.34']])(
		'of localhost that leads to another machine is an error, and nothing is sent: %p',
		async (...addresses) => {
			expect(await sendTo('localhost', lookUp(...addresses))).toEqual({
				kind: 'noReply',
				sent: false,
				timedOut: false,
				reason: 'was not asked: localhost leads to another machine here',
			});
			expect(requests).toHaveLength(0);
		},
	);

	it('of localhost that leads to this machine is followed, and so is that of any other name', async () => {
		expect(await sendTo('localhost', lookUp('127.0.0.1'))).toMatchObject({ status: 200 });
		expect(await sendTo('name.example', lookUp('127.0.0.1'))).toMatchObject({ status: 200 });
	});
});
