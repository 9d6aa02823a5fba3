import type { IAuthenticateGeneric, Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

import { addressProperties } from './address';

export class MyTrackerApi implements ICredentialType {
	name = 'myTrackerApi';

	displayName = 'myTracker API';

	icon: Icon = { light: 'file:../icons/myTracker.svg', dark: 'file:../icons/myTracker.dark.svg' };

	documentationUrl =
		'https://github.com/revenue-relay/n8n-nodes-revenue-relay/blob/main/docs/mytracker.md#credential';

	properties: INodeProperties[] = [
		{
			displayName: 'Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'The S2S API token of your myTracker account. It travels in the Authorization header.',
		},
		{
			displayName: 'Test App ID',
			name: 'testAppId',
			type: 'string',
			default: '',
			placeholder: 'e.g. 666',
			description:
				'The ID of one of your apps. Only the test of this credential uses it: with it, the test asks myTracker whether the token is valid for that app, and writes nothing; without it, the test cannot check the token and says so.',
		},
		...addressProperties({
			baseUrl: 'https://tracker-s2s.my.com',
			sandboxPath: '/myTracker',
		}),
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '={{$credentials.token}}' } },
	};
}
