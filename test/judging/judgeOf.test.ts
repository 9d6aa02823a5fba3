import { judgeOf } from '../../transport/judging/judgeOf';
import { judgeStatus } from '../../transport/judging/status';
import type { Reply } from '../../transport/model/answer';

const reply = (status: number): Reply => ({
	kind: 'reply',
	status,
	headers: {},
	body: 'why',
	truncated: false,
});

describe('a request without a secret', () => {
	const judge = judgeOf({ judge: judgeStatus, isWithoutSecret: true });

	it.each([401, 403])('is not refused for the credential by a %d, but for its event', (status) => {
		expect(judge(reply(status))).toEqual({
			kind: 'broken',
			reason: `answered ${status}: why`,
			advice: expect.stringContaining('carries no key') as string,
		});
	});

	it.each([200, 302, 400, 404, 408, 429, 500])('is judged like any other by a %d', (status) => {
		expect(judge(reply(status))).toEqual(judgeStatus(reply(status)));
	});
});

it.each([undefined, false])('with a secret the provider alone judges', (isWithoutSecret) => {
	expect(judgeOf({ judge: judgeStatus, isWithoutSecret })).toBe(judgeStatus);
});
