import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	IExecuteFunctions,
	INodeCredentialTestResult,
	INodeExecutionData,
} from 'n8n-workflow';

import type { Provider } from './model/provider';

/**
 * What the class of every node has beside its description. The provider and the transport are
 * loaded by the first run, so that n8n's start does not wait for them.
 */

/** For a node's `execute`. */
export function executeFor(load: () => Promise<Provider>) {
	return async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { run } = await import('./run');
		return await run(this, await load());
	};
}

/** For a node's `methods.credentialTest`. */
export function credentialTestFor(load: () => Promise<Provider>) {
	return async function testCredential(
		this: ICredentialTestFunctions,
		{ data = {} }: ICredentialsDecrypted,
	): Promise<INodeCredentialTestResult> {
		const { testCredential: test } = await import('./credential/credentialTest');
		const { credential, credentialQuestion } = await load();
		return await test(this, credential, data, credentialQuestion(data));
	};
}
