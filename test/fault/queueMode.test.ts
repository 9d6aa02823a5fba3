/** What n8n's queue mode changes in what a run tells. */
import type { INodeParameters } from 'n8n-workflow';

import { subjectOf } from '../providers';
import { prepareRecorded, withRecordFolder } from '../support/recordFolder';
import { useSandbox } from '../support/sandboxRun';

const sandbox = useSandbox();
const subject = subjectOf('justtrack.revenueEvent');
const apart = 'do not share this delivery record: set it to PostgreSQL.';

async function hintWith(parameters: INodeParameters): Promise<string | undefined> {
	return await withRecordFolder(async (folder) => {
		const items = [subject.item(1)];
		const { hints } = await prepareRecorded(folder, subject, sandbox().url, items, {
			parameters,
		}).run();
		return hints[0]?.message;
	});
}

const ways: readonly (readonly [string, INodeParameters])[] = [
	['sends events', {}],
	['queues them', { delivery: 'queue' }],
	['sends what waits', { operation: 'sendQueued' }],
];

describe.each(ways)('a run that %s', (_way, parameters) => {
	const usual = process.env.EXECUTIONS_MODE;
	afterEach(() => {
		if (usual === undefined) delete process.env.EXECUTIONS_MODE;
		else process.env.EXECUTIONS_MODE = usual;
	});

	it('says that workers do not share a record of this instance, in queue mode alone', async () => {
		delete process.env.EXECUTIONS_MODE;
		expect(await hintWith(parameters)).not.toContain(apart);
		process.env.EXECUTIONS_MODE = 'queue';
		expect(await hintWith(parameters)).toContain(apart);
	});
});
