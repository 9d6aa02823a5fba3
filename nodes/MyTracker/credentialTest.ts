import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import { doesHostAnswer, type Question } from '../../transport/credentialTest';

/**
 * Whether the token may send events of an app: `test-app-access`, which writes nothing. Source:
 * the vendor's PHP client. It needs an app; without one only the host can be asked.
 */
export function accessQuestion({ testAppId }: ICredentialDataDecryptedObject): Question {
	const app = typeof testAppId === 'string' ? testAppId.trim() : '';
	if (app === '') {
		return doesHostAnswer('Enter a Test App ID to have the token checked as well.');
	}
	return {
		method: 'POST',
		path: `/v1/test-app-access/?idApp=${encodeURIComponent(app)}`,
		body: 'true',
		carriesSecret: true,
		problemOf: (status) => {
			if (status === 200) return undefined;
			if (status === 403) {
				return `myTracker refused the token for app ${app}: check the Token, and that the app is yours.`;
			}
			return `myTracker answered ${status} to a check of the token for app ${app}: check the Base URL and the Test App ID.`;
		},
		success: `The token may send events of app ${app}.`,
	};
}
