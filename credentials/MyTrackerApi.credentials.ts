import type { IAuthenticateGeneric, Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

export class MyTrackerApi implements ICredentialType {
	name = 'myTrackerApi';

	displayName = 'myTracker API';

	icon: Icon = { light: 'file:../icons/myTracker.svg', dark: 'file:../icons/myTracker.dark.svg' };

	documentationUrl =
		'https://github.com/revenue-relay/n8n-nodes-revenue-relay#set-up-the-credential';

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
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://tracker-s2s.my.com',
			description:
				'Where events are sent. Change it only to try workflows against the sandbox on this machine.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { headers: { Authorization: '={{$credentials.token}}' } },
	};
}
