import type { Reply } from '../../transport/model/answer';
import {
	describeReply,
	judgeBrokenOff,
	judgeNoReply,
	judgeStatus,
	judgeUnreadable,
} from '../../transport/judging/status';
import { parseBody, parseMembers } from '../../transport/judging/body';
import { retryAfter } from '../../transport/judging/retryAfter';

const reply = (status: number, body = '', headers: Reply['headers'] = {}): Reply => ({
	kind: 'reply',
	status,
	headers,
	body,
	truncated: false,
});

describe('judgeStatus', () => {
	it.each([200, 201, 202, 204, 299])('%d is delivered', (status) => {
		expect(judgeStatus(reply(status, 'any body'))).toEqual({ kind: 'delivered' });
	});

	it.each([300, 303, 304, 305, 399])(
		'%d does not say that the request was not served: it is unclear',
		(status) => {
			expect(judgeStatus(reply(status, 'moved', { location: 'https://elsewhere' }))).toEqual({
				kind: 'unclear',
				reason: `answered ${String(status)}, a redirect, which is never followed`,
			});
		},
	);

	it.each([301, 302, 307, 308])(
		'%d says that the request is served elsewhere: refused for good, in a sentence that names the status',
		(status) => {
			expect(judgeStatus(reply(status, 'moved', { location: 'https://elsewhere' }))).toEqual({
				kind: 'rejected',
				reason: `answered ${String(status)}, a redirect, which is never followed`,
				advice: 'Check the Base URL.',
			});
		},
	);

	it.each([
		[400, 'rejected'],
		[401, 'unauthorized'],
		[402, 'rejected'],
		[403, 'unauthorized'],
		[404, 'rejected'],
		[405, 'rejected'],
		[408, 'notTaken'],
		[409, 'rejected'],
		[410, 'rejected'],
		[413, 'rejected'],
		[422, 'rejected'],
		[429, 'throttled'],
		[451, 'rejected'],
		[499, 'rejected'],
		[500, 'unclear'],
		[502, 'unclear'],
		[503, 'unclear'],
		[504, 'unclear'],
		[599, 'unclear'],
	])('%d is %s', (status, kind) => {
		expect(judgeStatus(reply(status, 'why'))).toEqual({
			kind,
			reason: `answered ${status}: why`,
			// a wrong path, not a wrong event
			...([404, 405].includes(status) && { advice: 'Check the Base URL.' }),
			// which a firewall may say of the event
			...(kind === 'unauthorized' && { isByStatusAlone: true }),
		});
	});
});

describe('judgeNoReply', () => {
	it.each([
		[false, false, 'notTaken'],
		[false, true, 'notTaken'],
		[true, false, 'unclear'],
		[true, true, 'unclear'],
	])('sent: %p, timed out: %p is %s', (sent, timedOut, kind) => {
		expect(judgeNoReply({ kind: 'noReply', sent, timedOut, reason: 'why' })).toEqual({
			kind,
			reason: 'why',
		});
	});
});

describe('describeReply', () => {
	it.each(['', ' \n'])('a blank body %p is not quoted', (body) => {
		expect(describeReply(reply(400, body))).toBe('answered 400');
	});

	it('quotes the first 200 characters of the trimmed body', () => {
		expect(describeReply(reply(400, ` ${'a'.repeat(200)}b`))).toBe(
			`answered 400: ${'a'.repeat(200)}…`,
		);
	});

	it('cuts no character in two', () => {
		const excerpt = describeReply(reply(400, `${'x'.repeat(199)}🦄`));
		expect(excerpt.isWellFormed()).toBe(true);
	});
});

describe('retryAfter', () => {
	const now = Date.UTC(2026, 0, 31, 12);

	it.each([
		['seconds', '120', 120_000],
		['zero seconds', '0', 0],
		['blanks around', ' 5 ', 5_000],
		['an HTTP date', 'Sat, 31 Jan 2026 12:00:30 GMT', 30_000],
		['a past date', 'Sat, 31 Jan 2026 11:00:00 GMT', 0],
		['the first of several', ['7', '9'], 7_000],
	])('%s is obeyed: %p', (_, given, wait) => {
		expect(retryAfter(reply(429, '', { 'retry-after': given }), now)).toBe(wait);
	});

	it.each([
		[undefined],
		[''],
		[' '],
		[[]],
		['soon'],
		['120s'],
		['1e3'],
		['-5'],
		['1.5'],
		['49.5'],
		['retry in 2099'],
	])('%p asks for nothing', (given) => {
		expect(retryAfter(reply(429, '', { 'retry-after': given }), now)).toBeUndefined();
	});

	it('measures a date from this moment', () => {
		jest.useFakeTimers({ now });
		try {
			const headers = { 'retry-after': new Date(now + 4_000).toUTCString() };
			expect(retryAfter(reply(503, '', headers))).toBe(4_000);
		} finally {
			jest.useRealTimers();
		}
	});
});

describe('parseBody', () => {
	it.each([
		['JSON', '{"ok":true,"list":[1]}', { ok: true, list: [1] }],
		['JSON after a byte order mark', '\uFEFF{"ok":true}', { ok: true }],
		['a byte order mark alone', '\uFEFF', undefined],
		['a JSON scalar', ' 12 ', 12],
		['JSON null', 'null', null],
		['text', 'OK', 'OK'],
		['broken JSON', '{"ok":', '{"ok":'],
		['nothing', '', undefined],
		['blanks', ' \n', undefined],
	])('%s is read as it is meant', (_, body, parsed) => {
		expect(parseBody(reply(200, body))).toEqual(parsed);
	});
});

describe('parseMembers', () => {
	it.each([
		['a JSON object', ' {"status":"ok","list":[1]}\n', { status: 'ok', list: [1] }],
		['an empty one', '{}', {}],
		['a list', '[{"status":"ok"}]', {}],
		['a scalar', '"ok"', {}],
		['null', 'null', {}],
		['text', 'OK', {}],
		['broken JSON', '{"status":"ok"', {}],
		['nothing', '', {}],
		['an object too deep to read', `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`, {}],
	])('of %s', (_, body, members) => {
		expect(parseMembers(reply(200, body))).toEqual(members);
	});
});

describe('judgeUnreadable', () => {
	it.each(['', ' \r\n'])('says of an empty answer that it was empty: %j', (body) => {
		expect(judgeUnreadable(reply(200, body), 'Nobody')).toMatchObject({
			kind: 'unclear',
			reason: 'answered 200 with an empty body',
		});
	});

	it('quotes any other', () => {
		expect(judgeUnreadable(reply(200, 'OK'), 'Nobody').reason).toBe('answered 200: OK');
	});
});

describe('judgeBrokenOff', () => {
	it.each([200, 400, 500])('leaves it unclear, whatever the status says: %d', (status) => {
		expect(judgeBrokenOff({ ...reply(status, '{"sta'), truncated: true })).toEqual({
			kind: 'unclear',
			reason: `answered ${String(status)}: {"sta (its answer broke off)`,
		});
	});
});
