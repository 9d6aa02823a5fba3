import { constants } from 'node:http2';
import type { Socket } from 'node:net';

import type { FastifyReply } from 'fastify';
import { type LastStreams, streamOf } from './connections';
import type { Fault } from './faults';
import type { Answer } from './providers/provider';

/** A fault that shows in the answer: all but `delay`, which only puts the answer off. */
export type VisibleFault = Exclude<Fault, { kind: 'delay' }>;

const GARBAGE = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x3c, 0x21]);

/** What a request came by. */
export interface Way {
	readonly socket: Socket;
	readonly lastStreams: LastStreams;
}

/** Gives the answer, or what the fault makes of it. A `refuse` fault has made its own by now. */
export function sendAnswer(
	reply: FastifyReply,
	answer: Answer,
	{ socket, lastStreams }: Way,
	fault?: VisibleFault,
): void {
	const stream = streamOf(reply.request.raw);
	switch (fault?.kind) {
		case undefined:
		case 'refuse':
			if ('reason' in answer && answer.headers !== undefined) reply.headers(answer.headers);
			reply.code(answer.status).send(answer.body);
			break;
		case 'status':
			if (fault.retryAfter !== undefined) reply.header('retry-after', fault.retryAfter);
			reply.code(fault.status).send(fault.body);
			break;
		case 'redirect':
			reply.redirect(fault.location, 302);
			break;
		case 'empty':
			reply.code(200).send();
			break;
		case 'garbage':
			reply.code(200).type('application/json').send(GARBAGE);
			break;
		case 'truncate': {
			reply.hijack();
			const text = Buffer.from(JSON.stringify(answer.body));
			reply.raw.writeHead(200, {
				'content-type': 'application/json',
				'content-length': text.length,
			});
			reply.raw.write(text.subarray(0, text.length / 2), () => {
				if (stream) stream.close(constants.NGHTTP2_INTERNAL_ERROR);
				else socket.destroy();
			});
			break;
		}
		case 'hang':
			reply.hijack();
			break;
		case 'resetBefore':
		case 'resetAfter':
			reply.hijack();
			socket.resetAndDestroy();
			break;
		case 'refuseStream':
			reply.hijack();
			stream?.close(constants.NGHTTP2_REFUSED_STREAM);
			break;
		case 'resetStream':
			reply.hijack();
			stream?.close(constants.NGHTTP2_CANCEL);
			break;
		case 'goAway':
			reply.hijack();
			if (!stream) break;
			if (fault.record) lastStreams.handle(stream);
			lastStreams.goAway(stream);
			if (fault.record) stream.close(constants.NGHTTP2_CANCEL);
			break;
	}
}

/** The status that the client sees, `-` if it sees none. */
export function statusOf(answer: Answer, fault?: VisibleFault): number | '-' {
	switch (fault?.kind) {
		case undefined:
		case 'refuse':
			return answer.status;
		case 'status':
			return fault.status;
		case 'redirect':
			return 302;
		case 'hang':
		case 'resetBefore':
		case 'resetAfter':
		case 'refuseStream':
		case 'resetStream':
		case 'goAway':
			return '-';
		default:
			return 200;
	}
}
