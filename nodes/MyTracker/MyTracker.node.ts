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

export class MyTracker implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'myTracker',
		name: 'myTracker',
		icon: { light: 'file:../../icons/myTracker.svg', dark: 'file:../../icons/myTracker.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] }}',
		description:
			'Send registrations, logins, events and payments to myTracker, each delivered once or accounted for',
		defaults: { name: 'myTracker' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'myTrackerApi', required: true, testedBy: 'myTrackerApiTest' }],
		requestDefaults: { baseURL: '={{ $credentials.baseUrl }}' },
		properties,
	};

	methods = {
		credentialTest: {
			async myTrackerApiTest(
				this: ICredentialTestFunctions,
				{ data = {} }: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				const { testCredential } = await import('../../transport/credentialTest');
				const { accessQuestion } = await import('./credentialTest');
				const { myTracker } = await import('./provider');
				return await testCredential(this, myTracker.credential, data, accessQuestion(data));
			},
		},
	};

	// the transport is loaded by the first run, so that n8n's start does not wait for it
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { run } = await import('../../transport/run');
		const { myTracker } = await import('./provider');
		return await run(this, myTracker);
	}
}
