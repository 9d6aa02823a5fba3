import { once } from 'node:events';
import { connect, constants, type ClientHttp2Session } from 'node:http2';

import { trustedCertificate } from '../support/trust';
import { JUSTTRACK, query, setUp, type Setup } from './helper';

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_REFUSED_STREAM } = constants;

let setup: Setup;
let client: ClientHttp2Session;
let goAways: { code: number; lastStreamId: number }[];

beforeEach(async () => {
	setup = await setUp({ tls: await trustedCertificate() });
	goAways = [];
	client = connect(setup.sandbox.url);
	client
		.on('error', () => undefined)
		.on('goaway', (code: number, lastStreamId: number) => goAways.push({ code, lastStreamId }));
	await once(client, 'connect');
});
afterEach(() => {
	client.destroy();
});

const ids = () => setup.sandbox.report().events.map(({ id }) => id);

/** Sends an event, and tells what came of its stream. */
function send(id: string): Promise<{ status?: number; text: string; reset?: number }> {
	const stream = client.request({ ':path': `${JUSTTRACK}?${query({ transactionid: id })}` });
	let status: number | undefined;
	let text = '';
	stream
		.on('response', ({ ':status': found }) => (status = found))
		.on('data', (chunk: Buffer) => (text += chunk.toString()))
		.on('error', () => undefined);
	return new Promise((resolve) => {
		stream.on('close', () => {
			const { rstCode: reset } = stream;
			resolve({ text, ...(status !== undefined && { status }), ...(reset !== 0 && { reset }) });
		});
	});
}

it('answers over HTTP/2, many requests on one connection', async () => {
	const answers = await Promise.all(['a', 'b', 'c'].map(send));
	expect(answers).toMatchObject([{ status: 200 }, { status: 200 }, { status: 200 }]);
	expect(setup.sandbox.report()).toMatchObject({ requests: 3, connections: 1, openConnections: 1 });
	expect(ids()).toEqual(['a', 'b', 'c']);
});

it('answers over HTTP/1.1 whoever does not speak HTTP/2', async () => {
	const reply = await fetch(`${setup.sandbox.url}${JUSTTRACK}?${query({ transactionid: 'a' })}`);
	expect(reply.status).toBe(200);
	expect(ids()).toEqual(['a']);
});

it('refuseStream refuses the stream and records nothing; the connection goes on', async () => {
	setup.sandbox.setFaults([{ kind: 'refuseStream', next: 1 }]);
	expect(await send('a')).toEqual({ text: '', reset: NGHTTP2_REFUSED_STREAM });
	expect(await send('b')).toMatchObject({ status: 200 });
	expect(ids()).toEqual(['b']);
	expect(setup.sandbox.report().connections).toBe(1);
});

it.each([
	[undefined, ['b']],
	[true, ['a', 'b']],
])('resetStream resets the stream alone, with record %s', async (record, recorded) => {
	setup.sandbox.setFaults([{ kind: 'resetStream', record, next: 1 }]);
	expect(await send('a')).toEqual({ text: '', reset: NGHTTP2_CANCEL });
	expect(await send('b')).toMatchObject({ status: 200 });
	expect(ids()).toEqual(recorded);
	expect(setup.sandbox.report().connections).toBe(1);
});

it('goAway takes what came before, and neither the request nor what comes after it', async () => {
	setup.sandbox.setFaults([
		{ kind: 'goAway', ids: ['b'] },
		{ kind: 'delay', ms: 30, ids: ['a'] },
	]);
	const answers = await Promise.all(['a', 'b', 'c'].map(send));
	expect(answers).toEqual([
		{ status: 200, text: expect.stringContaining('ok') as string },
		{ text: '', reset: NGHTTP2_REFUSED_STREAM },
		{ text: '', reset: NGHTTP2_REFUSED_STREAM },
	]);
	expect(goAways[0]).toEqual({ code: 0, lastStreamId: 1 });
	expect(ids()).toEqual(['a']);
});

it('goAway with record takes the request as well, and does not answer it', async () => {
	setup.sandbox.setFaults([{ kind: 'goAway', record: true, ids: ['a'] }]);
	expect(await send('a')).toEqual({ text: '', reset: NGHTTP2_CANCEL });
	expect(goAways[0]).toEqual({ code: 0, lastStreamId: 1 });
	expect(ids()).toEqual(['a']);
});

it.each(['resetBefore', 'resetAfter'] as const)('%s ends the connection', async (kind) => {
	setup.sandbox.setFaults([{ kind, next: 1 }]);
	const closed = new Promise((resolve) => client.once('close', resolve));
	expect((await send('a')).status).toBeUndefined();
	await closed;
	expect(ids()).toEqual(kind === 'resetAfter' ? ['a'] : []);
});

it('truncate ends the stream within the body', async () => {
	setup.sandbox.setFaults([{ kind: 'truncate' }]);
	expect(await send('a')).toEqual({
		status: 200,
		text: '{"statu',
		reset: NGHTTP2_INTERNAL_ERROR,
	});
	expect(ids()).toEqual(['a']);
});

it('over HTTP/1.1 the faults of HTTP/2 meet nobody, and wait', async () => {
	setup.sandbox.setFaults([{ kind: 'refuseStream', next: 1 }]);
	const reply = await fetch(`${setup.sandbox.url}${JUSTTRACK}?${query({ transactionid: 'a' })}`);
	expect(reply.status).toBe(200);
	expect(await send('b')).toEqual({ text: '', reset: NGHTTP2_REFUSED_STREAM });
});
