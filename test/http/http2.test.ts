import { once } from 'node:events';
import { createServer as createProxy, type RequestListener } from 'node:http';
import { constants } from 'node:http2';
import { createServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { connect as connectTls } from 'node:tls';

import { LoggerProxy, type Logger } from 'n8n-workflow';

import type { Certificate } from '../../bench/receiver/certificate';
import { createDispatcher, type Sender } from '../../transport/http/dispatcher';
import { exchange } from '../../transport/http/exchange';
import { Http2Connection } from '../../transport/http/http2Connection';
import type { Answer } from '../../transport/model/answer';
import {
	ANY_STREAM,
	end,
	goAway,
	head,
	limit,
	ok,
	part,
	reset,
	settings,
	startFrameServer,
	type FramedRequest,
	type Peer,
} from '../support/frameServer';
import { trustedCertificate } from '../support/trust';
import { pause, until } from '../support/until';

// much longer than anything takes, also where much goes on beside
const TIMEOUT_MS = 20_000;
jest.setTimeout(TIMEOUT_MS);
const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } =
	constants;

let certificate: Certificate;
let dispatcher: Sender;
let server: Awaited<ReturnType<typeof startFrameServer>> | undefined;

beforeAll(async () => {
	certificate = await trustedCertificate();
});
beforeEach(async () => {
	dispatcher = await createDispatcher();
});
afterEach(async () => {
	await dispatcher.destroy();
	await server?.close();
	server = undefined;
});

type Served = Parameters<typeof startFrameServer>;

async function serve(onRequest: Served[1], onConnection?: Served[2], http1?: Served[3]) {
	server = await startFrameServer(certificate, onRequest, onConnection, http1);
	return server;
}

/** Sends requests that are told apart by their bodies. */
function send(origin: string, bodies: readonly string[], mayRepeat = true): Promise<Answer[]> {
	const connections = dispatcher.to(origin, mayRepeat);
	return Promise.all(
		bodies.map((body) =>
			exchange(
				connections,
				{ method: 'POST', origin, path: '/', headers: { 'x-key': 'a' }, body },
				TIMEOUT_MS,
			),
		),
	);
}

/** Sends a request that is given up soon. */
function sendBriefly(origin: string, body: string): Promise<Answer> {
	const request = { method: 'POST', origin, path: '/', headers: {}, body };
	return exchange(dispatcher.to(origin, true), request, 200);
}

/** What is known of each request. */
const known = (answers: readonly Answer[]) =>
	answers.map((answer) =>
		answer.kind === 'reply' ? answer.body : answer.sent ? 'may be taken' : 'not taken',
	);

/** Answers the first request, so that settings are known, and gives the others by threes. */
function inThrees(onThree: (three: [FramedRequest, FramedRequest, FramedRequest]) => void) {
	const held: FramedRequest[] = [];
	return (request: FramedRequest) => {
		if (request.connection > 1 || request.body === 'first') {
			request.peer.send(ok(request.id, `${request.body} on ${request.connection}`));
			return;
		}
		held.push(request);
		const [a, b, c] = held;
		if (a && b && c) onThree([a, b, c]);
	};
}

