import type {
	ICredentialDataDecryptedObject,
	ICredentialTestFunctions,
	ICredentialType,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import type { CredentialQuestion } from '../model/provider';
import { credentialProblem, readCredential } from './read';

const TIMEOUT_MS = 10_000;

/** Checks the shape of a credential's values, asks, and puts the answer in a sentence. */
export async function testCredential(
	context: ICredentialTestFunctions,
	type: ICredentialType,
	values: ICredentialDataDecryptedObject,
	question: CredentialQuestion,
): Promise<INodeCredentialTestResult> {
	const problem = credentialProblem(type, values, question.baseUrlParts);
	if (problem !== undefined) return { status: 'Error', message: problem };

	const credential = readCredential(type, values, question.baseUrlParts);
	const { baseUrl, placement } = credential;
	// masked: a secret may be part of the host name
	const { host } = credential.maskedBaseUrl;
	let status: number;
	try {
		// n8n offers no other request here, and this one keeps to its egress policy
		const answer = (await context.helpers.request({
			method: question.method,
			uri: baseUrl.href.replace(/\/+$/, '') + question.path,
			...(question.carriesSecret && { headers: placement.headers, qs: placement.query }),
			body: question.body,
			simple: false,
			resolveWithFullResponse: true,
			followRedirect: false,
			timeout: TIMEOUT_MS,
		})) as { statusCode: number };
		status = answer.statusCode;
	} catch {
		// the client's own message may hold anything; what the user can do is the same
		return { status: 'Error', message: `${host} cannot be reached. Check the Base URL.` };
	}
	if (status >= 500) {
		return { status: 'Error', message: `${host} answered ${status}. Try again later.` };
	}
	const objection = question.problemOf(status);
	return objection === undefined
		? { status: 'OK', message: `${host} answers. ${question.success}` }
		: { status: 'Error', message: objection };
}
