import type { Answer, Reply } from '../model/answer';
import type { HttpRequest } from '../model/request';
import { onAbort } from '../signals/onAbort';
import type { Dispatcher } from '../vendor/undici';
import type { Sender } from './dispatcher';
import { explain } from './networkErrors';
import { NotTaken } from './notTaken';

const MAX_BODY_BYTES = 64 * 1024;

/**
 * Sends one request and waits for its whole answer. Follows no redirect. Never throws.
 *
 * @param timeout milliseconds, from the call to the end of the body
 * @param cutOff ends the request early: what came of it until then is the answer
 */
export function exchange(
	dispatcher: Pick<Sender, 'dispatch'>,
	request: HttpRequest,
	timeout: number,
	cutOff?: AbortSignal,
): Promise<Answer> {
	return new Promise((resolve) => {
		let controller: Dispatcher.DispatchController | undefined;
		let head: Pick<Reply, 'status' | 'headers'> | undefined;
		let settled = false;
		const chunks: Buffer[] = [];
		let bytes = 0;
		let forgetCutOff: () => void = () => undefined;

		const settle = (result: Answer) => {
			if (settled) return;
			settled = true;
			clearTimeout(timer);
			forgetCutOff();
			// undici frees the connection one turn of the event loop after the answer: told any
			// sooner, the next request would open a connection of its own
			queueMicrotask(() => setImmediate(resolve, result));
		};
		const settleWithReply = (truncated: boolean) => {
			if (head)
				settle({ kind: 'reply', ...head, body: Buffer.concat(chunks).toString('utf8'), truncated });
		};
		const settleWithout = (reason: string, timedOut: boolean, wasTaken = true) => {
			const sent = controller !== undefined && wasTaken;
			settle({ kind: 'noReply', sent, timedOut, reason });
		};

		const giveUp = (reason: string, timedOut: boolean) => {
			settleWithReply(true);
			settleWithout(reason, timedOut);
			controller?.abort(new Error('given up'));
		};
		const timer = setTimeout(() => {
			giveUp(`gave no answer within ${timeout} ms`, true);
		}, timeout);
		const onCutOff = () => {
			giveUp('gave no answer before the execution was stopped', false);
		};
		if (cutOff?.aborted) {
			onCutOff();
			return;
		}
		if (cutOff) forgetCutOff = onAbort(cutOff, onCutOff);

		try {
			dispatcher.dispatch(
				{ ...request },
				{
					onRequestStart(started) {
						// given up while waiting for a connection: not a byte goes out
						if (settled) started.abort(new Error('given up'));
						else controller = started;
					},
					onResponseStart(_, status, headers) {
						// 1xx only announces the answer
						if (status >= 200) head = { status, headers };
					},
					onResponseData(_, chunk) {
						if (bytes < MAX_BODY_BYTES) chunks.push(chunk.subarray(0, MAX_BODY_BYTES - bytes));
						bytes += chunk.length;
					},
					onResponseEnd() {
						settleWithReply(bytes > MAX_BODY_BYTES);
					},
					onResponseError(_, error) {
						settleWithReply(true);
						settleWithout(explain(error), false, !(error instanceof NotTaken));
					},
				},
			);
		} catch (error) {
			settleWithout(explain(error), false);
		}
	});
}
