/** What the end-to-end tests of all providers share: one n8n with the package, one sandbox, and a node between them. */
import type { ICredentialDataDecryptedObject, IDataObject, INodeParameters } from 'n8n-workflow';

import { startSandbox, type Sandbox } from '../../sandbox';
import { outputItems } from '../../scripts/n8n/outputItems';
import { startN8n, type N8n } from '../../scripts/n8n/start';
import type {
	CredentialReference,
	CredentialTest,
	Execution,
	WorkflowInput,
} from '../../scripts/n8n/types';
import { Arrivals } from '../support/arrivals';
import { findSecrets, SECRET } from './secret';
import { names, relayWorkflow, type RelayWorkflow } from './workflow';

export const packagePrefix = 'n8n-nodes-revenue-relay.';

/** There from `start` on. */
export let n8n: N8n;
export let sandbox: Sandbox;
/** What arrives at the sandbox, from the start on. */
export const arrivals = new Arrivals();

export async function start(): Promise<void> {
	sandbox = await startSandbox({ onArrival: arrivals.add });
	n8n = await startN8n({ withPackage: true, logLevel: 'debug' });
}

/** Kills n8n, and starts it again with all that it had. */
export async function restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
	await n8n.kill(signal);
	n8n = await startN8n({ userFolder: n8n.userFolder, logLevel: 'debug' });
}

export async function stop(): Promise<void> {
	// Either may be missing, when starting it failed.
	await (n8n as N8n | undefined)?.stop();
	await (sandbox as Sandbox | undefined)?.close();
}

interface NodeUnderTest {
	/** The node's name, and the sandbox's name for its provider. */
	name: string;
	credentialType: string;
	/** The credential's field that holds the secret. */
	secretField: string;
	/** What the secret is, where it cannot be `SECRET`. */
	secret?: string;
	/** For runs that bring none of their own. */
	parameters: INodeParameters;
}

type Run = Partial<RelayWorkflow> & Pick<RelayWorkflow, 'items'>;

/** A provider's node, with a credential for the sandbox. */
export class Relay {
	private usual?: CredentialReference;

	constructor(private readonly node: NodeUnderTest) {}

	/** The credential of runs that bring none of their own. */
	async credential(): Promise<CredentialReference> {
		return (this.usual ??= await this.createCredential());
	}

	async createCredential(
		values: ICredentialDataDecryptedObject = {},
	): Promise<CredentialReference> {
		const { name, credentialType, secretField, secret = SECRET } = this.node;
		return await n8n.createCredential(credentialType, name, {
			[secretField]: secret,
			useSandbox: true,
			sandboxUrl: sandbox.url,
			...values,
		});
	}

	/** What n8n says of a credential with these values. It never quotes the secret. */
	async testCredential(values?: ICredentialDataDecryptedObject): Promise<CredentialTest> {
		const result = await n8n.testCredential(await this.createCredential(values));
		expect(findSecrets(result.message)).toEqual([]);
		return result;
	}

	/** Gives the execution's id. */
	async start(run: Run): Promise<string> {
		const workflow = await this.workflow(run);
		return await n8n.runWorkflow(await n8n.createWorkflow(workflow), names.trigger);
	}

	async workflow(run: Run): Promise<WorkflowInput> {
		const { parameters = this.node.parameters } = run;
		return relayWorkflow({
			type: packagePrefix + this.node.name,
			...run,
			// tests send the same events again and again; those of the record say so
			parameters: { deliveryRecord: 'off', ...parameters },
			credential: run.credential === undefined ? await this.credential() : run.credential,
		});
	}

	async execute(run: Run): Promise<Execution> {
		return await n8n.waitForExecution(await this.start(run));
	}
}

export function jsons(execution: Execution, node: string, output = 0): IDataObject[] {
	return outputItems(execution, node, output).map(({ json }) => json);
}

export function outcomes(items: IDataObject[]): unknown[] {
	return items.map(({ outcome, details }) => outcome ?? (details as IDataObject).outcome);
}

export function hints(execution: Execution): string {
	const runs = execution.data.resultData.runData[names.relay] ?? [];
	return runs
		.flatMap((run) => run.hints ?? [])
		.map(({ message }) => message)
		.join('\n');
}

/** The ids of the events that the sandbox holds, sorted. */
export function sandboxIds(): (string | undefined)[] {
	return sandbox
		.report()
		.events.map(({ id }) => id)
		.sort();
}

/** How often the sandbox got an event again that it held already. */
export function repeats(): number {
	return sandbox.report().events.reduce((all, event) => all + event.repeats, 0);
}
