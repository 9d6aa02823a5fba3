import type { IAuthenticateGeneric, Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

import { addressProperties } from './address';

export class SingularApi implements ICredentialType {
	name = 'singularApi';

	displayName = 'Singular API';

	icon: Icon = { light: 'file:../icons/singular.svg', dark: 'file:../icons/singular.dark.svg' };

	documentationUrl =
		'https://github.com/revenue-relay/n8n-nodes-revenue-relay/blob/main/docs/singular.md#credential';

	properties: INodeProperties[] = [
		{
			displayName:
				'Enter the SDK key, not the reporting API key: Singular refuses what comes with the reporting key. The test checks the shape of the key and that the host answers; only an accepted event proves the key.',
			name: 'testNotice',
			type: 'notice',
			default: '',
		},
		// eslint-disable-next-line @n8n/community-nodes/credential-unnecessary-password -- whoever has the SDK key can send revenue in its name
		{
			displayName: 'SDK Key',
			name: 'sdkKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'The SDK key from the Singular dashboard, under Developer Tools. It travels as a in the query.',
		},
		...addressProperties({
			baseUrl: 'https://s2s.singular.net',
			sandboxPath: '/singular',
		}),
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { qs: { a: '={{$credentials.sdkKey}}' } },
	};
}
