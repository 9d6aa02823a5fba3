import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	IExecuteFunctions,
	INodeCredentialTestResult,
	INodeExecutionData,
	INodeType,
} from 'n8n-workflow';

import { description } from './description';

export class Justtrack implements INodeType {
	description = description;

	methods = {
		credentialTest: {
			async justtrackApiTest(
				this: ICredentialTestFunctions,
				credential: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				const { testShapeAndHost } = await import('../../transport/credentialTest');
				const { justtrack } = await import('./provider');
				return await testShapeAndHost(this, justtrack.credential, credential);
			},
		},
	};

	// the transport is loaded by the first run, so that n8n's start does not wait for it
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { run } = await import('../../transport/run');
		const { justtrack } = await import('./provider');
		return await run(this, justtrack);
	}
}
