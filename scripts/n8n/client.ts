import { parse } from 'flatted';
import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	INodeTypeDescription,
	IRunExecutionData,
} from 'n8n-workflow';

import type { CredentialReference, CredentialTest, Execution, WorkflowInput } from './types';
import { until } from './until';

const WEBHOOK_TIMEOUT_MS = 20_000;
const EXECUTION_TIMEOUT_MS = 60_000;

interface StoredExecution extends Omit<Execution, 'data' | 'raw'> {
	data: string;
}

interface ExecutionList {
	results: Pick<Execution, 'id' | 'status'>[];
	nextCursor: string | null;
}

export function goesOn({ status }: Pick<Execution, 'status'>): boolean {
	return ['new', 'running', 'waiting', 'unknown'].includes(status);
}

/** n8n has answered with an error. */
export class RestError extends Error {
	constructor(
		readonly status: number,
		request: string,
		body: string,
	) {
		super(`n8n answered ${request} with ${String(status)}: ${body.slice(0, 2000)}`);
	}
}

/** Drives an n8n through the REST interface that its editor uses. */
export class N8nClient {
	readonly owner = { email: 'owner@example.com', password: 'Relay-Owner-1' };

	private cookie = '';

	constructor(readonly url: string) {}

	async isReady(): Promise<boolean> {
		try {
			return (await fetch(`${this.url}/healthz/readiness`)).ok;
		} catch {
			return false;
		}
	}

	/** Logs in as well: n8n answers with the new owner's cookie. */
	async createOwner(): Promise<void> {
		await this.rest('POST', '/rest/owner/setup', {
			...this.owner,
			firstName: 'Revenue',
			lastName: 'Relay',
		});
	}

	/** As the owner that `createOwner` made. */
	async login(): Promise<void> {
		const { email, password } = this.owner;
		await this.rest('POST', '/rest/login', { emailOrLdapLoginId: email, password });
	}

	async nodeTypes(): Promise<INodeTypeDescription[]> {
		const response = await this.fetch('GET', '/types/nodes.json');
		return JSON.parse(response) as INodeTypeDescription[];
	}

	async credentialTypes(): Promise<ICredentialType[]> {
		const response = await this.fetch('GET', '/types/credentials.json');
		return JSON.parse(response) as ICredentialType[];
	}

	async createCredential(
		type: string,
		name: string,
		data: ICredentialDataDecryptedObject,
	): Promise<CredentialReference> {
		const { id } = await this.rest<CredentialReference>('POST', '/rest/credentials', {
			type,
			name,
			data,
		});
		return { id, name, type };
	}

	/** What the editor does when a saved credential is opened: sends its fields back, the secret ones masked by n8n. */
	async testCredential(credential: CredentialReference): Promise<CredentialTest> {
		const { data } = await this.rest<{ data: ICredentialDataDecryptedObject }>(
			'GET',
			`/rest/credentials/${credential.id}?includeData=true`,
		);
		return await this.rest('POST', '/rest/credentials/test', {
			credentials: { ...credential, data },
		});
	}

	async createWorkflow(workflow: WorkflowInput): Promise<string> {
		const { id } = await this.rest<{ id: string }>('POST', '/rest/workflows', workflow);
		return id;
	}

	/** What the editor's saving does. */
	async changeWorkflow(workflowId: string, change: Partial<WorkflowInput>): Promise<void> {
		await this.rest('PATCH', `/rest/workflows/${workflowId}`, change);
	}

	/** What the editor's Publish does: from then on the workflow's triggers and webhooks work. */
	async activateWorkflow(workflowId: string): Promise<void> {
		const path = `/rest/workflows/${workflowId}`;
		const { versionId } = await this.rest<{ versionId: string }>('GET', path);
		await this.rest('POST', `${path}/activate`, { versionId });
	}

	/**
	 * Calls the production webhook of an active workflow, which n8n opens a moment after the
	 * activation. Returns what the webhook answers.
	 */
	async postToWebhook(path: string, body: object): Promise<string> {
		return await until(`the webhook ${path}`, WEBHOOK_TIMEOUT_MS, async () => {
			try {
				return await this.fetch('POST', `/webhook/${path}`, body);
			} catch (error) {
				if (error instanceof RestError && error.status === 404) return undefined;
				throw error;
			}
		});
	}

	/** What the editor's button does: runs from the trigger, pinned data included. Returns the execution's id. */
	async runWorkflow(workflowId: string, trigger: string): Promise<string> {
		const result = await this.rest<{ executionId?: string }>(
			'POST',
			`/rest/workflows/${workflowId}/run`,
			{ triggerToStartFrom: { name: trigger } },
		);
		if (result.executionId === undefined) {
			throw new Error(`The workflow did not start: ${JSON.stringify(result)}`);
		}
		return result.executionId;
	}

	async stopExecution(executionId: string): Promise<void> {
		await this.rest('POST', `/rest/executions/${executionId}/stop`);
	}

	/**
	 * What the Retry button does, with the workflow as it was or as it is saved now. Resolves when the
	 * new execution has ended, with its id.
	 */
	async retryExecution(executionId: string, workflow: 'original' | 'changed'): Promise<string> {
		const { id } = await this.rest<{ id: string }>(
			'POST',
			`/rest/executions/${executionId}/retry`,
			{ loadWorkflow: workflow === 'changed' },
		);
		return id;
	}

	/** All that n8n has kept, of one workflow or of all, stopped and running ones included. */
	async executionIds(workflowId?: string): Promise<string[]> {
		return (await this.executions(workflowId)).map(({ id }) => id);
	}

	/** The same, the newest first. */
	async executions(workflowId?: string): Promise<ExecutionList['results']> {
		const all: ExecutionList['results'] = [];
		const filter =
			workflowId === undefined
				? ''
				: `&filter=${encodeURIComponent(JSON.stringify({ workflowId }))}`;
		let page = '';
		for (;;) {
			const { results, nextCursor } = await this.rest<ExecutionList>(
				'GET',
				`/rest/executions?limit=100${filter}${page}`,
			);
			all.push(...results);
			if (nextCursor === null) return all;
			page = `&cursor=${encodeURIComponent(nextCursor)}`;
		}
	}

	async execution(executionId: string): Promise<Execution> {
		const { data, ...rest } = await this.rest<StoredExecution>(
			'GET',
			`/rest/executions/${executionId}`,
		);
		return { ...rest, data: parse(data) as IRunExecutionData, raw: data };
	}

	async waitForExecution(
		executionId: string,
		timeoutMs = EXECUTION_TIMEOUT_MS,
	): Promise<Execution> {
		return await until(`execution ${executionId} to end`, timeoutMs, async () => {
			const execution = await this.execution(executionId);
			return goesOn(execution) ? undefined : execution;
		});
	}

	private async rest<T>(method: string, path: string, body?: object): Promise<T> {
		const text = await this.fetch(method, path, body);
		return (JSON.parse(text) as { data: T }).data;
	}

	private async fetch(method: string, path: string, body?: object): Promise<string> {
		const response = await fetch(this.url + path, {
			method,
			headers: {
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
				...(this.cookie === '' ? {} : { cookie: this.cookie }),
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		const text = await response.text();
		if (!response.ok) throw new RestError(response.status, `${method} ${path}`, text);
		for (const cookie of response.headers.getSetCookie()) {
			if (cookie.startsWith('n8n-auth=')) this.cookie = cookie.split(';')[0] ?? '';
		}
		return text;
	}
}
