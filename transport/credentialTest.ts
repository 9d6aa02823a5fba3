import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	ICredentialType,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { credentialProblem } from './credential';

const TIMEOUT_MS = 10_000;

/**
 * The credential test of a provider that has no endpoint to check a key with: the shape of the
 * values, and that the host answers at all. The request carries no secret.
 */
export async function testShapeAndHost(
	context: ICredentialTestFunctions,
	type: ICredentialType,
	{ data = {} }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const problem = credentialProblem(type, data);
	if (problem !== undefined) return { status: 'Error', message: problem };

	const uri = typeof data.baseUrl === 'string' ? data.baseUrl.trim() : '';
	const { host } = new URL(uri);
	try {
		const { statusCode } = (await context.helpers.request({
			method: 'GET',
			uri,
			simple: false,
			resolveWithFullResponse: true,
			followRedirect: false,
			timeout: TIMEOUT_MS,
		})) as { statusCode: number };
		if (statusCode >= 500) {
			return {
				status: 'Error',
				message: `${host} answered ${statusCode}. Try again later.`,
			};
		}
	} catch {
		// the client's own message may hold anything; what the user can do is the same
		return { status: 'Error', message: `${host} cannot be reached. Check the Base URL.` };
	}
	return {
		status: 'OK',
		message: `${host} answers, and the key has the right shape. Only an accepted event proves the key.`,
	};
}
