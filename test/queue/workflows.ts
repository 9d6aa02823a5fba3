/** Workflows of the cluster: a webhook each, with the node under test and its two credentials. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { outputItems } from '../../scripts/n8n/outputItems';
import type { CredentialReference, Execution } from '../../scripts/n8n/types';
import { packageName } from '../../scripts/package/project';
import { names, webhookWorkflow } from '../n8n/workflow';
import { nameOf, type Subject } from '../providers';
import { RECORD_DATABASE, type Cluster } from './cluster';

export interface Credentials {
	readonly own: CredentialReference;
	readonly record: CredentialReference;
}

export async function createCredentials(
	{ n8n, sandbox, record }: Cluster,
	{ provider, credential }: Subject,
): Promise<Credentials> {
	const { name, displayName } = provider.credential;
	const own = credential(sandbox.url) as Parameters<Cluster['n8n']['createCredential']>[2];
	return {
		own: await n8n.createCredential(name, displayName, own),
		record: await n8n.createCredential('postgres', 'Record', {
			host: record.host,
			port: record.port,
			database: RECORD_DATABASE,
			user: record.user,
			password: record.password,
			ssl: 'disable',
		}),
	};
}

/** What a webhook starts, and what became of it. */
export class Relay {
	private constructor(
		private readonly cluster: Cluster,
		readonly workflow: string,
		readonly path: string,
	) {}

	/** @param parameters of the node under test, beside the record */
	static async publish(
		cluster: Cluster,
		subject: Subject,
		{ own, record }: Credentials,
		parameters: INodeParameters & { operation: string },
	): Promise<Relay> {
		const path = `${nameOf(subject)}-${parameters.operation}-${count++}`;
		const workflow = webhookWorkflow({
			path,
			type: `${packageName}.${subject.provider.name}`,
			credential: own,
			parameters: { deliveryRecord: 'postgres', ...parameters },
			settings: { onError: 'continueErrorOutput' },
		});
		for (const node of workflow.nodes) {
			if (node.name !== names.relay) continue;
			node.credentials = { ...node.credentials, [record.type]: record };
		}
		const id = await cluster.n8n.createWorkflow(workflow);
		await cluster.n8n.activateWorkflow(id);
		return new Relay(cluster, id, path);
	}

	/** Begins an execution with an item for each, and gives its ID. */
	async begin(events: readonly IDataObject[] = [{}]): Promise<string> {
		const { n8n } = this.cluster;
		const before = new Set(await n8n.executionIds(this.workflow));
		await n8n.postToWebhook(this.path, { events });
		const added = (await n8n.executionIds(this.workflow)).filter((id) => !before.has(id));
		if (added[0] === undefined) throw new Error(`${this.path} began no execution`);
		return added[0];
	}

	/** The same, to its end. */
	async run(events: readonly IDataObject[] = [{}]): Promise<Execution> {
		return await this.cluster.n8n.waitForExecution(await this.begin(events));
	}
}

let count = 1;

/** What the node under test gave, on both of its branches. */
export function resultsOf(
	execution: Execution,
): { id?: string; outcome: string; error?: string }[] {
	return [0, 1].flatMap((branch) =>
		outputItems(execution, names.relay, branch).map(({ json }) => {
			const { id, outcome } = { ...json, ...(json.details as IDataObject | undefined) };
			return {
				outcome: typeof outcome === 'string' ? outcome : 'nothing',
				...(typeof id === 'string' && { id }),
				...(typeof json.error === 'string' && { error: json.error }),
			};
		}),
	);
}

export function countsOf(results: readonly { outcome: string }[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { outcome } of results) counts[outcome] = (counts[outcome] ?? 0) + 1;
	return counts;
}
