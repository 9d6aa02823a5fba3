import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { subtitleOf } from '../../transport/declaration/subtitle';
import { credentialTestFor, executeFor } from '../../transport/node';
import { properties } from './properties';

const loadProvider = async () => (await import('./provider')).twentyFourMetrics;

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
		subtitle: subtitleOf(properties),
		description:
			'Send clicks, conversions and impressions to 24metrics and get its verdict, each delivered once or accounted for',
		defaults: { name: '24metrics' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'twentyFourMetricsApi', required: true, testedBy: 'twentyFourMetricsApiTest' },
			{
				name: 'postgres',
				required: true,
				displayOptions: { show: { deliveryRecord: ['postgres'] } },
			},
		],
		requestDefaults: {
			baseURL:
				'={{ ($credentials.useSandbox ? $credentials.sandboxUrl + $credentials.sandboxPath : $credentials.baseUrl).replace("{integrationId}", $credentials.integrationId).replace("{endpoint}", { click: "clicks", conversion: "postbacks", impression: "imp" }[$parameter["operation"]]) }}',
		},
		properties,
	};

	methods = { credentialTest: { twentyFourMetricsApiTest: credentialTestFor(loadProvider) } };

	execute = executeFor(loadProvider);
}
