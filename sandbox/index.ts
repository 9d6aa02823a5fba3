import { METHODS } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Connections, LastStreams, streamOf } from './connections';
import { type Fault, FaultPlan, isRecorded, parseFaults } from './faults';
import { addPage } from './page';
import { providers } from './providers';
import { cutQuery, idsOf, type Provider, quote, segmentOf } from './providers/provider';
import { sendAnswer, statusOf, type VisibleFault } from './reply';
import { Ledger, type Report } from './report';

export type { Fault } from './faults';
export type { ReceivedBody, Rejection, Report, ReportedEvent } from './report';

export interface SandboxOptions {
	/** Default 0: any free port. */
	port?: number;
	/** Default 127.0.0.1. */
	host?: string;
	/** PEM of a key and its certificate: with them it speaks HTTP/2 and HTTP/1.1, over TLS. */
	tls?: { key: string; cert: string };
	/** Gets one line per provider request, without query and secret. */
	log?: (line: string) => void;
	/** Told of each provider request once it is read, with its number of events, before a fault meets it. */
	onArrival?: (events: number) => void;
}

/** The providers' APIs on localhost, each under its own first path segment. */
export interface Sandbox {
	/** `http://127.0.0.1:<port>`, or `https://` over TLS, without a slash at the end. */
	url: string;
	port: number;
	report: () => Report;
	/** Replaces the faults; throws when one is malformed. */
	setFaults: (faults: Fault[]) => void;
	/** Forgets events, counts and faults. Requests under way still get their answer, uncounted. */
	reset: () => void;
	/** Closes at once, open sockets and pending delays included. */
	close: () => Promise<void>;
}

