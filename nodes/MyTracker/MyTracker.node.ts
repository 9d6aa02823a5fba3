import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from 'n8n-workflow';

import { subtitleOf } from '../../transport/declaration/subtitle';
import { credentialTestFor, executeFor } from '../../transport/node';
import { properties } from './properties';

const loadProvider = async () => (await import('./provider')).myTracker;

export class MyTracker implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'myTracker',
		name: 'myTracker',
		icon: { light: 'file:../../icons/myTracker.svg', dark: 'file:../../icons/myTracker.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: subtitleOf(properties),
		description:
			'Send registrations, logins, events and payments to myTracker, each delivered once or accounted for',
		defaults: { name: 'myTracker' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'myTrackerApi', required: true, testedBy: 'myTrackerApiTest' },
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

	methods = { credentialTest: { myTrackerApiTest: credentialTestFor(loadProvider) } };

	execute = executeFor(loadProvider);
}