describe('what is certain of a request', () => {
	it('that the server refuses: it was not taken', async () => {
		const { origin } = await serve(({ id, peer }) => {
			peer.send(reset(id, NGHTTP2_REFUSED_STREAM));
		});
		const [answer] = await send(origin, ['a']);
		expect(answer).toEqual({
			kind: 'noReply',
			sent: false,
			timedOut: false,
			reason: 'turned the request away before it looked at it',
		});
	});

	it.each([
		['NO_ERROR', NGHTTP2_NO_ERROR],
		['CANCEL', NGHTTP2_CANCEL],
		['INTERNAL_ERROR', NGHTTP2_INTERNAL_ERROR],
	])('that the server resets with %s: it may have been taken', async (_, code) => {
		const { origin, connections } = await serve(({ id, body, peer }) => {
			peer.send(body === 'b' ? ok(id) : reset(id, code));
		});
		const [answer] = await send(origin, ['a']);
		expect(answer).toEqual({
			kind: 'noReply',
			sent: true,
			timedOut: false,
			reason: 'broke off the request before it answered',
		});
		// the others on the connection have nothing to do with it
		expect(known(await send(origin, ['b']))).toEqual(['ok']);
		expect(connections()).toBe(1);
	});

	it('above the last stream of a GOAWAY: it was not taken; below, it gets its answer', async () => {
		const { origin } = await serve(
			inThrees(([a]) => {
				a.peer.send(goAway(a.id), ok(a.id, 'still answered'));
			}),
		);
		await send(origin, ['first']);
		const answers = await send(origin, ['a', 'b', 'c']);
		expect(known(answers)).toEqual(['still answered', 'not taken', 'not taken']);
		expect(answers[1]).toMatchObject({
			reason: 'closed the connection before it took the request',
		});
	});

	it('below the last stream of a GOAWAY, and the connection breaks: it may have been taken', async () => {
		const { origin } = await serve(
			inThrees(([a, b]) => {
				a.peer.send(goAway(b.id));
				setTimeout(() => a.peer.socket.destroy(), 20);
			}),
		);
		await send(origin, ['first']);
		expect(known(await send(origin, ['a', 'b', 'c']))).toEqual([
			'may be taken',
			'may be taken',
			'not taken',
		]);
	});

	it('of a GOAWAY in two steps: the second says which were not taken', async () => {
		const { origin } = await serve(
			inThrees(([a]) => {
				a.peer.send(goAway(ANY_STREAM));
				setTimeout(() => {
					a.peer.send(goAway(a.id), ok(a.id, 'still answered'));
				}, 20);
			}),
		);
		await send(origin, ['first']);
		expect(known(await send(origin, ['a', 'b', 'c']))).toEqual([
			'still answered',
			'not taken',
			'not taken',
		]);
	});

	it.each([NGHTTP2_INTERNAL_ERROR, NGHTTP2_REFUSED_STREAM])(
		'of a GOAWAY with an error, %i: those above its last stream were not taken, the others may have been',
		async (code) => {
			const { origin } = await serve(
				inThrees(([a, b]) => {
					a.peer.send(goAway(b.id, code));
				}),
			);
			await send(origin, ['first']);
			expect(known(await send(origin, ['a', 'b', 'c']))).toEqual([
				'may be taken',
				'may be taken',
				'not taken',
			]);
		},
	);

	it.each<[string, (request: FramedRequest) => void]>([
		['closed', ({ peer }) => peer.socket.end()],
		['reset', ({ peer }) => peer.socket.destroy()],
	])('on a connection that is %s: each may have been taken', async (_, breakOff) => {
		const { origin } = await serve(
			inThrees(([a]) => {
				breakOff(a);
			}),
		);
		await send(origin, ['first']);
		const answers = await send(origin, ['a', 'b', 'c']);
		for (const answer of answers) {
			expect(answer).toEqual({
				kind: 'noReply',
				sent: true,
				timedOut: false,
				reason: 'closed the connection before it answered',
			});
		}
	});

	it('that a GOAWAY overtakes, before it has left: it was not taken', async () => {
		const { origin, requests } = await serve(({ id, peer, connection }) => {
			// the client reads both in one go
			if (connection === 1) peer.send(head(id), part(id, 'first'), goAway(ANY_STREAM), end(id));
		});
		let late: Promise<Answer[]> | undefined;
		const connections = dispatcher.to(origin, true);
		await new Promise<void>((resolve) => {
			connections.dispatch(
				{ method: 'POST', origin, path: '/', body: 'first' },
				{
					onRequestStart: () => undefined,
					onResponseStart: () => undefined,
					onResponseData: () => {
						late = send(origin, ['late']);
					},
					onResponseEnd: () => {
						resolve();
					},
				},
			);
		});
		expect(known((await late) ?? [])).toEqual(['not taken']);
		expect(requests.map(({ body }) => body)).toEqual(['first']);
	});

	it.each([
		['breaks off', NGHTTP2_CANCEL],
		['is refused, which comes too late', NGHTTP2_REFUSED_STREAM],
	])('whose answer %s: what came of the answer counts', async (_, code) => {
		const { origin } = await serve(({ id, peer }) => {
			peer.send(head(id), part(id, 'half '), reset(id, code));
		});
		expect(await send(origin, ['a'])).toMatchObject([
			{ kind: 'reply', status: 200, body: 'half ', truncated: true },
		]);
	});
});

