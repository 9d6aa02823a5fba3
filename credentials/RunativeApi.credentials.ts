import type { IAuthenticateGeneric, Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

import { addressProperties } from './address';

export class RunativeApi implements ICredentialType {
	name = 'runativeApi';

	displayName = 'RUNative API';

	icon: Icon = { light: 'file:../icons/runative.svg', dark: 'file:../icons/runative.dark.svg' };

	documentationUrl =
		'https://github.com/revenue-relay/n8n-nodes-revenue-relay/blob/main/docs/runative.md#credential';

	properties: INodeProperties[] = [
		{
			displayName:
				'Only leads need this credential; conversions are sent without it. The test checks the shape of the key and that the host answers; only an accepted lead proves the key.',
			name: 'testNotice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Secret Key',
			name: 'secretKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'The secret key from the RUNative client panel, page Tracking & API, section S2S tracking. It travels as key in the query.',
		},
		...addressProperties({
			baseUrl: 'https://runative-syndicate.com',
			sandboxPath: '/runative',
		}),
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		properties: { qs: { key: '={{$credentials.secretKey}}' } },
	};
}
