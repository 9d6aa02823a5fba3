import {
	NodeConnectionTypes,
	type ICredentialsDecrypted,
	type ICredentialTestFunctions,
	type IExecuteFunctions,
	type INodeCredentialTestResult,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { properties } from './properties';

export class Justtrack implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'justtrack',
		name: 'justtrack',
		icon: { light: 'file:../../icons/justtrack.svg', dark: 'file:../../icons/justtrack.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: 'Send revenue event',
		description: 'Send revenue events to justtrack, each delivered once or accounted for',
		defaults: { name: 'justtrack' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'justtrackApi', required: true, testedBy: 'justtrackApiTest' }],
		requestDefaults: { baseURL: '={{ $credentials.baseUrl }}' },
		properties,
	};

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
