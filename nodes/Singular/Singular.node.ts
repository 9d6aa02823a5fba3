import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { subtitleOf } from '../../transport/declaration/subtitle';
import { credentialTestFor, executeFor } from '../../transport/node';
import { properties } from './properties';

const loadProvider = async () => (await import('./provider')).singular;

export class Singular implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Singular',
		name: 'singular',
		icon: { light: 'file:../../icons/singular.svg', dark: 'file:../../icons/singular.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: subtitleOf(properties),
		description:
			'Send ad revenue, purchases, events and sessions to Singular, in order, each delivered once or accounted for',
		defaults: { name: 'Singular' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'singularApi', required: true, testedBy: 'singularApiTest' },
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

	methods = { credentialTest: { singularApiTest: credentialTestFor(loadProvider) } };

	execute = executeFor(loadProvider);
}
