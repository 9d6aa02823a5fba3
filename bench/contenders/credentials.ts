import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

const SECRET = 'bench-key-0123456789';

interface Credential {
	id: string;
	name: string;
	type: string;
	data: ICredentialDataDecryptedObject;
}

/** All credentials that the contenders need. */
export function credentials(origin: string): Credential[] {
	const named = (id: string, type: string, data: ICredentialDataDecryptedObject) => ({
		id,
		name: id,
		type,
		data,
	});
	return [
		named('justtrack', 'justtrackApi', { apiKey: SECRET, baseUrl: origin }),
		named('myTracker', 'myTrackerApi', { token: SECRET, baseUrl: origin }),
		named('query', 'httpQueryAuth', { name: 'apikey', value: SECRET }),
		named('header', 'httpHeaderAuth', { name: 'Authorization', value: SECRET }),
	];
}
