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
				{ data = {} }: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				const { doesHostAnswer, testCredential } = await import('../../transport/credentialTest');
				const { justtrack } = await import('./provider');
				const question = doesHostAnswer(
					'The key has the right shape; only an accepted event proves it.',
				);
				return await testCredential(this, justtrack.credential, data, question);
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