describe('connections', () => {
	/** Holds requests until so many have come together, then answers all. */
	const together = (many: number) => {
		const held: FramedRequest[] = [];
		return (request: FramedRequest) => {
			held.push(request);
			if (held.length < many) return;
			for (const { id, peer } of held.splice(0)) peer.send(ok(id));
		};
	};
	const numbers = (many: number) => Array.from({ length: many }, (_, number) => String(number));

	it('carry a hundred requests each where a repeat is harmless', async () => {
		const { origin, connections } = await serve(together(400));
		expect(known(await send(origin, numbers(400)))).toEqual(numbers(400).map(() => 'ok'));
		expect(connections()).toBe(4);
		expect(dispatcher.to(origin, true).room()).toBe(10_000);
	});

	it('carry ten requests each where a repeat may count twice', async () => {
		const { origin, requests, connections } = await serve(together(100));
		expect(known(await send(origin, numbers(100), false))).toEqual(numbers(100).map(() => 'ok'));
		expect(connections()).toBe(10);
		for (const number of [1, 10]) {
			expect(requests.filter(({ connection }) => connection === number)).toHaveLength(10);
		}
		expect(dispatcher.to(origin, false).room()).toBe(1_000);
	});

	it('that break leave those requests open alone that they carried: ten at most where a repeat may count twice', async () => {
		const { origin, requests } = await serve(() => {
			if (requests.length < 30) return;
			requests[0]?.peer.socket.destroy();
			for (const { id, connection, peer } of requests) if (connection !== 1) peer.send(ok(id));
		});
		const found = known(await send(origin, numbers(30), false));
		expect(found.filter((one) => one === 'may be taken')).toHaveLength(10);
		expect(found.filter((one) => one === 'ok')).toHaveLength(20);
	});

	it('take no request from the moment that the server has closed its side', async () => {
		let peer: Peer | undefined;
		const { origin } = await serve(
			() => undefined,
			(own) => {
				own.send(settings());
				peer = own;
			},
		);
		const { hostname, port } = new URL(origin);
		const socket = connectTls({ host: hostname, port: Number(port), ALPNProtocols: ['h2'] });
		await once(socket, 'secureConnect');
		const settled = Promise.withResolvers<undefined>();
		const connection = new Http2Connection(socket, origin, TIMEOUT_MS, {
			onRoom: () => {
				settled.resolve(undefined);
			},
			onAnswer: () => undefined,
			onMisfit: () => undefined,
			onClose: () => undefined,
		});
		await settled.promise;
		expect(connection.hasRoom(1)).toBe(true);
		const ended = once(socket, 'end');
		peer?.socket.end();
		await ended;
		expect(connection.hasRoom(1)).toBe(false);
	});

	it('carry one request until the server has told its limit', async () => {
		let told = false;
		const { origin, requests } = await serve(
			({ id, peer }) => {
				if (told) peer.send(ok(id));
			},
			(peer) => {
				setTimeout(() => {
					told = true;
					peer.send(settings(), ...requests.map(({ id }) => ok(id)));
				}, 50);
			},
		);
		const answers = send(origin, numbers(8));
		await until(() => requests.length === 1);
		await pause(20);
		expect(requests).toHaveLength(1);
		expect(known(await answers)).toEqual(numbers(8).map(() => 'ok'));
	});

	it('carry as many as the server says, also where it says another number later', async () => {
		const open = new Set<number>();
		let most = 0;
		const { origin, connections } = await serve(
			({ id, body, peer }) => {
				open.add(id);
				most = Math.max(most, open.size);
				if (body === 'last of the first') {
					peer.send(limit(2));
				}
				setTimeout(() => {
					open.delete(id);
					peer.send(ok(id));
				}, 10);
			},
			(peer) => {
				peer.send(limit(5));
			},
		);
		const route = dispatcher.to(origin, true);
		await send(origin, ['first']);
		expect(route.room()).toBe(500);
		await send(origin, ['last of the first']);
		expect(route.room()).toBe(200);
		most = 0;
		await send(origin, ['a', 'b']);
		expect(most).toBe(2);
		expect(connections()).toBe(1);
	});

	it('are as many as there are requests where the server allows one at a time', async () => {
		const { origin, connections } = await serve(together(30), (peer) => {
			peer.send(limit(1));
		});
		expect(known(await send(origin, numbers(30)))).toEqual(numbers(30).map(() => 'ok'));
		expect(connections()).toBe(30);
	});

	it('wait where the server allows none for now, and are not multiplied', async () => {
		const { origin, connections, requests } = await serve(
			({ id, peer }) => {
				peer.send(ok(id));
			},
			(peer) => {
				peer.send(limit(0));
				setTimeout(() => {
					peer.send(limit(10));
				}, 100);
			},
		);
		const answers = send(origin, numbers(20));
		await pause(50);
		// what left before the settings came, at most
		expect(requests.length).toBeLessThanOrEqual(1);
		expect(known(await answers)).toEqual(numbers(20).map(() => 'ok'));
		expect(connections()).toBeLessThanOrEqual(2);
	});

	it('that the server leaves while they are idle are not used again', async () => {
		const { origin, connections } = await serve(({ id, peer, connection }) => {
			peer.send(ok(id, `on ${connection}`));
			if (connection === 1)
				setTimeout(() => {
					peer.send(goAway(id));
				}, 20);
		});
		expect(known(await send(origin, ['a']))).toEqual(['on 1']);
		await pause(60);
		expect(known(await send(origin, ['b']))).toEqual(['on 2']);
		expect(connections()).toBe(2);
	});

	it('are closed when they are idle for a few seconds', async () => {
		const { origin, openConnections } = await serve(({ id, peer }) => {
			peer.send(ok(id));
		});
		await send(origin, ['a']);
		expect(openConnections()).toBe(1);
		await until(() => openConnections() === 0);
	}, 10_000);

	it('take no further request once one was given up on them: they may be dead', async () => {
		const { origin, connections } = await serve(({ id, peer, body, connection }) => {
			if (body !== 'lost') peer.send(ok(id, `on ${connection}`));
		});
		await send(origin, ['first']);
		const lost = exchange(
			dispatcher.to(origin, true),
			{ method: 'POST', origin, path: '/', headers: {}, body: 'lost' },
			50,
		);
		expect(await lost).toMatchObject({ sent: true, timedOut: true });
		expect(known(await send(origin, ['next']))).toEqual(['on 2']);
		expect(connections()).toBe(2);
	});

	it('go on with what else is under way when a request on them is given up', async () => {
		const { origin } = await serve(({ id, peer, body }) => {
			if (body === 'slow')
				setTimeout(() => {
					peer.send(ok(id, 'slow'));
				}, 150);
			else if (body !== 'lost') peer.send(ok(id));
		});
		await send(origin, ['first']);
		const slow = send(origin, ['slow']);
		await exchange(
			dispatcher.to(origin, true),
			{ method: 'POST', origin, path: '/', headers: {}, body: 'lost' },
			50,
		);
		expect(known(await slow)).toEqual(['slow']);
	});

	it('that refuse a header tell that nothing was sent', async () => {
		const { origin, requests } = await serve(({ id, peer }) => {
			peer.send(ok(id));
		});
		const answer = await exchange(
			dispatcher.to(origin, true),
			{ method: 'POST', origin, path: '/', headers: { connection: 'close' }, body: 'a' },
			TIMEOUT_MS,
		);
		expect(answer).toMatchObject({ kind: 'noReply', sent: false });
		expect(requests).toEqual([]);
	});
});

