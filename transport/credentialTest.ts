import type {
	ICredentialDataDecryptedObject,
	ICredentialTestFunctions,
	ICredentialType,
	INodeCredentialTestResult,
} from 'n8n-workflow';

import { credentialProblem, readCredential } from './credential';

const TIMEOUT_MS = 10_000;

/** What a credential test asks the provider; it must write nothing. */
export interface Question {
	readonly method: 'GET' | 'POST';
	/** Appended to the Base URL. */
	readonly path: string;
	/** Fills placeholders of the Base URL, as for an operation. */
	readonly baseUrlParts?: Readonly<Record<string, string>>;
	readonly body?: string;
	/** Whether the secret goes along, as in the credential's `authenticate`. */
	readonly carriesSecret: boolean;
	/** What the answer's status says against the credential, in a sentence. */
	readonly problemOf: (status: number) => string | undefined;
	/** What is certain when nothing speaks against it. */
	readonly success: string;
}

/** The question of providers that have no endpoint to check a secret with: does the host answer. */
export const doesHostAnswer = (success: string): Question => ({
	method: 'GET',
	path: '/',
	carriesSecret: false,
	problemOf: () => undefined,
	success,
});

/** Checks the shape of a credential's values, asks, and puts the answer in a sentence. */
export async function testCredential(
	context: ICredentialTestFunctions,
	type: ICredentialType,
	values: ICredentialDataDecryptedObject,
	question: Question,
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
