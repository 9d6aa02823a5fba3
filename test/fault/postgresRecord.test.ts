/** The same promises with the record in PostgreSQL, as far as they depend on where it is. */
import type { IDataObject } from 'n8n-workflow';

import { subjects } from '../providers';
import { startPostgres, type Postgres } from '../support/postgres';
import { outcomesOf, prepare, useSandbox } from '../support/sandboxRun';

let server: Postgres;
beforeAll(async () => {
	server = await startPostgres(['-c', 'fsync=off']);
}, 60_000);
afterAll(async () => {
	await server.close();
});

const sandbox = useSandbox();
const parameters = { deliveryRecord: 'postgres' };
/** The credential of the record. */
const postgresOf = (own: IDataObject = {}): IDataObject => {
	const { host, port, database, user, password } = server;
	return { host, port, database, user, password, ssl: 'disable', maxConnections: 5, ...own };
};

const said = ({ items, hints }: Awaited<ReturnType<ReturnType<typeof prepare>['run']>>) =>
	JSON.stringify([items, hints]);

describe.each(subjects.map((subject) => [subject.provider.name, subject.operation, subject]))(
	'%s %s',
	(_name, _operation, subject) => {
		const runWith = (numbers: readonly number[], postgres?: IDataObject) =>
			prepare(
				subject,
				sandbox().url,
				numbers.map((number) => subject.item(number)),
				{ parameters, postgres },
			).run();

		it('what one execution delivered, the next does not send', async () => {
			expect(outcomesOf(await runWith([1, 2], postgresOf()))).toEqual(['delivered', 'delivered']);
			const next = await runWith([1, 2, 3], postgresOf());
			expect(outcomesOf(next)).toEqual(['duplicate', 'duplicate', 'delivered']);
			expect(sandbox().report().events).toHaveLength(3);
		});

		it('where the record cannot be used, nothing is sent, and it says what is missing without the password', async () => {
			const unreached = await runWith([7], postgresOf({ password: 'open-sesame-4711' }));
			expect(outcomesOf(unreached)).toEqual(['failed']);
			expect(said(unreached)).toContain('refuses the Postgres credential');
			expect(said(unreached)).not.toContain('open-sesame-4711');
			const unchosen = await runWith([7]);
			expect(outcomesOf(unchosen)).toEqual(['failed']);
			expect(said(unchosen)).toContain('choose one in the node');
			expect(sandbox().report().events).toEqual([]);
		});
	},
);
