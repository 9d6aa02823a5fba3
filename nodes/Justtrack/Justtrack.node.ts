import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { subtitleOf } from '../../transport/declaration/subtitle';
import { credentialTestFor, executeFor } from '../../transport/node';
import { properties } from './properties';

const loadProvider = async () => (await import('./provider')).justtrack;

export class Justtrack implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'justtrack',
		name: 'justtrack',
		icon: { light: 'file:../../icons/justtrack.svg', dark: 'file:../../icons/justtrack.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: subtitleOf(properties),
		description: 'Send revenue events to justtrack, each delivered once or accounted for',
		defaults: { name: 'justtrack' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'justtrackApi', required: true, testedBy: 'justtrackApiTest' },
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

	methods = { credentialTest: { justtrackApiTest: credentialTestFor(loadProvider) } };

	execute = executeFor(loadProvider);
}
