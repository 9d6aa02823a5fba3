import { JusttrackApi } from '../../credentials/JusttrackApi.credentials';
import { judgeStatus } from '../../transport/judge';
import type { Provider } from '../../transport/provider';
import { amount, fields, identifier, isoTime, oneOf, text } from '../../transport/values';
import { properties } from './properties';

export const justtrack: Provider = {
	name: 'justtrack',
	displayName: 'justtrack',
	properties,
	credential: new JusttrackApi(),
	operations: {
		revenueEvent: {
			schema: fields({
				platform: oneOf(['ios', 'android']),
				packageid: identifier(),
				transactionid: identifier(),
				userid: identifier(),
				value: amount(),
				monetizationnetwork: text().optional(),
				monetizationprovider: text().optional(),
				monetizationbundleid: text().optional(),
				monetizationinstancename: text().optional(),
				monetizationplacement: text().optional(),
				monetizationsegment: text().optional(),
				monetizationtestgroup: text().optional(),
				monetizationtype: text().optional(),
				happenedat: isoTime().optional(),
			}),
			idKey: 'transactionid',
			recommended: ['monetizationnetwork', 'monetizationprovider'],
			// the vendor's table spells it packageId, its example packageid: the example is what is sent
			columnAliases: { packageId: 'packageid' },
			// "can be used to trace and deduplicate events", the vendor says of transactionid
			repeatIsHarmless: true,
			// replies are not documented: any 2xx counts
			judge: judgeStatus,
		},
	},
};
