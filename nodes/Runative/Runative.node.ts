import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { subtitleOf } from '../../transport/declaration/subtitle';
import { credentialTestFor, executeFor } from '../../transport/node';
import { properties } from './properties';

const loadProvider = async () => (await import('./provider')).runative;

export class Runative implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'RUNative',
		name: 'runative',
		icon: { light: 'file:../../icons/runative.svg', dark: 'file:../../icons/runative.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: subtitleOf(properties),
		description: 'Send conversions and leads to RUNative, each delivered once or accounted for',
		defaults: { name: 'RUNative' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		// only a lead needs it: the transport says so where it is missing
		credentials: [
			{ name: 'runativeApi', required: false, testedBy: 'runativeApiTest' },
			{
				name: 'postgres',
				required: true,
				displayOptions: { show: { deliveryRecord: ['postgres'] } },
			},
		],
		requestDefaults: {
			baseURL:
				'={{ $credentials.useSandbox ? $credentials.sandboxUrl + $credentials.sandboxPath : $credentials.baseUrl }}',
		},
		properties,
	};

	methods = { credentialTest: { runativeApiTest: credentialTestFor(loadProvider) } };

	execute = executeFor(loadProvider);
}
