import { RunRefused } from '../model/outcome';
import type { Account, Sum } from '../store/store';
import { readQueuePlace } from '../input/queueSettings';
import { openStore } from '../record/openStore';
import { messageOf } from '../text/show';
import { operationAccount, type Task } from './channel';

/**
 * What the record holds of the accounts that the node's credential stands for.
 *
 * @param operations the names of those that it serves for
 * @returns in the order of days, operations, outcomes and currencies
 * @throws {RunRefused} where there is no record, or it cannot be read
 */
export async function summarize(
	task: Omit<Task, 'operation'>,
	operations: readonly string[],
): Promise<Sum[]> {
	const { context } = task;
	const store = await openStore(context, readQueuePlace(context));
	const accounts = new Set(
		operations.map((name) => operationAccount(task, task.provider.operations[name] ?? {})),
	);
	const of = (account: string): Account => ({ provider: task.provider.name, account });
	const counting = [...accounts].map((account) => store.summarize(of(account)));
	const sums = await Promise.all(counting).catch((error: unknown) => {
		throw new RunRefused('failed', messageOf(error));
	});
	// sorted within an account already, and operations have one account each
	return sums.flat().sort((a, b) => (a.day < b.day ? -1 : Number(a.day > b.day)));
}
