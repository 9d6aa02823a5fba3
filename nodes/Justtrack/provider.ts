import { JusttrackApi } from '../../credentials/JusttrackApi.credentials';
import { isPathThere } from '../../transport/credential/pathQuestion';
import { byDecimalSign } from '../../transport/input/decimalSign';
import { judgeStatus } from '../../transport/judging/status';
import type { Provider } from '../../transport/model/provider';
import { amount } from '../../transport/values/amount';
import { oneOf } from '../../transport/values/choice';
import { identifier, text } from '../../transport/values/text';
import { isoTime } from '../../transport/values/time';
import { properties } from './properties';

export const justtrack: Provider = {
	name: 'justtrack',
	displayName: 'justtrack',
	properties,
	credential: new JusttrackApi(),
	// records nothing: only with its required parameters a request is an event, the vendor says
	credentialQuestion: () =>
		isPathThere(
			{ method: 'GET', path: '/monetization/v0/jt' },
			'The key has the right shape; only an accepted event proves it.',
		),
	operations: {
		revenueEvent: {
			...byDecimalSign((sign) => ({
				platform: oneOf(['ios', 'android']),
				packageid: identifier(),
				transactionid: identifier(),
				userid: identifier(),
				value: amount(sign),
				monetizationnetwork: text(),
				monetizationprovider: text(),
				monetizationbundleid: text(),
				monetizationinstancename: text(),
				monetizationplacement: text(),
				monetizationsegment: text(),
				monetizationtestgroup: text(),
				monetizationtype: text(),
				happenedat: isoTime(),
			})),
			idKey: 'transactionid',
			idKeys: ['transactionid'],
			// there is no parameter for another currency
			money: { amount: 'value', currency: { code: 'USD' } },
			recommended: ['monetizationnetwork', 'monetizationprovider'],
			// "can be used to trace and deduplicate events", the vendor says of transactionid
			deduplicates: true,
			// replies are not documented: any 2xx counts
			judge: judgeStatus,
		},
	},
};