declare module 'fastify' {
	interface FastifyRequest {
		/** Where and under which number the request is booked, so that a reset leaves it behind. */
		booking: { ledger: Ledger; number: number };
	}
}

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	let ledger = new Ledger();
	let plan = new FaultPlan([]);
	const delays = new Set<NodeJS.Timeout>();

	const common = {
		logger: false,
		requestTimeout: 0,
		forceCloseConnections: true,
		frameworkErrors: (_error: unknown, _request: unknown, reply: unknown) => {
			const error = 'The path is not valid percent-encoding.';
			void (reply as FastifyReply).code(400).send({ error });
		},
	};
	// what comes over HTTP/2 looks the same, but for its streams
	const app = options.tls
		? (fastify({
				...common,
				http2: true,
				https: { ...options.tls, allowHTTP1: true },
			}) as unknown as FastifyInstance)
		: fastify(common);
	// No idle limit, and so no Keep-Alive header either: the client's own limit is what closes.
	// Set here, since fastify takes a 0 among its options for its default.
	app.server.keepAliveTimeout = 0;
	const connections = new Connections(app.server, (socket) => {
		ledger.socketClosed(socket);
	});
	const lastStreams = new LastStreams();

	// Providers judge every method and read every body themselves, as text.
	for (const method of METHODS) {
		app.addHttpMethod(method, { hasBody: true, overrideExisting: true });
	}
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
		done(null, body);
	});

	app.setErrorHandler<Error & { statusCode?: number }>((error, _request, reply) => {
		void reply.code(error.statusCode ?? 500).send({ error: error.message });
	});
	app.setNotFoundHandler((_request, reply) => {
		const paths = [
			...providers.map((provider) => `/${segmentOf(provider)}/…`),
			'/events',
			'/faults',
			'/',
		];
		void reply.code(404).send({ error: `There is no such path; there are ${paths.join(', ')}.` });
	});

	const displayNames = Object.fromEntries(
		providers.map(({ name, displayName }) => [name, displayName]),
	);
	const live = addPage(app, () => ({
		...ledger.overview(),
		faults: plan.usage(),
		providers: displayNames,
	}));

	const handle = (provider: Provider, request: FastifyRequest, reply: FastifyReply): void => {
		const stream = streamOf(request.raw);
		if (stream && !lastStreams.takes(stream)) {
			reply.hijack();
			return;
		}
		const url = request.raw.url ?? '';
		const mark = url.indexOf('?');
		const body = (request.body as string | undefined) ?? '';
		let answer = provider.receive({
			method: request.method,
			path: `/${(request.params as { '*'?: string })['*'] ?? ''}`,
			query: mark === -1 ? '' : url.slice(mark + 1),
			headers: request.headers,
			body,
		});
		const held = idsOf(answer);
		options.onArrival?.(held.length);
		if (request.method === 'POST') {
			request.booking.ledger.receive({
				provider: provider.name,
				path: pathOf(provider, request),
				events: held.length,
				bytes: Buffer.byteLength(body),
			});
		}

		const ids = held.filter((id) => id !== undefined);
		let fault = plan.take(provider.name, ids, stream !== undefined);
		if (stream && fault?.kind !== 'goAway') lastStreams.handle(stream);
		if (fault?.kind === 'refuse') {
			if ('reason' in answer) fault = undefined;
			else answer = provider.refuseEvent('An event is refused by a fault.', held);
		}

		const socket = connections.of(request.raw);
		const finish = (visible?: VisibleFault): void => {
			const { ledger, number } = request.booking;
			if (visible === undefined || isRecorded(visible)) {
				ledger.record(provider.name, number, answer);
			}
			live.changed();
			if (options.log !== undefined) {
				const note = fault === undefined ? [] : [`fault: ${fault.kind}`];
				const rest = [...ids.map(quote), ...note];
				options.log(logLine(provider, request, statusOf(answer, visible), rest));
			}
			sendAnswer(reply, answer, { socket, lastStreams }, visible);
		};

		if (fault?.kind !== 'delay') {
			finish(fault);
			return;
		}
		const delay = setTimeout(() => {
			delays.delete(delay);
			finish();
		}, fault.ms);
		delays.add(delay);
	};

	for (const provider of providers) {
		void app.register(
			(scope, _options, registered) => {
				scope.addHook('onRequest', (request, reply, done) => {
					const current = ledger;
					const number = current.begin(connections.of(request.raw), reply.raw);
					live.changed();
					request.booking = { ledger: current, number };
					reply.raw.once('close', () => {
						current.end(reply.raw);
					});
					done();
				});
				scope.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
					const status = error.statusCode ?? 500;
					request.booking.ledger.reject(provider.name, status, error.message);
					live.changed();
					options.log?.(logLine(provider, request, status));
					void reply.code(status).send({ error: error.message });
				});
				for (const path of ['/', '/*']) {
					scope.all(path, (request, reply) => {
						handle(provider, request, reply);
					});
				}
				registered();
			},
			{ prefix: `/${segmentOf(provider)}` },
		);
	}

	const reset = (): void => {
		ledger = new Ledger();
		plan = new FaultPlan([]);
		live.changed();
	};
	const setFaults = (faults: unknown): void => {
		plan = new FaultPlan(parseFaults(faults));
		live.changed();
	};

	app.get<{ Querystring: { provider?: string } }>('/events', (request, reply) => {
		const { provider } = request.query;
		const report = ledger.report();
		if (provider === undefined) return reply.send(report);
		if (!providers.some(({ name }) => name === provider)) {
			return reply.code(400).send({ error: `There is no provider ${quote(provider)}.` });
		}
		const own = (entry: { provider: string }) => entry.provider === provider;
		return reply.send({
			...report,
			events: report.events.filter(own),
			rejected: report.rejected.filter(own),
			bodies: report.bodies.filter(own),
		});
	});
	app.delete('/events', (_request, reply) => {
		reset();
		return reply.code(204).send();
	});
	app.get('/faults', (_request, reply) => reply.send(plan.faults));
	app.put<{ Body: string | undefined }>('/faults', (request, reply) => {
		try {
			setFaults(JSON.parse(request.body ?? ''));
		} catch (error) {
			return reply
				.code(400)
				.send({ error: error instanceof Error ? error.message : String(error) });
		}
		return reply.send(plan.faults);
	});

	const url = await app.listen({ port: options.port ?? 0, host: options.host ?? '127.0.0.1' });
	const { port } = app.server.address() as AddressInfo;

	return {
		url,
		port,
		report: () => ledger.report(),
		setFaults,
		reset,
		close: async () => {
			for (const delay of delays) clearTimeout(delay);
			delays.clear();
			live.close();
			connections.closeAll();
			await app.close();
		},
	};
}

/** `GET /justtrack/monetization/v0/jt 200 "t-1"` */
function logLine(
	provider: Provider,
	request: FastifyRequest,
	status: number | '-',
	rest: string[] = [],
): string {
	return [request.method, pathOf(provider, request), status, ...rest].join(' ');
}

/** The path without a secret, and without the query. */
function pathOf(provider: Provider, request: FastifyRequest): string {
	const path = cutQuery(request.raw.url ?? '');
	if (provider.hidePath === undefined) return path;
	const mount = `/${segmentOf(provider)}`;
	return mount + provider.hidePath(path.slice(mount.length));
}