describe('a host that offers HTTP/2 and does it badly', () => {
	const warn = jest.fn();
	beforeEach(() => {
		warn.mockReset();
		LoggerProxy.init({ warn } as unknown as Logger);
	});
	afterAll(() => {
		LoggerProxy.init({ warn: () => undefined } as unknown as Logger);
	});
	const listener: RequestListener = (request, response) => {
		request.resume().once('end', () => response.end('by HTTP/1.1'));
	};
	const told = (place: string, reason: string) => [
		[`${place} offers HTTP/2 and does not keep to it (${reason}). It gets HTTP/1.1 for an hour.`],
	];

	it.each<[string, string, (request: FramedRequest) => void]>([
		[
			'asks for HTTP/1.1',
			'HTTP_1_1_REQUIRED',
			({ id, peer }) => {
				peer.send(reset(id, constants.NGHTTP2_HTTP_1_1_REQUIRED));
			},
		],
		[
			'blames us for a broken protocol',
			'PROTOCOL_ERROR',
			({ peer }) => {
				peer.send(goAway(0, constants.NGHTTP2_PROTOCOL_ERROR));
			},
		],
	])('that %s gets HTTP/1.1 from then on, and the log says so', async (_, reason, onRequest) => {
		const { origin, connections } = await serve(onRequest, undefined, listener);
		expect(known(await send(origin, ['a']))).not.toEqual(['by HTTP/1.1']);
		expect(known(await send(origin, ['b', 'c']))).toEqual(['by HTTP/1.1', 'by HTTP/1.1']);
		expect(connections()).toBe(1);
		expect(dispatcher.to(origin, true).room()).toBe(100);
		expect(warn.mock.calls).toEqual(told('127.0.0.1', reason));
	});

	it('that closes one connection after another without an answer gets HTTP/1.1', async () => {
		const { origin, connections } = await serve(
			() => undefined,
			(peer, connection) => {
				peer.send(settings());
				if (connection > 1) peer.socket.end();
				else setTimeout(() => peer.socket.end(), 20);
			},
			listener,
		);
		await send(origin, ['a']);
		await send(origin, ['b']);
		expect(known(await send(origin, ['c', 'd']))).toEqual(['by HTTP/1.1', 'by HTTP/1.1']);
		expect(connections()).toBe(2);
		expect(warn.mock.calls).toEqual(told('127.0.0.1', 'it answers nothing'));
	});

	it('that breaks the protocol on each of two connections gets HTTP/1.1', async () => {
		const { origin, connections } = await serve(
			({ peer }) => {
				peer.send(part(99, 'what?'));
			},
			undefined,
			listener,
		);
		for (const body of ['a', 'b']) await send(origin, [body]);
		expect(known(await send(origin, ['c', 'd']))).toEqual(['by HTTP/1.1', 'by HTTP/1.1']);
		expect(connections()).toBeLessThanOrEqual(2);
		expect(warn).toHaveBeenCalledTimes(1);
	});

	it('that never tells its settings gets HTTP/1.1', async () => {
		const { origin, connections } = await serve(
			() => undefined,
			() => undefined,
			listener,
		);
		for (const body of ['a', 'b']) await sendBriefly(origin, body);
		expect(known(await send(origin, ['c']))).toEqual(['by HTTP/1.1']);
		expect(connections()).toBe(2);
		expect(warn.mock.calls).toEqual(told('127.0.0.1', 'it answers nothing'));
	});

	it('is none that only takes its time', async () => {
		let isSlow = true;
		const { origin } = await serve(
			({ id, peer }) => {
				if (!isSlow) peer.send(ok(id));
			},
			undefined,
			listener,
		);
		for (const body of ['a', 'b', 'c']) await sendBriefly(origin, body);
		isSlow = false;
		expect(known(await send(origin, ['d']))).toEqual(['ok']);
		expect(warn).not.toHaveBeenCalled();
	});

	it('is named in the log without what may be a secret in its name', async () => {
		await dispatcher.destroy();
		dispatcher = await createDispatcher((_host, _options, done) => {
			done(null, [{ address: '127.0.0.1', family: 4 }]);
		});
		const { origin } = await serve(
			({ peer }) => {
				peer.send(goAway(0, constants.NGHTTP2_PROTOCOL_ERROR));
			},
			undefined,
			listener,
		);
		await send(origin.replace('127.0.0.1', 'secret.clicks.example'), ['a']);
		expect(warn.mock.calls).toEqual(told('clicks.example', 'PROTOCOL_ERROR'));
	});

	it('once, and answers otherwise, keeps HTTP/2', async () => {
		const { origin } = await serve(
			({ id, body, peer }) => {
				if (body === 'bad') peer.socket.destroy();
				else peer.send(ok(id));
			},
			undefined,
			listener,
		);
		for (const body of ['a', 'bad', 'b', 'bad', 'bad', 'c']) await send(origin, [body]);
		expect(known(await send(origin, ['d']))).toEqual(['ok']);
		expect(warn).not.toHaveBeenCalled();
	});
});

