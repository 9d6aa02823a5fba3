import type { IAuthenticateGeneric, Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

import { addressProperties } from './address';

export class JusttrackApi implements ICredentialType {
	name = 'justtrackApi';

	// eslint-disable-next-line n8n-nodes-base/cred-class-field-display-name-miscased -- the vendor spells its name in lower case
	displayName = 'justtrack API';

	icon: Icon = { light: 'file:../icons/justtrack.svg', dark: 'file:../icons/justtrack.dark.svg' };

	documentationUrl =
		'https://github.com/revenue-relay/n8n-nodes-revenue-relay/blob/main/docs/justtrack.md#credential';

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
		...addressProperties({
			baseUrl: 'https://sink.justtrack.io',
			sandboxPath: '/justtrack',
		}),
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { qs: { apikey: '={{$credentials.apiKey}}' } },
	};
}
