import { lookup } from 'node:dns';

import { subjects } from '../providers';
import { outcomesOf, prepare, useSandbox } from '../support/sandboxRun';

// a file of its own: the process's one dispatcher is made by its first run

const sandbox = useSandbox();

test("a run looks names up through n8n's egress policy", async () => {
	const [subject] = subjects;
	if (!subject) throw new Error('there is a provider');
	const byName = sandbox().url.replace('127.0.0.1', 'localhost');
	const { context, run } = prepare(subject, byName, [subject.item(0)]);
	const secureLookup = jest.fn(lookup);
	Object.assign(context.helpers, {
		getSecureEgressFilter: () => ({
			validateUrl: () => Promise.resolve({ ok: true }),
			createSecureLookup: () => secureLookup,
		}),
	});
	expect(outcomesOf(await run())).toEqual(['delivered']);
	expect(secureLookup).toHaveBeenCalledWith('localhost', expect.anything(), expect.anything());
});