describe('a host that speaks HTTP/1.1 alone', () => {
	it('gets a hundred connections at most, and the first one is not for nothing', async () => {
		const sockets = new Set<unknown>();
		const held: (() => void)[] = [];
		let isHolding = true;
		const http1 = createServer(certificate, (request, response) => {
			sockets.add(request.socket);
			held.push(() => response.end('ok'));
			if (held.length === 100) isHolding = false;
			if (!isHolding) for (const answer of held.splice(0)) answer();
		});
		let connected = 0;
		http1.on('secureConnection', () => connected++);
		await once(http1.listen(0, '127.0.0.1'), 'listening');
		const origin = `https://127.0.0.1:${String((http1.address() as AddressInfo).port)}`;
		const bodies = Array.from({ length: 250 }, (_, number) => String(number));
		expect(known(await send(origin, bodies))).toEqual(bodies.map(() => 'ok'));
		expect(sockets.size).toBe(100);
		expect(connected).toBe(100);
		expect(dispatcher.to(origin, true).room()).toBe(100);
		http1.closeAllConnections();
		await once(http1.close(), 'close');
	});
});

describe('HTTP/2', () => {
	const answer = ({ id, peer }: FramedRequest) => {
		peer.send(ok(id, 'by HTTP/2'));
	};

	it('goes through the tunnel of a proxy', async () => {
		const tunnels: string[] = [];
		const proxy = createProxy().on('connect', ({ url = '' }, socket) => {
			tunnels.push(url);
			const [host = '', port] = url.split(':');
			const to = connect(Number(port), host, () => {
				socket.write('HTTP/1.1 200 OK\r\n\r\n');
				to.pipe(socket).pipe(to);
			});
			for (const end of [to, socket]) end.on('error', () => to.destroy());
		});
		await once(proxy.listen(0, '127.0.0.1'), 'listening');
		const { origin } = await serve(answer);
		const before = { ...process.env };
		process.env.https_proxy = `http://127.0.0.1:${String((proxy.address() as AddressInfo).port)}`;
		process.env.no_proxy = '';
		await dispatcher.destroy();
		dispatcher = await createDispatcher();
		expect(known(await send(origin, ['a', 'b']))).toEqual(['by HTTP/2', 'by HTTP/2']);
		expect(tunnels).toEqual([origin.replace('https://', '')]);
		await dispatcher.destroy();
		process.env = before;
		proxy.closeAllConnections();
		await once(proxy.close(), 'close');
	});

	it("asks n8n's egress policy for the address", async () => {
		const asked: string[] = [];
		await dispatcher.destroy();
		dispatcher = await createDispatcher((host, _options, done) => {
			asked.push(host);
			done(null, [{ address: '127.0.0.1', family: 4 }]);
		});
		const { origin } = await serve(answer);
		const named = origin.replace('127.0.0.1', 'localhost');
		expect(known(await send(named, ['a', 'b']))).toEqual(['by HTTP/2', 'by HTTP/2']);
		expect(asked).toEqual(['localhost']);
	});
});
