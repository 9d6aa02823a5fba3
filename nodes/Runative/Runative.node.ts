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

export class Runative implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'RUNative',
		name: 'runative',
		icon: { light: 'file:../../icons/runative.svg', dark: 'file:../../icons/runative.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] }}',
		description: 'Send conversions and leads to RUNative, each delivered once or accounted for',
		defaults: { name: 'RUNative' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// only a lead needs it: the transport says so where it is missing
		credentials: [{ name: 'runativeApi', required: false, testedBy: 'runativeApiTest' }],
		requestDefaults: {
			baseURL: '={{ $credentials.baseUrl }}',
		},
		properties,
	};

	methods = {
		credentialTest: {
			async runativeApiTest(
				this: ICredentialTestFunctions,
				{ data = {} }: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				const { doesHostAnswer, testCredential } = await import('../../transport/credentialTest');
				const { runative } = await import('./provider');
				const question = doesHostAnswer(
					'The key has the right shape; only an accepted lead proves it.',
				);
				return await testCredential(this, runative.credential, data, question);
			},
		},
	};

	// the transport is loaded by the first run, so that n8n's start does not wait for it
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { run } = await import('../../transport/run');
		const { runative } = await import('./provider');
		return await run(this, runative);
	}
}
