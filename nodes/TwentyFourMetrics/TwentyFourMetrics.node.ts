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

export class TwentyFourMetrics implements INodeType {
	description: INodeTypeDescription = {
		displayName: '24metrics',
		name: 'twentyFourMetrics',
		icon: {
			light: 'file:../../icons/twentyFourMetrics.svg',
			dark: 'file:../../icons/twentyFourMetrics.dark.svg',
		},
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] }}',
		description:
			'Send clicks, conversions and impressions to 24metrics and get its verdict, each delivered once or accounted for',
		defaults: { name: '24metrics' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'twentyFourMetricsApi', required: true, testedBy: 'twentyFourMetricsApiTest' },
		],
		requestDefaults: {
			baseURL:
				'={{ $credentials.baseUrl.replace("{integrationId}", $credentials.integrationId).replace("{endpoint}", { click: "clicks", conversion: "postbacks", impression: "imp" }[$parameter["operation"]]) }}',
		},
		properties,
	};

	methods = {
		credentialTest: {
			async twentyFourMetricsApiTest(
				this: ICredentialTestFunctions,
				{ data = {} }: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				const { doesHostAnswer, testCredential } = await import('../../transport/credentialTest');
				const { twentyFourMetrics } = await import('./provider');
				const question = {
					...doesHostAnswer('The ID has the right shape; only an accepted event proves it.'),
					// the root of the host would be a click
					path: '/robots.txt',
					baseUrlParts: { endpoint: 'clicks' },
				};
				return await testCredential(this, twentyFourMetrics.credential, data, question);
			},
		},
	};

	// the transport is loaded by the first run, so that n8n's start does not wait for it
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const { run } = await import('../../transport/run');
		const { twentyFourMetrics } = await import('./provider');
		return await run(this, twentyFourMetrics);
	}
}
