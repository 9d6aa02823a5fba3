import type { IAuthenticateGeneric, Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

import { addressProperties } from './address';

export class TwentyFourMetricsApi implements ICredentialType {
	name = 'twentyFourMetricsApi';

	displayName = '24metrics API';

	icon: Icon = {
		light: 'file:../icons/twentyFourMetrics.svg',
		dark: 'file:../icons/twentyFourMetrics.dark.svg',
	};

	documentationUrl =
		'https://github.com/revenue-relay/n8n-nodes-revenue-relay/blob/main/docs/24metrics.md#credential';

	properties: INodeProperties[] = [
		{
			displayName:
				'The test checks the shape of the ID and that the host answers. 24metrics has no way to check an ID without recording an event: only an accepted event proves it.',
			name: 'testNotice',
			type: 'notice',
			default: '',
		},
		// eslint-disable-next-line @n8n/community-nodes/credential-unnecessary-password -- the ID is all that identifies an account
		{
			displayName: 'Integration ID',
			name: 'integrationId',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'The first part of the URLs that 24metrics shows for your API integration, before .clicks, .postbacks or .imp. It is all that identifies you, so it is kept like a key.',
		},
		...addressProperties({
			baseUrl: 'https://{integrationId}.{endpoint}.24metrics.com',
			sandboxPath: '/24metrics/{integrationId}/{endpoint}',
			placeholders:
				'{integrationId} stands for the Integration ID, {endpoint} for clicks, postbacks or imp.',
		}),
	];

	authenticate: IAuthenticateGeneric = {
		type: 'generic',
		// the ID is a part of the host name, which the Base URL has a placeholder for
		properties: {},
	};
}
