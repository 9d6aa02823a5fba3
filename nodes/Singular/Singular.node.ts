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

export class Singular implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Singular',
		name: 'singular',
		icon: { light: 'file:../../icons/singular.svg', dark: 'file:../../icons/singular.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] }}',
		description:
			'Send ad revenue, purchases, events and sessions to Singular, in order, each delivered once or accounted for',
		defaults: { name: 'Singular' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'singularApi', required: true, testedBy: 'singularApiTest' }],
		requestDefaults: {
			baseURL: '={{ $credentials.baseUrl }}',
		},
		properties,
	};

	methods = {
		credentialTest: {
			async singularApiTest(
				this: ICredentialTestFunctions,
				{ data = {} }: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				const { doesHostAnswer, testCredential } = await import('../../transport/credentialTest');
				const { singular } = await import('./provider');
				const question = doesHostAnswer(
					'The key has the right shape; only an accepted event proves it.',
				);
				return await testCredential(this, singular.credential, data, question);
			},
		},
	};

	// the transport is loaded by the first run, so that n8n's start does not wait for it
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { run } = await import('../../transport/run');
		const { singular } = await import('./provider');
		return await run(this, singular);
	}
}
