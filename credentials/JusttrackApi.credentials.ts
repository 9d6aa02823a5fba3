import type { IAuthenticateGeneric, Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

export class JusttrackApi implements ICredentialType {
	name = 'justtrackApi';

	// eslint-disable-next-line n8n-nodes-base/cred-class-field-display-name-miscased -- the vendor spells its name in lower case
	displayName = 'justtrack API';

	icon: Icon = { light: 'file:../icons/justtrack.svg', dark: 'file:../icons/justtrack.dark.svg' };

	documentationUrl =
		'https://github.com/revenue-relay/n8n-nodes-revenue-relay#set-up-the-credential';

	properties: INodeProperties[] = [
		{
			displayName:
				'The test checks the shape of the key and that the host answers. justtrack has no way to check a key without recording revenue: only an accepted event proves it.',
			name: 'testNotice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description: 'The API key of your justtrack account. It travels as apikey in the query.',
		},
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			required: true,
			default: 'https://sink.justtrack.io',
			description:
				'Where events are sent. Change it only to try workflows against the sandbox on this machine.',
		},
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { qs: { apikey: '={{$credentials.apiKey}}' } },
	};
}
